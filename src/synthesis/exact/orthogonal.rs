//! Real orthogonal matrices, real all the way down: fewer CX than complex unitaries of the same size. Alone, or selected
//! by other qubits, `⊕_s O_s`, one for each value s of the selects: pairs of these are demultiplexed, which leads back to
//! one rotation of a qubit fewer.
//!
//! CX for generic input: 2, 15, 77, 341, 1429 on 2..6 qubits.

use super::demultiplex::demultiplex;
use super::kak;
use super::multiplexer::{Axis, Multiplexer, controls, odd, spread};
use super::sequence::Sequence;
use super::two_qubit;
use crate::circuit::Gate;
use crate::linalg::{Complex, CosineSine, Matrix, RealMatrix, cosine_sine, rotation_planes};
use crate::random::Rng;
use nalgebra::{Matrix2, Matrix4};

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
            return rotations(vec![upper, lower], k - 1, k - 1, sequence, rng);
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
    for j in (0..a2.ncols()).filter(|j| odd(j & middle.last_mask())) {
        a2.column_mut(j).neg_mut();
    }
    rotations(vec![b1, b2], k - 1, k - 1, sequence, rng);
    middle.append_ry_without_closing(k - 1, sequence);
    rotations(vec![a1, a2], k - 1, k - 1, sequence, rng);
}

/// Appends rotations (orthogonal, determinant 1) of qubits 0..k: the i-th is applied where the selects, qubits
/// `first`, `first + 1`, …, hold i.
///
/// For two halves A, B of the list, selected by its highest bit `top`:
///
/// ```text
/// A ⊕ B = (1⊗P) · CX(top, k-1) · (1⊗K) · CX(top, k-1) · (1⊗Q),   A Bᵀ = P K² Pᵀ,  Q = Kᵀ Pᵀ A
/// ```
///
/// K turns each plane of `A Bᵀ` by half its angle: a multiplexed Ry on qubit k-1, which X inverts. Its closing CX
/// commutes with the next one and is part of P.
pub(super) fn rotations(mut list: Vec<RealMatrix>, k: usize, first: usize, sequence: &mut Sequence, rng: &mut Rng) {
    let selects = list.len().trailing_zeros() as usize;
    if k == 0 {
        return;
    }
    if selects == 0 {
        return decompose(&list[0], k, sequence, rng);
    }
    if k == 1 {
        let angles: Vec<f64> = list.iter().map(|o| 2.0 * o[(1, 0)].atan2(o[(0, 0)])).collect();
        return Multiplexer::new(&angles).on(&controls(0, first, selects)).append(Axis::Y, 0, 0, sequence);
    }
    let top = first + selects - 1;
    let lower = list.split_off(list.len() / 2);
    if k == 2 && selects == 1 {
        return pair(&list[0], &lower[0], top, sequence, rng);
    }
    let (side, half) = (1 << k, 1 << (k - 1));
    let mut angles = Vec::with_capacity(half * list.len());
    let mut planes = vec![];
    for (a, b) in list.iter().zip(&lower) {
        let mut turn = rotation_planes(&(a * b.transpose()), rng);
        // Sorting the directions of two planes below is an odd permutation.
        if (turn.planes.determinant() < 0.0) != (k == 2) {
            turn.planes.column_mut(1).neg_mut();
            turn.angles[0] = -turn.angles[0];
        }
        angles.extend(&turn.angles);
        planes.push(turn.planes);
    }
    let multiplexer = Multiplexer::new(&angles);
    if multiplexer.is_identity() {
        return rotations(list, k, first, sequence, rng);
    }
    // Four columns can take swaps of pairs, but not a single one, and stay rotations.
    let low = half - 1;
    let closing = multiplexer.last_mask() & if k == 2 { !low } else { usize::MAX };
    let (mut before, mut after) = (vec![], vec![]);
    for (s, (a, planes)) in list.iter().zip(&planes).enumerate() {
        // The two directions of plane j go to the basis states in which qubit k-1 is 0 and 1.
        let mut p = RealMatrix::from_fn(side, side, |i, j| planes[(i, 2 * (j % half) + j / half)]);
        let in_planes = p.tr_mul(a);
        before.push(RealMatrix::from_fn(side, side, |i, j| {
            let (sine, c) = (angles[s * half + i % half] / 2.0).sin_cos();
            let (u, w) = (in_planes[(i % half, j)], in_planes[(i % half + half, j)]);
            if i < half { c * u + sine * w } else { c * w - sine * u }
        }));
        for j in (0..half).filter(|j| odd((s * half + j) & closing)) {
            p.swap_columns(j, j + half);
        }
        after.push(p);
    }
    let wires = controls(k - 1, first, k - 1 + selects - 1);
    rotations(before, k, first, sequence, rng);
    sequence.gate(Gate::Cx, &[top, k - 1]);
    multiplexer.on(&wires).append(Axis::Y, k - 1, spread(closing, &wires), sequence);
    sequence.gate(Gate::Cx, &[top, k - 1]);
    rotations(after, k, first, sequence, rng);
}

/// `A ⊕ B` on qubits 0, 1 and the select: in the magic basis rotations of two qubits are pairs of one-qubit unitaries,
/// which are demultiplexed each by itself (Wei and Di, Quantum Inf. Comput. 12, 262, 2012). 6 CX.
fn pair(a: &RealMatrix, b: &RealMatrix, select: usize, sequence: &mut Sequence, rng: &mut Rng) {
    let magic = kak::magic();
    let factors = |o: &RealMatrix| {
        let o = Matrix4::from_fn(|i, j| Complex::from(o[(i, j)]));
        kak::factor_kronecker(&(magic * o * magic.adjoint()))
    };
    let (fa, fb) = (factors(a), factors(b));
    let mut parities = vec![];
    let mut split = |qubit: usize| {
        let whole = |m: &Matrix2<Complex>| Matrix::from_fn(2, 2, |i, j| m[(i, j)]);
        let parts = demultiplex(&whole(&fa[qubit]), &whole(&fb[qubit]), rng);
        let angles = parts.rz_angles();
        parities.push((angles[0] + angles[1], angles[0] - angles[1]));
        let small = |m: &Matrix| Matrix2::from_fn(|i, j| m[(i, j)]);
        (small(&parts.v), small(&parts.w))
    };
    let ((v0, w0), (v1, w1)) = (split(0), split(1));
    // Rz of both qubits' angles on the select: what does not depend on them, on qubit 0, on qubit 1.
    let rotations = [(0, (parities[0].0 + parities[1].0) / 2.0), (1, parities[0].1 / 2.0), (2, parities[1].1 / 2.0)];
    let rotations = Multiplexer::of_parities(rotations);
    let (first, last) = (w1.kronecker(&w0) * magic, magic.adjoint() * v1.kronecker(&v0));
    if rotations.last_mask() == 0 {
        // Nothing is chosen: A and B differ by a sign at most.
        rotations.append(Axis::Z, select, 0, sequence);
        return two_qubit::synthesise(&(last * first), sequence);
    }
    two_qubit::synthesise(&first, sequence);
    rotations.append(Axis::Z, select, 0, sequence);
    two_qubit::synthesise(&last, sequence);
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::max_difference;
    use crate::linalg::random_orthogonal;
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
            let sign = |i: usize, j: usize| if odd(i & j) { -1.0 } else { 1.0 };
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
