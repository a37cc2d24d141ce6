//! The shape of a circuit for both signs: which pairs meet in which layer, and where its angles stand.

use crate::circuit::{Circuit, Gate};

/// What joins two qubits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Entangler {
    /// CZ, which with the rotations behind it has four angles.
    #[default]
    Cz,
    /// `exp(-i θ Z Z / 2)`, with five.
    Rzz,
}

/// Where an angle turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// `exp(-i θ Y / 2)` on a qubit.
    Y(usize),
    /// `exp(-i θ Z / 2)` on a qubit.
    Z(usize),
    /// `exp(-i θ Z Z / 2)` on two.
    Zz(usize, usize),
}

/// Layers of gates on pairs of qubits in turn, every qubit turned by Ry first and by Rz and Ry behind each gate it has. The
/// last qubit is that of the sign, the others are the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Brickwork {
    dim: usize,
    joins: Entangler,
    /// The pairs of each layer, disjoint.
    layers: Vec<Vec<(usize, usize)>>,
    /// All angles, in the order in which they act.
    turns: Vec<Turn>,
    /// Where the angles begin that stand between layer l and the next: the Y of layer l, the rest of the next.
    between: Vec<usize>,
}

impl Brickwork {
    /// For inputs and outputs `0..dim`: `gates` of them on these pairs in turn, over and over, each as early as its qubits are
    /// free.
    ///
    /// # Panics
    /// If a qubit is not there, or there are gates and no pairs.
    pub fn new(dim: usize, joins: Entangler, order: &[(usize, usize)], gates: usize) -> Brickwork {
        let qubits = qubits_of(dim);
        let gates = if qubits > 1 { gates } else { 0 };
        assert!(gates == 0 || !order.is_empty(), "something to join");
        assert!(order.iter().all(|(a, b)| a.max(b) < &qubits), "qubits that there are");
        let mut layers: Vec<Vec<(usize, usize)>> = vec![];
        let mut free = vec![0; qubits];
        for &(a, b) in order.iter().cycle().take(gates) {
            let layer = free[a].max(free[b]);
            (free[a], free[b]) = (layer + 1, layer + 1);
            layers.resize_with(layers.len().max(layer + 1), Vec::new);
            layers[layer].push((a, b));
        }
        let (mut turns, mut between) = (vec![], vec![]);
        for l in 0..=layers.len() {
            between.push(turns.len());
            match l.checked_sub(1) {
                None => turns.extend((0..qubits).map(Turn::Y)),
                Some(before) => turns.extend(touched(&layers[before]).map(Turn::Y)),
            }
            if let Some(next) = layers.get(l) {
                if joins == Entangler::Rzz {
                    turns.extend(next.iter().map(|&(a, b)| Turn::Zz(a, b)));
                }
                turns.extend(touched(next).map(Turn::Z));
            }
        }
        Brickwork { dim, joins, layers, turns, between }
    }

    /// The least number of gates with an angle for each equation.
    pub fn least_gates(dim: usize, joins: Entangler) -> usize {
        let qubits = qubits_of(dim);
        (dim * dim).saturating_sub(qubits).div_ceil(joins.angles())
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
    pub(super) fn flips(&self, layer: usize) -> &[(usize, usize)] {
        if self.joins == Entangler::Cz { &self.layers[layer] } else { &[] }
    }

    /// The angles between layer l, counting from 1, and the next, with the number of the first.
    pub(super) fn between(&self, layer: usize) -> (usize, &[Turn]) {
        let end = self.between.get(layer + 1).copied().unwrap_or(self.turns.len());
        (self.between[layer], &self.turns[self.between[layer]..end])
    }

    /// The circuit with these angles.
    pub fn circuit(&self, angles: &[f64]) -> Circuit {
        let mut circuit = Circuit::new(self.qubits());
        for l in 0..=self.depth() {
            let (first, turns) = self.between(l);
            for (turn, &angle) in turns.iter().zip(&angles[first..]) {
                match *turn {
                    Turn::Y(q) => _ = circuit.push(Gate::Ry(angle), &[q]),
                    Turn::Z(q) => _ = circuit.push(Gate::Rz(angle), &[q]),
                    Turn::Zz(a, b) => _ = circuit.push(Gate::Rzz(angle), &[a, b]),
                }
            }
            // CZ and Rz commute.
            if l < self.depth() {
                self.flips(l).iter().for_each(|&(a, b)| _ = circuit.push(Gate::Cz, &[a, b]));
            }
        }
        circuit
    }
}

impl Entangler {
    /// The angles that a gate brings.
    pub fn angles(self) -> usize {
        match self {
            Entangler::Cz => 4,
            Entangler::Rzz => 5,
        }
    }

    /// What OpenQASM calls it.
    pub fn name(self) -> &'static str {
        match self {
            Entangler::Cz => "cz",
            Entangler::Rzz => "rzz",
        }
    }
}

fn qubits_of(dim: usize) -> usize {
    dim.next_power_of_two().trailing_zeros() as usize + 1
}

fn touched(pairs: &[(usize, usize)]) -> impl Iterator<Item = usize> + '_ {
    pairs.iter().flat_map(|&(a, b)| [a, b])
}
