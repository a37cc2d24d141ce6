//! What else could tell entangled states from separable ones: a variational circuit and kernel methods, on the states that
//! `hqrn-train entanglement` trains and tests on.
//!
//! ```text
//! cargo run --release --example entanglement_rivals [SEED]
//! ```

use hqrn::entanglement::{LabelledState, Scores, Sizes, coordinates_of, draw_states};
use hqrn::linalg::{RealMatrix, response};
use hqrn::network::{ANGLES, angle_gradient, pair_unitary};
use hqrn::optimisation::minimise;
use hqrn::random::rng;
use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use linfa_svm::Svm;
use ndarray::{Array1, Array2, Axis};
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::f64::consts::PI;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed: u64 = std::env::args().nth(1).map_or(Ok(0), |text| text.parse())?;
    let (training, test) = (draw_states(Sizes::TRAINING, seed, 0), draw_states(Sizes::TEST, seed, 1));
    println!("{:34}   accuracy   balanced  entangled     werner  separable adversarial", "");
    report("variational circuit", &variational(&training, &test, seed), &test);
    for (name, kernels) in [
        ("SVM, kernel tr(rho sigma)", vec![Kernel::Copies(1)]),
        ("SVM, kernel tr(rho sigma)^k", (2..=8).map(Kernel::Copies).collect()),
        ("SVM, Gaussian kernel", [0.003, 0.01, 0.03, 0.1, 0.3, 1.0].map(Kernel::Gaussian).to_vec()),
    ] {
        let (labels, chosen) = support_vectors(&training, &test, &kernels, seed)?;
        report(name, &labels, &test);
        println!("    {chosen}");
    }
    Ok(())
}

fn report(name: &str, labels: &[usize], test: &[LabelledState]) {
    let scores = Scores::of(labels, test);
    let shares: Vec<String> = [scores.accuracy, scores.balanced, scores.recall]
        .into_iter()
        .chain(scores.families.iter().map(|f| f.1))
        .map(|share| format!("{:8.2} %", 100.0 * share))
        .collect();
    println!("{name:34} {}", shares.join(" "));
}

/// The best of ten circuits of 15 angles, which any number of layers on two qubits comes down to, with a linear score of
/// the four probabilities, on the weighted cross-entropy.
fn variational(training: &[LabelledState], test: &[LabelledState], seed: u64) -> Vec<usize> {
    let (states, entangled) = coordinates_of(training);
    let weight = entangled.iter().filter(|e| !**e).count() as f64 / entangled.iter().filter(|e| **e).count() as f64;
    let scores = |x: &[f64], states: &RealMatrix| {
        let angles: [f64; ANGLES] = std::array::from_fn(|j| x[j]);
        let u = pair_unitary(&angles);
        let p = response(&u_dense(&u)) * states;
        let score = RealMatrix::from_row_slice(1, 4, &x[ANGLES..ANGLES + 4]) * &p;
        (angles, p, score.add_scalar(x[ANGLES + 4]))
    };
    let loss = |x: &[f64], slopes: &mut [f64]| {
        let (angles, p, score) = scores(x, &states);
        let mut total = 0.0;
        let mut d = score.clone();
        for (i, e) in entangled.iter().enumerate() {
            let (z, w) = (score[i], if *e { weight } else { 1.0 });
            // ln(1 + e^z), of z or of -z.
            let signed = if *e { -z } else { z };
            total += w * (signed.max(0.0) + (-signed.abs()).exp().ln_1p());
            d[i] = w * (1.0 / (1.0 + (-z).exp()) - f64::from(u8::from(*e)));
        }
        let by_p = RealMatrix::from_column_slice(4, 1, &x[ANGLES..ANGLES + 4]) * &d;
        slopes[..ANGLES].copy_from_slice(&angle_gradient(&angles, &(by_p * states.transpose())));
        let by_head = &d * p.transpose();
        slopes[ANGLES..ANGLES + 4].copy_from_slice(by_head.as_slice());
        slopes[ANGLES + 4] = d.sum();
        total
    };
    let start = |k: u64| {
        let mut rng = rng(seed ^ (k << 32));
        let first = (0..ANGLES + 5).map(|_| rng.random_range(-PI..PI)).collect();
        minimise(loss, first, 500, 1e-9, |_| false)
    };
    let best = (0..10).map(start).min_by(|a, b| a.value.total_cmp(&b.value)).expect("ten starts");
    let (_, _, score) = scores(&best.x, &coordinates_of(test).0);
    score.iter().map(|z| usize::from(*z > 0.0)).collect()
}

fn u_dense(u: &nalgebra::Matrix4<hqrn::linalg::Complex>) -> hqrn::linalg::Matrix {
    hqrn::linalg::Matrix::from_fn(4, 4, |i, j| u[(i, j)])
}

/// What two states have in common, as a quantum computer estimates it.
#[derive(Clone, Copy, Debug)]
enum Kernel {
    /// `tr(ρσ)^k`: swap tests on k copies.
    Copies(u32),
    /// `exp(-tr (ρ-σ)² / width)`, from the same overlaps.
    Gaussian(f64),
}

/// The kernel and C with the best balanced accuracy in five-fold cross-validation, trained on all training states.
fn support_vectors(
    training: &[LabelledState],
    test: &[LabelledState],
    kernels: &[Kernel],
    seed: u64,
) -> Result<(Vec<usize>, String), Box<dyn std::error::Error>> {
    let mut shuffled = training.to_vec();
    shuffled.shuffle(&mut rng(seed));
    // The plain overlap gains nothing from a large C, and takes minutes with one.
    let costs = |kernel: &Kernel| if let Kernel::Copies(1) = kernel { vec![1.0] } else { vec![10.0, 100.0, 1000.0] };
    let tried: Vec<(Kernel, f64)> =
        kernels.iter().flat_map(|kernel| costs(kernel).into_iter().map(|c| (*kernel, c))).collect();
    let judged = tried.into_par_iter().map(|(kernel, c)| {
        let mut labels = vec![0; shuffled.len()];
        for fold in 0..5 {
            let (out, within): (Vec<usize>, Vec<usize>) = (0..shuffled.len()).partition(|i| i % 5 == fold);
            let pick = |of: &[usize]| of.iter().map(|&i| shuffled[i].clone()).collect::<Vec<_>>();
            let (found, _) = predict(&pick(&within), &pick(&out), kernel, c).ok()?;
            out.iter().zip(found).for_each(|(&i, label)| labels[i] = label);
        }
        Some((Scores::of(&labels, &shuffled).balanced, kernel, c))
    });
    let judged: Vec<(f64, Kernel, f64)> = judged.flatten().collect();
    let best = judged.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).ok_or("no kernel can be trained")?;
    let (_, kernel, c) = best;
    let (labels, supports) = predict(training, test, kernel, c)?;
    Ok((labels, format!("{kernel:?}, C = {c}, {supports} support states")))
}

/// Labels of the test states, and how many training states a label is made of.
fn predict(
    training: &[LabelledState],
    test: &[LabelledState],
    kernel: Kernel,
    c: f64,
) -> Result<(Vec<usize>, usize), Box<dyn std::error::Error>> {
    // Coordinates scaled so that the product of two states is tr(ρσ).
    let features = |states: &[LabelledState]| {
        let (columns, entangled) = coordinates_of(states);
        let scale = |i: usize| if i < 4 { 1.0 } else { 0.5f64.sqrt() };
        (Array2::from_shape_fn((states.len(), 16), |(s, i)| columns[(i, s)] * scale(i)), entangled)
    };
    let ((known, entangled), (asked, _)) = (features(training), features(test));
    let weight = entangled.iter().filter(|e| !**e).count() as f64 / entangled.iter().filter(|e| **e).count() as f64;
    let set = Dataset::new(known, Array1::from_vec(entangled));
    let machine = Svm::<f64, bool>::params().pos_neg_weights(c * weight, c);
    let machine = match kernel {
        Kernel::Copies(1) => machine.linear_kernel(),
        Kernel::Copies(k) => machine.polynomial_kernel(0.0, f64::from(k)),
        Kernel::Gaussian(width) => machine.gaussian_kernel(width),
    };
    let model = machine.fit(&set)?;
    let labels = asked.axis_iter(Axis(0)).map(|row| usize::from(model.predict(row.to_owned()))).collect();
    Ok((labels, model.nsupport()))
}
