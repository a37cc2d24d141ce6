//! Derivatives against differences, shapes against counts.

use super::*;
use crate::circuit::Cost;
use crate::linalg::RealMatrix;
use crate::optimisation::Equations;
use crate::random::rng;
use crate::simulator::unitary_of;
use rand::RngExt;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn derivatives_agree_with_differences() {
    let mut rng = rng(1);
    for (dim, gates) in [(1, 0), (2, 3), (3, 5), (4, 7), (8, 180), (5, 11)] {
        let shape = Brickwork::new(dim, gates);
        assert_eq!(shape.gates(), if dim == 1 { 0 } else { gates });
        assert_eq!(shape.angles(), shape.qubits() + 4 * shape.gates());
        let angles: Vec<f64> = (0..shape.angles()).map(|_| rng.random_range(-3.0..3.0)).collect();
        let target = RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-0.3..0.3));
        let equations = JointEquations::new(&shape, &target);
        let u = unitary_of(&shape.circuit(&angles));
        let half = u.nrows() / 2;
        let f = equations.residuals(&angles);
        assert_eq!(f.len(), half * dim);
        for (e, f) in f.iter().enumerate() {
            let (n, m) = (e % half, e / half);
            let target = target.get((n, m)).copied().unwrap_or(0.0);
            let wanted = u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr() - target;
            assert!((f - wanted).abs() < 1e-12);
        }
        let mut exact = equations.jacobian::<f64>(&angles);
        let mut short = equations.jacobian::<f32>(&angles);
        for (i, (column, single)) in exact.columns_mut().zip(short.columns_mut()).enumerate() {
            let at = |by: f64| {
                let mut moved = angles.clone();
                moved[i] += by;
                equations.residuals(&moved)
            };
            let (plus, minus) = (at(1e-5), at(-1e-5));
            for (((slope, single), p), m) in column.iter().zip(single).zip(plus).zip(minus) {
                assert!((slope - (p - m) / 2e-5).abs() < 1e-8, "{dim}, angle {i}: {slope} {}", (p - m) / 2e-5);
                assert!((slope - f64::from(*single)).abs() < 1e-5, "{dim}, angle {i}: {slope} {single}");
            }
        }
    }
}

fn random(dim: usize, seed: u64) -> RealMatrix {
    let mut rng = rng(seed);
    RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-1.0..1.0))
}

#[test]
fn random_blocks_are_exact_near_the_bound() {
    assert_eq!([2, 4, 8, 16, 32, 64].map(counting_bound), [1, 4, 15, 63, 255, 1023]);
    for (dim, most, seeds) in [(1, 1, 4), (2, 2, 4), (3, 5, 4), (4, 6, 6), (5, 14, 2), (8, 21, 3)] {
        for seed in 0..seeds {
            let w = random(dim, seed);
            let found = synthesise_joint(&w, &JointOptions::default(), seed, &|_| true);
            let joint = found.unwrap_or_else(|| panic!("{dim} {seed}: none"));
            let pairs = Cost::of(&joint.circuit).two_qubit_gates;
            assert!(pairs <= most, "{dim} {seed}: {pairs}");
            let u = unitary_of(&joint.circuit);
            let half = u.nrows() / 2;
            for (n, m) in (0..dim).flat_map(|n| (0..dim).map(move |m| (n, m))) {
                let got = joint.gamma * (u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr());
                assert!((got - w[(n, m)]).abs() < 1e-9 * w.amax(), "{dim} {seed} {n} {m}");
            }
            // Only neighbours on a line are joined.
            let far = |(_, operation): (_, crate::circuit::Operation)| {
                let qubits: Vec<usize> = operation.qubits.iter().collect();
                qubits.len() == 2 && qubits[0].abs_diff(qubits[1]) != 1
            };
            assert!(!joint.circuit.operations().any(far));
        }
    }
}

#[test]
fn threads_change_no_angle_and_no_ends_a_search() {
    let w = random(8, 5);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| synthesise_joint(&w, &JointOptions::default(), 0, &|_| true)).unwrap();
        found.circuit.operations().map(|(_, operation)| format!("{operation:?}")).collect::<Vec<_>>()
    };
    assert_eq!(on(1), on(3));
    let steps = AtomicUsize::new(0);
    let few = |_: &Attempt| steps.fetch_add(1, Ordering::Relaxed) < 5;
    assert!(synthesise_joint(&w, &JointOptions::default(), 0, &few).is_none());
    assert!((6..30).contains(&steps.into_inner()));
    assert!(synthesise_joint(&RealMatrix::zeros(4, 4), &JointOptions::default(), 0, &|_| true).is_none());
}
