//! Multiplexed rotations with their angles looked up: a table is read into b qubits, which are added to a phase gradient, and the table
//! is read once more to clear them.
//!
//! | step | Toffoli gates | from |
//! | --- | --- | --- |
//! | read L words of b bits | min over λ of L/λ + b (λ - 1) | Low, Kliuchnikov and Schaeffer, arXiv:1812.00954 |
//! | add them to the phase gradient, as the target says | b - 1 | Gidney, arXiv:1709.06648 |
//! | clear them by measurement | min over λ of L/λ + λ | Berry et al., arXiv:1902.02134, appendix C |
//!
//! λ is a power of two, L = 2^k for k controls. Each Toffoli gate is undone by one measurement, and b qubits are measured to clear
//! the word.

use super::counts::{LogicalCounts, count_but};
use super::multiplexed::{Multiplexed, multiplexed_rotations, places_of};
use crate::circuit::Circuit;
use std::f64::consts::PI;

/// What rounding angles adds to the error budget, as a share of it.
const ROUNDING: f64 = 0.01;
/// Bits that a phase gradient may have: three of its rotations are Clifford gates and a T gate.
const LEAST_BITS: u64 = 4;
const MOST_BITS: u64 = 1000;
/// T states of a Toffoli gate.
const STATES: u64 = 4;

/// What looking up the angle of one multiplexed rotation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QromCost {
    /// Toffoli gates.
    pub toffolis: u64,
    /// Qubits beside those of the circuit and the phase gradient.
    pub qubits: u64,
}

impl QromCost {
    /// That of an angle of `bits` ≥ 2 bits that `controls` ≤ 30 qubits choose.
    pub fn of(controls: usize, bits: u64) -> QromCost {
        let words = 1u64 << controls;
        let ways = || (0..=controls).map(|j| 1u64 << j);
        let read = |lambda: u64| words / lambda + bits * (lambda - 1);
        let lambda = ways().min_by_key(|lambda| read(*lambda)).unwrap_or(1);
        let clear = ways().map(|lambda| words / lambda + lambda).min().unwrap_or(0);
        // The words, what the addition carries, and the qubits by which words are found.
        QromCost { toffolis: read(lambda) + bits - 1 + clear, qubits: lambda * bits + bits + controls as u64 }
    }
}

/// Logical counts with the angles of those multiplexed rotations looked up for which it takes fewer T states than `per_rotation` for
/// each of its rotations, `error` being the error budget of a shot; `None` where it is so for none.
pub fn with_qrom(circuit: &Circuit, per_rotation: u64, error: f64) -> Option<LogicalCounts> {
    let found = multiplexed_rotations(circuit);
    let cheaper = |bits: u64| -> Vec<&Multiplexed> {
        let is = |one: &&Multiplexed| {
            STATES * QromCost::of(one.controls, bits).toffolis < one.rotations.len() as u64 * per_rotation
        };
        found.iter().filter(is).collect()
    };
    // An angle that is off by δ makes a difference of δ/2, and b bits of a turn of 4π are off by half the last.
    let enough = |bits: u64, lookups: usize| PI * lookups as f64 <= ROUNDING * error * 2f64.powi(bits as i32);
    let bits = (LEAST_BITS..=MOST_BITS).find(|bits| enough(*bits, cheaper(*bits).len()))?;
    let (looked_up, cost) = (cheaper(bits), |one: &Multiplexed| QromCost::of(one.controls, bits));
    let most = looked_up.iter().map(|one| cost(one).qubits).max()?;
    let places = places_of(looked_up.iter().copied());
    let mut counts = count_but(circuit, |place| places.contains(&place)).logical;
    let toffolis: u64 = looked_up.iter().map(|one| cost(one).toffolis).sum();
    // A phase gradient of b qubits, made anew in each shot: Z, S, T and b - 3 smaller rotations, all at once.
    counts.num_qubits += bits + most;
    counts.t_count += 1;
    counts.rotation_count += bits - 3;
    counts.rotation_depth = counts.rotation_depth.max(1);
    counts.ccz_count += toffolis;
    counts.measurement_count += toffolis + bits * looked_up.len() as u64;
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::estimate::count;

    #[test]
    fn what_a_lookup_takes() {
        // 64 words of 28 bits: half of them at once, 32 + 28, an addition, 8 + 8 to clear.
        assert_eq!(QromCost::of(6, 28), QromCost { toffolis: 60 + 27 + 16, qubits: 56 + 28 + 6 });
        assert_eq!(QromCost::of(0, 10), QromCost { toffolis: 1 + 9 + 2, qubits: 20 });
    }

    #[test]
    fn long_multiplexers_are_looked_up_and_short_ones_are_not() {
        let multiplexer = |controls: usize| {
            let mut circuit = Circuit::with_bits(controls + 1, 1);
            for i in 0..1usize << controls {
                circuit.push(Gate::Ry(0.1 + i as f64), &[controls]);
                circuit.push(Gate::Cx, &[(i + 1).trailing_zeros().min(controls as u32 - 1) as usize, controls]);
            }
            circuit.measure(0, 0).unwrap();
            circuit
        };
        let looked_up = |circuit: &Circuit| with_qrom(circuit, count(circuit).logical.ts_per_rotation(1e-3), 1e-3);
        assert_eq!(looked_up(&multiplexer(2)), None);
        let counts = looked_up(&multiplexer(6)).unwrap();
        // b = 19 bits: 32 + 19, 18, 16.
        let expected = LogicalCounts {
            num_qubits: 7 + 19 + (38 + 19 + 6),
            t_count: 1,
            rotation_count: 16,
            rotation_depth: 1,
            ccz_count: 85,
            ccix_count: 0,
            measurement_count: 1 + 85 + 19,
        };
        assert_eq!(counts, expected);
    }
}
