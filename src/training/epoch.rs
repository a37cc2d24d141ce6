//! A pass through a training set, for every network that has parameters and a gradient.

use super::gradient::{Gradient, Targets, gradient};
use super::optimiser::Optimiser;
use super::{Recipe, TrainingSet};
use crate::linalg::RealMatrix;
use crate::network::Network;
use crate::random::stream;
use rand::seq::SliceRandom;
use std::ops::Range;

/// What training asks of a network, of whatever family.
pub trait Trainable {
    /// What it moves, in a row.
    fn parameters(&self) -> Vec<f64>;

    /// Puts as many parameters back.
    fn set_parameters(&mut self, values: &[f64]);

    /// The gradient over samples, a column each, in the order of the parameters.
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient;

    /// Told before every batch how many steps were taken; what is under attack is hit then.
    fn begin_step(&mut self, _steps: u64) {}

    /// The parameters of each of its layers, where somebody may want to know how far gradients reach.
    fn layers(&self) -> Vec<Range<usize>> {
        vec![]
    }
}

/// What a pass through a set came to, each number as it was when a batch came up.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// Mean loss over all samples.
    pub loss: f64,
    /// Share of wrong labels.
    pub error: f64,
    /// For each of [`Trainable::layers`], the 1-norm of the gradient of a batch's mean loss, in the mean over all batches.
    pub norms: Vec<f64>,
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

/// One epoch: a pass through the set in an order that follows from the seed and the epoch's number, from 1.
///
/// # Panics
/// If samples do not fit the network, or the optimiser its parameters.
pub fn epoch(
    network: &mut impl Trainable,
    optimiser: &mut Optimiser,
    number: u32,
    set: &TrainingSet,
    recipe: &Recipe,
) -> Pass {
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.shuffle(&mut stream(recipe.seed, u64::from(number)));
    let layers = network.layers();
    let (mut loss, mut wrong, mut norms) = (0.0, 0, vec![0.0; layers.len()]);
    for batch in order.chunks(recipe.batch) {
        network.begin_step(optimiser.steps);
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
        for (norm, layer) in norms.iter_mut().zip(&layers) {
            *norm += values[layer.clone()].iter().map(|v| v.abs()).sum::<f64>();
        }
        let mut parameters = network.parameters();
        optimiser.step(recipe, &mut parameters, &values);
        network.set_parameters(&parameters);
    }
    let samples = set.len() as f64;
    norms.iter_mut().for_each(|norm| *norm /= (samples / recipe.batch as f64).ceil());
    Pass { loss: loss / samples, error: wrong as f64 / samples, norms }
}
