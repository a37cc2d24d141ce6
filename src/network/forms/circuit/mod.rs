//! Blocks given by one variational circuit for both signs: `W_nm = γ (p(n, 0 | m) - p(n, 1 | m))`, m and n on the register,
//! the sign on one qubit more.
//!
//! All shots count, none is flagged away, and a gate of two qubits buys four angles: where few gates are to do much, this
//! is the densest form of a block.

mod lanes;
mod random;
mod step;
mod sweep;
pub(super) mod variational;

pub use random::{random_circuit, random_circuit_on};
pub use step::Step;
pub use variational::{Variational, VariationalRun};

use super::answers::{Amplitudes, Answers, Carrier, Definition, JointCircuit, Written, positive};
use super::search::{Demand, Search};
use crate::circuit::{Circuit, Gate};
use crate::linalg::{Complex, Matrix, RealMatrix};
use crate::network::NetworkError;
use crate::signs::Signs;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::borrow::Cow;

impl Variational {
    /// The form that a circuit is, on n + 1 qubits with the sign on the last, for states of dimension `dim`; `None` if it has other gates
    /// than ry, rz and cz, or `dim` is too large for a form.
    pub fn of_circuit(circuit: &Circuit, dim: usize, gamma: f64) -> Option<Variational> {
        let step = |gate: Gate, at: &dyn Fn(usize) -> usize| match gate {
            Gate::Ry(angle) => Some(Step::Ry(at(0), angle)),
            Gate::Rz(angle) => Some(Step::Rz(at(0), angle)),
            Gate::Cz => Some(Step::Cz(at(0), at(1))),
            _ => None,
        };
        let steps = circuit.operations().map(|(_, o)| step(o.gate, &|place| o.qubits.get(place)));
        let form = Variational { dim, steps: steps.collect::<Option<_>>()?, gamma };
        (dim <= Variational::MAX_DIM && circuit.qubit_count() == form.qubits()).then_some(form)
    }
}

impl Answers for Variational {
    fn name(&self) -> &'static str {
        "a circuit"
    }

    fn weight(&self) -> Cow<'_, RealMatrix> {
        Cow::Owned(self.weight())
    }

    fn definition(&self) -> Definition<'_> {
        Definition::Joint(self.joint())
    }

    fn amplitudes(&self) -> Amplitudes {
        // Inputs that only padding has are of no interest.
        let square = |m: Matrix| {
            let side = m.nrows();
            m.resize_horizontally(side, Complex::ZERO)
        };
        let [plus, minus] = self.run().amplitudes().map(square);
        Amplitudes::Exact { signs: Signs { plus, minus }, gamma: self.gamma }
    }

    fn is_joint(&self) -> bool {
        true
    }

    fn circuit(&self) -> Option<JointCircuit> {
        Some(self.joint())
    }

    fn variational(&self) -> Option<&Variational> {
        Some(self)
    }

    fn gamma(&self) -> Option<f64> {
        Some(self.gamma)
    }

    fn refusal(&self, carrier: Carrier) -> Option<String> {
        match carrier {
            Carrier::Tensors => Some("given by a circuit, which tensors cannot say: expected weights, or JSON".into()),
            Carrier::QuantumInputs => Some(
                "given by a circuit, whose few gates come from phases that are free for diagonal states only".into(),
            ),
            Carrier::Compression => None,
        }
    }

    fn scale(&mut self, by: f64) {
        self.gamma *= by;
    }

    /// ln γ, then the angles.
    fn parameters(&self) -> Vec<f64> {
        std::iter::once(self.gamma.ln()).chain(self.angles()).collect()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.move_to(values);
    }

    fn search(&self) -> Box<dyn Search + '_> {
        let run = self.run();
        Box::new(CircuitSearch { weight: run.weight(), run })
    }
}

impl Variational {
    /// The circuit with what is read from it.
    fn joint(&self) -> JointCircuit {
        let sign = self.qubits() - 1;
        let mut circuit = Circuit::new(self.qubits());
        for step in &self.steps {
            match *step {
                Step::Ry(qubit, angle) => circuit.push(Gate::Ry(angle), &[qubit]),
                Step::Rz(qubit, angle) => circuit.push(Gate::Rz(angle), &[qubit]),
                Step::Cz(a, b) => circuit.push(Gate::Cz, &[a, b]),
            };
        }
        JointCircuit { circuit, output: (0..sign).collect(), sign, gamma: self.gamma }
    }
}

/// A circuit, simulated.
struct CircuitSearch<'a> {
    run: VariationalRun<'a>,
    weight: RealMatrix,
}

impl Search for CircuitSearch<'_> {
    fn map(&self) -> &RealMatrix {
        &self.weight
    }

    fn variance(&self) -> Option<RealMatrix> {
        Some(self.run.variance())
    }

    /// The charge is `2 gamma_weight · gamma / bound`, as for two signs.
    fn slopes(self: Box<Self>, demand: &Demand<'_>) -> (f64, Vec<f64>) {
        let charge_at = |bound: &f64| 2.0 * demand.gamma_weight * self.run.gamma() / bound.max(f64::MIN_POSITIVE);
        let charge = demand.bounds.first().map_or(0.0, charge_at);
        // W, the charge and the noise grow with gamma.
        let by_gamma = demand.by_map.dot(&self.weight) + charge + demand.by_noise;
        (charge, std::iter::once(by_gamma).chain(self.run.slopes(demand.by_map)).collect())
    }
}

/// W_nm = gamma (p(n, 0 | m) - p(n, 1 | m)): m is set and n read on qubits 0, 1, …, least significant first, the sign on one
/// qubit more, which starts in |0>.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct CircuitFile {
    /// N, the dimension of the block.
    dim: usize,
    /// First to last: ["ry", qubit, angle], ["rz", qubit, angle] with exp(-i angle P / 2), angles in radians, or
    /// ["cz", qubit, qubit].
    gates: Vec<(GateFile, usize, Number)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum GateFile {
    Ry,
    Rz,
    Cz,
}

impl Written for Variational {
    type Piece = CircuitFile;

    fn read(given: &CircuitFile, gamma: Option<f64>, place: &str) -> Result<Variational, NetworkError> {
        if !(1..=Variational::MAX_DIM).contains(&given.dim) {
            let problem = format!("{}, expected 1 to {}", given.dim, Variational::MAX_DIM);
            return Err(NetworkError::value(format!("{place}circuit.dim"), problem));
        }
        let mut circuit = Variational { dim: given.dim, steps: vec![], gamma: positive(gamma, place)? };
        let qubits = circuit.qubits();
        for (i, (gate, first, other)) in given.gates.iter().enumerate() {
            let wrong = |at: usize, problem: String| {
                Err(NetworkError::value(format!("{place}circuit.gates[{i}][{at}]"), problem))
            };
            let there = |qubit: usize| qubit < qubits;
            if !there(*first) {
                return wrong(1, format!("qubit {first}, expected 0 to {}", qubits - 1));
            }
            let angle = other.as_f64().unwrap_or(f64::NAN);
            circuit.steps.push(match gate {
                GateFile::Ry => Step::Ry(*first, angle),
                GateFile::Rz => Step::Rz(*first, angle),
                GateFile::Cz => match other.as_u64().and_then(|q| usize::try_from(q).ok()) {
                    Some(second) if there(second) && second != *first => Step::Cz(*first, second),
                    _ => return wrong(2, format!("{other}, expected another qubit, 0 to {}", qubits - 1)),
                },
            });
        }
        Ok(circuit)
    }

    fn piece(&self) -> CircuitFile {
        let number = |angle| Number::from_f64(angle).expect("a valid network has only finite numbers");
        let gate = |step: &Step| match *step {
            Step::Ry(qubit, angle) => (GateFile::Ry, qubit, number(angle)),
            Step::Rz(qubit, angle) => (GateFile::Rz, qubit, number(angle)),
            Step::Cz(a, b) => (GateFile::Cz, a, b.into()),
        };
        CircuitFile { dim: self.dim, gates: self.steps.iter().map(gate).collect() }
    }
}

#[cfg(test)]
mod tests;
