//! The `// hqrn:` line (docs/method.md, section 10): what a program computes, enough to use the file alone.

use super::input_terms::{ColumnTerms, Prepared};
use super::segment_terms::{SegmentTerms, Spelling};
use super::tile_terms::TileTerms;
use crate::files::{Format, JsonError, one_line, read_file, version_of};
use crate::signs::Signs;
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const FORMAT: Format = Format { name: "contract", named: false, newest: Contract::VERSION };

/// Contracts of any kind.
pub(super) const CONTRACT: &Format = &Format { newest: 2, ..FORMAT };

/// The contract of a program: how to read `W_rec` from its shots,
/// `W_rec[n][m] = gamma+ p+_n(m) - gamma- p-_n(m)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ContractLine", into = "ContractLine")]
pub struct Contract {
    /// Version of the contract: 1, or 2 where it is of a segment of an amplitude network.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// The number of the block, or of the segment, from 1.
    pub block: usize,
    /// The block's dimension N, or entries of the segment's input: basis states 0..N are used.
    pub dim: usize,
    /// How the circuit was synthesised.
    pub method: String,
    /// The target it is written for; none where that is `portable`.
    pub target: Option<String>,
    /// True if qubit i of the register is qubit i of a machine, and only its neighbours are joined.
    pub physical: bool,
    /// True if the other sign is in a program of its own; the two sum up to W.
    pub split: bool,
    /// The input that the program prepares itself, starting from |0> on all qubits; none where its user sets the
    /// `input` qubits.
    pub prepared: Option<Prepared>,
    /// How angles choose the basis state that goes in; none where the program has no inputs.
    pub columns: Option<ColumnTerms>,
    /// Further copies of the circuits on qubits of their own, run by the same shots; the first is what `signs` says.
    pub tiles: Vec<TileTerms>,
    /// What only a segment of an amplitude network has; none for residual blocks.
    pub segment: Option<SegmentTerms>,
    /// The circuits of W_P and W_N: what each is read from. None if it is not in this program, or W_N = 0.
    pub signs: Signs<Option<SignContract>>,
}

/// The same as it stands in the line, where the signs are keys beside the others.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Contract", deny_unknown_fields)]
struct ContractLine {
    version: u32,
    network: String,
    block: usize,
    dim: usize,
    method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    physical: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    split: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prepared: Option<Prepared>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<ColumnTerms>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tiles: Vec<TileTerms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    segment: Option<SegmentTerms>,
    plus: Option<SignContract>,
    minus: Option<SignContract>,
}

impl From<ContractLine> for Contract {
    fn from(line: ContractLine) -> Contract {
        let ContractLine {
            version,
            network,
            block,
            dim,
            method,
            target,
            physical,
            split,
            prepared,
            columns,
            tiles,
            segment,
            plus,
            minus,
        } = line;
        Contract {
            version,
            network,
            block,
            dim,
            method,
            target,
            physical,
            split,
            prepared,
            columns,
            tiles,
            segment,
            signs: Signs { plus, minus },
        }
    }
}

impl From<Contract> for ContractLine {
    fn from(contract: Contract) -> ContractLine {
        let Contract {
            version,
            network,
            block,
            dim,
            method,
            target,
            physical,
            split,
            prepared,
            columns,
            tiles,
            segment,
            signs: Signs { plus, minus },
        } = contract;
        ContractLine {
            version,
            network,
            block,
            dim,
            method,
            target,
            physical,
            split,
            prepared,
            columns,
            tiles,
            segment,
            plus,
            minus,
        }
    }
}

/// The contract of one sign's circuit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignContract {
    /// The normalisation: probabilities times gamma are weights.
    pub gamma: f64,
    /// The qubits that hold the basis state m, least significant first; the rest start in |0>.
    pub input: Vec<usize>,
    /// Which phases the amplitudes have, `signs` or `complex`; absent where they are all nonnegative, and where
    /// they are part of a block that is given by unitaries. Inputs that are not diagonal see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<String>,
    /// The bits that spell n, least significant first.
    pub output: Vec<usize>,
    /// The values that bits must have for a shot to count.
    pub accept: BTreeMap<usize, u8>,
    /// ε, where the circuit approximates: every amplitude it accepts is within ε of its `sqrt(W/gamma)`, up to
    /// phases. Absent where it is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
}

impl SignContract {
    /// How far `gamma p` may be from an entry of W_P (or W_N) that is at most `largest`: an amplitude `a <= 1` that is
    /// off by ε moves `gamma a²` by at most `gamma (2 a ε + ε²)`.
    pub fn allowance(&self, largest: f64) -> f64 {
        self.error.map_or(0.0, |e| 2.0 * e * (self.gamma * largest).sqrt() + self.gamma * e * e)
    }
}

// serde's skip_serializing_if hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A contract that cannot hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// Not the JSON of a contract.
    #[error("the contract line is not valid: {}", one_line(message))]
    Json {
        /// Byte in the line, from 0.
        offset: usize,
        /// What serde says.
        message: String,
    },
    /// A value out of range.
    #[error("contract: {}: {}", one_line(place), one_line(problem))]
    Value {
        /// Which field.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads a contract of this format from the JSON of its line.
pub(super) fn read_line<'a, T: Deserialize<'a>>(json: &'a str, format: &Format) -> Result<T, ContractError> {
    read_file(json.as_bytes(), format).map_err(no_json)
}

/// The version of a contract.
pub(super) fn version_of_line(json: &str, format: &Format) -> Result<u32, ContractError> {
    version_of(json.as_bytes(), format).map_err(no_json)
}

fn no_json(JsonError { place, problem, at }: JsonError) -> ContractError {
    let message = if place == FORMAT.name { problem } else { format!("{place}: {problem}") };
    ContractError::Json { offset: at.map_or(0, |(_, column)| column.saturating_sub(1)), message }
}

/// A contract as one line of ASCII JSON; not every client reads other characters, even in comments.
pub(super) fn line_of(contract: &impl Serialize) -> String {
    let json = serde_json::to_string(contract).expect("a contract has only finite numbers and string keys");
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            let units = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            out.push_str(&units);
        }
    }
    out
}

/// Who a contract says that its program is written for. A target that is not known, which no contract that was read has,
/// counts as portable.
pub(super) fn target_of(name: &Option<String>) -> &'static Target {
    name.as_deref().and_then(Target::named).unwrap_or(Target::portable())
}

/// What is wrong with bits whose parity is a sign, of a program that has so many: none, one that is not there, one twice.
pub(super) fn parity_problem(list: &[usize], bits: usize) -> Option<String> {
    if list.is_empty() {
        return Some("no bits".into());
    }
    if let Some(bit) = list.iter().find(|bit| **bit >= bits) {
        return Some(format!("bit {bit} does not exist: the program has {bits}"));
    }
    let twice = list.iter().collect::<BTreeSet<_>>().len() != list.len();
    twice.then(|| "a bit is listed twice".into())
}

impl Contract {
    /// The version of contracts of residual blocks.
    pub const VERSION: u32 = 1;

    /// The version of contracts of segments.
    pub const SEGMENT_VERSION: u32 = 2;

    /// Whether the program prepares its input itself.
    pub fn prepares(&self) -> bool {
        self.prepared.is_some() || self.segment.as_ref().is_some_and(|segment| segment.features.is_some())
    }

    /// How many rows W_rec has: what the outputs spell.
    pub fn rows(&self) -> usize {
        self.segment.as_ref().map_or(self.dim, |segment| segment.labels)
    }

    /// The qubits of the input; both signs of a program of a segment have the same.
    pub fn input(&self) -> &[usize] {
        self.signs.present().next().map_or(&[], |(_, read)| &read.input)
    }

    /// What probabilities are multiplied with; both signs of a program of a segment have the same.
    pub fn gamma(&self) -> f64 {
        self.signs.present().next().map_or(0.0, |(_, read)| read.gamma)
    }

    /// How inputs and outputs are spelt.
    pub fn spelling(&self) -> Spelling {
        self.segment.as_ref().map_or(Spelling::Binary, |segment| segment.encoding)
    }

    /// What bits spell for a sign, if the shot counts.
    pub fn spelt(&self, read: &SignContract, bit: impl Fn(usize) -> bool) -> Option<usize> {
        let accepted = read.accept.iter().all(|(place, value)| bit(*place) == (*value == 1));
        accepted.then(|| self.spelling().state(read.output.iter().map(|place| bit(*place)))).flatten()
    }

    /// Reads the JSON after `// hqrn:` and checks it against the registers of its program.
    ///
    /// # Errors
    /// Invalid JSON, unknown or missing fields, another version, indices out of range or used twice, a register
    /// too small for `dim`, gamma negative.
    pub fn from_json(json: &str, qubits: usize, bits: usize) -> Result<Contract, ContractError> {
        let contract: Contract = read_line(json, CONTRACT)?;
        contract.check(qubits, bits)?;
        Ok(contract)
    }

    /// The contract as one line of ASCII JSON.
    pub fn to_json(&self) -> String {
        line_of(self)
    }

    /// Who the program is written for.
    pub fn written_for(&self) -> &'static Target {
        target_of(&self.target)
    }

    /// Whether both signs are read from the same shots of one circuit, told apart by what bits must read.
    pub fn joint(&self) -> bool {
        let Some(Signs { plus, minus }) = self.signs.as_options().both() else { return false };
        let apart = |(bit, value): (&usize, &u8)| minus.accept.get(bit).is_some_and(|other| other != value);
        plus.input == minus.input && plus.output == minus.output && plus.accept.iter().any(apart)
    }

    /// How many copies of the circuits the program holds, at least one.
    pub fn tile_count(&self) -> usize {
        1 + self.tiles.len()
    }

    /// The contract of copy t by itself, from 0: what it is read from in place of what the first is.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn tile(&self, t: usize) -> Contract {
        let mut own = Contract { tiles: vec![], ..self.clone() };
        if let Some(tile) = t.checked_sub(1).map(|t| &self.tiles[t]) {
            for (sign, read) in own.signs.present_mut() {
                if let Some(places) = &tile.signs[sign] {
                    read.input.clone_from(&places.input);
                    read.output.clone_from(&places.output);
                    read.accept.clone_from(&places.accept);
                }
            }
        }
        own
    }

    /// The input qubits of all signs and copies, each with the number of its bit in m; twice where both signs have it.
    pub fn chosen_qubits(&self) -> Vec<(usize, usize)> {
        let numbered = |list: &Vec<usize>| -> Vec<(usize, usize)> { list.iter().copied().zip(0..).collect() };
        let first = self.signs.present().flat_map(|(_, read)| numbered(&read.input));
        let copies =
            self.tiles.iter().flat_map(|tile| tile.signs.present().flat_map(|(_, read)| numbered(&read.input)));
        first.chain(copies).collect()
    }

    /// How to set the input, for whoever reads the file; nothing where the program sets it itself.
    pub(super) fn start_note(&self) -> Option<String> {
        if self.prepared.is_some() {
            return None;
        }
        if let Some(columns) = &self.columns {
            return Some(columns.start_note());
        }
        if let Some(segment) = &self.segment {
            return segment.start_note(self.input());
        }
        let mut lists: Vec<String> =
            self.signs.present().map(|(sign, found)| format!("{} {:?}", sign.name(), found.input)).collect();
        if self.joint() {
            lists = vec![format!("{:?}", self.signs.plus.as_ref().map_or(&[][..], |sign| &sign.input))];
        }
        let lists = lists.join(", ");
        Some(format!("input: basis state 0; for m, x first on each of these qubits whose bit of m is 1: {lists}"))
    }
}

mod check;
#[cfg(test)]
mod tests;
