//! The graph itself: building, walking and editing it.

use super::{CircuitError, Gate};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::EdgeRef;

/// The qubits of one gate, in operand order; at most three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qubits {
    slots: [u32; 3],
    len: u8,
}

impl Qubits {
    /// Operands from a slice.
    ///
    /// # Panics
    /// If there are more than three, or an index does not fit 32 bits.
    pub fn new(qubits: &[usize]) -> Self {
        assert!(qubits.len() <= 3, "a gate has at most three operands");
        let mut slots = [0; 3];
        for (slot, &q) in slots.iter_mut().zip(qubits) {
            *slot = u32::try_from(q).expect("qubit indices fit 32 bits");
        }
        Qubits { slots, len: qubits.len() as u8 }
    }

    /// The operands, first to last.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.slots[..self.len as usize].iter().map(|&q| q as usize)
    }

    /// Operand `i`.
    pub fn get(&self, i: usize) -> usize {
        self.slots[..self.len as usize][i] as usize
    }
}

/// A gate and the qubits it acts on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation {
    /// What is done.
    pub gate: Gate,
    /// To which qubits, in operand order.
    pub qubits: Qubits,
}

/// An operation of a circuit, by which it is found again after edits elsewhere. It means something to its own circuit
/// alone, and nothing once the operation is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub(super) NodeIndex);

/// What stands at a node of the graph: where a wire starts, an operation, or where a wire ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Vertex {
    Start,
    /// The operation and its place in [`Circuit::order`].
    Operation(Operation, usize),
    End,
}

/// Removed places that the order may hold before it is cleared of them, whatever the size of the circuit.
const FEW: usize = 64;

/// A quantum circuit with measurements at its end.
#[derive(Clone, Debug)]
pub struct Circuit {
    pub(super) graph: StableDiGraph<Vertex, u32>,
    pub(super) starts: Vec<NodeIndex>,
    pub(super) ends: Vec<NodeIndex>,
    /// For each qubit, the bit it is measured into.
    pub(super) measured: Vec<Option<u32>>,
    /// For each bit, the qubit that writes it.
    pub(super) written: Vec<Option<u32>>,
    global_phase: f64,
    /// The operations in the order of building, `None` where one was removed. Gates come last and edits only take away
    /// or exchange, so this order is always one in which they can be executed.
    pub(super) order: Vec<Option<NodeIndex>>,
}

impl Circuit {
    /// A circuit of `qubits` wires, no classical bits and no gates.
    pub fn new(qubits: usize) -> Self {
        Circuit::with_bits(qubits, 0)
    }

    /// A circuit of `qubits` wires and `bits` classical bits.
    pub fn with_bits(qubits: usize, bits: usize) -> Self {
        let mut graph = StableDiGraph::with_capacity(2 * qubits, qubits);
        let starts: Vec<_> = (0..qubits).map(|_| graph.add_node(Vertex::Start)).collect();
        let ends: Vec<_> = (0..qubits).map(|_| graph.add_node(Vertex::End)).collect();
        for (q, (&a, &b)) in starts.iter().zip(&ends).enumerate() {
            graph.add_edge(a, b, q as u32);
        }
        let (measured, written) = (vec![None; qubits], vec![None; bits]);
        Circuit { graph, starts, ends, measured, written, global_phase: 0.0, order: vec![] }
    }

    /// How many qubits there are.
    pub fn qubit_count(&self) -> usize {
        self.starts.len()
    }

    /// How many classical bits there are.
    pub fn bit_count(&self) -> usize {
        self.written.len()
    }

    /// How many gates there are, measurements not counted.
    pub fn gate_count(&self) -> usize {
        self.graph.node_count() - 2 * self.starts.len()
    }

    /// The phase φ: the circuit's unitary is `e^{iφ}` times the product of its gates.
    pub fn global_phase(&self) -> f64 {
        self.global_phase
    }

    /// Adds to the global phase, in radians.
    pub fn add_phase(&mut self, phase: f64) {
        self.global_phase = (self.global_phase + phase).rem_euclid(std::f64::consts::TAU);
    }

    /// The bit that `qubit` is measured into, if it is.
    pub fn measured_into(&self, qubit: usize) -> Option<usize> {
        self.measured[qubit].map(|b| b as usize)
    }

    /// The qubit measured into `bit`, if there is one.
    pub fn writer_of(&self, bit: usize) -> Option<usize> {
        self.written[bit].map(|q| q as usize)
    }

    /// The circuit with every qubit measured into the bit of its number.
    ///
    /// # Panics
    /// If it has bits already.
    #[must_use]
    pub fn measured(mut self) -> Circuit {
        assert!(self.written.is_empty(), "a circuit without bits");
        self.written = vec![None; self.qubit_count()];
        (0..self.qubit_count()).for_each(|q| self.measure(q, q).expect("neither qubit nor bit is taken"));
        self
    }

    /// Appends a gate.
    ///
    /// # Errors
    /// Wrong operand count, unknown, repeated or already measured qubits, angles that are not finite.
    pub fn try_push(&mut self, gate: Gate, qubits: &[usize]) -> Result<Node, CircuitError> {
        if qubits.len() != gate.arity() {
            return Err(CircuitError::Arity { gate: gate.name(), expected: gate.arity(), got: qubits.len() });
        }
        for (i, &qubit) in qubits.iter().enumerate() {
            if qubit >= self.qubit_count() {
                return Err(CircuitError::NoSuchQubit { qubit, width: self.qubit_count() });
            }
            if qubits[..i].contains(&qubit) {
                return Err(CircuitError::RepeatedQubit { gate: gate.name(), qubit });
            }
            if self.measured[qubit].is_some() {
                return Err(CircuitError::AfterMeasurement { qubit });
            }
        }
        if !gate.angles().iter().all(|a| a.is_finite()) {
            return Err(CircuitError::AngleNotFinite { gate: gate.name() });
        }
        let operation = Operation { gate, qubits: Qubits::new(qubits) };
        let node = self.graph.add_node(Vertex::Operation(operation, self.order.len()));
        self.order.push(Some(node));
        for &qubit in qubits {
            let end = self.ends[qubit];
            let last = self.graph.edges_directed(end, Incoming).next().expect("every wire reaches its end");
            let (edge, before) = (last.id(), last.source());
            self.graph.remove_edge(edge);
            self.graph.add_edge(before, node, qubit as u32);
            self.graph.add_edge(node, end, qubit as u32);
        }
        Ok(Node(node))
    }

    /// Appends a gate that is known to fit.
    ///
    /// # Panics
    /// Where [`Circuit::try_push`] returns an error.
    pub fn push(&mut self, gate: Gate, qubits: &[usize]) -> Node {
        self.try_push(gate, qubits).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Measures `qubit` into `bit`; nothing may follow on that qubit.
    ///
    /// # Errors
    /// Unknown qubit or bit, a qubit measured or a bit written twice.
    pub fn measure(&mut self, qubit: usize, bit: usize) -> Result<(), CircuitError> {
        if qubit >= self.qubit_count() {
            return Err(CircuitError::NoSuchQubit { qubit, width: self.qubit_count() });
        }
        if bit >= self.bit_count() {
            return Err(CircuitError::NoSuchBit { bit, width: self.bit_count() });
        }
        if self.measured[qubit].is_some() {
            return Err(CircuitError::AfterMeasurement { qubit });
        }
        if self.written[bit].is_some() {
            return Err(CircuitError::BitWrittenTwice { bit });
        }
        self.measured[qubit] = Some(bit as u32);
        self.written[bit] = Some(qubit as u32);
        Ok(())
    }

    /// Appends all of `other`, its qubit i on this circuit's qubit `onto[i]`; measurements are left out.
    ///
    /// # Panics
    /// If `onto` is shorter than `other` is wide or names qubits this circuit lacks or has measured.
    pub fn append(&mut self, other: &Circuit, onto: &[usize]) {
        for (_, operation) in other.operations() {
            let qubits: Vec<usize> = operation.qubits.iter().map(|q| onto[q]).collect();
            self.push(operation.gate, &qubits);
        }
        self.add_phase(other.global_phase);
    }

    /// The circuit that undoes this one's gates, global phase included; without measurements.
    pub fn inverse(&self) -> Circuit {
        let mut out = Circuit::new(self.qubit_count());
        for (_, operation) in self.operations().rev() {
            let (gate, phase) = operation.gate.inverse();
            out.push(gate, &operation.qubits.iter().collect::<Vec<_>>());
            out.add_phase(phase);
        }
        out.add_phase(-self.global_phase);
        out
    }

    /// All operations in the order of building, which is one in which they can be executed. Nothing is sorted: the order
    /// is part of the circuit.
    pub fn operations(&self) -> impl DoubleEndedIterator<Item = (Node, Operation)> + '_ {
        self.order.iter().flatten().filter_map(|&index| Some((Node(index), self.operation(Node(index))?)))
    }

    /// The operation at a node; `None` for wire ends and removed nodes.
    pub fn operation(&self, node: Node) -> Option<Operation> {
        match self.graph.node_weight(node.0)? {
            Vertex::Operation(operation, _) => Some(*operation),
            _ => None,
        }
    }

    /// The next operation on `qubit` after `node`; `None` at the end of the wire.
    pub fn successor(&self, node: Node, qubit: usize) -> Option<Node> {
        self.neighbour(node.0, qubit, Outgoing)
    }

    /// The operation on `qubit` before `node`; `None` at the start of the wire.
    pub fn predecessor(&self, node: Node, qubit: usize) -> Option<Node> {
        self.neighbour(node.0, qubit, Incoming)
    }

    /// The last operation on `qubit`; `None` on an empty wire.
    pub fn last_on(&self, qubit: usize) -> Option<Node> {
        self.neighbour(self.ends[qubit], qubit, Incoming)
    }

    fn neighbour(&self, node: NodeIndex, qubit: usize, direction: petgraph::Direction) -> Option<Node> {
        let edge = self.graph.edges_directed(node, direction).find(|e| *e.weight() as usize == qubit)?;
        let other = if direction == Outgoing { edge.target() } else { edge.source() };
        matches!(self.graph[other], Vertex::Operation(..)).then_some(Node(other))
    }

    /// Replaces the gate at `node` by another of the same arity; the wires stay.
    ///
    /// # Panics
    /// If `node` is no operation or the arities differ.
    pub fn replace_gate(&mut self, node: Node, gate: Gate) {
        match &mut self.graph[node.0] {
            Vertex::Operation(operation, _) => {
                assert_eq!(operation.gate.arity(), gate.arity(), "a gate is replaced by one of its own arity");
                operation.gate = gate;
            }
            _ => panic!("only operations have gates"),
        }
    }

    /// Takes out the operation at `node` and joins its wires.
    ///
    /// # Panics
    /// If `node` is no operation.
    pub fn remove(&mut self, Node(node): Node) {
        let Some(&Vertex::Operation(operation, place)) = self.graph.node_weight(node) else {
            panic!("only operations can be removed")
        };
        for qubit in operation.qubits.iter() {
            let end = |direction| {
                let mut edges = self.graph.edges_directed(node, direction);
                let edge = edges
                    .find(|e| *e.weight() as usize == qubit)
                    .expect("an operation has an edge each way on each wire");
                if direction == Outgoing { edge.target() } else { edge.source() }
            };
            let (before, after) = (end(Incoming), end(Outgoing));
            self.graph.add_edge(before, after, qubit as u32);
        }
        self.graph.remove_node(node);
        self.order[place] = None;
        if self.order.len() > 2 * self.gate_count() + FEW {
            self.close_gaps();
        }
    }

    /// Takes the places of removed operations out of the order.
    fn close_gaps(&mut self) {
        self.order.retain(Option::is_some);
        for (new, node) in self.order.iter().flatten().enumerate() {
            if let Vertex::Operation(_, place) = &mut self.graph[*node] {
                *place = new;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iteration_keeps_the_order_of_building_and_survives_edits() {
        let mut c = Circuit::new(3);
        let first = c.push(Gate::H, &[2]);
        c.push(Gate::Cx, &[2, 0]);
        let middle = c.push(Gate::X, &[1]);
        c.push(Gate::Ccx, &[0, 1, 2]);
        assert_eq!(c.operations().map(|(_, o)| o.gate.name()).collect::<Vec<_>>(), ["h", "cx", "x", "ccx"]);
        c.remove(middle);
        c.replace_gate(first, Gate::Sx);
        assert_eq!(c.operations().map(|(_, o)| o.gate.name()).collect::<Vec<_>>(), ["sx", "cx", "ccx"]);
        assert_eq!(c.gate_count(), 3);
        assert_eq!(c.successor(first, 2), c.operations().nth(1).map(|(n, _)| n));
        assert_eq!(c.predecessor(first, 2), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let mut c = Circuit::with_bits(2, 1);
        let message = |r: Result<Node, CircuitError>| r.unwrap_err().to_string();
        assert_eq!(message(c.try_push(Gate::Cx, &[0])), "gate 'cx' acts on 2 qubits, got 1");
        assert_eq!(message(c.try_push(Gate::X, &[5])), "qubit 5 does not exist: the circuit has 2 qubits");
        assert_eq!(message(c.try_push(Gate::Cx, &[1, 1])), "gate 'cx' has qubit 1 as two of its operands");
        assert_eq!(message(c.try_push(Gate::Rx(f64::NAN), &[1])), "gate 'rx' has an angle that is not finite");
        c.measure(0, 0).unwrap();
        assert_eq!(message(c.try_push(Gate::X, &[0])), "qubit 0 is measured already, nothing may follow");
        assert_eq!(c.measure(1, 0), Err(CircuitError::BitWrittenTwice { bit: 0 }));
        assert_eq!(c.gate_count(), 0);
    }

    #[test]
    fn the_order_outlives_many_edits() {
        // Two of three gates are removed, from the middle outwards, while others come in where they were.
        let mut c = Circuit::new(2);
        let mut expected: Vec<(Node, f64)> = vec![];
        let mut next = 0.0;
        for round in 0..40 {
            for _ in 0..30 {
                expected.push((c.push(Gate::Rz(next), &[round % 2]), next));
                next += 1.0;
            }
            for _ in 0..20 {
                c.remove(expected.remove(expected.len() / 2).0);
            }
            let got: Vec<(Node, f64)> = c.operations().map(|(node, o)| (node, o.gate.angles()[0])).collect();
            assert_eq!(got, expected);
            assert_eq!(crate::circuit::validate(&c), Ok(()));
            let backwards: Vec<Node> = c.operations().rev().map(|(node, _)| node).collect();
            assert!(backwards.iter().eq(expected.iter().rev().map(|(node, _)| node)));
            assert!(c.order.len() <= 2 * c.gate_count() + FEW);
        }
    }

    #[test]
    fn a_million_gates() {
        let mut c = Circuit::new(8);
        for i in 0..1_000_000 {
            if i % 2 == 0 {
                c.push(Gate::Cx, &[i % 8, (i + 3) % 8])
            } else {
                c.push(Gate::Rz(i as f64), &[i % 8])
            };
        }
        assert_eq!(c.operations().count(), 1_000_000);
    }
}
