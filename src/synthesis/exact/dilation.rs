//! The factored dilation as a circuit (SPEC 3.3).

use super::block_zxz;
use super::multiplexer::Multiplexer;
use super::sequence::{LastDiagonal, Sequence};
use crate::circuit::Circuit;
use crate::encoding::Dilation;
use crate::linalg::Rng;

/// The circuit of a dilation on n + 1 qubits: register 0..n, ancilla n, no measurements.
///
/// ```text
/// register ── W† ──●── V ── measured in the Z basis
/// ancilla  |0> ── Ry(2 arccos σ_j) ── kept where it reads 0
/// ```
///
/// The amplitude from `|0>|m>` to `|0>|n>` is `M_nm` up to a phase that depends on n alone, which the measurement
/// does not see; other ancilla values are not those of U(M). CX for generic M: 0, 1, 7, 43, 203, 875, 3627 for
/// n = 0..6.
pub fn synthesise_dilation(dilation: &Dilation, rng: &mut Rng) -> Circuit {
    let n = dilation.qubits();
    let mut sequence = Sequence::new();
    block_zxz::decompose(&dilation.w_adjoint(), n, &mut sequence, rng);
    Multiplexer::new(&dilation.angles()).append_ry_before_keeping_zero(n, &mut sequence);
    block_zxz::decompose(dilation.v(), n, &mut sequence, rng);
    sequence.into_circuit(n + 1, LastDiagonal::Drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, Matrix, random_orthogonal, random_unitary, rng};
    use crate::simulator::unitary_of;

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
        for (n, count) in [(0, 0), (1, 1), (2, 7), (3, 43), (4, 203), (5, 875)] {
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
            assert!(error < 1e-12 && cx <= count, "{error:e}, {cx} CX");
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
