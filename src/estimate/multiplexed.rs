//! Multiplexed rotations, found in circuits that are made of their parts: rotations of one qubit about one axis, with nothing
//! between them but controlled Paulis on it.
//!
//! ```text
//! c ──────●──────           c ──●───●──
//!         │            =        │   │
//! t ─ Ry ─Z─ Ry ─           t ──Z── Ry ─      by θ2 + θ1 or by θ2 - θ1, as c says
//! ```
//!
//! A controlled Pauli that anticommutes with the axis turns the sense of all rotations before it where its control says so.
//! Pulled through to the last, the rotations stand side by side, each with a sign that is a parity of controls: one rotation by an
//! angle that k controls choose. That holds as long as nothing acts on a control, once it is one, but along the axis in which it
//! controls.

use super::counts::turns;
use crate::circuit::{Axis, Circuit, Gate, GateKind, Operation};
use std::collections::{BTreeMap, BTreeSet};

/// Rotations that are one, by an angle that controls choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiplexed {
    /// The qubit that is turned.
    pub target: usize,
    /// Its rotations, by their places among the circuit's operations: two or more.
    pub rotations: Vec<usize>,
    /// How many qubits choose the angle.
    pub controls: usize,
}

/// A run of rotations that may go on.
struct Run {
    axis: Axis,
    rotations: Vec<usize>,
    /// Qubits that control a Pauli on the target, and along which axis.
    controls: BTreeMap<usize, Axis>,
    /// Controls that the rotations so far have in their signs.
    signs: usize,
}

/// All multiplexed rotations of a circuit, in the order in which they end. No rotation is in two of them.
pub fn multiplexed_rotations(circuit: &Circuit) -> Vec<Multiplexed> {
    let mut finder = Finder { runs: (0..circuit.qubit_count()).map(|_| None).collect(), found: vec![] };
    for (place, (_, operation)) in circuit.operations().enumerate() {
        finder.pass(place, operation);
    }
    (0..circuit.qubit_count()).for_each(|target| finder.close(target));
    finder.found
}

struct Finder {
    runs: Vec<Option<Run>>,
    found: Vec<Multiplexed>,
}

impl Finder {
    fn close(&mut self, target: usize) {
        if let Some(run) = self.runs[target].take().filter(|run| run.rotations.len() > 1) {
            self.found.push(Multiplexed { target, rotations: run.rotations, controls: run.signs });
        }
    }

    fn pass(&mut self, place: usize, Operation { gate, qubits }: Operation) {
        let on: Vec<usize> = qubits.iter().collect();
        for target in 0..self.runs.len() {
            let Some(run) = &mut self.runs[target] else { continue };
            if !goes_on(run, target, &gate, &on) {
                self.close(target);
            }
        }
        let Some(axis) = gate.rotation().filter(|_| turns(&gate)).map(|rotation| rotation.axis) else { return };
        let fresh = || Run { axis, rotations: vec![], controls: BTreeMap::new(), signs: 0 };
        if on.len() == 1 {
            let run = self.runs[on[0]].get_or_insert_with(fresh);
            run.rotations.push(place);
            run.signs = run.controls.len();
        }
    }
}

/// Whether a run outlives a gate; takes note of a control.
fn goes_on(run: &mut Run, target: usize, gate: &Gate, on: &[usize]) -> bool {
    let along = |qubit: &usize| on.iter().position(|q| q == qubit).and_then(|operand| gate.axis(operand));
    // Whatever acts on a control acts along its axis.
    if on.iter().any(|q| run.controls.get(q).is_some_and(|axis| along(q) != Some(*axis))) {
        return false;
    }
    if !on.contains(&target) || along(&target) == Some(run.axis) {
        return true;
    }
    match (gate.kind(), on.iter().find(|q| **q != target)) {
        (GateKind::X | GateKind::Z, None) => true,
        (GateKind::Cx | GateKind::Cy | GateKind::Cz, Some(control)) => {
            let axis = along(control).expect("controlled Paulis act along an axis of either qubit");
            run.controls.insert(*control, axis);
            true
        }
        _ => false,
    }
}

/// The places of all rotations of some of them.
pub(super) fn places_of<'a>(some: impl Iterator<Item = &'a Multiplexed>) -> BTreeSet<usize> {
    some.flat_map(|one| one.rotations.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Complex, Matrix, max_difference};
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use rand::RngExt;

    fn unitary(qubits: usize, operations: &[Operation]) -> Matrix {
        let mut circuit = Circuit::new(qubits);
        operations.iter().for_each(|o| _ = circuit.push(o.gate, &o.qubits.iter().collect::<Vec<_>>()));
        unitary_of(&circuit)
    }

    /// The circuit with the rotations of one of them at the place of its last, each about the Pauli that what lies between makes of
    /// its axis; and those Paulis.
    fn pulled(qubits: usize, operations: &[Operation], one: &Multiplexed) -> (Matrix, Vec<Matrix>) {
        let (first, last) = (one.rotations[0], one.rotations[one.rotations.len() - 1]);
        let others = |range: std::ops::Range<usize>| range.filter(|place| !one.rotations.contains(place));
        let rest: Vec<Operation> = others(0..last).filter(|p| *p >= first).map(|p| operations[p]).collect();
        let mut product = unitary(qubits, &rest) * unitary(qubits, &operations[..first]);
        let axis = operations[first].gate.rotation().unwrap().axis;
        let bare = Operation { gate: axis.rotation(std::f64::consts::PI), qubits: operations[first].qubits };
        let pauli = unitary(qubits, &[bare]) * Complex::I;
        let mut paulis = vec![];
        for &place in &one.rotations {
            let touching = others(place..last).filter(|p| operations[*p].qubits.iter().any(|q| q == one.target));
            let clifford = unitary(qubits, &touching.map(|p| operations[p]).collect::<Vec<_>>());
            let own = &clifford * &pauli * clifford.adjoint();
            let half = operations[place].gate.rotation().unwrap().angle / 2.0;
            let size = own.nrows();
            let turn = Matrix::identity(size, size) * Complex::from(half.cos()) - &own * Complex::new(0.0, half.sin());
            product = turn * product;
            paulis.push(own);
        }
        (unitary(qubits, &operations[last + 1..]) * product, paulis)
    }

    #[test]
    fn rotations_are_one_rotation_that_controls_choose() {
        let mut rng = rng(5);
        let (mut most, mut seen) = (0, 0);
        for _ in 0..300 {
            let qubits = rng.random_range(2..5);
            let mut circuit = Circuit::new(qubits);
            for _ in 0..24 {
                let angle = rng.random_range(-3.0..3.0);
                let (a, b) = (rng.random_range(0..qubits), rng.random_range(0..qubits - 1));
                let b = if b >= a { b + 1 } else { b };
                match rng.random_range(0..12) {
                    0..4 => _ = circuit.push(Gate::Ry(angle), &[0]),
                    4 => _ = circuit.push(Gate::Rz(angle), &[a]),
                    5 => _ = circuit.push(Gate::X, &[a]),
                    6 => _ = circuit.push(Gate::Cx, &[a, b]),
                    7..11 => _ = circuit.push(Gate::Cz, &[0, rng.random_range(1..qubits)]),
                    _ => _ = circuit.push([Gate::H, Gate::S, Gate::Z][rng.random_range(0..3)], &[a]),
                }
            }
            let operations: Vec<Operation> = circuit.operations().map(|(_, o)| o).collect();
            let whole = unitary(qubits, &operations);
            for one in multiplexed_rotations(&circuit) {
                let (other, paulis) = pulled(qubits, &operations, &one);
                assert!(max_difference(&whole, &other) < 1e-12, "{one:?}");
                for a in &paulis {
                    assert!(paulis.iter().all(|b| max_difference(&(a * b), &(b * a)) < 1e-12));
                }
                (most, seen) = (most.max(one.controls), seen + 1);
            }
        }
        assert!(most == 3 && seen > 300, "{most} {seen}");
    }

    #[test]
    fn a_multiplexer_of_the_synthesis_is_found_whole() {
        let mut circuit = Circuit::new(3);
        for (angle, control) in [(0.1, 0), (0.2, 1), (0.3, 0), (0.4, 1)] {
            circuit.push(Gate::Ry(angle), &[2]);
            circuit.push(Gate::Cx, &[control, 2]);
        }
        circuit.push(Gate::Ry(0.5), &[0]);
        circuit.push(Gate::Ry(0.6), &[2]);
        let found = multiplexed_rotations(&circuit);
        assert_eq!(found, [Multiplexed { target: 2, rotations: vec![0, 2, 4, 6], controls: 2 }]);
    }
}
