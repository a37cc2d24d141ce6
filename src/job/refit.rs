//! Biases and head put to a W as it was measured, on training rows alone (docs/method.md, section 18).

use crate::compression::{block_states, mixture, output_shares};
use crate::linalg::RealMatrix;
use crate::network::{Network, normalise_input};
use crate::random::{Rng, stream};
use crate::training::{Optimiser, Recipe, Rule, Targets, map_gradient};
use rand::RngExt;

/// Steps of Adam, and inputs in each: half of them rows, half mixtures of two.
const STEPS: u32 = 400;
const BATCH: usize = 128;

/// The largest step of a bias, as a share of what W y + b is like, and of a weight or bias of the head, as a share of what its weights are like.
const RATES: (f64, f64) = (0.01, 0.02);

/// The network with these maps in place of its W, and biases and head as they suit them best: cross-entropy of its outputs to those of `teacher`, whose
/// labels nobody needs to know, over inputs of the kind that it was trained on. The same seed gives the same network.
///
/// # Panics
/// If a network has no head, there are no inputs, or sizes differ.
pub fn refitted(network: &Network, teacher: &Network, maps: &[&RealMatrix], inputs: &[Vec<f64>], seed: u64) -> Network {
    let units = units_of(network, inputs);
    let mut network = network.clone();
    let start = values_of(&network);
    assert_eq!(units.len(), start.len(), "a unit for every number that moves");
    let mut moved = vec![0.0; start.len()];
    let mut recipe =
        Recipe { rule: Rule::Adam, rate: 1.0, weight_decay: 0.0, batch: BATCH, epochs: 1, fraction: 1.0, seed };
    let mut optimiser = Optimiser::new(recipe.rule, moved.len());
    for step in 0..STEPS {
        let mut rng = stream(seed, u64::from(step));
        let batch: Vec<Vec<f64>> = (0..BATCH).map(|i| drawn(i, inputs, &mut rng)).collect();
        let shares = output_shares(teacher, &batch).expect("the network to follow has a head");
        let columns: Vec<f64> = batch.iter().flat_map(|x| normalise_input(x)).collect();
        let columns = RealMatrix::from_vec(network.input_dim(), BATCH, columns);
        let whole = map_gradient(&network, maps, &columns, Targets::Shares(&shares), None);
        let of_head = whole.head.map.iter().chain(&whole.head.bias);
        let slopes = whole.blocks.iter().flat_map(|by| &by.bias).chain(of_head);
        let slopes: Vec<f64> = slopes.zip(&units).map(|(slope, unit)| slope * unit / BATCH as f64).collect();
        recipe.rate = 0.5 * (1.0 + (std::f64::consts::PI * f64::from(step) / f64::from(STEPS)).cos());
        optimiser.step(&recipe, &mut moved, &slopes);
        let values: Vec<f64> = start.iter().zip(&moved).zip(&units).map(|((v, m), unit)| v + unit * m).collect();
        set_values(&mut network, &values);
    }
    for (block, map) in network.blocks.iter_mut().zip(maps) {
        block.set_form((*map).clone());
    }
    network.expect = None;
    network
}

/// A row, or a mixture of two.
fn drawn(i: usize, inputs: &[Vec<f64>], rng: &mut Rng) -> Vec<f64> {
    if i.is_multiple_of(2) { inputs[rng.random_range(0..inputs.len())].clone() } else { mixture(inputs, rng) }
}

/// How far Adam moves each number at first.
fn units_of(network: &Network, inputs: &[Vec<f64>]) -> Vec<f64> {
    let rms = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0), |(sum, count), v| (sum + v * v, count + 1));
        (sum / f64::from(count.max(1))).sqrt().max(f64::MIN_POSITIVE)
    };
    // A few rows tell what W y + b is like.
    let some = &inputs[..inputs.len().min(BATCH)];
    let states = block_states(network, some);
    let mut units = vec![];
    for (block, y) in network.blocks.iter().zip(&states) {
        let mut entries = y.column_iter().flat_map(|y| block.linear(y.as_slice()));
        let unit = RATES.0 * rms(&mut entries);
        units.extend(std::iter::repeat_n(unit, block.bias().len()));
    }
    let head = network.head.as_ref().expect("a network with a head");
    let unit = RATES.1 * rms(&mut head.weight.iter().copied());
    units.extend(std::iter::repeat_n(unit, head.weight.len() + head.bias.len()));
    units
}

/// The biases of all blocks, then the head.
fn values_of(network: &Network) -> Vec<f64> {
    let head = network.head.as_ref().expect("a network with a head");
    let biases = network.blocks.iter().flat_map(|block| block.bias().to_vec());
    biases.chain(head.weight.iter().copied()).chain(head.bias.iter().copied()).collect()
}

/// Puts them back.
fn set_values(network: &mut Network, values: &[f64]) {
    let mut rest = values;
    let mut take = |into: &mut [f64]| {
        let (first, others) = rest.split_at(into.len());
        into.copy_from_slice(first);
        rest = others;
    };
    network.blocks.iter_mut().for_each(|block| take(block.bias_mut()));
    let head = network.head.as_mut().expect("a network with a head");
    take(head.weight.as_mut_slice());
    take(&mut head.bias);
}
