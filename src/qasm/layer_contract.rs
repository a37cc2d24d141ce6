//! The `// hqrn:` line of a layer of quanvolutions (docs/method.md, section 14): what of its shots is `<Z>` of which qubit
//! of which patch.

use super::ContractError;
use super::contract::{CONTRACT, line_of, parity_problem, read_line, target_of};
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Qubits, and so pixels and channels, of a patch.
pub const PATCH: usize = 4;

/// The most times that an input may occur: whoever proves a layer looks at (2 · 8 + 1)^4 points.
pub const MAX_DEGREE: usize = 8;

/// The contract of a program that holds patches of one layer, apart from each other:
/// `y_j = mean of (-1)^(sum of the bits output[j])`, for j = 0 to 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerContract {
    /// Version of the contract, 2.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// The layer's number, from 1.
    pub quanvolution: usize,
    /// How often an input occurs at most; 0 where programs have none.
    pub degree: usize,
    /// The target it is written for; none where that is `portable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// True if qubit i of the register is qubit i of a machine, and only its neighbours are joined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub physical: bool,
    /// The patches, at least one.
    pub patches: Vec<PatchContract>,
}

/// One patch of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PatchLine", into = "PatchLine")]
pub struct PatchContract {
    /// The qubits that take its pixels, top left, top right, bottom left, bottom right.
    pub qubits: [usize; PATCH],
    /// Its pixels.
    pub pixels: Pixels,
    /// For each of the four `<Z>` the bits whose parity is its sign.
    pub output: Vec<Vec<usize>>,
}

/// The pixels of a patch, as angles in radians: the layer's scale is in them.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// Inputs of the program, by name.
    Inputs([String; PATCH]),
    /// Part of the program.
    Fixed {
        /// Which patch of the stream, from 0: channel by channel and row by row.
        patch: usize,
        /// The four angles.
        angles: [f64; PATCH],
    },
}

/// A patch as it stands in the line.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Patch", deny_unknown_fields)]
struct PatchLine {
    qubits: [usize; PATCH],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inputs: Option<[String; PATCH]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patch: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    angles: Option<[f64; PATCH]>,
    output: Vec<Vec<usize>>,
}

impl TryFrom<PatchLine> for PatchContract {
    type Error = &'static str;

    fn try_from(line: PatchLine) -> Result<PatchContract, &'static str> {
        let PatchLine { qubits, inputs, patch, angles, output } = line;
        let pixels = match (inputs, patch, angles) {
            (Some(inputs), None, None) => Pixels::Inputs(inputs),
            (None, Some(patch), Some(angles)) => Pixels::Fixed { patch, angles },
            _ => return Err("expected either inputs, or patch and angles"),
        };
        Ok(PatchContract { qubits, pixels, output })
    }
}

impl From<PatchContract> for PatchLine {
    fn from(PatchContract { qubits, pixels, output }: PatchContract) -> PatchLine {
        let (inputs, patch, angles) = match pixels {
            Pixels::Inputs(names) => (Some(names), None, None),
            Pixels::Fixed { patch, angles } => (None, Some(patch), Some(angles)),
        };
        PatchLine { qubits, inputs, patch, angles, output }
    }
}

impl PatchContract {
    /// The inputs, where it has some.
    pub fn inputs(&self) -> Option<&[String; PATCH]> {
        if let Pixels::Inputs(names) = &self.pixels { Some(names) } else { None }
    }
}

impl LayerContract {
    /// Reads the JSON after `// hqrn:` and checks it against the registers and inputs of its program.
    ///
    /// # Errors
    /// Invalid JSON, unknown or missing fields, another version, qubits, bits or inputs that are not there, inputs of two
    /// patches.
    pub fn from_json(
        json: &str,
        qubits: usize,
        bits: usize,
        inputs: &[String],
    ) -> Result<LayerContract, ContractError> {
        let contract: LayerContract = read_line(json, CONTRACT)?;
        contract.check(qubits, bits, inputs)?;
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

    /// Whether the pixels are part of the program.
    pub fn is_fixed(&self) -> bool {
        self.degree == 0
    }

    /// What the contract means, for whoever reads the file.
    pub(super) fn note(&self) -> String {
        let inputs = if self.is_fixed() { "" } else { "inputs: angles in radians, four a patch; " };
        format!("{inputs}y_j = mean over shots of (-1)^(sum of the bits output[j])")
    }

    fn check(&self, qubits: usize, bits: usize, inputs: &[String]) -> Result<(), ContractError> {
        let wrong = |place: String, problem: String| Err(ContractError::Value { place, problem });
        if self.quanvolution == 0 {
            return wrong("quanvolution".into(), "0: layers count from 1".into());
        }
        if self.patches.is_empty() {
            return wrong("patches".into(), "none: the program computes nothing".into());
        }
        if self.degree > MAX_DEGREE {
            return wrong("degree".into(), format!("{}: expected at most {MAX_DEGREE}", self.degree));
        }
        let declared: BTreeSet<&str> = inputs.iter().map(String::as_str).collect();
        let (mut taken, mut held) = (BTreeSet::new(), BTreeSet::new());
        for (k, patch) in self.patches.iter().enumerate() {
            let place = |key: &str| format!("patches[{k}].{key}");
            for qubit in patch.qubits {
                if qubit >= qubits {
                    let problem = format!("qubit {qubit} does not exist: the program has {qubits}");
                    return wrong(place("qubits"), problem);
                }
                if !held.insert(qubit) {
                    return wrong(place("qubits"), format!("qubit {qubit} is there twice"));
                }
            }
            match &patch.pixels {
                Pixels::Fixed { .. } if self.degree > 0 => {
                    return wrong(place("angles"), format!("given, but the degree is {}", self.degree));
                }
                Pixels::Inputs(_) if self.degree == 0 => {
                    return wrong(place("inputs"), "given, but the degree is 0".into());
                }
                Pixels::Inputs(names) => {
                    for name in names {
                        if !declared.contains(name.as_str()) {
                            let name = name.escape_debug();
                            return wrong(place("inputs"), format!("the program declares no input '{name}'"));
                        }
                        if !taken.insert(name) {
                            return wrong(place("inputs"), format!("input '{name}' is there twice"));
                        }
                    }
                }
                Pixels::Fixed { .. } => {}
            }
            if patch.output.len() != PATCH {
                let problem = format!("{} lists, expected {PATCH}, one for each qubit", patch.output.len());
                return wrong(place("output"), problem);
            }
            for list in &patch.output {
                if let Some(problem) = parity_problem(list, bits) {
                    return wrong(place("output"), problem);
                }
            }
        }
        match inputs.iter().find(|name| !taken.contains(name)) {
            Some(name) => wrong("patches".into(), format!("input '{name}' belongs to none")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"version":2,"network":"r","quanvolution":1,"degree":1,"patches":[{"qubits":[0,1,2,3],"inputs":["x0","x1","x2","x3"],"output":[[0],[0,1],[0,1,2],[0,1,2,3]]}]}"#;
    const FIXED: &str = r#"{"version":2,"network":"r","quanvolution":1,"degree":0,"patches":[{"qubits":[0,1,2,3],"patch":7,"angles":[0.1,-2.0,1e-20,0.0],"output":[[0],[1],[2],[3]]}]}"#;

    fn read(text: &str) -> Result<LayerContract, String> {
        let names = if text.contains("inputs") { &["x0", "x1", "x2", "x3"][..] } else { &[] };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        LayerContract::from_json(text, 4, 4, &names).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_and_writes_the_same_line() {
        for text in [GOOD, FIXED] {
            let contract = read(text).unwrap();
            assert_eq!(contract.to_json(), text);
            assert_eq!(contract.is_fixed(), text == FIXED);
        }
    }

    #[test]
    fn every_wrong_value_is_named() {
        for (from, to, expected) in [
            (
                "\"version\":2",
                "\"version\":3,\"new\":0",
                "the contract line is not valid: version 3, this hqrn reads 1 to 2",
            ),
            ("\"quanvolution\":1", "\"quanvolution\":0", "contract: quanvolution: 0: layers count from 1"),
            ("\"degree\":1", "\"degree\":0", "contract: patches[0].inputs: given, but the degree is 0"),
            ("\"degree\":1", "\"degree\":9", "contract: degree: 9: expected at most 8"),
            (
                "[0,1,2,3],\"in",
                "[0,1,2,9],\"in",
                "contract: patches[0].qubits: qubit 9 does not exist: the program has 4",
            ),
            ("[0,1,2,3],\"in", "[0,1,2,2],\"in", "contract: patches[0].qubits: qubit 2 is there twice"),
            ("\"x3\"", "\"x4\"", "contract: patches[0].inputs: the program declares no input 'x4'"),
            ("\"x3\"", "\"x2\"", "contract: patches[0].inputs: input 'x2' is there twice"),
            ("[[0],", "[", "contract: patches[0].output: 3 lists, expected 4, one for each qubit"),
            ("[[0],", "[[],", "contract: patches[0].output: no bits"),
            ("[[0],", "[[7],", "contract: patches[0].output: bit 7 does not exist: the program has 4"),
            ("[[0],", "[[1,1],", "contract: patches[0].output: a bit is listed twice"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD, "{from}");
            assert_eq!(read(&text).unwrap_err(), expected);
        }
        for (from, to, part) in [
            ("\"degree\"", "\"grade\"", "unknown field `grade`"),
            ("\"x3\"]", "\"x3\"],\"angles\":[0,0,0,0]", "expected either inputs, or patch and angles"),
            ("[{", "[{},{", "missing field `qubits`"),
        ] {
            let message = read(&GOOD.replace(from, to)).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
        let message = read(&FIXED.replace("\"degree\":0", "\"degree\":1")).unwrap_err();
        assert_eq!(message, "contract: patches[0].angles: given, but the degree is 1");
        let extra = LayerContract::from_json(FIXED, 4, 4, &["y".into()]).unwrap_err().to_string();
        assert_eq!(extra, "contract: patches: input 'y' belongs to none");
    }
}
