//! The noise of a machine of which each qubit and pair is known: errors where they occur, and waits if they are to count.

use super::reading::ReadoutError;
use super::step::{Noise, Step};
use crate::circuit::{Axis, Circuit, Operation};
use crate::simulator::error::SimulationError;
use crate::target::{Damping, Figures, ReadoutRates};

/// The noise of a machine, for circuits on its own qubits.
///
/// What follows a gate has the infidelity that the machine reports of it, relaxation while it lasts included
/// ([`Figures::after_two`]); turns about Z are exact. With `waits`, gates are as late as they can be before all qubits are
/// read at once, and a qubit that waits for another relaxes; before its first gate it is in |0>, and has nothing to lose.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineNoise {
    figures: Figures,
    waits: bool,
}

impl MachineNoise {
    /// Of these figures, with waits or without.
    pub fn new(figures: Figures, waits: bool) -> MachineNoise {
        MachineNoise { figures, waits }
    }

    /// The figures.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// What follows an operation, and how long it takes.
    fn after(&self, operation: &Operation) -> Result<(Step, f64), SimulationError> {
        let gate = operation.gate;
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        let unknown = || SimulationError::NoFigures { gate: gate.name(), qubits: qubits.clone() };
        let (depolarising, damping, length) = match qubits[..] {
            [q] => {
                let own = self.figures.qubit(q).ok_or_else(unknown)?;
                if gate.axis(0) == Some(Axis::Z) {
                    (0.0, vec![Damping::default()], 0.0)
                } else {
                    let rates = self.figures.after_one(q).ok_or_else(unknown)?;
                    let during = Damping { relaxation: rates.relaxation, dephasing: rates.dephasing };
                    (rates.error, vec![during], own.gate.length.unwrap_or(0.0))
                }
            }
            [a, b] => {
                let rates = self.figures.after_two(a, b).ok_or_else(unknown)?;
                let length = self.figures.pair(a, b).and_then(|pair| pair.gate.length);
                (rates.error, rates.during.to_vec(), length.unwrap_or(0.0))
            }
            _ => return Err(unknown()),
        };
        Ok((Step { gate, qubits, depolarising, damping }, length))
    }
}

impl Noise for MachineNoise {
    fn steps(&self, circuit: &Circuit) -> Result<Vec<Step>, SimulationError> {
        // From the end: how long before reading each qubit's next gate begins.
        let mut begins = vec![0.0f64; circuit.qubit_count()];
        let mut steps = vec![];
        for (_, operation) in circuit.operations().rev() {
            let (step, length) = self.after(&operation)?;
            let end = step.qubits.iter().fold(0.0f64, |end, q| end.max(begins[*q]));
            for &q in &step.qubits {
                let wait = end - begins[q];
                if self.waits && wait > 0.0 {
                    let damping = vec![self.figures.waiting(q, wait)];
                    steps.push(Step { gate: crate::circuit::Gate::Id, qubits: vec![q], depolarising: 0.0, damping });
                }
                begins[q] = end + length;
            }
            steps.push(step);
        }
        steps.reverse();
        Ok(steps)
    }

    fn reading(&self, qubit: usize) -> ReadoutError {
        let ReadoutRates { one_for_zero, zero_for_one } =
            self.figures.qubit(qubit).map_or(ReadoutRates::default(), |own| own.readout);
        ReadoutError { one_for_zero, zero_for_one }
    }

    fn gates_are_exact(&self) -> bool {
        false
    }
}
