//! Compile a quantum head, read its text back, count and check what was read.

use super::compile::{HeadError, compile_head};
use super::verify::{HeadVerification, verify_head};
use crate::circuit::Cost;
use crate::compiler::layers::LayerOptions;
use crate::network::quanvolution::QuantumHead;
use crate::qasm::{AnyProgram, HeadProgram, ProgramError, read_any};
use crate::simulator::SimulationError;
use crate::target::Misfit;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// The program of a quantum head and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManifestHead {
    /// The file's name in the manifest's folder.
    pub program: String,
    /// Pixels that it reads.
    pub pixels: usize,
    /// Wires.
    pub qubits: usize,
    /// Two-qubit gates.
    pub cx: usize,
    /// Depth in two-qubit gates.
    pub cx_depth: usize,
    /// One-qubit gates.
    pub one_qubit_gates: usize,
    /// One minus the fidelity of the image that is prepared; `null` where it is exact.
    pub infidelity: Option<f64>,
}

/// A compiled head with what was measured on its text.
#[derive(Clone, Debug)]
pub struct HeadReport {
    /// The program as text.
    pub text: String,
    /// The program as it reads back.
    pub read_back: HeadProgram,
    /// Counts; its `program` is empty until the file is named.
    pub summary: ManifestHead,
    /// The comparison with the head, if asked for.
    pub verification: Option<HeadVerification>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HeadReportError {
    /// The head cannot be compiled.
    #[error(transparent)]
    Compile(#[from] HeadError),
    /// The text just written does not read back: a defect of this crate.
    #[error("the text written does not read back: {0}")]
    ReadBack(ProgramError),
    /// The text just written is of something else: a defect of this crate.
    #[error("the text written is none of a head")]
    Other,
    /// The program just written is not for its machine: a defect of this crate.
    #[error("the program is not for its machine: {0}")]
    Misfit(#[from] Misfit),
    /// The text cannot be simulated.
    #[error(transparent)]
    Verify(#[from] SimulationError),
}

/// Compiles a head for one image as [`compile_head`], reads the text back, holds it against the machine, counts its gates
/// and, given a tolerance, compares what it computes with the head.
///
/// # Errors
/// If the head cannot be compiled or the text not be simulated. A verification that fails is no error here.
pub fn compile_and_check_head(
    network: &str,
    head: &QuantumHead,
    pixels: &[f64],
    rank: Option<usize>,
    options: &LayerOptions,
    tolerance: Option<f64>,
) -> Result<HeadReport, HeadReportError> {
    let start = Instant::now();
    let text = compile_head(network, head, pixels, rank, options)?;
    let AnyProgram::Head(program) = read_any(&text).map_err(HeadReportError::ReadBack)? else {
        return Err(HeadReportError::Other);
    };
    options.machine.check(&program.circuit)?;
    let verification = tolerance.map(|tolerance| verify_head(&program, head, pixels.len(), tolerance)).transpose()?;
    let cost = Cost::of(&program.circuit);
    let summary = ManifestHead {
        program: String::new(),
        pixels: pixels.len(),
        qubits: program.contract.quantum_head,
        cx: cost.two_qubit_gates,
        cx_depth: cost.two_qubit_depth,
        one_qubit_gates: program.circuit.operations().filter(|(_, o)| o.gate.arity() == 1).count(),
        infidelity: program.contract.infidelity,
    };
    Ok(HeadReport { text, read_back: *program, summary, verification, seconds: start.elapsed().as_secs_f64() })
}
