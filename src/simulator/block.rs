//! What the simulator applies: a small unitary and the qubits it acts on.

use crate::linalg::Matrix;

/// A unitary on a few qubits: qubit i of `matrix` is qubit `qubits[i]` of the register.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Register qubits, the first of which is the low bit of the matrix's index.
    pub(super) qubits: Vec<usize>,
    /// 2^k rows for k qubits.
    pub(super) matrix: Matrix,
}
