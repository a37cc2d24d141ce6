//! Coupling maps: which qubits of a machine a two-qubit gate can join, and in which direction.

use super::maps::{CouplingError, pairs};
use crate::files::read_json;
use serde_json::Value;
use std::collections::BTreeSet;

/// The most qubits a map may have.
const MAX_QUBITS: usize = 1 << 14;

/// Which pairs of a machine's qubits can be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupling {
    neighbours: Vec<Vec<usize>>,
    directed: BTreeSet<(usize, usize)>,
}

impl Coupling {
    /// Reads a map from JSON: a list of pairs `[control, target]`, or an object that has one as `coupling_map` and may
    /// have the number of qubits as `n_qubits`, as IBM's backend configurations do. A pair given in one direction only
    /// can be joined in that direction only; gates are turned where need be. What Braket, IQM and Rigetti say of their
    /// machines is read as well; their pairs have no direction.
    ///
    /// # Errors
    /// Other JSON, no pairs, a qubit joined to itself, indices out of range.
    pub fn from_json(json: &[u8]) -> Result<Coupling, CouplingError> {
        let value: Value = read_json(json).map_err(|error| CouplingError::Json(error.to_string()))?;
        let (declared, pairs) = pairs(&value)?;
        Coupling::new(declared, &pairs)
    }

    /// A map of `declared` qubits, or of as many as the pairs name.
    ///
    /// # Errors
    /// As [`Coupling::from_json`].
    pub fn new(declared: Option<usize>, pairs: &[(usize, usize)]) -> Result<Coupling, CouplingError> {
        let named = pairs.iter().map(|&(a, b)| a.max(b).saturating_add(1)).max().unwrap_or(0);
        let qubits = declared.unwrap_or(named);
        let limit = qubits.min(MAX_QUBITS);
        if pairs.is_empty() {
            return Err(CouplingError::Json("no pairs".to_owned()));
        }
        if qubits > MAX_QUBITS && named <= MAX_QUBITS {
            return Err(CouplingError::Json(format!("{qubits} qubits, at most {MAX_QUBITS} can be routed")));
        }
        let mut neighbours = vec![BTreeSet::new(); limit];
        for (index, &(a, b)) in pairs.iter().enumerate() {
            let wrong = |problem| Err(CouplingError::Pair { index, problem });
            if a == b {
                return wrong(format!("qubit {a} is joined to itself"));
            }
            if let Some(q) = [a, b].into_iter().find(|q| *q >= limit) {
                let there = if limit == 0 { "no qubits at all".to_owned() } else { format!("0 to {}", limit - 1) };
                return wrong(format!("qubit {q} does not exist: expected {there}"));
            }
            neighbours[a].insert(b);
            neighbours[b].insert(a);
        }
        let neighbours = neighbours.into_iter().map(|set| set.into_iter().collect()).collect();
        Ok(Coupling { neighbours, directed: pairs.iter().copied().collect() })
    }

    /// The same map with no pairs but those of these qubits.
    pub fn within(&self, qubits: &BTreeSet<usize>) -> Coupling {
        let near = |(q, near): (usize, &Vec<usize>)| match qubits.contains(&q) {
            true => near.iter().copied().filter(|n| qubits.contains(n)).collect(),
            false => vec![],
        };
        let directed = self.directed.iter().copied().filter(|(a, b)| qubits.contains(a) && qubits.contains(b));
        Coupling { neighbours: self.neighbours.iter().enumerate().map(near).collect(), directed: directed.collect() }
    }

    /// How many qubits a register of the machine has: those that are declared, named by a pair or not.
    pub fn width(&self) -> usize {
        self.neighbours.len()
    }

    /// How many qubits there are, which are those that a pair names: a qubit that nothing joins is broken, or is none.
    pub fn qubits(&self) -> usize {
        self.neighbours.iter().filter(|near| !near.is_empty()).count()
    }

    /// Whether there is a qubit of that number.
    pub fn exists(&self, qubit: usize) -> bool {
        self.neighbours.get(qubit).is_some_and(|near| !near.is_empty())
    }

    /// The qubits that `qubit` can be joined with, in increasing order.
    pub fn neighbours(&self, qubit: usize) -> &[usize] {
        &self.neighbours[qubit]
    }

    /// Whether a gate can act on `a` first and `b` second.
    pub fn has(&self, a: usize, b: usize) -> bool {
        self.directed.contains(&(a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_wrong_ones_named() {
        let map = Coupling::from_json(b"[[0, 1], [2, 1]]").unwrap();
        assert_eq!((map.width(), map.neighbours(1), map.has(2, 1), map.has(1, 2)), (3, &[0, 2][..], true, false));
        let wide = br#"{"backend_name": "x", "n_qubits": 5, "coupling_map": [[0, 1]]}"#;
        assert_eq!(Coupling::from_json(wide).unwrap().width(), 5);
        let same = br#"{"num_qubits": 5, "coupling_map": [[0, 1]]}"#;
        assert_eq!(Coupling::from_json(same).unwrap().width(), 5);
        for (json, expected) in [
            ("[[0, 1], [3, 3]]", "coupling_map[1]: qubit 3 is joined to itself"),
            (
                r#"{"n_qubits": 2, "coupling_map": [[0, 2]]}"#,
                "coupling_map[0]: qubit 2 does not exist: expected 0 to 1",
            ),
            ("[[0, 999999999999]]", "coupling_map[0]: qubit 999999999999 does not exist: expected 0 to 16383"),
            (
                r#"{"n_qubits": 0, "coupling_map": [[0, 1]]}"#,
                "coupling_map[0]: qubit 0 does not exist: expected no qubits at all",
            ),
            ("[]", "no pairs: expected"),
            ("[[0, -1]]", "coupling_map[0]: [0,-1], expected two qubits, like [0, 1]"),
            ("{", "the file: EOF while parsing"),
            (r#"{"coupling_map": [[0, 1]], "coupling_map": [[1, 2]]}"#, "coupling_map: this key is there twice"),
        ] {
            let message = Coupling::from_json(json.as_bytes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{json}: {message}");
        }
    }

    #[test]
    fn only_qubits_that_a_pair_names_exist() {
        for (json, width, named) in [
            ("[[0, 1], [1, 2], [10, 11], [11, 12]]", 13, &[0, 1, 2, 10, 11, 12][..]),
            (r#"{"n_qubits": 8, "coupling_map": [[2, 3], [3, 5]]}"#, 8, &[2, 3, 5]),
            ("[[4, 1]]", 5, &[1, 4]),
        ] {
            let map = Coupling::from_json(json.as_bytes()).unwrap();
            assert_eq!((map.width(), map.qubits()), (width, named.len()), "{json}");
            assert_eq!((0..20).filter(|q| map.exists(*q)).collect::<Vec<_>>(), named, "{json}");
        }
    }
}
