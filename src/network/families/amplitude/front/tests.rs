//! Convolutions by hand, and derivatives against differences.

use super::*;
use crate::random::rng;
use approx::assert_abs_diff_eq;
use rand::RngExt;

#[test]
fn a_window_sees_its_neighbours_and_zeros_around() {
    let mut weight = vec![0.0; 9];
    // The entry right of each, twice, and the one above.
    (weight[5], weight[1]) = (2.0, 1.0);
    let conv = Conv { inputs: 1, weight, bias: vec![0.5], activation: Hidden::Identity, pool: false };
    let front = Front { scale: 10.0, image: Some([1, 2, 3]), stages: vec![Stage::Conv(conv)] };
    let image = RealMatrix::from_column_slice(6, 1, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    let out = front.forward(image.clone()).features;
    assert_abs_diff_eq!(out, RealMatrix::from_column_slice(6, 1, &[4.5, 6.5, 0.5, 11.5, 14.5, 3.5]), epsilon = 1e-14);
    let mut pooling = front.clone();
    let Stage::Conv(conv) = &mut pooling.stages[0] else { panic!() };
    conv.pool = true;
    let out = pooling.forward(image).features;
    assert_abs_diff_eq!(out, RealMatrix::from_column_slice(1, 1, &[14.5]), epsilon = 1e-14);
    assert_eq!((pooling.entries(), pooling.features()), (6, Ok(1)));
}

#[test]
fn derivatives_agree_with_differences() {
    let mut rng = rng(3);
    let mut draw = |count: usize| (0..count).map(|_| rng.random_range(-1.0..1.0)).collect::<Vec<f64>>();
    let conv = |inputs: usize, outputs: usize, activation, pool, draw: &mut dyn FnMut(usize) -> Vec<f64>| {
        Stage::Conv(Conv { inputs, weight: draw(9 * inputs * outputs), bias: draw(outputs), activation, pool })
    };
    let linear = |rows: usize, columns: usize, activation, draw: &mut dyn FnMut(usize) -> Vec<f64>| Stage::Linear {
        affine: Affine { weight: RealMatrix::from_vec(rows, columns, draw(rows * columns)), bias: draw(rows) },
        activation,
    };
    let fronts = [
        (None, vec![linear(3, 30, Hidden::Tanh, &mut draw), linear(4, 3, Hidden::Identity, &mut draw)]),
        (
            Some([2, 5, 3]),
            vec![
                conv(2, 3, Hidden::LeakyRelu, true, &mut draw),
                conv(3, 2, Hidden::Tanh, false, &mut draw),
                linear(4, 4, Hidden::Identity, &mut draw),
            ],
        ),
        (Some([2, 15, 1]), vec![conv(2, 1, Hidden::Relu, false, &mut draw)]),
    ];
    for (image, stages) in fronts {
        let front = Front { scale: 0.7, image, stages };
        let features = front.features().unwrap();
        let samples = RealMatrix::from_vec(30, 2, draw(60));
        let weights = RealMatrix::from_vec(features, 2, draw(2 * features));
        let loss = |front: &Front| front.forward(samples.clone()).features.component_mul(&weights).sum();
        let found = front.backward(&front.forward(samples.clone()), weights.clone());
        let start: Vec<f64> = front.parameters().copied().collect();
        assert_eq!(found.len(), start.len());
        for (i, found) in found.iter().enumerate() {
            let moved = |step: f64| {
                let (mut values, mut moved) = (start.clone(), front.clone());
                values[i] += step;
                moved.set_parameters(&values);
                loss(&moved)
            };
            assert_abs_diff_eq!(*found, (moved(1e-6) - moved(-1e-6)) / 2e-6, epsilon = 1e-7);
        }
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let conv = |inputs, pool| {
        let weight = vec![0.0; 18 * inputs];
        Stage::Conv(Conv { inputs, weight, bias: vec![0.0; 2], activation: Hidden::Identity, pool })
    };
    let linear = Stage::Linear {
        affine: Affine { weight: RealMatrix::zeros(3, 8), bias: vec![0.0; 3] },
        activation: Hidden::Relu,
    };
    let of = |image, stages: Vec<Stage>| Front { scale: 1.0, image, stages }.features();
    assert_eq!(of(Some([1, 4, 4]), vec![conv(1, true), linear.clone()]), Ok(3));
    assert_eq!(of(Some([3, 4, 4]), vec![conv(1, true)]).unwrap_err().1, "weight");
    assert_eq!(of(Some([1, 1, 4]), vec![conv(1, true)]).unwrap_err().1, "pool");
    assert_eq!(
        of(None, vec![linear.clone(), conv(1, true)]),
        Err((1, "kind", "conv: expected before any linear stage".into()))
    );
    assert_eq!(of(Some([1, 4, 2]), vec![conv(1, true), linear]), Err((1, "weight", "8 columns, expected 4".into())));
}
