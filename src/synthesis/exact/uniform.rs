//! Multiplexed one-qubit unitaries up to a diagonal (Bergholm, Vartiainen, Möttönen, Salomaa, Phys. Rev. A 71, 052330,
//! 2005): one U(2) for each value of c control qubits takes 2^c - 1 CX.

use super::sequence::Sequence;
use crate::circuit::Gate;
use crate::linalg::Complex;
use nalgebra::Matrix2;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// The diagonal left over: for each value of the controls the phases where the target is 0 and 1.
pub(super) type Rest = Vec<[Complex; 2]>;

/// Appends `⊕_i U_i`, U_i on `target` where the controls, lowest bit first, hold i, up to the diagonal that is returned:
/// what is wanted is that diagonal times what is appended.
///
/// ```text
/// A ⊕ B = (R† ⊕ R) · (1⊗U) · exp(iπ/4 ZZ) · (1⊗V)     on the highest control and the target
/// ```
pub(super) fn multiplexed_unitary(
    list: &[Matrix2<Complex>],
    controls: &[usize],
    target: usize,
    sequence: &mut Sequence,
) -> Rest {
    let Some((&top, below)) = controls.split_last() else {
        sequence.one_qubit(&list[0], target);
        return vec![[Complex::ONE; 2]];
    };
    let (upper, lower) = list.split_at(list.len() / 2);
    let parts: Vec<Parts> = upper.iter().zip(lower).map(|(a, b)| Parts::of(a, b)).collect();
    let first: Vec<_> = parts.iter().map(|p| p.v).collect();
    let carried = multiplexed_unitary(&first, below, target, sequence);
    // exp(iπ/4 ZZ) is CZ and an S† on each qubit: that of the target goes into U, that of the control into the rest.
    sequence.gate(Gate::H, &[target]);
    sequence.gate(Gate::Cx, &[top, target]);
    sequence.gate(Gate::H, &[target]);
    sequence.phase(FRAC_PI_4);
    let second: Vec<_> = parts
        .iter()
        .zip(&carried)
        .map(|(p, [zero, one])| p.u * diagonal(*zero, *one * Complex::from_polar(1.0, -FRAC_PI_2)))
        .collect();
    let rest = multiplexed_unitary(&second, below, target, sequence);
    let turned = Complex::from_polar(1.0, -FRAC_PI_2);
    let zero = parts.iter().zip(&rest).map(|(p, d)| [p.r[0].conj() * d[0], p.r[1].conj() * d[1]]);
    let one = parts.iter().zip(&rest).map(|(p, d)| [turned * p.r[0] * d[0], turned * p.r[1] * d[1]]);
    zero.chain(one).collect()
}

pub(super) fn diagonal(zero: Complex, one: Complex) -> Matrix2<Complex> {
    Matrix2::new(zero, Complex::ZERO, Complex::ZERO, one)
}

/// `A = R† U Δ V` and `B = R U Δ† V` with R diagonal and `Δ = diag(e^{iπ/4}, e^{-iπ/4})`.
struct Parts {
    r: [Complex; 2],
    u: Matrix2<Complex>,
    v: Matrix2<Complex>,
}

impl Parts {
    fn of(a: &Matrix2<Complex>, b: &Matrix2<Complex>) -> Parts {
        // R X R = U Δ² U†: the eigenvalues are to be i and -i, so the trace 0 and the determinant 1.
        let x = a * b.adjoint();
        let argument = |z: Complex| if z.norm() < 1e-300 { 0.0 } else { z.arg() };
        let determinant = x.determinant().arg();
        let half = (argument(x[(1, 1)]) - argument(x[(0, 0)]) + PI) / 2.0;
        let r = [half, -half].map(|part| Complex::from_polar(1.0, (part - determinant / 2.0) / 2.0));
        let turn = diagonal(r[0], r[1]);
        let y = turn * x * turn;
        // The projector on the eigenvalue i; its longer column is the eigenvector.
        let projector = (Matrix2::identity() - y * Complex::I) * Complex::from(0.5);
        let column = if projector[(0, 0)].re >= projector[(1, 1)].re { 0 } else { 1 };
        let p = projector.column(column).normalize();
        let u = Matrix2::new(p[0], -p[1].conj(), p[1], p[0].conj());
        let delta = Complex::from_polar(1.0, FRAC_PI_4);
        let v = diagonal(delta.conj(), delta) * u.adjoint() * turn * a;
        Parts { r, u, v }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::random_unitary;
    use crate::linalg::{Matrix, max_difference};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    fn check(list: &[Matrix2<Complex>]) {
        let c = list.len().trailing_zeros() as usize;
        let mut sequence = Sequence::new();
        // The target below its controls.
        let rest = multiplexed_unitary(list, &(1..=c).collect::<Vec<_>>(), 0, &mut sequence);
        let circuit = sequence.into_circuit(c + 1, LastDiagonal::Keep);
        assert_eq!(Cost::of(&circuit).two_qubit_gates, (1 << c) - 1);
        let side = 2 << c;
        let mut wanted = Matrix::zeros(side, side);
        list.iter().enumerate().for_each(|(i, u)| wanted.view_mut((2 * i, 2 * i), (2, 2)).copy_from(u));
        let left_over = Matrix::from_fn(side, side, |i, j| if i == j { rest[i >> 1][i & 1] } else { Complex::ZERO });
        let error = max_difference(&(left_over * unitary_of(&circuit)), &wanted);
        assert!(error < 1e-13, "{c} controls: {error:e}");
    }

    #[test]
    fn random_and_hard_lists() {
        let mut rng = rng(31);
        let mut random = || random_unitary(2, &mut rng).fixed_view::<2, 2>(0, 0).into_owned();
        for c in 0..6 {
            check(&(0..1 << c).map(|_| random()).collect::<Vec<_>>());
            check(&vec![Matrix2::identity(); 1 << c]);
            let same = random();
            check(&vec![same; 1 << c]);
            let x = Matrix2::new(Complex::ZERO, Complex::ONE, Complex::ONE, Complex::ZERO);
            check(&(0..1 << c).map(|i| if i % 3 == 0 { x } else { Matrix2::identity() }).collect::<Vec<_>>());
            check(
                &(0..1 << c).map(|i| diagonal(Complex::I, Complex::from_polar(1.0, f64::from(i)))).collect::<Vec<_>>(),
            );
        }
    }
}
