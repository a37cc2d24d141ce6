//! The shape of a circuit for both signs: which pairs meet in which layer, and where its angles stand.

use crate::circuit::{Circuit, Gate};

/// Where an angle turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// `exp(-i θ Y / 2)` on a qubit.
    Y(usize),
    /// `exp(-i θ Z / 2)` on a qubit.
    Z(usize),
}

/// Layers of gates on neighbours of a line, every qubit turned by Ry first and by Rz and Ry behind each gate it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Brickwork {
    dim: usize,
    /// The pairs of each layer, disjoint.
    layers: Vec<Vec<(usize, usize)>>,
    /// All angles, in the order in which they act.
    turns: Vec<Turn>,
    /// Where the angles begin that stand between layer l and the next: the Y of layer l, the rest of the next.
    between: Vec<usize>,
}

impl Brickwork {
    /// For inputs and outputs `0..dim`: `gates` of them on a line whose last qubit is the sign.
    pub fn new(dim: usize, gates: usize) -> Brickwork {
        let qubits = qubits_of(dim);
        let (mut layers, mut left) = (vec![], if qubits > 1 { gates } else { 0 });
        let mut first = 0;
        while left > 0 {
            let pairs: Vec<(usize, usize)> = (first..qubits - 1).step_by(2).map(|a| (a, a + 1)).take(left).collect();
            left -= pairs.len();
            layers.push(pairs);
            // Two qubits have one pair, in every layer.
            first = if qubits > 2 { 1 - first } else { 0 };
        }
        let (mut turns, mut between) = (vec![], vec![]);
        for l in 0..=layers.len() {
            between.push(turns.len());
            match l.checked_sub(1) {
                None => turns.extend((0..qubits).map(Turn::Y)),
                Some(before) => turns.extend(touched(&layers[before]).map(Turn::Y)),
            }
            if let Some(next) = layers.get(l) {
                turns.extend(touched(next).map(Turn::Z));
            }
        }
        Brickwork { dim, layers, turns, between }
    }

    /// The least number of gates with an angle for each equation.
    pub fn least_gates(dim: usize) -> usize {
        let qubits = qubits_of(dim);
        ((dim << qubits) / 2).saturating_sub(qubits).div_ceil(4)
    }

    /// N, inputs and outputs.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Qubits of the register and the sign.
    pub fn qubits(&self) -> usize {
        qubits_of(self.dim)
    }

    /// How many angles there are.
    pub fn angles(&self) -> usize {
        self.turns.len()
    }

    /// How many gates of two qubits there are.
    pub fn gates(&self) -> usize {
        self.layers.iter().map(Vec::len).sum()
    }

    /// How many layers of them.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The pairs that CZ joins in layer l, from 0.
    pub(super) fn pairs(&self, layer: usize) -> &[(usize, usize)] {
        &self.layers[layer]
    }

    /// The angles between layer l, counting from 1, and the next, with the number of the first.
    pub(super) fn between(&self, layer: usize) -> (usize, &[Turn]) {
        let end = self.between.get(layer + 1).copied().unwrap_or(self.turns.len());
        (self.between[layer], &self.turns[self.between[layer]..end])
    }

    /// The circuit with these angles; the register is qubits 0, 1, …, the sign the last.
    pub fn circuit(&self, angles: &[f64]) -> Circuit {
        let mut circuit = Circuit::new(self.qubits());
        for l in 0..=self.depth() {
            let (first, turns) = self.between(l);
            for (turn, &angle) in turns.iter().zip(&angles[first..]) {
                match *turn {
                    Turn::Y(q) => circuit.push(Gate::Ry(angle), &[q]),
                    Turn::Z(q) => circuit.push(Gate::Rz(angle), &[q]),
                };
            }
            // CZ and Rz commute.
            if l < self.depth() {
                self.pairs(l).iter().for_each(|&(a, b)| _ = circuit.push(Gate::Cz, &[a, b]));
            }
        }
        circuit
    }
}

fn qubits_of(dim: usize) -> usize {
    dim.next_power_of_two().trailing_zeros() as usize + 1
}

fn touched(pairs: &[(usize, usize)]) -> impl Iterator<Item = usize> + '_ {
    pairs.iter().flat_map(|&(a, b)| [a, b])
}
