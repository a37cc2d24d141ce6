//! All factors or circuits and biases together, against what the whole network said.

use super::circuit;
use super::factored::{charge_gamma, smooth_gamma, through_squares, variables, with_variables, write_slopes};
use super::states::{mixture, output_shares};
use crate::encoding::{gamma_bound, joint_gamma_bound};
use crate::linalg::{Matrix, RealMatrix};
use crate::network::{Block, Factor, Form, Network, Variational, VariationalRun, normalise_input};
use crate::random::stream;
use crate::training::{Optimiser, Recipe, Rule, Sampling, Targets, sampled_gradient};
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
    /// If a network has no head, a block neither factors nor a circuit, or sizes differ.
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
        let of_sign = |f: &Factor| gamma_bound(&f.amplitudes().map(|z| z.norm_sqr()));
        let of_block = |block: &Block| match &block.form {
            Form::Factors(factors) => factors.signs().map(of_sign).collect(),
            _ => vec![joint_gamma_bound(&block.affine.weight)],
        };
        network.blocks.iter().map(of_block).collect()
    }

    /// Gives the network these values, and returns the loss over some inputs and its derivatives by them; `noise` is the seed
    /// of what shots add.
    fn evaluate(
        &self,
        network: &mut Network,
        values: &[f64],
        inputs: &[Vec<f64>],
        bounds: &[Vec<f64>],
        noise: u64,
        slopes: &mut [f64],
    ) -> f64 {
        let circuits = place(network, values);
        let runs: Vec<Option<VariationalRun<'_>>> =
            circuits.par_iter().map(|circuit| circuit.as_ref().map(Variational::run)).collect();
        for (block, run) in network.blocks.iter_mut().zip(&runs) {
            if let Some(run) = run {
                block.affine.weight = run.weight();
            }
        }
        let shares = output_shares(self.teacher, inputs).expect("the network to follow has a head");
        let columns: Vec<f64> = inputs.iter().flat_map(|x| normalise_input(x)).collect();
        let columns = RealMatrix::from_vec(network.input_dim(), inputs.len(), columns);
        let variances: Vec<RealMatrix> = match self.shots {
            Some(_) => network.blocks.iter().zip(&runs).map(|(block, run)| variance(block, run.as_ref())).collect(),
            None => vec![],
        };
        let sampling = self.shots.map(|shots| Sampling { variances: &variances, shots, seed: noise });
        let whole = sampled_gradient(network, &columns, Targets::Shares(&shares), sampling.as_ref());
        let count = inputs.len() as f64;
        let projection = network.input.as_ref().and_then(|i| i.projection.as_ref());
        let mut at = projection.map_or(0, |p| p.weight.len() + p.bias.len());
        let mut by_block = vec![];
        for (k, block) in network.blocks.iter().enumerate() {
            let (n, size) = (block.affine.bias.len(), block.affine.weight.len());
            let of_weight = RealMatrix::from_column_slice(n, n, &whole.values[at..at + size]) / count;
            let of_bias = whole.values[at + size..at + size + n].iter().map(|b| b / count);
            let of_noise = whole.by_noise.get(k).map_or(0.0, |by_noise| by_noise / count);
            by_block.push((of_weight, of_bias.collect::<Vec<f64>>(), of_noise));
            at += size + n;
        }
        let parts: Vec<(f64, Vec<f64>)> = network
            .blocks
            .par_iter()
            .zip(runs)
            .zip(by_block)
            .zip(bounds)
            .map(|(((block, run), (of_weight, of_bias, of_noise)), bounds)| {
                let (charge, mut slopes) = match run {
                    Some(run) => {
                        let weight = &block.affine.weight;
                        let (charge, mut slopes) =
                            circuit::charged_slopes(run, weight, &of_weight, self.gamma_weight, bounds[0]);
                        // Noise of a circuit grows with γ.
                        slopes[0] += of_noise;
                        (charge, slopes)
                    }
                    None => self.factor_slopes(block, &of_weight, bounds),
                };
                slopes.extend(of_bias);
                (charge, slopes)
            })
            .collect();
        slopes.iter_mut().zip(parts.iter().flat_map(|(_, part)| part)).for_each(|(slope, part)| *slope = *part);
        whole.loss / count + parts.iter().map(|(charge, _)| charge).sum::<f64>()
    }

    /// The charge for gamma, and the derivatives of it all by the factors.
    fn factor_slopes(&self, block: &Block, of_weight: &RealMatrix, bounds: &[f64]) -> (f64, Vec<f64>) {
        let Some(factors) = block.factors() else { panic!("every block has factors or a circuit") };
        let signs = [factors.plus.as_ref().map(|f| (f, 1.0)), factors.minus.as_ref().map(|f| (f, -1.0))];
        let mut parts: Vec<(Matrix, Matrix)> = signs
            .into_iter()
            .flatten()
            .map(|(factor, sign)| through_squares(factor, &factor.amplitudes(), &(of_weight * sign)))
            .collect();
        let charge = charge_gamma(factors, self.gamma_weight, bounds, &mut parts);
        let mut slopes = vec![0.0; parts.iter().map(|(a, b)| 2 * (a.len() + b.len())).sum()];
        write_slopes(&parts, &mut slopes);
        (charge, slopes)
    }
}

/// What maps a state to the variance of one shot; gamma of factors by its smooth bound.
fn variance(block: &Block, run: Option<&VariationalRun<'_>>) -> RealMatrix {
    if let Some(run) = run {
        return run.variance();
    }
    let mut sum = RealMatrix::zeros(block.dim(), block.dim());
    for factor in block.factors().iter().flat_map(|factors| factors.signs()) {
        sum += factor.amplitudes().map(|z| z.norm_sqr()) * smooth_gamma(factor).0;
    }
    sum
}

/// Factors or circuit, and bias of every block, in a row.
fn values_of(network: &Network) -> Vec<f64> {
    let of_block = |b: &Block| {
        let form = match &b.form {
            Form::Factors(factors) => variables(factors),
            Form::Circuit(circuit) => circuit::values_of(circuit),
            _ => vec![],
        };
        form.into_iter().chain(b.affine.bias.iter().copied()).collect::<Vec<f64>>()
    };
    network.blocks.iter().flat_map(of_block).collect()
}

/// Puts them back, and W where it follows from factors; returns the circuits, whose W is still to be found.
fn place(network: &mut Network, values: &[f64]) -> Vec<Option<Variational>> {
    let mut at = 0;
    let mut next = |length: usize| {
        at += length;
        &values[at - length..at]
    };
    let mut circuits = vec![];
    for block in &mut network.blocks {
        let mut circuit = None;
        match &block.form {
            Form::Factors(factors) => {
                let length = factors.signs().map(|f| 2 * (f.left.len() + f.right.len())).sum();
                let factors = with_variables(factors, next(length));
                block.affine.weight = factors.weight();
                block.form = Form::Factors(factors);
            }
            Form::Circuit(old) => {
                let new = circuit::with_values(old, next(1 + old.angles().len()));
                circuit = Some(new.clone());
                block.form = Form::Circuit(new);
            }
            _ => {}
        }
        let n = block.affine.bias.len();
        block.affine.bias.copy_from_slice(next(n));
        circuits.push(circuit);
    }
    circuits
}

/// Puts values back, and every W.
fn set_values(network: &mut Network, values: &[f64]) {
    let circuits = place(network, values);
    for (block, circuit) in network.blocks.iter_mut().zip(circuits) {
        if let Some(circuit) = circuit {
            block.set_circuit(circuit);
        }
    }
}

#[cfg(test)]
mod tests;
