//! Variational circuits of a given size at random angles: where fits start, and what tests take.

use super::Variational;
use super::step::Step;
use crate::random::Rng;
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

/// All pairs of so many qubits, round by round of disjoint ones, as in a tournament: one player stays, the others move round the table. An odd number of players has a free seat.
pub fn all_pairs(players: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let seats = players + players % 2;
    let round = move |round: usize| {
        let seat = move |i: usize| if i == 0 { 0 } else { 1 + (i - 1 + round) % (seats - 1) };
        (0..seats / 2).map(move |i| (seat(i), seat(seats - 1 - i)))
    };
    (0..seats - 1).flat_map(round).filter(move |(a, b)| a.max(b) < &players)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_meets_everybody_once() {
        for players in 2..9 {
            let pairs: Vec<(usize, usize)> = all_pairs(players).collect();
            let met: BTreeSet<(usize, usize)> = pairs.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
            assert_eq!((pairs.len(), met.len()), (players * (players - 1) / 2, players * (players - 1) / 2));
            // Nobody plays twice in a round.
            for round in pairs.chunks(players / 2) {
                let seated: BTreeSet<usize> = round.iter().flat_map(|&(a, b)| [a, b]).collect();
                assert_eq!(seated.len(), 2 * round.len());
            }
        }
    }

    #[test]
    fn circuits_have_as_many_pairs_as_asked_for() {
        for (dim, pairs) in [(1, 0), (2, 3), (4, 10), (5, 1), (64, 100)] {
            let circuit = random_circuit(dim, pairs, 2.0, &mut rng(1));
            assert_eq!(circuit.pairs(), pairs);
            assert_eq!(circuit.angles().len(), circuit.qubits() + 4 * pairs);
        }
    }
}
