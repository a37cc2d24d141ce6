//! Matrices of doubles that are known to be near a unitary, and what rounding adds where they are applied.

use super::gates::ROUNDOFF;
use crate::simulator::fusion::Fused;
use pulp::Arch;

/// A matrix on a few qubits, the first of which is the low bit of its index, within `error` of a unitary in the spectral
/// norm. Rows one after another.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub qubits: Vec<usize>,
    pub side: usize,
    pub re: Vec<f64>,
    pub im: Vec<f64>,
    pub error: f64,
}

impl Fused for Operator {
    fn qubits(&self) -> &[usize] {
        &self.qubits
    }

    fn qubits_mut(&mut self) -> &mut [usize] {
        &mut self.qubits
    }

    /// `‖X_j - X_j'‖ <= ‖X_{j-1} - X_{j-1}'‖ + e (1 + ‖X_{j-1} - X_{j-1}'‖) + g ‖|X_{j-1}|‖`, X' as the gates say it, e the
    /// error of the j-th member and g what rounding adds.
    fn merged(qubits: Vec<usize>, members: &[Operator]) -> Operator {
        let side = 1 << qubits.len();
        let mut x = Columns { re: vec![0.0; side * side], im: vec![0.0; side * side], columns: side };
        (0..side).for_each(|i| x.re[i * side + i] = 1.0);
        let mut error = 0.0;
        for (j, member) in members.iter().enumerate() {
            let kernel = Kernel::of(member);
            // The first is copied: zeros and ones round nothing.
            let rounding =
                if j == 0 || kernel.rounding == 0.0 { 0.0 } else { kernel.rounding * norm(&x.re, &x.im, side) };
            error += member.error * (1.0 + error) + rounding;
            x.apply(&kernel, &member.qubits, qubits.len());
        }
        Operator { qubits, side, re: x.re, im: x.im, error }
    }
}

/// A bound on the spectral norm of the moduli of a square matrix: `‖|M|‖₂² <= ‖M‖₁ ‖M‖_∞`.
fn norm(re: &[f64], im: &[f64], side: usize) -> f64 {
    let (mut columns, mut largest) = (vec![0.0; side], 0.0f64);
    for (re, im) in re.chunks_exact(side).zip(im.chunks_exact(side)) {
        let mut row = 0.0;
        for ((column, re), im) in columns.iter_mut().zip(re).zip(im) {
            let modulus = (re * re + im * im).sqrt();
            *column += modulus;
            row += modulus;
        }
        largest = largest.max(row);
    }
    (largest * columns.into_iter().fold(0.0, f64::max)).sqrt()
}

/// Entries that are added up before their sum joins those before.
const GROUP: usize = 4;

/// Columns that go through together.
const LANES: usize = 8;

/// An entry that is not zero.
#[derive(Clone, Copy)]
struct Term {
    column: usize,
    re: f64,
    im: f64,
}

/// An operator as what is done with it: of each row the entries that are not zero.
pub(super) struct Kernel {
    terms: Vec<Term>,
    /// Where in `terms` each row starts, and where the last one ends.
    starts: Vec<usize>,
    /// g: what rounding adds to the 2-norm of a vector of norm 1 that it is applied to; for a matrix X, g ‖|X|‖₂ at most.
    pub rounding: f64,
    /// e: what the operator itself is off by.
    pub error: f64,
}

impl Kernel {
    pub fn of(operator: &Operator) -> Kernel {
        let (mut terms, mut starts, mut worst) = (vec![], vec![0], 0.0f64);
        for (re, im) in operator.re.chunks_exact(operator.side).zip(operator.im.chunks_exact(operator.side)) {
            let start = terms.len();
            let nonzero = re.iter().zip(im).enumerate().filter(|(_, (re, im))| **re != 0.0 || **im != 0.0);
            terms.extend(nonzero.map(|(column, (&re, &im))| Term { column, re, im }));
            starts.push(terms.len());
            worst = worst.max(roundings(&terms[start..]));
        }
        let rounding =
            if worst == 0.0 { 0.0 } else { worst * ROUNDOFF * norm(&operator.re, &operator.im, operator.side) };
        Kernel { terms, starts, rounding, error: operator.error }
    }
}

/// Roundings that a term of a row goes through, in units of the roundoff: that of its product, √5 where both factors are
/// complex, and one for each sum that it is part of.
fn roundings(row: &[Term]) -> f64 {
    let of = |term: &Term| match (term.re, term.im) {
        (re, im) if (re == 0.0 && im.abs() == 1.0) || (re.abs() == 1.0 && im == 0.0) => 0.0,
        (re, im) if re == 0.0 || im == 0.0 => 1.0,
        _ => 2.2361,
    };
    let product = row.iter().map(of).fold(0.0, f64::max);
    let sums = row.len().min(GROUP).saturating_sub(1) + row.len().div_ceil(GROUP).saturating_sub(1);
    product + sums as f64
}

/// Vectors side by side: the entries of one row of all of them are neighbours.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub re: Vec<f64>,
    pub im: Vec<f64>,
    pub columns: usize,
}

impl Columns {
    /// Applies a kernel whose qubit i is bit `places[i]` of the index of rows, which has `bits` bits.
    pub fn apply(&mut self, kernel: &Kernel, places: &[usize], bits: usize) {
        let side = 1usize << places.len();
        let spread = |s: usize| (0..places.len()).filter(|i| s >> i & 1 == 1).map(|i| 1usize << places[i]).sum();
        let offsets: Vec<usize> = (0..side).map(spread).collect();
        let mask = offsets[side - 1];
        let mut before = (vec![0.0; side * LANES], vec![0.0; side * LANES]);
        Arch::new().dispatch(|| {
            for base in (0..1usize << bits).filter(|base| base & mask == 0) {
                let rows = Rows { offsets: &offsets, base };
                let mut at = 0;
                while at < self.columns {
                    at += match self.columns - at {
                        LANES.. => self.step::<LANES>(kernel, rows, at, &mut before),
                        4.. => self.step::<4>(kernel, rows, at, &mut before),
                        2.. => self.step::<2>(kernel, rows, at, &mut before),
                        _ => self.step::<1>(kernel, rows, at, &mut before),
                    };
                }
            }
        });
    }

    /// The same for W columns from number `at` on, in rows that the kernel joins; W comes back.
    #[inline(always)]
    fn step<const W: usize>(
        &mut self,
        kernel: &Kernel,
        rows: Rows<'_>,
        at: usize,
        (before_re, before_im): &mut (Vec<f64>, Vec<f64>),
    ) -> usize {
        for (j, offset) in rows.offsets.iter().enumerate() {
            let start = (rows.base + offset) * self.columns + at;
            before_re[j * W..(j + 1) * W].copy_from_slice(&self.re[start..start + W]);
            before_im[j * W..(j + 1) * W].copy_from_slice(&self.im[start..start + W]);
        }
        let product = |term: &Term| -> ([f64; W], [f64; W]) {
            let re: &[f64; W] = lane(before_re, term.column);
            let im: &[f64; W] = lane(before_im, term.column);
            let mut out = ([0.0; W], [0.0; W]);
            for l in 0..W {
                out.0[l] = term.re * re[l] - term.im * im[l];
                out.1[l] = term.re * im[l] + term.im * re[l];
            }
            out
        };
        for (i, offset) in rows.offsets.iter().enumerate() {
            let mut total = ([0.0; W], [0.0; W]);
            for (g, group) in kernel.terms[kernel.starts[i]..kernel.starts[i + 1]].chunks(GROUP).enumerate() {
                let mut sum = product(&group[0]);
                for term in &group[1..] {
                    add(&mut sum, &product(term));
                }
                if g == 0 {
                    total = sum;
                } else {
                    add(&mut total, &sum);
                }
            }
            let start = (rows.base + offset) * self.columns + at;
            self.re[start..start + W].copy_from_slice(&total.0);
            self.im[start..start + W].copy_from_slice(&total.1);
        }
        W
    }
}

/// The rows that a kernel joins: these, counted from a base.
#[derive(Clone, Copy)]
struct Rows<'a> {
    offsets: &'a [usize],
    base: usize,
}

#[inline(always)]
fn lane<const W: usize>(numbers: &[f64], j: usize) -> &[f64; W] {
    numbers[j * W..(j + 1) * W].try_into().expect("a lane has W numbers")
}

#[inline(always)]
fn add<const W: usize>(total: &mut ([f64; W], [f64; W]), more: &([f64; W], [f64; W])) {
    for l in 0..W {
        total.0[l] += more.0[l];
        total.1[l] += more.1[l];
    }
}
