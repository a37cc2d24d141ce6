//! A circuit as noise has it: gates with what follows each, and waits between them.

use super::reading::ReadoutError;
use crate::circuit::{Circuit, Gate};
use crate::simulator::error::SimulationError;
use crate::target::Damping;

/// A gate and what follows it. A wait is the identity.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The gate.
    pub gate: Gate,
    /// What it acts on.
    pub qubits: Vec<usize>,
    /// p of `ρ -> (1 - p) ρ + p I/2^k`, on all of its qubits together.
    pub depolarising: f64,
    /// What then becomes of each of them.
    pub damping: Vec<Damping>,
}

/// What a machine does to circuits, however much is known of it.
pub trait Noise: std::fmt::Debug + Send + Sync {
    /// The circuit's gates in order, with what follows each, on its qubits.
    ///
    /// # Errors
    /// A gate of which nothing is known.
    fn steps(&self, circuit: &Circuit) -> Result<Vec<Step>, SimulationError>;

    /// How a qubit is misread.
    fn reading(&self, qubit: usize) -> ReadoutError;

    /// Whether gates are followed by nothing and waits are none; bits may still be misread.
    fn gates_are_exact(&self) -> bool;
}

/// How a column of a table starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Start {
    /// In this basis state,
    pub state: usize,
    /// on which these act first, each on one qubit.
    pub before: Vec<Step>,
    /// Which stream its trajectories draw from.
    pub stream: u64,
}

impl Start {
    /// Basis states, and nothing before.
    pub(super) fn of_states(states: &[usize]) -> Vec<Start> {
        states.iter().map(|&state| Start { state, before: vec![], stream: state as u64 }).collect()
    }
}

impl Step {
    /// The same on the qubits' places in a part; `None` if it is on others.
    pub(super) fn within(&self, part: &[usize]) -> Option<Step> {
        let places = self.qubits.iter().map(|q| part.binary_search(q).ok()).collect::<Option<Vec<usize>>>()?;
        Some(Step { qubits: places, ..self.clone() })
    }

    /// All that are on the qubits of a part, on their places in it.
    pub(super) fn all_within(steps: &[Step], part: &[usize]) -> Vec<Step> {
        steps.iter().filter_map(|step| step.within(part)).collect()
    }
}

/// Steps on one qubit that come before the first gate that joins it to another; and all others.
pub(super) fn leading(steps: Vec<Step>) -> (Vec<Step>, Vec<Step>) {
    let most = steps.iter().flat_map(|step| &step.qubits).max().map_or(0, |most| most + 1);
    let mut joined = vec![false; most];
    steps.into_iter().partition(|step| {
        if step.qubits.len() > 1 {
            step.qubits.iter().for_each(|q| joined[*q] = true);
        }
        !joined[step.qubits[0]]
    })
}
