//! A machine: a target, which of its qubits can be joined, and how well it works.

use super::{Angles, Calibration, Coupling, Figures, QubitFigures, Target};
use crate::circuit::Circuit;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What programs are written for and run on.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// What it is called, such as the name of the file that describes it.
    pub name: Cow<'static, str>,
    /// The gates it has and the text it reads.
    pub target: &'static Target,
    /// Which of its qubits can be joined; without it, every one with every other.
    pub coupling: Option<Coupling>,
    /// How well it works on average, where that is known.
    pub calibration: Option<Calibration>,
    /// How well each of its qubits and pairs works, where that is known.
    pub figures: Option<Figures>,
}

/// What keeps a circuit from running on a machine as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// More qubits than there are.
    #[error("the circuit has {has} qubits, the coupling map has {most}")]
    TooWide {
        /// How many the circuit has.
        has: usize,
        /// How many the machine has.
        most: usize,
    },
    /// A qubit that does not exist.
    #[error("{what} qubit {qubit}: no pair of the coupling map names it")]
    NoSuchQubit {
        /// What is done with it.
        what: String,
        /// Which.
        qubit: usize,
    },
    /// A gate that the machine has not.
    #[error("gate '{gate}' is none of {target}'s")]
    NoSuchGate {
        /// Which.
        gate: &'static str,
        /// Whose gates were looked through.
        target: &'static str,
    },
    /// A gate by an angle that the machine has not.
    #[error("gate '{gate}' by {angle}: {target} has it by {expected}")]
    Angle {
        /// Which gate.
        gate: &'static str,
        /// The angle, in radians.
        angle: String,
        /// Whose gates were looked through.
        target: &'static str,
        /// Which angles it may have.
        expected: Angles,
    },
    /// Qubits that cannot be joined, or not in this direction.
    #[error("gate '{gate}' on qubits {qubits:?}: the coupling map does not join them so")]
    NotJoined {
        /// Which gate.
        gate: &'static str,
        /// On which qubits.
        qubits: Vec<usize>,
    },
}

impl From<&'static Target> for Machine {
    /// A machine of which no more is known.
    fn from(target: &'static Target) -> Machine {
        Machine { name: target.name.into(), target, coupling: None, calibration: None, figures: None }
    }
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::from(Target::portable())
    }
}

impl Machine {
    /// The same machine with none but these of its qubits, under the numbers that they have; its calibration is theirs.
    pub fn piece(&self, qubits: &BTreeSet<usize>) -> Machine {
        let within = |pair: &(usize, usize)| qubits.contains(&pair.0) && qubits.contains(&pair.1);
        let figures = self.figures.as_ref().map(|all| {
            let kept = |(q, own): (usize, &Option<QubitFigures>)| own.clone().filter(|_| qubits.contains(&q));
            let pairs = all.pairs.iter().filter(|(pair, _)| within(pair));
            Figures {
                date: all.date.clone(),
                qubits: all.qubits.iter().enumerate().map(kept).collect(),
                pairs: pairs.map(|(pair, own)| (*pair, own.clone())).collect(),
                remarks: vec![],
            }
        });
        Machine {
            name: self.name.clone(),
            target: self.target,
            coupling: self.coupling.as_ref().map(|map| map.within(qubits)),
            calibration: figures.as_ref().map(Figures::mean).or(self.calibration),
            figures,
        }
    }

    /// Whether a circuit runs on this machine as it is: on qubits that exist and are joined, in gates that it has.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(&self, circuit: &Circuit) -> Result<(), Misfit> {
        for (_, operation) in circuit.operations() {
            let (gate, basis, target) = (operation.gate, self.target.basis, self.target.name);
            if basis.allows(&gate) {
                continue;
            }
            return Err(match basis.limit(gate.kind()) {
                Some(expected) if basis.has(gate.kind()) => {
                    Misfit::Angle { gate: gate.name(), angle: gate.angles()[0].to_string(), target, expected }
                }
                _ => Misfit::NoSuchGate { gate: gate.name(), target },
            });
        }
        let Some(coupling) = &self.coupling else { return Ok(()) };
        if circuit.qubit_count() > coupling.width() {
            return Err(Misfit::TooWide { has: circuit.qubit_count(), most: coupling.width() });
        }
        for (_, operation) in circuit.operations() {
            let qubits: Vec<usize> = operation.qubits.iter().collect();
            let gate = operation.gate.name();
            if let Some(&qubit) = qubits.iter().find(|q| !coupling.exists(**q)) {
                return Err(Misfit::NoSuchQubit { what: format!("gate '{gate}' on"), qubit });
            }
            let fits = match qubits[..] {
                [_] => true,
                [a, b] => coupling.has(a, b) || (operation.gate.symmetric_in(0, 1) && coupling.has(b, a)),
                _ => false,
            };
            if !fits {
                return Err(Misfit::NotJoined { gate, qubits });
            }
        }
        let measured = |q: &usize| circuit.measured_into(*q).is_some() && !coupling.exists(*q);
        match (0..circuit.qubit_count()).find(measured) {
            Some(qubit) => Err(Misfit::NoSuchQubit { what: "measurement of".to_owned(), qubit }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;

    fn machine(pairs: &[(usize, usize)]) -> Machine {
        Machine { coupling: Some(Coupling::new(Some(8), pairs).unwrap()), ..Machine::default() }
    }

    #[test]
    fn whatever_does_not_fit_is_named() {
        let machine = machine(&[(0, 1), (2, 1), (6, 7)]);
        let message = |gate: Gate, qubits: &[usize], measured: Option<usize>| {
            let mut circuit = Circuit::with_bits(8, 1);
            circuit.push(gate, qubits);
            measured.into_iter().for_each(|q| circuit.measure(q, 0).unwrap());
            machine.check(&circuit).map_err(|misfit| misfit.to_string())
        };
        assert_eq!(message(Gate::Cx, &[2, 1], Some(7)), Ok(()));
        assert_eq!(message(Gate::Cz, &[1, 2], None), Ok(()));
        for (gate, qubits, measured, expected) in [
            (Gate::Cx, &[1, 2][..], None, "gate 'cx' on qubits [1, 2]: the coupling map does not join them so"),
            (Gate::Ccx, &[0, 1, 2], None, "gate 'ccx' on qubits [0, 1, 2]: the coupling map does not join them so"),
            (Gate::H, &[3], None, "gate 'h' on qubit 3: no pair of the coupling map names it"),
            (Gate::Cx, &[0, 4], None, "gate 'cx' on qubit 4: no pair of the coupling map names it"),
            (Gate::H, &[0], Some(5), "measurement of qubit 5: no pair of the coupling map names it"),
            (Gate::Ecr, &[0, 1], None, "gate 'ecr' is none of portable's"),
        ] {
            assert_eq!(message(gate, qubits, measured), Err(expected.to_owned()));
        }
        let wide = machine.check(&Circuit::new(9)).unwrap_err().to_string();
        assert_eq!(wide, "the circuit has 9 qubits, the coupling map has 8");
        assert_eq!(Machine::default().check(&Circuit::new(9)), Ok(()));
    }
}
