//! Density matrices as their real Pauli coefficients, and channels as real matrices on them.
//!
//! `ρ = 2^-n Σ_P r_P P` over the 4^n Pauli strings, `r_P = Tr(P ρ)`. A gate with its noise is one real matrix on the
//! coefficients of its qubits, half the work of `Σ K ρ K†`. Digit i of a string's index in base 4 is what stands on
//! qubit i: I, X, Y, Z.

use super::step::{Start, Step};
use crate::linalg::{Complex, Matrix, RealMatrix, walsh_hadamard};
use crate::target::Damping;
use nalgebra::DVector;
use pulp::Arch;

/// How many density matrices go through together: eight numbers are what vector units like.
pub(super) const LANES: usize = 8;

type Lane = [f64; LANES];

/// Up to [`LANES`] density matrices on the same qubits, the coefficients of one string side by side.
pub(super) struct PauliVectors {
    qubits: usize,
    columns: usize,
    coefficients: Vec<Lane>,
}

/// Strings on the most qubits that a gate has.
const STRINGS: usize = 64;

/// A channel on a few qubits: for each string that comes out, the strings it is made of.
pub(super) struct Channel {
    qubits: Vec<usize>,
    rows: Vec<Vec<(u8, f64)>>,
}

impl Channel {
    fn new(qubits: Vec<usize>, transfer: &RealMatrix) -> Channel {
        let nonzero = |row: nalgebra::RowDVector<f64>| {
            row.iter().enumerate().filter(|(_, v)| **v != 0.0).map(|(i, v)| (i as u8, *v)).collect::<Vec<_>>()
        };
        Channel { qubits, rows: transfer.row_iter().map(|row| nonzero(row.into_owned())).collect() }
    }
}

/// A circuit with its noise as few channels: what happens to one qubit alone waits for the next gate that joins it to
/// another.
pub(super) fn channels(steps: &[Step], qubits: usize) -> Vec<Channel> {
    let mut waiting: Vec<Option<RealMatrix>> = vec![None; qubits];
    let mut out = vec![];
    for step in steps {
        let (transfer, on) = (noisy_transfer(step), &step.qubits);
        if let &[qubit] = &on[..] {
            let before = waiting[qubit].take();
            waiting[qubit] = Some(before.map_or(transfer.clone(), |before| transfer * before));
            continue;
        }
        let mut whole = transfer;
        for (i, &qubit) in on.iter().enumerate() {
            if let Some(before) = waiting[qubit].take() {
                whole *= on_digit(&before, i, on.len());
            }
        }
        out.push(Channel::new(on.clone(), &whole));
    }
    let last = waiting.iter().enumerate().filter_map(|(q, m)| Some(Channel::new(vec![q], m.as_ref()?)));
    out.extend(last);
    out
}

/// The transfer matrix of a gate and what follows it.
fn noisy_transfer(step: &Step) -> RealMatrix {
    let k = step.gate.arity();
    let mut transfer = transfer_matrix(&step.gate.matrix(), k);
    // Depolarising keeps the identity and scales every other string.
    for row in 1..transfer.nrows() {
        transfer.row_mut(row).scale_mut(1.0 - step.depolarising);
    }
    let each = step.damping.iter().enumerate();
    each.fold(transfer, |transfer, (qubit, own)| on_digit(&damping(own), qubit, k) * transfer)
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
fn damping(damping: &Damping) -> RealMatrix {
    let (gamma, lambda) = (damping.relaxation, damping.dephasing);
    let shrink = ((1.0 - gamma) * (1.0 - lambda)).sqrt();
    let mut m = RealMatrix::from_diagonal(&DVector::from_row_slice(&[1.0, shrink, shrink, 1.0 - gamma]));
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
    /// Products of states of single qubits, a column each: basis states on which steps have acted.
    ///
    /// # Panics
    /// If there are more than [`LANES`].
    pub(super) fn starting(qubits: usize, starts: &[Start]) -> PauliVectors {
        assert!(starts.len() <= LANES, "at most {LANES} columns");
        let mut coefficients = vec![[0.0; LANES]; 1 << (2 * qubits)];
        for (column, start) in starts.iter().enumerate() {
            let basis = |q: usize| if start.state >> q & 1 == 1 { -1.0 } else { 1.0 };
            let mut each: Vec<DVector<f64>> =
                (0..qubits).map(|q| DVector::from_row_slice(&[1.0, 0.0, 0.0, basis(q)])).collect();
            for step in &start.before {
                let own = &mut each[step.qubits[0]];
                *own = noisy_transfer(step) * &*own;
            }
            // Qubit by qubit, the first being the lowest digit.
            let mut product = vec![1.0];
            for own in &each {
                product = own.iter().flat_map(|factor| product.iter().map(move |p: &f64| p * factor)).collect();
            }
            coefficients.iter_mut().zip(product).for_each(|(row, value)| row[column] = value);
        }
        PauliVectors { qubits, columns: starts.len(), coefficients }
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
        let lane = |index| std::array::from_fn(|i| if i == 0 { coefficient(index) } else { 0.0 });
        PauliVectors { qubits, columns: 1, coefficients: (0..1 << (2 * qubits)).map(lane).collect() }
    }

    /// Sends its qubits through channels, one after the other, with the widest vectors that the processor has.
    pub(super) fn apply(&mut self, channels: &[Channel]) {
        let (qubits, coefficients) = (self.qubits, &mut self.coefficients[..]);
        Arch::new().dispatch(|| channels.iter().for_each(|channel| send(channel, qubits, coefficients)));
    }

    /// The probability of every basis state, a column each: `<s|ρ|s> = 2^-n Σ_z (-1)^{s·z} r_z`.
    pub(super) fn probabilities(&self) -> RealMatrix {
        let side = 1 << self.qubits;
        let mut table = RealMatrix::zeros(side, self.columns);
        for column in 0..self.columns {
            let mut z: Vec<f64> = (0..side).map(|z| self.coefficients[z_string(z, self.qubits)][column]).collect();
            walsh_hadamard(&mut z);
            // Rounding may leave a probability of -1e-17.
            table.column_mut(column).iter_mut().zip(z).for_each(|(t, z)| *t = (z / side as f64).max(0.0));
        }
        table
    }
}

/// Sends coefficients through a channel.
#[inline(always)]
fn send(channel: &Channel, qubits: usize, coefficients: &mut [Lane]) {
    let digits = channel.qubits.iter().enumerate();
    let offset = |local: usize| digits.clone().map(|(i, q)| (local >> (2 * i) & 3) << (2 * q)).sum();
    let offsets: Vec<usize> = (0..channel.rows.len()).map(offset).collect();
    let mask: usize = channel.qubits.iter().map(|q| 3 << (2 * q)).sum();
    let mut before = [[0.0; LANES]; STRINGS];
    for base in (0..1usize << (2 * qubits)).filter(|b| b & mask == 0) {
        before.iter_mut().zip(&offsets).for_each(|(slot, offset)| *slot = coefficients[base + offset]);
        for (row, offset) in channel.rows.iter().zip(&offsets) {
            let mut sum = [0.0; LANES];
            for &(index, factor) in row {
                // The remainder tells the compiler that no index is out of bounds.
                let from = &before[usize::from(index) % STRINGS];
                for lane in 0..LANES {
                    sum[lane] += factor * from[lane];
                }
            }
            coefficients[base + offset] = sum;
        }
    }
}

/// The index of the string with Z on the qubits of `z`.
fn z_string(z: usize, qubits: usize) -> usize {
    (0..qubits).filter(|q| z >> q & 1 == 1).map(|q| 3 << (2 * q)).sum()
}
