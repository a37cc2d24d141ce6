//! Compile a layer, read its texts back, count and prove what was read.

use super::compile::{LayerError, Patches, compile_layer};
use super::manifest::ManifestLayer;
use super::options::LayerOptions;
use super::verify::{LayerVerification, verify_layer};
use crate::circuit::{Circuit, Cost, components};
use crate::network::quanvolution::Layer;
use crate::qasm::{AnyProgram, LayerProgram, PatchContract, ProgramError, read_any};
use crate::simulator::SimulationError;
use crate::target::Misfit;
use std::collections::BTreeSet;
use std::time::Instant;

/// A compiled layer with what was measured on its texts.
#[derive(Clone, Debug)]
pub struct LayerReport {
    /// Its programs as text.
    pub texts: Vec<String>,
    /// The programs as they read back.
    pub read_back: Vec<LayerProgram>,
    /// Counts; its `programs` are empty until files are named.
    pub summary: ManifestLayer,
    /// The comparison with the layer, if asked for: that of the program which is worst.
    pub verification: Option<LayerVerification>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayerReportError {
    /// The layer cannot be compiled.
    #[error("layer {layer}: {source}")]
    Compile {
        /// The layer's number, from 1.
        layer: usize,
        /// Why not.
        source: LayerError,
    },
    /// The text just written does not read back: a defect of this crate.
    #[error("layer {layer}: the text written does not read back: {source}")]
    ReadBack {
        /// The layer's number, from 1.
        layer: usize,
        /// What the reader says.
        source: ProgramError,
    },
    /// The text just written is of something else: a defect of this crate.
    #[error("layer {layer}: the text written is none of a layer")]
    Other {
        /// The layer's number, from 1.
        layer: usize,
    },
    /// The program just written is not for its machine: a defect of this crate.
    #[error("layer {layer}: the program is not for its machine: {source}")]
    Misfit {
        /// The layer's number, from 1.
        layer: usize,
        /// What does not fit.
        source: Misfit,
    },
    /// The text cannot be simulated.
    #[error("layer {layer}: {source}")]
    Verify {
        /// The layer's number, from 1.
        layer: usize,
        /// Why not.
        source: SimulationError,
    },
}

/// Compiles layer `number` (from 1), reads the texts back, holds them against the machine, counts their gates and, given a
/// tolerance, compares what they compute with the layer.
///
/// # Errors
/// If the layer cannot be compiled or a text not be simulated. A verification that fails is no error here.
pub fn compile_and_prove(
    network: &str,
    number: usize,
    layer: &Layer,
    patches: Patches<'_>,
    options: &LayerOptions,
    tolerance: Option<f64>,
) -> Result<LayerReport, LayerReportError> {
    let start = Instant::now();
    let compiled = compile_layer(network, number, layer, patches, options);
    let texts = compiled.map_err(|source| LayerReportError::Compile { layer: number, source })?;
    let back = |text: &String| match read_any(text) {
        Ok(AnyProgram::Layer(program)) => Ok(*program),
        Ok(_) => Err(LayerReportError::Other { layer: number }),
        Err(source) => Err(LayerReportError::ReadBack { layer: number, source }),
    };
    let read_back: Vec<LayerProgram> = texts.iter().map(back).collect::<Result<_, _>>()?;
    for program in &read_back {
        let fits = options.machine.check(program.template.circuit());
        fits.map_err(|source| LayerReportError::Misfit { layer: number, source })?;
    }
    let verify = |tolerance: f64| {
        let all = read_back.iter().map(|program| verify_layer(program, layer, tolerance));
        let all =
            all.collect::<Result<Vec<_>, _>>().map_err(|source| LayerReportError::Verify { layer: number, source })?;
        Ok(all.into_iter().reduce(worse).expect("a layer has programs"))
    };
    let verification = tolerance.map(verify).transpose()?;
    let summary = summarise(number, &read_back);
    Ok(LayerReport { texts, read_back, summary, verification, seconds: start.elapsed().as_secs_f64() })
}

/// Two programs of a layer together: what is worse of either.
fn worse(one: LayerVerification, two: LayerVerification) -> LayerVerification {
    let patches = one.patches + two.patches;
    let points = one.points.max(two.points);
    let second = one.holds() && (!two.holds() || two.bound > one.bound);
    LayerVerification { patches, points, ..if second { two } else { one } }
}

fn summarise(layer: usize, programs: &[LayerProgram]) -> ManifestLayer {
    let circuits = || programs.iter().map(|program| program.template.circuit());
    let patches = programs.iter().map(|program| program.contract.patches.len()).sum();
    let one_qubit: usize = circuits().map(|c| c.operations().filter(|(_, o)| o.gate.arity() == 1).count()).sum();
    ManifestLayer {
        layer,
        programs: vec![],
        patches,
        degree: programs.iter().map(|program| program.contract.degree).max().unwrap_or(0),
        qubits: circuits().map(used_qubits).max().unwrap_or(0),
        cx: programs.iter().map(dearest_patch).max().unwrap_or(0),
        cx_depth: circuits().map(|c| Cost::of(c).two_qubit_depth).max().unwrap_or(0),
        one_qubit_gates: one_qubit as f64 / patches as f64,
    }
}

/// How many qubits are measured.
fn used_qubits(circuit: &Circuit) -> usize {
    (0..circuit.qubit_count()).filter(|&q| circuit.measured_into(q).is_some()).count()
}

/// The most two-qubit gates that a patch has.
fn dearest_patch(program: &LayerProgram) -> usize {
    let circuit = program.template.circuit();
    let mut piece_of = vec![0; circuit.qubit_count()];
    let pieces = components(circuit);
    pieces.iter().enumerate().for_each(|(k, piece)| piece.iter().for_each(|&q| piece_of[q] = k));
    let mut count = vec![0; pieces.len()];
    for (_, operation) in circuit.operations() {
        count[piece_of[operation.qubits.get(0)]] += operation.gate.two_qubit_weight();
    }
    let of_patch = |patch: &PatchContract| {
        let own: BTreeSet<usize> = patch.qubits.iter().map(|q| piece_of[*q]).collect();
        own.into_iter().map(|piece| count[piece]).sum()
    };
    program.contract.patches.iter().map(of_patch).max().unwrap_or(0)
}
