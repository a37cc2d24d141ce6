//! Simulation with a proof: amplitudes as doubles, and a bound on how far they are from those of the circuit as its text
//! says it, angles as decimal numbers, gates as matrices of real numbers.
//!
//! Gates are multiplied into small blocks and these applied to all columns, in an order of sums that is fixed, so that every rounding
//! can be counted (docs/certificates.md). Nothing is shared with the simulator that verification goes by but the order in
//! which gates are multiplied.

mod angle;
mod columns;
mod gates;
mod kernel;
mod merged;
mod operator;
mod plan;
mod sizes;

use super::error::{SimulationError, check_table};
use super::readout::{Readout, Reads, read_qubits};
use crate::circuit::Circuit;
use crate::linalg::{Complex, Matrix, RealMatrix, response};
use columns::Columns;
use gates::ROUNDOFF;
use kernel::Kernel;
use plan::Plan;
use rayon::prelude::*;

/// Columns that a thread takes at a time.
const AT_ONCE: usize = 32;

/// Amplitudes that one thread holds at a time, at most.
const AMPLITUDES_AT_ONCE: usize = 1 << 22;

/// What every bound is multiplied with: bounds are sums and products of fewer than 2^32 numbers that are not negative, each rounded
/// once, and `(1 + 2^-53)^(2^32) < 1 + 5e-7`.
const ROUNDED_UP: f64 = 1.0 + 1e-6;

/// Numbers, and how far each may be from what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Enclosure {
    /// What was computed.
    pub middle: RealMatrix,
    /// The truth is within this of it, entry by entry.
    pub radius: RealMatrix,
}

impl Enclosure {
    /// Zeros, which are no further off.
    pub fn zeros(rows: usize, columns: usize) -> Enclosure {
        Enclosure { middle: RealMatrix::zeros(rows, columns), radius: RealMatrix::zeros(rows, columns) }
    }

    /// Decimal numbers by the doubles that they read as.
    pub fn read(numbers: &RealMatrix) -> Enclosure {
        Enclosure { middle: numbers.clone(), radius: numbers.map(gates::half_place) }
    }

    /// Its first columns.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn first(self, columns: usize) -> Enclosure {
        let of = |numbers: RealMatrix| numbers.columns(0, columns).into_owned();
        Enclosure { middle: of(self.middle), radius: of(self.radius) }
    }

    /// Adds a decimal number, or what it reads as, times another of the same shape. That number, the product and the sum are rounded
    /// once each.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn add(&mut self, other: &Enclosure, by: f64) {
        for (i, (middle, radius)) in self.middle.iter_mut().zip(self.radius.iter_mut()).enumerate() {
            let term = other.middle[i] * by;
            *middle += term;
            let rounded = 2.0 * ROUNDOFF * term.abs() + ROUNDOFF * middle.abs() + f64::MIN_POSITIVE;
            *radius = Enclosure::above(*radius + other.radius[i] * by.abs() + rounded);
        }
    }

    /// A bound, in whose computation sums and products of numbers that are not negative were rounded, as one that is not below
    /// what they are.
    pub fn above(bound: f64) -> f64 {
        bound * ROUNDED_UP
    }
}

/// The amplitudes behind a circuit, of what is accepted.
#[derive(Clone, Debug)]
pub struct EnclosedAmplitudes {
    /// A row for each basis state that is accepted, a column for each input.
    middle: Matrix,
    /// What each row spells.
    spelt: Vec<usize>,
    outputs: usize,
    /// δ: each column is within this of the true one, in the 2-norm.
    pub error: f64,
}

/// Simulates a circuit for the basis states `inputs`, with a bound on the error.
///
/// # Errors
/// As [`transition_probabilities`](super::transition_probabilities), and for a gate or an angle of which no proof is known.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn enclose(circuit: &Circuit, readout: &Readout, inputs: &[usize]) -> Result<EnclosedAmplitudes, SimulationError> {
    assert!(inputs.iter().all(|m| m >> readout.input.len() == 0), "an input is more than its qubits can hold");
    check_table(readout.output.len(), inputs.len())?;
    let part = read_qubits(circuit, readout)?;
    let reads = Reads::of_part(circuit, readout, &part)?;
    let mut place = vec![None; circuit.qubit_count()];
    part.iter().enumerate().for_each(|(i, &q)| place[q] = Some(i));
    let own = circuit.operations().filter_map(|(_, o)| {
        let qubits: Option<Vec<usize>> = o.qubits.iter().map(|q| place[q]).collect();
        Some(gates::enclosed(&o.gate, qubits?))
    });
    let blocks = sizes::blocks(own.collect::<Result<_, _>>()?, part.len());
    let plan = Plan::of(&blocks, &reads)?;
    check_table(plan.live.len(), inputs.len())?;
    let kernels: Vec<Kernel> = blocks.iter().map(Kernel::of).collect();
    let error = kernels.iter().fold(0.0, |delta, k| delta + (k.error + k.rounding) * (1.0 + delta) + f64::MIN_POSITIVE);
    let size = AT_ONCE.min((AMPLITUDES_AT_ONCE >> plan.most).max(1));
    let chunks: Vec<Columns> =
        inputs.par_chunks(size).map(|states| plan.run(&kernels, readout.input.len(), states)).collect();
    let rows = 1usize << plan.live.len();
    let amplitude = |row: usize, column: usize| {
        let (chunk, column) = (&chunks[column / size], column % size);
        let at = row * chunk.columns + column;
        Complex::new(chunk.re[at], chunk.im[at])
    };
    let place = |qubit: &usize| plan.live.iter().position(|q| q == qubit);
    let bits: Vec<usize> = reads.output.iter().filter_map(|(_, qubit)| place(qubit)).collect();
    let spelt = |row: usize| bits.iter().enumerate().map(|(i, place)| (row >> place & 1) << i).sum();
    Ok(EnclosedAmplitudes {
        middle: Matrix::from_fn(rows, inputs.len(), amplitude),
        spelt: (0..rows).map(spelt).collect(),
        outputs: readout.output.len(),
        error: error * ROUNDED_UP,
    })
}

impl EnclosedAmplitudes {
    /// The same of inputs that are themselves known to within so much, in the 2-norm.
    #[must_use]
    pub fn widened(self, by: f64) -> EnclosedAmplitudes {
        EnclosedAmplitudes { error: (self.error + by) * ROUNDED_UP, ..self }
    }

    /// What of it has these values at these places of what is spelt, of which the low `outputs` bits are left.
    #[must_use]
    pub fn reading(&self, values: &[(usize, bool)], outputs: usize) -> EnclosedAmplitudes {
        let has = |row: &usize| values.iter().all(|&(place, value)| (self.spelt[*row] >> place & 1 == 1) == value);
        let rows: Vec<usize> = (0..self.spelt.len()).filter(has).collect();
        EnclosedAmplitudes {
            middle: self.middle.select_rows(&rows),
            spelt: rows.iter().map(|&row| self.spelt[row] & ((1 << outputs) - 1)).collect(),
            outputs,
            error: self.error,
        }
    }

    /// A bound on `|<a|b>|`, where a and b are the first columns of the two.
    ///
    /// # Panics
    /// If they have different numbers of rows.
    pub fn overlap(&self, other: &EnclosedAmplitudes) -> f64 {
        let computed = self.middle.column(0).dotc(&other.middle.column(0)).norm();
        // Both have norm 1, up to their errors.
        let off = self.error + other.error + self.error * other.error + self.rounding();
        Enclosure::above(computed + off)
    }

    /// `p[n][k]`: a row for each value that the output bits spell. Amplitudes off by δ in the 2-norm move `‖a‖²` by at most
    /// `2 ‖a‖ δ + δ²`.
    pub fn probabilities(&self) -> Enclosure {
        let mut middle = RealMatrix::zeros(1 << self.outputs, self.middle.ncols());
        for (row, &n) in self.middle.row_iter().zip(&self.spelt) {
            row.iter().enumerate().for_each(|(k, a)| middle[(n, k)] += a.norm_sqr());
        }
        let radius = middle.map(|p| self.off(p.sqrt(), p.sqrt()) + self.rounding() * p);
        Enclosure { middle, radius: radius * ROUNDED_UP }
    }

    /// The same as a linear map of the coordinates of a density matrix ([`crate::linalg::coordinates`]): a column for each
    /// input, then two for each pair of inputs.
    pub fn response(&self) -> Enclosure {
        let each = response(&self.middle);
        let norms = self.probabilities().middle.map(f64::sqrt);
        let dim = self.middle.ncols();
        let pairs = (0..dim).flat_map(|m| (m + 1..dim).flat_map(move |l| [(m, l); 2]));
        let columns: Vec<(usize, usize)> = (0..dim).map(|m| (m, m)).chain(pairs).collect();
        let mut middle = RealMatrix::zeros(1 << self.outputs, columns.len());
        for (row, &n) in each.row_iter().zip(&self.spelt) {
            let mut sum = middle.row_mut(n);
            sum += row;
        }
        let radius = RealMatrix::from_fn(middle.nrows(), columns.len(), |n, k| {
            let (a, b) = (norms[(n, columns[k].0)], norms[(n, columns[k].1)]);
            self.off(a, b) + self.rounding() * a * b
        });
        Enclosure { middle, radius: radius * ROUNDED_UP }
    }

    /// How far the product of two vectors is off that have these norms and are off by δ each.
    fn off(&self, a: f64, b: f64) -> f64 {
        (a + b) * self.error + self.error * self.error + f64::MIN_POSITIVE
    }

    /// What rounding adds where such products are computed, relative to those of the norms.
    fn rounding(&self) -> f64 {
        (4.0 + self.spelt.len() as f64) * f64::EPSILON
    }
}

#[cfg(test)]
mod tests;
