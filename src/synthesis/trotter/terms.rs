//! The terms of a Hamiltonian that a product formula exponentiates one by one.
//!
//! Strings with the same flips x and the same parity of Y commute. Together they are one class: a rotation in each
//! of the planes (j, j⊕x), which is a multiplexed Ry (odd) or Rx (even) on one qubit of x once CXs have gathered the
//! others. A dense real generator on n qubits has 2^n - 1 classes of 2^(n-1) strings, as many as the odd halves of
//! a full partition into maximal commuting sets, and needs no Clifford beyond those CXs.

use super::pauli::{PauliString, PauliSum};
use crate::linalg::{Complex, Matrix, walsh_hadamard};

/// How strings are put together into terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Commuting classes: all strings with the same flips and parity of Y, along a Gray code of the flips.
    #[default]
    Classes,
    /// Every string by itself, in the lexicographic order of its label, as textbooks do it.
    Strings,
}

/// Commuting strings with one pattern of flips: `Σ_z c_z P_xz`.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The flips x that all strings share.
    pub x: usize,
    /// Whether the strings have an odd number of Y.
    pub odd: bool,
    /// The strings, by z.
    pub strings: Vec<PauliString>,
    /// a_j: the term maps `|j>` to `a_j |j⊕x>`, times i if odd. Empty for a single string, whose entries differ in
    /// sign only.
    entries: Vec<f64>,
}

impl Term {
    /// Sums strings that share x and the parity of Y, on `qubits` qubits.
    fn new(strings: Vec<PauliString>, qubits: usize) -> Term {
        let (x, odd) = (strings[0].x, strings[0].is_odd());
        let mut entries = vec![];
        if strings.len() > 1 {
            entries.resize(1 << qubits, 0.0);
            strings.iter().for_each(|s| entries[s.z] = s.coefficient * sign_of(s));
            walsh_hadamard(&mut entries);
        }
        Term { x, odd, strings, entries }
    }

    /// a_j
    fn entry(&self, j: usize) -> f64 {
        self.entries.get(j).copied().unwrap_or_else(|| {
            let PauliString { z, coefficient, .. } = self.strings[0];
            let sign = if (z & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * coefficient * sign_of(&self.strings[0])
        })
    }

    /// The spectral norm of the term: the largest |a_j|, exactly.
    pub fn norm(&self) -> f64 {
        self.entries.iter().fold(self.entry(0).abs(), |m, a| m.max(a.abs()))
    }

    /// What the term adds to a matrix: `out += scale · term · m`.
    pub fn multiply_into(&self, m: &Matrix, scale: Complex, out: &mut Matrix) {
        let unit = scale * if self.odd { Complex::I } else { Complex::ONE };
        let side = m.nrows();
        for (from, to) in m.as_slice().chunks_exact(side).zip(out.as_mut_slice().chunks_exact_mut(side)) {
            for (j, from) in from.iter().enumerate() {
                to[j ^ self.x] += unit * self.entry(j) * from;
            }
        }
    }

    /// `m <- exp(-i time term) m`, exactly.
    pub fn exponentiate(&self, time: f64, m: &mut Matrix) {
        let side = m.nrows();
        let turns: Vec<(f64, f64)> = (0..side).map(|j| (time * self.entry(j)).sin_cos()).collect();
        if self.x == 0 {
            for column in m.as_mut_slice().chunks_exact_mut(side) {
                for (entry, (s, c)) in column.iter_mut().zip(&turns) {
                    *entry *= Complex::new(*c, -s);
                }
            }
            return;
        }
        // The lowest flipped qubit tells the partners j < j⊕x apart.
        let low = self.x & self.x.wrapping_neg();
        for column in m.as_mut_slice().chunks_exact_mut(side) {
            for j in (0..side).filter(|j| j & low == 0) {
                let (s, c) = turns[j];
                let (u, v) = (column[j], column[j ^ self.x]);
                if self.odd {
                    column[j] = u * c - v * s;
                    column[j ^ self.x] = v * c + u * s;
                } else {
                    let turned = |z: Complex| Complex::new(z.im * s, -z.re * s);
                    column[j] = u * c + turned(v);
                    column[j ^ self.x] = v * c + turned(u);
                }
            }
        }
    }
}

/// The sign of a string in its class: `P_xz = sign · (i if odd) · X^x Z^z`, from `i^|x∧z|`.
pub(super) fn sign_of(string: &PauliString) -> f64 {
    if (string.x & string.z).count_ones() & 2 == 0 { 1.0 } else { -1.0 }
}

/// The terms of a Hamiltonian in the order of a forward sweep; the identity string is left out.
///
/// Classes go by their highest flipped qubit, then along a Gray code of the other flips, so that neighbours differ
/// by one CX.
pub fn terms_of(sum: &PauliSum, grouping: Grouping) -> Vec<Term> {
    let qubits = sum.qubits();
    match grouping {
        Grouping::Classes => class_order(qubits)
            .flat_map(|x| [true, false].map(|odd| (x, odd)))
            .filter_map(|(x, odd)| {
                let strings: Vec<PauliString> = (0..1 << qubits)
                    .map(|z| PauliString { x, z, coefficient: sum.coefficient(x, z) })
                    .filter(|s| s.coefficient != 0.0 && s.is_odd() == odd && (s.x, s.z) != (0, 0))
                    .collect();
                (!strings.is_empty()).then(|| Term::new(strings, qubits))
            })
            .collect(),
        Grouping::Strings => {
            let mut strings: Vec<PauliString> = sum.strings().filter(|s| (s.x, s.z) != (0, 0)).collect();
            strings.sort_by_cached_key(|s| s.label(qubits));
            strings.into_iter().map(|s| Term::new(vec![s], qubits)).collect()
        }
    }
}

/// All flips: 0, then by the highest qubit, downwards, along a Gray code.
fn class_order(qubits: usize) -> impl Iterator<Item = usize> {
    let with_top = |top: usize| (0..1usize << top).map(move |i| 1 << top | i ^ (i >> 1));
    std::iter::once(0).chain((0..qubits).rev().flat_map(with_top))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::random_unitary;
    use crate::linalg::{max_difference, multiply};
    use crate::random::rng;

    fn matrix_of(term: &Term, side: usize) -> Matrix {
        let mut out = Matrix::zeros(side, side);
        term.multiply_into(&Matrix::identity(side, side), Complex::ONE, &mut out);
        out
    }

    #[test]
    fn terms_sum_to_the_matrix_and_exponentiate_exactly() {
        let mut rng = rng(8);
        for qubits in 0..5 {
            let side = 1 << qubits;
            let u = random_unitary(side, &mut rng);
            let mut hermitian = &u + u.adjoint();
            let mean = hermitian.trace() / Complex::from(side as f64);
            (0..side).for_each(|i| hermitian[(i, i)] -= mean);
            let sum = PauliSum::of_hermitian(&hermitian);
            for grouping in [Grouping::Classes, Grouping::Strings] {
                let terms = terms_of(&sum, grouping);
                let mut total = Matrix::zeros(side, side);
                for term in &terms {
                    let matrix = matrix_of(term, side);
                    let largest = crate::linalg::svd(&matrix).sigma[0];
                    assert!((largest - term.norm()).abs() < 1e-13);
                    // A plane rotation satisfies exp = cos + sin, which a Taylor series confirms.
                    let mut series = Matrix::identity(side, side);
                    let mut power = Matrix::identity(side, side);
                    for k in 1..40 {
                        power = multiply(&power, &matrix) * (-Complex::I * 0.7 / k as f64);
                        series += &power;
                    }
                    let mut exact = Matrix::identity(side, side);
                    term.exponentiate(0.7, &mut exact);
                    assert!(max_difference(&exact, &series) < 1e-13);
                    total += matrix;
                }
                assert!(max_difference(&total, &hermitian) < 1e-13);
            }
        }
    }

    #[test]
    fn a_dense_real_generator_has_one_class_for_each_flip() {
        let mut rng = rng(9);
        let o = crate::linalg::random_orthogonal(16, &mut rng);
        let generator = (&o - o.transpose()).map(|a| Complex::new(0.0, a));
        let sum = PauliSum::of_hermitian(&generator);
        let terms = terms_of(&sum, Grouping::Classes);
        assert_eq!(terms.len(), 15);
        assert!(terms.iter().all(|t| t.odd && t.strings.len() == 8));
        // Same highest flip: one other flip apart.
        for pair in terms.windows(2).filter(|p| p[0].x.ilog2() == p[1].x.ilog2()) {
            assert_eq!((pair[0].x ^ pair[1].x).count_ones(), 1);
        }
        let labels: Vec<String> = terms_of(&sum, Grouping::Strings).iter().map(|t| t.strings[0].label(4)).collect();
        assert_eq!(labels.len(), 120);
        assert!(labels.is_sorted());
    }
}
