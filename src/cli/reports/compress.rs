//! The reports of hqrn-compress: of one network, and of many.

use crate::compiler::ManifestBlock;
use crate::compression::{ColumnLabels, Compressed};
use crate::report::ParetoPoint;
use schemars::JsonSchema;
use serde::Serialize;

/// What a network became.
#[derive(Serialize, JsonSchema)]
pub struct CompressReport<'a> {
    /// Name of the compressed network.
    pub network: &'a str,
    pub blocks: &'a [Compressed],
    pub judgement: &'a Judgement,
}

/// The judgement.
#[derive(Serialize, JsonSchema)]
pub struct Judgement {
    pub before: Vec<ManifestBlock>,
    pub after: Vec<ManifestBlock>,
    /// gamma over its bound, both signs.
    pub ratios: Vec<Vec<f64>>,
    pub labels: Option<Labels>,
}

/// What happens to labels.
#[derive(Serialize, JsonSchema)]
pub struct Labels {
    pub samples: usize,
    pub changed: usize,
    /// Shares of wrong labels, where the true ones are known.
    pub error_before: Option<f64>,
    pub error_after: Option<f64>,
    pub shots_before: Option<u64>,
    pub shots_after: Option<u64>,
    /// What the variance of a shot says of `shots_after`.
    pub shots_predicted: Option<u64>,
    /// Where blocks are circuits and there are training inputs: labels where every basis input is measured once.
    pub columns: Option<ColumnLabels>,
}

/// Networks of every size.
#[derive(Serialize, JsonSchema)]
pub struct ParetoReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    pub points: &'a [ParetoPoint],
}
