//! Cancels and merges gates across others that commute with them.

use super::Pass;
use super::cancel_inverses::same_operands;
use super::merge_rotations::merge;
use crate::circuit::{Circuit, Gate, Node};

/// Removes pairs of gates that undo each other, and merges rotations about one axis, where everything between them acts
/// on their qubits along the same axes: controls and diagonal gates along Z, targets of CX along X.
#[derive(Clone, Copy, Debug)]
pub struct CancelCommuting;

/// How far ahead a gate looks for its partner on each of its qubits; it keeps the pass linear.
const REACH: usize = 200;

impl Pass for CancelCommuting {
    fn name(&self) -> &'static str {
        "cancel_commuting"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let before = circuit.gate_count();
        let order: Vec<Node> = circuit.operations().map(|(node, _)| node).collect();
        for node in order {
            // A merged rotation may merge again; whatever else is found takes the gate away.
            while find_partner(circuit, node) {}
        }
        before - circuit.gate_count()
    }
}

/// Cancels or merges `node` with the first partner in reach; true if the node is still there and changed.
fn find_partner(circuit: &mut Circuit, node: Node) -> bool {
    let Some(operation) = circuit.operation(node) else { return false };
    let first = operation.qubits.get(0);
    for partner in in_reach(circuit, node, first, operation.gate, 0) {
        let Some(other) = circuit.operation(partner) else { continue };
        if operation.gate.rotation().is_some() {
            let before = circuit.gate_count();
            let next = merge(circuit, node, partner);
            if circuit.gate_count() < before {
                return next == Some(node);
            }
            continue;
        }
        let (inverse, phase) = operation.gate.inverse();
        let reached = |(i, qubit)| in_reach(circuit, node, qubit, operation.gate, i).contains(&partner);
        if other.gate == inverse
            && same_operands(&operation, &other)
            && operation.qubits.iter().enumerate().skip(1).all(reached)
        {
            circuit.remove(node);
            circuit.remove(partner);
            circuit.add_phase(-phase);
            return false;
        }
    }
    false
}

/// The gates after `node` on one of its qubits up to and with the first that does not commute with it there.
fn in_reach(circuit: &Circuit, node: Node, qubit: usize, gate: Gate, operand: usize) -> Vec<Node> {
    let own = gate.axis(operand);
    let mut found = vec![];
    let mut current = circuit.successor(node, qubit);
    while let Some(next) = current
        && found.len() < REACH
    {
        found.push(next);
        let Some(operation) = circuit.operation(next) else { break };
        let place = operation.qubits.iter().position(|q| q == qubit);
        if own.is_none() || place.and_then(|i| operation.gate.axis(i)) != own {
            break;
        }
        current = circuit.successor(next, qubit);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(gates: &[(Gate, &[usize])]) -> usize {
        let mut circuit = Circuit::new(3);
        for (gate, qubits) in gates {
            circuit.push(*gate, qubits);
        }
        CancelCommuting.run(&mut circuit);
        circuit.gate_count()
    }

    #[test]
    fn only_what_commutes_is_passed() {
        use Gate::{Cx, Cz, H, Rx, Rz, X};
        let cx = |a: usize, b: usize| (Cx, [a, b]);
        let count = |list: &[(Gate, [usize; 2])]| {
            let gates: Vec<(Gate, &[usize])> = list.iter().map(|(g, q)| (*g, &q[..g.arity()])).collect();
            after(&gates)
        };
        // Shared control, shared target, both.
        assert_eq!(count(&[cx(0, 1), cx(0, 2), cx(0, 1)]), 1);
        assert_eq!(count(&[cx(0, 1), cx(2, 1), cx(0, 1)]), 1);
        assert_eq!(count(&[cx(0, 1), (Rz(0.3), [0, 0]), (Rx(0.2), [1, 1]), cx(0, 1)]), 2);
        // A control on the target, an H, a rotation about the wrong axis.
        assert_eq!(count(&[cx(0, 1), cx(1, 2), cx(0, 1)]), 3);
        assert_eq!(count(&[cx(0, 1), (H, [0, 0]), cx(0, 1)]), 3);
        assert_eq!(count(&[cx(0, 1), (Rx(0.2), [0, 0]), cx(0, 1)]), 3);
        assert_eq!(count(&[cx(0, 1), cx(1, 0), cx(0, 1)]), 3);
        // Rotations across controls, CZ whichever way round, X across targets.
        assert_eq!(count(&[(Rz(0.3), [0, 0]), cx(0, 1), (Rz(0.4), [0, 0])]), 2);
        assert_eq!(count(&[(Cz, [0, 1]), cx(0, 2), (Cz, [1, 0])]), 1);
        assert_eq!(count(&[(X, [1, 1]), cx(0, 1), (X, [1, 1])]), 1);
    }
}
