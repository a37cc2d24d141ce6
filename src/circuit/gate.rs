//! The gates a circuit may hold: those of OpenQASM's `stdgates.inc` that every portable client loads, and IBM's ECR.

use crate::linalg::{Complex, Matrix};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4, PI};

/// A gate with its angles, in radians. Matrices are those of the OpenQASM 3 standard library, up to the
/// global phase of `u3`, which is Qiskit's: its top left entry is real.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// Pauli X.
    X,
    /// Hadamard.
    H,
    /// Pauli Z.
    Z,
    /// diag(1, i).
    S,
    /// diag(1, -i).
    Sdg,
    /// diag(1, e^{iπ/4}).
    T,
    /// diag(1, e^{-iπ/4}).
    Tdg,
    /// The identity.
    Id,
    /// The square root of X.
    Sx,
    /// exp(-iθX/2).
    Rx(f64),
    /// exp(-iθY/2).
    Ry(f64),
    /// exp(-iθZ/2).
    Rz(f64),
    /// diag(1, e^{iλ}).
    P(f64),
    /// `u3(θ, φ, λ)` = [[cos θ/2, -e^{iλ} sin θ/2], [e^{iφ} sin θ/2, e^{i(φ+λ)} cos θ/2]].
    U3(f64, f64, f64),
    /// Controlled X; operands are control, target.
    Cx,
    /// Controlled Y; operands are control, target.
    Cy,
    /// Controlled Z.
    Cz,
    /// Controlled Hadamard; operands are control, target.
    Ch,
    /// Exchanges two qubits.
    Swap,
    /// Toffoli; operands are control, control, target.
    Ccx,
    /// Fredkin; operands are control, then the two that are exchanged.
    Cswap,
    /// IBM's echoed cross resonance, (X⊗1 - Y⊗X)/√2; not in `stdgates.inc`.
    Ecr,
}

impl Gate {
    /// The gate's name in OpenQASM.
    pub fn name(&self) -> &'static str {
        match self {
            Gate::X => "x",
            Gate::H => "h",
            Gate::Z => "z",
            Gate::S => "s",
            Gate::Sdg => "sdg",
            Gate::T => "t",
            Gate::Tdg => "tdg",
            Gate::Id => "id",
            Gate::Sx => "sx",
            Gate::Rx(_) => "rx",
            Gate::Ry(_) => "ry",
            Gate::Rz(_) => "rz",
            Gate::P(_) => "p",
            Gate::U3(..) => "u3",
            Gate::Cx => "cx",
            Gate::Cy => "cy",
            Gate::Cz => "cz",
            Gate::Ch => "ch",
            Gate::Swap => "swap",
            Gate::Ccx => "ccx",
            Gate::Cswap => "cswap",
            Gate::Ecr => "ecr",
        }
    }

    /// The gate of that OpenQASM name with all its angles zero; `None` if there is no such gate.
    pub fn from_name(name: &str) -> Option<Gate> {
        Some(match name {
            "x" => Gate::X,
            "h" => Gate::H,
            "z" => Gate::Z,
            "s" => Gate::S,
            "sdg" => Gate::Sdg,
            "t" => Gate::T,
            "tdg" => Gate::Tdg,
            "id" => Gate::Id,
            "sx" => Gate::Sx,
            "rx" => Gate::Rx(0.0),
            "ry" => Gate::Ry(0.0),
            "rz" => Gate::Rz(0.0),
            "p" => Gate::P(0.0),
            "u3" => Gate::U3(0.0, 0.0, 0.0),
            "cx" => Gate::Cx,
            "cy" => Gate::Cy,
            "cz" => Gate::Cz,
            "ch" => Gate::Ch,
            "swap" => Gate::Swap,
            "ccx" => Gate::Ccx,
            "cswap" => Gate::Cswap,
            "ecr" => Gate::Ecr,
            _ => return None,
        })
    }

    /// How many qubits the gate acts on.
    pub fn arity(&self) -> usize {
        match self {
            Gate::Cx | Gate::Cy | Gate::Cz | Gate::Ch | Gate::Swap | Gate::Ecr => 2,
            Gate::Ccx | Gate::Cswap => 3,
            _ => 1,
        }
    }

    /// How many angles the gate takes: 0, 1 or 3.
    pub fn angle_count(&self) -> usize {
        match self {
            Gate::Rx(_) | Gate::Ry(_) | Gate::Rz(_) | Gate::P(_) => 1,
            Gate::U3(..) => 3,
            _ => 0,
        }
    }

    /// The gate's angles; only the first [`Gate::angle_count`] mean anything.
    pub fn angles(&self) -> [f64; 3] {
        match *self {
            Gate::Rx(a) | Gate::Ry(a) | Gate::Rz(a) | Gate::P(a) => [a, 0.0, 0.0],
            Gate::U3(a, b, c) => [a, b, c],
            _ => [0.0; 3],
        }
    }

    /// The same gate with other angles; those past [`Gate::angle_count`] are ignored.
    pub fn with_angles(self, [a, b, c]: [f64; 3]) -> Gate {
        match self {
            Gate::Rx(_) => Gate::Rx(a),
            Gate::Ry(_) => Gate::Ry(a),
            Gate::Rz(_) => Gate::Rz(a),
            Gate::P(_) => Gate::P(a),
            Gate::U3(..) => Gate::U3(a, b, c),
            other => other,
        }
    }

    /// How many two-qubit gates the gate stands for in a [`Cost`](super::Cost): 1 for the controlled Paulis,
    /// `ch` and `ecr`, 3 for `swap`, 6 for `ccx`, 8 for `cswap`, 0 for one-qubit gates.
    pub fn two_qubit_weight(&self) -> usize {
        match self {
            Gate::Cx | Gate::Cy | Gate::Cz | Gate::Ch | Gate::Ecr => 1,
            Gate::Swap => 3,
            Gate::Ccx => 6,
            Gate::Cswap => 8,
            _ => 0,
        }
    }

    /// Whether exchanging the operands at `a` and `b` leaves the gate as it is.
    pub fn symmetric_in(&self, a: usize, b: usize) -> bool {
        let pair = (a.min(b), a.max(b));
        match self {
            Gate::Cz | Gate::Swap => true,
            Gate::Ccx => pair == (0, 1),
            Gate::Cswap => pair == (1, 2),
            _ => a == b,
        }
    }

    /// The inverse as a gate with an exact global phase φ: `inverse = e^{iφ} · returned gate`.
    pub fn inverse(&self) -> (Gate, f64) {
        match *self {
            Gate::S => (Gate::Sdg, 0.0),
            Gate::Sdg => (Gate::S, 0.0),
            Gate::T => (Gate::Tdg, 0.0),
            Gate::Tdg => (Gate::T, 0.0),
            // No sxdg in the portable set: Rx(-π/2) = e^{iπ/4} √X†.
            Gate::Sx => (Gate::Rx(-FRAC_PI_2), -FRAC_PI_4),
            Gate::Rx(a) => (Gate::Rx(-a), 0.0),
            Gate::Ry(a) => (Gate::Ry(-a), 0.0),
            Gate::Rz(a) => (Gate::Rz(-a), 0.0),
            Gate::P(a) => (Gate::P(-a), 0.0),
            Gate::U3(a, b, c) => (Gate::U3(-a, -c, -b), 0.0),
            own_inverse => (own_inverse, 0.0),
        }
    }

    /// The 2x2 matrix of a one-qubit gate, as rows; `None` for larger gates.
    pub fn one_qubit_matrix(&self) -> Option<[[Complex; 2]; 2]> {
        let real = |a: f64, b: f64, c: f64, d: f64| [[a.into(), b.into()], [c.into(), d.into()]];
        let diagonal = |a: f64, b: f64| {
            let zero = Complex::ZERO;
            [[Complex::from_polar(1.0, a), zero], [zero, Complex::from_polar(1.0, b)]]
        };
        Some(match *self {
            Gate::X => real(0.0, 1.0, 1.0, 0.0),
            Gate::H => real(FRAC_1_SQRT_2, FRAC_1_SQRT_2, FRAC_1_SQRT_2, -FRAC_1_SQRT_2),
            Gate::Z => real(1.0, 0.0, 0.0, -1.0),
            Gate::Id => real(1.0, 0.0, 0.0, 1.0),
            Gate::S => diagonal(0.0, FRAC_PI_2),
            Gate::Sdg => diagonal(0.0, -FRAC_PI_2),
            Gate::T => diagonal(0.0, FRAC_PI_4),
            Gate::Tdg => diagonal(0.0, -FRAC_PI_4),
            Gate::Rz(a) => diagonal(-a / 2.0, a / 2.0),
            Gate::P(a) => diagonal(0.0, a),
            Gate::Ry(a) => {
                let (s, c) = (a / 2.0).sin_cos();
                real(c, -s, s, c)
            }
            Gate::Sx => {
                let (p, m) = (Complex::new(0.5, 0.5), Complex::new(0.5, -0.5));
                [[p, m], [m, p]]
            }
            Gate::Rx(a) => {
                let (s, c) = (a / 2.0).sin_cos();
                let (s, c) = (Complex::new(0.0, -s), Complex::from(c));
                [[c, s], [s, c]]
            }
            Gate::U3(theta, phi, lambda) => {
                let (s, c) = (theta / 2.0).sin_cos();
                [
                    [c.into(), -Complex::from_polar(s, lambda)],
                    [Complex::from_polar(s, phi), Complex::from_polar(c, phi + lambda)],
                ]
            }
            _ => return None,
        })
    }

    /// The gate's 2^k x 2^k matrix; operand 0 is the least significant bit of the basis index.
    pub fn matrix(&self) -> Matrix {
        if let Some(m) = self.one_qubit_matrix() {
            return Matrix::from_fn(2, 2, |i, j| m[i][j]);
        }
        let controlled = |inner: Gate| {
            let m = inner.one_qubit_matrix().expect("the target of a controlled gate is one qubit");
            // Operand 0 controls, so odd indices are those where the gate acts.
            Matrix::from_fn(4, 4, |i, j| match (i & 1, j & 1) {
                (1, 1) => m[i >> 1][j >> 1],
                (0, 0) if i == j => Complex::ONE,
                _ => Complex::ZERO,
            })
        };
        let permutation = |n, image: fn(usize) -> usize| {
            Matrix::from_fn(n, n, |i, j| if i == image(j) { Complex::ONE } else { Complex::ZERO })
        };
        match self {
            Gate::Cx => controlled(Gate::X),
            // Y as u3(π, π/2, π/2).
            Gate::Cy => controlled(Gate::U3(PI, FRAC_PI_2, FRAC_PI_2)),
            Gate::Cz => controlled(Gate::Z),
            Gate::Ch => controlled(Gate::H),
            // (X⊗1 - Y⊗X)/√2 with operand 0 on the left.
            Gate::Ecr => Matrix::from_fn(4, 4, |i, j| match (i & 1 == j & 1, i >> 1 == j >> 1) {
                (false, true) => FRAC_1_SQRT_2.into(),
                (false, false) => Complex::new(0.0, if j & 1 == 1 { FRAC_1_SQRT_2 } else { -FRAC_1_SQRT_2 }),
                _ => Complex::ZERO,
            }),
            Gate::Swap => permutation(4, |j| (j >> 1) | ((j & 1) << 1)),
            Gate::Ccx => permutation(8, |j| if j & 3 == 3 { j ^ 4 } else { j }),
            Gate::Cswap => permutation(8, |j| if j & 1 == 1 { 1 | ((j & 2) << 1) | ((j & 4) >> 1) } else { j }),
            _ => unreachable!("one-qubit gates are handled above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{TOLERANCE, is_unitary, max_difference};

    pub(crate) const ALL: [Gate; 22] = [
        Gate::X,
        Gate::H,
        Gate::Z,
        Gate::S,
        Gate::Sdg,
        Gate::T,
        Gate::Tdg,
        Gate::Id,
        Gate::Sx,
        Gate::Rx(0.3),
        Gate::Ry(-1.1),
        Gate::Rz(2.2),
        Gate::P(0.7),
        Gate::U3(0.4, 1.3, -2.0),
        Gate::Cx,
        Gate::Cy,
        Gate::Cz,
        Gate::Ch,
        Gate::Swap,
        Gate::Ccx,
        Gate::Cswap,
        Gate::Ecr,
    ];

    #[test]
    fn every_gate_is_unitary_and_its_inverse_undoes_it_phase_included() {
        for gate in ALL {
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
    fn y_is_y() {
        let y = Gate::Cy.matrix();
        assert!((y[(1, 3)] - Complex::new(0.0, -1.0)).norm() < 1e-15 && (y[(3, 1)] - Complex::I).norm() < 1e-15);
    }

    #[test]
    fn symmetric_operands_may_be_exchanged() {
        for gate in ALL {
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
