//! The reports of hqrn-compile: of residual blocks, of layers of quanvolutions, of segments of amplitude networks.

use super::EstimateReport;
use crate::compiler::{
    CliffordTReport, HeadVerification, JointReport, LayerVerification, ManifestBlock, ManifestHead, ManifestLayer,
    ManifestSegment, PhaseReport, SegmentVerification, Verification,
};
use crate::lowering::Survival;
use crate::run::Disagreement;
use crate::synthesis::trotter::TrotterReport;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

/// What was compiled.
#[derive(Serialize, JsonSchema)]
pub struct CompileReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// The largest error that passed, as a share of the largest entry of |W|; `null` where nothing was verified.
    pub tolerance: Option<f64>,
    /// Whether the programs were read back and compared with the weights.
    pub verified: bool,
    /// What was written.
    pub files: &'a [PathBuf],
    /// Labels that the programs change, of the samples of --data.
    pub labels: Option<Disagreement>,
    pub blocks: Vec<CompiledBlock<'a>>,
    /// What the programs take on an error-corrected machine, with --estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<&'a EstimateReport>,
}

/// A block and its programs.
#[derive(Serialize, JsonSchema)]
pub struct CompiledBlock<'a> {
    pub summary: &'a ManifestBlock,
    pub verification: &'a Option<Verification>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
    /// By how much gates on two qubits turn, in radians, in the programs that `summary` counts; those without an angle by pi/2.
    pub turned: f64,
    /// What product formulas made of its signs, plus before minus.
    #[serde(skip_serializing_if = "no_formulas")]
    pub trotter: &'a [TrotterReport],
    /// How phases were looked for, for those signs where they were.
    pub phases: &'a [PhaseReport],
    /// What came of the search for one circuit for both signs, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joint: &'a Option<JointReport>,
    /// What approximating rotations came to, of each program, with --target clifford-t.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub clifford_t: &'a [CliffordTReport],
    /// Where each program lies on the machine of --machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placements: Vec<Placement>,
}

/// Where a program lies, and what is left of it there by the machine's figures.
#[derive(Serialize, JsonSchema)]
pub struct Placement {
    /// Which copy of the circuits, from 0, where a program has several.
    #[serde(skip_serializing_if = "is_first")]
    pub tile: usize,
    /// The machine's qubits that it measures, bit 0 first.
    pub qubits: Vec<usize>,
    #[serde(flatten)]
    pub survival: Survival,
    /// The product of all.
    pub survives: f64,
}

// serde's skip_serializing_if hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(tile: &usize) -> bool {
    *tile == 0
}

fn no_formulas(list: &&[TrotterReport]) -> bool {
    list.is_empty()
}

/// Which layers were compiled.
#[derive(Serialize, JsonSchema)]
pub struct LayersReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// The largest bound on an error that passed; `null` where nothing was verified.
    pub tolerance: Option<f64>,
    /// Whether the programs were read back and compared with the layers.
    pub verified: bool,
    /// What was written.
    pub files: &'a [PathBuf],
    pub layers: Vec<CompiledLayer<'a>>,
    /// The quantum head, where it was compiled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<CompiledHead<'a>>,
}

/// A quantum head and its program.
#[derive(Serialize, JsonSchema)]
pub struct CompiledHead<'a> {
    pub summary: &'a ManifestHead,
    pub verification: &'a Option<HeadVerification>,
    /// What fidelity to expect of it under --noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fidelity: Option<f64>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

/// A layer and its programs.
#[derive(Serialize, JsonSchema)]
pub struct CompiledLayer<'a> {
    pub summary: &'a ManifestLayer,
    pub verification: &'a Option<LayerVerification>,
    /// What fidelity to expect of one patch under --noise, in the geometric mean over all patches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fidelity: Option<f64>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

/// Which segments were compiled.
#[derive(Serialize, JsonSchema)]
pub struct SegmentsReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// The largest error that passed, as a share of the largest entry of a segment's map; `null` where nothing was verified.
    pub tolerance: Option<f64>,
    /// Whether the programs were read back and compared with the segments.
    pub verified: bool,
    /// What was written.
    pub files: &'a [PathBuf],
    pub segments: Vec<CompiledSegment<'a>>,
}

/// A segment and its program.
#[derive(Serialize, JsonSchema)]
pub struct CompiledSegment<'a> {
    pub summary: &'a ManifestSegment,
    pub verification: &'a Option<SegmentVerification>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}
