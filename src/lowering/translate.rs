//! Writes a circuit in the gates of a target.
//!
//! This may add gates, but only one-qubit gates, and only in place of gates that the basis lacks: two-qubit gates and depth
//! stay as they are (three-qubit gates already count as what they become); but for `rzz`, which becomes two `cx` where a basis lacks
//! it, and which only circuits for one that has it hold. A gate the basis has is never touched, but for `rzz`, which turns by as
//! little as does the same up to Z on both qubits: from -π/2 to π/2.

use crate::circuit::{Circuit, CircuitError, Gate, GateKind, Operation, angles_of};
use crate::linalg::Complex;
use crate::target::Basis;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Angles this near to a quarter or half turn are one.
const NEAR: f64 = 1e-15;

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

/// Rewrites every gate the basis lacks: three-qubit gates, `swap`, `cy` and `ch` to `cx`, `cx` to and from `cz` and `ecr` and to
/// `rzz`, one-qubit gates to `u3`, to `rz ry rz`, to `rz rx rz`, to `prx rz` or to `rz sx rz sx rz`, whichever the basis has first,
/// with fewer gates for quarter and half turns.
#[derive(Clone, Copy, Debug)]
pub struct Translate {
    /// The gates to write in.
    pub basis: Basis,
}

impl Translate {
    /// Rewrites the circuit in place; on an error it is left as it was.
    ///
    /// # Errors
    /// If the basis lacks `cx`, `cz`, `ecr` and `rzz`, or any way to write a one-qubit gate.
    pub fn run(&self, circuit: &mut Circuit) -> Result<(), TranslateError> {
        if circuit.operations().all(|(_, o)| self.keeps(&o.gate)) {
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

    /// Whether a gate stays as it is.
    fn keeps(&self, gate: &Gate) -> bool {
        let far = matches!(gate, Gate::Rzz(angle) if angle.abs() > FRAC_PI_2);
        self.basis.allows(gate) && !far
    }

    fn write(&self, operation: Operation, out: &mut Circuit) -> Result<(), TranslateError> {
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        if self.keeps(&operation.gate) {
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
            Gate::Ecr if [GateKind::Cx, GateKind::Cz, GateKind::Rzz].into_iter().any(|kind| self.basis.has(kind)) => {
                each(&[(Gate::S, &[0]), (Gate::Sx, &[1]), (Gate::Cx, &[0, 1]), (Gate::X, &[0])])?;
                out.add_phase(-FRAC_PI_4);
                Ok(())
            }
            Gate::Cz if self.basis.has(GateKind::Cx) || self.basis.has(GateKind::Ecr) => {
                each(&[(Gate::H, &[1]), (Gate::Cx, &[0, 1]), (Gate::H, &[1])])
            }
            // exp(-iπ/4 ZZ), i and -i on both qubits in front of and behind: CZ = e^{-iπ/4} Rzz(π/2) (Rz(-π/2) ⊗ Rz(-π/2)).
            Gate::Cz if self.basis.has(GateKind::Rzz) => {
                let turn = Gate::Rz(-FRAC_PI_2);
                each(&[(turn, &[0]), (turn, &[1]), (Gate::Rzz(FRAC_PI_2), &[0, 1])])?;
                out.add_phase(-FRAC_PI_4);
                Ok(())
            }
            Gate::Cx if self.basis.has(GateKind::Rzz) => each(&[(Gate::H, &[1]), (Gate::Cz, &[0, 1]), (Gate::H, &[1])]),
            Gate::Rzz(angle) if self.basis.has(GateKind::Rzz) => {
                // A turn by π is -i Z on both, and X on one turns it round.
                let half_turns = (angle / PI).round();
                let rest = (angle - PI * half_turns).clamp(-FRAC_PI_2, FRAC_PI_2);
                let mut steps: Vec<(Gate, &[usize])> = vec![];
                if half_turns.rem_euclid(2.0) == 1.0 {
                    steps.extend([(Gate::Z, &[0][..]), (Gate::Z, &[1])]);
                }
                if self.basis.allows(&Gate::Rzz(rest)) {
                    steps.push((Gate::Rzz(rest), &[0, 1]));
                } else if rest != 0.0 {
                    steps.extend([(Gate::X, &[0][..]), (Gate::Rzz(-rest), &[0, 1]), (Gate::X, &[0])]);
                }
                each(&steps)?;
                out.add_phase(-FRAC_PI_2 * half_turns);
                Ok(())
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
        matrix: &[[Complex; 2]; 2],
        qubit: usize,
        out: &mut Circuit,
    ) -> Result<(), TranslateError> {
        let (theta, phi, lambda, phase) = angles_of(matrix);
        let Some((gates, extra)) = self.turns(theta, phi, lambda) else { return Err(self.refuse(gate)) };
        out.add_phase(phase + extra);
        for gate in gates {
            out.try_push(gate, &[qubit])?;
        }
        Ok(())
    }

    /// Gates that make `u3(θ, φ, λ)`, θ in [0, π], and the phase that they lack; `None` if the basis has none that do.
    fn turns(&self, theta: f64, phi: f64, lambda: f64) -> Option<(Vec<Gate>, f64)> {
        let has = |kind| self.basis.has_all(kind);
        let rz = Gate::Rz;
        // u3(θ, φ, λ) is Rz(φ) Ry(θ) Rz(λ), and Rz(φ+π) √X Rz(θ+π) √X Rz(λ), each up to a phase.
        let half = (phi + lambda) / 2.0;
        if has(GateKind::U3) {
            return Some((vec![Gate::U3(theta, phi, lambda)], 0.0));
        }
        if !has(GateKind::Rz) {
            return None;
        }
        if theta == 0.0 {
            return Some((vec![rz(phi + lambda)], half));
        }
        if has(GateKind::Ry) {
            return Some((vec![rz(lambda), Gate::Ry(theta), rz(phi)], half));
        }
        if has(GateKind::Prx) {
            // Ry turned by λ about Z: its axis is at π/2 - λ from X.
            return Some((vec![Gate::Prx(theta, FRAC_PI_2 - lambda), rz(phi + lambda)], half));
        }
        // √X and its phase against a quarter turn.
        let quarters = [Gate::Rx(FRAC_PI_2), Gate::Prx(FRAC_PI_2, 0.0)].map(|gate| (gate, FRAC_PI_4));
        let mut roots = [(Gate::Sx, 0.0)].into_iter().chain(quarters);
        let root = roots.find(|(gate, _)| self.basis.allows(gate));
        if let (Some((root, lack)), true) = (root, (theta - FRAC_PI_2).abs() < NEAR) {
            // Rz(φ) Ry(π/2) Rz(λ) takes one √X.
            return Some((vec![rz(lambda - FRAC_PI_2), root, rz(phi + FRAC_PI_2)], half - FRAC_PI_4 + lack));
        }
        if (theta - PI).abs() < NEAR {
            // Ry(π) = i X Rz(π), and X Rz(a) = Rz(-a) X; X is i Rx(π).
            let flips = [(Gate::X, 0.0), (Gate::Rx(PI), FRAC_PI_2), (Gate::Prx(PI, 0.0), FRAC_PI_2)];
            if let Some((flip, lack)) = flips.into_iter().find(|(gate, _)| self.basis.allows(gate)) {
                return Some((vec![flip, rz(phi - lambda - PI)], half + FRAC_PI_2 + lack));
            }
        }
        if has(GateKind::Rx) {
            return Some((vec![rz(lambda - FRAC_PI_2), Gate::Rx(theta), rz(phi + FRAC_PI_2)], half));
        }
        let (root, lack) = root?;
        Some((vec![rz(lambda), root, rz(theta + PI), root, rz(phi + PI)], half + FRAC_PI_2 + 2.0 * lack))
    }

    fn refuse(&self, gate: Gate) -> TranslateError {
        TranslateError::NotExpressible { gate: gate.name(), basis: self.basis.to_string() }
    }
}
