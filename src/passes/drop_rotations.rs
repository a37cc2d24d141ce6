//! Drops rotations too small to matter.

use super::Pass;
use crate::circuit::{Circuit, Gate, Node};
use std::f64::consts::{PI, TAU};

/// Drops identities and rotations whose angle is at most `tolerance` (radians) from a multiple of 2π. Each moves
/// the unitary by at most `tolerance / 2` in spectral norm.
#[derive(Clone, Copy, Debug)]
pub struct DropRotations {
    /// The largest angle dropped, in radians.
    pub tolerance: f64,
}

impl Pass for DropRotations {
    fn name(&self) -> &'static str {
        "drop_rotations"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let phases: Vec<(Node, f64)> = circuit
            .operations()
            .filter_map(|(node, operation)| Some((node, self.phase_if_dropped(operation.gate)?)))
            .collect();
        for &(node, phase) in &phases {
            circuit.remove(node);
            circuit.add_phase(phase);
        }
        phases.len()
    }
}

impl DropRotations {
    /// The global phase that takes the gate's place; `None` if the gate must stay.
    fn phase_if_dropped(&self, gate: Gate) -> Option<f64> {
        let turns = |angle: f64| {
            let turns = (angle / TAU).round();
            ((angle - turns * TAU).abs() <= self.tolerance).then_some(turns)
        };
        match gate {
            Gate::Id => Some(0.0),
            Gate::Rx(a) | Gate::Ry(a) | Gate::Rz(a) | Gate::Rzz(a) => Some(turns(a)? * PI),
            Gate::P(a) => turns(a).map(|_| 0.0),
            // Near u3(0, φ, λ) = diag(1, e^{i(φ+λ)}), and near minus that for θ = 2π; the two deviations add up.
            Gate::U3(theta, phi, lambda) => {
                let (t, s) = (turns(theta)?, turns(phi + lambda)?);
                let off = (theta - t * TAU).abs() + (phi + lambda - s * TAU).abs();
                (off <= self.tolerance).then_some(t * PI)
            }
            _ => None,
        }
    }
}
