//! A compiled quantum head of a network of quanvolutions, for one image: a circuit and its contract, to and from text.

use super::ast::{self, Register};
use super::contract::{CONTRACT, line_of, parity_problem, read_line, target_of};
use super::program::statements_of;
use super::{ContractError, Position, print};
use crate::circuit::Circuit;
use crate::target::Target;
use serde::{Deserialize, Serialize};

/// The most qubits: whoever reads a program simulates it.
const MOST_WIRES: usize = 16;

/// The contract of a program that prepares an image and turns every wire: wire w is measured into bit w, and the score of
/// class c is the mean of `(-1)^(sum of the bits output[c])`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadContract {
    /// Version of the contract, 2.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// How many wires there are.
    pub quantum_head: usize,
    /// The target it is written for; none where that is `portable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// True if qubit i of the register is qubit i of a machine, and only its neighbours are joined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub physical: bool,
    /// True if the chain of CX is executed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chain: bool,
    /// One minus the fidelity of the image that is prepared with the one below; absent where it is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infidelity: Option<f64>,
    /// For each class the bits whose parity is the sign.
    pub output: Vec<Vec<usize>>,
    /// The pixels of the last stream.
    pub features: Vec<f64>,
    /// The amplitudes that are prepared in their place; absent where those are the pixels, divided by their 2-norm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared: Option<Vec<f64>>,
}

/// The quantum head of one image together with what it computes.
#[derive(Clone, Debug)]
pub struct HeadProgram {
    /// Gates and measurements.
    pub circuit: Circuit,
    /// How to read its shots.
    pub contract: HeadContract,
}

impl HeadContract {
    /// Reads the JSON after `// hqrn:` and checks it against the bits of its program.
    ///
    /// # Errors
    /// Invalid JSON, unknown or missing fields, bits that are not there, more pixels than amplitudes.
    pub fn from_json(json: &str, bits: usize) -> Result<HeadContract, ContractError> {
        let contract: HeadContract = read_line(json, CONTRACT)?;
        contract.check(bits)?;
        Ok(contract)
    }

    /// Who the program is written for.
    pub fn written_for(&self) -> &'static Target {
        target_of(&self.target)
    }

    fn check(&self, bits: usize) -> Result<(), ContractError> {
        let wrong = |place: &str, problem: String| Err(ContractError::Value { place: place.to_owned(), problem });
        let wires = self.quantum_head;
        if !(1..=MOST_WIRES).contains(&wires) {
            return wrong("quantum_head", format!("{wires} wires: expected 1 to {MOST_WIRES}"));
        }
        if wires != bits {
            return wrong("quantum_head", format!("{wires} wires: the program has {bits} bits"));
        }
        if self.features.is_empty() || self.features.len() > 1 << wires {
            let problem = format!("{} pixels: expected 1 to {}", self.features.len(), 1usize << wires);
            return wrong("features", problem);
        }
        if let Some(infidelity) = self.infidelity.filter(|lost| !(0.0..=1.0).contains(lost)) {
            return wrong("infidelity", format!("{infidelity}: expected a number from 0 to 1"));
        }
        if self.infidelity.is_some() != self.prepared.is_some() {
            return wrong("prepared", "expected with infidelity, and not without".into());
        }
        if let Some(prepared) = self.prepared.as_ref().filter(|prepared| prepared.len() > 1 << wires) {
            return wrong("prepared", format!("{} amplitudes: expected at most {}", prepared.len(), 1usize << wires));
        }
        if self.output.is_empty() {
            return wrong("output", "no lists: expected one for each class".into());
        }
        let problem = self.output.iter().find_map(|list| parity_problem(list, bits));
        problem.map_or(Ok(()), |problem| wrong("output", problem))
    }
}

/// The text of a quantum head.
pub fn write_head(program: &HeadProgram) -> String {
    let at = Position::default();
    let HeadProgram { circuit, contract } = program;
    print(&ast::Program {
        target: contract.written_for(),
        contract: Some((line_of(contract), at)),
        note: Some("score of class c = mean over shots of (-1)^(sum of the bits output[c])".to_owned()),
        inputs: vec![],
        qubits: Register { name: "q".into(), size: circuit.qubit_count(), at },
        bits: Some(Register { name: "c".into(), size: circuit.bit_count(), at }),
        statements: statements_of(circuit, |_| None),
    })
}
