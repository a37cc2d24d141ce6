//! The half-finished circuit: gates, and two-qubit unitaries on qubits 0 and 1 not yet turned into gates.
//!
//! Everything between two such unitaries commutes with any diagonal on qubits 0 and 1 (it is multiplexers
//! that these qubits control, and gates elsewhere). So each two-qubit unitary is made only up to a diagonal,
//! with 2 CX instead of 3, and the diagonal is handed to the next one: the second saving of Shende, Bullock
//! and Markov (IEEE TCAD 25, 1000, 2006, appendix A).

use super::two_qubit;
use crate::circuit::{Circuit, Gate, Qubits, gate_of};
use crate::linalg::Complex;
use nalgebra::{Matrix2, Matrix4, Vector4};

/// What becomes of the diagonal that the last two-qubit unitary would leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastDiagonal {
    /// It is part of the unitary.
    Keep,
    /// The qubits are measured next, so it changes nothing.
    Drop,
}

enum Step {
    Gate(Gate, Qubits),
    /// A unitary on qubits 0 (low bit) and 1.
    Pair(Box<Matrix4<Complex>>),
}

/// Steps in time order, first to last.
pub(super) struct Sequence {
    steps: Vec<Step>,
    phase: f64,
}

impl Sequence {
    pub(super) fn new() -> Self {
        Sequence { steps: vec![], phase: 0.0 }
    }

    pub(super) fn gate(&mut self, gate: Gate, qubits: &[usize]) {
        self.steps.push(Step::Gate(gate, Qubits::new(qubits)));
    }

    pub(super) fn phase(&mut self, phase: f64) {
        self.phase += phase;
    }

    /// Appends a one-qubit unitary as the plainest gate that equals it.
    pub(super) fn one_qubit(&mut self, m: &Matrix2<Complex>, qubit: usize) {
        let (gate, phase) = gate_of(&[[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]]);
        if let Some(gate) = gate {
            self.gate(gate, &[qubit]);
        }
        self.phase(phase);
    }

    /// Appends a unitary on qubits 0 and 1.
    pub(super) fn pair(&mut self, m: Matrix4<Complex>) {
        self.steps.push(Step::Pair(Box::new(m)));
    }

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
