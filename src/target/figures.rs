//! How well a machine works, qubit by qubit and pair by pair, as its maker reported it on one day.

use super::calibration::{Calibration, GateRates, ReadoutRates};
use super::rates::{Damping, PairRates, damping, depolarising};
use std::collections::BTreeMap;

/// The figures of a machine. Qubits and pairs that are broken, or of which too little is told, have none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// When they were reported, as the maker writes it.
    pub date: String,
    /// By the qubit's number; as many as a register of the machine has.
    pub qubits: Vec<Option<QubitFigures>>,
    /// By the pair that a gate acts on, its first qubit first; both ways round where the gate knows no difference.
    pub pairs: BTreeMap<(usize, usize), PairFigures>,
    /// What of the report was left out or taken otherwise, a sentence each.
    pub remarks: Vec<String>,
}

/// What is reported of a qubit; times in seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QubitFigures {
    /// Time in which |1> falls to |0>, by a factor of e.
    pub t1: Option<f64>,
    /// Time in which a phase is lost, by a factor of e; at most twice `t1`.
    pub t2: Option<f64>,
    /// How often it is misread.
    pub readout: ReadoutRates,
    /// How long reading takes.
    pub readout_length: Option<f64>,
    /// Its gates, but for turns about Z, which are changes of what follows and cost nothing.
    pub gate: GateFigures,
}

/// What is reported of a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GateFigures {
    /// 1 - its average fidelity, relaxation while it lasts included: less than 1 - 1/2^k on k qubits, of what forgets all.
    pub error: f64,
    /// How long it lasts, in seconds.
    pub length: Option<f64>,
}

/// What is reported of the gate that joins two qubits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairFigures {
    /// Its name, as the maker has it, in small letters: `cz`, `ecr`.
    pub name: String,
    /// How well it works.
    pub gate: GateFigures,
}

impl Figures {
    /// What is reported of a qubit; `None` if it is broken, or is none.
    pub fn qubit(&self, qubit: usize) -> Option<&QubitFigures> {
        self.qubits.get(qubit)?.as_ref()
    }

    /// What is reported of a gate on `a` first and `b` second, or on the two the other way round where that is all there is.
    pub fn pair(&self, a: usize, b: usize) -> Option<&PairFigures> {
        self.pairs.get(&(a, b)).or_else(|| self.pairs.get(&(b, a)))
    }

    /// What happens to a qubit in so many seconds.
    pub fn waiting(&self, qubit: usize, seconds: f64) -> Damping {
        self.qubit(qubit).map_or(Damping::default(), |q| damping(q.t1, q.t2, seconds))
    }

    /// What follows a gate on one qubit, unless it is a turn about Z, after which nothing does. What its error is more than
    /// relaxation while it lasts is depolarising.
    pub fn after_one(&self, qubit: usize) -> Option<GateRates> {
        let own = self.qubit(qubit)?;
        let during = self.waiting(qubit, own.gate.length.unwrap_or(0.0));
        let error = depolarising(own.gate.error, &[during]);
        Some(GateRates { error, relaxation: during.relaxation, dephasing: during.dephasing })
    }

    /// What follows a gate on `a` and `b`, in this order.
    pub fn after_two(&self, a: usize, b: usize) -> Option<PairRates> {
        let gate = self.pair(a, b)?.gate;
        let during = [a, b].map(|qubit| self.waiting(qubit, gate.length.unwrap_or(0.0)));
        Some(PairRates { error: depolarising(gate.error, &during), during })
    }

    /// Whether lengths of gates and coherence times are told, without which nothing can be said of qubits that wait.
    pub fn tell_times(&self) -> bool {
        let qubits = self.qubits.iter().flatten();
        self.pairs.values().all(|pair| pair.gate.length.is_some())
            && qubits.clone().all(|qubit| qubit.gate.length.is_some())
            && qubits.clone().any(|qubit| qubit.t1.is_some() || qubit.t2.is_some())
    }

    /// The means over all qubits and pairs; all of it 0 where there are none.
    pub fn mean(&self) -> Calibration {
        let working: Vec<usize> = (0..self.qubits.len()).filter(|q| self.qubit(*q).is_some()).collect();
        let ones: Vec<GateRates> = working.iter().filter_map(|q| self.after_one(*q)).collect();
        let twos: Vec<GateRates> = self
            .pairs
            .keys()
            .filter_map(|&(a, b)| self.after_two(a, b))
            .flat_map(|pair| pair.during.map(|d| GateRates { error: pair.error, ..GateRates::from(d) }))
            .collect();
        let reading: Vec<ReadoutRates> = working.iter().filter_map(|q| Some(self.qubit(*q)?.readout)).collect();
        Calibration {
            one_qubit: mean_gate(&ones),
            two_qubit: mean_gate(&twos),
            readout: ReadoutRates {
                one_for_zero: mean(reading.iter().map(|r| r.one_for_zero)),
                zero_for_one: mean(reading.iter().map(|r| r.zero_for_one)),
            },
        }
    }
}

/// Whether a gate of this infidelity on so many qubits is no better than one that forgets their state, or worse: makers mark
/// gates that do not work by an error of 1.
pub(super) fn forgets(infidelity: f64, qubits: i32) -> bool {
    infidelity >= 1.0 - 0.5f64.powi(qubits)
}

fn mean_gate(rates: &[GateRates]) -> GateRates {
    GateRates {
        error: mean(rates.iter().map(|r| r.error)),
        relaxation: mean(rates.iter().map(|r| r.relaxation)),
        dephasing: mean(rates.iter().map(|r| r.dephasing)),
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_of_what_works_and_pairs_are_found_either_way_round() {
        let qubit = |error, flip| {
            let readout = ReadoutRates { one_for_zero: flip, zero_for_one: 2.0 * flip };
            Some(QubitFigures { readout, gate: GateFigures { error, length: None }, ..QubitFigures::default() })
        };
        let pair = |error| PairFigures { name: "cz".into(), gate: GateFigures { error, length: None } };
        let figures = Figures {
            qubits: vec![qubit(1e-3, 0.01), None, qubit(3e-3, 0.03)],
            pairs: [((0, 2), pair(0.015))].into(),
            ..Figures::default()
        };
        let mean = figures.mean();
        // p = e d / (d - 1).
        assert!((mean.one_qubit.error - 4e-3).abs() < 1e-15 && (mean.two_qubit.error - 0.02).abs() < 1e-15);
        assert!((mean.readout.one_for_zero - 0.02).abs() < 1e-15 && (mean.readout.zero_for_one - 0.04).abs() < 1e-15);
        assert_eq!(figures.pair(2, 0), figures.pair(0, 2));
        assert_eq!(
            (figures.pair(0, 1), figures.qubit(1), figures.qubit(9), figures.after_one(1)),
            (None, None, None, None)
        );
        assert!(!figures.tell_times());
        assert_eq!(Figures::default().mean(), Calibration::default());
    }
}
