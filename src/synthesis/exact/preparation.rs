//! Preparation of states with amplitudes that are not negative: `|0> -> Σ_m √y_m |m>`.
//!
//! ```text
//!  q[n-1] ─ Ry ─●──────●─
//!  q[n-2] ──────Ry─────●─     each angle set by the qubits above: 2 atan2(√(mass of bit 1), √(mass of bit 0))
//!  …            …
//!  q[0]   ─────────────Ry
//! ```

use super::multiplexer::{Axis, multiplexed_rotation};
use crate::circuit::Circuit;

/// A circuit on n qubits, at most 2^n - 2 CX, for 2^n probabilities.
///
/// # Panics
/// If their number is not a power of two.
pub fn prepare_probabilities(y: &[f64]) -> Circuit {
    assert!(y.len().is_power_of_two(), "a probability for each basis state");
    let mass = |prefix: usize, qubit: usize| -> f64 { y[prefix << qubit..(prefix + 1) << qubit].iter().sum() };
    rotation_tree(y.len().trailing_zeros() as usize, |above, qubit| {
        2.0 * mass(2 * above + 1, qubit).sqrt().atan2(mass(2 * above, qubit).sqrt())
    })
}

/// The tree on n qubits whose rotation of a qubit has the angle `angle(above, qubit)` where the qubits above spell `above`.
pub(super) fn rotation_tree(n: usize, angle: impl Fn(usize, usize) -> f64) -> Circuit {
    let mut circuit = Circuit::new(n);
    for qubit in (0..n).rev() {
        let angles: Vec<f64> = (0..1 << (n - 1 - qubit)).map(|above| angle(above, qubit)).collect();
        let wires: Vec<usize> = (qubit + 1..n).chain([qubit]).collect();
        circuit.append(&multiplexed_rotation(Axis::Y, &angles), &wires);
    }
    circuit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use rand::RngExt;

    #[test]
    fn amplitudes_are_the_roots() {
        let mut rng = rng(2);
        for n in 0..6usize {
            let mut random: Vec<f64> = (0..1 << n).map(|_| rng.random::<f64>()).collect();
            let sum: f64 = random.iter().sum();
            random.iter_mut().for_each(|v| *v /= sum);
            let mut last = vec![0.0; 1 << n];
            last[(1 << n) - 1] = 1.0;
            for y in [random, last, vec![1.0 / (1 << n) as f64; 1 << n]] {
                let circuit = prepare_probabilities(&y);
                let column = unitary_of(&circuit).column(0).into_owned();
                assert!(column.iter().zip(&y).all(|(a, y)| (a.re - y.sqrt()).abs() < 1e-12 && a.im.abs() < 1e-12));
                assert!(Cost::of(&circuit).two_qubit_gates <= (1usize << n).saturating_sub(2));
            }
        }
    }
}
