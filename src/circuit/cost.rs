//! What a circuit costs on hardware, as an ordered value.

use super::{Circuit, Gate};
use std::f64::consts::FRAC_PI_2;

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

/// By how much gates on two qubits turn in all, in radians: what error grows with on machines whose gates take as long as they
/// turn. Where such a gate has no angle it counts as the quarter turn that it is worth, one on three qubits as those that it stands for.
pub fn turned(circuit: &Circuit) -> f64 {
    // The sum of no floats would be -0.
    circuit.operations().map(|(_, operation)| operation.gate.turned()).fold(0.0, |sum, turned| sum + turned)
}

impl Gate {
    /// What this gate adds to [`turned`].
    pub fn turned(&self) -> f64 {
        match *self {
            Gate::Rzz(angle) => angle.abs(),
            gate => FRAC_PI_2 * gate.two_qubit_weight() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        c.push(Gate::Rzz(-0.25), &[0, 3]);
        assert_eq!(turned(&c), 5.0 * FRAC_PI_2 + 0.25);
    }
}
