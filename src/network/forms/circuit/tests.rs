//! Weights against the simulator, derivatives against differences.

use super::*;
use crate::circuit::{Circuit, Gate};
use crate::random::{Rng, rng};
use crate::simulator::unitary_of;
use rand::RngExt;

fn random(dim: usize, count: usize, rng: &mut Rng) -> Variational {
    let mut circuit = Variational { dim, steps: vec![], gamma: 1.7 };
    let qubits = circuit.qubits();
    for _ in 0..count {
        let q = rng.random_range(0..qubits);
        let angle = rng.random_range(-3.0..3.0);
        circuit.steps.push(match rng.random_range(0..3) {
            0 => Step::Ry(q, angle),
            1 => Step::Rz(q, angle),
            _ => Step::Cz(q, (q + rng.random_range(1..qubits)) % qubits),
        });
    }
    circuit
}

#[test]
fn the_weight_is_that_of_the_gates() {
    let mut rng = rng(1);
    for (dim, count) in [(2, 7), (3, 30), (4, 60), (5, 0), (8, 90), (20, 120)] {
        let given = random(dim, count, &mut rng);
        let mut circuit = Circuit::new(given.qubits());
        for step in &given.steps {
            match *step {
                Step::Ry(q, angle) => circuit.push(Gate::Ry(angle), &[q]),
                Step::Rz(q, angle) => circuit.push(Gate::Rz(angle), &[q]),
                Step::Cz(a, b) => circuit.push(Gate::Cz, &[a, b]),
            };
        }
        let u = unitary_of(&circuit);
        let half = u.nrows() / 2;
        let wanted = RealMatrix::from_fn(dim, dim, |n, m| 1.7 * (u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr()));
        assert!((given.weight() - &wanted).amax() < 1e-13, "{dim}, {count} steps");
        assert!((given.run_in::<f32>().weight() - wanted).amax() < 1e-5, "{dim}, {count} steps");
    }
}

#[test]
fn slopes_agree_with_differences() {
    let mut rng = rng(2);
    for (dim, count) in [(2, 12), (3, 25), (4, 50), (8, 60), (20, 60)] {
        let circuit = random(dim, count, &mut rng);
        let slope = RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-1.0..1.0));
        let slopes = circuit.run().slopes(&slope);
        let angles = circuit.angles();
        assert_eq!(slopes.len(), angles.len());
        for i in 0..angles.len() {
            let at = |by: f64| {
                let (mut moved, mut values) = (circuit.clone(), circuit.parameters());
                values[1 + i] += by;
                moved.set_parameters(&values);
                moved.weight().dot(&slope)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slopes[i] - difference).abs() < 1e-8, "{dim}, angle {i}: {} {difference}", slopes[i]);
        }
        let single = circuit.run_in::<f32>().slopes(&slope);
        assert!(slopes.iter().zip(&single).all(|(a, b)| (a - b).abs() < 1e-4), "{slopes:?} {single:?}");
        // Of the probability that a shot counts at all, by either sign alone.
        let [plus, minus] = [&slope, &(&slope * 0.5)];
        let slopes = circuit.run().slopes_of_signs(plus, minus);
        for (i, found) in slopes.iter().enumerate() {
            let at = |by: f64| {
                let (mut moved, mut values) = (circuit.clone(), circuit.parameters());
                values[1 + i] += by;
                moved.move_to(&values);
                let run = moved.run();
                (run.either() * 0.75 + run.difference() * 0.25).dot(&slope)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((found - difference).abs() < 1e-8, "{dim}, angle {i}: {found} {difference}");
        }
    }
}
