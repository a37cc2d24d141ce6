//! Gate fusion: many gates on few qubits become one matrix on those qubits.

use super::block::Block;
use super::state::matrix_of;
use crate::circuit::Circuit;

/// Fusing in steps keeps each product small: gates into pairs, pairs into triples, and so on.
const SIZES: [usize; 4] = [2, 3, 4, 5];

/// The gates of `circuit` on the qubits listed, as few large blocks in time order. Qubits are renumbered by their
/// place in `qubits`, which no gate may cross.
pub(super) fn fuse_circuit(circuit: &Circuit, qubits: &[usize]) -> Vec<Block> {
    let gates = gates_of(circuit, qubits);
    SIZES.iter().filter(|&&size| size < qubits.len()).fold(gates, |blocks, &size| fuse(blocks, size, qubits.len()))
}

/// The same in blocks of at most two qubits, and of what gates have more.
pub(super) fn fuse_pairs(circuit: &Circuit, qubits: &[usize]) -> Vec<Block> {
    fuse(gates_of(circuit, qubits), 2, qubits.len())
}

fn gates_of(circuit: &Circuit, qubits: &[usize]) -> Vec<Block> {
    let mut place = vec![None; circuit.qubit_count()];
    qubits.iter().enumerate().for_each(|(i, &q)| place[q] = Some(i));
    let gates = circuit.operations().filter_map(|(_, operation)| {
        let qubits: Option<Vec<usize>> = operation.qubits.iter().map(|q| place[q]).collect();
        Some(Block { qubits: qubits?, matrix: operation.gate.matrix() })
    });
    gates.collect()
}

/// What can be multiplied into larger ones of its kind.
pub(super) trait Fused: Sized {
    /// What it acts on.
    fn qubits(&self) -> &[usize];

    /// The same, to be renumbered.
    fn qubits_mut(&mut self) -> &mut [usize];

    /// The product of members, first to last, whose qubits are given by their places among `qubits`.
    fn merged(qubits: Vec<usize>, members: &[Self]) -> Self;
}

impl Fused for Block {
    fn qubits(&self) -> &[usize] {
        &self.qubits
    }

    fn qubits_mut(&mut self) -> &mut [usize] {
        &mut self.qubits
    }

    fn merged(qubits: Vec<usize>, members: &[Block]) -> Block {
        Block { matrix: matrix_of(qubits.len(), members), qubits }
    }
}

/// A block still open for more.
struct Open<B> {
    qubits: Vec<usize>,
    members: Vec<B>,
}

/// Greedily merges neighbours into blocks of at most `size` qubits; blocks on disjoint qubits stay open side by
/// side. A block larger than `size` passes unchanged.
pub(super) fn fuse<B: Fused>(blocks: Vec<B>, size: usize, width: usize) -> Vec<B> {
    let mut open: Vec<Option<Open<B>>> = vec![];
    let mut holder: Vec<Option<usize>> = vec![None; width];
    let mut done = vec![];
    for block in blocks {
        let mut touched: Vec<usize> = block.qubits().iter().filter_map(|&q| holder[q]).collect();
        touched.sort_unstable();
        touched.dedup();
        loop {
            let held = touched.iter().flat_map(|&id| open[id].as_ref().map_or(&[][..], |o| &o.qubits));
            let joined = held.chain(block.qubits()).collect::<std::collections::BTreeSet<_>>().len();
            if joined <= size || touched.is_empty() {
                break;
            }
            // Closing the largest keeps the most together; of equals, the oldest.
            let largest =
                (0..touched.len()).rev().max_by_key(|&i| open[touched[i]].as_ref().map_or(0, |o| o.qubits.len()));
            let id = touched.remove(largest.expect("the list is not empty"));
            close(&mut open[id], &mut holder, &mut done);
        }
        let mut merged = Open { qubits: vec![], members: vec![] };
        for id in touched {
            let part = open[id].take().expect("a holder points at an open block");
            merged.qubits.extend(part.qubits);
            merged.members.extend(part.members);
        }
        merged.qubits.extend(block.qubits().iter().copied());
        merged.qubits.sort_unstable();
        merged.qubits.dedup();
        merged.members.push(block);
        merged.qubits.iter().for_each(|&q| holder[q] = Some(open.len()));
        open.push(Some(merged));
    }
    open.iter_mut().for_each(|slot| close(slot, &mut holder, &mut done));
    done
}

/// Multiplies an open block out and moves it to the finished ones.
fn close<B: Fused>(slot: &mut Option<Open<B>>, holder: &mut [Option<usize>], done: &mut Vec<B>) {
    let Some(Open { qubits, mut members }) = slot.take() else { return };
    qubits.iter().for_each(|&q| holder[q] = None);
    if members.len() == 1 {
        return done.extend(members);
    }
    for member in &mut members {
        for q in member.qubits_mut() {
            *q = qubits.binary_search(q).expect("a member's qubits are the block's");
        }
    }
    done.push(B::merged(qubits, &members));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::linalg::{TOLERANCE, max_difference};
    use crate::random::rng;
    use rand::RngExt;

    #[test]
    fn fused_or_not_the_unitary_is_the_same() {
        let mut rng = rng(41);
        for n in 1..=7usize {
            let mut circuit = Circuit::new(n);
            for _ in 0..120 {
                let start = rng.random_range(0..n);
                let pick = |k: usize| (start + k) % n;
                let gate = match rng.random_range(0..5) {
                    1 if n > 1 => Gate::Cx,
                    2 if n > 2 => Gate::Cswap,
                    3 => Gate::U3(rng.random_range(0.0..3.0), 0.3, -1.0),
                    4 if n > 1 => Gate::Ch,
                    _ => Gate::Rx(0.4),
                };
                let step = rng.random_range(1..n.max(2));
                let second = if gate.arity() == 2 { pick(step.min(n - 1)) } else { pick(1) };
                let operands = [start, second, pick(2)];
                circuit.push(gate, &operands[..gate.arity()]);
            }
            let plain: Vec<Block> = circuit
                .operations()
                .map(|(_, o)| Block { qubits: o.qubits.iter().collect(), matrix: o.gate.matrix() })
                .collect();
            let all: Vec<usize> = (0..n).collect();
            let fused = fuse_circuit(&circuit, &all);
            assert!(max_difference(&matrix_of(n, &plain), &matrix_of(n, &fused)) < TOLERANCE);
            assert!(fused.len() <= plain.len() && (n != 5 || fused.len() * 2 < plain.len()), "{n}: {}", fused.len());
        }
    }
}
