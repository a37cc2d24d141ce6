//! Writes every run of gates on one pair of qubits anew where that takes fewer gates that join the two.

use super::blocks::blocks_of;
use crate::circuit::{Circuit, Gate, turned};
use crate::linalg::Complex;
use crate::synthesis::exact::{synthesise_pair, synthesise_pair_by_turns};
use nalgebra::Matrix4;

/// The gates that join the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pairs {
    /// CX, at most 3.
    Cx,
    /// Rzz, one for each way in which the unitary acts on both: at most 3.
    Turns,
    /// The same, also where they are as many, but turn by less.
    LeastTurns,
}

impl Pairs {
    /// The unitary anew, where that is better than so many gates that turn by so much.
    fn better(self, unitary: &Matrix4<Complex>, weight: usize, turn: f64) -> Option<Circuit> {
        let written = if self == Pairs::Cx { synthesise_pair(unitary) } else { synthesise_pair_by_turns(unitary) };
        let count = written.operations().filter(|(_, o)| o.gate.arity() == 2).count();
        let less = self == Pairs::LeastTurns && count == weight && turned(&written) < turn - LESS;
        (count < weight || less).then_some(written)
    }
}

/// Radians by which a run has to turn less to be written anew.
const LESS: f64 = 1e-9;

/// The circuit with each run of gates on one pair in as few gates that join the two as its unitary needs. Takes one- and
/// two-qubit gates; measurements are left out.
///
/// # Panics
/// If a gate acts on three qubits.
pub(super) fn merge_pairs(circuit: &Circuit, pairs: Pairs) -> Circuit {
    let (blocks, rest) = blocks_of(circuit);
    let mut out = Circuit::new(circuit.qubit_count());
    out.add_phase(circuit.global_phase());
    for block in &blocks {
        let weight: usize = block.operations.iter().map(|o| o.gate.two_qubit_weight()).sum();
        // One is the least there can be, unless the run is local, which other passes would have seen.
        if weight > 1 {
            let mut unitary = Matrix4::<Complex>::identity();
            for operation in &block.operations {
                assert!(operation.gate.arity() <= 2, "runs on pairs have no three-qubit gates");
                let low = operation.qubits.get(0) == block.pair.0;
                unitary = on_pair(operation.gate, low) * unitary;
            }
            let turn = block.operations.iter().map(|o| o.gate.turned()).sum();
            if let Some(written) = pairs.better(&unitary, weight, turn) {
                out.append(&written, &[block.pair.0, block.pair.1]);
                continue;
            }
        }
        for operation in &block.operations {
            out.push(operation.gate, &operation.qubits.iter().collect::<Vec<_>>());
        }
    }
    rest.iter().for_each(|o| _ = out.push(o.gate, &[o.qubits.get(0)]));
    out
}

/// The 4x4 matrix of a gate whose first operand is the pair's first qubit, the low bit, or its second.
fn on_pair(gate: Gate, first_is_low: bool) -> Matrix4<Complex> {
    let flip = |i: usize| if first_is_low { i } else { i >> 1 | (i & 1) << 1 };
    let own = gate.matrix();
    if gate.arity() == 2 {
        return Matrix4::from_fn(|i, j| own[(flip(i), flip(j))]);
    }
    Matrix4::from_fn(|i, j| {
        let (i, j) = (flip(i), flip(j));
        if i >> 1 == j >> 1 { own[(i & 1, j & 1)] } else { Complex::ZERO }
    })
}
