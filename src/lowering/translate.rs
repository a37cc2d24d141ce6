//! Writes a circuit in the gates of a target.
//!
//! This may add gates, but only one-qubit gates, and only in place of gates that the basis lacks: two-qubit gates and depth
//! stay as they are (three-qubit gates already count as what they become); but for `rzz`, which becomes two `cx` where a basis lacks
//! it, and which only circuits for one that has it hold. A gate the basis has is never touched.

use crate::circuit::{Circuit, CircuitError, Gate, GateKind, Operation, angles_of};
use crate::target::Basis;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// A gate that a basis cannot express by the rules there are.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TranslateError {
    /// The basis has neither the gate nor what the rules would put in its place.
    #[error("gate '{gate}' cannot be written in the gates {basis}")]
    NotExpressible {
        /// The gate's name.
        gate: &'static str,
        /// The basis, as a list.
        basis: String,
    },
    /// The rewritten circuit does not hold together; a defect of a rule.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

/// Rewrites every gate the basis lacks: three-qubit gates, `swap`, `cy` and `ch` to `cx`, `cx` to and from `cz` and `ecr`,
/// one-qubit gates to `u3`, to `rz ry rz` or to `rz sx rz sx rz`, whichever the basis has first.
#[derive(Clone, Copy, Debug)]
pub struct Translate {
    /// The gates to write in.
    pub basis: Basis,
}

impl Translate {
    /// Rewrites the circuit in place; on an error it is left as it was.
    ///
    /// # Errors
    /// If the basis lacks `cx`, `cz` and `ecr`, or any way to write a one-qubit gate.
    pub fn run(&self, circuit: &mut Circuit) -> Result<(), TranslateError> {
        if circuit.operations().all(|(_, o)| self.basis.allows(&o.gate)) {
            return Ok(());
        }
        let mut out = Circuit::with_bits(circuit.qubit_count(), circuit.bit_count());
        for (_, operation) in circuit.operations() {
            self.write(operation, &mut out)?;
        }
        out.add_phase(circuit.global_phase());
        for qubit in 0..circuit.qubit_count() {
            if let Some(bit) = circuit.measured_into(qubit) {
                out.measure(qubit, bit)?;
            }
        }
        *circuit = out;
        Ok(())
    }

    fn write(&self, operation: Operation, out: &mut Circuit) -> Result<(), TranslateError> {
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        if self.basis.allows(&operation.gate) {
            out.try_push(operation.gate, &qubits)?;
            return Ok(());
        }
        let mut each = |steps: &[(Gate, &[usize])]| {
            steps.iter().try_for_each(|(gate, operands)| {
                let operands: Vec<usize> = operands.iter().map(|&i| qubits[i]).collect();
                let mapped = Operation { gate: *gate, qubits: crate::circuit::Qubits::new(&operands) };
                self.write(mapped, out)
            })
        };
        match operation.gate {
            Gate::Cx if self.basis.has(GateKind::Cz) => each(&[(Gate::H, &[1]), (Gate::Cz, &[0, 1]), (Gate::H, &[1])]),
            Gate::Cx if self.basis.has(GateKind::Ecr) => {
                each(&[(Gate::Sdg, &[0]), (Gate::Rx(-FRAC_PI_2), &[1]), (Gate::Ecr, &[0, 1]), (Gate::X, &[0])])
            }
            Gate::Ecr if self.basis.has(GateKind::Cx) || self.basis.has(GateKind::Cz) => {
                each(&[(Gate::S, &[0]), (Gate::Sx, &[1]), (Gate::Cx, &[0, 1]), (Gate::X, &[0])])?;
                out.add_phase(-FRAC_PI_4);
                Ok(())
            }
            Gate::Cz if self.basis.has(GateKind::Cx) || self.basis.has(GateKind::Ecr) => {
                each(&[(Gate::H, &[1]), (Gate::Cx, &[0, 1]), (Gate::H, &[1])])
            }
            Gate::Rzz(angle) => each(&[(Gate::Cx, &[0, 1]), (Gate::Rz(angle), &[1]), (Gate::Cx, &[0, 1])]),
            Gate::Cy => each(&[(Gate::Sdg, &[1]), (Gate::Cx, &[0, 1]), (Gate::S, &[1])]),
            // H = Ry(-π/4) X Ry(π/4)
            Gate::Ch => each(&[(Gate::Ry(FRAC_PI_4), &[1]), (Gate::Cx, &[0, 1]), (Gate::Ry(-FRAC_PI_4), &[1])]),
            Gate::Swap => each(&[(Gate::Cx, &[0, 1]), (Gate::Cx, &[1, 0]), (Gate::Cx, &[0, 1])]),
            Gate::Ccx => each(&[
                (Gate::H, &[2]),
                (Gate::Cx, &[1, 2]),
                (Gate::Tdg, &[2]),
                (Gate::Cx, &[0, 2]),
                (Gate::T, &[2]),
                (Gate::Cx, &[1, 2]),
                (Gate::Tdg, &[2]),
                (Gate::Cx, &[0, 2]),
                (Gate::T, &[1]),
                (Gate::T, &[2]),
                (Gate::H, &[2]),
                (Gate::Cx, &[0, 1]),
                (Gate::T, &[0]),
                (Gate::Tdg, &[1]),
                (Gate::Cx, &[0, 1]),
            ]),
            Gate::Cswap => each(&[(Gate::Cx, &[2, 1]), (Gate::Ccx, &[0, 1, 2]), (Gate::Cx, &[2, 1])]),
            gate => match gate.one_qubit_matrix() {
                Some(matrix) => self.write_one_qubit(gate, &matrix, qubits[0], out),
                None => Err(self.refuse(gate)),
            },
        }
    }

    fn write_one_qubit(
        &self,
        gate: Gate,
        matrix: &[[crate::linalg::Complex; 2]; 2],
        qubit: usize,
        out: &mut Circuit,
    ) -> Result<(), TranslateError> {
        let (theta, phi, lambda, phase) = angles_of(matrix);
        // u3(θ, φ, λ) is Rz(φ) Ry(θ) Rz(λ), and Rz(φ+π) √X Rz(θ+π) √X Rz(λ), each up to a phase.
        let (gates, extra): (Vec<Gate>, f64) = if self.basis.has(GateKind::U3) {
            (vec![Gate::U3(theta, phi, lambda)], 0.0)
        } else if self.basis.has(GateKind::Rz) && theta == 0.0 {
            (vec![Gate::Rz(phi + lambda)], (phi + lambda) / 2.0)
        } else if self.basis.has(GateKind::Rz) && self.basis.has(GateKind::Ry) {
            (vec![Gate::Rz(lambda), Gate::Ry(theta), Gate::Rz(phi)], (phi + lambda) / 2.0)
        } else if self.basis.has(GateKind::Rz) && self.basis.has(GateKind::Sx) && (theta - FRAC_PI_2).abs() < 1e-15 {
            // Rz(φ) Ry(π/2) Rz(λ) takes one √X.
            let gates = vec![Gate::Rz(lambda - FRAC_PI_2), Gate::Sx, Gate::Rz(phi + FRAC_PI_2)];
            (gates, (phi + lambda) / 2.0 - FRAC_PI_4)
        } else if self.basis.has(GateKind::Rz) && self.basis.has(GateKind::X) && (theta - PI).abs() < 1e-15 {
            // Ry(π) = i X Rz(π), and X Rz(a) = Rz(-a) X.
            (vec![Gate::X, Gate::Rz(phi - lambda - PI)], (phi + lambda) / 2.0 + FRAC_PI_2)
        } else if self.basis.has(GateKind::Rz) && self.basis.has(GateKind::Sx) {
            let gates = vec![Gate::Rz(lambda), Gate::Sx, Gate::Rz(theta + PI), Gate::Sx, Gate::Rz(phi + PI)];
            (gates, (phi + lambda) / 2.0 - FRAC_PI_2 + PI)
        } else {
            return Err(self.refuse(gate));
        };
        out.add_phase(phase + extra);
        for gate in gates {
            out.try_push(gate, &[qubit])?;
        }
        Ok(())
    }

    fn refuse(&self, gate: Gate) -> TranslateError {
        TranslateError::NotExpressible { gate: gate.name(), basis: self.basis.to_string() }
    }
}
