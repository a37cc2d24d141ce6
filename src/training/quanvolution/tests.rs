//! Derivatives against differences, and against numbers worked out elsewhere.

use super::*;
use crate::network::Affine;
use crate::network::quanvolution::{Ansatz, Axis, Head, Image, Layer, QuantumHead, Read, Rows, Step};
use crate::random::rng;
use crate::training::{Optimiser, Recipe, Rule, TrainingSet, epoch};
use rand::RngExt;

/// `sin(a k + b)`: numbers that anyone can write down.
fn wave(count: usize, a: f64, b: f64) -> Vec<f64> {
    (0..count).map(|k| (a * k as f64 + b).sin()).collect()
}

/// Layers of these depths and skips, reading so, on square images whose pixels are hundredths.
fn network(side: usize, layers: &[(usize, &[usize])], read: Read, quantum: bool) -> Quanvolution {
    let layer = |(k, &(depth, skip)): (usize, &(usize, &[usize]))| {
        let angles: Vec<f64> = wave(4 * depth, 1.3, 0.4 + k as f64).iter().map(|v| 3.0 * v).collect();
        let scale = if k == 0 { 1.0 } else { 0.7 };
        Layer { read, skip: skip.to_vec(), scale, ..Layer::of_rows(angles.as_chunks::<4>().0.to_vec()) }
    };
    let head = if quantum {
        let angles = wave(10, 0.9, 0.5).iter().map(|v| 2.0 * v).collect();
        Head::Quantum(QuantumHead { angles, measured: vec![1, 3, 5] })
    } else {
        Head::Classical(Affine { weight: RealMatrix::zeros(3, 1), bias: wave(3, 1.1, 0.2) })
    };
    let image = Image { height: side, width: side, divide: 100.0, scale: 1.0 };
    let mut network =
        Quanvolution { name: "n".into(), image, layers: layers.iter().enumerate().map(layer).collect(), head };
    let features = network.features();
    if let Head::Classical(affine) = &mut network.head {
        affine.weight = RealMatrix::from_row_slice(3, features, &wave(3 * features, 0.7, 0.1));
    }
    network
}

fn batch(side: usize) -> (RealMatrix, Vec<usize>) {
    let pixels = side * side;
    let images = RealMatrix::from_fn(pixels, 5, |k, i| ((i * pixels + k) * 37 % 101) as f64);
    (images, vec![0, 2, 1, 1, 0])
}

/// The largest difference between derivatives and differences, at angles and at some weights of a head.
fn worst(network: &Quanvolution, side: usize) -> f64 {
    let (images, labels) = batch(side);
    let targets = Targets::Labels(&labels);
    let analytic = quanvolution_gradient(network, &images, targets, Flow::Through).values;
    let start = network.parameters();
    assert_eq!(analytic.len(), start.len());
    let loss = |i: usize, step: f64| {
        let (mut moved, mut parameters) = (network.clone(), start.clone());
        parameters[i] += step;
        moved.set_parameters(&parameters);
        let (mut loss, scores) = (0.0, moved.scores(&images));
        for (column, label) in scores.column_iter().zip(&labels) {
            loss += column.iter().map(|s| s.exp()).sum::<f64>().ln() - column[*label];
        }
        loss
    };
    // Of fourth order, so that the step may be too large for rounding to be seen.
    let step = 1e-3;
    let difference = |i: usize| {
        let central = |n: f64| (loss(i, n * step) - loss(i, -n * step)) / (2.0 * n * step);
        (4.0 * central(1.0) - central(2.0)) / 3.0
    };
    let head = network.slots().head;
    let some = (0..head.start).chain(head.clone().step_by(head.len().div_ceil(12)));
    some.map(|i| (analytic[i] - difference(i)).abs()).fold(0.0, f64::max)
}

#[test]
fn gradients_agree_with_finite_differences() {
    for quantum in [false, true] {
        for (layers, read) in [
            (&[(2, &[][..])][..], Read::Mean),
            (&[(1, &[]), (1, &[])], Read::Mean),
            (&[(2, &[0]), (1, &[])], Read::All),
            (&[(2, &[]), (1, &[1])], Read::Qubit(1)),
            (&[(2, &[]), (1, &[0])], Read::Mean),
            (&[(2, &[0]), (1, &[1, 0])], Read::All),
            (&[(1, &[0]), (2, &[1]), (1, &[2])], Read::Mean),
        ] {
            let network = network(5, layers, read, quantum);
            let worst = worst(&network, 5);
            assert!(worst < 1e-9, "{quantum} {layers:?} {read:?}: {worst:e}");
        }
    }
}

#[test]
fn other_ansatzes_have_gradients() {
    let rows = |axis, reupload| {
        let angles = wave(8, 1.3, 0.4);
        Ansatz::Rows(Rows { angles: angles.as_chunks::<4>().0.to_vec(), axis, reupload })
    };
    let gates = Ansatz::Gates(vec![
        Step::Turn(Axis::X, 3, 0.4),
        Step::Cz(0, 2),
        Step::Turn(Axis::Z, 2, -1.0),
        Step::Cx(3, 1),
        Step::Turn(Axis::Y, 1, 2.5),
        Step::Cx(1, 2),
    ]);
    for ansatz in [rows(Axis::Y, false), rows(Axis::X, true), rows(Axis::Z, true), gates] {
        let mut network = network(4, &[(2, &[0]), (2, &[1])], Read::All, false);
        network.layers.iter_mut().for_each(|layer| layer.ansatz = ansatz.clone());
        // A channel alone meets four where it is added.
        network.layers[1].read = Read::Mean;
        let worst = worst(&network, 4);
        assert!(worst < 1e-9, "{ansatz:?}: {worst:e}");
    }
}

/// Losses and sums of derivatives, computed by parameter shift in another language.
#[test]
fn known_numbers() {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12 * (1.0 + b.abs());
    let check = |network: &Quanvolution, side: usize, flow: Flow, loss: f64, layers: &[(f64, f64)], head: f64| {
        let (images, labels) = batch(side);
        let found = quanvolution_gradient(network, &images, Targets::Labels(&labels), flow);
        assert!(close(found.loss, loss), "{} {loss}", found.loss);
        let slots = network.slots();
        let size = |values: &[f64]| values.iter().map(|v| v.abs()).sum::<f64>();
        for (slot, (wanted, sum)) in slots.layers.into_iter().zip(layers) {
            let values = &found.values[slot];
            assert!(close(size(values), *wanted), "{} {wanted}", size(values));
            assert!(close(values.iter().sum(), *sum), "{values:?} {sum}");
        }
        assert!(close(size(&found.values[slots.head]), head));
    };
    let both = network(8, &[(4, &[0]), (1, &[1])], Read::Mean, false);
    let head = 79.90666806963739 + 2.4160629397821145;
    let last = (1.8519846416804502, -0.9675518982382247);
    let first = (6.277051222235288, -3.5638652579902956);
    check(&both, 8, Flow::Through, 6.776257114191411, &[first, last], head);
    check(&both, 8, Flow::Cut, 6.776257114191411, &[(6.167988609464482, -3.5703605225928663), last], head);
    let none = network(6, &[(2, &[]), (2, &[])], Read::All, false);
    let head = 20.430958759223305 + 4.85036957437468;
    let last = (22.289700523816027, -6.43895082982287);
    check(&none, 6, Flow::Through, 11.275763858843185, &[(3.9892286075137933, 1.3974617629570698), last], head);
    check(&none, 6, Flow::Cut, 11.275763858843185, &[(0.0, 0.0), last], head);
    let three = network(7, &[(2, &[0]), (1, &[1]), (2, &[2])], Read::Mean, true);
    let layers = [
        (0.0020434065041202076, -0.0010592679618892172),
        (0.0007195514623334585, -0.0003631340194120404),
        (0.002319066596472766, -0.0018679003534173685),
    ];
    check(&three, 7, Flow::Through, 5.593535368497204, &layers, 0.5000292144132438);
    let layers = [
        (0.0022048709532312555, -0.0010037269672807708),
        (0.0008544995275698531, -0.00043700515615762597),
        (0.002319066596472766, -0.0018679003534173685),
    ];
    check(&three, 7, Flow::Cut, 5.593535368497204, &layers, 0.5000292144132438);
}

/// Without a way through layers, a gradient reaches a layer only by skips: in two of the five wirings of two layers, and
/// two of the 24 of three with one skip a layer at most, it reaches all (Figs. 7 and 11).
#[test]
fn gradients_that_are_cut_reach_layers_by_skips_alone() {
    let reached = |skips: &[&[usize]], flow: Flow| {
        let layers: Vec<(usize, &[usize])> = skips.iter().map(|skip| (1, *skip)).collect();
        let network = network(8, &layers, Read::Mean, false);
        let (images, labels) = batch(8);
        let values = quanvolution_gradient(&network, &images, Targets::Labels(&labels), flow).values;
        network.slots().layers.into_iter().all(|slot| values[slot].iter().any(|v| *v != 0.0))
    };
    let two: [&[&[usize]]; 5] = [&[&[], &[]], &[&[0], &[]], &[&[], &[1]], &[&[], &[0]], &[&[0], &[1]]];
    assert_eq!(two.map(|skips| reached(skips, Flow::Cut)), [false, false, true, false, true]);
    assert!(two.iter().all(|skips| reached(skips, Flow::Through)));
    let skips: [&[usize]; 4] = [&[], &[0], &[1], &[2]];
    let three = (0..24).map(|k| [skips[k % 2], skips[k / 2 % 3], skips[k / 6]]);
    let all: Vec<[&[usize]; 3]> = three.clone().filter(|skips| reached(skips, Flow::Cut)).collect();
    assert_eq!(all, [[skips[0], skips[2], skips[3]], [skips[1], skips[2], skips[3]]]);
    assert!(three.into_iter().all(|skips| reached(&skips, Flow::Through)));
}

#[test]
fn threads_change_nothing() {
    let network = network(8, &[(4, &[0]), (1, &[1])], Read::Mean, false);
    let mut rng = rng(3);
    let images = RealMatrix::from_fn(64, 23, |_, _| rng.random_range(0.0..100.0));
    let labels: Vec<usize> = (0..23).map(|i| i % 3).collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| quanvolution_gradient(&network, &images, Targets::Labels(&labels), Flow::Through))
    };
    assert_eq!(run(1), run(3));
}

/// Which quarter of an image is brightest, from pixels that say it in noise.
#[test]
fn quanvolutions_learn_as_all_networks_do() {
    let mut rng = rng(8);
    let labels: Vec<usize> = (0..160).map(|i| i % 4).collect();
    let images = RealMatrix::from_fn(64, 160, |k, i| {
        let quarter = k / 32 * 2 + k % 8 / 4;
        rng.random_range(0.0..60.0) + if quarter == labels[i] { 40.0 } else { 0.0 }
    });
    let set = TrainingSet::of_states(images.clone(), labels.clone(), vec![]);
    let recipe =
        Recipe { rule: Rule::Adam, rate: 0.03, weight_decay: 0.0, batch: 16, epochs: 10, fraction: 1.0, seed: 2 };
    let run = || {
        let mut network = network(8, &[(2, &[]), (1, &[1])], Read::Mean, false);
        network.head = Head::Classical(Affine { weight: RealMatrix::zeros(4, 16), bias: vec![0.0; 4] });
        let mut optimiser = Optimiser::new(recipe.rule, network.parameters().len());
        let mut guided = Guided { network, gradients: Gradients::Through, tied: false };
        let losses: Vec<(f64, f64)> = (1..=recipe.epochs)
            .map(|number| epoch(&mut guided, &mut optimiser, number, &set, &recipe))
            .map(|pass| (pass.loss, pass.error))
            .collect();
        (guided.network, losses)
    };
    let (network, losses) = run();
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(first.0 > 1.0 && last.0 < 0.5 * first.0 && last.1 < 0.1, "{losses:?}");
    assert!(network.labels(&images).iter().zip(&labels).filter(|(a, b)| a != b).count() < 16);
    assert_eq!(run().0, network);
}
