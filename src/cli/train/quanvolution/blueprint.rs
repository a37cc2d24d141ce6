//! The network that the options describe, before its parameters are drawn, and how it is trained.

use super::command::{Args, GradientArg, HeadArg, Preset};
use super::images::Images;
use crate::linalg::RealMatrix;
use crate::network::quanvolution::{
    Ansatz, Axis, Head, Image, Layer, QuantumHead, Quanvolution, Read, Rows, Step, wiring,
};
use crate::network::{Affine, Model, read_model_bytes};
use crate::random::stream;
use crate::training::{Gradients, Recipe, Rule};
use rand::RngExt;
use std::f64::consts::{PI, TAU};

/// Rotations of a random layer, and how likely another gate is a CX instead: what PennyLane's `RandomLayers` takes.
const RANDOM: (usize, f64) = (4, 0.3);

/// The network; all that training draws is zero.
pub fn blueprint(args: &Args, name: &str, images: &Images) -> Result<Quanvolution, String> {
    let demo = args.preset == Some(Preset::PennylaneDemo);
    let skips = match &args.wiring {
        Some(skips) => skips.0.clone(),
        None => wiring(if demo { "one" } else { "(X+O1)+O2" }).expect("a wiring by its name"),
    };
    let mut depths: Vec<usize> = args.depths.iter().copied().map(usize::from).collect();
    if depths.is_empty() {
        depths = (0..skips.len()).map(|k| if k == 0 { 4 } else { 1 }).collect();
    }
    if depths.len() != skips.len() {
        return Err(format!("--depths: {} numbers, expected {}, one a layer of the wiring", depths.len(), skips.len()));
    }
    let usual = if args.preset == Some(Preset::Resqunn) { Read::Mean } else { Read::All };
    let layer = |(k, (depth, skip)): (usize, (usize, Vec<usize>))| {
        let ansatz = if demo {
            Ansatz::Gates(random_gates(args.seed, k))
        } else {
            Ansatz::Rows(Rows { angles: vec![[0.0; 4]; depth], axis: args.axis.axis(), reupload: args.reupload })
        };
        let scale = if demo && args.scale.is_none() { PI } else { args.scale.unwrap_or(1.0) };
        Layer { read: args.read.unwrap_or(usual), scale, skip, ..Layer::new(ansatz) }
    };
    let largest = images.training.inputs.iter().flatten().fold(0.0f64, |top, v| top.max(*v));
    let divide = args.divide.unwrap_or(if largest > 0.0 { largest } else { 1.0 });
    let image = Image { height: images.side, width: images.side, divide, scale: 1.0 };
    let layers = depths.into_iter().zip(skips).enumerate().map(layer).collect();
    // Sizes follow from the layers, so the head comes last; a skip that cannot be is found before they are asked for.
    let head =
        Head::Classical(Affine { weight: RealMatrix::zeros(images.classes, 1), bias: vec![0.0; images.classes] });
    let mut network = Quanvolution { name: name.to_owned(), image, layers, head };
    let forward = network
        .layers
        .iter()
        .enumerate()
        .find_map(|(k, layer)| layer.skip.iter().find(|&&stream| stream > k).map(|stream| (k + 1, *stream)));
    if let Some((layer, stream)) = forward {
        return Err(format!("--wiring: layer {layer} adds stream {stream}, expected one before it"));
    }
    let features = network.features();
    network.head = match args.head {
        HeadArg::Classical => {
            let weight = RealMatrix::zeros(images.classes, features);
            Head::Classical(Affine { weight, bias: vec![0.0; images.classes] })
        }
        HeadArg::Quantum => {
            if args.measured.len() != images.classes {
                let (wires, classes) = (args.measured.len(), images.classes);
                return Err(format!("--measured: {wires} wires for {classes} classes, expected one a class"));
            }
            // Ten, as in the paper, or as many as the features need.
            let wires = (features.next_power_of_two().trailing_zeros() as usize).max(10);
            Head::Quantum(QuantumHead { angles: vec![0.0; wires], measured: args.measured.clone() })
        }
    };
    // What files are checked for: the reader names the place.
    let text = Model::from(network.clone()).to_json();
    read_model_bytes(text.as_bytes(), name).map_err(|error| error.to_string())?;
    Ok(network)
}

/// Gates as PennyLane's demo has them: random rotations of random qubits, now and then a CX.
fn random_gates(seed: u64, layer: usize) -> Vec<Step> {
    let mut rng = stream(seed, 1000 + layer as u64);
    let (mut gates, mut left) = (vec![], RANDOM.0);
    while left > 0 {
        let qubit = rng.random_range(0..4);
        if rng.random_range(0.0..1.0) < RANDOM.1 {
            gates.push(Step::Cx(qubit, (qubit + rng.random_range(1..4)) % 4));
            continue;
        }
        let axis = [Axis::X, Axis::Y, Axis::Z][rng.random_range(0..3)];
        gates.push(Step::Turn(axis, qubit, rng.random_range(0.0..TAU)));
        left -= 1;
    }
    gates
}

/// Where gradients go.
pub fn gradients(args: &Args) -> Gradients {
    match (args.gradient, args.preset) {
        (Some(GradientArg::Through), _) | (None, None) => Gradients::Through,
        (Some(GradientArg::Cut), _) | (None, Some(Preset::Resqunn)) => Gradients::Cut,
        (Some(GradientArg::Frozen), _) | (None, Some(Preset::PennylaneDemo)) => Gradients::Frozen,
    }
}

/// How to train.
pub fn recipe(args: &Args) -> Recipe {
    let demo = args.preset == Some(Preset::PennylaneDemo);
    Recipe {
        rule: Rule::Adam,
        rate: args.rate.unwrap_or(if demo { 1e-3 } else { 1e-2 }),
        weight_decay: 0.0,
        batch: args.batch.map_or(if demo { 4 } else { 16 }, |batch| batch as usize),
        epochs: args.epochs,
        fraction: 1.0,
        seed: args.seed,
    }
}
