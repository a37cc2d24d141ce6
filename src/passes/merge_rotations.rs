//! Adds up neighbouring rotations about one axis.

use super::Pass;
use crate::circuit::{Circuit, Node};
use std::f64::consts::{PI, TAU};

/// Merges neighbours among `rx`, among `ry`, and among the diagonal gates `rz p z s sdg t tdg`. A sum of exactly
/// zero leaves no gate.
#[derive(Clone, Copy, Debug)]
pub struct MergeRotations;

impl Pass for MergeRotations {
    fn name(&self) -> &'static str {
        "merge_rotations"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let before = circuit.gate_count();
        let order: Vec<Node> = circuit.operations().map(|(node, _)| node).collect();
        for node in order {
            let mut current = Some(node);
            while let Some(node) = current {
                current = merge_with_next(circuit, node);
            }
        }
        before - circuit.gate_count()
    }
}

/// Merges `node` with its successor if both turn about one axis; returns the node to try next.
fn merge_with_next(circuit: &mut Circuit, node: Node) -> Option<Node> {
    let operation = circuit.operation(node)?;
    operation.gate.rotation()?;
    let next = circuit.successor(node, operation.qubits.get(0))?;
    merge(circuit, node, next)
}

/// Merges a rotation with a later one that nothing keeps it from, if both turn about one axis; returns the node to try
/// next.
pub(super) fn merge(circuit: &mut Circuit, node: Node, later: Node) -> Option<Node> {
    let operation = circuit.operation(node)?;
    let first = operation.gate.rotation()?;
    let second = circuit.operation(later)?.gate.rotation()?;
    if first.axis != second.axis {
        return None;
    }
    circuit.remove(later);
    circuit.add_phase(first.phase + second.phase);
    // Rotations have period 4π; half of it is a sign.
    let sum = first.angle + second.angle;
    let turns = (sum / TAU).round();
    let angle = if sum.abs() > TAU { sum - turns * TAU } else { sum };
    if sum.abs() > TAU && turns.rem_euclid(2.0) == 1.0 {
        circuit.add_phase(PI);
    }
    if angle == 0.0 {
        let before = circuit.predecessor(node, operation.qubits.get(0));
        circuit.remove(node);
        return before;
    }
    circuit.replace_gate(node, first.axis.rotation(angle));
    Some(node)
}
