//! What to expect of a circuit without simulating it: the fidelities of its gates and readings, multiplied.

use super::model::{GateNoise, NoiseModel};
use crate::circuit::Circuit;

impl NoiseModel {
    /// The product over all gates of the entanglement fidelity of what follows them, and over all bits of the probability that
    /// they are read right, either value being as likely. A circuit in which errors add up at random does about that well.
    pub fn expected_fidelity(&self, circuit: &Circuit) -> f64 {
        let [one, two] = [1, 2].map(|arity| self.after(arity).entanglement_fidelity(arity));
        let gate = |arity: usize| match arity {
            1 => one,
            2 => two,
            more => self.after(more).entanglement_fidelity(more),
        };
        let gates: f64 = circuit.operations().map(|(_, operation)| gate(operation.gate.arity())).product();
        let right = 1.0 - (self.readout.one_for_zero + self.readout.zero_for_one) / 2.0;
        let bits = (0..circuit.bit_count()).filter(|&bit| circuit.writer_of(bit).is_some()).count();
        gates * right.powi(bits as i32)
    }
}

impl GateNoise {
    /// `Tr(S) / 4^k` of the channel's transfer matrix S in Pauli coordinates, on k qubits.
    fn entanglement_fidelity(&self, qubits: usize) -> f64 {
        let GateNoise { depolarising, amplitude_damping, phase_damping } = *self;
        // Of damping on one qubit: I, X, Y, Z.
        let across = ((1.0 - amplitude_damping) * (1.0 - phase_damping)).sqrt();
        let damped = (2.0 + 2.0 * across - amplitude_damping).powi(qubits as i32);
        (1.0 + (1.0 - depolarising) * (damped - 1.0)) / 4f64.powi(qubits as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::simulator::noise::ReadoutError;

    #[test]
    fn fidelities_of_channels_multiply() {
        let noise = |depolarising: f64, amplitude_damping: f64, phase_damping: f64| GateNoise {
            depolarising,
            amplitude_damping,
            phase_damping,
        };
        // Depolarised: 1 - p (1 - 1/4^k). Kraus operators: Σ |Tr K / 2^k|².
        assert!((noise(0.1, 0.0, 0.0).entanglement_fidelity(2) - (1.0 - 0.1 * 15.0 / 16.0)).abs() < 1e-15);
        let root = (1.0f64 - 0.3).sqrt();
        assert!((noise(0.0, 0.3, 0.0).entanglement_fidelity(1) - ((1.0 + root) / 2.0).powi(2)).abs() < 1e-15);
        let dephased = ((1.0 + root) / 2.0).powi(2) + 0.3 / 4.0;
        assert!((noise(0.0, 0.0, 0.3).entanglement_fidelity(2) - dephased.powi(2)).abs() < 1e-15);
        let mut circuit = Circuit::with_bits(2, 2);
        circuit.push(Gate::Ry(0.3), &[0]);
        circuit.push(Gate::Cx, &[0, 1]);
        circuit.push(Gate::Cx, &[1, 0]);
        (0..2).for_each(|q| circuit.measure(q, q).unwrap());
        let readout = ReadoutError { one_for_zero: 0.02, zero_for_one: 0.04 };
        let model = NoiseModel { one_qubit: noise(0.01, 0.0, 0.0), two_qubit: noise(0.1, 0.0, 0.0), readout };
        let wanted = (1.0 - 0.01 * 0.75) * (1.0f64 - 0.1 * 15.0 / 16.0).powi(2) * 0.97f64.powi(2);
        assert!((model.expected_fidelity(&circuit) - wanted).abs() < 1e-15);
        assert_eq!(NoiseModel::default().expected_fidelity(&circuit), 1.0);
    }
}
