//! Cuts a circuit of CX and one-qubit gates into runs of gates on one pair of qubits.

use crate::circuit::{Circuit, Operation};

/// Gates on one pair between which neither qubit meets a third.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The two qubits.
    pub pair: (usize, usize),
    /// How many two-qubit gates are in it.
    pub joins: usize,
    /// All its gates in order, those of one qubit that come before it included.
    pub operations: Vec<Operation>,
}

/// The blocks in an order that keeps every wire's, and the one-qubit gates that come after all of them.
pub(super) fn blocks_of(circuit: &Circuit) -> (Vec<Block>, Vec<Operation>) {
    let mut waiting = vec![vec![]; circuit.qubit_count()];
    let mut open: Vec<Option<usize>> = vec![None; circuit.qubit_count()];
    let mut blocks: Vec<Block> = vec![];
    for (_, operation) in circuit.operations() {
        let a = operation.qubits.get(0);
        if operation.gate.arity() == 1 {
            waiting[a].push(operation);
            continue;
        }
        let b = operation.qubits.get(1);
        let k = match (open[a], open[b]) {
            (Some(k), Some(other)) if k == other => k,
            _ => {
                blocks.push(Block { pair: (a, b), joins: 0, operations: vec![] });
                blocks.len() - 1
            }
        };
        (open[a], open[b]) = (Some(k), Some(k));
        let block = &mut blocks[k];
        block.operations.append(&mut waiting[a]);
        block.operations.append(&mut waiting[b]);
        block.operations.push(operation);
        block.joins += 1;
    }
    (blocks, waiting.into_iter().flatten().collect())
}
