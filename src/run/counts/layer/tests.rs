//! Shots drawn from programs, read back as the streams of the network.

use super::*;
use crate::compiler::{LayerOptions, Patches, compile_layer};
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::quanvolution::{Ansatz, Axis, Head, Image, Layer, Read, Rows};
use crate::qasm::{AnyProgram, read_any};
use crate::random::{Rng, rng};
use crate::run::read_counts;
use crate::simulator::{Multinomial, Readout, transition_probabilities};
use crate::target::Dialect;
use rand::RngExt;

/// A 4x4 image, four channels of 2x2 with the image added, which makes 4x4, and a layer that reads one qubit.
fn network() -> Quanvolution {
    let mut rng = rng(5);
    let mut rows = |depth: usize| {
        let angles = (0..depth).map(|_| std::array::from_fn(|_| rng.random_range(0.0..6.0))).collect();
        Layer::new(Ansatz::Rows(Rows { angles, axis: Axis::X, reupload: false }))
    };
    let first = Layer { skip: vec![0], read: Read::All, scale: 0.7, ..rows(3) };
    let second = Layer { skip: vec![1], read: Read::Mean, ..rows(2) };
    let head = Head::Classical(Affine { weight: RealMatrix::zeros(2, 64), bias: vec![0.1, 0.0] });
    let image = Image { height: 4, width: 4, divide: 2.0, scale: 1.5 };
    Quanvolution { name: "n".into(), image, layers: vec![first, second], head }
}

fn programs(network: &Quanvolution, k: usize, patches: Patches<'_>) -> Vec<LayerProgram> {
    let options = LayerOptions::default().with_tiles(3);
    let texts = compile_layer("n", k + 1, &network.layers[k], patches, &options).unwrap();
    let read = |text: &String| match read_any(text).unwrap() {
        AnyProgram::Layer(program) => *program,
        _ => unreachable!(),
    };
    texts.iter().map(read).collect()
}

/// Shots of a program at the values of its inputs.
fn drawn(program: &LayerProgram, values: &[f64], shots: u64, rng: &mut Rng) -> Counts {
    let circuit = program.template.bind(values);
    let bits = circuit.bit_count();
    let readout = Readout { input: vec![], output: (0..bits).collect(), accept: vec![] };
    let p = transition_probabilities(&circuit, &readout, &[0]).unwrap();
    let mut counts = vec![0.0; 1 << bits];
    Multinomial::default().draw(shots, p.as_slice(), &mut counts, rng);
    let words = counts.iter().enumerate().filter(|(_, count)| **count > 0.0);
    let words: Vec<String> = words.map(|(word, count)| format!("\"{word:0bits$b}\": {count}")).collect();
    let json = format!("{{{}}}", words.join(","));
    read_counts(json.as_bytes(), bits, None, &Dialect::OPENQASM_3).unwrap().counts
}

#[test]
fn counts_become_the_streams_of_the_network_within_their_errors() {
    let (network, shots) = (network(), 4000);
    let image: Vec<f64> = (0..16).map(|i| f64::from(i * 7 % 13) / 6.0).collect();
    let streams = network.streams(&image);
    for (k, seed) in [(0, 1), (1, 2)] {
        let (angles, mut rng) = (network.layers[k].patches(&streams[k]), rng(seed));
        let with_inputs = programs(&network, k, Patches::Inputs);
        let fixed = programs(&network, k, Patches::Fixed(&angles));
        // Three patches a program; the last of those with inputs holds some that nobody asked for.
        let values = |run: usize| -> Vec<f64> {
            (0..3).flat_map(|t| angles.get(3 * run + t).copied().unwrap_or([0.3; PATCH])).collect()
        };
        let bound: Vec<Counts> =
            (0..angles.len().div_ceil(3)).map(|run| drawn(&with_inputs[0], &values(run), shots, &mut rng)).collect();
        let of_fixed: Vec<Counts> = fixed.iter().map(|program| drawn(program, &[], shots, &mut rng)).collect();
        let bound: Vec<LayerRun<'_>> = bound.iter().map(|counts| (&with_inputs[0], counts)).collect();
        let of_fixed: Vec<LayerRun<'_>> = fixed.iter().zip(&of_fixed).collect();
        let mut backwards = of_fixed.clone();
        backwards.reverse();
        assert_eq!(estimate_patches(&network, k, &backwards), estimate_patches(&network, k, &of_fixed));
        for runs in [&bound, &of_fixed] {
            let patches = estimate_patches(&network, k, runs).unwrap();
            let found = estimate_stream(&network, k, &patches, &streams[..=k]);
            let wanted = &streams[k + 1];
            assert_eq!((found.channels, found.height, found.width), (4, 4, 4));
            let mut chi = 0.0;
            for (found, wanted) in found.pixels.iter().zip(&wanted.pixels) {
                // Where nothing but the image is, there is nothing to estimate.
                let off = if found.error > 0.0 { (found.value - wanted) / found.error } else { found.value - wanted };
                assert!(off.abs() < if found.error > 0.0 { 5.0 } else { 1e-12 }, "{found:?} {wanted}");
                chi += off * off;
            }
            let measured = found.pixels.iter().filter(|pixel| pixel.error > 0.0).count() as f64;
            // Channels of one patch share its shots, so the spread is wider than that of as many by themselves; the one channel
            // of the second layer is there four times.
            assert!(k > 0 || (0.3..2.5).contains(&(chi / measured)), "{chi} {measured}");
            let doubt = layer_doubt(&network, k, runs, &streams[k]);
            assert!(!doubt.is_one() && doubt.values == PATCH * angles.len(), "{doubt:?}");
            let other: Vec<Counts> = runs.iter().map(|(_, counts)| counts.reversed()).collect();
            let other: Vec<LayerRun<'_>> = runs.iter().zip(&other).map(|((p, _), counts)| (*p, counts)).collect();
            let doubt = layer_doubt(&network, k, &other, &streams[k]);
            assert!(doubt.is_one() && doubt.reversed, "{doubt:?}");
            let wrong: Vec<f64> = image.iter().map(|x| 2.0 - x).collect();
            let doubt = layer_doubt(&network, k, runs, &network.streams(&wrong)[k]);
            assert!(doubt.is_one() && !doubt.reversed, "{doubt:?}");
        }
        let patches = estimate_patches(&network, k, &of_fixed).unwrap();
        let back = stream_of_programs(&network, k, &patches).unwrap();
        assert!(back.pixels.iter().zip(&streams[k].pixels).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(check_angles(&network, k, &of_fixed, &back), Ok(()));
    }
}

#[test]
fn runs_that_do_not_belong_together_are_refused() {
    let network = network();
    let image: Vec<f64> = (0..16).map(|i| f64::from(i) / 6.0).collect();
    let streams = network.streams(&image);
    let fixed = programs(&network, 0, Patches::Fixed(&network.layers[0].patches(&streams[0])));
    let inputs = &programs(&network, 0, Patches::Inputs)[0];
    let counts = |program: &LayerProgram| drawn(program, &vec![0.1; program.template.inputs().len()], 10, &mut rng(1));
    let (one, two, three) = (counts(&fixed[0]), counts(&fixed[1]), counts(inputs));
    let message = |runs: &[LayerRun<'_>]| estimate_patches(&network, 0, runs).unwrap_err().to_string();
    assert!(message(&[(&fixed[0], &one), (inputs, &three)]).starts_with("expected the programs of fixed pixels"));
    assert_eq!(message(&[(inputs, &three)]), "1 tables of counts of 3 patches each: the layer sees 4, which take 2");
    assert_eq!(
        message(&[(&fixed[0], &one), (&fixed[0], &one)]),
        "run 1 is of patch 0, of which there are counts already"
    );
    let mut beyond = fixed[1].clone();
    beyond.contract.patches[0].pixels = Pixels::Fixed { patch: 4, angles: [0.0; PATCH] };
    assert_eq!(message(&[(&beyond, &two)]), "run 0 is of patch 4: the layer sees 4, numbered from 0");
    // One of two programs says three of four patches, and not what went in.
    let patches = estimate_patches(&network, 0, &[(&fixed[0], &one)]).unwrap();
    assert_eq!((patches.len(), stream_of_programs(&network, 0, &patches)), (3, None));
    let other = network.streams(&[0.5; 16]);
    let message = check_angles(&network, 0, &[(&fixed[0], &one)], &other[0]).unwrap_err().to_string();
    assert!(message.starts_with("run 0: patch 0 was run at 0 radians, the stream that goes in says 0.26"), "{message}");
}
