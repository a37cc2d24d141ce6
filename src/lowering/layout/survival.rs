//! How likely a circuit survives on given qubits: the fidelities of all that happens to it, multiplied.

use super::need::{Need, QubitNeed};
use crate::target::Figures;

/// What is left of a circuit's signal, each a product of entanglement fidelities, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Survival {
    /// After all gates. Errors that add up at random shrink every expectation by about that, so its inverse is the scale that
    /// takes them out.
    pub gates: f64,
    /// After all waits of qubits for each other, where the machine says how long its gates last and its qubits.
    pub waits: f64,
    /// Of all readings, either value being as likely.
    pub reading: f64,
}

impl Survival {
    /// Of everything.
    pub fn total(&self) -> f64 {
        self.gates * self.waits * self.reading
    }

    /// Of a circuit whose qubit i is `layout[i]`; `None` where a qubit or a pair does not work.
    pub(super) fn of(need: &Need, layout: &[usize], figures: &Figures) -> Option<Survival> {
        let mut survival = Survival { gates: 1.0, waits: 1.0, reading: 1.0 };
        // Of what nothing is asked, nothing need work.
        let asked = need.qubits.iter().zip(layout).filter(|(own, _)| **own != QubitNeed::default());
        for (own, &q) in asked {
            let figure = figures.qubit(q)?;
            survival.gates *= entanglement(figure.gate.error, 1).powi(own.pulses as i32);
            survival.waits *= figures.waiting(q, own.waits).entanglement_fidelity();
            if own.read {
                survival.reading *= 1.0 - (figure.readout.one_for_zero + figure.readout.zero_for_one) / 2.0;
            }
        }
        for (&(a, b), &count) in &need.pairs {
            let figure = figures.pair(layout[a], layout[b])?;
            survival.gates *= entanglement(figure.gate.error, 2).powi(count as i32);
        }
        Some(survival)
    }
}

/// The entanglement fidelity of a gate on so many qubits with this average infidelity, `1 - e (d + 1) / d`.
pub(super) fn entanglement(infidelity: f64, qubits: i32) -> f64 {
    let d = 2f64.powi(qubits);
    1.0 - infidelity * (d + 1.0) / d
}
