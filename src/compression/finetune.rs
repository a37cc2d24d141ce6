//! All factors or circuits and biases together, against what the whole network said.

use super::states::{mixture, output_shares};
use crate::encoding::{gamma_bound, joint_gamma_bound};
use crate::linalg::RealMatrix;
use crate::network::{Amplitudes, Block, Demand, Form, Network, Search, Slots, normalise_input};
use crate::random::stream;
use crate::training::{Optimiser, Recipe, Rule, Sampling, Targets, map_gradient};
use rand::RngExt;
use rayon::prelude::*;

/// Samples that a stage takes, in batches. A stage starts from nothing but the factors and its number, so that a run that is
/// stopped between two goes on to the same bytes.
const STAGE: usize = 100_000;

/// Samples a step.
const BATCH: usize = 128;

/// Adam's step size at first.
const RATE: f64 = 1e-3;

/// Stages after which it is half as large.
const HALVED: f64 = 4.0;

/// How much longer than usual a gradient may be: near dead layers single samples would push everything away.
const LONGEST: f64 = 3.0;

/// A network with factors or circuits on its way to the outputs of another.
///
/// What the other says of the inputs alone would be learned by heart: in every step it is asked of new mixtures of two
/// inputs ([`mixture`]).
#[derive(Clone, Copy, Debug)]
pub struct Finetuning<'a> {
    /// The network to follow; it has a head.
    pub teacher: &'a Network,
    /// Inputs of the kind that will be run.
    pub inputs: &'a [Vec<f64>],
    /// What gamma at the bound that it has at first adds to the mean cross-entropy, for each sign of each block.
    pub gamma_weight: f64,
    /// Shots a block to learn with: their noise is added to W y, so that fewer do. Infinitely many if left out.
    pub shots: Option<f64>,
    /// Seed of the mixtures and of the noise.
    pub seed: u64,
}

impl Finetuning<'_> {
    /// Stage `number` (from 0), in place; returns its mean loss, cross-entropy and the charge for gamma.
    ///
    /// # Panics
    /// If a network has no head, a block is given by its weights where shots are to be learned with, or sizes differ.
    pub fn stage(&self, network: &mut Network, bounds: &[Vec<f64>], number: u32) -> f64 {
        let mut values = values_of(network);
        let mut slopes = vec![0.0; values.len()];
        let mut recipe = Recipe {
            rule: Rule::Adam,
            rate: RATE,
            weight_decay: 0.0,
            batch: BATCH,
            epochs: 1,
            fraction: 1.0,
            seed: self.seed,
        };
        let mut optimiser = Optimiser::new(recipe.rule, values.len());
        let (mut usual, mut sum) = (None, 0.0);
        let steps = STAGE.div_ceil(BATCH);
        for step in 0..steps {
            let done = f64::from(number) + step as f64 / steps as f64;
            recipe.rate = RATE / (1.0 + done / HALVED);
            let mut rng = stream(self.seed, u64::from(number) * steps as u64 + step as u64);
            let batch: Vec<Vec<f64>> = (0..BATCH).map(|_| mixture(self.inputs, &mut rng)).collect();
            sum += self.evaluate(network, &values, &batch, bounds, rng.random(), &mut slopes);
            let length = slopes.iter().map(|s| s * s).sum::<f64>().sqrt();
            if !length.is_finite() || length == 0.0 {
                continue;
            }
            let most = LONGEST * *usual.get_or_insert(length);
            let kept = (most / length).min(1.0);
            slopes.iter_mut().for_each(|s| *s *= kept);
            usual = usual.map(|mean: f64| 0.95 * mean + 0.05 * kept * length);
            optimiser.step(&recipe, &mut values, &slopes);
        }
        set_values(network, &values);
        sum / steps as f64
    }

    /// The bounds on gamma of every block's signs, which the charge is measured in; of a circuit the one for both.
    pub fn bounds(network: &Network) -> Vec<Vec<f64>> {
        network.blocks.iter().map(bounds).collect()
    }

    /// Gives the network these values but for its W, and returns the loss over some inputs and its derivatives by them;
    /// `noise` is the seed of what shots add.
    fn evaluate(
        &self,
        network: &mut Network,
        values: &[f64],
        inputs: &[Vec<f64>],
        bounds: &[Vec<f64>],
        noise: u64,
        slopes: &mut [f64],
    ) -> f64 {
        let slots = Slots::of_blocks(&network.blocks).blocks;
        let mut forms: Vec<Form> = network.blocks.iter().map(|block| block.form().clone()).collect();
        for ((form, block), slot) in forms.iter_mut().zip(&mut network.blocks).zip(&slots) {
            form.set_parameters(&values[slot.map.clone()]);
            block.bias_mut().copy_from_slice(&values[slot.bias.clone()]);
        }
        let searches: Vec<Box<dyn Search + '_>> = forms.par_iter().map(|form| form.search()).collect();
        let maps: Vec<&RealMatrix> = searches.iter().map(|search| search.map()).collect();
        let shares = output_shares(self.teacher, inputs).expect("the network to follow has a head");
        let columns: Vec<f64> = inputs.iter().flat_map(|x| normalise_input(x)).collect();
        let columns = RealMatrix::from_vec(network.input_dim(), inputs.len(), columns);
        let counted = searches.iter().filter(|_| self.shots.is_some());
        let variances: Vec<RealMatrix> =
            counted.map(|search| search.variance().expect("phases of every block are chosen")).collect();
        let sampling = self.shots.map(|shots| Sampling { variances: &variances, shots, seed: noise });
        let whole = map_gradient(network, &maps, &columns, Targets::Shares(&shares), sampling.as_ref());
        let count = inputs.len() as f64;
        let parts: Vec<(f64, Vec<f64>)> = searches
            .into_par_iter()
            .zip(&whole.blocks)
            .zip(bounds)
            .map(|((search, by), bounds)| {
                let (by_map, by_noise) = (&by.map / count, by.noise / count);
                search.slopes(&Demand { by_map: &by_map, by_noise, gamma_weight: self.gamma_weight, bounds })
            })
            .collect();
        for (((_, by_form), by), slot) in parts.iter().zip(&whole.blocks).zip(&slots) {
            slopes[slot.map.clone()].copy_from_slice(by_form);
            slopes[slot.bias.clone()].iter_mut().zip(&by.bias).for_each(|(slope, bias)| *slope = bias / count);
        }
        whole.loss / count + parts.iter().map(|(charge, _)| charge).sum::<f64>()
    }
}

/// Below which gamma of each sign of a block, or of both at once, cannot get; none where phases are still to be chosen.
fn bounds(block: &Block) -> Vec<f64> {
    match block.form().amplitudes() {
        Amplitudes::Free => vec![],
        Amplitudes::Scaled(signs) => signs.present().map(|(_, m)| gamma_bound(&m.map(|z| z.norm_sqr()))).collect(),
        Amplitudes::Exact { .. } => vec![joint_gamma_bound(block.weight())],
    }
}

/// Form and bias of every block, in a row, as [`Slots::of_blocks`] places them.
fn values_of(network: &Network) -> Vec<f64> {
    network.blocks.iter().flat_map(Block::parameters).collect()
}

/// Puts them back.
fn set_values(network: &mut Network, values: &[f64]) {
    let slots = Slots::of_blocks(&network.blocks).blocks;
    for (block, slot) in network.blocks.iter_mut().zip(slots) {
        block.set_parameters(&values[slot.map.start..slot.bias.end]);
    }
}

#[cfg(test)]
mod tests;
