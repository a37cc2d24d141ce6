//! What a circuit asks of the qubits it is put on: gates by qubit and by pair, readings, waits.

use crate::circuit::{Axis, Circuit};
use crate::target::{Figures, GateFigures};
use std::collections::BTreeMap;

/// What a circuit asks for, in its own numbers of qubits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Need {
    /// Of each qubit.
    pub qubits: Vec<QubitNeed>,
    /// Gates on each pair, the lower qubit first.
    pub pairs: BTreeMap<(usize, usize), usize>,
}

/// What is asked of a qubit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct QubitNeed {
    /// Gates on it alone, turns about Z not counted.
    pub pulses: usize,
    /// Whether it is read.
    pub read: bool,
    /// Seconds that it waits between its gates and until all are read, where gates are as late as they can be and last as long
    /// as they do on average.
    pub waits: f64,
}

impl Need {
    /// Of a circuit of gates on one and two qubits and what it measures, on a machine with these figures.
    pub(super) fn of(circuit: &Circuit, figures: &Figures) -> Need {
        let one = mean_length(figures.qubits.iter().flatten().map(|own| &own.gate));
        let two = mean_length(figures.pairs.values().map(|own| &own.gate));
        let mut qubits = vec![QubitNeed::default(); circuit.qubit_count()];
        let mut pairs = BTreeMap::new();
        // From the end: how long before reading each qubit's next gate begins.
        let mut begins = vec![0.0f64; circuit.qubit_count()];
        for (_, operation) in circuit.operations().rev() {
            let on: Vec<usize> = operation.qubits.iter().collect();
            let length = match on[..] {
                [_] if operation.gate.axis(0) == Some(Axis::Z) => 0.0,
                [q] => {
                    qubits[q].pulses += 1;
                    one
                }
                _ => two,
            };
            if let [a, b] = on[..] {
                *pairs.entry((a.min(b), a.max(b))).or_insert(0) += 1;
            }
            let end = on.iter().fold(0.0f64, |end, q| end.max(begins[*q]));
            for &q in &on {
                qubits[q].waits += end - begins[q];
                begins[q] = end + length;
            }
        }
        for (q, own) in qubits.iter_mut().enumerate() {
            own.read = circuit.measured_into(q).is_some();
        }
        Need { qubits, pairs }
    }
}

/// The mean of lengths that are told, 0 where none is.
fn mean_length<'a>(gates: impl Iterator<Item = &'a GateFigures>) -> f64 {
    let lengths: Vec<f64> = gates.filter_map(|gate| gate.length).collect();
    lengths.iter().sum::<f64>() / lengths.len().max(1) as f64
}
