//! State vectors, a column each, and the application of small unitaries to them.

use super::block::Block;
use crate::linalg::{Complex, Matrix, multiply};

/// `columns` state vectors of `2^qubits` amplitudes, stored row by row: the amplitudes of one basis state lie
/// side by side.
#[derive(Clone, Debug)]
pub(super) struct States {
    qubits: usize,
    columns: usize,
    amplitudes: Vec<Complex>,
}

impl States {
    /// One column for each basis state named.
    pub(super) fn basis(qubits: usize, states: &[usize]) -> States {
        let columns = states.len();
        let mut amplitudes = vec![Complex::ZERO; columns << qubits];
        for (column, &state) in states.iter().enumerate() {
            amplitudes[state * columns + column] = Complex::ONE;
        }
        States { qubits, columns, amplitudes }
    }

    /// The amplitudes of basis state `row` in every column.
    pub(super) fn row(&self, row: usize) -> &[Complex] {
        &self.amplitudes[row * self.columns..(row + 1) * self.columns]
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The probability that a qubit of one column is 1.
    pub(super) fn population(&self, column: usize, qubit: usize) -> f64 {
        let ones = (0..1usize << self.qubits).filter(|s| s >> qubit & 1 == 1);
        ones.map(|s| self.amplitudes[s * self.columns + column].norm_sqr()).sum()
    }

    /// Applies a 2x2 matrix, which need not be unitary, to a qubit of one column.
    pub(super) fn apply_to_column(&mut self, column: usize, qubit: usize, m: &[[Complex; 2]; 2]) {
        for s in (0..1usize << self.qubits).filter(|s| s >> qubit & 1 == 0) {
            let (i, j) = (s * self.columns + column, (s | 1 << qubit) * self.columns + column);
            let (zero, one) = (self.amplitudes[i], self.amplitudes[j]);
            self.amplitudes[i] = m[0][0] * zero + m[0][1] * one;
            self.amplitudes[j] = m[1][0] * zero + m[1][1] * one;
        }
    }

    /// Applies a block; its qubit i is this register's qubit `block.qubits[i]`.
    pub(super) fn apply(&mut self, block: &Block) {
        let k = block.qubits.len();
        // Where the block's own basis states lie, relative to a base with zeros in all its qubits.
        let offsets: Vec<usize> =
            (0..1usize << k).map(|s| (0..k).filter(|i| s >> i & 1 == 1).map(|i| 1 << block.qubits[i]).sum()).collect();
        let mask = offsets[offsets.len() - 1];
        let bases = (0..1usize << self.qubits).filter(|b| b & mask == 0);
        // A product of this size is worth gathering for.
        if k >= 3 && self.columns << (self.qubits - k) >= 16 {
            self.apply_gathered(&block.matrix, &offsets, &bases.collect::<Vec<_>>());
        } else {
            bases.for_each(|base| self.apply_at(&block.matrix, &offsets, base));
        }
    }

    /// Applies a small matrix to the rows `base + offsets`.
    fn apply_at(&mut self, matrix: &Matrix, offsets: &[usize], base: usize) {
        let width = self.columns;
        let mut before = Vec::with_capacity(offsets.len() * width);
        offsets.iter().for_each(|offset| before.extend_from_slice(self.row(base + offset)));
        for (i, offset) in offsets.iter().enumerate() {
            let start = (base + offset) * width;
            let target = &mut self.amplitudes[start..start + width];
            target.fill(Complex::ZERO);
            for (j, source) in before.chunks_exact(width).enumerate() {
                let factor = matrix[(i, j)];
                if factor != Complex::ZERO {
                    target.iter_mut().zip(source).for_each(|(t, s)| *t += factor * s);
                }
            }
        }
    }

    /// The same for all bases in one product, `Yᵀ = Xᵀ Mᵀ`.
    fn apply_gathered(&mut self, matrix: &Matrix, offsets: &[usize], bases: &[usize]) {
        let mut gathered = Vec::with_capacity(self.amplitudes.len());
        for offset in offsets {
            bases.iter().for_each(|base| gathered.extend_from_slice(self.row(base + offset)));
        }
        let x = Matrix::from_vec(bases.len() * self.columns, offsets.len(), gathered);
        let y = multiply(&x, &matrix.transpose());
        let mut rows = y.as_slice().chunks_exact(self.columns);
        for offset in offsets {
            for base in bases {
                let start = (base + offset) * self.columns;
                let row = rows.next().expect("as many rows come back as went in");
                self.amplitudes[start..start + self.columns].copy_from_slice(row);
            }
        }
    }
}

/// The matrix of a list of blocks on k qubits.
pub(super) fn matrix_of(k: usize, blocks: &[Block]) -> Matrix {
    let mut states = States::basis(k, &(0..1 << k).collect::<Vec<_>>());
    blocks.iter().for_each(|block| states.apply(block));
    Matrix::from_fn(1 << k, 1 << k, |i, j| states.row(i)[j])
}
