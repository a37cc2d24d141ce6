//! Unitaries against their gates, maps against what is measured, derivatives against differences.

use super::*;
use crate::linalg::random_unitary;
use crate::linalg::{coordinates, max_difference};
use crate::random::rng;
use crate::simulator::unitary_of;
use rand::RngExt;

fn angles(seed: u64) -> [f64; ANGLES] {
    let mut rng = rng(seed);
    std::array::from_fn(|_| rng.random_range(-3.0..3.0))
}

#[test]
fn the_unitary_is_that_of_its_gates() {
    for seed in 0..20 {
        let t = angles(seed);
        let mut circuit = Circuit::new(2);
        let euler = |first: usize, qubit: usize, circuit: &mut Circuit| {
            circuit.push(Gate::Rz(t[first]), &[qubit]);
            circuit.push(Gate::Ry(t[first + 1]), &[qubit]);
            circuit.push(Gate::Rz(t[first + 2]), &[qubit]);
        };
        euler(0, 0, &mut circuit);
        euler(3, 1, &mut circuit);
        // exp(-iθ PP/2) as a rotation about ZZ in another basis.
        for (k, basis) in [Gate::Ry(-std::f64::consts::FRAC_PI_2), Gate::Rx(std::f64::consts::FRAC_PI_2), Gate::Rz(0.0)]
            .into_iter()
            .enumerate()
        {
            for qubit in [0, 1] {
                circuit.push(basis, &[qubit]);
            }
            circuit.push(Gate::Cx, &[0, 1]);
            circuit.push(Gate::Rz(t[6 + k]), &[1]);
            circuit.push(Gate::Cx, &[0, 1]);
            for qubit in [0, 1] {
                circuit.push(basis.inverse().0, &[qubit]);
            }
        }
        euler(9, 0, &mut circuit);
        euler(12, 1, &mut circuit);
        assert!(max_difference(&unitary_of(&circuit), &dense(&pair_unitary(&t))) < 1e-14);
        assert!(max_difference(&unitary_of(&pair_circuit(&t)), &dense(&pair_unitary(&t))) < 1e-14);
    }
}

#[test]
fn the_map_is_what_is_measured() {
    let block = Unitaries { angles: Signs { plus: angles(1), minus: angles(2) }, gamma: 2.5 };
    let u = random_unitary(4, &mut rng(4));
    let mut rho = &u
        * Matrix::from_diagonal(&nalgebra::DVector::from_vec([0.5, 0.3, 0.15, 0.05].map(Complex::from).to_vec()))
        * u.adjoint();
    let z = block.map() * nalgebra::DVector::from_vec(coordinates(&rho));
    let Signs { plus, minus } = block.matrices().map(|u| dense(&u) * &rho * dense(&u).adjoint());
    assert!((0..4).all(|n| (z[n] - 2.5 * (plus[(n, n)].re - minus[(n, n)].re)).abs() < 1e-14));
    rho = Matrix::from_diagonal(&rho.diagonal());
    let z = block.map() * nalgebra::DVector::from_vec(coordinates(&rho));
    let diagonal = block.weight() * rho.diagonal().map(|d| d.re);
    assert!((0..4).all(|n| (z[n] - diagonal[n]).abs() < 1e-14));
}

#[test]
fn gradients_agree_with_finite_differences() {
    for seed in 0..10 {
        let at = angles(seed);
        let mut rng = rng(seed);
        let slope = RealMatrix::from_fn(4, 16, |_, _| rng.random_range(-1.0..1.0));
        let value = |t: &[f64; ANGLES]| response(&dense(&pair_unitary(t))).dot(&slope);
        let gradient = angle_gradient(&at, &slope);
        for j in 0..ANGLES {
            let moved = |by: f64| {
                let mut t = at;
                t[j] += by;
                value(&t)
            };
            let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((gradient[j] - numeric).abs() < 1e-8, "{j}: {} {numeric}", gradient[j]);
        }
    }
}
