//! The factored dilation as a circuit (docs/method.md, section 4).

use super::multiplexer::Multiplexer;
use super::sequence::{LastDiagonal, Sequence};
use super::{block_zxz, selected};
use crate::circuit::{Circuit, Cost};
use crate::encoding::Dilation;
use crate::linalg::RealMatrix;
use crate::random::Rng;
use std::f64::consts::PI;

/// Registers up to this size are synthesised both ways where both are open: structured matrices may be cheaper in
/// the complex one. Beyond, trying both would double the time for what structure rarely gives.
const TRY_BOTH: usize = 4;

/// Singular values below this are rounding error and count as zero: |M|² moves by at most twice as much.
pub(super) const RANK_TOLERANCE: f64 = 1e-13;

/// The circuit of a dilation on n + 1 qubits: register 0..n, ancilla n, no measurements.
///
/// ```text
/// register ── W† ──●── V ── measured in the Z basis
/// ancilla  |0> ── Ry(2 arccos σ_j) ── kept where it reads 0
/// ```
///
/// The amplitude from `|0>|m>` to `|0>|n>` is `M_nm` up to a phase that depends on n alone, which the measurement
/// does not see; other ancilla values are not those of U(M). CX for generic M on n = 0..6 qubits: 0, 1, 7, 37, 169,
/// 713, 2921 where M is real, 0, 1, 7, 43, 203, 875, 3627 where it is complex.
///
/// A singular value of zero turns the ancilla to |1>, so the pair's columns of V and W may be anything: a real M of
/// rank at most 2^(n-1) needs isometries only (2205, 1321, 777, 517, 303 and 179 CX at n = 6 for rank 32, 16, … 1).
pub fn synthesise_dilation(dilation: &Dilation, rng: &mut Rng) -> Circuit {
    let n = dilation.qubits();
    let real = (n >= 2).then(|| real_factors(dilation)).flatten();
    let in_reals = real.map(|factors| factored(dilation, &factors, rng));
    if n > TRY_BOTH
        && let Some(circuit) = in_reals
    {
        return circuit;
    }
    let mut sequence = Sequence::new();
    block_zxz::decompose(&dilation.w_adjoint(), n, &mut sequence, rng);
    Multiplexer::new(&dilation.angles()).append_ry_without_closing(n, &mut sequence);
    block_zxz::decompose(&dilation.v(), n, &mut sequence, rng);
    let in_complex = sequence.into_circuit(n + 1, LastDiagonal::Drop);
    match in_reals {
        Some(circuit) if Cost::of(&circuit) < Cost::of(&in_complex) => circuit,
        _ => in_complex,
    }
}

/// The same for what goes on behind it, where signs of rows count: real gates only. Beside the circuit, whether its row 0 has
/// the other sign; all others have their own. None where M is not real.
///
/// CX for generic M on n = 2..6 qubits: 7, 37, 169, 713, 2921.
pub fn synthesise_signed_dilation(dilation: &Dilation, rng: &mut Rng) -> Option<(Circuit, bool)> {
    let factors = real_factors(dilation)?;
    Some((factored(dilation, &factors, rng), factors.negated))
}

/// W†, the rotations of the ancilla and V, by isometries where the rank allows it.
fn factored(dilation: &Dilation, factors: &RealFactors, rng: &mut Rng) -> Circuit {
    let n = dilation.qubits();
    let rank = dilation.sigma().iter().filter(|&&s| s > RANK_TOLERANCE).count();
    let mut isometry = |m: &RealMatrix| {
        let mut sequence = Sequence::new();
        let k = rank.max(1).next_power_of_two().trailing_zeros() as usize;
        selected::isometries(vec![m.columns(0, 1 << k).into_owned()], k, n, &mut sequence, rng);
        sequence.into_circuit(n, LastDiagonal::Keep)
    };
    let (w, v) = (isometry(&factors.w), isometry(&factors.v));
    let rotation = |(j, angle)| if j < rank { angle } else { PI };
    let angles: Vec<f64> = dilation.angles().into_iter().enumerate().map(rotation).collect();
    let mut sequence = Sequence::new();
    Multiplexer::new(&angles).append_ry_without_closing(n, &mut sequence);
    let mut circuit = Circuit::new(n + 1);
    let register: Vec<usize> = (0..n).collect();
    circuit.append(&w.inverse(), &register);
    circuit.append(&sequence.into_circuit(n + 1, LastDiagonal::Keep), &(0..=n).collect::<Vec<_>>());
    circuit.append(&v, &register);
    circuit
}

/// W and V of a real M as rotations.
pub(super) struct RealFactors {
    pub w: RealMatrix,
    pub v: RealMatrix,
    /// Whether row 0 of V has the other sign.
    pub negated: bool,
}

/// W and V as rotations where M is real. Their determinants become 1 by signs that are free: those of a pair of
/// singular vectors, and those of the rows of V, where they are measured.
pub(super) fn real_factors(dilation: &Dilation) -> Option<RealFactors> {
    let (v, w) = dilation.real()?;
    let (mut v, mut w) = (v.clone(), w.clone());
    if w.determinant() < 0.0 {
        w.column_mut(0).neg_mut();
        v.column_mut(0).neg_mut();
    }
    let negated = v.determinant() < 0.0;
    if negated {
        v.row_mut(0).neg_mut();
    }
    Some(RealFactors { w, v, negated })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, Matrix};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    #[test]
    fn signs_of_rows_are_kept_but_for_one_that_is_told() {
        let mut rng = rng(21);
        for n in 0..5 {
            let side = 1 << n;
            let (v, w) = (random_orthogonal(side, &mut rng), random_orthogonal(side, &mut rng));
            for rank in [0, 1, side / 2, side] {
                for sign in [1.0, -1.0] {
                    let sigma = |j: usize| if j < rank { 0.97 / (j + 1) as f64 } else { 0.0 };
                    let m = nalgebra::DMatrix::from_fn(side, side, |i, j| sign * v[(i, j)] * sigma(j)) * &w;
                    let (circuit, negated) = synthesise_signed_dilation(&Dilation::of(m.clone()), &mut rng).unwrap();
                    let u = unitary_of(&circuit);
                    for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
                        let sign = if i == 0 && negated { -1.0 } else { 1.0 };
                        let error = (u[(i, j)] - Complex::from(sign * m[(i, j)])).norm();
                        assert!(error < 1e-12, "{n} {rank} {i} {j}: {error:e}");
                    }
                }
            }
        }
    }

    /// Largest error of |amplitude|, and the CX count.
    fn measure(m: &Matrix) -> (f64, usize) {
        let circuit = synthesise_dilation(&Dilation::of(m), &mut rng(9));
        let u = unitary_of(&circuit);
        let error = m
            .iter()
            .zip(u.view((0, 0), m.shape()).iter())
            .map(|(a, b)| (a.norm() - b.norm()).abs())
            .fold(0.0, f64::max);
        (error, Cost::of(&circuit).two_qubit_gates)
    }

    #[test]
    fn generic_contractions_meet_their_counts() {
        let mut rng = rng(12);
        for (n, count, real_count) in [(0, 0, 0), (1, 1, 1), (2, 7, 7), (3, 43, 37), (4, 203, 169), (5, 875, 713)] {
            let side = 1 << n;
            let (v, w) = (random_unitary(side, &mut rng), random_unitary(side, &mut rng));
            let m = Matrix::from_fn(side, side, |i, j| v[(i, j)] * (0.97 / (j + 1) as f64)) * w;
            let (error, cx) = measure(&m);
            assert!(error < 1e-12, "{error:e}");
            assert_eq!(cx, count);
            let (v, w) = (random_orthogonal(side, &mut rng), random_orthogonal(side, &mut rng));
            let m = (nalgebra::DMatrix::from_fn(side, side, |i, j| v[(i, j)] * (0.97 / (j + 1) as f64)) * w)
                .map(Complex::from);
            let (error, cx) = measure(&m);
            assert!(error < 1e-12, "{error:e}");
            assert_eq!(cx, real_count);
        }
    }

    #[test]
    fn low_rank_costs_less() {
        let mut rng = rng(13);
        let cases = [
            (3usize, 4, 29),
            (3, 1, 17),
            (4, 8, 129),
            (5, 16, 541),
            (5, 3, 217),
            (6, 16, 1321),
            (6, 7, 777),
            (6, 1, 179),
        ];
        for (n, rank, count) in cases {
            let side = 1 << n;
            let (v, w) = (random_orthogonal(side, &mut rng), random_orthogonal(side, &mut rng));
            let sigma = |j: usize| if j < rank { 0.97 / (j + 1) as f64 } else { 0.0 };
            let m = (nalgebra::DMatrix::from_fn(side, side, |i, j| v[(i, j)] * sigma(j)) * w).map(Complex::from);
            let (error, cx) = measure(&m);
            assert!(error < 1e-12, "{error:e}");
            assert_eq!(cx, count, "rank {rank} on {n} qubits");
        }
    }

    #[test]
    fn hard_contractions() {
        for n in 0..5 {
            let side = 1usize << n;
            for m in [
                Matrix::zeros(side, side),
                Matrix::identity(side, side),
                Matrix::from_element(side, side, Complex::from(1.0 / side as f64)),
                Matrix::from_fn(side, side, |i, j| if i == side - 1 - j { Complex::ONE } else { Complex::ZERO }),
                Matrix::from_fn(side, side, |i, j| if i == 0 && j == 0 { Complex::from(0.5) } else { Complex::ZERO }),
                Matrix::from_fn(side, side, |i, j| if i == j { Complex::from((i % 2) as f64) } else { Complex::ZERO }),
            ] {
                let (error, _) = measure(&m);
                assert!(error < 1e-12, "{error:e}");
            }
            assert_eq!(measure(&Matrix::zeros(side, side)).1, 0);
            assert_eq!(measure(&Matrix::identity(side, side)).1, 0);
        }
    }
}
