//! Coupling maps as machines' makers write them: which pairs a file means.

use serde_json::{Map, Value};

/// A coupling map that is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CouplingError {
    /// Not JSON of the form that was expected.
    #[error("{0}: expected [[0, 1], [1, 2], ...] or {{\"n_qubits\": 3, \"coupling_map\": [[0, 1], ...]}}")]
    Json(String),
    /// A pair that cannot be.
    #[error("coupling_map[{index}]: {problem}")]
    Pair {
        /// Which pair, from 0.
        index: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// How many qubits a file declares, and its pairs.
pub(super) type Pairs = (Option<usize>, Vec<(usize, usize)>);

/// The pairs of a map: a list of them, IBM's configurations, Braket's device properties, IQM's architectures, Rigetti's
/// instruction sets.
///
/// # Errors
/// If it is none of these, or the machine has no map.
pub(super) fn pairs(value: &Value) -> Result<Pairs, CouplingError> {
    match value {
        Value::Array(list) => Ok((None, listed(list, &[], false)?)),
        Value::Object(all) => object(value, all),
        _ => Err(unknown()),
    }
}

fn object(value: &Value, all: &Map<String, Value>) -> Result<Pairs, CouplingError> {
    let first = |places: &[&str]| places.iter().find_map(|place| value.pointer(place));
    let declared = first(&["/n_qubits", "/num_qubits", "/paradigm/qubitCount"]);
    let declared = declared.and_then(Value::as_u64).map(|n| n as usize);
    if let Some(map) = all.get("coupling_map") {
        let list = map.as_array().ok_or_else(|| if map.is_null() { without_map() } else { unknown() })?;
        return Ok((declared, listed(list, &[], false)?));
    }
    if value.pointer("/paradigm/connectivity/fullyConnected").and_then(Value::as_bool) == Some(true) {
        return Err(without_map());
    }
    if let Some(graph) = first(&["/paradigm/connectivity/connectivityGraph", "/connectivityGraph"]) {
        return Ok((None, graphed(graph.as_object().ok_or_else(unknown)?)?));
    }
    let architecture = all.get("quantum_architecture").and_then(Value::as_object).unwrap_or(all);
    if let Some(list) = architecture.get("qubit_connectivity").and_then(Value::as_array) {
        let names = architecture.get("qubits").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        return Ok((None, listed(list, names, true)?));
    }
    if let Some(joined) = first(&["/isa/2Q", "/2Q"]).and_then(Value::as_object) {
        let names: Vec<Value> = joined.keys().map(|key| key.as_str().into()).collect();
        return Ok((None, listed(&names, &[], true)?));
    }
    if !all.is_empty() && all.iter().all(|(key, near)| key.parse::<usize>().is_ok() && near.is_array()) {
        return Ok((None, graphed(all)?));
    }
    Err(unknown())
}

/// Pairs in a list; where directions are not the maker's business, both.
fn listed(list: &[Value], names: &[Value], both: bool) -> Result<Vec<(usize, usize)>, CouplingError> {
    let mut pairs = vec![];
    for (index, value) in list.iter().enumerate() {
        let pair = match value {
            Value::Array(two) if two.len() == 2 => qubit(&two[0], names).zip(qubit(&two[1], names)),
            Value::String(text) => text.split_once('-').and_then(|(a, b)| {
                let number = |text: &str| text.trim().parse().ok();
                number(a).zip(number(b))
            }),
            _ => None,
        };
        let problem = || CouplingError::Pair { index, problem: format!("{value}, expected two qubits, like [0, 1]") };
        let (a, b) = pair.ok_or_else(problem)?;
        pairs.push((a, b));
        // IQM and Rigetti join with gates that have no direction, and so do pairs that are names.
        if both || matches!(value, Value::String(_)) || value.get(0).is_some_and(Value::is_string) {
            pairs.push((b, a));
        }
    }
    Ok(pairs)
}

/// Pairs of a graph `{"0": ["1", "2"], ...}`, in both directions.
fn graphed(graph: &Map<String, Value>) -> Result<Vec<(usize, usize)>, CouplingError> {
    let mut pairs = vec![];
    for (key, near) in graph {
        let wrong = || CouplingError::Json(format!("connectivityGraph: '{key}' has no list of qubits"));
        let a = qubit(&key.as_str().into(), &[]).ok_or_else(wrong)?;
        let near = near.as_array().ok_or_else(wrong)?;
        for b in near {
            let b = qubit(b, &[]).ok_or_else(wrong)?;
            pairs.extend([(a, b), (b, a)]);
        }
    }
    Ok(pairs)
}

/// A qubit's number: as it is, in words, by its place among the names, or, as IQM counts, QB1 for 0.
pub(super) fn qubit(value: &Value, names: &[Value]) -> Option<usize> {
    if let Some(place) = names.iter().position(|name| name == value) {
        return Some(place);
    }
    match value {
        Value::String(name) => {
            name.parse().ok().or_else(|| name.strip_prefix("QB")?.parse::<usize>().ok()?.checked_sub(1))
        }
        other => other.as_u64().and_then(|n| usize::try_from(n).ok()),
    }
}

fn unknown() -> CouplingError {
    CouplingError::Json("not a coupling map".into())
}

fn without_map() -> CouplingError {
    CouplingError::Json("no coupling map, so all its qubits are joined: go without --coupling".into())
}

#[cfg(test)]
mod tests {
    use crate::target::Coupling;

    #[test]
    fn a_line_of_three_from_every_maker() {
        let wanted = Coupling::from_json(b"[[0, 1], [1, 0], [1, 2], [2, 1]]").unwrap();
        for text in [
            r#"{"n_qubits": 3, "coupling_map": [[0, 1], [1, 0], [1, 2], [2, 1]]}"#,
            r#"{"paradigm": {"qubitCount": 3, "connectivity": {"fullyConnected": false, "connectivityGraph": {"0": ["1"], "1": ["0", "2"], "2": ["1"]}}}, "service": {}}"#,
            r#"{"connectivityGraph": {"0": ["1"], "1": ["2"]}}"#,
            r#"{"connectivityGraph": {"QB1": ["QB2"], "QB2": ["QB3"]}}"#,
            r#"{"0": [1], "1": [2]}"#,
            r#"[["QB1", "QB2"], ["QB2", "QB3"]]"#,
            r#"{"quantum_architecture": {"name": "x", "qubits": ["A", "B", "C"], "qubit_connectivity": [["A", "B"], ["C", "B"]]}}"#,
            r#"{"qubits": ["QB1", "QB2", "QB3"], "qubit_connectivity": [["QB1", "QB2"], ["QB3", "QB2"]]}"#,
            r#"["0-1", "1-2"]"#,
            r#"{"isa": {"1Q": {"0": {}}, "2Q": {"0-1": {"type": "CZ"}, "1-2": {}}}}"#,
        ] {
            assert_eq!(Coupling::from_json(text.as_bytes()).as_ref(), Ok(&wanted), "{text}");
        }
    }

    #[test]
    fn machines_without_a_map_and_other_files_are_named() {
        for (text, expected) in [
            (r#"{"n_qubits": 5, "coupling_map": null}"#, "no coupling map, so all its qubits are joined"),
            (r#"{"paradigm": {"connectivity": {"fullyConnected": true, "connectivityGraph": {}}}}"#, "no coupling map"),
            (r#"[["QB0", "QB1"]]"#, "coupling_map[0]: [\"QB0\",\"QB1\"], expected two qubits"),
            (r#"["0-1", "1:2"]"#, "coupling_map[1]: \"1:2\", expected two qubits"),
            (r#"[[0, 1, 2]]"#, "coupling_map[0]: [0,1,2], expected two qubits"),
            (r#"{"0": ["x"]}"#, "connectivityGraph: '0' has no list of qubits"),
            (r#"{"format": "hqrn-weights"}"#, "not a coupling map"),
        ] {
            let message = Coupling::from_json(text.as_bytes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
