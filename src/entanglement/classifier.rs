//! What stands behind the blocks of unitaries: 4 x 4 blocks and a head, trained by Adam on the weighted cross-entropy
//! (S39); and the same for all blocks at once.

use super::states::{LabelledState, coordinates_of};
use crate::linalg::{Complex, Matrix, RealMatrix, coordinates};
use crate::network::{Activation, Block, Network};
use crate::random::{Rng, stream};
use crate::training::{Architecture, Optimiser, Recipe, Rule, TrainingSet, TrainingState, initial_network};
use rand::RngExt;
use std::f64::consts::{PI, TAU};

/// Samples a step.
const BATCH: usize = 100;

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Passes through the states.
    pub epochs: u32,
    /// Adam's step size at first; it falls to nothing along half a cosine.
    pub rate: f64,
}

/// `count` 4 x 4 blocks and a head that tells class 1, entangled, from class 0, trained on points of the simplex, a column
/// each. Returns the network and its last epoch's loss.
pub fn train_classifier(
    points: &RealMatrix,
    entangled: &[bool],
    count: usize,
    course: Course,
    seed: u64,
) -> (Network, f64) {
    let shape = Architecture { inputs: 4, dim: 4, blocks: count, classes: 2, alpha: 0.5, activation: Activation::Relu };
    let network = Network { input: None, ..initial_network("entanglement", &shape, seed) };
    let set = weighted(points.clone(), entangled);
    follow(network, course, seed, |_| set.clone())
}

/// Puts blocks before those of a classifier.
pub fn behind(blocks: &[Block], classifier: &Network) -> Network {
    let blocks = blocks.iter().chain(&classifier.blocks).cloned().collect();
    Network { blocks, expect: None, ..classifier.clone() }
}

/// Trains all of a network's parameters together. In every epoch each state comes as a random other one that is as
/// entangled, so that few states say where the border is. Returns the network and its last epoch's loss.
pub fn finetune(network: &Network, states: &[LabelledState], course: Course, seed: u64) -> (Network, f64) {
    let (_, entangled) = coordinates_of(states);
    follow(network.clone(), course, seed, |epoch| {
        // Streams from 1 on are the order of samples.
        let mut rng = stream(!seed, epoch.into());
        weighted(turned(states, &mut rng), &entangled)
    })
}

/// Coordinates of the states after random phases and flips of either qubit and an exchange of the two: local unitaries,
/// which leave every family what it is and cannot entangle.
fn turned(states: &[LabelledState], rng: &mut Rng) -> RealMatrix {
    let mut turn = |rho: &Matrix| {
        let (low, high) = (rng.random_range(0.0..TAU), rng.random_range(0.0..TAU));
        let phases = [0.0, low, high, low + high];
        let (flips, exchanged) = (rng.random_range(0..4), rng.random_bool(0.5));
        let from = |i: usize| {
            let i: usize = i ^ flips;
            if exchanged { i >> 1 | (i & 1) << 1 } else { i }
        };
        let entry = |i, j| rho[(from(i), from(j))] * Complex::from_polar(1.0, phases[i] - phases[j]);
        coordinates(&Matrix::from_fn(4, 4, entry))
    };
    let columns: Vec<f64> = states.iter().flat_map(|s| turn(&s.rho)).collect();
    RealMatrix::from_vec(16, states.len(), columns)
}

/// The few entangled states count as much in all as the many separable ones.
fn weighted(points: RealMatrix, entangled: &[bool]) -> TrainingSet {
    let count = entangled.iter().filter(|e| **e).count().max(1);
    let weight = (entangled.len() - count) as f64 / count as f64;
    TrainingSet::of_states(points, entangled.iter().map(|e| usize::from(*e)).collect(), vec![1.0, weight])
}

fn follow(network: Network, course: Course, seed: u64, set: impl Fn(u32) -> TrainingSet) -> (Network, f64) {
    let Course { epochs, rate } = course;
    let recipe = Recipe { rule: Rule::Adam, rate, weight_decay: 0.0, batch: BATCH, epochs, fraction: 1.0, seed };
    let optimiser = Optimiser::new(recipe.rule, network.parameters().len());
    let mut state = TrainingState { epoch: 0, network, optimiser, records: vec![], data: None };
    let mut loss = f64::INFINITY;
    while state.epoch < epochs {
        let done = f64::from(state.epoch) / f64::from(epochs);
        let falling = Recipe { rate: rate * (1.0 + (PI * done).cos()) / 2.0, ..recipe.clone() };
        let set = set(state.epoch);
        loss = state.advance(&set, &falling).loss;
    }
    (state.network, loss)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entanglement::{Sizes, concurrence, draw_states};
    use crate::linalg::hermitian;
    use crate::random::rng;
    use approx::assert_abs_diff_eq;

    #[test]
    fn turned_states_are_as_entangled() {
        let states = draw_states(Sizes { werner: 30, separable: 10, adversarial: 10 }, 4, 0);
        let turned = turned(&states, &mut rng(2));
        for (state, column) in states.iter().zip(turned.column_iter()) {
            let other = hermitian(column.as_slice());
            assert_abs_diff_eq!(concurrence(&other), concurrence(&state.rho), epsilon = 1e-7);
            assert!((other.trace() - Complex::ONE).norm() < 1e-14);
        }
    }
}
