//! Real orthogonal matrices, real all the way down: fewer CX than complex unitaries of the same size.
//!
//! CX for generic input: 2, 15, 77, 341, 1429 on 2..6 qubits.

use super::multiplexer::Multiplexer;
use super::selected;
use super::sequence::Sequence;
use super::two_qubit;
use crate::circuit::Gate;
use crate::linalg::{CosineSine, RealMatrix, cosine_sine};
use crate::random::Rng;
use nalgebra::Matrix4;

/// Entries below this are rounding error.
const ZERO: f64 = 1e-15;

/// Appends a 2^k x 2^k rotation (orthogonal, determinant 1) on qubits 0..k.
///
/// ```text
/// O = (A1 ⊕ A2) · multiplexed Ry(2θ) on qubit k-1 · (B1 ⊕ B2)
/// ```
///
/// The multiplexer is written with CZ, whose last one is `1 ⊕ Z` and part of `A1 ⊕ A2`.
pub(super) fn decompose(o: &RealMatrix, k: usize, sequence: &mut Sequence, rng: &mut Rng) {
    match k {
        0 => return,
        1 => {
            let angle = 2.0 * o[(1, 0)].atan2(o[(0, 0)]);
            if angle != 0.0 {
                sequence.gate(Gate::Ry(angle), &[0]);
            }
            return;
        }
        _ => {}
    }
    if k == 2 {
        return two_qubit::synthesise(&Matrix4::from_fn(|i, j| o[(i, j)].into()), sequence);
    }
    let half = o.nrows() / 2;
    if o.view((0, half), (half, half)).amax().max(o.view((half, 0), (half, half)).amax()) <= ZERO {
        let block = |at: usize| o.view((at, at), (half, half)).into_owned();
        let (upper, lower) = (block(0), block(half));
        if upper.determinant() > 0.0 {
            return selected::rotations(vec![upper, lower], k - 1, k - 1, sequence, rng);
        }
    }
    let CosineSine { mut a1, mut a2, mut theta, mut b1, mut b2 } = cosine_sine(o);
    // Signs of the pairs are free; they make every factor a rotation (the last one follows from the others).
    if a1.determinant() < 0.0 {
        a1.column_mut(0).neg_mut();
        b1.row_mut(0).neg_mut();
        theta[0] = -theta[0];
    }
    if a2.determinant() < 0.0 {
        a2.column_mut(0).neg_mut();
        b2.row_mut(0).neg_mut();
        theta[0] = -theta[0];
    }
    if b1.determinant() < 0.0 {
        // Both right factors have determinant -1 then; a half turn more undoes their common sign.
        b1.row_mut(0).neg_mut();
        b2.row_mut(0).neg_mut();
        theta[0] += std::f64::consts::PI;
    }
    let middle = Multiplexer::new(&theta.iter().map(|t| 2.0 * t).collect::<Vec<_>>());
    for j in (0..a2.ncols()).filter(|j| selected::odd(j & middle.last_mask())) {
        a2.column_mut(j).neg_mut();
    }
    selected::rotations(vec![b1, b2], k - 1, k - 1, sequence, rng);
    middle.append_ry_without_closing(k - 1, sequence);
    selected::rotations(vec![a1, a2], k - 1, k - 1, sequence, rng);
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::random_orthogonal;
    use crate::linalg::{Complex, max_difference};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    fn check(o: &RealMatrix) -> usize {
        let k = o.nrows().trailing_zeros() as usize;
        let mut sequence = Sequence::new();
        decompose(o, k, &mut sequence, &mut rng(7));
        let circuit = sequence.into_circuit(k, LastDiagonal::Keep);
        let error = max_difference(&unitary_of(&circuit), &o.map(Complex::from));
        assert!(error < 1e-12, "{k} qubits: {error:e}");
        Cost::of(&circuit).two_qubit_gates
    }

    fn rotation(mut o: RealMatrix) -> RealMatrix {
        if o.determinant() < 0.0 {
            o.row_mut(0).neg_mut();
        }
        o
    }

    #[test]
    fn generic_rotations_meet_their_counts() {
        let mut rng = rng(95);
        for (k, count) in [(2, 2), (3, 15), (4, 77), (5, 341), (6, 1429)] {
            assert_eq!(check(&rotation(random_orthogonal(1 << k, &mut rng))), count);
        }
    }

    #[test]
    fn degenerate_rotations_are_exact_and_never_dearer() {
        let mut rng = rng(96);
        for (k, count) in [(2usize, 2), (3, 15), (4, 77), (5, 341)] {
            let n = 1 << k;
            let identity = RealMatrix::identity(n, n);
            assert_eq!(check(&identity), 0);
            assert!(check(&-&identity) <= count);
            assert!(
                check(&rotation(RealMatrix::from_fn(n, n, |i, j| if (i + 1) % n == j { 1.0 } else { 0.0 }))) <= count
            );
            assert!(
                check(&rotation(RealMatrix::from_fn(n, n, |i, j| if i + j + 1 == n { 1.0 } else { 0.0 }))) <= count
            );
            assert!(
                check(&RealMatrix::from_fn(n, n, |i, j| if i != j {
                    0.0
                } else if i < 2 {
                    -1.0
                } else {
                    1.0
                })) <= count
            );
            let sign = |i: usize, j: usize| if selected::odd(i & j) { -1.0 } else { 1.0 };
            let hadamard = RealMatrix::from_fn(n, n, |i, j| sign(i, j) / (n as f64).sqrt());
            assert!(check(&rotation(hadamard)) <= count);
            let mut sum = RealMatrix::zeros(n, n);
            for at in [0, n / 2] {
                sum.view_mut((at, at), (n / 2, n / 2)).copy_from(&rotation(random_orthogonal(n / 2, &mut rng)));
            }
            assert!(check(&sum) <= count);
            for size in [1e-3, 1e-7, 1e-10, 1e-13] {
                let noise = random_orthogonal(n, &mut rng) * size;
                let (q, r) = (&identity + (&noise - noise.transpose())).qr().unpack();
                let near = RealMatrix::from_fn(n, n, |i, j| q[(i, j)] * r[(j, j)].signum());
                assert!(check(&rotation(near)) <= count);
            }
        }
    }
}
