//! The matrices that the table of gates refers to.

use crate::linalg::{Complex, Matrix};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, PI};

/// A gate's angles in radians; it looks at as many as it takes.
pub(super) type Angles = [f64; 3];

/// A 2x2 matrix, as rows.
pub type TwoByTwo = [[Complex; 2]; 2];

/// How a gate's matrix is given; operand 0 is the least significant bit of the basis index.
#[derive(Clone, Copy)]
pub(super) enum MatrixRule {
    /// A 2x2 matrix of the angles.
    OneQubit(fn(Angles) -> TwoByTwo),
    /// What is done to operand 1 where operand 0 is 1.
    Controlled(fn() -> TwoByTwo),
    /// The basis state that a basis state becomes.
    Permutation(fn(usize) -> usize),
    /// What a basis state is turned by, at the angles.
    Phases(fn(Angles, usize) -> f64),
    /// Entries by row and column.
    Entries(fn(usize, usize) -> Complex),
}

impl MatrixRule {
    /// The matrix of 2^`qubits` rows at the given angles.
    pub(super) fn matrix(&self, qubits: usize, angles: Angles) -> Matrix {
        let side = 1 << qubits;
        match self {
            MatrixRule::OneQubit(of) => {
                let m = of(angles);
                Matrix::from_fn(2, 2, |i, j| m[i][j])
            }
            MatrixRule::Controlled(inner) => {
                let m = inner();
                // Operand 0 controls, so odd indices are those where the gate acts.
                Matrix::from_fn(side, side, |i, j| match (i & 1, j & 1) {
                    (1, 1) => m[i >> 1][j >> 1],
                    (0, 0) if i == j => Complex::ONE,
                    _ => Complex::ZERO,
                })
            }
            MatrixRule::Permutation(image) => {
                Matrix::from_fn(side, side, |i, j| if i == image(j) { Complex::ONE } else { Complex::ZERO })
            }
            MatrixRule::Phases(phase) => Matrix::from_fn(side, side, |i, j| {
                if i == j { Complex::from_polar(1.0, phase(angles, i)) } else { Complex::ZERO }
            }),
            MatrixRule::Entries(entry) => Matrix::from_fn(side, side, entry),
        }
    }
}

fn real(a: f64, b: f64, c: f64, d: f64) -> TwoByTwo {
    [[a.into(), b.into()], [c.into(), d.into()]]
}

/// diag(e^{ia}, e^{ib}).
pub(super) fn diagonal(a: f64, b: f64) -> TwoByTwo {
    [[Complex::from_polar(1.0, a), Complex::ZERO], [Complex::ZERO, Complex::from_polar(1.0, b)]]
}

/// The identity, whatever the angles.
pub(super) fn identity(_: Angles) -> TwoByTwo {
    real(1.0, 0.0, 0.0, 1.0)
}

/// Pauli X.
pub(super) fn x() -> TwoByTwo {
    real(0.0, 1.0, 1.0, 0.0)
}

/// Pauli Y, as u3(π, π/2, π/2).
pub(super) fn y() -> TwoByTwo {
    u3([PI, FRAC_PI_2, FRAC_PI_2])
}

/// Pauli Z.
pub(super) fn z() -> TwoByTwo {
    real(1.0, 0.0, 0.0, -1.0)
}

/// Hadamard.
pub(super) fn h() -> TwoByTwo {
    real(FRAC_1_SQRT_2, FRAC_1_SQRT_2, FRAC_1_SQRT_2, -FRAC_1_SQRT_2)
}

/// √X.
pub(super) fn sx() -> TwoByTwo {
    let (p, m) = (Complex::new(0.5, 0.5), Complex::new(0.5, -0.5));
    [[p, m], [m, p]]
}

/// exp(-iaX/2).
pub(super) fn rx(a: f64) -> TwoByTwo {
    let (s, c) = (a / 2.0).sin_cos();
    let (s, c) = (Complex::new(0.0, -s), Complex::from(c));
    [[c, s], [s, c]]
}

/// exp(-iaY/2).
pub(super) fn ry(a: f64) -> TwoByTwo {
    let (s, c) = (a / 2.0).sin_cos();
    real(c, -s, s, c)
}

/// exp(-iθ (cos φ X + sin φ Y) / 2).
pub(super) fn prx([theta, phi, _]: Angles) -> TwoByTwo {
    let (s, c) = (theta / 2.0).sin_cos();
    [[c.into(), Complex::from_polar(s, -phi - FRAC_PI_2)], [Complex::from_polar(s, phi - FRAC_PI_2), c.into()]]
}

/// `u3`, its top left entry real.
pub(super) fn u3([theta, phi, lambda]: Angles) -> TwoByTwo {
    let (s, c) = (theta / 2.0).sin_cos();
    [[c.into(), -Complex::from_polar(s, lambda)], [Complex::from_polar(s, phi), Complex::from_polar(c, phi + lambda)]]
}

/// What `exp(-iθ Z⊗Z/2)` turns a basis state by.
pub(super) fn rzz([theta, ..]: Angles, state: usize) -> f64 {
    if state.count_ones() == 1 { theta / 2.0 } else { -theta / 2.0 }
}

/// (X⊗1 - Y⊗X)/√2 with operand 0 on the left.
pub(super) fn ecr(i: usize, j: usize) -> Complex {
    match (i & 1 == j & 1, i >> 1 == j >> 1) {
        (false, true) => FRAC_1_SQRT_2.into(),
        (false, false) => Complex::new(0.0, if j & 1 == 1 { FRAC_1_SQRT_2 } else { -FRAC_1_SQRT_2 }),
        _ => Complex::ZERO,
    }
}

/// Exchanges bits 1 and 2 where bit 0 is 1.
pub(super) fn swap_if_first(j: usize) -> usize {
    if j & 1 == 1 { 1 | ((j & 2) << 1) | ((j & 4) >> 1) } else { j }
}
