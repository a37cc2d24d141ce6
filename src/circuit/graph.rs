//! The graph itself: building, walking and editing it.

use super::{CircuitError, Gate};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::{EdgeRef, NodeIndexable};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

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

/// A node of the graph: where a wire starts, an operation, or where a wire ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    Start,
    /// The operation and its place in the order of building, which iteration keeps.
    Operation(Operation, u64),
    End,
}

/// A quantum circuit with measurements at its end.
#[derive(Clone, Debug)]
pub struct Circuit {
    pub(super) graph: StableDiGraph<Node, u32>,
    pub(super) starts: Vec<NodeIndex>,
    pub(super) ends: Vec<NodeIndex>,
    /// For each qubit, the bit it is measured into.
    pub(super) measured: Vec<Option<u32>>,
    /// For each bit, the qubit that writes it.
    pub(super) written: Vec<Option<u32>>,
    global_phase: f64,
    next: u64,
}

impl Circuit {
    /// A circuit of `qubits` wires, no classical bits and no gates.
    pub fn new(qubits: usize) -> Self {
        Circuit::with_bits(qubits, 0)
    }

    /// A circuit of `qubits` wires and `bits` classical bits.
    pub fn with_bits(qubits: usize, bits: usize) -> Self {
        let mut graph = StableDiGraph::with_capacity(2 * qubits, qubits);
        let starts: Vec<_> = (0..qubits).map(|_| graph.add_node(Node::Start)).collect();
        let ends: Vec<_> = (0..qubits).map(|_| graph.add_node(Node::End)).collect();
        for (q, (&a, &b)) in starts.iter().zip(&ends).enumerate() {
            graph.add_edge(a, b, q as u32);
        }
        let (measured, written) = (vec![None; qubits], vec![None; bits]);
        Circuit { graph, starts, ends, measured, written, global_phase: 0.0, next: 0 }
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

    /// Appends a gate.
    ///
    /// # Errors
    /// Wrong operand count, unknown, repeated or already measured qubits, angles that are not finite.
    pub fn try_push(&mut self, gate: Gate, qubits: &[usize]) -> Result<NodeIndex, CircuitError> {
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
        let node = self.graph.add_node(Node::Operation(operation, self.next));
        self.next += 1;
        for &qubit in qubits {
            let end = self.ends[qubit];
            let last = self.graph.edges_directed(end, Incoming).next().expect("every wire reaches its end");
            let (edge, before) = (last.id(), last.source());
            self.graph.remove_edge(edge);
            self.graph.add_edge(before, node, qubit as u32);
            self.graph.add_edge(node, end, qubit as u32);
        }
        Ok(node)
    }

    /// Appends a gate that is known to fit.
    ///
    /// # Panics
    /// Where [`Circuit::try_push`] returns an error.
    pub fn push(&mut self, gate: Gate, qubits: &[usize]) -> NodeIndex {
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
        let operations: Vec<Operation> = self.operations().map(|(_, operation)| operation).collect();
        for operation in operations.iter().rev() {
            let (gate, phase) = operation.gate.inverse();
            out.push(gate, &operation.qubits.iter().collect::<Vec<_>>());
            out.add_phase(phase);
        }
        out.add_phase(-self.global_phase);
        out
    }

    /// All operations in topological order: the order of building wherever edits have left it valid, ties
    /// broken by node index, so that the same circuit always yields the same sequence.
    pub fn operations(&self) -> impl Iterator<Item = (NodeIndex, Operation)> + '_ {
        let mut waiting = vec![0u8; self.graph.node_bound()];
        let mut ready = BinaryHeap::new();
        for node in self.graph.node_indices() {
            if let Node::Operation(_, place) = self.graph[node] {
                let inner = |&n: &NodeIndex| matches!(self.graph[n], Node::Operation(..));
                waiting[node.index()] = self.graph.neighbors_directed(node, Incoming).filter(inner).count() as u8;
                if waiting[node.index()] == 0 {
                    ready.push(Reverse((place, node)));
                }
            }
        }
        std::iter::from_fn(move || {
            let Reverse((_, node)) = ready.pop()?;
            for next in self.graph.neighbors_directed(node, Outgoing) {
                if let Node::Operation(_, place) = self.graph[next] {
                    waiting[next.index()] -= 1;
                    if waiting[next.index()] == 0 {
                        ready.push(Reverse((place, next)));
                    }
                }
            }
            Some((node, self.operation(node).expect("only operations become ready")))
        })
    }

    /// The operation at a node; `None` for wire ends and removed nodes.
    pub fn operation(&self, node: NodeIndex) -> Option<Operation> {
        match self.graph.node_weight(node)? {
            Node::Operation(operation, _) => Some(*operation),
            _ => None,
        }
    }

    /// The next operation on `qubit` after `node`; `None` at the end of the wire.
    pub fn successor(&self, node: NodeIndex, qubit: usize) -> Option<NodeIndex> {
        self.neighbour(node, qubit, Outgoing)
    }

    /// The operation on `qubit` before `node`; `None` at the start of the wire.
    pub fn predecessor(&self, node: NodeIndex, qubit: usize) -> Option<NodeIndex> {
        self.neighbour(node, qubit, Incoming)
    }

    /// The last operation on `qubit`; `None` on an empty wire.
    pub fn last_on(&self, qubit: usize) -> Option<NodeIndex> {
        self.neighbour(self.ends[qubit], qubit, Incoming)
    }

    fn neighbour(&self, node: NodeIndex, qubit: usize, direction: petgraph::Direction) -> Option<NodeIndex> {
        let edge = self.graph.edges_directed(node, direction).find(|e| *e.weight() as usize == qubit)?;
        let other = if direction == Outgoing { edge.target() } else { edge.source() };
        matches!(self.graph[other], Node::Operation(..)).then_some(other)
    }

    /// Replaces the gate at `node` by another of the same arity; the wires stay.
    ///
    /// # Panics
    /// If `node` is no operation or the arities differ.
    pub fn replace_gate(&mut self, node: NodeIndex, gate: Gate) {
        match &mut self.graph[node] {
            Node::Operation(operation, _) => {
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
    pub fn remove(&mut self, node: NodeIndex) {
        let operation = self.operation(node).expect("only operations can be removed");
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
        let message = |r: Result<NodeIndex, CircuitError>| r.unwrap_err().to_string();
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
