//! Drops phases that a measurement right after does not see.

use super::Pass;
use crate::circuit::{Axis, Circuit, Gate, Node, gate_of};

/// Removes diagonal one-qubit gates right before a measurement, and the left phase of `u3` gates there. Keeps all
/// measured probabilities, not the unitary.
#[derive(Clone, Copy, Debug)]
pub struct DropMeasuredPhases;

impl Pass for DropMeasuredPhases {
    fn name(&self) -> &'static str {
        "drop_measured_phases"
    }

    fn run(&self, circuit: &mut Circuit) -> usize {
        let before = circuit.gate_count();
        let measured: Vec<usize> = (0..circuit.qubit_count()).filter(|&q| circuit.measured_into(q).is_some()).collect();
        for qubit in measured {
            while let Some(last) = circuit.last_on(qubit) {
                if !drop_phase(circuit, last) {
                    break;
                }
            }
        }
        before - circuit.gate_count()
    }
}

/// Removes or simplifies the gate at `node`; true if it is gone and the one before may follow.
fn drop_phase(circuit: &mut Circuit, node: Node) -> bool {
    let Some(operation) = circuit.operation(node) else { return false };
    match operation.gate {
        Gate::Id => {
            circuit.remove(node);
            true
        }
        gate if gate.arity() == 1 && gate.axis(0) == Some(Axis::Z) => {
            circuit.remove(node);
            true
        }
        Gate::U3(theta, _, lambda) => {
            let matrix = Gate::U3(theta, 0.0, lambda).one_qubit_matrix();
            if let Some((Some(gate), _)) = matrix.as_ref().map(gate_of) {
                circuit.replace_gate(node, gate);
            }
            false
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::passes::tests::random_circuit;
    use crate::random::rng;
    use crate::simulator::{Readout, transition_probabilities};

    #[test]
    fn measured_probabilities_stay_and_the_cost_never_rises() {
        let mut rng = rng(79);
        let mut removed = 0;
        for _ in 0..1000 {
            let gates = random_circuit(&mut rng);
            let n = gates.qubit_count();
            let mut circuit = Circuit::with_bits(n, n);
            circuit.append(&gates, &(0..n).collect::<Vec<_>>());
            (0..n).for_each(|q| circuit.measure(q, n - 1 - q).unwrap());
            let readout = Readout { input: (0..n).collect(), output: (0..n).collect(), accept: vec![] };
            let inputs: Vec<usize> = (0..1 << n).collect();
            let before = transition_probabilities(&circuit, &readout, &inputs).unwrap();
            let cost = Cost::of(&circuit);
            removed += DropMeasuredPhases.run(&mut circuit);
            let after = transition_probabilities(&circuit, &readout, &inputs).unwrap();
            assert!((before - after).amax() < 1e-12);
            assert!(Cost::of(&circuit) <= cost);
        }
        assert!(removed > 500);
    }
}
