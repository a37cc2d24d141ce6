//! Closed form, programs and noiseless noise agree; shots spread as they should.

use super::*;
use crate::compiler::SegmentMethod;
use crate::network::Affine;
use crate::network::amplitude::{AmplitudeHead, Hidden, Map, MeshLayer, Paths, angle_count};
use crate::random::rng;
use crate::simulator::noise::NoiseModel;
use approx::assert_abs_diff_eq;
use rand::RngExt;

fn network(n: usize, classes: usize, hidden: Hidden, reads: Reads) -> AmplitudeNetwork {
    let mut rng = rng(17);
    let mut draw = |count: usize| (0..count).map(|_| rng.random_range(-1.5..1.5)).collect::<Vec<f64>>();
    let layer =
        |activation| MeshLayer { map: Map::Mesh(draw(angle_count(n))), paths: Paths::Residual(1.2), activation };
    let layers = [hidden, Hidden::Identity].map(layer).to_vec();
    let affine = Affine { weight: RealMatrix::from_vec(classes, n, draw(classes * n)), bias: draw(classes) };
    AmplitudeNetwork { name: "n".into(), front: None, dim: n, gain: 1.5, layers, head: AmplitudeHead { affine, reads } }
}

fn samples(n: usize, count: usize) -> Vec<Vec<f64>> {
    let mut rng = rng(23);
    (0..count).map(|_| (0..n).map(|_| rng.random_range(-2.0..2.0)).collect()).collect()
}

#[test]
fn infinitely_many_shots_are_the_network() {
    let silent = Disturbance { model: NoiseModel::default(), trajectories: 10, mitigate: false };
    for (hidden, reads) in [
        (Hidden::Identity, Reads::Amplitudes),
        (Hidden::Tanh, Reads::Amplitudes),
        (Hidden::Identity, Reads::Probabilities),
        (Hidden::LeakyRelu, Reads::Probabilities),
    ] {
        let network = network(5, 3, hidden, reads);
        let samples = samples(5, 4);
        let wanted = run_segments_classically(&network, &samples);
        let count = network.segments().unwrap().len();
        let by = |network: &AmplitudeNetwork, method| -> Vec<Program> {
            (1..=count).map(|k| compiled(network, k, &SegmentOptions::default().with_method(method)).unwrap()).collect()
        };
        let programs = by(&network, SegmentMethod::Exact);
        let layers = by(&network, SegmentMethod::Layers);
        let one_hot = by(&network, SegmentMethod::OneHot);
        for runs in [
            SegmentRuns::new(&network, None, None, 0).unwrap(),
            SegmentRuns::new(&network, Some(&programs), None, 0).unwrap(),
            SegmentRuns::new(&network, Some(&layers), None, 0).unwrap(),
            SegmentRuns::new(&network, Some(&layers), Some(&silent), 0).unwrap(),
            SegmentRuns::new(&network, Some(&one_hot), None, 0).unwrap(),
            SegmentRuns::new(&network, None, Some(&silent), 0).unwrap(),
        ] {
            let got = runs.run(&samples, Shots::Infinite, 0).unwrap();
            assert_abs_diff_eq!(got.states, wanted.states, epsilon = 1e-9);
            assert_eq!((&got.labels, got.empty, runs.segments()), (&wanted.labels, 0, count));
        }
    }
}

/// A qubit an amplitude, with noise that is none: few amplitudes, since all its qubits are simulated.
#[test]
fn one_hot_programs_run_behind_noise() {
    let silent = Disturbance { model: NoiseModel::default(), trajectories: 1, mitigate: false };
    for reads in [Reads::Amplitudes, Reads::Probabilities] {
        let network = network(3, 2, Hidden::Tanh, reads);
        let samples = samples(3, 2);
        let options = SegmentOptions::default().with_method(SegmentMethod::OneHot);
        let programs: Vec<Program> = (1..=2).map(|k| compiled(&network, k, &options).unwrap()).collect();
        let runs = SegmentRuns::new(&network, Some(&programs), Some(&silent), 0).unwrap();
        let got = runs.run(&samples, Shots::Infinite, 0).unwrap();
        assert_abs_diff_eq!(got.states, run_segments_classically(&network, &samples).states, epsilon = 1e-9);
    }
}

/// `Var z_c = |F|² (1 + C a_c² - 2 C (a_c u_c)²...) / 2 Ns`, here as a multinomial has it.
#[test]
fn shots_spread_as_probabilities_say_and_programs_draw_alike() {
    let network = network(4, 3, Hidden::Identity, Reads::Amplitudes);
    let x = samples(4, 1);
    let segment = &network.segments().unwrap()[0];
    let runs = SegmentRuns::new(&network, None, None, 0).unwrap();
    let programs = [compiled(&network, 1, &SegmentOptions::default()).unwrap()];
    let from_programs = SegmentRuns::new(&network, Some(&programs), None, 0).unwrap();
    let (shots, times) = (1000u64, 4000u64);
    let norm = x[0].iter().map(|v| v * v).sum::<f64>().sqrt();
    let psi: Vec<f64> = x[0].iter().map(|v| v / norm).collect();
    let p = runs.sources[0].probabilities(segment, &psi).unwrap();
    let exact = network.scores(&x);
    for runs in [&runs, &from_programs] {
        let mut sums = [(0.0, 0.0); 3];
        for t in 0..times {
            let z = runs.scored(&x[0], Shots::Finite(shots), &mut stream(5, t)).unwrap().scores;
            for ((sum, square), (z, exact)) in sums.iter_mut().zip(z.iter().zip(exact.iter())) {
                *sum += z - exact;
                *square += (z - exact).powi(2);
            }
        }
        for (c, (sum, square)) in sums.iter().enumerate() {
            let (mean, variance) = (sum / times as f64, square / times as f64);
            let (plus, minus) = (p[c], p[3 + c]);
            let wanted = runs.gamma().powi(2) * (plus + minus - (plus - minus).powi(2)) / shots as f64;
            assert!(mean.abs() < 5.0 * (wanted / times as f64).sqrt(), "{mean}");
            assert!((variance / wanted - 1.0).abs() < 0.12, "{variance} {wanted}");
        }
    }
}

#[test]
fn noise_disturbs_and_threads_do_not() {
    let network = network(4, 3, Hidden::Identity, Reads::Amplitudes);
    let samples = samples(4, 6);
    let noise =
        Disturbance { model: NoiseModel::preset("superconducting").unwrap(), trajectories: 10, mitigate: false };
    let runs = SegmentRuns::new(&network, None, Some(&noise), 0).unwrap();
    let noisy = runs.run(&samples, Shots::Infinite, 0).unwrap();
    let exact = run_segments_classically(&network, &samples);
    let off = (&noisy.states - &exact.states).amax();
    assert!(off > 1e-3 && off < 0.6, "{off}");
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = one.install(|| runs.run(&samples, Shots::Finite(500), 3).unwrap());
    assert_eq!(again, runs.run(&samples, Shots::Finite(500), 3).unwrap());
    // A state that is 0 is not encoded: what comes of it is the bias.
    let zero = runs.run(&[vec![0.0; 4]], Shots::Finite(10), 0).unwrap();
    assert_eq!(zero, run_segments_classically(&network, &[vec![0.0; 4]]));
}
