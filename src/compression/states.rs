//! What a network does with data: the states that enter its blocks, and what its head says.

use super::variation::Variation;
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
    states_before(network, &FirstStates::of(network, inputs).states)
}

/// The same from the states that enter the first block.
///
/// # Panics
/// If they have not its dimension.
pub(super) fn states_before(network: &Network, first: &RealMatrix) -> Vec<RealMatrix> {
    let (mut states, mut all) = (first.clone(), vec![]);
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
    shares_behind(network, &FirstStates::of(network, inputs).states)
}

/// The same for the states that enter the first block.
///
/// # Panics
/// If they have not its dimension.
fn shares_behind(network: &Network, first: &RealMatrix) -> Option<RealMatrix> {
    let head = network.head.as_ref()?;
    let last = run_classically(network, first).states;
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

/// States to learn from, and what a network says of them.
pub(super) struct Mixing<'a> {
    /// The network, without a projection; it has a head.
    pub teacher: &'a Network,
    /// States before its first block, a column a sample.
    pub states: &'a RealMatrix,
    /// Their classes, where they are to count.
    pub labels: Option<&'a [usize]>,
    /// What they count for against the network's own outputs.
    pub label_weight: f64,
    /// How states vary, where they are images.
    pub variation: Option<Variation>,
}

impl Mixing<'_> {
    /// New states, half of them samples as they are, half mixtures of two samples in any proportion, and the shares of
    /// classes that they should have, a column each.
    ///
    /// # Panics
    /// If there are no states, or the network has no head.
    pub fn batch(&self, count: usize, rng: &mut Rng) -> (RealMatrix, RealMatrix) {
        let (dim, samples) = self.states.shape();
        let mut picked = vec![];
        for k in 0..count {
            let (a, b) = (rng.random_range(0..samples), rng.random_range(0..samples));
            let lead = if k % 2 == 0 { 1.0 } else { rng.random_range(0.0..1.0) };
            picked.push((a, b, lead));
        }
        let mixed = |n: usize, k: usize| {
            let (a, b, lead) = picked[k];
            lead * self.states[(n, a)] + (1.0 - lead) * self.states[(n, b)]
        };
        let mut states = RealMatrix::from_fn(dim, count, mixed);
        if let Some(variation) = self.variation {
            states.column_iter_mut().for_each(|mut state| variation.vary(state.as_mut_slice(), rng));
        }
        let mut shares = shares_behind(self.teacher, &states).expect("the network to follow has a head");
        if let Some(labels) = self.labels {
            shares *= 1.0 - self.label_weight;
            for (mut share, (a, b, lead)) in shares.column_iter_mut().zip(picked) {
                share[labels[a]] += self.label_weight * lead;
                share[labels[b]] += self.label_weight * (1.0 - lead);
            }
        }
        (states, shares)
    }
}
