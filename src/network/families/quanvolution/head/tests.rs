//! The quantum head against a state vector, and its hard cases.

use super::*;
use crate::circuit::{Circuit, Gate};
use crate::simulator::unitary_of;

fn head(angles: &[f64], measured: &[usize]) -> QuantumHead {
    QuantumHead { angles: angles.to_vec(), measured: measured.to_vec() }
}

fn scores(head: &QuantumHead, pixels: &[f64]) -> Vec<f64> {
    head.scores(&head.state(pixels).1)
}

#[test]
fn scores_are_those_of_the_circuit() {
    let head = head(&[0.3, -1.2, 2.2, 0.9], &[3, 0, 2, 1]);
    let pixels: Vec<f64> = (0..11).map(|k| (f64::from(k) * 1.7).sin()).collect();
    // Wire w is qubit 3 - w.
    let mut circuit = Circuit::new(4);
    head.angles.iter().enumerate().for_each(|(w, &angle)| _ = circuit.push(Gate::Ry(angle), &[3 - w]));
    (0..3).for_each(|w| _ = circuit.push(Gate::Cx, &[3 - w, 2 - w]));
    let u = unitary_of(&circuit);
    let norm = pixels.iter().map(|x| x * x).sum::<f64>().sqrt();
    let state: Vec<_> =
        (0..16).map(|n| (0..11).map(|m| u[(n, m)] * pixels[m] / norm).sum::<crate::linalg::Complex>()).collect();
    for (got, wire) in scores(&head, &pixels).iter().zip(&head.measured) {
        let z = |n: usize| if n >> (3 - wire) & 1 == 0 { 1.0 } else { -1.0 };
        let wanted: f64 = state.iter().enumerate().map(|(n, a)| z(n) * a.norm_sqr()).sum();
        assert!((got - wanted).abs() < 1e-14, "{wire}: {got} {wanted}");
    }
}

#[test]
fn size_and_sign_of_all_pixels_do_not_matter() {
    let head = head(&[0.3, -1.2, 2.2], &[2, 1]);
    let wanted = scores(&head, &[1.0, -2.0, 4.0]);
    for by in [-1.0, 1e-200, -1e200, 5e-324] {
        let got = scores(&head, &[1.0, -2.0, 4.0].map(|x| by * x));
        assert!(got.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-14), "{by}");
    }
    assert_eq!(scores(&head, &[0.0; 8]), [0.0, 0.0]);
    let mut pixels = [0.0; 8];
    head.slopes(&mut pixels, &[1.0, 1.0], &mut [0.0; 3]);
    assert_eq!(pixels, [0.0; 8]);
}

#[test]
fn heads_that_see_nothing_are_known() {
    let ten = |measured: &[usize]| head(&[0.3; 10], measured);
    let images: Vec<Vec<f64>> = (0..3).map(|i| (0..49).map(|k| f64::from(k * k + i * 7 * k) % 5.0).collect()).collect();
    for (measured, features, constant) in [
        (vec![0, 1, 2, 3], 49, true),
        (vec![0, 1, 2, 4], 49, false),
        (vec![0, 1], 196, true),
        (vec![0, 2], 196, false),
        (vec![0], 784, false),
    ] {
        assert_eq!(ten(&measured).is_constant(features), constant, "{measured:?} {features}");
        if features == 49 {
            let all: Vec<Vec<f64>> = images.iter().map(|x| scores(&ten(&measured), x)).collect();
            let same = all.iter().flat_map(|s| s.iter().zip(&all[0])).all(|(a, b)| (a - b).abs() < 1e-13);
            assert_eq!(same, constant);
        }
    }
}
