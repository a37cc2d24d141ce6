//! Training: labelled samples to a network of residual blocks (SPEC 6), by gradient descent on the cross-entropy.
//!
//! Gradients are written out by hand. Everything random comes from the seed and the number of the epoch, sums over
//! threads are taken in a fixed order: a run that was killed and resumed ends in the same bytes.

mod gradient;
mod initial;
mod optimiser;
mod state;

pub use gradient::{Gradient, Targets, gradient};
pub use initial::{Architecture, initial_network};
pub use optimiser::{Optimiser, Rule};
pub use state::{EpochRecord, StateError, TrainingState};

use crate::linalg::{RealMatrix, stream};
use crate::network::{Network, Samples, normalise_input};
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// How to train.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Which way parameters follow gradients.
    pub rule: Rule,
    /// Step size.
    pub rate: f64,
    /// λ of the penalty `λ/2 · (sum of squares)`, added to gradients.
    pub weight_decay: f64,
    /// Samples a step.
    pub batch: usize,
    /// Passes through the samples.
    pub epochs: u32,
    /// Share of the samples to train on, chosen by the seed, in (0, 1].
    pub fraction: f64,
    /// Seed of the first weights, of the choice of samples and of their order.
    pub seed: u64,
}

/// The columns of a chosen set of samples, normalised, with their labels.
#[derive(Clone, Debug)]
pub struct TrainingSet {
    inputs: RealMatrix,
    labels: Vec<usize>,
}

impl TrainingSet {
    /// Chooses `fraction` of the samples by the seed, at least one.
    ///
    /// # Panics
    /// If there are no samples or no labels.
    pub fn choose(samples: &Samples, fraction: f64, seed: u64) -> TrainingSet {
        let labels = samples.labels.as_ref().expect("training needs labels");
        let all = samples.inputs.len();
        let count = ((all as f64 * fraction).round() as usize).clamp(1, all);
        let mut chosen: Vec<usize> = (0..all).collect();
        if count < all {
            // Stream 0 is the choice of samples, stream e the order in epoch e.
            chosen.shuffle(&mut stream(seed, 0));
            chosen.truncate(count);
        }
        let columns: Vec<f64> = chosen.iter().flat_map(|&i| normalise_input(&samples.inputs[i])).collect();
        TrainingSet {
            inputs: RealMatrix::from_vec(columns.len() / count, count, columns),
            labels: chosen.iter().map(|&i| labels[i]).collect(),
        }
    }

    /// Samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none, which [`TrainingSet::choose`] does not let happen.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// One epoch: a pass through the set in an order of its own. Returns the mean loss and the share of wrong labels, each
/// as it was when a batch came up.
pub fn train_epoch(state: &mut TrainingState, set: &TrainingSet, recipe: &Recipe) -> (f64, f64) {
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.shuffle(&mut stream(recipe.seed, u64::from(state.epoch) + 1));
    let (mut loss, mut wrong) = (0.0, 0);
    for batch in order.chunks(recipe.batch) {
        let inputs = RealMatrix::from_columns(&batch.iter().map(|&i| set.inputs.column(i)).collect::<Vec<_>>());
        let labels: Vec<usize> = batch.iter().map(|&i| set.labels[i]).collect();
        let Gradient { loss: sum, wrong: missed, mut values } =
            gradient(&state.network, &inputs, Targets::Labels(&labels));
        loss += sum;
        wrong += missed;
        values.iter_mut().for_each(|v| *v /= batch.len() as f64);
        let mut parameters = parameters_of(&state.network);
        state.optimiser.step(recipe, &mut parameters, &values);
        set_parameters(&mut state.network, &parameters);
    }
    state.epoch += 1;
    (loss / set.len() as f64, wrong as f64 / set.len() as f64)
}

/// The share of samples a network labels wrongly.
///
/// # Panics
/// If there are no labels, or samples do not fit.
pub fn error_on(network: &Network, samples: &Samples) -> f64 {
    let labels = samples.labels.as_ref().expect("an error needs labels");
    let pairs = samples.inputs.par_iter().zip(labels);
    let wrong = pairs.filter(|(x, label)| network.forward(x).label != Some(**label)).count();
    wrong as f64 / labels.len() as f64
}

/// All weights and biases in one list: projection, blocks, head, each weight column by column before its bias.
pub(crate) fn parameters_of(network: &Network) -> Vec<f64> {
    let layers = layers_of(network);
    layers.flat_map(|affine| affine.weight.iter().chain(&affine.bias).copied().collect::<Vec<_>>()).collect()
}

fn set_parameters(network: &mut Network, parameters: &[f64]) {
    let projection = network.input.as_mut().and_then(|i| i.projection.as_mut());
    let blocks = network.blocks.iter_mut().map(|b| &mut b.affine);
    let mut source = parameters.iter();
    for affine in projection.into_iter().chain(blocks).chain(network.head.as_mut()) {
        affine.weight.iter_mut().chain(&mut affine.bias).zip(&mut source).for_each(|(to, from)| *to = *from);
    }
}

fn layers_of(network: &Network) -> impl Iterator<Item = &crate::network::Affine> {
    let projection = network.input.as_ref().and_then(|i| i.projection.as_ref());
    projection.into_iter().chain(network.blocks.iter().map(|b| &b.affine)).chain(network.head.as_ref())
}
