//! All factors and biases together, against what the whole network said.

use super::factored::{charge_gamma, through_squares, variables, with_variables, write_slopes};
use crate::encoding::gamma_bound;
use crate::linalg::{Matrix, RealMatrix, minimise};
use crate::network::{Factor, Form, Network};
use crate::training::{Targets, gradient};

/// Evaluations of one stage. A stage starts from nothing but the factors, so that a run that is stopped between two goes
/// on to the same bytes.
const STAGE: usize = 100;

/// A step that gains less than this share of the loss is a stage's last.
const GAIN: f64 = 1e-9;

/// A stage that gains less than this share of the loss is the last. Kinks of relu stop a search early; the next stage
/// often finds a way on.
const STAGE_GAIN: f64 = 2e-5;

/// A network with factors on its way to the outputs of another.
#[derive(Clone, Debug)]
pub struct Finetuning<'a> {
    /// Normalised inputs, a column a sample.
    pub inputs: &'a RealMatrix,
    /// The shares of classes that the other network gives them.
    pub shares: &'a RealMatrix,
    /// What gamma at the bound that it has at first adds to the mean cross-entropy, for each sign of each block.
    pub gamma_weight: f64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Mean cross-entropy and the charge for gamma.
    pub loss: f64,
    /// Evaluations that the stage took.
    pub evaluations: usize,
    /// Whether another stage would go further.
    pub more: bool,
}

impl Finetuning<'_> {
    /// One stage, in place.
    ///
    /// # Panics
    /// If the network has no head, a block without factors, or sizes differ.
    pub fn stage(&self, network: &mut Network, bounds: &[Vec<f64>]) -> Progress {
        let start = values_of(network);
        let mut work = network.clone();
        let before = self.evaluate(network, bounds, &mut vec![0.0; start.len()]);
        let found = minimise(
            |values, slopes| {
                set_values(&mut work, values);
                self.evaluate(&work, bounds, slopes)
            },
            start,
            STAGE,
            GAIN,
            |_| false,
        );
        set_values(network, &found.x);
        Progress { loss: found.value, evaluations: found.evaluations, more: before - found.value > STAGE_GAIN * before }
    }

    /// The bounds on gamma of every block's signs, which the charge is measured in.
    pub fn bounds(network: &Network) -> Vec<Vec<f64>> {
        let of_sign = |f: &Factor| gamma_bound(&f.amplitudes().map(|z| z.norm_sqr()));
        network.blocks.iter().map(|b| b.factors().iter().flat_map(|f| f.signs().map(of_sign)).collect()).collect()
    }

    /// The loss, and its derivatives where [`values_of`] has the values.
    fn evaluate(&self, network: &Network, bounds: &[Vec<f64>], slopes: &mut [f64]) -> f64 {
        let whole = gradient(network, self.inputs, Targets::Shares(self.shares));
        let count = self.inputs.ncols() as f64;
        let mut loss = whole.loss / count;
        let projection = network.input.as_ref().and_then(|i| i.projection.as_ref());
        let mut at = projection.map_or(0, |p| p.weight.len() + p.bias.len());
        let mut to = 0;
        for (block, bounds) in network.blocks.iter().zip(bounds) {
            let Some(factors) = block.factors() else { panic!("every block has factors") };
            let (n, size) = (block.affine.bias.len(), block.affine.weight.len());
            let of_weight = RealMatrix::from_column_slice(n, n, &whole.values[at..at + size]) / count;
            let of_bias = &whole.values[at + size..at + size + n];
            at += size + n;
            let signs = [factors.plus.as_ref().map(|f| (f, 1.0)), factors.minus.as_ref().map(|f| (f, -1.0))];
            let mut parts: Vec<(Matrix, Matrix)> = signs
                .into_iter()
                .flatten()
                .map(|(factor, sign)| through_squares(factor, &factor.amplitudes(), &(&of_weight * sign)))
                .collect();
            loss += charge_gamma(factors, self.gamma_weight, bounds, &mut parts);
            let length: usize = parts.iter().map(|(a, b)| 2 * (a.len() + b.len())).sum();
            write_slopes(&parts, &mut slopes[to..to + length]);
            slopes[to + length..to + length + n].iter_mut().zip(of_bias).for_each(|(s, b)| *s = b / count);
            to += length + n;
        }
        loss
    }
}

/// Factors and bias of every block, in a row.
fn values_of(network: &Network) -> Vec<f64> {
    let of_block = |b: &crate::network::Block| {
        let factors = b.factors().map_or(vec![], variables);
        factors.into_iter().chain(b.affine.bias.iter().copied()).collect::<Vec<f64>>()
    };
    network.blocks.iter().flat_map(of_block).collect()
}

/// Puts them back, and W where it follows.
fn set_values(network: &mut Network, values: &[f64]) {
    let mut at = 0;
    for block in &mut network.blocks {
        let Some(factors) = block.factors() else { continue };
        let length: usize = factors.signs().map(|f| 2 * (f.left.len() + f.right.len())).sum();
        let factors = with_variables(factors, &values[at..at + length]);
        block.affine.weight = factors.weight();
        block.form = Form::Factors(factors);
        at += length;
        let n = block.affine.bias.len();
        block.affine.bias.copy_from_slice(&values[at..at + n]);
        at += n;
    }
}

#[cfg(test)]
mod tests;
