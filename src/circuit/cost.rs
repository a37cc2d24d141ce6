//! What a circuit costs on hardware, as an ordered value.

use super::Circuit;

/// The cost of a circuit. The order is that of the fields: fewer two-qubit gates first, then less two-qubit
/// depth, then fewer gates. Gates on three qubits count as the two-qubit gates they stand for
/// ([`Gate::two_qubit_weight`](super::Gate::two_qubit_weight)); measurements do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Cost {
    /// Two-qubit gates.
    pub two_qubit_gates: usize,
    /// The longest chain of two-qubit gates, one-qubit gates passing for free.
    pub two_qubit_depth: usize,
    /// All gates.
    pub gates: usize,
}

impl Cost {
    /// Measures a circuit.
    pub fn of(circuit: &Circuit) -> Cost {
        let mut depth = vec![0; circuit.qubit_count()];
        let mut cost = Cost::default();
        for (_, operation) in circuit.operations() {
            cost.gates += 1;
            let weight = operation.gate.two_qubit_weight();
            if weight > 0 {
                cost.two_qubit_gates += weight;
                let reached = weight + operation.qubits.iter().map(|q| depth[q]).max().unwrap_or(0);
                operation.qubits.iter().for_each(|q| depth[q] = reached);
            }
        }
        cost.two_qubit_depth = depth.into_iter().max().unwrap_or(0);
        cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;

    #[test]
    fn counts_and_order() {
        let mut c = Circuit::new(4);
        c.push(Gate::H, &[0]);
        c.push(Gate::Cx, &[0, 1]);
        c.push(Gate::Cx, &[2, 3]);
        c.push(Gate::Swap, &[1, 2]);
        let cost = Cost::of(&c);
        assert_eq!(cost, Cost { two_qubit_gates: 5, two_qubit_depth: 4, gates: 4 });
        assert!(cost < Cost { two_qubit_gates: 5, two_qubit_depth: 5, gates: 0 });
        assert!(cost > Cost { two_qubit_gates: 4, two_qubit_depth: 9, gates: 9 });
    }
}
