//! Polynomials against circuits, shots against expectation values, noise that keeps the degree.

use super::*;
use crate::network::Affine;
use crate::network::quanvolution::{Ansatz, Axis, Head, Image, Layer, Read, Rows, Step};
use crate::random::rng;
use crate::simulator::Readout;
use crate::simulator::noise::{GateNoise, ReadoutError};
use rand::RngExt;

fn network() -> Quanvolution {
    let mut rng = rng(5);
    let mut angles = |depth: usize| -> Vec<[f64; 4]> {
        (0..depth).map(|_| std::array::from_fn(|_| rng.random_range(0.0..6.0))).collect()
    };
    let rows = |angles, axis, reupload| Layer::new(Ansatz::Rows(Rows { angles, axis, reupload }));
    let first = Layer { skip: vec![0], read: Read::All, scale: 0.7, ..rows(angles(3), Axis::X, false) };
    let second = Layer { skip: vec![1], read: Read::Qubit(2), ..rows(angles(2), Axis::Y, true) };
    let gates = vec![Step::Turn(Axis::Z, 0, 0.4), Step::Cx(0, 2), Step::Turn(Axis::X, 2, 1.1), Step::Cz(1, 3)];
    let third = Layer::new(Ansatz::Gates(gates));
    let image = Image { height: 6, width: 5, divide: 2.0, scale: 1.5 };
    let head = Head::Classical(Affine { weight: RealMatrix::zeros(3, 1), bias: vec![0.1, 0.0, -0.1] });
    let mut network = Quanvolution { name: "n".into(), image, layers: vec![first, second, third], head };
    let features = network.features();
    let weight = RealMatrix::from_fn(3, features, |i, j| ((i * 7 + j * 3) as f64).sin());
    network.head = Head::Classical(Affine { weight, bias: vec![0.1, 0.0, -0.1] });
    network
}

fn images(count: usize) -> Vec<Vec<f64>> {
    (0..count).map(|i| (0..30).map(|k| ((i * 31 + k * 7) % 13) as f64 / 6.0).collect()).collect()
}

#[test]
fn infinitely_many_shots_give_the_network_itself() {
    let (network, images) = (network(), images(6));
    let tables = layer_tables(&network, None, 0).unwrap();
    let settings: Vec<usize> = tables.iter().map(PatchTable::settings).collect();
    assert_eq!(settings, [81, 625, 81]);
    let wanted = run_layers_classically(&network, &images);
    for measuring in [Measuring::Patches, Measuring::Settings] {
        let found = run_layers(&network, &tables, &images, Shots::Infinite, measuring, 3);
        assert!((&found.states - &wanted.states).amax() < 1e-12, "{measuring:?}");
        assert_eq!(found.labels, wanted.labels);
    }
}

#[test]
fn shots_are_unbiased_and_their_error_falls_like_their_root() {
    let (mut network, images) = (network(), images(1));
    network.layers.truncate(1);
    let features = network.features();
    network.head = Head::Classical(Affine { weight: RealMatrix::zeros(2, features), bias: vec![0.0; 2] });
    let tables = layer_tables(&network, None, 0).unwrap();
    let wanted = run_layers_classically(&network, &images).states;
    for measuring in [Measuring::Patches, Measuring::Settings] {
        let (shots, runs) = (200, 300);
        let mut mean = RealMatrix::zeros(wanted.nrows(), 1);
        let mut square = 0.0;
        for seed in 0..runs {
            let found = run_layers(&network, &tables, &images, Shots::Finite(shots), measuring, seed);
            let error = found.states - &wanted;
            square += error.norm_squared() / (runs * wanted.nrows() as u64) as f64;
            mean += error / runs as f64;
        }
        // The variance of ±1 is at most one, that of an interpolated value as well: its weights' squares sum up to one.
        let variance = square * shots as f64;
        assert!((0.02..1.05).contains(&variance), "{measuring:?}: {variance}");
        let allowed = 5.0 * (1.05 / (shots * runs) as f64).sqrt();
        assert!(mean.amax() < allowed, "{measuring:?}: {} of {allowed}", mean.amax());
    }
}

#[test]
fn noise_on_gates_keeps_the_degree() {
    let network = network();
    let gate = |p: f64| GateNoise { depolarising: p, amplitude_damping: 0.02, phase_damping: 0.01 };
    let readout = ReadoutError { one_for_zero: 0.01, zero_for_one: 0.03 };
    let model = NoiseModel { one_qubit: gate(0.003), two_qubit: gate(0.02), readout };
    let noise = Disturbance { model, trajectories: 1, mitigate: false };
    let (exact, noisy) = (layer_tables(&network, None, 0).unwrap(), layer_tables(&network, Some(&noise), 0).unwrap());
    let text = compile_layer("n", 1, &network.layers[0], Patches::Inputs, &LayerOptions::default()).unwrap();
    let AnyProgram::Layer(program) = read_any(&text[0]).unwrap() else { panic!("a layer") };
    let mut rng = rng(9);
    for _ in 0..5 {
        let angles: [f64; PATCH] = std::array::from_fn(|_| rng.random_range(-4.0..4.0));
        let circuit = program.template.bind(&angles);
        let readout = Readout { input: vec![], output: (0..4).collect(), accept: vec![] };
        let once = Trajectories { count: 1, seed: 0 };
        let wanted = noisy_probabilities(&circuit, &readout, &[0], &noise.model, &once).unwrap();
        let found = noisy[0].words.at(&angles);
        assert!(wanted.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-12));
        let apart = exact[0].words.at(&angles).iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart > 1e-3, "noise does something");
    }
}

#[test]
fn threads_and_neighbours_change_nothing() {
    let (network, all) = (network(), images(9));
    let tables = layer_tables(&network, None, 0).unwrap();
    let run = |images: &[Vec<f64>]| run_layers(&network, &tables, images, Shots::Finite(50), Measuring::Patches, 7);
    let (whole, part) = (run(&all), run(&all[..4]));
    assert_eq!(whole.states.columns(0, 4), part.states);
    assert_ne!(whole.states.column(0), whole.states.column(1));
}
