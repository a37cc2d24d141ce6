//! Two-qubit unitaries to the fewest CX: 0, 1, 2 or 3, and 2 where a diagonal may be left over.

use super::kak::{self, Kak};
use super::sequence::Sequence;
use crate::circuit::Gate;
use crate::linalg::Complex;
use nalgebra::{Matrix2, Matrix4, Vector4};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// A Weyl coordinate this near to its special value is that value: what is left out is of this size, and so
/// is rounding after a few thousand gates.
const EXACT: f64 = 1e-13;

/// Below this a matrix entry counts as zero when looking for diagonal unitaries.
const ZERO: f64 = 1e-15;

/// Splits `U = D · U'` with D diagonal (returned as its entries) and U' of at most 2 CX; where that cannot be
/// had to full precision D is the identity and U' is U.
///
/// `exp(iψ ZZ/2) U` needs 2 CX iff `tr(G)` is real, `G = (..) YY (..)ᵀ YY` in SU(4) (Shende, Bullock, Markov,
/// Phys. Rev. A 70, 012310, 2004, proposition III.3). With `X = U YY Uᵀ` that trace is
/// `cos ψ tr(YY X) + i sin ψ tr(ZZ YY X)`, so ψ is an arctangent.
pub(super) fn split_off_diagonal(u: &Matrix4<Complex>) -> (Vector4<Complex>, Matrix4<Complex>) {
    let nothing = Vector4::repeat(Complex::ONE);
    let off_diagonal = (0..4).flat_map(|i| (0..4).map(move |j| (i, j))).filter(|(i, j)| i != j).map(|ij| u[ij].norm());
    if off_diagonal.fold(0.0, f64::max) <= ZERO {
        return (u.diagonal(), Matrix4::identity());
    }
    let special = u * Complex::from_polar(1.0, -u.determinant().arg() / 4.0);
    // YY is antidiagonal (-1, 1, 1, -1) and ZZ diagonal (1, -1, -1, 1).
    let x = |i: usize, j: usize| {
        let yy = [-1.0, 1.0, 1.0, -1.0];
        (0..4).map(|k| special[(i, k)] * yy[k] * special[(j, 3 - k)]).sum::<Complex>()
    };
    let (outer, inner) = (x(0, 3) + x(3, 0), x(1, 2) + x(2, 1));
    let (plain, turned) = (inner - outer, -inner - outer);
    let from_trace = if plain.im.abs() <= ZERO { 0.0 } else { (-plain.im / turned.re).atan() };
    let turn = |psi: f64| Vector4::new(-1.0, 1.0, 1.0, -1.0).map(|s| Complex::from_polar(1.0, -s * psi / 2.0));
    let rest = |psi: f64| Matrix4::from_diagonal(&turn(psi)) * u;
    let third = |psi: f64| kak::weyl_coordinates(&rest(psi))[2];
    match refine(from_trace, third).or_else(|| refine(weak_interaction_turn(u), third)) {
        Some(psi) => (turn(-psi), rest(psi)),
        None => (nothing, *u),
    }
}

/// The ψ of [`split_off_diagonal`] to first order in the Weyl coordinates, for unitaries so near to local ones
/// that the trace, third order in them, drowns in rounding.
///
/// With `L† ZZ L = (a·σ) ⊗ (b·σ)`, `exp(iψ ZZ/2) U` has the coordinates of the 3x3 matrix
/// `diag(x, y, z) + ψ/2 a bᵀ`, whose determinant is to vanish.
fn weak_interaction_turn(u: &Matrix4<Complex>) -> f64 {
    let Kak { left, weyl: [x, y, z], .. } = kak::decompose(u);
    let bloch = |l: &Matrix2<Complex>| {
        let m = l.adjoint() * Matrix2::new(Complex::ONE, Complex::ZERO, Complex::ZERO, -Complex::ONE) * l;
        [m[(1, 0)].re, m[(1, 0)].im, m[(0, 0)].re]
    };
    let (a, b) = (bloch(&left[1]), bloch(&left[0]));
    let slope = a[0] * b[0] * y * z + a[1] * b[1] * x * z + a[2] * b[2] * x * y;
    if slope == 0.0 { 0.0 } else { -2.0 * x * y * z / slope }
}

/// A zero of `f` near `start` by the secant method, to [`EXACT`]; `None` if it is not reached in ten steps.
/// Near the identity the trace condition alone fixes ψ to few digits.
fn refine(start: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut x, mut fx) = (start, f(start));
    if fx.abs() <= EXACT / 50.0 {
        return Some(x);
    }
    // A turn by ψ moves the coordinate by about ψ/2 where it moves at all.
    let nudge = 2.0 * fx;
    let (mut before, mut f_before) = (start + nudge, f(start + nudge));
    for _ in 0..10 {
        let step = fx * (x - before) / (fx - f_before);
        if !step.is_finite() || fx == 0.0 {
            break;
        }
        (before, f_before) = (x, fx);
        x -= step;
        fx = f(x);
        if fx.abs() >= f_before.abs() {
            (x, fx) = (before, f_before);
            break;
        }
    }
    (fx.abs() <= EXACT).then_some(x)
}

/// Appends a unitary on qubits 0 (low bit) and 1, in as few CX as it needs.
pub(super) fn synthesise(u: &Matrix4<Complex>, sequence: &mut Sequence) {
    let Kak { phase, left, weyl: [x, y, z], right } = kak::decompose(u);
    sequence.phase(phase);
    let near = |a: f64, b: f64| (a - b).abs() <= EXACT;
    if near(x, 0.0) {
        sequence.one_qubit(&(left[0] * right[0]), 0);
        return sequence.one_qubit(&(left[1] * right[1]), 1);
    }
    let product = |gates: &[Gate]| {
        gates.iter().fold(Matrix2::identity(), |m, g| {
            let rows = g.one_qubit_matrix().expect("only one-qubit gates are multiplied here");
            Matrix2::from_fn(|i, j| rows[i][j]) * m
        })
    };
    if near(x, FRAC_PI_4) && near(y, 0.0) {
        // exp(iπ/4 XX) = e^{-iπ/4} (H ⊗ 1) · (e^{iπ/4 Z} ⊗ e^{iπ/4 X}) · CX(1, 0) · (H ⊗ 1).
        sequence.phase(-FRAC_PI_4);
        sequence.one_qubit(&right[0], 0);
        sequence.one_qubit(&(product(&[Gate::H]) * right[1]), 1);
        sequence.gate(Gate::Cx, &[1, 0]);
        sequence.one_qubit(&(left[0] * product(&[Gate::Rx(-FRAC_PI_2)])), 0);
        return sequence.one_qubit(&(left[1] * product(&[Gate::Rz(-FRAC_PI_2), Gate::H])), 1);
    }
    if near(z, 0.0) {
        // CX(1, 0) turns X on qubit 1 into XX and Z on qubit 0 into ZZ; Sx turns ZZ into YY.
        let to_y = product(&[Gate::Rx(FRAC_PI_2)]);
        sequence.one_qubit(&(to_y.adjoint() * right[0]), 0);
        sequence.one_qubit(&(to_y.adjoint() * right[1]), 1);
        sequence.gate(Gate::Cx, &[1, 0]);
        sequence.gate(Gate::Rz(-2.0 * y), &[0]);
        sequence.gate(Gate::Rx(-2.0 * x), &[1]);
        sequence.gate(Gate::Cx, &[1, 0]);
        sequence.one_qubit(&(left[0] * to_y), 0);
        return sequence.one_qubit(&(left[1] * to_y), 1);
    }
    // Vatan and Williams, Phys. Rev. A 69, 032315, 2004, fig. 6.
    sequence.phase(FRAC_PI_4);
    sequence.one_qubit(&(product(&[Gate::Rz(-FRAC_PI_2)]) * right[0]), 0);
    sequence.one_qubit(&right[1], 1);
    sequence.gate(Gate::Cx, &[0, 1]);
    sequence.gate(Gate::Ry(2.0 * x - FRAC_PI_2), &[0]);
    sequence.gate(Gate::Rz(FRAC_PI_2 - 2.0 * z), &[1]);
    sequence.gate(Gate::Cx, &[1, 0]);
    sequence.gate(Gate::Ry(FRAC_PI_2 - 2.0 * y), &[0]);
    sequence.gate(Gate::Cx, &[0, 1]);
    sequence.one_qubit(&left[0], 0);
    sequence.one_qubit(&(left[1] * product(&[Gate::Rz(FRAC_PI_2)])), 1);
}

/// Appends a unitary on qubits 0 and 1 by turns about XX, YY and ZZ, which commute: as many Rzz as it has Weyl coordinates, each by
/// at most π/2.
pub(super) fn synthesise_by_turns(u: &Matrix4<Complex>, sequence: &mut Sequence) {
    let Kak { phase, left, weyl: [x, y, z], right } = kak::decompose(u);
    sequence.phase(phase);
    sequence.one_qubit(&right[0], 0);
    sequence.one_qubit(&right[1], 1);
    // H takes ZZ to XX, a quarter turn about X to YY.
    let quarter = [Gate::Rx(-FRAC_PI_2), Gate::Rx(FRAC_PI_2)];
    for (coordinate, change) in [(x, Some([Gate::H; 2])), (y, Some(quarter)), (z, None)] {
        if coordinate.abs() <= EXACT {
            continue;
        }
        change.iter().flat_map(|[to, _]| [(to, 0), (to, 1)]).for_each(|(gate, q)| sequence.gate(*gate, &[q]));
        sequence.gate(Gate::Rzz(-2.0 * coordinate), &[0, 1]);
        change.iter().flat_map(|[_, back]| [(back, 0), (back, 1)]).for_each(|(gate, q)| sequence.gate(*gate, &[q]));
    }
    sequence.one_qubit(&left[0], 0);
    sequence.one_qubit(&left[1], 1);
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Matrix, max_difference};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    fn four(m: &Matrix) -> Matrix4<Complex> {
        Matrix4::from_fn(|i, j| m[(i, j)])
    }

    fn count(u: &Matrix4<Complex>) -> usize {
        counted(u, synthesise)
    }

    fn counted(u: &Matrix4<Complex>, synthesise: fn(&Matrix4<Complex>, &mut Sequence)) -> usize {
        let mut sequence = Sequence::new();
        synthesise(u, &mut sequence);
        let circuit = sequence.into_circuit(2, LastDiagonal::Keep);
        let wanted = Matrix::from_fn(4, 4, |i, j| u[(i, j)]);
        let error = max_difference(&unitary_of(&circuit), &wanted);
        assert!(error < 1e-13, "{error:e}");
        Cost::of(&circuit).two_qubit_gates
    }

    #[test]
    fn known_classes() {
        let mut rng = rng(31);
        for _ in 0..100 {
            let mut local = || random_unitary(2, &mut rng).kronecker(&random_unitary(2, &mut rng));
            assert_eq!(count(&four(&local())), 0);
            assert_eq!(count(&four(&(local() * Gate::Cx.matrix() * local()))), 1);
            assert_eq!(count(&four(&(local() * Gate::Cx.matrix() * local() * Gate::Cz.matrix() * local()))), 2);
            assert_eq!(count(&four(&(local() * Gate::Swap.matrix() * local()))), 3);
            assert_eq!(count(&four(&random_unitary(4, &mut rng))), 3);
        }
        let mut special = random_orthogonal(4, &mut rng);
        if special.determinant() < 0.0 {
            special.row_mut(0).neg_mut();
        }
        assert_eq!(count(&four(&special.map(Complex::from))), 2);
    }

    #[test]
    fn turns_of_both_are_as_many_as_coordinates() {
        let mut rng = rng(33);
        for k in 0..100 {
            let mut local = || random_unitary(2, &mut rng).kronecker(&random_unitary(2, &mut rng));
            let angle = if k % 2 == 0 { 0.3 } else { -1.4 };
            let turns = |u: Matrix| counted(&four(&u), synthesise_by_turns);
            assert_eq!(turns(local()), 0);
            assert_eq!(turns(local() * Gate::Rzz(angle).matrix() * local()), 1);
            assert_eq!(turns(local() * Gate::Cx.matrix() * local()), 1);
            assert_eq!(turns(local() * Gate::Cx.matrix() * local() * Gate::Cz.matrix() * local()), 2);
            assert_eq!(turns(random_unitary(4, &mut rng)), 3);
        }
    }

    #[test]
    fn up_to_a_diagonal_two_are_enough() {
        let mut rng = rng(32);
        for k in 0..400 {
            let u = match k % 4 {
                0 => random_unitary(4, &mut rng),
                1 => random_orthogonal(4, &mut rng).map(Complex::from),
                2 => random_unitary(2, &mut rng).kronecker(&random_unitary(2, &mut rng)) * Gate::Swap.matrix(),
                _ => {
                    // Ever nearer to the identity.
                    let v = random_unitary(4, &mut rng);
                    let size = 10f64.powi(-(k / 25));
                    Matrix::from_fn(4, 4, |i, j| v[(i, j)] * Complex::from_polar(1.0, size * j as f64)) * v.adjoint()
                }
            };
            let u = four(&u);
            let (d, rest) = split_off_diagonal(&u);
            assert!((Matrix4::from_diagonal(&d) * rest - u).map(|z| z.norm()).max() < 1e-14);
            let cx = count(&rest);
            assert!(cx <= 2, "case {k}: {cx} CX");
        }
    }

    #[test]
    fn diagonals_move_on_whole() {
        let d = Vector4::new(0.3, 1.0, -2.0, 0.7).map(|a| Complex::from_polar(1.0, a));
        let (split, rest) = split_off_diagonal(&Matrix4::from_diagonal(&d));
        assert_eq!(count(&rest), 0);
        assert!((split - d).norm() < 1e-15);
    }
}
