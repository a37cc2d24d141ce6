//! Hermitian matrices as sums of Pauli strings, by a fast Walsh-Hadamard transform for each pattern of bit flips.

use crate::linalg::{Complex, Matrix, walsh_hadamard};
use rayon::prelude::*;

/// A Pauli string with its coefficient: `c · i^|x∧z| X^x Z^z`, Hermitian. Qubit q carries X if only bit q of `x` is
/// set, Z if only that of `z` is, Y if both are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PauliString {
    /// Which qubits are flipped.
    pub x: usize,
    /// Which qubits get a sign.
    pub z: usize,
    /// The real coefficient c.
    pub coefficient: f64,
}

impl PauliString {
    /// Whether the number of Y is odd: the string is then imaginary and antisymmetric, and `exp(-iθP)` is real.
    pub fn is_odd(&self) -> bool {
        (self.x & self.z).count_ones() % 2 == 1
    }

    /// The letters, highest qubit first, as Qiskit writes them.
    pub fn label(&self, qubits: usize) -> String {
        let letter = |q: usize| match (self.x >> q & 1, self.z >> q & 1) {
            (0, 0) => 'I',
            (1, 0) => 'X',
            (1, 1) => 'Y',
            _ => 'Z',
        };
        (0..qubits).rev().map(letter).collect()
    }
}

/// A Hermitian matrix on n qubits as 4^n real coefficients of Pauli strings.
#[derive(Clone, Debug, PartialEq)]
pub struct PauliSum {
    qubits: usize,
    /// At `x << qubits | z`.
    coefficients: Vec<f64>,
}

impl PauliSum {
    /// Decomposes a Hermitian 2^n x 2^n matrix in O(n 4^n) operations.
    ///
    /// Fixing the flips x leaves the entries `H[j⊕x, j] = Σ_z c_xz i^|x∧z| (-1)^{z·j}`, a Walsh-Hadamard transform
    /// of the coefficients.
    ///
    /// # Panics
    /// If the matrix is not square with side 2^n. An anti-Hermitian part is ignored.
    pub fn of_hermitian(matrix: &Matrix) -> PauliSum {
        let side = matrix.nrows();
        assert!(matrix.is_square() && side.is_power_of_two(), "Pauli strings span matrices of side 2^n");
        let qubits = side.trailing_zeros() as usize;
        let mut coefficients = vec![0.0; side * side];
        coefficients.par_chunks_mut(side).enumerate().for_each_init(
            || vec![Complex::ZERO; side],
            |buffer, (x, out)| {
                for (j, entry) in buffer.iter_mut().enumerate() {
                    *entry = matrix[(j ^ x, j)];
                }
                walsh_hadamard(buffer);
                for (z, (c, h)) in out.iter_mut().zip(buffer.iter()).enumerate() {
                    // The real part of (-i)^|x∧z| h.
                    *c = match (x & z).count_ones() % 4 {
                        0 => h.re,
                        1 => h.im,
                        2 => -h.re,
                        _ => -h.im,
                    } / side as f64;
                }
            },
        );
        PauliSum { qubits, coefficients }
    }

    /// The number n of qubits.
    pub fn qubits(&self) -> usize {
        self.qubits
    }

    /// The coefficient of the string with flips `x` and signs `z`, both below 2^n.
    pub fn coefficient(&self, x: usize, z: usize) -> f64 {
        self.coefficients[x << self.qubits | z]
    }

    /// The strings whose coefficient is not zero, by x, then z.
    pub fn strings(&self) -> impl Iterator<Item = PauliString> + '_ {
        let mask = (1 << self.qubits) - 1;
        let string =
            move |(i, &coefficient): (usize, &f64)| PauliString { x: i >> self.qubits, z: i & mask, coefficient };
        self.coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0).map(string)
    }

    /// The matrix again, 2^n x 2^n.
    pub fn to_matrix(&self) -> Matrix {
        let side = 1 << self.qubits;
        let mut matrix = Matrix::zeros(side, side);
        let mut buffer = vec![Complex::ZERO; side];
        for x in 0..side {
            for (z, entry) in buffer.iter_mut().enumerate() {
                *entry = Complex::I.powu((x & z).count_ones() % 4) * self.coefficient(x, z);
            }
            walsh_hadamard(&mut buffer);
            for (j, entry) in buffer.iter().enumerate() {
                matrix[(j ^ x, j)] = *entry;
            }
        }
        matrix
    }

    /// Sets coefficients of modulus below `cutoff` to zero and returns how many strings that took away.
    pub fn truncate(&mut self, cutoff: f64) -> usize {
        let mut dropped = 0;
        for c in self.coefficients.iter_mut().filter(|c| **c != 0.0 && c.abs() < cutoff) {
            *c = 0.0;
            dropped += 1;
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::max_difference;
    use crate::linalg::random_unitary;
    use crate::random::rng;

    #[test]
    fn single_strings_have_one_coefficient() {
        let one = |x: f64| Complex::from(x);
        let pauli = |letter: char| match letter {
            'I' => Matrix::identity(2, 2),
            'X' => Matrix::from_row_slice(2, 2, &[one(0.0), one(1.0), one(1.0), one(0.0)]),
            'Y' => Matrix::from_row_slice(2, 2, &[one(0.0), -Complex::I, Complex::I, one(0.0)]),
            _ => Matrix::from_row_slice(2, 2, &[one(1.0), one(0.0), one(0.0), one(-1.0)]),
        };
        for a in "IXYZ".chars() {
            for b in "IXYZ".chars() {
                for c in "IXYZ".chars() {
                    let matrix = pauli(a).kronecker(&pauli(b)).kronecker(&pauli(c));
                    let sum = PauliSum::of_hermitian(&matrix);
                    let strings: Vec<PauliString> = sum.strings().collect();
                    assert_eq!(strings.len(), 1);
                    assert_eq!(strings[0].coefficient, 1.0);
                    assert_eq!(strings[0].label(3), format!("{a}{b}{c}"));
                    assert_eq!(strings[0].is_odd(), [a, b, c].iter().filter(|l| **l == 'Y').count() % 2 == 1);
                }
            }
        }
    }

    #[test]
    fn every_hermitian_matrix_comes_back() {
        let mut rng = rng(3);
        for qubits in 0..6 {
            let u = random_unitary(1 << qubits, &mut rng);
            let hermitian = &u + u.adjoint();
            let mut sum = PauliSum::of_hermitian(&hermitian);
            assert!(max_difference(&sum.to_matrix(), &hermitian) < 1e-14);
            let before = sum.strings().count();
            let largest = sum.strings().map(|s| s.coefficient.abs()).fold(0.0, f64::max);
            assert_eq!(sum.truncate(0.0), 0);
            assert_eq!(sum.truncate(largest / 3.0) + sum.strings().count(), before);
            assert!(sum.strings().all(|s| s.coefficient.abs() >= largest / 3.0));
        }
    }
}
