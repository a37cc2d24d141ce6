//! Who takes jobs, and what each of them calls one.

use super::batches::Batch;
use super::ibm;
use crate::circuit::{Circuit, Gate};
use crate::qasm::Program;
use crate::target::Target;
use serde_json::{Value, json};

/// Who takes jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// IBM's Sampler: one request, all programs of which run equally often, on qubits of our choice.
    Ibm,
    /// Amazon Braket: a program set a batch, on qubits that its compiler chooses.
    Braket,
    /// IonQ: a job of many circuits a batch, on qubits that are all joined.
    Ionq,
}

impl Provider {
    /// All of them.
    pub const ALL: [Provider; 3] = [Provider::Ibm, Provider::Braket, Provider::Ionq];

    /// As plans and prices write it.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Ibm => "ibm",
            Provider::Braket => "braket",
            Provider::Ionq => "ionq",
        }
    }

    /// The provider of that name.
    pub fn named(name: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.name() == name)
    }

    /// The most columns in a batch; `None` where all columns are in one request, and each in it as often as it runs.
    pub fn most_columns(self) -> Option<usize> {
        match self {
            Provider::Ibm => None,
            Provider::Braket | Provider::Ionq => Some(100),
        }
    }

    /// The most executions of programs: in a job, or of one column in a batch.
    pub fn most_executions(self) -> u64 {
        match self {
            Provider::Ibm => ibm::MOST_EXECUTIONS,
            Provider::Braket => 1_000_000,
            Provider::Ionq => 10_000,
        }
    }

    /// Whether it has machines that read programs for a target.
    pub(super) fn takes(self, target: &Target) -> bool {
        match self {
            Provider::Ibm => matches!(target.name, "ibm" | "ibm-ecr" | "ibm-fractional"),
            Provider::Braket => target.name == "braket",
            // Braket's device files tell of IonQ's machines, too.
            Provider::Ionq => matches!(target.name, "ionq" | "braket"),
        }
    }

    /// The target of the texts that are sent; `None` where they are those of the machine's own qubits.
    pub(super) fn target(self) -> Option<&'static str> {
        match self {
            Provider::Ibm => None,
            Provider::Braket => Some("braket"),
            Provider::Ionq => Some("ionq"),
        }
    }
}

/// A program set for each batch: `{"tasks": [{"action": {...}, "shots": n}, ...]}`, shots being those of all columns.
pub(super) fn program_sets(batches: &[Batch], texts: &[String], programs: &[Program]) -> Value {
    let task = |batch: &Batch| {
        let mut blocks: Vec<usize> = batch.columns.iter().map(|(block, _)| *block).collect();
        blocks.dedup();
        let program = |block: &usize| {
            let columns = programs[*block].contract.columns.as_ref().expect("a program of columns");
            let settings = batch.columns.iter().filter(|(of, _)| of == block).map(|(_, m)| columns.setting(*m));
            let settings: Vec<Vec<f64>> = settings.collect();
            let values = |i: usize| json!(settings.iter().map(|setting| setting[i]).collect::<Vec<f64>>());
            let inputs: serde_json::Map<String, Value> =
                columns.angles.iter().enumerate().map(|(i, name)| (name.clone(), values(i))).collect();
            let header = json!({"name": "braket.ir.openqasm.program", "version": "1"});
            json!({"braketSchemaHeader": header, "source": texts[*block], "inputs": inputs})
        };
        let programs: Vec<Value> = blocks.iter().map(program).collect();
        let header = json!({"name": "braket.ir.openqasm.program_set", "version": "1"});
        json!({"action": {"braketSchemaHeader": header, "programs": programs},
            "shots": batch.shots * batch.columns.len() as u64})
    };
    json!({ "tasks": batches.iter().map(task).collect::<Vec<Value>>() })
}

/// A job of many circuits for each batch: `{"jobs": [{"type": "ionq.multi-circuit.v1", ...}, ...]}`.
pub(super) fn many_circuits(machine: &str, name: &str, batches: &[Batch], programs: &[Program]) -> Value {
    let qubits = programs.iter().map(|program| program.circuit.qubit_count()).max().unwrap_or(0);
    let job = |(i, batch): (usize, &Batch)| {
        let circuit = |(block, m): &(usize, usize)| {
            let program = programs[*block].column(*m).expect("a program of columns");
            json!({"name": format!("block {}, column {m}", block + 1), "circuit": gates(&program.circuit)})
        };
        let circuits: Vec<Value> = batch.columns.iter().map(circuit).collect();
        json!({"type": "ionq.multi-circuit.v1", "name": format!("{name}, batch {}", i + 1), "backend": machine,
            "shots": batch.shots, "input": {"gateset": "qis", "qubits": qubits, "circuits": circuits}})
    };
    json!({ "jobs": batches.iter().enumerate().map(job).collect::<Vec<Value>>() })
}

/// Gates as IonQ's client for Qiskit writes them, angles in radians.
fn gates(circuit: &Circuit) -> Vec<Value> {
    let one = |operation: crate::circuit::Operation| {
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        match (operation.gate, &qubits[..]) {
            (Gate::Rx(angle) | Gate::Ry(angle) | Gate::Rz(angle), [q]) => {
                json!({"gate": operation.gate.name(), "targets": [q], "rotation": angle})
            }
            (Gate::Cx, [control, target]) => json!({"gate": "x", "targets": [target], "controls": [control]}),
            // IonQ calls S and T inverse si and ti.
            (Gate::Sdg, [q]) => json!({"gate": "si", "targets": [q]}),
            (Gate::Tdg, [q]) => json!({"gate": "ti", "targets": [q]}),
            (gate, _) => json!({"gate": gate.name(), "targets": qubits}),
        }
    };
    circuit.operations().map(|(_, operation)| one(operation)).collect()
}
