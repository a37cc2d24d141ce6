//! The reports of hqrn-train: of residual blocks, of the entanglement classifier, and of quanvolutions.

use crate::entanglement::{Outcome, Plan};
use crate::training::EpochRecord;
use schemars::JsonSchema;
use serde::Serialize;

/// What residual blocks learned.
#[derive(Serialize, JsonSchema)]
pub struct TrainReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// Samples that it is trained on.
    pub samples: usize,
    pub parameters: usize,
    /// Epochs of which there is a checkpoint.
    pub epochs: &'a [EpochRecord],
}

/// What is told to machines, and what report.json says.
#[derive(Serialize, JsonSchema)]
pub struct EntanglementReport<'a> {
    pub plan: &'a Plan,
    /// What every stage came to.
    pub outcomes: Vec<&'a Outcome>,
    pub chosen: Chosen<'a>,
}

/// The stages that did best on the training states.
#[derive(Serialize, JsonSchema)]
pub struct Chosen<'a> {
    /// Trained one block after the other.
    pub greedy: Option<&'a Outcome>,
    /// Then all blocks together.
    pub finetuned: Option<&'a Outcome>,
}

/// What quanvolutions learned.
#[derive(Serialize, JsonSchema)]
pub struct QuanvolutionReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// What the paper calls its wiring, or the streams that are added, layer by layer.
    pub wiring: String,
    /// "through", "cut" or "frozen".
    pub gradient: String,
    /// Images that it is trained on.
    pub samples: usize,
    /// Pixels that the head sees.
    pub features: usize,
    /// Angles of all layers, and what the head has.
    pub parameters: [usize; 2],
    /// Epochs of which there is a checkpoint.
    pub epochs: &'a [EpochRecord],
    /// Shares of wrong labels of the network that is left.
    pub result: Errors,
    /// Linear layers on the same pixels, trained by the same recipe.
    pub baselines: &'a [Baseline],
}

/// Shares of wrong labels.
#[derive(Clone, Copy, Serialize, JsonSchema)]
pub struct Errors {
    pub training: f64,
    /// Where there are images to test on.
    pub test: Option<f64>,
}

/// The result of a linear layer.
#[derive(Serialize, JsonSchema)]
pub struct Baseline {
    /// Pixels of a side: of the image, or of the means over 2 x 2 or 4 x 4 pixels.
    pub side: usize,
    /// Pixels altogether.
    pub features: usize,
    /// Share of wrong labels on the images that it is trained on.
    pub training_error: f64,
    /// Share of wrong labels on those to test on.
    pub test_error: Option<f64>,
}
