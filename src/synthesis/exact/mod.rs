//! Exact synthesis: any unitary to CX and one-qubit gates, and the factored dilation (docs/method.md, section 4).
//!
//! ```text
//!  contraction M       ── structure ───▶ smaller contractions, permutations, or the dilation of the whole
//!  contraction M=VΣW†  ── dilation ────▶ W†, multiplexed Ry(2 arccos σ) on the ancilla, V
//!  contraction, rank r ── low_rank ────▶ two isometries, V on fresh qubits
//!  matrix with signs    ── signed ──────▶ W^T, multiplexed Ry, V beside a reference's S_u, selected by its qubit
//!  plane rotation       ── one_hot ─────▶ two CZ between two of the qubits of which one holds a one
//!  isometry, complex   ── isometry ────▶ thin cosine-sine splits, then uniform: multiplexed U(2) up to a diagonal
//!  isometry, 2^k cols  ── selected ────▶ selected rotations on k qubits + a multiplexed Ry a qubit
//!  rotation, k qubits  ── orthogonal ──▶ 4 rotations on k-1 qubits + 3 multiplexed Ry       (recursively)
//!  unitary, k qubits   ── block_zxz ───▶ 4 unitaries on k-1 qubits + 3 multiplexed Rz       (recursively)
//!  unitary, 2 qubits   ── two_qubit ───▶ at most 3 CX, 2 up to a diagonal that moves on to the next one
//!  multiplexed R       ── multiplexer ─▶ one CX an angle, along a Gray code
//! ```
//!
//! CX counts for generic input: (22/48) 4^k - (3/2) 2^k + 5/3 for a unitary on k ≥ 2 qubits (3, 19, 95, 423,
//! 1783 for k = 2..6); 2, 15, 77, 341, 1429 for a real rotation; two of these, up to signs or a diagonal, and
//! 2^n - 1 for the dilation of a 2^n x 2^n contraction.

mod amplitudes;
mod block_zxz;
mod demultiplex;
mod dilation;
mod isometry;
mod kak;
mod low_rank;
mod lowering;
mod multiplexer;
mod one_hot;
mod orthogonal;
mod preparation;
mod selected;
mod sequence;
mod signed;
mod structure;
mod synthesised;
mod two_qubit;
mod uniform;

pub use amplitudes::{prepare_amplitudes, prepare_low_rank};
pub use dilation::{synthesise_dilation, synthesise_signed_dilation};
pub use multiplexer::{Axis, multiplexed_rotation};
pub use one_hot::{push_turn, spread};
pub use preparation::prepare_probabilities;
pub use signed::{SignedRead, synthesise_signed, synthesise_signed_behind};
pub use structure::synthesise_contraction;
pub use synthesised::Synthesised;

use crate::circuit::Circuit;
use crate::linalg::{Complex, Matrix, is_unitary};
use crate::random::Rng;
use nalgebra::Matrix4;
use sequence::{LastDiagonal, Sequence};

/// A two-qubit unitary in as few CX as it needs, at most 3; qubit 0 is the low bit of its index.
pub fn synthesise_pair(u: &Matrix4<Complex>) -> Circuit {
    let mut sequence = Sequence::new();
    two_qubit::synthesise(u, &mut sequence);
    sequence.into_circuit(2, LastDiagonal::Keep)
}

/// The same in turns `exp(-iθ ZZ/2)` of both, at most 3, none by more than π/2.
pub fn synthesise_pair_by_turns(u: &Matrix4<Complex>) -> Circuit {
    let mut sequence = Sequence::new();
    two_qubit::synthesise_by_turns(u, &mut sequence);
    sequence.into_circuit(2, LastDiagonal::Keep)
}

/// As [`synthesise_pair`], but up to a phase for every row, which measuring both qubits does not see: at most 2 CX.
pub fn synthesise_measured_pair(u: &Matrix4<Complex>) -> Circuit {
    let mut sequence = Sequence::new();
    sequence.pair(*u);
    sequence.into_circuit(2, LastDiagonal::Drop)
}

/// A matrix that cannot be synthesised.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SynthesisError {
    /// The side is not a power of two.
    #[error("a {rows} x {columns} matrix acts on no whole number of qubits: expected a square of side 2^k")]
    Shape {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
    /// `U†U` is not the identity.
    #[error("the matrix is not unitary to {tolerance:e}", tolerance = crate::linalg::TOLERANCE)]
    NotUnitary,
}

/// A circuit on k qubits equal to the 2^k x 2^k unitary `u`, global phase included.
///
/// `rng` only picks the random combination that splits eigenspaces (`diagonalise_unitary` in [`crate::linalg`]);
/// whatever it yields, the circuit is exact.
///
/// # Errors
/// If `u` is not square with side 2^k, or not unitary.
pub fn synthesise_unitary(u: &Matrix, rng: &mut Rng) -> Result<Circuit, SynthesisError> {
    let (rows, columns) = u.shape();
    if rows != columns || !rows.is_power_of_two() {
        return Err(SynthesisError::Shape { rows, columns });
    }
    if !is_unitary(u) {
        return Err(SynthesisError::NotUnitary);
    }
    let qubits = rows.trailing_zeros() as usize;
    let mut sequence = Sequence::new();
    block_zxz::decompose(u, qubits, &mut sequence, rng);
    Ok(sequence.into_circuit(qubits, LastDiagonal::Keep))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, max_difference};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    fn check(u: &Matrix) -> usize {
        let circuit = synthesise_unitary(u, &mut rng(11)).unwrap();
        let error = max_difference(&unitary_of(&circuit), u);
        assert!(error < 1e-12, "{}x{}: {error:e}", u.nrows(), u.nrows());
        Cost::of(&circuit).two_qubit_gates
    }

    #[test]
    fn generic_unitaries_meet_the_published_counts() {
        let mut rng = rng(2);
        for (k, count) in [(0, 0), (1, 0), (2, 3), (3, 19), (4, 95), (5, 423), (6, 1783)] {
            assert_eq!(check(&random_unitary(1 << k, &mut rng)), count);
            assert!(check(&random_orthogonal(1 << k, &mut rng).map(Complex::from)) <= count);
        }
    }

    #[test]
    fn degenerate_unitaries_are_exact_and_never_dearer() {
        let mut rng = rng(4);
        for (k, generic) in [(1, 0), (2, 3), (3, 19), (4, 95), (5, 423)] {
            let n = 1usize << k;
            let identity = Matrix::identity(n, n);
            assert_eq!(check(&identity), 0);
            assert_eq!(check(&(&identity * Complex::from_polar(1.0, 1.0))), 0);
            assert_eq!(check(&-&identity), 0);
            let mut reflected = identity.clone();
            reflected[(0, 0)] = -Complex::ONE;
            assert!(check(&reflected) <= generic);
            assert!(
                check(&Matrix::from_fn(n, n, |i, j| if (i + 1) % n == j { Complex::ONE } else { Complex::ZERO }))
                    <= generic
            );
            assert!(
                check(&Matrix::from_fn(n, n, |i, j| if i + j + 1 == n { Complex::I } else { Complex::ZERO }))
                    <= generic
            );
            let fourier = |i: usize, j: usize| {
                Complex::from_polar(1.0 / (n as f64).sqrt(), std::f64::consts::TAU * (i * j) as f64 / n as f64)
            };
            assert!(check(&Matrix::from_fn(n, n, fourier)) <= generic);
            let diagonal =
                Matrix::from_fn(
                    n,
                    n,
                    |i, j| if i == j { Complex::from_polar(1.0, (i * i) as f64) } else { Complex::ZERO },
                );
            assert!(check(&diagonal) <= generic);
            // A direct sum of two blocks, a Kronecker product, and something a hair from the identity.
            let (a, b) = (random_unitary(n / 2, &mut rng), random_unitary(n / 2, &mut rng));
            let mut sum = Matrix::zeros(n, n);
            sum.view_mut((0, 0), (n / 2, n / 2)).copy_from(&a);
            sum.view_mut((n / 2, n / 2), (n / 2, n / 2)).copy_from(&b);
            assert!(check(&sum) <= generic);
            assert!(check(&a.kronecker(&random_unitary(2, &mut rng))) <= generic);
            for size in [1e-3, 1e-6, 1e-9, 1e-12] {
                let v = random_unitary(n, &mut rng);
                let near =
                    Matrix::from_fn(n, n, |i, j| v[(i, j)] * Complex::from_polar(1.0, size * j as f64)) * v.adjoint();
                assert!(check(&near) <= generic + n * n / 16);
            }
        }
    }

    #[test]
    fn what_is_not_a_unitary_is_refused() {
        let refused = |m| synthesise_unitary(&m, &mut rng(1)).unwrap_err();
        assert_eq!(refused(Matrix::identity(3, 3)), SynthesisError::Shape { rows: 3, columns: 3 });
        assert_eq!(refused(Matrix::zeros(2, 2)), SynthesisError::NotUnitary);
        assert_eq!(refused(Matrix::from_element(4, 4, Complex::new(f64::NAN, 0.0))), SynthesisError::NotUnitary);
    }
}
