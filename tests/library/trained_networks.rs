//! Real trained networks: the bundled digits always, MNIST and its checkpoints where ../shared has them.

use crate::support::{circuits, shared};
use hqrn::circuit::Cost;
use hqrn::compiler::{Check, CompileOptions, compile_and_measure};
use hqrn::network::{Network, read};
use rayon::prelude::*;

/// Compiles every block, both signs, to 1e-9 of the largest entry and at most 2,921 CX a sign.
fn check(network: &Network) {
    (1..=network.blocks.len()).into_par_iter().for_each(|number| {
        let options = CompileOptions::default().with_split(true);
        let report = compile_and_measure(network, number, &options, Some(&Check::all(1e-9))).unwrap();
        let verification = report.verification.unwrap();
        assert!(verification.holds(), "{} block {number}: {verification:?}", network.name);
        assert_eq!(report.read_back.len(), 2);
        for program in &report.read_back {
            assert!(Cost::of(&program.circuit).two_qubit_gates <= 2921);
        }
    });
}

#[test]
fn digits() {
    let network = read(circuits("digits.json")).unwrap();
    assert_eq!((network.blocks.len(), network.input_dim()), (10, 64));
    check(&network);
}

#[test]
fn mnist() {
    if let Some(path) = shared("weights/mnist.json") {
        let network = read(&path).unwrap();
        assert_eq!((network.name.as_str(), network.input_dim()), ("mnist", 784));
        check(&network);
    }
}

#[test]
fn checkpoints_of_mnist() {
    let Some(folder) = shared("weights/mnist-epochs") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 31);
    // Every fifth: first, last, and what training does in between.
    files.iter().step_by(5).for_each(|file| check(&read(file).unwrap()));
}

#[test]
fn the_last_checkpoint_is_mnist_json_in_single_precision() {
    let (Some(json), Some(tensors)) =
        (shared("weights/mnist.json"), shared("weights/mnist-epochs/epoch-300.safetensors"))
    else {
        return;
    };
    let (json, tensors) = (read(&json).unwrap(), read(&tensors).unwrap());
    assert_eq!(tensors.name, "mnist-epoch-300");
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1e-3);
    for (a, b) in json.blocks.iter().zip(&tensors.blocks) {
        assert!(a.weight().iter().zip(b.weight().iter()).all(|(a, b)| near(*a, *b)));
        assert_eq!((a.alpha, a.activation), (b.alpha, b.activation));
    }
    let x: Vec<f64> = (0..784).map(|i| ((i * 31) % 255) as f64).collect();
    assert_eq!(json.forward(&x).label, tensors.forward(&x).label);
}

/// The figure that came with the weights: 3.35 % test error.
#[test]
fn the_classical_forward_pass_has_the_known_test_error() {
    let network = read(circuits("digits.json")).unwrap();
    let bytes = std::fs::File::open(circuits("digits.csv.gz")).unwrap();
    let table = std::io::read_to_string(flate2::read::GzDecoder::new(bytes)).unwrap();
    let (mut wrong, mut count) = (0, 0);
    for line in table.lines().skip(1) {
        let mut fields = line.split(',');
        let (label, split) = (fields.next().unwrap(), fields.next().unwrap());
        if split == "test" {
            let pixels: Vec<f64> = fields.map(|f| f.parse().unwrap()).collect();
            wrong += usize::from(network.forward(&pixels).label != label.parse().ok());
            count += 1;
        }
    }
    assert_eq!((count, wrong), (597, 20), "20 of 597 are 3.35 %");
}
