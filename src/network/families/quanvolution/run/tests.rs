//! Streams, wirings and sizes.

use super::*;
use crate::network::Affine;
use crate::network::families::quanvolution::layer::{Layer, Read};
use crate::network::families::quanvolution::{Head, Image};

fn network(side: (usize, usize), layers: Vec<Layer>) -> Quanvolution {
    let image = Image { height: side.0, width: side.1, divide: 100.0, scale: 1.0 };
    let none = Affine { weight: RealMatrix::zeros(1, 1), bias: vec![0.0] };
    let mut network = Quanvolution { name: "n".into(), image, layers, head: Head::Classical(none) };
    let weight = RealMatrix::from_fn(2, network.features(), |i, j| ((i + 2 * j) as f64).sin());
    network.head = Head::Classical(Affine { weight, bias: vec![0.5, -0.5] });
    network
}

fn layer(skip: &[usize], read: Read) -> Layer {
    Layer { skip: skip.to_vec(), read, ..Layer::of_rows(vec![[0.4, -0.3, 0.2, 0.9]; 2]) }
}

fn image(pixels: usize) -> Vec<f64> {
    (0..pixels).map(|k| (k * 37 % 101) as f64).collect()
}

#[test]
fn sizes_of_the_papers_wirings() {
    for (skips, features) in [
        (&[&[][..], &[]][..], 49),
        (&[&[0], &[]], 196),
        (&[&[], &[1]], 196),
        (&[&[], &[0]], 784),
        (&[&[0], &[1]], 784),
        (&[&[], &[1], &[2]], 196),
        (&[&[0], &[1], &[2]], 784),
        (&[&[], &[], &[]], 16),
        (&[&[]], 196),
    ] {
        let layers: Vec<Layer> = skips.iter().map(|skip| layer(skip, Read::Mean)).collect();
        assert_eq!(network((28, 28), layers).features(), features, "{skips:?}");
    }
    let all = network((28, 28), vec![layer(&[], Read::All), layer(&[0], Read::Mean)]);
    assert_eq!(all.features(), 784);
    let channels = network((28, 28), vec![layer(&[0], Read::All), layer(&[1], Read::Mean)]);
    assert_eq!(channels.features(), 4 * 784);
}

#[test]
fn odd_sides_end_in_zeros() {
    let (odd, even) = (network((3, 5), vec![layer(&[], Read::All)]), network((4, 6), vec![layer(&[], Read::All)]));
    let pixels = image(15);
    let mut padded = vec![0.0; 24];
    (0..15).for_each(|k| padded[k / 5 * 6 + k % 5] = pixels[k]);
    assert_eq!(odd.streams(&pixels)[1], even.streams(&padded)[1]);
}

#[test]
fn smaller_streams_are_centred_and_single_channels_are_added_to_all() {
    let network = network((5, 4), vec![layer(&[0], Read::All)]);
    let pixels = image(20);
    let streams = network.streams(&pixels);
    let alone = Quanvolution { layers: vec![layer(&[], Read::All)], ..network.clone() }.streams(&pixels)[1].clone();
    assert_eq!((alone.shape.height, alone.shape.width, alone.shape.channels), (3, 2, 4));
    for channel in 0..4 {
        for (row, column) in (0..20).map(|k| (k / 4, k % 4)) {
            let inside = (1..4).contains(&row) && (1..3).contains(&column);
            let own = if inside { alone.pixels[(channel * 3 + row - 1) * 2 + column - 1] } else { 0.0 };
            let got = streams[1].pixels[channel * 20 + row * 4 + column];
            assert_eq!(got, own + pixels[row * 4 + column] / 100.0);
        }
    }
}

#[test]
fn channels_are_averaged_after_the_same_circuit() {
    let two = network((4, 4), vec![layer(&[], Read::All), layer(&[], Read::Mean)]);
    let streams = two.streams(&image(16));
    let each: Vec<f64> = streams[1]
        .pixels
        .chunks(4)
        .collect::<Vec<_>>()
        .iter()
        .map(|channel| {
            let image = Image { height: 2, width: 2, divide: 1.0, scale: 1.0 };
            let one = Quanvolution { image, layers: vec![layer(&[], Read::Mean)], ..two.clone() };
            one.streams(channel)[1].pixels[0]
        })
        .collect();
    assert!((streams[2].pixels[0] - each.iter().sum::<f64>() / 4.0).abs() < 1e-15);
}

#[test]
fn batches_say_what_single_images_say() {
    let network = network((6, 6), vec![layer(&[0], Read::Mean), layer(&[1], Read::Mean)]);
    let images = RealMatrix::from_fn(36, 11, |k, i| (k * (i + 3) * 37 % 101) as f64);
    let scores = network.scores(&images);
    assert_eq!(scores.shape(), (2, 11));
    for i in 0..11 {
        let alone = network.scores(&images.columns(i, 1).into_owned());
        assert_eq!(alone.column(0), scores.column(i));
        assert_eq!(network.labels(&images)[i], usize::from(scores[(1, i)] > scores[(0, i)]));
    }
}

#[test]
fn a_side_of_one_stays_one() {
    let network = network((1, 1), vec![layer(&[], Read::Mean), layer(&[0], Read::Mean), layer(&[2], Read::Mean)]);
    let streams = network.streams(&[50.0]);
    assert!(streams.iter().all(|stream| stream.pixels.len() == 1));
    assert_eq!(network.features(), 1);
}
