//! Trains two quanvolutions with residual wiring, (X+O1)+O2, on 8x8 digits and prints the network:
//! `circuits/digits-quanvolution.json` is what comes out.
//!
//!     cargo run --release --example train_quanvolution > digits-quanvolution.json

use hqrn::data::{Split, read_samples};
use hqrn::linalg::RealMatrix;
use hqrn::network::quanvolution::{Head, Image, Layer, Quanvolution};
use hqrn::network::{Affine, Model, read_model_bytes};
use hqrn::random::rng;
use hqrn::training::{Optimiser, Recipe, Rule, TrainingSet, epoch};
use rand::RngExt;
use std::path::Path;

const CLASSES: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/digits.csv.gz");
    let train = read_samples(&data, None, Some(64), Split::Train)?;
    let test = read_samples(&data, None, Some(64), Split::Test)?;

    let mut rng = rng(0);
    let mut angles = |depth: usize| -> Vec<[f64; 4]> {
        (0..depth).map(|_| std::array::from_fn(|_| rng.random_range(0.0..std::f64::consts::TAU))).collect()
    };
    let first = Layer { skip: vec![0], ..Layer::of_rows(angles(4)) };
    let second = Layer { skip: vec![1], ..Layer::of_rows(angles(1)) };
    let image = Image { height: 8, width: 8, divide: 16.0, scale: 1.0 };
    let head = Head::Classical(Affine { weight: RealMatrix::zeros(CLASSES, 64), bias: vec![0.0; CLASSES] });
    let mut network = Quanvolution { name: "digits-quanvolution".into(), image, layers: vec![first, second], head };

    let rule = Rule::Adam;
    let recipe = Recipe { rule, rate: 0.01, weight_decay: 0.0, batch: 16, epochs: 30, fraction: 1.0, seed: 0 };
    let columns = |inputs: &[Vec<f64>]| RealMatrix::from_vec(64, inputs.len(), inputs.concat());
    let labels = |samples: &hqrn::Samples| samples.labels.clone().unwrap_or_default();
    let set = TrainingSet::of_states(columns(&train.inputs), labels(&train), vec![]);
    let mut optimiser = Optimiser::new(rule, network.parameters().len());
    for number in 1..=recipe.epochs {
        epoch(&mut network, &mut optimiser, number, &set, &recipe);
    }
    let found = network.labels(&columns(&test.inputs));
    let right = found.iter().zip(labels(&test)).filter(|(a, b)| **a == *b).count();
    eprintln!("test error {:.2} % of {}", 100.0 * (1.0 - right as f64 / found.len() as f64), found.len());

    let text = Model::Quanvolution(network).to_json();
    assert!(read_model_bytes(text.as_bytes(), "network").is_ok());
    print!("{text}");
    Ok(())
}
