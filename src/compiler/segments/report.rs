//! Compile a segment, read its text back, count and check what was read.

use super::compile::{Sample, SegmentOptions, compile_segment};
use super::manifest::ManifestSegment;
use super::parts::SegmentError;
use super::verify::{SegmentVerification, verify_segment};
use crate::circuit::Cost;
use crate::network::amplitude::AmplitudeNetwork;
use crate::qasm::{AnyProgram, Program, ProgramError, read_any};
use crate::simulator::SimulationError;
use crate::target::Misfit;
use std::time::Instant;

/// A compiled segment with what was measured on its text.
#[derive(Clone, Debug)]
pub struct SegmentReport {
    /// The program as text.
    pub text: String,
    /// The program as it reads back.
    pub read_back: Program,
    /// Counts; its `program` is empty until the file is named.
    pub summary: ManifestSegment,
    /// The comparison with the segment, if asked for.
    pub verification: Option<SegmentVerification>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SegmentReportError {
    /// The segment cannot be compiled.
    #[error(transparent)]
    Compile(#[from] SegmentError),
    /// The text just written does not read back: a defect of this crate.
    #[error("the text written does not read back: {0}")]
    ReadBack(ProgramError),
    /// The text just written is of something else: a defect of this crate.
    #[error("the text written is none of a segment")]
    Other,
    /// The program just written is not for its machine: a defect of this crate.
    #[error("the program is not for its machine: {0}")]
    Misfit(#[from] Misfit),
    /// The text cannot be simulated.
    #[error(transparent)]
    Verify(#[from] SimulationError),
}

/// Compiles a segment as [`compile_segment`], reads the text back, holds it against the machine, counts its gates and, given
/// a tolerance, compares what it computes with the segment.
///
/// # Errors
/// If the segment cannot be compiled or the text not be simulated. A verification that fails is no error here.
pub fn compile_and_check_segment(
    network: &AmplitudeNetwork,
    number: usize,
    sample: Option<&Sample>,
    options: &SegmentOptions,
    tolerance: Option<f64>,
) -> Result<SegmentReport, SegmentReportError> {
    let start = Instant::now();
    let text = compile_segment(network, number, sample, options)?;
    let AnyProgram::Segment(program) = read_any(&text).map_err(SegmentReportError::ReadBack)? else {
        return Err(SegmentReportError::Other);
    };
    options.machine.check(&program.circuit)?;
    let verification = tolerance.map(|tolerance| verify_segment(&program, network, tolerance)).transpose()?;
    let cost = Cost::of(&program.circuit);
    let contract = &program.contract;
    let summary = ManifestSegment {
        segment: number,
        program: String::new(),
        inputs: contract.dim,
        labels: contract.rows(),
        qubits: program.circuit.qubit_count(),
        cx: cost.two_qubit_gates,
        cx_depth: cost.two_qubit_depth,
        one_qubit_gates: program.circuit.operations().filter(|(_, o)| o.gate.arity() == 1).count(),
        gamma: contract.gamma(),
    };
    Ok(SegmentReport { text, read_back: *program, summary, verification, seconds: start.elapsed().as_secs_f64() })
}
