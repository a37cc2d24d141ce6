//! Multiplies runs of one-qubit gates into one gate.

use super::Pass;
use crate::circuit::{Circuit, Gate, Node, gate_of};

/// Replaces every run of two or more one-qubit gates by the plainest gate that equals their product, or by nothing
/// where that is the identity; removes lone `id`s.
#[derive(Clone, Copy, Debug)]
pub struct FuseOneQubit;

impl Pass for FuseOneQubit {
    fn name(&self) -> &'static str {
        "fuse_one_qubit"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let before = circuit.gate_count();
        let is_one_qubit = |circuit: &Circuit, node| circuit.operation(node).is_some_and(|o| o.gate.arity() == 1);
        let starts: Vec<(Node, usize)> = circuit
            .operations()
            .filter(|(_, o)| o.gate.arity() == 1)
            .map(|(node, o)| (node, o.qubits.get(0)))
            .filter(|&(node, qubit)| !circuit.predecessor(node, qubit).is_some_and(|p| is_one_qubit(circuit, p)))
            .collect();
        for (start, qubit) in starts {
            let mut run = vec![start];
            while let Some(next) = circuit.successor(run[run.len() - 1], qubit).filter(|&n| is_one_qubit(circuit, n)) {
                run.push(next);
            }
            fuse(circuit, &run);
        }
        before - circuit.gate_count()
    }
}

/// Replaces a run of one-qubit gates on one wire.
fn fuse(circuit: &mut Circuit, run: &[Node]) {
    let gates: Vec<Gate> = run.iter().filter_map(|&n| circuit.operation(n)).map(|o| o.gate).collect();
    if gates.len() == 1 && gates[0] != Gate::Id {
        return;
    }
    let product = gates.iter().filter_map(Gate::one_qubit_matrix).reduce(|m, g| {
        let entry = |i: usize, j: usize| g[i][0] * m[0][j] + g[i][1] * m[1][j];
        [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
    });
    let (gate, phase) = gate_of(&product.expect("a run has at least one gate"));
    circuit.add_phase(phase);
    let kept = if let Some(gate) = gate {
        circuit.replace_gate(run[0], gate);
        1
    } else {
        0
    };
    run[kept..].iter().for_each(|&node| circuit.remove(node));
}
