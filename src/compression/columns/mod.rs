//! Finetuning for columns: a network of circuits whose basis inputs are measured once, with a budget of executions.
//!
//! ```text
//!  stages with even shots        outputs of the original network, and true labels where there are some
//!  stages with allotted shots    its outputs alone; allotted anew before each stage
//! ```
//!
//! In every step W is drawn several times as the shots at hand would say it ([`noise`]); circuits, γ, biases and head go down
//! the mean cross-entropy together. W costs one pass of all basis inputs through the circuits, whatever the batch.

mod noise;
mod rehearsal;
mod step;

pub use rehearsal::{ColumnLabels, rehearse_columns};

use super::states::Mixing;
use super::variation::Variation;
use crate::linalg::RealMatrix;
use crate::network::{FirstStates, Network, Slots};
use crate::random::stream;
use crate::run::{Allotment, AllotmentError, ScoreVariance};
use crate::training::{Optimiser, Recipe, Rule, ShotMoments};
use noise::ColumnNoise;
use rand::RngExt;
use rayon::prelude::*;
use std::f64::consts::PI;

/// Steps of a stage.
const STEPS: u32 = 200;

/// Step size of angles at its largest; of everything else in its own unit.
const RATE: f64 = 0.01;

/// Steps until it is.
const WARM_UP: f64 = 50.0;

/// Step sizes of ln γ, of biases in units of what they are added to, and of the head in units of its entries, over that of
/// angles.
const OF_GAMMA: f64 = 0.5;
const OF_BIAS: f64 = 4.0;
const OF_HEAD: f64 = 2.0;

/// Rows that shots are allotted by.
const ROWS: usize = 500;

/// A network of circuits on its way to the outputs of another, with the noise that a budget of executions leaves.
#[derive(Clone, Copy, Debug)]
pub struct ColumnTuning<'a> {
    /// The network to follow; it has a head.
    pub teacher: &'a Network,
    /// Inputs of the kind that will be run.
    pub inputs: &'a [Vec<f64>],
    /// Their classes, where they are to count in the stages with even shots.
    pub labels: Option<&'a [usize]>,
    /// What they count for there, from 0 to 1.
    pub label_weight: f64,
    /// How inputs vary in the stages with allotted shots, where they are the states of the first block.
    pub variation: Option<Variation>,
    /// Executions in all, over all columns of all blocks.
    pub executions: u64,
    /// The share of shots that survive the machine's noise, above 0 and at most 1.
    pub survival: f64,
    /// Stages in all, of which two fifths have even shots.
    pub stages: u32,
    /// Seed of everything random.
    pub seed: u64,
}

/// How far a finetuning is.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnState {
    /// The network now.
    pub network: Network,
    /// Stages done.
    pub stages: u32,
    /// What the optimiser remembers of them.
    pub optimiser: Optimiser,
}

impl ColumnState {
    /// A finetuning that has not begun.
    pub fn new(network: Network) -> ColumnState {
        let optimiser = Optimiser::new(Rule::Adam, ColumnState::moving(&network));
        ColumnState { network, stages: 0, optimiser }
    }

    /// How many parameters of a network move: all but those of its projection.
    pub fn moving(network: &Network) -> usize {
        let slots = Slots::of(network);
        slots.count() - slots.projection.map_or(0, |slot| slot.bias.end)
    }
}

impl ColumnTuning<'_> {
    /// The next stage, in place; returns its mean loss. Same state, same bytes.
    ///
    /// # Errors
    /// If there are too few executions.
    ///
    /// # Panics
    /// If a network has no head, a block is no circuit, or sizes differ.
    pub fn stage(&self, state: &mut ColumnState) -> Result<f64, AllotmentError> {
        let even = 2 * self.stages / 5;
        let (number, first, last) = match state.stages {
            number if number < even => (number, 0, even),
            number => (number, even, self.stages.max(number + 1)),
        };
        if number == first {
            state.optimiser = Optimiser::new(Rule::Adam, state.optimiser.square.len());
        }
        let first_states = FirstStates::of(self.teacher, self.inputs).states;
        // From here on inputs are the states behind the projection, which stays as it is.
        let [teacher, mut moved] =
            [self.teacher, &state.network].map(|network| Network { input: None, ..network.clone() });
        let shots = self.shots(&moved, &first_states, number, number < even)?;
        let labels = self.labels.filter(|_| number < even && self.label_weight > 0.0);
        let variation = self.variation.filter(|_| number >= even);
        let label_weight = self.label_weight;
        let mixing = Mixing { teacher: &teacher, states: &first_states, labels, label_weight, variation };
        let task = step::Step { mixing: &mixing, shots: &shots, survival: self.survival };
        let mut values = moved.parameters();
        let rates = rates(&moved, &teacher, &first_states);
        let mut recipe = Recipe {
            rule: Rule::Adam,
            rate: RATE,
            weight_decay: 0.0,
            batch: 1,
            epochs: 1,
            fraction: 1.0,
            seed: self.seed,
        };
        let mut sum = 0.0;
        for k in 0..STEPS {
            let done = f64::from((number - first) * STEPS + k);
            let share = done / f64::from((last - first) * STEPS);
            recipe.rate = RATE * ((done + 1.0) / WARM_UP).min(1.0) * 0.5 * (1.0 + (PI * share).cos());
            let (loss, slopes) = task.evaluate(&mut moved, &values, self.seed, u64::from(number * STEPS + k));
            sum += loss;
            if slopes.iter().all(|slope| slope.is_finite()) {
                let before = values.clone();
                state.optimiser.step(&recipe, &mut values, &slopes);
                // Adam's steps do not ask how large a value is: each is as long as its rate says.
                let scaled = values.iter_mut().zip(before).zip(&rates);
                scaled.for_each(|((value, before), rate)| *value = before + rate * (*value - before));
            }
        }
        moved.set_parameters(&values);
        state.network = Network { input: state.network.input.clone(), ..moved };
        state.stages += 1;
        Ok(sum / f64::from(STEPS))
    }

    /// Shots of every column of every block.
    fn shots(
        &self,
        network: &Network,
        states: &RealMatrix,
        stage: u32,
        even: bool,
    ) -> Result<Vec<Vec<f64>>, AllotmentError> {
        let circuits: Vec<Vec<ShotMoments>> = network
            .blocks
            .par_iter()
            .map(|block| {
                let circuit = block.form().variational().expect("columns are those of circuits");
                vec![ColumnNoise::new(&circuit.run_in(), &vec![1.0; circuit.dim], self.survival).moments()]
            })
            .collect();
        let mut rng = stream(!self.seed, u64::from(stage));
        let rows: Vec<Vec<f64>> = (0..ROWS.min(states.ncols()))
            .map(|_| states.column(rng.random_range(0..states.ncols())).iter().copied().collect())
            .collect();
        let variance = ScoreVariance::of_moments(network, &circuits, &rows);
        let allotted =
            if even { Allotment::even(&variance, self.executions) } else { Allotment::by(&variance, self.executions) }?;
        Ok(allotted.shots.iter().map(|block| block.iter().map(|shots| *shots as f64).collect()).collect())
    }
}

/// How long a step of each parameter is, over that of angles; nothing moves a projection.
fn rates(network: &Network, teacher: &Network, states: &RealMatrix) -> Vec<f64> {
    let slots = Slots::of(network);
    let mut rates = vec![0.0; slots.count()];
    let entering = super::states::states_before(teacher, states);
    for ((slot, block), y) in slots.blocks.iter().zip(&teacher.blocks).zip(entering) {
        rates[slot.map.clone()].fill(1.0);
        rates[slot.map.start] = OF_GAMMA;
        let product = block.weight() * y;
        let unit = (product.norm_squared() / product.len() as f64).sqrt();
        rates[slot.bias.clone()].fill(OF_BIAS * unit);
    }
    if let (Some(slot), Some(head)) = (&slots.head, &teacher.head) {
        let unit = (head.weight.norm_squared() / head.weight.len() as f64).sqrt();
        rates[slot.map.start..slot.bias.end].fill(OF_HEAD * unit);
    }
    rates
}

#[cfg(test)]
mod tests;
