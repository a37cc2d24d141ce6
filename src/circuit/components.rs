//! Which qubits of a circuit gates join.

use super::Circuit;
use std::collections::BTreeMap;

/// The sets of qubits joined by gates, each sorted, in order of their first qubit.
pub fn components(circuit: &Circuit) -> Vec<Vec<usize>> {
    let mut sets = petgraph::unionfind::UnionFind::<usize>::new(circuit.qubit_count());
    for (_, operation) in circuit.operations() {
        let first = operation.qubits.get(0);
        operation.qubits.iter().skip(1).for_each(|q| _ = sets.union(first, q));
    }
    let mut parts = BTreeMap::<usize, Vec<usize>>::new();
    let labels = sets.into_labeling();
    labels.iter().enumerate().for_each(|(q, &label)| parts.entry(label).or_default().push(q));
    let mut parts: Vec<Vec<usize>> = parts.into_values().collect();
    parts.sort_unstable();
    parts
}
