//! Gradients against differences, segments against the layers.

use super::*;
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::families::amplitude::{AmplitudeHead, Hidden, MeshLayer, Paths, angle_count};
use crate::random::{Rng, rng};
use approx::assert_abs_diff_eq;
use rand::RngExt;

pub(crate) fn random_network(n: usize, classes: usize, depth: usize, paths: &str, rng: &mut Rng) -> AmplitudeNetwork {
    let mut draw = |count: usize| (0..count).map(|_| rng.random_range(-1.5..1.5)).collect::<Vec<f64>>();
    let layer = |l: usize| MeshLayer {
        map: Map::Mesh(draw(angle_count(n))),
        paths: match paths {
            "residual" => Paths::Residual(draw(1)[0]),
            "dense" => Paths::Dense(draw(l + 1)),
            _ => Paths::Plain,
        },
        activation: Hidden::Identity,
    };
    let layers = (0..depth).map(layer).collect();
    let affine = Affine { weight: RealMatrix::from_vec(classes, n, draw(classes * n)), bias: draw(classes) };
    let head = AmplitudeHead { affine, reads: Reads::Amplitudes };
    AmplitudeNetwork { name: "n".into(), front: None, dim: n, gain: 1.0, layers, head }
}

/// <weights, scores>, which is what slopes are of here.
fn loss(network: &AmplitudeNetwork, first: &RealMatrix, weights: &RealMatrix) -> f64 {
    network.forward(&network.turns(), first.clone()).scores.component_mul(weights).sum()
}

/// The slope at 0 by differences of the fourth order.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    let h = 1e-4;
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

#[test]
fn gradients_are_differences() {
    let mut rng = rng(31);
    for n in 1..=9 {
        for (paths, activation, reads, matrix) in [
            ("plain", Hidden::Identity, Reads::Amplitudes, false),
            ("residual", Hidden::Identity, Reads::Amplitudes, false),
            ("dense", Hidden::Identity, Reads::Amplitudes, false),
            ("residual", Hidden::Tanh, Reads::Probabilities, true),
            ("dense", Hidden::LeakyRelu, Reads::Probabilities, false),
        ] {
            let mut network = random_network(n, 3, 3, paths, &mut rng);
            network.head.reads = reads;
            network.layers.iter_mut().for_each(|layer| layer.activation = activation);
            if matrix {
                network.layers[1].map = Map::Matrix(RealMatrix::from_fn(n, n, |i, j| ((i * n + j) as f64).sin()));
            }
            let first = RealMatrix::from_fn(4, n, |_, _| rng.random_range(-1.0..1.0));
            let weights = RealMatrix::from_fn(4, 3, |_, _| rng.random_range(-1.0..1.0));
            let turns = network.turns();
            let flow = network.forward(&turns, first.clone());
            let slopes = network.backward(&turns, &flow, &weights);
            let at = network.parameters();
            for (s, got) in slopes.parameters.iter().enumerate() {
                let moved = |by: f64| {
                    let (mut values, mut network) = (at.clone(), network.clone());
                    values[s] += by;
                    network.set_parameters(&values);
                    loss(&network, &first, &weights)
                };
                assert_abs_diff_eq!(*got, slope(moved), epsilon = 1e-8 * got.abs().max(1.0));
            }
            for i in 0..n {
                let moved = |by: f64| {
                    let mut first = first.clone();
                    first[(1, i)] += by;
                    loss(&network, &first, &weights)
                };
                let got = slopes.input[(1, i)];
                assert_abs_diff_eq!(got, slope(moved), epsilon = 1e-8 * got.abs().max(1.0));
            }
        }
    }
}

#[test]
fn a_network_is_one_map_and_activations_cut_it() {
    let mut rng = rng(5);
    for (n, depth) in [(1, 2), (3, 1), (4, 0), (5, 20), (13, 3)] {
        for paths in ["plain", "residual", "dense"] {
            let mut network = random_network(n, 3, depth, paths, &mut rng);
            network.gain = 2.5;
            for cut in [None, Some(depth / 2)] {
                if let Some(layer) = cut.and_then(|cut| network.layers.get_mut(cut)) {
                    layer.activation = Hidden::LeakyRelu;
                }
                let x: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
                let segments = match network.segments() {
                    Ok(segments) => segments,
                    Err(reason) => {
                        assert!(paths == "dense" && cut.is_some() && reason.contains("dense sums reach back"));
                        continue;
                    }
                };
                assert_eq!(segments.len(), 1 + usize::from(cut.is_some() && depth > 0));
                let mut state = x.clone();
                for segment in &segments {
                    state = segment.activated(&segment.apply(&state).unwrap());
                }
                let scores = network.scores(&[x]);
                let scale = scores.amax().max(1.0);
                for (got, wanted) in network.finish(&state).iter().zip(scores.iter()) {
                    assert_abs_diff_eq!(*got / scale, *wanted / scale, epsilon = 1e-12);
                }
            }
        }
    }
}

#[test]
fn probabilities_are_of_the_last_state_and_zeros_have_the_bias_alone() {
    let mut network = random_network(4, 2, 2, "residual", &mut rng(8));
    network.head.reads = Reads::Probabilities;
    let segments = network.segments().unwrap();
    let x = [0.3, -1.0, 0.5, 2.0];
    let psi = &segments[0].map * RealMatrix::from_column_slice(4, 1, &x);
    let p: Vec<f64> = psi.iter().map(|v| v * v / psi.norm_squared()).collect();
    let scores = network.scores(&[x.to_vec(), vec![0.0; 4]]);
    for (class, got) in network.finish(&p).iter().enumerate() {
        assert_abs_diff_eq!(*got, scores[(0, class)], epsilon = 1e-13);
        assert_abs_diff_eq!(network.head.affine.bias[class], scores[(1, class)], epsilon = 0.0);
    }
    assert!(network.first_state(&[0.0; 4]).is_none());
    let tiny: f64 = network.first_state(&[1e-300, 0.0, 0.0, 1e-300]).unwrap().iter().map(|v| v * v).sum();
    assert_abs_diff_eq!(tiny, 1.0, epsilon = 1e-14);
}
