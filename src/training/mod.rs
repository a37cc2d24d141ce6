//! Training: labelled samples to a network of residual blocks (docs/method.md, section 11), of quanvolutions (section 14) or
//! of meshes (section 15), by gradient descent on the cross-entropy.
//!
//! Gradients are written out by hand. Everything random comes from the seed and the number of the epoch, sums over
//! threads are taken in a fixed order: a run that was killed and resumed ends in the same bytes.
//!
//! Files are read and written by whoever calls: what is here are networks, samples and states of a training.

pub mod amplitude;
mod choose;
mod class_figures;
mod epoch;
mod gradient;
mod initial;
mod optimiser;
mod quanvolution;
mod sensitivity;
mod state;

pub use choose::{Chosen, choose};
pub use class_figures::{ClassFigures, class_figures};
pub use epoch::{Pass, Trainable, epoch};
pub use gradient::{Gradient, Sampling, Targets, gradient};
pub(crate) use gradient::{Layer, MapGradient, map_gradient};
pub use initial::{Architecture, initial_network};
pub use optimiser::{Optimiser, Rule};
pub use quanvolution::{Blueprint, Gradients, Guided, quanvolution_gradient};
pub use sensitivity::{ShotMoments, score_variances};
pub use state::{EpochRecord, StateError, Trained, TrainingState};

use crate::data::Samples;
use crate::linalg::RealMatrix;
use crate::network::{Network, normalise_input};
use crate::random::stream;
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
    /// What the loss of each class counts; all alike where this is empty.
    weights: Vec<f64>,
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
            weights: vec![],
        }
    }

    /// Images as they are, a column of pixels each.
    ///
    /// # Panics
    /// If there are no samples, no labels, or images of different sizes.
    pub fn of_images(samples: &Samples) -> TrainingSet {
        let labels = samples.labels.clone().expect("training needs labels");
        let pixels: Vec<f64> = samples.inputs.concat();
        TrainingSet {
            inputs: RealMatrix::from_vec(pixels.len() / labels.len(), labels.len(), pixels),
            labels,
            weights: vec![],
        }
    }

    /// States as they are, a column each, with a weight a class.
    ///
    /// # Panics
    /// If there is not one label for each column.
    pub fn of_states(inputs: RealMatrix, labels: Vec<usize>, weights: Vec<f64>) -> TrainingSet {
        assert_eq!(inputs.ncols(), labels.len(), "a label for each state");
        TrainingSet { inputs, labels, weights }
    }

    /// The class of each sample.
    pub fn labels(&self) -> &[usize] {
        &self.labels
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
