//! Many states through all blocks at once: the one loop over blocks that everything runs which has more than one sample.
//!
//! A state is a column: N probabilities where it is diagonal, or the N² coordinates of a density matrix
//! ([`crate::linalg::coordinates`]), of which every block replaces the first N and scales the others by α.

use super::{Affine, Block, Network, largest};
use crate::linalg::RealMatrix;
use crate::random::{Rng, stream};
use rayon::prelude::*;
use std::borrow::Cow;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change a rounding.
const AT_ONCE: usize = 64;

/// What enters the first block.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstStates {
    /// A state of the simplex in each column.
    pub states: RealMatrix,
    /// Projections all of whose units were dead.
    pub dead: usize,
}

/// A layer all of whose units are dead for some samples: what it was told of them is lost there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLayer {
    /// Its block, from 0; `None` is the projection.
    pub block: Option<usize>,
    /// For how many samples.
    pub samples: usize,
}

impl FirstStates {
    /// Normalises and projects inputs (S25).
    ///
    /// # Panics
    /// If there are none, or one has not [`Network::input_dim`] entries.
    pub fn of(network: &Network, inputs: &[Vec<f64>]) -> FirstStates {
        FirstStates::of_many(inputs, |x| network.first_state(x))
    }

    /// States as they are: density matrices by their coordinates.
    ///
    /// # Panics
    /// If there are none.
    pub fn given(states: &[Vec<f64>]) -> FirstStates {
        FirstStates::of_many(states, |x| (x.to_vec(), false))
    }

    fn of_many(inputs: &[Vec<f64>], state: impl Fn(&[f64]) -> (Vec<f64>, bool) + Sync) -> FirstStates {
        assert!(!inputs.is_empty(), "there is something to run");
        let first: Vec<(Vec<f64>, bool)> = inputs.par_iter().map(|x| state(x)).collect();
        let dead = first.iter().filter(|(_, dead)| *dead).count();
        let columns: Vec<f64> = first.into_iter().flat_map(|(state, _)| state).collect();
        FirstStates { states: RealMatrix::from_vec(columns.len() / inputs.len(), inputs.len(), columns), dead }
    }
}

/// What a network made of its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The class of each sample; empty without a head.
    pub labels: Vec<usize>,
    /// The last state of each sample, a column each.
    pub states: RealMatrix,
    /// How often all units of a block were dead, so that h was uniform.
    pub dead: usize,
    /// The same block by block.
    pub dead_blocks: Vec<usize>,
    /// How often a sign's shots were all rejected: nothing was learned of it.
    pub empty: usize,
}

/// The network itself: W of blocks given by weights, which see diagonals only, and the probabilities of unitaries.
///
/// # Panics
/// If the states have not the blocks' dimension.
pub fn run_classically(network: &Network, first: &RealMatrix) -> Outcome {
    let maps: Vec<Cow<'_, RealMatrix>> = network.blocks.iter().map(|block| block.form().map()).collect();
    run_batch(network, first, 0, |block, y, _| (seen(&maps[block], y), 0))
}

/// The first layer all of whose units are dead for more than half of the samples, whose classes it cannot tell apart then.
///
/// # Panics
/// If the states have not the blocks' dimension.
pub fn dead_layer(network: &Network, first: &FirstStates) -> Option<DeadLayer> {
    let most = |samples: usize| 2 * samples > first.states.ncols();
    if most(first.dead) {
        return Some(DeadLayer { block: None, samples: first.dead });
    }
    let dead = run_classically(network, &first.states).dead_blocks;
    dead.iter().position(|samples| most(*samples)).map(|k| DeadLayer { block: Some(k), samples: dead[k] })
}

/// Runs chunks of samples on all cores. `multiply` gives W y for a block's number and states, and how many signs
/// stayed without a count; it may draw from a stream a sample, made of the seed and the sample's number.
///
/// # Panics
/// If the states have not the blocks' dimension.
pub(crate) fn run_batch(
    network: &Network,
    first: &RealMatrix,
    seed: u64,
    multiply: impl Fn(usize, &RealMatrix, &mut [Rng]) -> (RealMatrix, usize) + Sync,
) -> Outcome {
    let (rows, count) = first.shape();
    let dim = network.blocks[0].dim();
    assert!(rows == dim || rows == dim * dim, "states have the blocks' dimension");
    let starts: Vec<usize> = (0..count).step_by(AT_ONCE).collect();
    let chunks: Vec<Outcome> = starts
        .into_par_iter()
        .map(|start| {
            let width = AT_ONCE.min(count - start);
            let mut states = first.columns(start, width).into_owned();
            let mut streams: Vec<Rng> = (start..start + width).map(|i| stream(seed, i as u64)).collect();
            let (mut dead_blocks, mut empty) = (vec![], 0);
            for (k, block) in network.blocks.iter().enumerate() {
                if network.measures_before(k) {
                    states.rows_mut(dim, rows - dim).fill(0.0);
                }
                let (product, unseen) = multiply(k, &states, &mut streams);
                dead_blocks.push(advance(block, &mut states, &product));
                empty += unseen;
            }
            let labels = network.head.as_ref().map_or(vec![], |head| labels(head, &states));
            Outcome { labels, states, dead: dead_blocks.iter().sum(), dead_blocks, empty }
        })
        .collect();
    let dead_blocks = vec![0; network.blocks.len()];
    let mut whole = Outcome { labels: vec![], states: RealMatrix::zeros(0, 0), dead: 0, dead_blocks, empty: 0 };
    let mut columns = Vec::with_capacity(rows * count);
    for chunk in chunks {
        whole.labels.extend(chunk.labels);
        columns.extend_from_slice(chunk.states.as_slice());
        whole.dead += chunk.dead;
        whole.dead_blocks.iter_mut().zip(chunk.dead_blocks).for_each(|(whole, chunk)| *whole += chunk);
        whole.empty += chunk.empty;
    }
    whole.states = RealMatrix::from_vec(rows, count, columns);
    whole
}

/// What a map says of the entries it has columns for; entries that states lack are zero.
pub(crate) fn seen(map: &RealMatrix, states: &RealMatrix) -> RealMatrix {
    if map.ncols() == states.nrows() {
        return map * states;
    }
    let common = map.ncols().min(states.nrows());
    map.columns(0, common) * states.rows(0, common)
}

/// `y' = α y + (1 - α) F(W y + b)` for every column; returns how many had only dead units.
fn advance(block: &Block, states: &mut RealMatrix, product: &RealMatrix) -> usize {
    let (dim, rows) = (states.nrows(), product.nrows());
    let mut dead = 0;
    let mut z = vec![0.0; rows];
    for (y, wy) in states.as_mut_slice().chunks_exact_mut(dim).zip(product.as_slice().chunks_exact(rows)) {
        z.iter_mut().zip(wy.iter().zip(block.bias())).for_each(|(z, (w, b))| *z = w + b);
        dead += usize::from(block.mix(y, &mut z));
    }
    dead
}

/// The index of the largest score of each column, the first of equals.
fn labels(head: &Affine, states: &RealMatrix) -> Vec<usize> {
    let scores = seen(&head.weight, states);
    let label = |column: nalgebra::DVectorView<'_, f64>| {
        let scores: Vec<f64> = column.iter().zip(&head.bias).map(|(s, b)| s + b).collect();
        largest(&scores).expect("a head has at least one class")
    };
    scores.column_iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_bytes;

    #[test]
    fn the_first_layer_that_loses_most_samples_is_named() {
        let blocks = |first: &str, second: &str| {
            let block = |bias: &str| format!(r#"{{"weight": [[1, 0], [0, 1]], "bias": {bias}}}"#);
            format!(r#"{{"format": "hqrn-weights", "version": 1, "blocks": [{}, {}]}}"#, block(first), block(second))
        };
        let projected = |text: String| {
            let input =
                r#""input": {"dim": 2, "projection": {"weight": [[-1, 0], [-1, 0]], "bias": [0.5, 0.5]}}, "blocks""#;
            text.replace("\"blocks\"", input)
        };
        let inputs = [[1.0, 0.0], [0.9, 0.1], [0.2, 0.8], [0.8, 0.2]].map(Vec::from);
        let found = |text: String, inputs: &[Vec<f64>]| {
            let network = read_bytes(text.as_bytes(), "n").unwrap();
            dead_layer(&network, &FirstStates::of(&network, inputs))
        };
        // The second block sees half of the first entry above 0.75, 0.625 and so on.
        for (text, few, dead) in [
            (blocks("[-1, -1]", "[0, 0]"), 4, Some((Some(0), 4))),
            (blocks("[0, 0]", "[-0.85, -1]"), 4, None),
            (blocks("[0, 0]", "[-0.85, -1]"), 3, None),
            (blocks("[0, 0]", "[-0.95, -1]"), 4, Some((Some(1), 3))),
            (projected(blocks("[0, 0]", "[0, 0]")), 4, Some((None, 3))),
            (projected(blocks("[0, 0]", "[0, 0]")), 1, Some((None, 1))),
            (blocks("[0, 0]", "[0, 0]"), 4, None),
        ] {
            let expected = dead.map(|(block, samples)| DeadLayer { block, samples });
            assert_eq!(found(text.clone(), &inputs[..few]), expected, "{text}");
        }
    }
}
