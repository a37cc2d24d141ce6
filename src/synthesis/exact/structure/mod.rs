//! A contraction as a circuit: what structure it has is found first, and never costs more than having none.

mod monomial;
mod repeats;
mod tensor;
mod wires;

use super::dilation::synthesise_dilation;
use super::low_rank;
use super::synthesised::Synthesised;
use crate::circuit::Cost;
use crate::encoding::Dilation;
use crate::linalg::Dense;
use crate::random::Rng;

/// Entries below this share of the largest one count as zero, and products that agree to it as equal: probabilities
/// move by at most twice as much.
const STRUCTURE_TOLERANCE: f64 = 1e-13;

/// A circuit on more qubits needs to be this much cheaper.
const WORTH_QUBITS: f64 = 1.1;

/// The cheapest circuit found for a 2^n x 2^n contraction M, of which the dilation is at hand: the amplitude from `|0>|m>` to `|0>|n>`, n read as
/// [`Synthesised::output`] says, is `M_nm` up to a phase that depends on n alone, or, where M is complex, also one that
/// depends on m, which diagonal inputs do not see.
///
/// Tried are, besides the factored dilation of the whole,
/// - Kronecker products `A ⊗ B` over any two sets of qubits, each factor with an ancilla of its own,
/// - repeated rows or columns, and those that vanish, where a bit of the index tells which,
/// - direct sums over qubits that M hands through to some qubit, where not every entry is its own block,
/// - at most one entry in each row and column: a permutation after the ancilla's rotation,
/// - two isometries where the rank is low.
///
/// # Panics
/// As [`Dilation::of`], for parts of M.
pub fn synthesise_contraction(m: &Dense, dilation: &Dilation, rng: &mut Rng) -> Synthesised {
    let in_place = dilated_or_structured(m, dilation, rng);
    // More qubits are paid for by whoever simulates the circuit, and by a machine's readout.
    let worth = |s: &Synthesised| {
        let joins = |s: &Synthesised| Cost::of(&s.circuit).two_qubit_gates;
        WORTH_QUBITS * joins(s) as f64 <= joins(&in_place) as f64
    };
    let spread = low_rank::synthesise(dilation, rng).filter(worth);
    spread.into_iter().fold(in_place, cheaper)
}

/// The same with the result on the input's register and ancillas above it, so that it can be part of a larger one.
fn on_register(m: &Dense, rng: &mut Rng) -> Synthesised {
    dilated_or_structured(m, &Dilation::of(m), rng)
}

fn dilated_or_structured(m: &Dense, dilation: &Dilation, rng: &mut Rng) -> Synthesised {
    let structured =
        [tensor::synthesise(m, rng), repeats::synthesise(m, rng), wires::synthesise(m, rng), monomial::synthesise(m)];
    structured.into_iter().flatten().fold(factored(dilation, rng), cheaper)
}

fn cheaper(best: Synthesised, next: Synthesised) -> Synthesised {
    let cost = |s: &Synthesised| (Cost::of(&s.circuit), s.ancillas.len());
    if cost(&next) < cost(&best) { next } else { best }
}

/// The factored dilation, whatever M is.
fn factored(dilation: &Dilation, rng: &mut Rng) -> Synthesised {
    let n = dilation.qubits();
    Synthesised { circuit: synthesise_dilation(dilation, rng), output: (0..n).collect(), ancillas: vec![n] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Complex, Matrix, svd};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use rand::RngExt;
    use rand::seq::SliceRandom;

    /// Compares all amplitudes but for a phase a row, which must be common to its entries, and counts CX.
    pub(crate) fn check(m: &Matrix) -> usize {
        let m = &Dense::from(m);
        let built = synthesise_contraction(m, &Dilation::of(m), &mut rng(9));
        let m = m.to_complex();
        let side = m.nrows();
        let u = unitary_of(&built.circuit);
        for n in 0..side {
            let row: usize = built.output.iter().enumerate().map(|(i, q)| (n >> i & 1) << q).sum();
            let pivot = (0..side).max_by(|&a, &b| m[(n, a)].norm().total_cmp(&m[(n, b)].norm())).unwrap();
            let phase = if m[(n, pivot)].norm() > 1e-9 { u[(row, pivot)] / m[(n, pivot)] } else { Complex::ONE };
            let phase = phase / phase.norm();
            for j in 0..side {
                let error = (u[(row, j)] - m[(n, j)] * phase).norm();
                assert!(error < 1e-11, "[{n}][{j}]: {} and {}", u[(row, j)], m[(n, j)]);
            }
        }
        Cost::of(&built.circuit).two_qubit_gates
    }

    fn contraction(m: Matrix) -> Matrix {
        let norm = svd(&m).sigma[0];
        if norm > 0.0 { m / Complex::from(norm) } else { m }
    }

    fn positive(side: usize, rng: &mut Rng) -> Matrix {
        contraction(Matrix::from_fn(side, side, |_, _| rng.random_range(0.0f64..1.0).into()))
    }

    fn permuted(permutation: &[usize], scale: impl Fn(usize) -> f64) -> Matrix {
        let n = permutation.len();
        Matrix::from_fn(n, n, |i, j| if permutation[j] == i { scale(j).into() } else { Complex::ZERO })
    }

    #[test]
    fn kronecker_products_cost_their_factors() {
        let mut rng = rng(31);
        let (a, b) = (positive(4, &mut rng), positive(8, &mut rng));
        assert_eq!(check(&a.kronecker(&b)), 7 + 37);
        assert_eq!(check(&b.kronecker(&a)), 7 + 37);
        // Over qubits that do not lie side by side.
        let product = a.kronecker(&a);
        let swapped = |i: usize| i & 0b1001 | (i & 0b0010) << 1 | (i & 0b0100) >> 1;
        assert_eq!(check(&Matrix::from_fn(16, 16, |i, j| product[(swapped(i), swapped(j))])), 14);
        assert_eq!(check(&Matrix::from_element(32, 32, (1.0 / 32.0).into())), 5);
        let three = random_unitary(2, &mut rng).kronecker(&(random_unitary(4, &mut rng) * Complex::from(0.4)));
        assert!(check(&three) <= 7);
    }

    #[test]
    fn direct_sums_cost_less_than_the_whole() {
        let mut rng = rng(32);
        let blocks = |side: usize, count: usize, rng: &mut Rng| {
            let mut m = Matrix::zeros(side * count, side * count);
            for k in 0..count {
                m.view_mut((k * side, k * side), (side, side)).copy_from(&positive(side, rng));
            }
            contraction(m)
        };
        let on_high = blocks(4, 4, &mut rng);
        let generic = check(&positive(16, &mut rng));
        assert_eq!(generic, 169);
        let sum = check(&on_high);
        assert!(sum < generic / 2, "{sum}");
        // The selecting bits in the middle, flipped, and read elsewhere than they come in.
        let turned = |i: usize| (i << 2 | i >> 2) & 15;
        assert_eq!(check(&Matrix::from_fn(16, 16, |i, j| on_high[(turned(i), turned(j))])), sum);
        let moved = |i: usize| (i << 1 | i >> 3) & 15 ^ 0b0101;
        assert_eq!(check(&Matrix::from_fn(16, 16, |i, j| on_high[(moved(i), j)])), sum);
        // A diagonal needs its rotations only.
        let diagonal =
            Matrix::from_fn(16, 16, |i, j| if i == j { (0.9 / (i + 1) as f64).into() } else { Complex::ZERO });
        assert_eq!(check(&diagonal), 15);
        // Blocks of low rank, and a zero block.
        let mut thin = Matrix::zeros(16, 16);
        for k in 0..3 {
            thin.view_mut((4 * k, 4 * k), (4, 4)).fill((0.2 / (k + 1) as f64).into());
        }
        assert!(check(&thin) < sum);
    }

    #[test]
    fn repeated_and_vanishing_lines_cost_nothing() {
        let mut rng = rng(35);
        let small = positive(4, &mut rng);
        let generic = check(&small);
        // Every way to put four columns and rows into sixteen: a CX for each qubit that is checked to be 0.
        let repeated = |i: usize| i >> 1 & 3;
        let scale = Complex::from(0.25);
        assert!(check(&Matrix::from_fn(16, 16, |i, j| small[(repeated(i), repeated(j))] * scale)) <= generic + 2);
        let once = |i: usize| (i & 6 == 4).then_some(i & 1 | i >> 2 & 2);
        let entry = |i: usize, j: usize| Some(small[(once(i)?, once(j)?)]);
        assert!(check(&Matrix::from_fn(16, 16, |i, j| entry(i, j).unwrap_or(Complex::ZERO))) <= generic + 2);
        let columns_only = Matrix::from_fn(16, 16, |i, j| small[(i & 3, repeated(j))] * scale);
        assert!(check(&columns_only) <= generic + 2);
        let tall = contraction(Matrix::from_fn(16, 16, |i, j| ((i * 7 + repeated(j) * 5) as f64).sin().abs().into()));
        assert!(check(&tall) < 60);
    }

    #[test]
    fn permutations_are_found() {
        let mut rng = rng(33);
        let affine = |i: usize| {
            let bit = |mask: usize| usize::from((i & mask).count_ones() % 2 == 1);
            (bit(0b0011) | bit(0b0110) << 1 | bit(0b1100) << 2 | bit(0b1000) << 3) ^ 0b1010
        };
        let linear: Vec<usize> = (0..16).map(affine).collect();
        assert!(check(&permuted(&linear, |_| 1.0)) <= 6);
        let reversed: Vec<usize> = (0..16).map(|i: usize| i.reverse_bits() >> (usize::BITS - 4)).collect();
        assert_eq!(check(&permuted(&reversed, |_| 1.0)), 0);
        let shifted: Vec<usize> = (0..32).map(|i| (i + 1) % 32).collect();
        assert_eq!(check(&permuted(&shifted, |_| 1.0)), 30 + 14 + 6 + 1);
        assert!(check(&permuted(&shifted, |j| 1.0 / (j + 1) as f64)) <= 31 + 51);
        for qubits in 1..5 {
            let mut any: Vec<usize> = (0..1 << qubits).collect();
            any.shuffle(&mut rng);
            check(&permuted(&any, |_| 1.0));
            check(&permuted(&any, |j| f64::from(j % 3 == 1)));
            check(&permuted(&any, |j| if j % 2 == 0 { -0.5 } else { 0.8 }));
        }
    }

    #[test]
    fn whatever_the_structure_it_never_costs_more_than_the_general_way() {
        let mut rng = rng(34);
        for qubits in 0..5 {
            let side = 1usize << qubits;
            let sparse = |share: f64, rng: &mut Rng| {
                let entry =
                    |_, _| if rng.random_bool(share) { rng.random_range(0.0f64..1.0).into() } else { Complex::ZERO };
                contraction(Matrix::from_fn(side, side, entry))
            };
            let cases = [
                Matrix::zeros(side, side),
                Matrix::identity(side, side),
                sparse(0.05, &mut rng),
                sparse(0.3, &mut rng),
                positive(side, &mut rng),
                random_unitary(side, &mut rng),
                random_orthogonal(side, &mut rng).map(Complex::from) * Complex::from(0.5),
                Matrix::from_fn(side, side, |i, j| {
                    if i == 0 { (1.0 / (side as f64).sqrt() / (j + 1) as f64).into() } else { Complex::ZERO }
                }),
            ];
            for m in cases {
                let general = Cost::of(&factored(&Dilation::of(&m), &mut crate::random::rng(9)).circuit);
                assert!(check(&m) <= general.two_qubit_gates);
            }
        }
    }
}
