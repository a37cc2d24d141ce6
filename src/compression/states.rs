//! What a network does with data: the states that enter its blocks, and what its head says.

use crate::linalg::RealMatrix;
use crate::network::{FirstStates, Network, largest, normalise_input, run_classically};
use crate::random::Rng;
use rand::RngExt;

/// `λ x + (1 - λ) x'` for a random pair of inputs, each normalised first, λ uniform in [1/2, 1]: a state of the kind that a
/// network meets, for which it says itself what it would answer.
///
/// # Panics
/// If there are no inputs.
pub fn mixture(inputs: &[Vec<f64>], rng: &mut Rng) -> Vec<f64> {
    let mut pick = || normalise_input(&inputs[rng.random_range(0..inputs.len())]);
    let (a, b) = (pick(), pick());
    let lead: f64 = rng.random_range(0.5..1.0);
    a.iter().zip(b).map(|(a, b)| lead * a + (1.0 - lead) * b).collect()
}

/// The states that enter each block, a column a sample, and those that leave the last one.
///
/// # Panics
/// If there are no samples, or they do not fit.
pub fn block_states(network: &Network, inputs: &[Vec<f64>]) -> Vec<RealMatrix> {
    let mut states = FirstStates::of(network, inputs).states;
    let mut all = vec![];
    for block in &network.blocks {
        let single =
            Network { name: String::new(), input: None, blocks: vec![block.clone()], head: None, expect: None };
        let next = run_classically(&single, &states).states;
        all.push(std::mem::replace(&mut states, next));
    }
    all.push(states);
    all
}

/// The class that a network names for each input, by its head.
///
/// # Panics
/// As [`block_states`].
pub fn labels_of(network: &Network, inputs: &[Vec<f64>]) -> Vec<usize> {
    run_classically(network, &FirstStates::of(network, inputs).states).labels
}

/// The shares of classes that a network's head gives, `softmax(scores)`, a column a sample; nothing without a head.
///
/// # Panics
/// As [`block_states`].
pub fn output_shares(network: &Network, inputs: &[Vec<f64>]) -> Option<RealMatrix> {
    let head = network.head.as_ref()?;
    let last = run_classically(network, &FirstStates::of(network, inputs).states).states;
    let mut scores = &head.weight * last;
    for mut column in scores.column_iter_mut() {
        column.iter_mut().zip(&head.bias).for_each(|(s, b)| *s += b);
        let top = column.as_slice()[largest(column.as_slice()).unwrap_or(0)];
        column.apply(|s| *s = (*s - top).exp());
        let sum = column.sum();
        column /= sum;
    }
    Some(scores)
}
