//! The report of hqrn-counts.

use crate::run::{BlockEstimate, Doubt};
use schemars::JsonSchema;
use serde::Serialize;

/// What counts say.
#[derive(Serialize, JsonSchema)]
pub struct CountsReport<'a> {
    /// The block's number, from 1.
    pub block: usize,
    /// Shots of each program.
    pub shots: &'a [u64],
    /// How each file of counts was read.
    pub counts: Vec<ReadFile>,
    pub estimate: &'a BlockEstimate,
    /// How far the counts are from what the weights say, where the state that went in is known.
    pub distance: Option<&'a Doubt>,
}

/// A file of counts.
#[derive(Serialize, JsonSchema)]
pub struct ReadFile {
    /// What wrote it, or how its words are written.
    pub written: String,
    /// Which end of a word is bit 0: "last" or "first".
    pub bit_0: &'static str,
}
