//! Checks the graph's invariants, so that a pass that breaks one is caught where it happens.

use super::Circuit;
use super::graph::Vertex;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use std::collections::BTreeMap;

/// A broken invariant: which node or wire, what was expected, what is there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A node's wires on one side are not those of its operation.
    #[error("node {node} ({what}): expected one {side} edge on each of qubits {expected:?}, found qubits {found:?}")]
    Wires {
        /// Index of the node.
        node: usize,
        /// Name of its gate, or "start" or "end".
        what: String,
        /// "incoming" or "outgoing".
        side: &'static str,
        /// The qubits that should have an edge.
        expected: Vec<usize>,
        /// Those that have one.
        found: Vec<usize>,
    },
    /// An operation lies on a cycle, so no order of execution exists.
    #[error("{count} operations lie on or behind a cycle")]
    Cycle {
        /// How many.
        count: usize,
    },
    /// The order of operations misses one, or has it elsewhere than where it says it is.
    #[error("node {node} says that it is operation {place}, the circuit's order does not")]
    Order {
        /// Index of the node.
        node: usize,
        /// Its place, counted with those that were removed.
        place: usize,
    },
    /// Measurement tables that contradict each other.
    #[error("qubit {qubit} is measured into bit {bit}, but that bit says it is written by {writer:?}")]
    Measurement {
        /// The measured qubit.
        qubit: usize,
        /// The bit it claims.
        bit: usize,
        /// Who the bit says writes it.
        writer: Option<usize>,
    },
}

/// Checks that every operation has exactly one edge each way on each of its wires, that no cycle exists and
/// that measurements agree.
///
/// # Errors
/// The first violation found, in node order.
pub fn validate(circuit: &Circuit) -> Result<(), Violation> {
    for node in circuit.graph.node_indices() {
        let (what, wires) = match &circuit.graph[node] {
            Vertex::Operation(o, _) => (o.gate.name().to_owned(), o.qubits.iter().collect()),
            Vertex::Start => ("start".to_owned(), position(&circuit.starts, node)),
            Vertex::End => ("end".to_owned(), position(&circuit.ends, node)),
        };
        let mut expected: Vec<usize> = wires;
        expected.sort_unstable();
        for (side, direction, boundary) in [("incoming", Incoming, "start"), ("outgoing", Outgoing, "end")] {
            let mut found: Vec<usize> =
                circuit.graph.edges_directed(node, direction).map(|e| *e.weight() as usize).collect();
            found.sort_unstable();
            let expected = if what == boundary { Vec::new() } else { expected.clone() };
            if found != expected {
                return Err(Violation::Wires { node: node.index(), what, side, expected, found });
            }
        }
    }
    let count = on_or_behind_a_cycle(circuit);
    if count > 0 {
        return Err(Violation::Cycle { count });
    }
    check_order(circuit)?;
    for qubit in 0..circuit.qubit_count() {
        if let Some(bit) = circuit.measured_into(qubit) {
            let writer = circuit.writer_of(bit);
            if writer != Some(qubit) {
                return Err(Violation::Measurement { qubit, bit, writer });
            }
        }
    }
    Ok(())
}

/// How many operations are left when those whose predecessors are all taken are taken away, one after the other.
fn on_or_behind_a_cycle(circuit: &Circuit) -> usize {
    let waits_for = |node| {
        let before = circuit.graph.neighbors_directed(node, Incoming);
        before.filter(|n| matches!(circuit.graph[*n], Vertex::Operation(..))).count()
    };
    let nodes: Vec<NodeIndex> = circuit.operations().map(|(node, _)| node.0).collect();
    let mut waiting: BTreeMap<NodeIndex, usize> = nodes.iter().map(|&node| (node, waits_for(node))).collect();
    let mut ready: Vec<NodeIndex> = nodes.into_iter().filter(|node| waiting[node] == 0).collect();
    while let Some(node) = ready.pop() {
        waiting.remove(&node);
        for next in circuit.graph.neighbors_directed(node, Outgoing) {
            if let Some(count) = waiting.get_mut(&next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(next);
                }
            }
        }
    }
    waiting.len()
}

/// Whether the order holds every operation once, each after those it follows.
fn check_order(circuit: &Circuit) -> Result<(), Violation> {
    let place = |node| match circuit.graph[node] {
        Vertex::Operation(_, place) => Some(place),
        _ => None,
    };
    for node in circuit.graph.node_indices() {
        let Some(own) = place(node) else { continue };
        let mut before = circuit.graph.neighbors_directed(node, Incoming).filter_map(place);
        if circuit.order.get(own) != Some(&Some(node)) || before.any(|other| other >= own) {
            return Err(Violation::Order { node: node.index(), place: own });
        }
    }
    Ok(())
}

fn position(nodes: &[NodeIndex], node: NodeIndex) -> Vec<usize> {
    nodes.iter().position(|&n| n == node).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;

    fn sample() -> Circuit {
        let mut c = Circuit::with_bits(2, 1);
        c.push(Gate::H, &[0]);
        c.push(Gate::Cx, &[0, 1]);
        c.measure(0, 0).unwrap();
        c
    }

    #[test]
    fn a_lost_edge_is_named() {
        let mut c = sample();
        assert_eq!(validate(&c), Ok(()));
        let edge = c.graph.edge_indices().next_back().unwrap();
        c.graph.remove_edge(edge);
        let message = validate(&c).unwrap_err().to_string();
        assert!(message.contains("expected one") && message.contains("edge on each of qubits"), "{message}");
    }

    #[test]
    fn a_cycle_a_wrong_order_and_a_contradiction_are_found() {
        let mut c = Circuit::new(2);
        let a = c.push(Gate::Cx, &[0, 1]);
        let b = c.push(Gate::Cx, &[0, 1]);
        // Cross the wires of qubit 1: b then feeds a, while on qubit 0 a feeds b.
        let edges: Vec<_> = c.graph.edge_indices().filter(|&e| c.graph[e] == 1).collect();
        edges.into_iter().for_each(|e| _ = c.graph.remove_edge(e));
        for (from, to) in [(c.starts[1], b.0), (b.0, a.0), (a.0, c.ends[1])] {
            c.graph.add_edge(from, to, 1);
        }
        assert_eq!(validate(&c), Err(Violation::Cycle { count: 2 }));
        let mut c = sample();
        c.order.swap(0, 1);
        assert!(matches!(validate(&c), Err(Violation::Order { place: 0, .. })));
        let mut c = sample();
        c.written[0] = Some(1);
        assert_eq!(validate(&c), Err(Violation::Measurement { qubit: 0, bit: 0, writer: Some(1) }));
    }
}
