//! Variational circuits of a given size at random angles: where fits start, and what tests take.

use super::Variational;
use super::step::Step;
use crate::random::Rng;
use crate::target::all_pairs;
use rand::RngExt;
use std::f64::consts::PI;

/// A circuit of `pairs` CZ at random angles. Every pair of qubits has its turn, as players in a tournament have: rounds of
/// disjoint pairs, so that depth is least and nothing is far from anything.
pub fn random_circuit(dim: usize, pairs: usize, gamma: f64, rng: &mut Rng) -> Variational {
    let none = Variational { dim, steps: vec![], gamma };
    let order: Vec<(usize, usize)> = all_pairs(none.qubits()).collect();
    random_circuit_on(&order, none, pairs, rng)
}

/// A circuit of `pairs` CZ at random angles on these pairs of qubits in turn, over and over. Behind a CZ both qubits turn by
/// Rz and Ry, which is all that can be told apart: a Rz in front of it passes through.
///
/// # Panics
/// If a qubit is not there, or there are CZ and no pairs.
pub fn random_circuit_on(order: &[(usize, usize)], of: Variational, pairs: usize, rng: &mut Rng) -> Variational {
    let mut circuit = Variational { steps: vec![], ..of };
    let qubits = circuit.qubits();
    assert!(pairs == 0 || !order.is_empty(), "something to join");
    assert!(order.iter().all(|(a, b)| a.max(b) < &qubits), "qubits that there are");
    let mut angle = || rng.random_range(-PI..PI);
    circuit.steps.extend((0..qubits).map(|q| Step::Ry(q, angle())));
    for &(a, b) in order.iter().cycle().take(pairs) {
        circuit.steps.push(Step::Cz(a, b));
        for qubit in [a, b] {
            circuit.steps.extend([Step::Rz(qubit, angle()), Step::Ry(qubit, angle())]);
        }
    }
    circuit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;

    #[test]
    fn circuits_have_as_many_pairs_as_asked_for() {
        for (dim, pairs) in [(1, 0), (2, 3), (4, 10), (5, 1), (64, 100)] {
            let circuit = random_circuit(dim, pairs, 2.0, &mut rng(1));
            assert_eq!(circuit.pairs(), pairs);
            assert_eq!(circuit.angles().len(), circuit.qubits() + 4 * pairs);
        }
    }
}
