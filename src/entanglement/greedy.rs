//! Blocks of two-qubit unitaries, trained one after the other to tell entangled states from separable ones.

use super::separation::separation;
use crate::linalg::RealMatrix;
use crate::network::{Block, Demand, Unitaries};
use crate::optimisation::minimise;
use crate::random::stream;
use crate::signs::Signs;
use crate::training::Layer;
use rand::RngExt;
use rayon::prelude::*;
use std::f64::consts::PI;

/// A step that gains less than this share of the loss is a search's last.
const GAIN: f64 = 1e-9;

/// How a block is trained.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Greedy {
    /// Random first parameters to try.
    pub starts: usize,
    /// Evaluations a search takes at most.
    pub steps: usize,
    /// Seed of the first parameters.
    pub seed: u64,
}

/// Trains block `number` (from 1) on the states that the blocks before it leave, coordinates of density matrices in
/// columns; returns the block with the lowest loss (S38) of all starts, and that loss.
///
/// # Panics
/// As [`separation`].
pub fn greedy_block(states: &RealMatrix, entangled: &[bool], number: usize, recipe: &Greedy) -> (Block, f64) {
    let search = |start: usize| {
        let mut block = random_block(recipe.seed, (number * recipe.starts + start) as u64);
        let mut work = block.clone();
        let found = minimise(
            |values, slopes| {
                work.set_parameters(values);
                evaluate(&work, states, entangled, slopes)
            },
            block.parameters(),
            recipe.steps,
            GAIN,
            |_| false,
        );
        block.set_parameters(&found.x);
        let after = advance(&block, states);
        let total = separation(&after.rows(0, 4).into_owned(), entangled).total();
        (block, total)
    };
    let found: Vec<(Block, f64)> = (0..recipe.starts).into_par_iter().map(search).collect();
    found.into_iter().reduce(|best, next| if next.1 < best.1 { next } else { best }).expect("at least one start")
}

/// The states after a block: `ρ' = α ρ + (1 - α) Σ_n h_n |n><n|`.
pub fn advance(block: &Block, states: &RealMatrix) -> RealMatrix {
    Layer::forward(&block.form().map(), block.bias(), block.activation, states.clone(), None).mixed(block.alpha)
}

fn random_block(seed: u64, index: u64) -> Block {
    let mut rng = stream(seed, index);
    let mut angles = || std::array::from_fn(|_| rng.random_range(-PI..PI));
    let angles = Signs { plus: angles(), minus: angles() };
    // A bias near 1/4 lets most units live at first.
    let bias = (0..4).map(|_| rng.random_range(0.0..0.5)).collect();
    Block::new(Unitaries { angles, gamma: rng.random_range(0.5..2.0) }).with_bias(bias)
}

/// The smooth part of the loss after the block, and its derivatives by the block's parameters.
fn evaluate(block: &Block, states: &RealMatrix, entangled: &[bool], slopes: &mut [f64]) -> f64 {
    let search = block.form().search();
    let layer = Layer::forward(search.map(), block.bias(), block.activation, states.clone(), None);
    let loss = separation(&layer.mixed(block.alpha).rows(0, 4).into_owned(), entangled);
    let dz = layer.backward(&(&loss.slopes * (1.0 - block.alpha)));
    let (_, by_form) = search.slopes(&Demand::of_map(&(&dz * states.transpose())));
    let by_bias = dz.row_iter().map(|row| row.sum());
    slopes.iter_mut().zip(by_form.into_iter().chain(by_bias)).for_each(|(to, from)| *to = from);
    loss.smooth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entanglement::{Sizes, coordinates_of, draw_states};

    #[test]
    fn slopes_agree_with_finite_differences() {
        let drawn = draw_states(Sizes { werner: 30, separable: 10, adversarial: 10 }, 3, 0);
        let (states, entangled) = coordinates_of(&drawn);
        let block = random_block(1, 5);
        let at = block.parameters();
        let mut slopes = vec![0.0; at.len()];
        evaluate(&block, &states, &entangled, &mut slopes);
        for j in 0..at.len() {
            let moved = |by: f64| {
                let (mut block, mut values) = (block.clone(), at.clone());
                values[j] += by;
                block.set_parameters(&values);
                evaluate(&block, &states, &entangled, &mut vec![0.0; at.len()])
            };
            let numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slopes[j] - numeric).abs() < 1e-6 * (1.0 + numeric.abs()), "{j}: {} {numeric}", slopes[j]);
        }
    }
}
