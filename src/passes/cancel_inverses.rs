//! Removes neighbours that undo each other.

use super::Pass;
use crate::circuit::{Circuit, Node, Operation};

/// Removes pairs of gates that follow each other on all their qubits and multiply to the identity, and pairs that
/// become neighbours by that.
#[derive(Clone, Copy, Debug)]
pub struct CancelInverses;

impl Pass for CancelInverses {
    fn name(&self) -> &'static str {
        "cancel_inverses"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let before = circuit.gate_count();
        let order: Vec<Node> = circuit.operations().map(|(node, _)| node).collect();
        for node in order {
            let mut candidate = Some(node);
            // Whatever stood before a removed pair may now face its inverse.
            while let Some(node) = candidate {
                candidate = cancel_with_next(circuit, node);
            }
        }
        before - circuit.gate_count()
    }
}

/// Removes `node` and its successor if they cancel; returns what stood before them.
fn cancel_with_next(circuit: &mut Circuit, node: Node) -> Option<Node> {
    let first = circuit.operation(node)?;
    let next = circuit.successor(node, first.qubits.get(0))?;
    if first.qubits.iter().any(|q| circuit.successor(node, q) != Some(next)) {
        return None;
    }
    let second = circuit.operation(next)?;
    let (inverse, phase) = first.gate.inverse();
    if second.gate != inverse || !same_operands(&first, &second) {
        return None;
    }
    let before = first.qubits.iter().find_map(|q| circuit.predecessor(node, q));
    circuit.remove(node);
    circuit.remove(next);
    circuit.add_phase(-phase);
    before
}

/// Whether two operations of one gate act alike: the same operands up to exchanges the gate does not notice.
pub(super) fn same_operands(a: &Operation, b: &Operation) -> bool {
    if a.qubits.iter().len() != b.qubits.iter().len() {
        return false;
    }
    a.qubits
        .iter()
        .enumerate()
        .all(|(i, q)| b.qubits.iter().position(|p| p == q).is_some_and(|j| a.gate.symmetric_in(i, j)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;

    #[test]
    fn exchanged_operands_cancel_where_the_gate_does_not_notice() {
        let left = |gate: Gate, first: &[usize], second: &[usize]| {
            let mut circuit = Circuit::new(3);
            circuit.push(gate, first);
            circuit.push(gate, second);
            2 - CancelInverses.run(&mut circuit)
        };
        assert_eq!(left(Gate::Ccx, &[0, 1, 2], &[0, 1, 2]), 0);
        assert_eq!(left(Gate::Ccx, &[0, 1, 2], &[1, 0, 2]), 0);
        assert_eq!(left(Gate::Ccx, &[0, 1, 2], &[0, 2, 1]), 2);
        assert_eq!(left(Gate::Cswap, &[0, 1, 2], &[0, 2, 1]), 0);
        assert_eq!(left(Gate::Cswap, &[0, 1, 2], &[1, 0, 2]), 2);
        assert_eq!(left(Gate::Cx, &[0, 1], &[1, 0]), 2);
    }
}
