//! The reports of hqrn-verify: of residual blocks, of layers of quanvolutions, of segments of amplitude networks.

use super::refused::Problem;
use crate::compiler::{HeadVerification, LayerVerification, SegmentVerification, Verification};
use schemars::JsonSchema;
use serde::Serialize;

/// What was verified.
#[derive(Serialize, JsonSchema)]
pub struct VerifyReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// Whether every program computes its weights.
    pub holds: bool,
    /// The largest error that passes, as a share of the largest entry of |W|; what a program states comes on top.
    pub tolerance: f64,
    pub blocks: Vec<VerifiedBlock<'a>>,
    /// Why, where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

/// A block and its programs.
#[derive(Serialize, JsonSchema)]
pub struct VerifiedBlock<'a> {
    /// The block's number, from 1.
    pub block: usize,
    /// Its programs, as they were given.
    pub programs: &'a [String],
    pub holds: bool,
    pub verification: &'a Verification,
    /// The bound on max |W_rec - W| that is proved, where --certify asked for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proved: Option<f64>,
}

/// Which layers were verified.
#[derive(Serialize, JsonSchema)]
pub struct VerifyLayersReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// Whether every program computes its layer.
    pub holds: bool,
    /// The largest bound on an error that passes.
    pub tolerance: f64,
    pub layers: Vec<VerifiedLayer<'a>>,
    /// Programs of the quantum head.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<VerifiedHead<'a>>,
    /// Why, where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

/// A program of a quantum head.
#[derive(Serialize, JsonSchema)]
pub struct VerifiedHead<'a> {
    /// The program, as it was given.
    pub program: &'a str,
    pub holds: bool,
    pub verification: &'a HeadVerification,
}

/// A program of a layer.
#[derive(Serialize, JsonSchema)]
pub struct VerifiedLayer<'a> {
    /// The layer's number, from 1.
    pub layer: usize,
    /// The program, as it was given.
    pub program: &'a str,
    pub holds: bool,
    pub verification: &'a LayerVerification,
}

/// Which segments were verified.
#[derive(Serialize, JsonSchema)]
pub struct VerifySegmentsReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// Whether every program computes its segment.
    pub holds: bool,
    /// The largest error that passes, as a share of the largest entry of a segment's map.
    pub tolerance: f64,
    pub segments: Vec<VerifiedSegment<'a>>,
    /// Why, where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

/// A program of a segment.
#[derive(Serialize, JsonSchema)]
pub struct VerifiedSegment<'a> {
    /// The segment's number, from 1.
    pub segment: usize,
    /// The program, as it was given.
    pub program: &'a str,
    pub holds: bool,
    pub verification: &'a SegmentVerification,
}
