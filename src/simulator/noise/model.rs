//! The same rates for all gates and qubits: channels after every gate, errors when bits are read.

use super::reading::ReadoutError;
use super::step::{Noise, Step};
use crate::circuit::{Circuit, Operation};
use crate::files::read_json;
use crate::simulator::error::SimulationError;
use crate::target::{Calibration, Damping, GateRates, MACHINES, ReadoutRates};
use serde::{Deserialize, Serialize};

/// A noise model: all rates are probabilities, all default to 0.
///
/// After every gate its qubits are depolarised together, then each is damped. Qubits that wait suffer nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NoiseModel {
    /// After gates on one qubit.
    pub one_qubit: GateNoise,
    /// After gates on two or more.
    pub two_qubit: GateNoise,
    /// When a qubit is measured.
    pub readout: ReadoutError,
}

/// What follows a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct GateNoise {
    /// p of `ρ -> (1 - p) ρ + p I/2^k`, on the k qubits of the gate.
    pub depolarising: f64,
    /// γ of `|1> -> |0>`, on each qubit: Kraus operators `diag(1, √(1-γ))` and `√γ |0><1|`.
    pub amplitude_damping: f64,
    /// λ: `ρ_01 -> √(1-λ) ρ_01`, on each qubit: Kraus operators `diag(1, √(1-λ))` and `√λ |1><1|`.
    pub phase_damping: f64,
}

/// A noise model that is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct NoiseError {
    /// Which value.
    pub place: String,
    /// What is wrong with it.
    pub problem: String,
}

impl NoiseModel {
    /// What the machine of that name does, as far as its calibration says.
    pub fn preset(name: &str) -> Option<NoiseModel> {
        MACHINES.iter().find(|machine| machine.name == name)?.calibration.as_ref().map(NoiseModel::from)
    }

    /// The machines that have a preset.
    pub fn presets() -> impl Iterator<Item = &'static str> {
        MACHINES.iter().filter(|machine| machine.calibration.is_some()).map(|machine| &*machine.name)
    }

    /// Reads a model from JSON and checks that every rate is a probability.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn from_json(text: &[u8]) -> Result<NoiseModel, NoiseError> {
        let model: NoiseModel =
            read_json(text).map_err(|error| NoiseError { problem: error.message(), place: error.place })?;
        let gates = [("one_qubit", &model.one_qubit), ("two_qubit", &model.two_qubit)];
        let rates = gates.into_iter().flat_map(|(gate, noise)| {
            [
                (format!("{gate}.depolarising"), noise.depolarising),
                (format!("{gate}.amplitude_damping"), noise.amplitude_damping),
                (format!("{gate}.phase_damping"), noise.phase_damping),
            ]
        });
        let readout = [
            ("readout.one_for_zero".to_owned(), model.readout.one_for_zero),
            ("readout.zero_for_one".to_owned(), model.readout.zero_for_one),
        ];
        match rates.chain(readout).find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            Some((place, rate)) => Err(NoiseError { place, problem: format!("{rate}, expected a number from 0 to 1") }),
            None => Ok(model),
        }
    }

    /// What follows a gate on `arity` qubits.
    pub fn after(&self, arity: usize) -> &GateNoise {
        if arity == 1 { &self.one_qubit } else { &self.two_qubit }
    }
}

impl Noise for NoiseModel {
    fn steps(&self, circuit: &Circuit) -> Result<Vec<Step>, SimulationError> {
        let step = |operation: Operation| {
            let qubits: Vec<usize> = operation.qubits.iter().collect();
            let GateNoise { depolarising, amplitude_damping, phase_damping } = *self.after(qubits.len());
            let each = Damping { relaxation: amplitude_damping, dephasing: phase_damping };
            Step { gate: operation.gate, damping: vec![each; qubits.len()], qubits, depolarising }
        };
        Ok(circuit.operations().map(|(_, operation)| step(operation)).collect())
    }

    fn reading(&self, _: usize) -> ReadoutError {
        self.readout
    }

    fn gates_are_exact(&self) -> bool {
        self.one_qubit == GateNoise::default() && self.two_qubit == GateNoise::default()
    }
}

impl From<&Calibration> for NoiseModel {
    /// What a calibration says on average.
    fn from(calibration: &Calibration) -> NoiseModel {
        let gate = |rates: GateRates| GateNoise {
            depolarising: rates.error,
            amplitude_damping: rates.relaxation,
            phase_damping: rates.dephasing,
        };
        let ReadoutRates { one_for_zero, zero_for_one } = calibration.readout;
        NoiseModel {
            one_qubit: gate(calibration.one_qubit),
            two_qubit: gate(calibration.two_qubit),
            readout: ReadoutError { one_for_zero, zero_for_one },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_read_and_checked() {
        let model = NoiseModel::from_json(br#"{"two_qubit": {"depolarising": 0.01}}"#).unwrap();
        assert_eq!((model.two_qubit.depolarising, model.one_qubit.depolarising), (0.01, 0.0));
        assert!(!model.gates_are_exact() && NoiseModel::default().gates_are_exact());
        for (text, expected) in [
            (r#"{"two_qubit": {"depolarising": 1.5}}"#, "two_qubit.depolarising: 1.5, expected a number from 0 to 1"),
            (r#"{"readout": {"zero_for_one": -1}}"#, "readout.zero_for_one: -1, expected a number from 0 to 1"),
        ] {
            assert_eq!(NoiseModel::from_json(text.as_bytes()).unwrap_err().to_string(), expected);
        }
        assert!(NoiseModel::from_json(br#"{"two_qubits": {}}"#).unwrap_err().to_string().contains("unknown field"));
        assert!(NoiseModel::from_json(b"{} {}").unwrap_err().to_string().starts_with("after the end"));
    }

    #[test]
    fn presets_are_what_named_machines_report() {
        let model = NoiseModel::preset("superconducting").unwrap();
        assert_eq!((model.one_qubit.depolarising, model.two_qubit.depolarising), (3e-4, 5e-3));
        assert_eq!((model.two_qubit.amplitude_damping, model.two_qubit.phase_damping), (1e-3, 1e-3));
        assert_eq!((model.readout.one_for_zero, model.readout.zero_for_one), (0.01, 0.02));
        let ion = NoiseModel::preset("trapped-ion").unwrap();
        assert_eq!((ion.two_qubit.depolarising, ion.two_qubit.phase_damping), (2e-3, 1e-4));
        assert_eq!(NoiseModel::preset("abacus"), None);
    }
}
