//! Machines from files, as their makers write them: what they have, what joins their qubits and how well it works.
//!
//! ```text
//!  our own form ──────────────────────┐
//!  IBM: properties (+ configuration) ─┼─▶ Draft ── what cannot be is refused, what is broken left out ──▶ Machine
//!  Braket: device capabilities ───────┘
//! ```

mod braket;
mod draft;
mod ibm;
mod own;

#[cfg(feature = "schema")]
pub use own::machine_schema;
pub use own::write_machine;

use super::Machine;
use crate::files::{JsonError, one_line, read_json};
use serde_json::Value;

/// A file of a machine that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {}", one_line(.place), one_line(.problem))]
pub struct MachineFileError {
    /// Which of the files, from 0.
    pub file: usize,
    /// Where in it.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

impl MachineFileError {
    fn json(file: usize, error: &JsonError) -> MachineFileError {
        MachineFileError { file, place: error.place.clone(), problem: error.message() }
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Own,
    IbmProperties,
    IbmConfiguration,
    Braket,
}

/// Reads a machine from one file, or from the two that IBM has of each of its own: properties and configuration, in either
/// order. Which form a file has is told by what is in it: ours (`"format": "hqrn-machine"`), properties of an IBM backend,
/// which name all gates and so do without a configuration, or Braket's device capabilities (IQM, Rigetti, IonQ).
///
/// Gates marked as broken, by an error of 1 or as out of operation, and qubits of which too little is told are left out;
/// [`Figures::remarks`](super::Figures::remarks) names them.
///
/// # Errors
/// Files that are none of these or do not go together; numbers that cannot be, such as probabilities above 1 and negative
/// times; a machine of which nothing works.
pub fn read_machine(files: &[&[u8]]) -> Result<Machine, MachineFileError> {
    let mut kinds = vec![];
    for (file, text) in files.iter().enumerate() {
        let value: Value = read_json(text).map_err(|error| MachineFileError::json(file, &error))?;
        kinds.push((kind(&value).map_err(|problem| whole(file, problem))?, value));
    }
    match &kinds[..] {
        [] => Err(whole(0, "no file of a machine".into())),
        [(Kind::Own, _)] => own::read(files[0]),
        [(Kind::Braket, value)] => braket::read(value),
        [(Kind::IbmProperties, _)] => ibm::read(0, files[0], None),
        [(Kind::IbmConfiguration, _)] => Err(whole(
            0,
            "an IBM configuration, which has no figures: expected the properties, with it or alone".into(),
        )),
        [(Kind::IbmProperties, _), (Kind::IbmConfiguration, _)] => ibm::read(0, files[0], Some((1, files[1]))),
        [(Kind::IbmConfiguration, _), (Kind::IbmProperties, _)] => ibm::read(1, files[1], Some((0, files[0]))),
        [_, ..] => {
            let problem = "expected one file, or the properties and the configuration of an IBM machine";
            Err(whole(kinds.len() - 1, problem.into()))
        }
    }
}

fn whole(file: usize, problem: String) -> MachineFileError {
    MachineFileError { file, place: "the file".into(), problem }
}

/// How many of a unit of time, whatever its case, are a second.
fn unit(name: &str) -> Option<f64> {
    match &name.to_lowercase()[..] {
        "s" => Some(1.0),
        "ms" => Some(1e3),
        "us" | "µs" | "μs" => Some(1e6),
        "ns" => Some(1e9),
        _ => None,
    }
}

fn kind(value: &Value) -> Result<Kind, String> {
    let has = |key: &str| value.get(key).is_some();
    let is_list = |key: &str| value.get(key).is_some_and(Value::is_array);
    let header = value.pointer("/braketSchemaHeader/name").and_then(Value::as_str).unwrap_or_default();
    if has("format") {
        Ok(Kind::Own)
    } else if is_list("qubits") && is_list("gates") {
        Ok(Kind::IbmProperties)
    } else if has("basis_gates") || has("coupling_map") {
        Ok(Kind::IbmConfiguration)
    } else if has("paradigm") && (has("service") || header.starts_with("braket.")) {
        Ok(Kind::Braket)
    } else {
        Err("none of the forms of a machine: expected \"format\": \"hqrn-machine\", the properties of an IBM machine \
             (\"qubits\" and \"gates\"), or Braket's device capabilities (\"paradigm\" and \"service\")"
            .into())
    }
}

#[cfg(test)]
mod tests;
