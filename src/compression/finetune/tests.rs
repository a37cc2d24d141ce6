//! Derivatives against differences, and fits of what has low rank.

use super::*;
use crate::circuit::Cost;
use crate::compression::{Ansatz, FitOptions, Metric, fit_block};
use crate::linalg::{Complex, Matrix};
use crate::network::{
    Activation, Affine, Block, Factor, Factors, random_circuit, read_bytes, smooth_gamma, write_json,
};
use crate::random::rng;
use crate::signs::Signs;
use crate::target::Edges;
use rand::RngExt;

fn factor(dim: usize, rank: usize, seed: u64) -> Factor {
    let mut rng = rng(seed);
    let mut side =
        || Matrix::from_fn(dim, rank, |_, _| Complex::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0)));
    Factor { left: side(), right: side() }
}

fn network(activation: Activation) -> Network {
    let mut rng = rng(3);
    let mut list = |n: usize| (0..n).map(|_| rng.random_range(-0.3..0.6)).collect::<Vec<f64>>();
    let blocks = (0..2).map(|k| {
        let factors = Factors(Signs { plus: Some(factor(5, 2, k)), minus: (k == 0).then(|| factor(5, 1, 7)) });
        Block::new(factors).with_bias(list(5)).with_alpha(0.4).with_activation(activation)
    });
    let mut blocks: Vec<Block> = blocks.collect();
    let circuit = random_circuit(5, 9, 3.0, &mut crate::random::rng(8));
    blocks.push(blocks[0].clone().with_form(circuit));
    let head = Affine { weight: RealMatrix::from_vec(3, 5, list(15)), bias: list(3) };
    Network { name: "n".into(), input: None, blocks, head: Some(head), expect: None }
}

#[test]
fn derivatives_agree_with_differences() {
    let mut rng = rng(5);
    let inputs: Vec<Vec<f64>> = (0..40).map(|_| (0..5).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
    let mut teacher = network(Activation::Softplus);
    teacher.blocks.truncate(1);
    for activation in [Activation::Softplus, Activation::Relu] {
        let network = network(activation);
        let bounds = Finetuning::bounds(&network);
        let task = Finetuning { teacher: &teacher, inputs: &inputs, gamma_weight: 0.01, shots: None, seed: 0 };
        let values = values_of(&network);
        let mut slopes = vec![0.0; values.len()];
        task.evaluate(&mut network.clone(), &values, &inputs, &bounds, 0, &mut slopes);
        for i in 0..values.len() {
            let at = |by: f64| {
                let mut moved = values.clone();
                moved[i] += by;
                task.evaluate(&mut network.clone(), &moved, &inputs, &bounds, 0, &mut vec![0.0; values.len()])
            };
            let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((difference - slopes[i]).abs() < 1e-7, "{activation:?} {i}: {difference} {}", slopes[i]);
        }
    }
}

#[test]
fn the_smooth_gamma_bounds_gamma() {
    for (dim, rank) in [(4, 1), (6, 3), (8, 8)] {
        let factor = factor(dim, rank, 11);
        let gamma = crate::linalg::svd(&factor.amplitudes()).sigma[0].powi(2);
        let (smooth, ..) = smooth_gamma(&factor);
        assert!(smooth >= gamma * (1.0 - 1e-12) && smooth <= gamma * (rank as f64).powf(0.125) * (1.0 + 1e-12));
    }
    assert_eq!(smooth_gamma(&Factor { left: Matrix::zeros(3, 2), right: Matrix::zeros(3, 2) }).0, 0.0);
}

fn fit_options(ansatz: Ansatz, limit: usize) -> FitOptions {
    FitOptions { ansatz, gamma_weight: 0.0, limit, seed: 1, edges: Edges::All, shots: None }
}

#[test]
fn what_has_low_rank_is_found() {
    let truth = network(Activation::Relu);
    for scale in [1.0, 1e-9, 1e9] {
        let block = truth.blocks[0].clone().with_form(truth.blocks[0].weight() * scale);
        let options = fit_options(Ansatz::Rank(3), 3000);
        let fit = fit_block(&block, &Metric::Entries, &options).unwrap();
        assert!(
            fit.relative_error < 1e-2 && fit.largest_error < 2e-2,
            "{scale:e}: {} {}",
            fit.relative_error,
            fit.largest_error
        );
        assert_eq!(fit.block.bias(), block.bias());
        let shifted = fit_block(&block, &Metric::Uniform, &options).unwrap();
        assert!(shifted.relative_error < 2e-2);
    }
    let zero = Block::of_weight(RealMatrix::zeros(4, 4));
    let options = fit_options(Ansatz::Rank(1), 10);
    assert_eq!(fit_block(&zero, &Metric::Entries, &options).unwrap_err().to_string(), "the weight is zero");
}

#[test]
fn what_a_circuit_computes_is_found() {
    // A circuit of few gates, and more of them to find it with, up to a scale.
    let truth = random_circuit(4, 3, 2.0, &mut rng(21));
    for scale in [1.0, 1e-9, 1e9] {
        let block = Block::of_weight(truth.weight() * scale).with_bias(vec![0.5; 4]).with_alpha(0.4);
        let options = fit_options(Ansatz::Circuit(9), 2000);
        let fit = fit_block(&block, &Metric::Entries, &options).unwrap();
        assert!(fit.relative_error < 1e-2 && fit.largest_error < 2e-2, "{scale:e}: {}", fit.relative_error);
        let form = fit.block.form();
        let pairs = Cost::of(&form.circuit().unwrap().circuit).two_qubit_gates;
        assert_eq!((pairs, fit.block.bias()), (9, &[0.5; 4][..]));
        assert!(form.gamma().unwrap() >= joint_gamma_bound(fit.block.weight()) * (1.0 - 1e-12));
        assert_eq!(&*form.weight(), fit.block.weight());
    }
}

#[test]
fn factors_and_circuits_survive_their_file() {
    let network = network(Activation::Relu);
    let back = read_bytes(write_json(&network).as_bytes(), "x").unwrap();
    assert_eq!(back, network);
}

#[test]
fn stages_go_down() {
    let mut rng = rng(6);
    let teacher = network(Activation::Relu);
    let inputs: Vec<Vec<f64>> = (0..60).map(|_| (0..5).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
    let mut student = teacher.clone();
    let moved: Vec<f64> = values_of(&teacher).iter().map(|v| v * (1.0 + rng.random_range(-0.1..0.1))).collect();
    set_values(&mut student, &moved);
    let task = Finetuning { teacher: &teacher, inputs: &inputs, gamma_weight: 0.0, shots: None, seed: 4 };
    let bounds = Finetuning::bounds(&student);
    let loss = |network: &Network| {
        task.evaluate(&mut network.clone(), &values_of(network), &inputs, &bounds, 0, &mut vec![0.0; moved.len()])
    };
    let (entropy, before) = (loss(&teacher), loss(&student));
    let mut again = student.clone();
    task.stage(&mut student, &bounds, 0);
    let after = loss(&student);
    assert!(after - entropy < 0.1 * (before - entropy), "{before} {after} {entropy}");
    // The same stage from the same network ends in the same place.
    task.stage(&mut again, &bounds, 0);
    assert_eq!(student, again);
}
