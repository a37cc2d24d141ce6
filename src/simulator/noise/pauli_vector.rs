//! Density matrices as their real Pauli coefficients, and channels as real matrices on them.
//!
//! `ρ = 2^-n Σ_P r_P P` over the 4^n Pauli strings, `r_P = Tr(P ρ)`. A gate with its noise is one real matrix on the
//! coefficients of its qubits, half the work of `Σ K ρ K†`. Digit i of a string's index in base 4 is what stands on
//! qubit i: I, X, Y, Z.

use super::model::GateNoise;
use crate::circuit::Gate;
use crate::linalg::{Complex, Matrix, RealMatrix, walsh_hadamard};

/// Several density matrices on the same qubits, the coefficients of one string side by side.
pub(super) struct PauliVectors {
    qubits: usize,
    columns: usize,
    coefficients: Vec<f64>,
}

/// A channel on a few qubits: for each string that comes out, the strings it is made of.
pub(super) struct Channel {
    rows: Vec<Vec<(usize, f64)>>,
}

impl Channel {
    /// A gate and what follows it.
    pub(super) fn of(gate: &Gate, noise: &GateNoise) -> Channel {
        let k = gate.arity();
        let mut transfer = transfer_matrix(&gate.matrix(), k);
        // Depolarising keeps the identity and scales every other string.
        for row in 1..transfer.nrows() {
            transfer.row_mut(row).scale_mut(1.0 - noise.depolarising);
        }
        let damping = damping(noise);
        for qubit in 0..k {
            transfer = on_digit(&damping, qubit, k) * transfer;
        }
        let nonzero = |row: nalgebra::RowDVector<f64>| {
            row.iter().copied().enumerate().filter(|(_, v)| v.abs() > 1e-300).collect::<Vec<_>>()
        };
        Channel { rows: transfer.row_iter().map(|row| nonzero(row.into_owned())).collect() }
    }
}

/// `T[P][Q] = Tr(P U Q U†) / 2^k`.
fn transfer_matrix(unitary: &Matrix, k: usize) -> RealMatrix {
    let strings: Vec<Matrix> = (0..1 << (2 * k)).map(|index| pauli_string(index, k)).collect();
    let images: Vec<Matrix> = strings.iter().map(|q| unitary * q * unitary.adjoint()).collect();
    let scale = 1.0 / (1 << k) as f64;
    let entry = |p: usize, q: usize| (&strings[p] * &images[q]).trace().re * scale;
    // What is zero but for rounding would cost a multiplication in every step.
    RealMatrix::from_fn(strings.len(), strings.len(), |p, q| {
        let value = entry(p, q);
        if value.abs() < 1e-15 { 0.0 } else { value }
    })
}

/// The matrix of a string on k qubits.
fn pauli_string(index: usize, k: usize) -> Matrix {
    let (one, i) = (Complex::ONE, Complex::I);
    Matrix::from_fn(1 << k, 1 << k, |row, column| {
        (0..k).fold(one, |product, qubit| {
            let (r, c) = (row >> qubit & 1, column >> qubit & 1);
            product
                * match (index >> (2 * qubit) & 3, r, c) {
                    (0, 0, 0) | (0, 1, 1) | (1, 0, 1) | (1, 1, 0) | (3, 0, 0) => one,
                    (2, 0, 1) => -i,
                    (2, 1, 0) => i,
                    (3, 1, 1) => -one,
                    _ => Complex::ZERO,
                }
        })
    })
}

/// Amplitude, then phase damping: X and Y shrink, Z is drawn to +1.
fn damping(noise: &GateNoise) -> RealMatrix {
    let (gamma, lambda) = (noise.amplitude_damping, noise.phase_damping);
    let shrink = ((1.0 - gamma) * (1.0 - lambda)).sqrt();
    let mut m = RealMatrix::from_diagonal(&nalgebra::DVector::from_row_slice(&[1.0, shrink, shrink, 1.0 - gamma]));
    m[(3, 0)] = gamma;
    m
}

/// A one-qubit transfer matrix as one of k qubits.
fn on_digit(m: &RealMatrix, qubit: usize, k: usize) -> RealMatrix {
    let side = 1 << (2 * k);
    RealMatrix::from_fn(side, side, |row, column| {
        let others = !(3 << (2 * qubit));
        if row & others == column & others { m[(row >> (2 * qubit) & 3, column >> (2 * qubit) & 3)] } else { 0.0 }
    })
}

impl PauliVectors {
    /// Basis states, a column each.
    pub(super) fn basis(qubits: usize, states: &[usize]) -> PauliVectors {
        let columns = states.len();
        let mut coefficients = vec![0.0; columns << (2 * qubits)];
        for z in 0..1usize << qubits {
            let row = z_string(z, qubits) * columns;
            for (column, state) in states.iter().enumerate() {
                coefficients[row + column] = if (z & state).count_ones() % 2 == 0 { 1.0 } else { -1.0 };
            }
        }
        PauliVectors { qubits, columns, coefficients }
    }

    /// One density matrix of these qubits.
    pub(super) fn density(qubits: usize, rho: &Matrix) -> PauliVectors {
        // Tr(P ρ): P has one entry a column, at row = column XOR its X part.
        let coefficient = |index: usize| {
            let digit = |q: usize| index >> (2 * q) & 3;
            let flips = (0..qubits).filter(|&q| matches!(digit(q), 1 | 2)).fold(0, |f, q| f | 1 << q);
            let entry = |column: usize| {
                (0..qubits).fold(Complex::ONE, |product, q| match (digit(q), column >> q & 1) {
                    (2, 0) => product * Complex::I,
                    (2, _) => product * -Complex::I,
                    (3, 1) => -product,
                    _ => product,
                })
            };
            (0..1 << qubits).map(|column: usize| (entry(column) * rho[(column, column ^ flips)]).re).sum()
        };
        PauliVectors { qubits, columns: 1, coefficients: (0..1 << (2 * qubits)).map(coefficient).collect() }
    }

    /// Sends the channel's qubit i through on `qubits[i]`.
    pub(super) fn apply(&mut self, channel: &Channel, qubits: &[usize]) {
        let width = self.columns;
        let offset = |local: usize| qubits.iter().enumerate().map(|(i, q)| (local >> (2 * i) & 3) << (2 * q)).sum();
        let offsets: Vec<usize> = (0..channel.rows.len()).map(offset).collect();
        let mask: usize = qubits.iter().map(|q| 3 << (2 * q)).sum();
        let mut before = vec![0.0; offsets.len() * width];
        for base in (0..1usize << (2 * self.qubits)).filter(|b| b & mask == 0) {
            for (slot, offset) in before.chunks_exact_mut(width).zip(&offsets) {
                let start = (base + offset) * width;
                slot.copy_from_slice(&self.coefficients[start..start + width]);
            }
            for (row, offset) in channel.rows.iter().zip(&offsets) {
                let start = (base + offset) * width;
                let target = &mut self.coefficients[start..start + width];
                let Some(((first, factor), rest)) = row.split_first() else {
                    target.fill(0.0);
                    continue;
                };
                let source = &before[first * width..(first + 1) * width];
                target.iter_mut().zip(source).for_each(|(t, s)| *t = factor * s);
                for (index, factor) in rest {
                    let source = &before[index * width..(index + 1) * width];
                    target.iter_mut().zip(source).for_each(|(t, s)| *t += factor * s);
                }
            }
        }
    }

    /// The probability of every basis state, a column each: `<s|ρ|s> = 2^-n Σ_z (-1)^{s·z} r_z`.
    pub(super) fn probabilities(&self) -> RealMatrix {
        let side = 1 << self.qubits;
        let mut table = RealMatrix::zeros(side, self.columns);
        for column in 0..self.columns {
            let mut z: Vec<f64> =
                (0..side).map(|z| self.coefficients[z_string(z, self.qubits) * self.columns + column]).collect();
            walsh_hadamard(&mut z);
            // Rounding may leave a probability of -1e-17.
            table.column_mut(column).iter_mut().zip(z).for_each(|(t, z)| *t = (z / side as f64).max(0.0));
        }
        table
    }
}

/// The index of the string with Z on the qubits of `z`.
fn z_string(z: usize, qubits: usize) -> usize {
    (0..qubits).filter(|q| z >> q & 1 == 1).map(|q| 3 << (2 * q)).sum()
}
