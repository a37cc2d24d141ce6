//! The reports of hqrn-train amplitudes: of a training, of an ablation, and of attacks.

use super::train::Errors;
use crate::network::amplitude::Reads;
use crate::training::amplitude::{Connection, Spread};
use crate::training::{ClassFigures, EpochRecord};
use schemars::JsonSchema;
use serde::Serialize;

/// What an amplitude network learned.
#[derive(Serialize, JsonSchema)]
pub struct AmplitudesReport<'a> {
    /// Name of the network.
    pub network: &'a str,
    /// What is added to the mesh of every layer.
    pub connection: Connection,
    /// What the head sees.
    pub reads: Reads,
    /// What normalised inputs are multiplied with.
    pub gain: f64,
    pub layers: usize,
    /// Entries of an input.
    pub dim: usize,
    /// Samples that it is trained on.
    pub samples: usize,
    /// Of all layers, and what the head has.
    pub parameters: [usize; 2],
    /// What stands before it: stages, first to last; none where samples are inputs.
    pub front: Option<Front>,
    /// Epochs of which there is a checkpoint.
    pub epochs: &'a [EpochRecord],
    /// Shares of wrong labels of the network that is left.
    pub result: Errors,
    /// Figures of every class, on the samples to test on, or where there are none on those to train on.
    pub classes: Vec<ClassFigures>,
    /// Other networks on the same samples, trained by the same recipe; the head alone comes first.
    pub beside: &'a [Beside],
}

/// A front.
#[derive(Serialize, JsonSchema)]
pub struct Front {
    /// Entries of a sample.
    pub entries: usize,
    /// Channels behind each convolution; a linear map follows.
    pub channels: Vec<usize>,
    /// What entries of a sample are multiplied with.
    pub scale: f64,
    pub parameters: usize,
}

/// The result of another network.
#[derive(Serialize, JsonSchema)]
pub struct Beside {
    pub name: &'static str,
    pub parameters: usize,
    /// Share of wrong labels on the samples that it is trained on.
    pub training_error: f64,
    /// Share of wrong labels on those to test on.
    pub test_error: Option<f64>,
}

/// All connections and the head alone, over seeds.
#[derive(Serialize, JsonSchema)]
pub struct AblationReport<'a> {
    /// Samples to train on, and to test on.
    pub samples: [usize; 2],
    pub layers: usize,
    /// What the head sees.
    pub reads: Reads,
    /// What normalised inputs are multiplied with.
    pub gain: f64,
    pub epochs: u32,
    /// The first seed.
    pub seed: u64,
    /// How many, one after the other.
    pub seeds: u32,
    pub networks: &'a [AblationRow],
}

/// A kind of network in an ablation; shares are of right labels on test samples.
#[derive(Serialize, JsonSchema)]
pub struct AblationRow {
    pub name: &'static str,
    pub parameters: usize,
    /// After the last epoch.
    pub last: Spread,
    /// In the mean over all epochs.
    pub curve: Spread,
    /// Mean cross-entropy over the last epoch, in nats.
    pub loss: Option<f64>,
    /// After every epoch.
    pub epochs: Vec<Spread>,
}

/// What attacks on parameters did.
#[derive(Serialize, JsonSchema)]
pub struct AttackReport<'a> {
    /// Samples to train on, and to test on.
    pub samples: [usize; 2],
    pub layers: usize,
    /// What the heads of meshes see.
    pub reads: Reads,
    /// What normalised inputs are multiplied with.
    pub gain: f64,
    pub epochs: u32,
    /// The first seed.
    pub seed: u64,
    /// How many, one after the other.
    pub seeds: u32,
    /// The first is a training without any.
    pub attacks: &'a [AttackRow],
}

/// An attack on all networks.
#[derive(Serialize, JsonSchema)]
pub struct AttackRow {
    /// 1 before the nonlinearity, 2 behind it; null in a training without attack, as all that describes one.
    pub form: Option<u8>,
    /// Its density, and whether it is symmetric.
    pub noise: Option<&'static str>,
    /// "test", "step" or "drift".
    pub mode: Option<&'static str>,
    /// Standard deviation.
    pub size: Option<f64>,
    /// The size as a share of π (form 1) or 1 (form 2), for meshes; and of the largest first weight (form 1) or of a first
    /// state (form 2), for classical networks.
    pub shares: Option<[f64; 2]>,
    pub networks: Vec<AttackedRow>,
}

/// What an attack did to a network.
#[derive(Serialize, JsonSchema)]
pub struct AttackedRow {
    pub name: &'static str,
    /// Share of right labels on test samples after training.
    pub accuracy: Spread,
    /// Mean cross-entropy over the last epoch, in nats; null where nothing was trained under the attack, or it overflowed.
    pub loss: Option<f64>,
}
