//! Passes over circuits: each a value, each keeping the unitary (or, where it says so, the measured probabilities)
//! to its stated tolerance and never raising the [`Cost`](crate::circuit::Cost). `README.md` beside this file lists
//! their invariants.
//!
//! What machines have is none of their business: gates that one lacks are [`lowering`](crate::lowering)'s.

mod cancel_commuting;
mod cancel_inverses;
mod drop_measured_phases;
mod drop_rotations;
mod fuse_one_qubit;
mod merge_rotations;

pub use cancel_commuting::CancelCommuting;
pub use cancel_inverses::CancelInverses;
pub use drop_measured_phases::DropMeasuredPhases;
pub use drop_rotations::DropRotations;
pub use fuse_one_qubit::FuseOneQubit;
pub use merge_rotations::MergeRotations;

use crate::circuit::Circuit;

/// A rewrite that always applies.
pub trait Pass {
    /// The pass's name, as its file is called.
    fn name(&self) -> &'static str;

    /// Rewrites the circuit in place and returns how many gates fewer it has.
    fn run(&self, circuit: &mut Circuit) -> usize;
}

/// Rounds after which [`simplify`] stops whatever happens; two are the rule.
const MAX_ROUNDS: usize = 20;

/// The passes that only take gates away, in the order in which [`simplify`] runs them.
fn taking_away(tolerance: f64) -> Vec<Box<dyn Pass>> {
    vec![
        Box::new(CancelInverses),
        Box::new(CancelCommuting),
        Box::new(MergeRotations),
        Box::new(DropRotations { tolerance }),
        Box::new(FuseOneQubit),
    ]
}

/// Runs all passes that only take gates away until none finds anything. Rotations by at most `tolerance` radians
/// are dropped.
pub fn simplify(circuit: &mut Circuit, tolerance: f64) {
    let passes = taking_away(tolerance);
    for _ in 0..MAX_ROUNDS {
        if passes.iter().map(|pass| pass.run(circuit)).sum::<usize>() == 0 {
            break;
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::circuit::{Cost, Gate, validate};
    use crate::linalg::max_difference;
    use crate::random::{Rng, rng};
    use crate::simulator::unitary_of;
    use rand::RngExt;

    /// Circuits in which every pass finds work: few qubits, repeated gates, special and tiny angles.
    pub(crate) fn random_circuit(rng: &mut Rng) -> Circuit {
        let qubits = rng.random_range(1..5);
        let mut circuit = Circuit::new(qubits);
        for _ in 0..rng.random_range(0..40) {
            let angle = match rng.random_range(0..6) {
                0 => 0.0,
                1 => 1e-14,
                2 => std::f64::consts::TAU,
                3 => -std::f64::consts::FRAC_PI_2,
                _ => rng.random_range(-7.0..7.0),
            };
            let all = [
                Gate::X,
                Gate::H,
                Gate::Z,
                Gate::S,
                Gate::Sdg,
                Gate::T,
                Gate::Tdg,
                Gate::Id,
                Gate::Sx,
                Gate::Rx(angle),
                Gate::Ry(angle),
                Gate::Rz(angle),
                Gate::P(angle),
                Gate::U3(angle, 0.3, -angle),
                Gate::Cx,
                Gate::Cx,
                Gate::Cx,
                Gate::Cy,
                Gate::Ecr,
                Gate::Cz,
                Gate::Ch,
                Gate::Swap,
                Gate::Ccx,
                Gate::Cswap,
            ];
            let gate = all[rng.random_range(0..all.len())];
            if gate.arity() <= qubits {
                let mut order: Vec<usize> = (0..qubits).collect();
                (0..qubits).for_each(|i| order.swap(i, rng.random_range(0..qubits)));
                circuit.push(gate, &order[..gate.arity()]);
                if rng.random_range(0..3) == 0 {
                    circuit.push(gate.inverse().0, &order[..gate.arity()]);
                }
            }
        }
        circuit
    }

    #[test]
    fn passes_keep_the_unitary_and_never_raise_the_cost() {
        let mut rng = rng(77);
        let passes = taking_away(1e-13);
        let mut worked = vec![0; passes.len()];
        for _ in 0..1000 {
            let circuit = random_circuit(&mut rng);
            let (unitary, cost) = (unitary_of(&circuit), Cost::of(&circuit));
            for (pass, worked) in passes.iter().zip(&mut worked) {
                let mut changed = circuit.clone();
                let fewer = pass.run(&mut changed);
                *worked += fewer;
                assert_eq!(validate(&changed), Ok(()), "{}", pass.name());
                assert!(Cost::of(&changed) <= cost, "{} raised the cost", pass.name());
                assert_eq!(cost.gates - Cost::of(&changed).gates, fewer, "{} miscounts", pass.name());
                let error = max_difference(&unitary_of(&changed), &unitary);
                assert!(error < 1e-12, "{}: {error:e}", pass.name());
            }
            let mut changed = circuit.clone();
            simplify(&mut changed, 1e-13);
            assert!(max_difference(&unitary_of(&changed), &unitary) < 1e-12);
            let before = changed.gate_count();
            simplify(&mut changed, 1e-13);
            assert_eq!(changed.gate_count(), before, "simplify finds more the second time");
        }
        assert!(worked.iter().all(|&w| w > 500), "a pass found next to nothing: {worked:?}");
    }
}
