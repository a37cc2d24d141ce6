//! The report of hqrn-verify.

use crate::compiler::Verification;
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
}
