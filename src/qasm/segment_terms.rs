//! What the contract of a segment of an amplitude network says beside that of a block (docs/method.md, section 15).

use serde::{Deserialize, Serialize};

/// By how much the norm of a reference may differ from 1.
const NORM_TOLERANCE: f64 = 1e-9;

/// The most entries that come out: whoever reads a program holds a table of this many rows.
const MAX_LABELS: usize = 4096;

/// The most entries that are spelt one-hot: words have as many bits.
const MAX_ONE_HOT: usize = 64;

/// How qubits and bits say which of many states they are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// As binary digits, least significant first.
    #[default]
    Binary,
    /// State k by a one in place k and zeros in all others.
    OneHot,
}

impl Spelling {
    /// The word of state k, bit i being place i.
    pub fn word(self, k: usize) -> u64 {
        match self {
            Spelling::Binary => k as u64,
            Spelling::OneHot => 1 << k,
        }
    }

    /// The state that places spell, lowest first; none if they spell none.
    pub fn state(self, places: impl Iterator<Item = bool>) -> Option<usize> {
        match self {
            Spelling::Binary => Some(places.enumerate().map(|(i, one)| usize::from(one) << i).sum()),
            Spelling::OneHot => {
                let mut ones = places.enumerate().filter(|(_, one)| *one).map(|(i, _)| i);
                let first = ones.next();
                first.filter(|_| ones.next().is_none())
            }
        }
    }

    /// How many states so many places can spell.
    pub fn capacity(self, places: usize) -> usize {
        match self {
            Spelling::Binary if places >= usize::BITS as usize => usize::MAX,
            Spelling::Binary => 1 << places,
            Spelling::OneHot => places,
        }
    }

    // serde's skip_serializing_if hands over a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_binary(&self) -> bool {
        *self == Spelling::Binary
    }
}

/// A segment: `(map ψ)_c = gamma+ p+_c - gamma- p-_c` for the state ψ of norm 1 that goes in.
///
/// With a reference, `(|0>ψ + |1>w)/√2` goes in, the qubit of the sign highest, and the two signs are what it reads. Without,
/// ψ goes in, and `gamma+ p+_c` is the square of `(map ψ)_c`.
///
/// Spelt one-hot, entry m of ψ is the amplitude of a one on the input's place m, the reference that of a one on the qubit of the
/// sign; what comes out is the state behind the layers, K ψ, dim entries, and the head is the reader's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTerms {
    /// How many entries come out: C.
    pub labels: usize,
    /// How input and output are spelt.
    #[serde(default, skip_serializing_if = "Spelling::is_binary")]
    pub encoding: Spelling,
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
    /// So many entries, spelt in binary and read without signs, behind an input that its user sets.
    pub fn of(labels: usize) -> SegmentTerms {
        let encoding = Spelling::Binary;
        SegmentTerms { labels, encoding, sign: None, reference: None, features: None, row: None }
    }

    /// What is wrong with it where so many entries go in and the program has so many qubits: where, and what.
    pub(super) fn problem(&self, dim: usize, qubits: usize) -> Option<(&'static str, String)> {
        let wrong = |place: &'static str, problem: String| Some((place, problem));
        if !(1..=MAX_LABELS).contains(&self.labels) {
            return wrong("labels", format!("{}: expected 1 to {MAX_LABELS}", self.labels));
        }
        if self.encoding == Spelling::OneHot && dim > MAX_ONE_HOT {
            return wrong("encoding", format!("one-hot, but dim is {dim}: expected at most {MAX_ONE_HOT}"));
        }
        if self.encoding == Spelling::OneHot && self.labels != dim {
            return wrong("labels", format!("{}: one-hot, the state itself comes out, {dim} entries", self.labels));
        }
        match (&self.reference, self.sign) {
            (None, None) => {}
            (None, Some(sign)) if self.encoding == Spelling::OneHot => {
                if sign >= qubits {
                    return wrong("sign", format!("qubit {sign} does not exist: the program has {qubits}"));
                }
            }
            (Some(_), _) if self.encoding == Spelling::OneHot => {
                return wrong("reference", "given one-hot, where it is a one on the qubit of the sign".into());
            }
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
            Some(_) if self.row == Some(0) => wrong("row", "0: rows count from 1".into()),
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
        Some(match (self.encoding, self.sign) {
            (Spelling::OneHot, Some(sign)) => format!(
                "input: a single one in superposition: on qubit {sign} with amplitude 1/sqrt(2), on these with x/|x|/sqrt(2): {input:?}"
            ),
            (Spelling::OneHot, None) => {
                format!("input: a single one in superposition, on these with amplitudes x/|x|: {input:?}")
            }
            (Spelling::Binary, Some(sign)) => format!(
                "input: (|0>x/|x| + |1>reference)/sqrt(2), qubit {sign} first, x on {input:?}, lowest bit first"
            ),
            (Spelling::Binary, None) => format!("input: x/|x| on {input:?}, lowest bit first"),
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
