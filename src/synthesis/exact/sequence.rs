//! The half-finished circuit: gates, and two-qubit unitaries on qubits 0 and 1 not yet turned into gates.

use crate::circuit::{Gate, Qubits, gate_of};
use crate::linalg::Complex;
use nalgebra::{Matrix2, Matrix4};

/// What becomes of the diagonal that the last two-qubit unitary would leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastDiagonal {
    /// It is part of the unitary.
    Keep,
    /// The qubits are measured next, so it changes nothing.
    Drop,
}

/// One step of a sequence.
pub(super) enum Step {
    /// A gate on the qubits it acts on.
    Gate(Gate, Qubits),
    /// A unitary on qubits 0 (low bit) and 1.
    Pair(Box<Matrix4<Complex>>),
}

/// Steps in time order, first to last.
pub(super) struct Sequence {
    pub(super) steps: Vec<Step>,
    pub(super) phase: f64,
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
}
