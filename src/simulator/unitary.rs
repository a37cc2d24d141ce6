//! The unitary of a whole circuit.

use super::fusion::fuse_circuit;
use super::state::States;
use crate::circuit::Circuit;
use crate::linalg::{Complex, Matrix};

/// The 2^n x 2^n unitary of a circuit's gates, global phase included; measurements are ignored.
///
/// Needs 16 · 4^n bytes twice: meant for up to about 12 qubits.
pub fn unitary_of(circuit: &Circuit) -> Matrix {
    let n = circuit.qubit_count();
    let mut states = States::basis(n, &(0..1 << n).collect::<Vec<_>>());
    let all: Vec<usize> = (0..n).collect();
    fuse_circuit(circuit, &all).iter().for_each(|block| states.apply(block));
    let phase = Complex::from_polar(1.0, circuit.global_phase());
    Matrix::from_fn(1 << n, 1 << n, |i, j| states.row(i)[j] * phase)
}
