//! What `hqrn-compile --estimate=FILE` writes.

use crate::estimate::BlockEstimate;
use schemars::JsonSchema;
use serde::Serialize;

/// What the programs of a network take on an error-corrected machine (docs/estimates.md).
#[derive(Clone, Serialize, JsonSchema)]
pub struct EstimateReport {
    /// Name of the network.
    pub network: String,
    /// How likely a shot may go wrong.
    pub error_budget: f64,
    /// The physical qubits, by the QDK's name.
    pub qubit_model: &'static str,
    /// Seconds of a label: of all shots of all blocks.
    pub seconds: f64,
    /// The same with angles looked up where that takes fewer T states.
    pub qrom_seconds: f64,
    pub blocks: Vec<BlockEstimate>,
}
