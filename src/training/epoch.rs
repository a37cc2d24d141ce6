//! A pass through a training set, for every network that has parameters and a gradient.

use super::gradient::{Gradient, Targets, gradient};
use super::optimiser::Optimiser;
use super::state::TrainingState;
use super::{Recipe, TrainingSet};
use crate::linalg::RealMatrix;
use crate::network::Network;
use crate::random::stream;
use rand::seq::SliceRandom;

/// What training asks of a network, of whatever family.
pub trait Trainable {
    /// What it moves, in a row.
    fn parameters(&self) -> Vec<f64>;

    /// Puts as many parameters back.
    fn set_parameters(&mut self, values: &[f64]);

    /// The gradient over samples, a column each, in the order of the parameters.
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient;
}

impl Trainable for Network {
    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }

    /// Inputs are normalised, or coordinates of density matrices; see [`gradient()`].
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        gradient(self, inputs, targets)
    }
}

/// One epoch: a pass through the set in an order that follows from the seed and the epoch's number, from 1. Returns the mean
/// loss and the share of wrong labels, each as it was when a batch came up.
///
/// # Panics
/// If samples do not fit the network, or the optimiser its parameters.
pub fn epoch(
    network: &mut impl Trainable,
    optimiser: &mut Optimiser,
    number: u32,
    set: &TrainingSet,
    recipe: &Recipe,
) -> (f64, f64) {
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.shuffle(&mut stream(recipe.seed, u64::from(number)));
    let (mut loss, mut wrong) = (0.0, 0);
    for batch in order.chunks(recipe.batch) {
        let inputs = RealMatrix::from_columns(&batch.iter().map(|&i| set.inputs.column(i)).collect::<Vec<_>>());
        let labels: Vec<usize> = batch.iter().map(|&i| set.labels[i]).collect();
        let targets = match &set.weights[..] {
            [] => Targets::Labels(&labels),
            weights => Targets::Weighted(&labels, weights),
        };
        let Gradient { loss: sum, wrong: missed, mut values } = network.gradient(&inputs, targets);
        loss += sum;
        wrong += missed;
        values.iter_mut().for_each(|v| *v /= batch.len() as f64);
        let mut parameters = network.parameters();
        optimiser.step(recipe, &mut parameters, &values);
        network.set_parameters(&parameters);
    }
    (loss / set.len() as f64, wrong as f64 / set.len() as f64)
}

/// The next [`epoch`] of a training under way.
///
/// # Panics
/// As [`epoch`].
pub fn train_epoch(state: &mut TrainingState, set: &TrainingSet, recipe: &Recipe) -> (f64, f64) {
    state.epoch += 1;
    epoch(&mut state.network, &mut state.optimiser, state.epoch, set, recipe)
}
