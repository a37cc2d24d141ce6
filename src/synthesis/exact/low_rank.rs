//! Contractions of low rank: two isometries, and qubits that must read 0 between them.
//!
//! ```text
//! qubits 0..k    ── W† ──●── V ── low bits of n
//! qubits k..n    ── W† ── kept where they read 0
//! qubit n     |0> ── Ry(2 arccos σ_j) ── kept where it reads 0
//! n - k fresh |0> ───────── V ── high bits of n
//! ```
//!
//! What W† leaves outside the rank's space is flagged on the qubits themselves, and V starts from fresh ones: no gate is
//! spent on the n - k qubits in between. CX at n = 6 for rank 1, 2, 4, 8, 16, 32: 116, 241, 457, 721, 1273, 2173 where M
//! is real; 114, 229, 455, 897, 1697 for rank 1 … 16 where it is complex.

use super::dilation::{RANK_TOLERANCE, RealFactors, real_factors};
use super::isometry::append_isometry;
use super::multiplexer::Multiplexer;
use super::selected;
use super::sequence::{LastDiagonal, Sequence};
use super::synthesised::Synthesised;
use crate::circuit::Circuit;
use crate::encoding::Dilation;
use crate::linalg::{Matrix, RealMatrix};
use crate::random::Rng;

/// More qubits than this are not spent: whoever simulates the circuit pays for them.
const MOST_QUBITS: usize = 14;

/// The circuit of a dilation of rank at most 2^(n-1); `None` where the rank is larger, or the register too wide.
///
/// The amplitude from `|0>|m>` to `|0>|n>` is M_nm up to a phase that depends on n, and where M is complex one that
/// depends on m: complex phases are for diagonal inputs.
pub(super) fn synthesise(dilation: &Dilation, rng: &mut Rng) -> Option<Synthesised> {
    let n = dilation.qubits();
    let rank = dilation.sigma().iter().filter(|&&s| s > RANK_TOLERANCE).count().max(1);
    let k = rank.next_power_of_two().trailing_zeros() as usize;
    let width = 2 * n + 1 - k;
    if n < 2 || k >= n || width > MOST_QUBITS {
        return None;
    }
    let columns = 1 << k;
    let (w, v) = match real_factors(dilation) {
        Some(RealFactors { w, v, .. }) => {
            let mut isometry = |m: &RealMatrix| {
                let mut sequence = Sequence::new();
                selected::isometries(vec![m.columns(0, columns).into_owned()], k, n, &mut sequence, rng);
                sequence.into_circuit(n, LastDiagonal::Keep)
            };
            (isometry(&w), isometry(&v))
        }
        None => {
            let isometry = |m: Matrix| {
                let mut sequence = Sequence::new();
                append_isometry(&m, k, n, &mut sequence);
                sequence.into_circuit(n, LastDiagonal::Keep)
            };
            let w = dilation.w_adjoint().adjoint();
            (isometry(w.columns(0, columns).into_owned()), isometry(dilation.v().columns(0, columns).into_owned()))
        }
    };
    let angles: Vec<f64> = dilation.angles()[..columns].to_vec();
    let mut middle = Sequence::new();
    Multiplexer::new(&angles).append_ry_without_closing(k, &mut middle);
    let mut circuit = Circuit::new(width);
    circuit.append(&w.inverse(), &(0..n).collect::<Vec<_>>());
    let with_ancilla: Vec<usize> = (0..k).chain([n]).collect();
    circuit.append(&middle.into_circuit(k + 1, LastDiagonal::Keep), &with_ancilla);
    let output: Vec<usize> = (0..k).chain(n + 1..width).collect();
    circuit.append(&v, &output);
    Some(Synthesised { circuit, output, ancillas: (k..=n).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::Complex;
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::{Readout, transition_probabilities};

    /// Largest error of |amplitude|², and the CX count.
    fn measure(m: &Matrix) -> (f64, usize) {
        let built = synthesise(&Dilation::of(m), &mut rng(9)).unwrap();
        let mut circuit = Circuit::with_bits(built.circuit.qubit_count(), built.circuit.qubit_count());
        circuit.append(&built.circuit, &(0..built.circuit.qubit_count()).collect::<Vec<_>>());
        (0..circuit.qubit_count()).for_each(|q| circuit.measure(q, q).unwrap());
        let readout = Readout {
            input: (0..built.output.len()).collect(),
            output: built.output,
            accept: built.ancillas.iter().map(|a| (*a, false)).collect(),
        };
        let p = transition_probabilities(&circuit, &readout, &(0..m.nrows()).collect::<Vec<_>>()).unwrap();
        ((p - m.map(|z| z.norm_sqr())).amax(), Cost::of(&built.circuit).two_qubit_gates)
    }

    #[test]
    fn counts_by_rank() {
        let mut rng = rng(41);
        for (n, rank, real, complex) in [
            (2, 1, 4, 2),
            (3, 2, 23, 17),
            (3, 3, 25, 31),
            (6, 1, 116, 114),
            (6, 2, 241, 229),
            (6, 4, 457, 455),
            (6, 7, 721, 897),
            (6, 16, 1273, 1697),
        ] {
            let side = 1 << n;
            let sigma = |j: usize| if j < rank { 0.97 / (j + 1) as f64 } else { 0.0 };
            let (v, w) = (random_unitary(side, &mut rng), random_unitary(side, &mut rng));
            let m = Matrix::from_fn(side, side, |i, j| v[(i, j)] * sigma(j)) * w;
            let (error, cx) = measure(&m);
            assert!(error < 1e-12, "{error:e}");
            assert_eq!(cx, complex, "complex, rank {rank} on {n} qubits");
            let (v, w) = (random_orthogonal(side, &mut rng), random_orthogonal(side, &mut rng));
            let m = (RealMatrix::from_fn(side, side, |i, j| v[(i, j)] * sigma(j)) * w).map(Complex::from);
            let (error, cx) = measure(&m);
            assert!(error < 1e-12, "{error:e}");
            assert_eq!(cx, real, "real, rank {rank} on {n} qubits");
        }
    }

    #[test]
    fn what_has_no_low_rank_is_left_to_others() {
        let full = Dilation::of(Matrix::identity(8, 8));
        assert!(synthesise(&full, &mut rng(1)).is_none());
        let wide = Dilation::of(Matrix::from_element(512, 512, Complex::from(1.0 / 512.0)));
        assert!(synthesise(&wide, &mut rng(1)).is_none());
        assert!(measure(&Matrix::zeros(8, 8)).0 < 1e-15);
    }
}
