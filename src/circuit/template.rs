//! Circuits some of whose rotations turn by inputs that are known only later.

use super::{Circuit, CircuitError, Gate, Node};
use std::collections::BTreeMap;

/// By what a rotation turns: an input, or what undoes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// Which input, from 0.
    pub input: usize,
    /// Whether it turns the other way.
    pub negated: bool,
}

/// A circuit with inputs: some of its gates on one qubit, each with a single angle, take it from an input.
#[derive(Clone, Debug)]
pub struct Template {
    /// With angle zero where an input is to stand.
    circuit: Circuit,
    inputs: Vec<String>,
    turns: BTreeMap<Node, Turn>,
}

impl Template {
    /// A circuit of which no gate takes an input yet, and the names of its inputs.
    pub fn new(circuit: Circuit, inputs: Vec<String>) -> Template {
        Template { circuit, inputs, turns: BTreeMap::new() }
    }

    /// The gates, those that take an input with angle zero: enough to count them and to see what they join.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The names of the inputs.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// What the gate at a node takes; `None` where its angles are numbers.
    pub fn turn(&self, node: Node) -> Option<Turn> {
        self.turns.get(&node).copied()
    }

    /// How many gates take each input.
    pub fn occurrences(&self) -> Vec<usize> {
        let mut count = vec![0; self.inputs.len()];
        self.turns.values().for_each(|turn| count[turn.input] += 1);
        count
    }

    /// Appends a gate whose angles are numbers.
    ///
    /// # Errors
    /// As [`Circuit::try_push`].
    pub fn try_push(&mut self, gate: Gate, qubits: &[usize]) -> Result<(), CircuitError> {
        self.circuit.try_push(gate, qubits).map(drop)
    }

    /// Appends a gate that takes an input.
    ///
    /// # Errors
    /// As [`Circuit::try_push`].
    ///
    /// # Panics
    /// If the gate acts on several qubits or has not a single angle, or there is no such input.
    pub fn try_push_turn(&mut self, gate: Gate, qubit: usize, turn: Turn) -> Result<(), CircuitError> {
        assert!(takes_input(&gate), "gates on one qubit with one angle take inputs");
        assert!(turn.input < self.inputs.len(), "an input that there is");
        let node = self.circuit.try_push(gate.with_angles([0.0; 3]), &[qubit])?;
        self.turns.insert(node, turn);
        Ok(())
    }

    /// Measures a qubit into a bit.
    ///
    /// # Errors
    /// As [`Circuit::measure`].
    pub fn measure(&mut self, qubit: usize, bit: usize) -> Result<(), CircuitError> {
        self.circuit.measure(qubit, bit)
    }

    /// Appends all of another, its qubit i on `onto[i]`, its inputs as those from number `first` on; measurements are left
    /// out.
    ///
    /// # Panics
    /// If there is no such qubit, or it is measured already, or no such input.
    pub fn append(&mut self, other: &Template, onto: &[usize], first: usize) {
        for (node, operation) in other.circuit.operations() {
            let qubits: Vec<usize> = operation.qubits.iter().map(|q| onto[q]).collect();
            let own = self.circuit.push(operation.gate, &qubits);
            if let Some(turn) = other.turn(node) {
                assert!(first + turn.input < self.inputs.len(), "an input that there is");
                self.turns.insert(own, Turn { input: first + turn.input, ..turn });
            }
        }
        self.circuit.add_phase(other.circuit.global_phase());
    }

    /// What stands on some qubits that no gate joins to others, in this order; measured where it was, into the same bits.
    ///
    /// # Panics
    /// If a gate joins one of them to another qubit, or one is named twice.
    pub fn part(&self, qubits: &[usize]) -> Template {
        let mut place = vec![None; self.circuit.qubit_count()];
        qubits.iter().enumerate().for_each(|(i, &q)| place[q] = Some(i));
        let circuit = Circuit::with_bits(qubits.len(), self.circuit.bit_count());
        let mut part = Template::new(circuit, self.inputs.clone());
        for (node, operation) in self.circuit.operations() {
            if place[operation.qubits.get(0)].is_none() {
                continue;
            }
            let own: Vec<usize> =
                operation.qubits.iter().map(|q| place[q].expect("no gate leads out of a part")).collect();
            let own = part.circuit.push(operation.gate, &own);
            part.turns.extend(self.turn(node).map(|turn| (own, turn)));
        }
        for (i, &qubit) in qubits.iter().enumerate() {
            if let Some(bit) = self.circuit.measured_into(qubit) {
                part.circuit.measure(i, bit).expect("a qubit is measured once, into a bit of its own");
            }
        }
        part
    }

    /// The circuit for these values of the inputs, in radians.
    ///
    /// # Panics
    /// If there is not a value for each input.
    pub fn bind(&self, values: &[f64]) -> Circuit {
        assert_eq!(values.len(), self.inputs.len(), "a value for each input");
        bound(&self.circuit, &self.turns, values)
    }

    /// A circuit whose gates at these nodes take these inputs.
    pub fn of_parts(circuit: Circuit, inputs: Vec<String>, turns: BTreeMap<Node, Turn>) -> Template {
        Template { circuit, inputs, turns }
    }

    /// The circuit, and which of its gates take which input.
    pub fn into_parts(self) -> (Circuit, BTreeMap<Node, Turn>) {
        (self.circuit, self.turns)
    }
}

/// A circuit whose gates at these nodes turn by values of inputs, in radians.
///
/// # Panics
/// If there is no such gate or no such value.
pub fn bound(circuit: &Circuit, turns: &BTreeMap<Node, Turn>, values: &[f64]) -> Circuit {
    let mut bound = circuit.clone();
    for (&node, turn) in turns {
        let gate = circuit.operation(node).expect("the gate of a turn stays").gate;
        let angle = if turn.negated { -values[turn.input] } else { values[turn.input] };
        bound.replace_gate(node, gate.with_angles([angle, 0.0, 0.0]));
    }
    bound
}

/// Whether the angle of a gate may be an input: it acts on one qubit and has a single one, by which it turns.
pub fn takes_input(gate: &Gate) -> bool {
    gate.arity() == 1 && gate.angle_count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_bound_where_they_stand() {
        let mut tile = Template::new(Circuit::new(2), vec!["a".into(), "b".into()]);
        tile.try_push_turn(Gate::Ry(0.0), 0, Turn { input: 0, negated: false }).unwrap();
        tile.try_push_turn(Gate::Rz(0.0), 1, Turn { input: 1, negated: true }).unwrap();
        tile.try_push(Gate::Cx, &[0, 1]).unwrap();
        let mut two = Template::new(Circuit::with_bits(4, 4), ["a", "b", "c", "d"].map(str::to_owned).to_vec());
        two.append(&tile, &[0, 1], 0);
        two.append(&tile, &[3, 2], 2);
        two.measure(3, 1).unwrap();
        let gates = |circuit: &Circuit| -> Vec<(Gate, Vec<usize>)> {
            circuit.operations().map(|(_, o)| (o.gate, o.qubits.iter().collect())).collect()
        };
        let bound = two.bind(&[0.5, 1.0, 2.0, -3.0]);
        let wanted = [
            (Gate::Ry(0.5), vec![0]),
            (Gate::Rz(-1.0), vec![1]),
            (Gate::Cx, vec![0, 1]),
            (Gate::Ry(2.0), vec![3]),
            (Gate::Rz(3.0), vec![2]),
            (Gate::Cx, vec![3, 2]),
        ];
        assert_eq!(gates(&bound), wanted);
        assert_eq!(two.occurrences(), [1; 4]);
        let part = two.part(&[2, 3]);
        assert_eq!(gates(&part.bind(&[0.5, 1.0, 2.0, -3.0]))[0], (Gate::Ry(2.0), vec![1]));
        assert_eq!((part.circuit().measured_into(1), part.occurrences()), (Some(1), vec![0, 0, 1, 1]));
        assert!(takes_input(&Gate::P(0.0)) && !takes_input(&Gate::U3(0.0, 0.0, 0.0)) && !takes_input(&Gate::H));
    }
}
