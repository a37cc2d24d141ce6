//! The reports of hqrn-run: of samples, and of one density matrix.

use crate::run::Point;
use schemars::JsonSchema;
use serde::Serialize;

/// What came of samples.
#[derive(Serialize, JsonSchema)]
pub struct RunReport<'a> {
    /// Name of the network, of the first where there are several.
    pub network: &'a str,
    pub points: Vec<ReportedPoint>,
}

/// A point, with what the table says of it.
#[derive(Serialize, JsonSchema)]
pub struct ReportedPoint {
    #[serde(flatten)]
    pub point: Point,
    /// Mean over all samples of the distance `sum_n |y_n - y'_n| / 2` of the last states; the tally has the sum.
    pub distance: f64,
    #[serde(flatten)]
    pub shares: Option<Shares>,
}

/// Shares of labels, where the samples have some.
#[derive(Serialize, JsonSchema)]
pub struct Shares {
    pub error: f64,
    pub balanced_error: f64,
    pub classical_error: f64,
    pub disagreement: f64,
}

/// What became of a density matrix.
#[derive(Serialize, JsonSchema)]
pub struct StateReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    pub blocks: Vec<StateStep<'a>>,
    /// What the head makes of the last state, a score a class; empty without a head.
    pub scores: &'a [f64],
    /// The class with the highest score.
    pub label: Option<usize>,
}

/// A block's step.
#[derive(Serialize, JsonSchema)]
pub struct StateStep<'a> {
    /// The block's number, from 1.
    pub block: usize,
    /// p+ of each unit; empty where W has no positive entry.
    pub plus: &'a [f64],
    /// p- of each unit; empty where W has no negative entry.
    pub minus: &'a [f64],
    pub h: &'a [f64],
    /// Whether all units are dead.
    pub dead: bool,
    /// The density matrix behind the block.
    pub state: Parts,
}

/// A complex matrix, row by row.
#[derive(Serialize, JsonSchema)]
pub struct Parts {
    pub re: Vec<Vec<f64>>,
    pub im: Vec<Vec<f64>>,
}
