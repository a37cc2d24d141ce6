//! How long an epoch of quanvolutions takes: (X+O1)+O2 with depths 4 and 1 on 1,600 images of 28 x 28, batches of 16 and true
//! gradients, as in Table 3 of Kashif and Shafique 2025. Images are made here, since no time depends on what is in them but for
//! empty pixels, of which they have as many as digits have.
//!
//! `cargo run --release --example quanvolution_epochs [EPOCHS] [IMAGES]`; `benches/quanvolution_against_pennylane.py` measures the
//! same layers in PennyLane.

use hqrn::data::Samples;
use hqrn::linalg::RealMatrix;
use hqrn::network::Affine;
use hqrn::network::quanvolution::{Head, Image, Layer, Quanvolution, wiring};
use hqrn::random::rng;
use hqrn::training::{Gradients, Guided, Optimiser, Recipe, Rule, Trainable, TrainingSet, epoch};
use rand::RngExt;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("expected whole numbers"));
    let (epochs, images) = (arguments.next().unwrap_or(30), arguments.next().unwrap_or(1600));
    let (side, classes) = (28, 10);
    let skips = wiring("(X+O1)+O2").expect("a wiring of the paper");
    let layer = |(skip, depth): (Vec<usize>, usize)| Layer { skip, ..Layer::of_rows(vec![[0.0; 4]; depth]) };
    let layers = skips.into_iter().zip([4, 1]).map(layer).collect();
    let image = Image { height: side, width: side, divide: 255.0, scale: 1.0 };
    let head = Affine { weight: RealMatrix::zeros(classes, side * side), bias: vec![0.0; classes] };
    let network = Quanvolution { name: "epochs".into(), image, layers, head: Head::Classical(head) };
    let mut random = rng(1);
    // A fifth of the pixels of a digit are not empty.
    let mut pixel = |k: usize| {
        let (row, column) = (k / side, k % side);
        let inside = (7..21).contains(&row) && (8..20).contains(&column);
        if inside { random.random_range(1.0..255.0) } else { 0.0 }
    };
    let inputs: Vec<Vec<f64>> = (0..images).map(|_| (0..side * side).map(&mut pixel).collect()).collect();
    let labels = Some((0..images).map(|i| i % classes).collect());
    let set = TrainingSet::of_images(&Samples { inputs, labels, ..Samples::default() });
    let recipe =
        Recipe { rule: Rule::Adam, rate: 0.01, weight_decay: 0.0, batch: 16, epochs: 30, fraction: 1.0, seed: 0 };
    let mut guided = Guided::start(network, Gradients::Through, false, 0);
    let mut optimiser = Optimiser::new(recipe.rule, guided.parameters().len());
    let start = Instant::now();
    let mut loss = 0.0;
    for number in 1..=epochs as u32 {
        loss = epoch(&mut guided, &mut optimiser, number, &set, &recipe).loss;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{epochs} epochs of {images} images in {seconds:.3} s: {:.2} ms an epoch, {:.2} µs an image, loss {loss:.3}",
        1e3 * seconds / epochs as f64,
        1e6 * seconds / (epochs * images) as f64
    );
}
