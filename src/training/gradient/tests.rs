//! Derivatives against differences, for every form of a block and every kind of state.

use super::*;
use crate::linalg::random_unitary;
use crate::linalg::{Complex, Matrix, coordinates};
use crate::network::{Affine, Block, Input, Unitaries};
use crate::random::rng;
use crate::signs::Signs;
use rand::RngExt;

fn network(activation: Activation, projection: bool) -> Network {
    let mut rng = rng(6);
    let mut affine = |rows, columns| Affine {
        weight: RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.5)),
        bias: (0..rows).map(|_| rng.random_range(-0.2..0.5)).collect(),
    };
    Network {
        name: "n".into(),
        input: projection.then(|| Input { dim: 7, projection: Some(affine(5, 7)) }),
        blocks: [0.3, 0.6]
            .map(|alpha| {
                let Affine { weight, bias } = affine(5, 5);
                Block::of_weight(weight).with_bias(bias).with_alpha(alpha).with_activation(activation)
            })
            .into(),
        head: Some(affine(3, 5)),
        expect: None,
    }
}

fn batch(dim: usize) -> (RealMatrix, Vec<usize>) {
    let mut rng = rng(9);
    let mut inputs = RealMatrix::from_fn(dim, 70, |_, _| rng.random_range(0.0..1.0));
    inputs.column_iter_mut().for_each(|mut c| c /= c.sum());
    (inputs, (0..70).map(|i| i % 3).collect())
}

#[test]
fn gradients_agree_with_finite_differences() {
    for activation in [Activation::Relu, Activation::Sigmoid, Activation::Softplus, Activation::Exp, Activation::Square]
    {
        for projection in [true, false] {
            let network = network(activation, projection);
            let (inputs, labels) = batch(if projection { 7 } else { 5 });
            let analytic = gradient(&network, &inputs, Targets::Labels(&labels)).values;
            let start = network.parameters();
            assert_eq!(analytic.len(), start.len());
            let loss = |i: usize, step: f64| {
                let (mut moved, mut parameters) = (network.clone(), start.clone());
                parameters[i] += step;
                moved.set_parameters(&parameters);
                gradient(&moved, &inputs, Targets::Labels(&labels)).loss
            };
            let step = 1e-6;
            for (i, a) in analytic.iter().enumerate() {
                let numeric = (loss(i, step) - loss(i, -step)) / (2.0 * step);
                assert!((a - numeric).abs() < 1e-6 * (1.0 + a.abs()), "{activation:?} {i}: {a} {numeric}");
            }
        }
    }
}

/// Two blocks given by angles, one by a weight, and again one by angles, on density matrices.
fn hybrid() -> (Network, RealMatrix) {
    let mut rng = rng(12);
    let mut network = network(Activation::Softplus, false);
    let mut blocks = vec![];
    for k in 0..4 {
        let weight = RealMatrix::from_fn(4, 4, |_, _| rng.random_range(-1.0..1.5));
        let bias = (0..4).map(|_| rng.random_range(-0.2..0.5)).collect();
        let mut block = Block::of_weight(weight).with_bias(bias).with_alpha(0.4);
        if k != 2 {
            let mut angles = || std::array::from_fn(|_| rng.random_range(-3.0..3.0));
            block.set_form(Unitaries { angles: Signs { plus: angles(), minus: angles() }, gamma: 1.7 });
        }
        blocks.push(block);
    }
    network.blocks = blocks;
    let weight = RealMatrix::from_fn(3, 4, |_, _| rng.random_range(-1.0..1.5));
    network.head = Some(Affine { weight, bias: vec![0.1, 0.2, -0.3] });
    let state = |_| {
        let u = random_unitary(4, &mut rng);
        let spectrum = nalgebra::DVector::from_vec([0.6, 0.3, 0.1, 0.0].map(Complex::from).to_vec());
        nalgebra::DVector::from_vec(coordinates(&(&u * Matrix::from_diagonal(&spectrum) * u.adjoint())))
    };
    (network, RealMatrix::from_columns(&(0..40).map(state).collect::<Vec<_>>()))
}

#[test]
fn gradients_by_angles_agree_with_finite_differences() {
    let (network, states) = hybrid();
    let labels: Vec<usize> = (0..40).map(|i| i % 3).collect();
    let targets = Targets::Weighted(&labels, &[1.0, 0.5, 3.0]);
    for inputs in [states.clone(), states.rows(0, 4).into_owned()] {
        let analytic = gradient(&network, &inputs, targets).values;
        let start = network.parameters();
        assert_eq!((analytic.len(), start.len()), (3 * 35 + 20 + 15, 3 * 35 + 20 + 15));
        let loss = |i: usize, step: f64| {
            let (mut moved, mut parameters) = (network.clone(), start.clone());
            parameters[i] += step;
            moved.set_parameters(&parameters);
            gradient(&moved, &inputs, targets).loss
        };
        let step = 1e-5;
        for (i, a) in analytic.iter().enumerate() {
            let numeric = (loss(i, step) - loss(i, -step)) / (2.0 * step);
            assert!((a - numeric).abs() < 1e-6 * (1.0 + a.abs()), "{i}: {a} {numeric}");
        }
    }
}

#[test]
fn the_loss_is_that_of_the_forward_pass() {
    let network = network(Activation::Relu, true);
    let (inputs, labels) = batch(7);
    let found = gradient(&network, &inputs, Targets::Labels(&labels));
    let (mut loss, mut wrong) = (0.0, 0);
    for (x, &label) in inputs.column_iter().zip(&labels) {
        let forward = network.forward(x.as_slice());
        loss += forward.scores.iter().map(|s| s.exp()).sum::<f64>().ln() - forward.scores[label];
        wrong += usize::from(forward.label != Some(label));
    }
    assert!((found.loss - loss).abs() < 1e-10 && found.wrong == wrong);
}

#[test]
fn dead_layers_pass_nothing_on() {
    let mut network = network(Activation::Relu, false);
    network.blocks[0].set_form(RealMatrix::from_element(5, 5, -1.0));
    network.blocks[0].bias_mut().fill(-1.0);
    let (inputs, labels) = batch(5);
    let found = gradient(&network, &inputs, Targets::Labels(&labels));
    assert!(found.values[..30].iter().all(|v| *v == 0.0) && found.values.iter().all(|v| v.is_finite()));
}

#[test]
fn noise_of_shots_has_the_derivatives_of_what_is_held_fixed() {
    let mut network = network(Activation::Softplus, false);
    let (inputs, labels) = batch(5);
    let variances = [0.5, 2.0].map(|v| network.blocks[0].weight().map(|w| v * w.abs()));
    let at = |network: &Network, variances: &[RealMatrix]| {
        let sampling = Sampling { variances, shots: 20.0, seed: 3 };
        let maps: Vec<&RealMatrix> = network.blocks.iter().map(Block::weight).collect();
        map_gradient(network, &maps, &inputs, Targets::Labels(&labels), Some(&sampling))
    };
    let found = at(&network, &variances);
    assert_eq!(found, at(&network, &variances));
    let still = gradient(&network, &inputs, Targets::Labels(&labels));
    assert!((found.loss - still.loss).abs() > 1e-3);
    // The scale of the last block's noise.
    let scaled = |by: f64| at(&network, &[variances[0].clone(), &variances[1] * (by * by)]).loss;
    let difference = (scaled(1.0 + 1e-6) - scaled(1.0 - 1e-6)) / 2e-6;
    assert!((found.blocks[1].noise - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{difference}");
    // Of one block the states before the noise are fixed.
    network.blocks.truncate(1);
    let found = at(&network, &variances[..1]);
    let start = network.parameters();
    let values: Vec<f64> = found.layers().flat_map(LayerSlopes::in_a_row).collect();
    for (i, slope) in values.iter().enumerate() {
        let loss = |by: f64| {
            let (mut moved, mut parameters) = (network.clone(), start.clone());
            parameters[i] += by;
            moved.set_parameters(&parameters);
            at(&moved, &variances[..1]).loss
        };
        let difference = (loss(1e-6) - loss(-1e-6)) / 2e-6;
        assert!((slope - difference).abs() < 1e-6 * (1.0 + slope.abs()), "{i}: {slope} {difference}");
    }
}
