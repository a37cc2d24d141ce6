//! What can be asked of a gate; the answers stand in the table.

use super::gate_matrix::{MatrixRule, TwoByTwo};
use super::gate_table::{Axis, Gate, GateKind};
use crate::linalg::Matrix;

/// A rotation `e^{iφ} exp(-iθP/2)`, P the Pauli matrix of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// What it turns about.
    pub axis: Axis,
    /// θ in radians.
    pub angle: f64,
    /// φ in radians.
    pub phase: f64,
}

impl GateKind {
    /// The name in OpenQASM.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The gate of that OpenQASM name; `None` if there is no such gate.
    pub fn from_name(name: &str) -> Option<GateKind> {
        GateKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many qubits the gate acts on: 1 to 3.
    pub fn arity(self) -> usize {
        self.facts().qubits
    }

    /// How many angles the gate takes: 0 to 3.
    pub fn angle_count(self) -> usize {
        self.facts().angles
    }
}

impl Gate {
    /// The gate's name in OpenQASM.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// The gate of that OpenQASM name with all its angles zero; `None` if there is no such gate.
    pub fn from_name(name: &str) -> Option<Gate> {
        Some(GateKind::from_name(name)?.gate([0.0; 3]))
    }

    /// How many qubits the gate acts on.
    pub fn arity(&self) -> usize {
        self.kind().arity()
    }

    /// How many angles the gate takes: 0 to 3.
    pub fn angle_count(&self) -> usize {
        self.kind().angle_count()
    }

    /// The same gate with other angles; those past [`Gate::angle_count`] are ignored.
    pub fn with_angles(self, angles: [f64; 3]) -> Gate {
        self.kind().gate(angles)
    }

    /// How many two-qubit gates the gate stands for in a [`Cost`](super::Cost): 1 for the controlled Paulis,
    /// `ch` and `ecr`, 3 for `swap`, 6 for `ccx`, 8 for `cswap`, 0 for one-qubit gates.
    pub fn two_qubit_weight(&self) -> usize {
        self.kind().facts().weight
    }

    /// The axis along which the gate acts on operand `i`, where it has one there: gates that act along the same axis
    /// on every qubit they share commute.
    pub fn axis(&self, i: usize) -> Option<Axis> {
        self.kind().facts().axes.get(i).copied().flatten()
    }

    /// The gate as a rotation about its axis, where it is one.
    pub fn rotation(&self) -> Option<Rotation> {
        let (angle, phase) = self.kind().facts().rotation?(self.angles());
        Some(Rotation { axis: self.axis(0)?, angle, phase })
    }

    /// Whether exchanging the operands at `a` and `b` leaves the gate as it is.
    pub fn symmetric_in(&self, a: usize, b: usize) -> bool {
        a == b || self.kind().facts().symmetric.contains(&(a.min(b), a.max(b)))
    }

    /// The inverse as a gate with an exact global phase φ: `inverse = e^{iφ} · returned gate`.
    pub fn inverse(&self) -> (Gate, f64) {
        self.kind().facts().inverse.map_or((*self, 0.0), |inverse| inverse(self.angles()))
    }

    /// The 2x2 matrix of a one-qubit gate, as rows; `None` for larger gates.
    pub fn one_qubit_matrix(&self) -> Option<TwoByTwo> {
        match self.kind().facts().matrix {
            MatrixRule::OneQubit(of) => Some(of(self.angles())),
            _ => None,
        }
    }

    /// The gate's 2^k x 2^k matrix; operand 0 is the least significant bit of the basis index.
    pub fn matrix(&self) -> Matrix {
        self.kind().facts().matrix.matrix(self.arity(), self.angles())
    }

    /// What a drawing shows on operand `i`; `None` where that is the name with the angles.
    pub(super) fn drawn(&self, i: usize) -> Option<&'static str> {
        self.kind().facts().drawn.get(i).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Complex, TOLERANCE, is_unitary, max_difference};
    use std::f64::consts::PI;

    /// Every gate, with angles that mean nothing in particular.
    fn all() -> impl Iterator<Item = Gate> {
        GateKind::ALL.into_iter().map(|kind| kind.gate([0.4, 1.3, -2.0]))
    }

    #[test]
    fn every_gate_is_unitary_and_its_inverse_undoes_it_phase_included() {
        for gate in all() {
            let m = gate.matrix();
            assert!(is_unitary(&m) && m.nrows() == 1 << gate.arity(), "{gate:?}");
            let (inverse, phase) = gate.inverse();
            let product = inverse.matrix() * m * Complex::from_polar(1.0, phase);
            assert!(
                max_difference(&product, &Matrix::identity(product.nrows(), product.nrows())) < TOLERANCE,
                "{gate:?}"
            );
            assert_eq!(Gate::from_name(gate.name()).unwrap().with_angles(gate.angles()), gate);
        }
    }

    #[test]
    fn gates_act_along_their_axes_and_turn_about_them() {
        for gate in all() {
            let m = gate.matrix();
            for operand in 0..gate.arity() {
                let Some(axis) = gate.axis(operand) else { continue };
                // Half a turn about the axis, on that operand alone.
                let pauli = axis.rotation(PI).matrix();
                let lifted = Matrix::from_fn(m.nrows(), m.nrows(), |i, j| {
                    if (i ^ j) & !(1 << operand) == 0 {
                        pauli[(i >> operand & 1, j >> operand & 1)]
                    } else {
                        Complex::ZERO
                    }
                });
                assert!(max_difference(&(&m * &lifted), &(&lifted * &m)) < TOLERANCE, "{gate:?} {operand}");
            }
            if let Some(Rotation { axis, angle, phase }) = gate.rotation() {
                let turned = axis.rotation(angle).matrix() * Complex::from_polar(1.0, phase);
                assert!(max_difference(&turned, &m) < TOLERANCE, "{gate:?}");
            }
        }
        assert_eq!(Gate::Cx.axis(1), Some(Axis::X));
        assert_eq!((Gate::H.axis(0), Gate::Swap.axis(0), Gate::Sx.rotation()), (None, None, None));
    }

    #[test]
    fn y_is_y() {
        let y = Gate::Cy.matrix();
        assert!((y[(1, 3)] - Complex::new(0.0, -1.0)).norm() < 1e-15 && (y[(3, 1)] - Complex::I).norm() < 1e-15);
    }

    #[test]
    fn symmetric_operands_may_be_exchanged() {
        for gate in all() {
            for (a, b) in [(0, 1), (1, 2), (0, 2)] {
                if b < gate.arity() {
                    let swap = |i: usize| {
                        let (x, y) = (i >> a & 1, i >> b & 1);
                        i & !(1 << a) & !(1 << b) | x << b | y << a
                    };
                    let m = gate.matrix();
                    let exchanged = Matrix::from_fn(m.nrows(), m.nrows(), |i, j| m[(swap(i), swap(j))]);
                    assert_eq!(max_difference(&m, &exchanged) < TOLERANCE, gate.symmetric_in(a, b), "{gate:?} {a} {b}");
                }
            }
        }
    }
}
