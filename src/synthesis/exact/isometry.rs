//! Complex isometries up to the phases of their rows, which a measurement does not see.
//!
//! Thin cosine-sine splits turn one qubit after the other from |0> into a select; what is left are unitaries selected by
//! qubits, which full splits take down to multiplexed one-qubit unitaries up to a diagonal. The diagonal moves on from
//! each to the next. CX for 2^k columns on 6 qubits, k = 0..4: 57, 114, 226, 445, 841.

use super::multiplexer::{Multiplexer, odd};
use super::sequence::Sequence;
use super::two_qubit;
use super::uniform::multiplexed_unitary;
use crate::linalg::{Complex, Matrix, thin_cosine_sine};
use nalgebra::Matrix2;

/// Appends an isometry of 2^q rows and 2^k columns up to a phase for each row: qubits k..q start in |0>.
pub(super) fn append_isometry(x: &Matrix, k: usize, q: usize, sequence: &mut Sequence) {
    Isometries { list: vec![x.clone()], carried: vec![vec![Complex::ONE; 1 << k]], k, q }.append(sequence);
}

/// Isometries selected by qubits q, q + 1, …, and the diagonal to apply before them: for each value of the selects a
/// phase for each value of qubits 0..k.
struct Isometries {
    list: Vec<Matrix>,
    carried: Vec<Vec<Complex>>,
    k: usize,
    q: usize,
}

impl Isometries {
    fn append(self, sequence: &mut Sequence) {
        let Isometries { list, carried, k, q } = self;
        if q == k {
            append_selected(with_phases(list, &carried), k, q, sequence);
            return;
        }
        let selects = list.len().trailing_zeros() as usize;
        let parts: Vec<_> = list.iter().map(thin_cosine_sine).collect();
        let right = with_phases(parts.iter().map(|p| p.b.clone()).collect(), &carried);
        let carried = append_selected(right, k, q, sequence);
        // The diagonal commutes with rotations of a qubit that it knows nothing of.
        let angles: Vec<f64> = parts.iter().flat_map(|p| p.theta.iter().map(|t| 2.0 * t)).collect();
        let middle = Multiplexer::new(&angles);
        let closing = middle.last_mask();
        let controls: Vec<usize> = (0..k).chain(q..q + selects).collect();
        middle.on(&controls).append_ry_without_closing(q - 1, sequence);
        let mut next = Isometries { list: vec![], carried: vec![], k, q: q - 1 };
        for (s, (part, phases)) in parts.into_iter().zip(carried).enumerate() {
            let sign = |j: usize| if odd((s << k | j) & closing) { -Complex::ONE } else { Complex::ONE };
            let flipped = phases.iter().enumerate().map(|(j, d)| d * sign(j)).collect();
            next.list.extend([part.a1, part.a2]);
            next.carried.extend([phases, flipped]);
        }
        next.append(sequence);
    }
}

/// Each matrix with its columns times phases.
fn with_phases(mut list: Vec<Matrix>, phases: &[Vec<Complex>]) -> Vec<Matrix> {
    for (m, phases) in list.iter_mut().zip(phases) {
        m.column_iter_mut().zip(phases).for_each(|(mut column, phase)| column *= *phase);
    }
    list
}

/// Appends unitaries of qubits 0..k, the s-th where the selects `first`, `first + 1`, … hold s, up to a diagonal: what is
/// wanted is the diagonal returned times what is appended.
fn append_selected(list: Vec<Matrix>, k: usize, first: usize, sequence: &mut Sequence) -> Vec<Vec<Complex>> {
    let selects = list.len().trailing_zeros() as usize;
    let controls: Vec<usize> = (first..first + selects).collect();
    append_on(list, k, &controls, sequence)
}

/// The same with any qubits as selects, lowest first.
fn append_on(list: Vec<Matrix>, k: usize, selects: &[usize], sequence: &mut Sequence) -> Vec<Vec<Complex>> {
    if k == 0 {
        return list.iter().map(|m| vec![m[(0, 0)]]).collect();
    }
    if k == 1 {
        let list: Vec<Matrix2<Complex>> = list.iter().map(|m| m.fixed_view::<2, 2>(0, 0).into_owned()).collect();
        return multiplexed_unitary(&list, selects, 0, sequence).into_iter().map(|rest| rest.to_vec()).collect();
    }
    if k == 2 && selects.is_empty() {
        let (rest, pair) = two_qubit::split_off_diagonal(&list[0].fixed_view::<4, 4>(0, 0).into_owned());
        two_qubit::synthesise(&pair, sequence);
        return vec![rest.iter().copied().collect()];
    }
    // Qubit k-1 becomes the lowest select of what is left and right of its rotations.
    let half = 1 << (k - 1);
    let splits: Vec<Split> = list.iter().map(Split::of).collect();
    let inner: Vec<usize> = std::iter::once(k - 1).chain(selects.iter().copied()).collect();
    let right = splits.iter().flat_map(|s| s.right.clone()).collect();
    let carried = append_on(right, k - 1, &inner, sequence);
    let mut turns = vec![];
    for (s, split) in splits.iter().enumerate() {
        for ((theta, zero), one) in split.theta.iter().zip(&carried[2 * s]).zip(&carried[2 * s + 1]) {
            let (sin, cos) = theta.sin_cos();
            turns.push(Matrix2::new(zero * cos, -one * sin, zero * sin, one * cos));
        }
    }
    let controls: Vec<usize> = (0..k - 1).chain(selects.iter().copied()).collect();
    let rest = multiplexed_unitary(&turns, &controls, k - 1, sequence);
    let carried: Vec<Vec<Complex>> =
        (0..2 * splits.len()).map(|s| (0..half).map(|j| rest[(s >> 1) * half + j][s & 1]).collect()).collect();
    let left = with_phases(splits.into_iter().flat_map(|s| s.left).collect(), &carried);
    let carried = append_on(left, k - 1, &inner, sequence);
    carried.chunks(2).map(<[_]>::concat).collect()
}

/// `U = (A1 ⊕ A2) · [[C, -S], [S, C]] · (B1 ⊕ B2)`, halves by the highest bit of the index.
struct Split {
    left: [Matrix; 2],
    theta: Vec<f64>,
    right: [Matrix; 2],
}

impl Split {
    fn of(u: &Matrix) -> Split {
        let half = u.nrows() / 2;
        let thin = thin_cosine_sine(&u.columns(0, half).into_owned());
        // The other columns are [-A1 S; A2 C] · B2.
        let other = u.columns(half, half);
        let (upper, lower) = (thin.a1.ad_mul(&other.rows(0, half)), thin.a2.ad_mul(&other.rows(half, half)));
        let b2 = Matrix::from_fn(half, half, |i, j| {
            let (sin, cos) = thin.theta[i].sin_cos();
            lower[(i, j)] * cos - upper[(i, j)] * sin
        });
        Split { left: [thin.a1, thin.a2], theta: thin.theta, right: [thin.b, b2] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::random_unitary;
    use crate::random::rng;
    use crate::simulator::unitary_of;

    /// Largest difference of moduli and of ratios within rows, and the CX count.
    fn measure(x: &Matrix) -> (f64, usize) {
        let (q, k) = (x.nrows().trailing_zeros() as usize, x.ncols().trailing_zeros() as usize);
        let mut sequence = Sequence::new();
        append_isometry(x, k, q, &mut sequence);
        let circuit = sequence.into_circuit(q, LastDiagonal::Keep);
        let u = unitary_of(&circuit);
        let mut error = 0.0f64;
        for i in 0..x.nrows() {
            // The phase that fits a row best.
            let phase: Complex = (0..x.ncols()).map(|j| x[(i, j)] * u[(i, j)].conj()).sum();
            let phase = if phase.norm() > 1e-12 { phase / phase.norm() } else { Complex::ONE };
            for j in 0..x.ncols() {
                error = error.max((x[(i, j)] - phase * u[(i, j)]).norm());
            }
        }
        (error, Cost::of(&circuit).two_qubit_gates)
    }

    #[test]
    fn generic_isometries_meet_their_counts() {
        let mut rng = rng(33);
        for (q, k, count) in [
            (1, 0, 0),
            (1, 1, 0),
            (2, 1, 2),
            (2, 2, 2),
            (3, 1, 8),
            (3, 2, 14),
            (6, 0, 57),
            (6, 1, 114),
            (6, 2, 226),
            (6, 3, 445),
            (6, 4, 841),
        ] {
            let u = random_unitary(1 << q, &mut rng);
            let (error, cx) = measure(&u.columns(0, 1 << k).into_owned());
            assert!(error < 1e-12, "2^{k} columns on {q} qubits: {error:e}");
            assert_eq!(cx, count, "2^{k} columns on {q} qubits");
        }
    }

    #[test]
    fn hard_isometries() {
        for q in 1..5 {
            for k in 0..=q {
                let (rows, columns) = (1 << q, 1 << k);
                let unit = |at: fn(usize, usize) -> usize| {
                    Matrix::from_fn(rows, columns, |i, j| if i == at(j, rows) { Complex::ONE } else { Complex::ZERO })
                };
                let fourier = Matrix::from_fn(rows, columns, |i, j| {
                    let angle = std::f64::consts::TAU * (i * j) as f64 / rows as f64;
                    Complex::from_polar((rows as f64).sqrt().recip(), angle)
                });
                for x in [unit(|j, _| j), unit(|j, n| n - 1 - j), unit(|j, n| (5 * j + 3) % n), fourier] {
                    let (error, _) = measure(&x);
                    assert!(error < 1e-12, "{error:e}");
                }
            }
        }
    }
}
