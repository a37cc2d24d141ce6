//! The Cartan (KAK) decomposition of a two-qubit unitary, in the Weyl chamber.

use crate::linalg::Complex;
use nalgebra::{Matrix2, Matrix4, Vector4};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4, PI};

/// `U = e^{iφ} · (L1 ⊗ L0) · exp(i (x XX + y YY + z ZZ)) · (R1 ⊗ R0)`, `π/4 ≥ x ≥ y ≥ |z|`.
#[derive(Clone, Debug)]
pub(super) struct Kak {
    /// φ
    pub(super) phase: f64,
    /// `[L0, L1]`, the one-qubit unitaries applied last, by qubit.
    pub(super) left: [Matrix2<Complex>; 2],
    /// `[x, y, z]`
    pub(super) weyl: [f64; 3],
    /// `[R0, R1]`, the one-qubit unitaries applied first, by qubit.
    pub(super) right: [Matrix2<Complex>; 2],
}

/// Columns are the Bell states with phases that make `SU(2) ⊗ SU(2)` real orthogonal.
pub(super) fn magic() -> Matrix4<Complex> {
    let (o, r, i) = (Complex::ZERO, Complex::new(FRAC_1_SQRT_2, 0.0), Complex::new(0.0, FRAC_1_SQRT_2));
    #[rustfmt::skip]
    let basis = Matrix4::new(
        r, o, o, i,
        o, i, r, o,
        o, i, -r, o,
        r, o, o, -i,
    );
    basis
}

/// The Pauli matrix of axis 0 (X), 1 (Y) or 2 (Z).
fn pauli(axis: usize) -> Matrix2<Complex> {
    let (o, l, i) = (Complex::ZERO, Complex::ONE, Complex::I);
    match axis {
        0 => Matrix2::new(o, l, l, o),
        1 => Matrix2::new(o, -i, i, o),
        _ => Matrix2::new(l, o, o, -l),
    }
}

/// `exp(i Σ_k weyl_k σ_k σ_k)` has these phases on the magic basis; their sum is zero.
fn phases_to_weyl(theta: &Vector4<f64>) -> ([f64; 3], f64) {
    let [a, b, c, d] = [theta[0], theta[1], theta[2], theta[3]];
    ([(a + b - c - d) / 4.0, (b + d - a - c) / 4.0, (a + d - b - c) / 4.0], (a + b + c + d) / 4.0)
}

/// Diagonalises a symmetric unitary: `M = P diag P^T` with P real orthogonal, det P = 1, by Jacobi rotations that
/// treat real and imaginary part together, so that repeated eigenvalues do no harm.
fn diagonalise_symmetric_unitary(m: &Matrix4<Complex>) -> (Matrix4<f64>, Vector4<Complex>) {
    let mut rest = *m;
    let mut p = Matrix4::identity();
    for _ in 0..40 {
        let mut quiet = true;
        for i in 0..4 {
            for j in i + 1..4 {
                let off = rest[(i, j)];
                if off.norm() <= 2e-16 {
                    continue;
                }
                quiet = false;
                let difference = rest[(i, i)] - rest[(j, j)];
                let on = difference.norm_sqr() - 4.0 * off.norm_sqr();
                let cross = 4.0 * (difference.re * off.re + difference.im * off.im);
                let (s, c) = (0.25 * cross.atan2(on)).sin_cos();
                for k in 0..4 {
                    let (x, y) = (rest[(k, i)], rest[(k, j)]);
                    (rest[(k, i)], rest[(k, j)]) = (x * c + y * s, y * c - x * s);
                    let (x, y) = (p[(k, i)], p[(k, j)]);
                    (p[(k, i)], p[(k, j)]) = (x * c + y * s, y * c - x * s);
                }
                for k in 0..4 {
                    let (x, y) = (rest[(i, k)], rest[(j, k)]);
                    (rest[(i, k)], rest[(j, k)]) = (x * c + y * s, y * c - x * s);
                }
            }
        }
        if quiet {
            break;
        }
    }
    (p, rest.diagonal())
}

/// `U` with its global phase taken out, in the magic basis: `(φ, magic† e^{-iφ} U magic)`, det 1.
fn to_magic(u: &Matrix4<Complex>) -> (f64, Matrix4<Complex>) {
    let phase = u.determinant().arg() / 4.0;
    let basis = magic();
    (phase, basis.adjoint() * u * Complex::from_polar(1.0, -phase) * basis)
}

/// The phases θ of a special unitary from its squares `e^{2iθ}`. Each is known up to π only; an odd number of
/// wrong guesses shows in the sum, which is a multiple of 2π.
fn half_phases(squares: &Vector4<Complex>) -> Vector4<f64> {
    let mut theta = squares.map(|d| d.arg() / 2.0);
    if theta.sum().cos() < 0.0 {
        theta[0] += PI;
    }
    theta
}

/// The Weyl coordinates alone, `π/4 ≥ x ≥ y ≥ |z|`.
pub(super) fn weyl_coordinates(u: &Matrix4<Complex>) -> [f64; 3] {
    let (_, m) = to_magic(u);
    let (_, squares) = diagonalise_symmetric_unitary(&(m.transpose() * m));
    let (mut weyl, _) = phases_to_weyl(&half_phases(&squares));
    into_chamber(&mut weyl, |_| ());
    weyl
}

/// A local change of basis that moves Weyl coordinates.
enum Move {
    /// `exp(i m π/2 σσ)` taken out: a Pauli on each qubit, m times.
    Shift { axis: usize, turns: i32 },
    /// Two axes exchanged: conjugation by `(σ_a + σ_b)/√2` on both qubits.
    Exchange { a: usize, b: usize },
    /// Two coordinates negated: conjugation by the third Pauli on qubit 1.
    Negate { third: usize },
}

/// Brings coordinates into the chamber, reporting each move.
fn into_chamber(weyl: &mut [f64; 3], mut report: impl FnMut(Move)) {
    for (axis, x) in weyl.iter_mut().enumerate() {
        let turns = (*x / FRAC_PI_2).round() as i32;
        if turns != 0 {
            *x -= f64::from(turns) * FRAC_PI_2;
            report(Move::Shift { axis, turns });
        }
    }
    for (a, b) in [(0, 1), (1, 2), (0, 1)] {
        if weyl[a].abs() < weyl[b].abs() {
            weyl.swap(a, b);
            report(Move::Exchange { a, b });
        }
    }
    for (axis, third) in [(0, 1), (1, 0)] {
        // The sign of x (then y) is passed on to z.
        if weyl[axis] < 0.0 {
            weyl[axis] = -weyl[axis];
            weyl[2] = -weyl[2];
            report(Move::Negate { third });
        }
    }
}

/// Decomposes a 4x4 unitary.
pub(super) fn decompose(u: &Matrix4<Complex>) -> Kak {
    let (phase, m) = to_magic(u);
    let (mut p, squares) = diagonalise_symmetric_unitary(&(m.transpose() * m));
    if p.determinant() < 0.0 {
        p.column_mut(0).neg_mut();
    }
    let theta = half_phases(&squares);
    let inverse = theta.map(|t| Complex::from_polar(1.0, -t));
    let q = (m * p.map(Complex::from) * Matrix4::from_diagonal(&inverse)).map(|z| z.re);
    let basis = magic();
    let local = |o: &Matrix4<f64>| factor_kronecker(&(basis * o.map(Complex::from) * basis.adjoint()));
    let (weyl, mean) = phases_to_weyl(&theta);
    let mut kak = Kak { phase: phase + mean, left: local(&q), weyl, right: local(&p.transpose()) };
    let Kak { phase, left, right, .. } = &mut kak;
    let mut weyl = weyl;
    into_chamber(&mut weyl, |step| match step {
        Move::Shift { axis, turns } => {
            *phase += f64::from(turns) * FRAC_PI_2;
            if turns % 2 != 0 {
                left.iter_mut().for_each(|l| *l *= pauli(axis));
            }
        }
        Move::Exchange { a, b } => {
            let between = (pauli(a) + pauli(b)) * Complex::from(FRAC_1_SQRT_2);
            left.iter_mut().for_each(|l| *l *= between);
            right.iter_mut().for_each(|r| *r = between * *r);
        }
        Move::Negate { third } => {
            left[1] *= pauli(third);
            right[1] = pauli(third) * right[1];
        }
    });
    kak.weyl = weyl;
    debug_assert!((kak.multiplied_out() - u).map(|z| z.norm()).max() <= crate::linalg::TOLERANCE);
    debug_assert!(weyl[0] <= FRAC_PI_4 + 1e-12 && weyl[0] >= weyl[1] && weyl[1] >= weyl[2].abs());
    kak
}

impl Kak {
    fn multiplied_out(&self) -> Matrix4<Complex> {
        let interaction = self.weyl.iter().enumerate().fold(Matrix4::identity(), |product, (axis, &x)| {
            let both = pauli(axis).kronecker(&pauli(axis));
            product * (Matrix4::identity() * Complex::from(x.cos()) + both * Complex::new(0.0, x.sin()))
        });
        let phase = Complex::from_polar(1.0, self.phase);
        self.left[1].kronecker(&self.left[0]) * interaction * self.right[1].kronecker(&self.right[0]) * phase
    }
}

/// `[B, A]` of `A ⊗ B` (A on the high qubit), both of determinant modulus 1.
pub(super) fn factor_kronecker(m: &Matrix4<Complex>) -> [Matrix2<Complex>; 2] {
    let (row, column) = m.map(|z| z.norm_sqr()).iamax_full();
    let (i, k, j, l) = (row / 2, row % 2, column / 2, column % 2);
    let low = Matrix2::from_fn(|a, b| m[(2 * i + a, 2 * j + b)]);
    let high = Matrix2::from_fn(|a, b| m[(2 * a + k, 2 * b + l)]);
    let low = low / low.determinant().sqrt();
    let high = high / high.determinant().sqrt();
    // Each root is known up to sign; the product tells whether the signs agree.
    let sign = high[(i, j)] * low[(k, l)] / m[(row, column)];
    [low, if sign.re < 0.0 { -high } else { high }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::linalg::Matrix;
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;

    fn four(m: &Matrix) -> Matrix4<Complex> {
        Matrix4::from_fn(|i, j| m[(i, j)])
    }

    fn error(u: &Matrix4<Complex>) -> f64 {
        (decompose(u).multiplied_out() - u).map(|z| z.norm()).max()
    }

    #[test]
    fn multiplies_back_in_the_chamber() {
        let mut rng = rng(21);
        for _ in 0..300 {
            assert!(error(&four(&random_unitary(4, &mut rng))) < 2e-14);
            assert!(error(&four(&random_orthogonal(4, &mut rng).map(Complex::from))) < 2e-14);
            let local = random_unitary(2, &mut rng).kronecker(&random_unitary(2, &mut rng));
            assert!(error(&four(&local)) < 2e-14);
            for gate in [Gate::Cx, Gate::Swap, Gate::Cz, Gate::Ch] {
                let dressed =
                    &local * gate.matrix() * random_unitary(2, &mut rng).kronecker(&random_unitary(2, &mut rng));
                assert!(error(&four(&dressed)) < 2e-14);
            }
        }
    }

    #[test]
    fn named_gates_have_their_known_coordinates() {
        let near = |gate: Gate, expected: [f64; 3]| {
            let weyl = weyl_coordinates(&four(&gate.matrix()));
            weyl.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14)
        };
        assert!(near(Gate::Cx, [FRAC_PI_4, 0.0, 0.0]) && near(Gate::Ch, [FRAC_PI_4, 0.0, 0.0]));
        let swap = weyl_coordinates(&four(&Gate::Swap.matrix()));
        assert!(swap.iter().all(|x| (x.abs() - FRAC_PI_4).abs() < 1e-14));
    }
}
