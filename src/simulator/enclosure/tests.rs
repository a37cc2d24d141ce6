//! Enclosures against the simulator that verification goes by, and against themselves.

use super::*;
use crate::circuit::Gate;
use crate::random::rng;
use crate::simulator::transition_probabilities;
use rand::RngExt;

fn sample(n: usize, gates: usize, seed: u64) -> Circuit {
    let mut rng = rng(seed);
    let mut circuit = Circuit::with_bits(n, n);
    for _ in 0..gates {
        let q = rng.random_range(0..n);
        let other = (q + rng.random_range(1..n)) % n;
        let angle = rng.random_range(-3.2..3.2);
        match rng.random_range(0..6) {
            0 => circuit.push(Gate::Ry(angle), &[q]),
            1 => circuit.push(Gate::U3(angle, -angle, 1.0), &[q]),
            2 => circuit.push(Gate::Ch, &[q, other]),
            3 => circuit.push(Gate::Rzz(angle), &[q, other]),
            4 => circuit.push(Gate::Sx, &[q]),
            _ => circuit.push(Gate::Cx, &[q, other]),
        };
    }
    (0..n).for_each(|q| circuit.measure(q, n - 1 - q).unwrap());
    circuit
}

#[test]
fn what_the_simulator_says_is_within_the_bounds_and_they_are_close() {
    for n in 2..=7usize {
        let circuit = sample(n, 60 * n, n as u64);
        for accepted in [0, 1, n / 2] {
            let readout = Readout {
                input: (0..n - accepted).rev().collect(),
                output: (0..n - accepted).collect(),
                accept: (n - accepted..n).map(|bit| (bit, bit % 2 == 0)).collect(),
            };
            let inputs: Vec<usize> = (0..1 << (n - accepted)).collect();
            let expected = transition_probabilities(&circuit, &readout, &inputs).unwrap();
            let found = enclose(&circuit, &readout, &inputs).unwrap();
            assert!(found.error < 60.0 * n as f64 * 20.0 * f64::EPSILON, "{n}: {:e}", found.error);
            let Enclosure { middle, radius } = found.probabilities();
            assert_eq!(middle.shape(), expected.shape());
            assert!((&middle - &expected).iter().zip(radius.iter()).all(|(d, r)| d.abs() <= *r), "{n} {accepted}");
            assert!((0..inputs.len()).all(|k| (radius.column(k).sum()) < 1e-11));
        }
    }
}

#[test]
fn maps_of_density_matrices_are_those_of_their_operators() {
    let circuit = sample(3, 80, 5);
    let readout = Readout { input: vec![0, 1], output: vec![1], accept: vec![(0, true)] };
    let found = enclose(&circuit, &readout, &[0, 1, 2, 3]).unwrap().response();
    let expected = crate::simulator::AcceptedOperator::of(&circuit, &readout).unwrap().response(4);
    assert_eq!(found.middle.shape(), expected.shape());
    assert!((found.middle - expected).iter().zip(found.radius.iter()).all(|(d, r)| d.abs() <= *r && *r < 1e-12));
}

#[test]
fn a_gate_in_single_precision_is_noticed() {
    // A bound that says nothing of its own circuit would be none: what another circuit computes is out of it.
    let circuit = sample(4, 120, 9);
    let readout = Readout { input: vec![0, 1, 2, 3], output: vec![0, 1, 2, 3], accept: vec![] };
    let own = enclose(&circuit, &readout, &[3]).unwrap().probabilities();
    let mut other = Circuit::with_bits(4, 4);
    for (i, (_, o)) in circuit.operations().enumerate() {
        let nudge = if i == 60 { 1e-7 } else { 0.0 };
        let angles = o.gate.angles().map(|a| a + nudge);
        other.push(o.gate.with_angles(angles), &o.qubits.iter().collect::<Vec<_>>());
        other.push(Gate::Ry(if i == 60 { 1e-7 } else { 0.0 }), &[0]);
    }
    (0..4).for_each(|q| other.measure(q, 3 - q).unwrap());
    let moved = enclose(&other, &readout, &[3]).unwrap().probabilities();
    let apart = (own.middle - moved.middle).abs();
    assert!(apart.iter().zip(own.radius.iter()).any(|(d, r)| *d > 100.0 * r));
}

#[test]
fn a_register_that_is_not_touched_is_there_all_the_same() {
    let mut circuit = Circuit::with_bits(3, 3);
    circuit.push(Gate::X, &[1]);
    (0..3).for_each(|q| circuit.measure(q, q).unwrap());
    let readout = |accept| Readout { input: vec![0], output: vec![0, 1], accept };
    let found = enclose(&circuit, &readout(vec![(2, false)]), &[0, 1]).unwrap().probabilities();
    assert_eq!(found.middle, RealMatrix::from_row_slice(4, 2, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]));
    assert!(found.radius.amax() < 1e-14);
    assert_eq!(enclose(&circuit, &readout(vec![(2, true)]), &[0, 1]).unwrap().probabilities().middle.amax(), 0.0);
}
