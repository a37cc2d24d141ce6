//! What the noise of shots does to scores: first derivatives of all scores by every entry of every W, squared and averaged.

use super::gradient::Layer;
use crate::linalg::RealMatrix;
use crate::network::{Network, seen};
use nalgebra::DVectorView;
use rayon::prelude::*;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 64;

/// What one shot of one circuit adds to the columns of a block's W: a shot from basis state m adds to one entry of column m
/// at most, and where it ends decides to which and how much.
#[derive(Clone, Debug, PartialEq)]
pub struct ShotMoments {
    /// Its mean, N x N: the part of W that the circuit computes.
    pub mean: RealMatrix,
    /// The mean of its square, entry by entry, N x N.
    pub square: RealMatrix,
}

/// The variance that a single shot a column leaves in the scores: one number for each block and column,
/// `v_bm = E_y w_y Σ_c y_m² (Σ_n J_cn² q_nm - (Σ_n J_cn d_nm)²)`, summed over the circuits of the block.
///
/// d and q are [`ShotMoments`], J is the derivative of score c by entry n of `W y + b` in that block, the scores of all
/// classes centred to a sum of zero (what is common to all changes no label), and E the mean over the samples. A sample weighs
/// `w_y = 1 / (1 + (s₁ - s₂)²)`, s₁ and s₂ being its two largest scores: where one class is far ahead, no noise changes the label.
/// It is exact to first order in the noise: with S shots for column m of block b, the scores' weighted variance is the sum
/// of all `v_bm / S_bm`. A network without a head has its last state for scores, and all samples weigh 1.
///
/// `first` has the states before the first block, a column a sample.
///
/// # Panics
/// If there are no samples, or they or the moments do not fit.
pub fn score_variances(network: &Network, first: &RealMatrix, circuits: &[Vec<ShotMoments>]) -> Vec<Vec<f64>> {
    assert_eq!(circuits.len(), network.blocks.len(), "the circuits of every block");
    assert!(first.ncols() > 0, "a mean is over samples");
    let starts: Vec<usize> = (0..first.ncols()).step_by(AT_ONCE).collect();
    let parts: Vec<Vec<Vec<f64>>> = starts
        .into_par_iter()
        .map(|start| of_chunk(network, first.columns(start, AT_ONCE.min(first.ncols() - start)).into_owned(), circuits))
        .collect();
    let add = |mut sum: Vec<Vec<f64>>, part: Vec<Vec<f64>>| {
        sum.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(sum, part)| *sum += part);
        sum
    };
    let mut sums = parts.into_iter().reduce(add).expect("there are samples");
    // Rounding may leave less than nothing where all shots end alike.
    sums.iter_mut().flatten().for_each(|v| *v = v.max(0.0) / first.ncols() as f64);
    sums
}

/// The sums over a few samples.
fn of_chunk(network: &Network, first: RealMatrix, circuits: &[Vec<ShotMoments>]) -> Vec<Vec<f64>> {
    let (samples, mut y) = (first.ncols(), first);
    let mut layers = vec![];
    for block in &network.blocks {
        let layer = Layer::forward(block.weight(), block.bias(), block.activation, y, None);
        y = layer.mixed(block.alpha);
        layers.push(layer);
    }
    let scores = centred_scores(network, y.nrows());
    let widths = network.blocks.iter().map(|block| block.weight().ncols());
    let mut sums: Vec<RealMatrix> = widths.map(|width| RealMatrix::zeros(width, samples)).collect();
    for class in 0..scores.nrows() {
        let mut dy = RealMatrix::from_fn(y.nrows(), samples, |n, _| scores[(class, n)]);
        for (k, (block, layer)) in network.blocks.iter().zip(&layers).enumerate().rev() {
            let weight = block.weight();
            let dz = layer.backward(&(dy.rows(0, weight.nrows()) * (1.0 - block.alpha)));
            let squared = dz.component_mul(&dz);
            for circuit in &circuits[k] {
                sums[k] += circuit.square.tr_mul(&squared);
                sums[k] -= circuit.mean.tr_mul(&dz).map(|along| along * along);
            }
            dy *= block.alpha;
            let seen = weight.ncols().min(dy.nrows());
            let mut into = dy.rows_mut(0, seen);
            into += weight.columns(0, seen).tr_mul(&dz);
        }
    }
    let weights = label_weights(network, &y);
    let weighted = |(sums, layer): (RealMatrix, &Layer)| {
        let by_mass = |m: usize| (0..samples).map(|i| weights[i] * layer.input[(m, i)].powi(2) * sums[(m, i)]).sum();
        (0..sums.nrows()).map(|m| if m < layer.input.nrows() { by_mass(m) } else { 0.0 }).collect()
    };
    sums.into_iter().zip(&layers).map(weighted).collect()
}

/// How much the label of each sample has to fear, by its last state: a column each.
fn label_weights(network: &Network, last: &RealMatrix) -> Vec<f64> {
    let Some(head) = &network.head else { return vec![1.0; last.ncols()] };
    let weight = |scores: DVectorView<'_, f64>| {
        let mut scores: Vec<f64> = scores.iter().zip(&head.bias).map(|(score, bias)| score + bias).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        // Of a single class the label is never in doubt, and nothing tells samples apart.
        scores.get(1).map_or(1.0, |second| 1.0 / (1.0 + (scores[0] - second).powi(2)))
    };
    seen(&head.weight, last).column_iter().map(weight).collect()
}

/// What turns a last state of so many entries to scores with a sum of zero, a row a class.
fn centred_scores(network: &Network, dim: usize) -> RealMatrix {
    let head = network.head.as_ref().map_or_else(|| RealMatrix::identity(dim, dim), |head| head.weight.clone());
    let mut centred = head.resize_horizontally(dim, 0.0);
    let classes = centred.nrows() as f64;
    centred.column_iter_mut().for_each(|mut column| column.add_scalar_mut(-column.sum() / classes));
    centred
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Block, FirstStates, Form, read_bytes};
    use crate::random::rng;
    use rand::RngExt;

    const NETWORK: &[u8] = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
        "blocks": [{"weight": [[4, -2, 0], [0, 3, 1], [-5, 1, 2]], "bias": [0.3, 0.1, 0.9], "alpha": 0.3},
                   {"weight": [[-2, 1, 1], [0, 3, -1], [5, 1, 2]], "bias": [0, 0, 0.2], "activation": "softplus"}],
        "head": {"weight": [[1, 0, 2], [0.5, 1, -1]], "bias": [0, 0.01]}}"#;

    fn scores(network: &Network, y: &[f64]) -> Vec<f64> {
        let found = network.forward(y);
        let scores = if network.head.is_some() { found.scores } else { found.states.last().unwrap().clone() };
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        scores.iter().map(|score| score - mean).collect()
    }

    /// The scores' derivatives by column m of block k, entry by entry, by differences.
    fn derivatives(network: &Network, y: &[f64], k: usize, m: usize) -> Vec<Vec<f64>> {
        let step = 1e-6;
        let moved = |n: usize, by: f64| {
            let mut network = network.clone();
            let mut weight = network.blocks[k].weight().clone();
            weight[(n, m)] += by;
            network.blocks[k].set_form(Form::from(weight));
            scores(&network, y)
        };
        let along = |n: usize| moved(n, step).iter().zip(moved(n, -step)).map(|(a, b)| (a - b) / 2.0 / step).collect();
        (0..network.blocks[k].weight().nrows()).map(along).collect()
    }

    #[test]
    fn variances_are_those_of_derivatives_by_differences() {
        let mut rng = rng(4);
        let headless = Network { head: None, ..read_bytes(NETWORK, "n").unwrap() };
        let lone = Block::of_weight(RealMatrix::from_row_slice(2, 3, &[1.0, -2.0, 0.5, 2.0, 1.0, -1.0]));
        let lone = Network { blocks: vec![lone.with_bias(vec![0.4, 0.5])], ..headless.clone() };
        for network in [read_bytes(NETWORK, "n").unwrap(), headless, lone] {
            let inputs: Vec<Vec<f64>> = (0..70).map(|_| (0..3).map(|_| rng.random_range(0.1..1.0)).collect()).collect();
            let first = FirstStates::of(&network, &inputs).states;
            // Two circuits a block, of which the second has a part in a few entries only.
            let circuits: Vec<Vec<ShotMoments>> = network
                .blocks
                .iter()
                .map(|block| {
                    let mut moments = |share: f64| {
                        let mean = block.weight() * share;
                        // As of shots that add a number above every column's sum, or its negative, or nothing.
                        let gamma = 12.0 + rng.random_range(0.0..2.0);
                        let square = mean.map(|entry| entry.abs() * gamma);
                        ShotMoments { mean, square }
                    };
                    vec![moments(0.8), moments(0.2)]
                })
                .collect();
            let found = score_variances(&network, &first, &circuits);
            for (k, block) in network.blocks.iter().enumerate() {
                assert_eq!(found[k].len(), block.weight().ncols());
                for (m, found) in found[k].iter().enumerate() {
                    let mut wanted = 0.0;
                    for y in first.column_iter() {
                        let weight = network.head.as_ref().map_or(1.0, |_| {
                            let scores = network.forward(y.as_slice()).scores;
                            1.0 / (1.0 + (scores[0] - scores[1]).powi(2))
                        });
                        let by_entry = derivatives(&network, y.as_slice(), k, m);
                        for class in 0..by_entry[0].len() {
                            for circuit in &circuits[k] {
                                let square: f64 = (0..by_entry.len())
                                    .map(|n| by_entry[n][class].powi(2) * circuit.square[(n, m)])
                                    .sum();
                                let mean: f64 =
                                    (0..by_entry.len()).map(|n| by_entry[n][class] * circuit.mean[(n, m)]).sum();
                                wanted += weight * (square - mean * mean);
                            }
                        }
                    }
                    wanted /= first.ncols() as f64;
                    assert!(
                        (*found - wanted).abs() < 1e-6 * wanted.abs().max(1e-3),
                        "{k} {m}: {} for {wanted}",
                        *found
                    );
                }
            }
        }
    }
}
