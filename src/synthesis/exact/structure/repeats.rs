//! Qubits that a contraction does not tell apart, or knows: repeated and vanishing rows and columns.

use super::{STRUCTURE_TOLERANCE, Synthesised, on_register};
use crate::circuit::{Circuit, Gate};
use crate::linalg::{Complex, Dense, Matrix};
use crate::random::Rng;
use std::f64::consts::FRAC_1_SQRT_2;

/// What one side of a matrix does with one bit of its index.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Nothing in particular.
    Varies,
    /// Lines that differ in this bit are equal: a Hadamard leaves those with 0.
    Repeats,
    /// Lines with 1 vanish.
    Zero,
    /// Lines with 0 vanish.
    One,
}

/// The circuit of a contraction with such qubits: H or X makes them 0 on every line that counts, and above the others
/// they need no gates. `None` if there are none.
pub(super) fn synthesise(given: &Dense, rng: &mut Rng) -> Option<Synthesised> {
    let m = &given.to_complex();
    let n = m.nrows().trailing_zeros() as usize;
    let (columns, rows) = (habits(m, n), habits(&m.transpose(), n));
    if columns.iter().chain(&rows).all(|h| *h == Habit::Varies) || m.iter().all(|z| *z == Complex::ZERO) {
        return None;
    }
    let (inputs, outputs) = (order(&columns), order(&rows));
    if columns.iter().chain(&rows).all(|h| matches!(h, Habit::Varies | Habit::Zero))
        && inputs.is_sorted()
        && outputs.is_sorted()
    {
        // Nothing would change.
        return None;
    }
    let reduced = lines(&lines(m, &columns, &inputs).transpose(), &rows, &outputs).transpose();
    let inner = on_register(&given.of_same_kind(reduced), rng);
    let mut circuit = Circuit::new(n + inner.ancillas.len());
    for (qubit, habit) in columns.iter().enumerate() {
        fix(*habit, qubit, &mut circuit);
    }
    let wires: Vec<usize> = inputs.iter().copied().chain(n..circuit.qubit_count()).collect();
    circuit.append(&inner.circuit, &wires);
    let mut output = vec![0; n];
    for (bit, qubit) in outputs.iter().zip(&inner.output) {
        output[*bit] = wires[*qubit];
        fix(rows[*bit], wires[*qubit], &mut circuit);
    }
    Some(Synthesised { circuit, output, ancillas: (n..n + inner.ancillas.len()).collect() })
}

/// What the columns do with each bit of their index.
fn habits(m: &Matrix, n: usize) -> Vec<Habit> {
    let allowed = STRUCTURE_TOLERANCE * m.iter().fold(0.0f64, |x, z| x.max(z.norm()));
    let vanishes = |j: usize| m.column(j).iter().all(|z| z.norm() <= allowed);
    let vanishing: Vec<bool> = (0..m.ncols()).map(vanishes).collect();
    let habit = |b: usize| {
        let with = |value: usize| (0..m.ncols()).filter(move |j| j >> b & 1 == value);
        if with(1).all(|j| vanishing[j]) {
            Habit::Zero
        } else if with(0).all(|j| vanishing[j]) {
            Habit::One
        } else if with(0).all(|j| m.column(j).iter().zip(&m.column(j | 1 << b)).all(|(x, y)| (x - y).norm() <= allowed))
        {
            Habit::Repeats
        } else {
            Habit::Varies
        }
    };
    (0..n).map(habit).collect()
}

/// The bits that vary first, then the others.
fn order(habits: &[Habit]) -> Vec<usize> {
    let varies = |b: &usize| habits[*b] == Habit::Varies;
    let all = || 0..habits.len();
    all().filter(varies).chain(all().filter(|b| !varies(b))).collect()
}

/// The columns of `m` after H and X, bit p of their index being bit `order[p]` of the old one.
fn lines(m: &Matrix, habits: &[Habit], order: &[usize]) -> Matrix {
    let mask = |wanted: Habit| (0..habits.len()).filter(|b| habits[*b] == wanted).map(|b| 1 << b).sum::<usize>();
    let (repeats, zero, one) = (mask(Habit::Repeats), mask(Habit::Zero), mask(Habit::One));
    // H takes 2^k equal columns to one that is 2^{k/2} times as long.
    let scale = Complex::from(FRAC_1_SQRT_2.powi(-(repeats.count_ones() as i32)));
    let mut out = Matrix::zeros(m.nrows(), m.ncols());
    for p in 0..m.ncols() {
        let old = order.iter().enumerate().map(|(i, b)| (p >> i & 1) << b).sum::<usize>();
        if old & (repeats | zero | one) == 0 {
            out.set_column(p, &(m.column(old | one) * scale));
        }
    }
    out
}

fn fix(habit: Habit, qubit: usize, circuit: &mut Circuit) {
    match habit {
        Habit::Repeats => _ = circuit.push(Gate::H, &[qubit]),
        Habit::One => _ = circuit.push(Gate::X, &[qubit]),
        Habit::Varies | Habit::Zero => {}
    }
}
