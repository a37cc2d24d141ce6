//! From a sequence to a circuit: two-qubit unitaries become gates, in time order.
//!
//! Everything between two such unitaries commutes with any diagonal on qubits 0 and 1 (it is multiplexers
//! that these qubits control, and gates elsewhere). So each two-qubit unitary is made only up to a diagonal,
//! with 2 CX instead of 3, and the diagonal is handed to the next one: the second saving of Shende, Bullock
//! and Markov (IEEE TCAD 25, 1000, 2006, appendix A).

use super::sequence::{LastDiagonal, Sequence, Step};
use super::two_qubit;
use crate::circuit::Circuit;
use crate::linalg::Complex;
use nalgebra::{Matrix4, Vector4};

impl Sequence {
    /// Turns the two-qubit unitaries into gates, diagonals handed on from each to the next.
    pub(super) fn into_circuit(self, qubits: usize, last: LastDiagonal) -> Circuit {
        let pairs = self.steps.iter().filter(|s| matches!(s, Step::Pair(_))).count();
        let mut done = Sequence { steps: Vec::with_capacity(self.steps.len() + 8 * pairs), phase: self.phase };
        let mut carried = Vector4::repeat(Complex::ONE);
        let mut seen = 0;
        for step in self.steps {
            let Step::Pair(m) = step else {
                done.steps.push(step);
                continue;
            };
            seen += 1;
            let mut m = *m * Matrix4::from_diagonal(&carried);
            if seen < pairs || last == LastDiagonal::Drop {
                (carried, m) = two_qubit::split_off_diagonal(&m);
            }
            two_qubit::synthesise(&m, &mut done);
        }
        let mut circuit = Circuit::new(qubits);
        for step in done.steps {
            match step {
                Step::Gate(gate, operands) => {
                    let operands: Vec<usize> = operands.iter().collect();
                    circuit.push(gate, &operands);
                }
                Step::Pair(_) => unreachable!("two_qubit::synthesise appends gates only"),
            }
        }
        circuit.add_phase(done.phase);
        circuit
    }
}
