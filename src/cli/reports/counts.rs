//! The reports of hqrn-counts: of a block, on one state or column by column, of a layer, and of a segment.

use crate::run::{
    BlockEstimate, Doubt, Estimate, LayerDoubt, PatchEstimate, SegmentEstimate, StateEstimate, StreamEstimate,
};
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

/// What counts of all basis states of a block say.
#[derive(Serialize, JsonSchema)]
pub struct ColumnCountsReport<'a> {
    /// The block's number, from 1.
    pub block: usize,
    /// Shots of each column, of both halves where the program is split; a shot of a program of several copies is as many.
    pub shots: &'a [Vec<u64>],
    /// How the tables of counts were read, each way once.
    pub counts: Vec<ReadFile>,
    /// W_rec, rows first.
    pub weight: Vec<Vec<Estimate>>,
    /// `|W_rec - W| / |W|`, Frobenius, and what shots alone make of it; null where W is zero.
    pub distance: Option<[f64; 2]>,
    /// What follows for the state that was given.
    pub state: Option<&'a StateEstimate>,
}

/// What counts say of a layer.
#[derive(Serialize, JsonSchema)]
pub struct LayerCountsReport<'a> {
    /// The layer's number, from 1.
    pub layer: usize,
    /// How the tables of counts were read, each way once.
    pub counts: Vec<ReadFile>,
    /// The patches that there are counts of, by their numbers.
    pub patches: &'a [PatchEstimate],
    /// The stream behind the layer, where all its patches were measured and the streams that are added are known.
    pub stream: Option<&'a StreamEstimate>,
    /// What a classical head makes of the last stream.
    pub label: Option<usize>,
    /// How far the counts are from what the weights say, where the stream that went in is known.
    pub distance: Option<&'a LayerDoubt>,
}

/// What counts say of a segment.
#[derive(Serialize, JsonSchema)]
pub struct SegmentCountsReport<'a> {
    /// The segment's number, from 1.
    pub segment: usize,
    pub shots: u64,
    /// How the file of counts was read.
    pub counts: ReadFile,
    pub estimate: &'a SegmentEstimate,
}

/// A file of counts.
#[derive(PartialEq, Serialize, JsonSchema)]
pub struct ReadFile {
    /// What wrote it, or how its words are written.
    pub written: String,
    /// Which end of a word is bit 0: "last" or "first".
    pub bit_0: &'static str,
}
