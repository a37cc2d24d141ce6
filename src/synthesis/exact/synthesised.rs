//! What synthesis of a contraction yields: a circuit and how it is read.

use crate::circuit::Circuit;

/// A circuit of which one corner is a contraction.
#[derive(Clone, Debug)]
pub struct Synthesised {
    /// No measurements. The input's register is qubits 0..n.
    pub circuit: Circuit,
    /// The qubit on which bit i of the result is read.
    pub output: Vec<usize>,
    /// The qubits that shots need to read 0 to count; those that are not of the register start in |0>.
    pub ancillas: Vec<usize>,
}
