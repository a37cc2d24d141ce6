//! What the contract of a segment of an amplitude network says beside that of a block (docs/method.md, section 15).

use serde::{Deserialize, Serialize};

/// By how much the norm of a reference may differ from 1.
const NORM_TOLERANCE: f64 = 1e-9;

/// The most entries that come out: whoever reads a program holds a table of this many rows.
const MAX_LABELS: usize = 4096;

/// A segment: `(map ψ)_c = gamma+ p+_c - gamma- p-_c` for the state ψ of norm 1 that goes in.
///
/// With a reference, `(|0>ψ + |1>w)/√2` goes in, the qubit of the sign highest, and the two signs are what it reads. Without,
/// ψ goes in, and `gamma+ p+_c` is the square of `(map ψ)_c`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTerms {
    /// How many entries come out: C.
    pub labels: usize,
    /// The qubit of the sign, where there is a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<usize>,
    /// w, dim entries of norm 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Vec<f64>>,
    /// The input that the program prepares itself, divided by its norm: dim numbers of any sign. Absent where its user does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<f64>>,
    /// Which row of the data the input is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
}

impl SegmentTerms {
    /// What is wrong with it where so many entries go in and the program has so many qubits: where, and what.
    pub(super) fn problem(&self, dim: usize, qubits: usize) -> Option<(&'static str, String)> {
        let wrong = |place: &'static str, problem: String| Some((place, problem));
        if !(1..=MAX_LABELS).contains(&self.labels) {
            return wrong("labels", format!("{}: expected 1 to {MAX_LABELS}", self.labels));
        }
        match (&self.reference, self.sign) {
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                return wrong("sign", "expected with reference, and not without".into());
            }
            (Some(reference), Some(sign)) => {
                if sign >= qubits {
                    return wrong("sign", format!("qubit {sign} does not exist: the program has {qubits}"));
                }
                if let Some(problem) = problem_of(reference, dim) {
                    return wrong("reference", problem);
                }
                let norm = reference.iter().map(|w| w * w).sum::<f64>().sqrt();
                if (norm - 1.0).abs() > NORM_TOLERANCE {
                    return wrong("reference", format!("has norm {norm}: expected 1"));
                }
            }
        }
        match &self.features {
            None if self.row.is_some() => wrong("row", "given without features".into()),
            None => None,
            Some(features) if features.iter().all(|v| *v == 0.0) => wrong("features", "all are 0".into()),
            Some(features) => problem_of(features, dim).and_then(|problem| wrong("features", problem)),
        }
    }

    /// How to set the input, for whoever reads the file; nothing where the program sets it itself.
    pub(super) fn start_note(&self, input: &[usize]) -> Option<String> {
        if self.features.is_some() {
            return None;
        }
        Some(match self.sign {
            Some(sign) => format!(
                "input: (|0>x/|x| + |1>reference)/sqrt(2), qubit {sign} first, x on {input:?}, lowest bit first"
            ),
            None => format!("input: x/|x| on {input:?}, lowest bit first"),
        })
    }
}

fn problem_of(values: &[f64], dim: usize) -> Option<String> {
    if values.len() != dim {
        return Some(format!("{} entries: dim is {dim}", values.len()));
    }
    let bad = values.iter().position(|v| !v.is_finite())?;
    Some(format!("entry {bad} is {}: expected a finite number", values[bad]))
}
