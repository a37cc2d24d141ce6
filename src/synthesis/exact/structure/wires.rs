//! Direct sums: qubits whose value a contraction hands through select a smaller contraction on the others.

use super::{STRUCTURE_TOLERANCE, Synthesised};
use crate::circuit::{Circuit, Gate};
use crate::encoding::Dilation;
use crate::linalg::{Dense, RealMatrix};
use crate::random::Rng;
use crate::synthesis::exact::dilation::{RANK_TOLERANCE, real_factors};
use crate::synthesis::exact::multiplexer::Multiplexer;
use crate::synthesis::exact::selected;
use crate::synthesis::exact::sequence::{LastDiagonal, Sequence};
use std::f64::consts::PI;

/// Where a matrix hands the value of input bits through.
struct Wires {
    /// Bit b of the row index goes with bit `row_bit[b]` of M's rows; `flip` lists those that come out inverted.
    row_bit: Vec<usize>,
    flip: usize,
    /// The input bits that are handed through.
    kept: Vec<usize>,
    /// The other input bits.
    free: Vec<usize>,
}

/// The circuit of a real contraction that hands some qubits through: `⊕_s M_s`, each with its own singular value
/// decomposition. `None` if there are no such qubits or M is complex.
pub(super) fn synthesise(m: &Dense, rng: &mut Rng) -> Option<Synthesised> {
    let n = m.nrows().trailing_zeros() as usize;
    let Dense::Real(m) = m else { return None };
    let Wires { row_bit, flip, kept, free } = find(m, n)?;
    let q = free.len();
    let row_of = |column: usize| {
        let bit = |b: usize| ((column ^ flip) >> b & 1) << row_bit[b];
        (0..n).map(bit).sum::<usize>()
    };
    // The free qubits below, the selecting ones above.
    let wires: Vec<usize> = free.iter().chain(&kept).copied().collect();
    let place = |index: usize| wires.iter().enumerate().map(|(i, w)| (index >> i & 1) << w).sum::<usize>();
    let side = 1 << q;
    let (mut w, mut v, mut angles) = (vec![], vec![], vec![]);
    let mut rank = 1;
    for s in 0..1usize << kept.len() {
        let block = RealMatrix::from_fn(side, side, |i, j| m[(row_of(place(s << q | i)), place(s << q | j))]);
        let dilation = Dilation::of(block);
        let factors = real_factors(&dilation)?;
        w.push(factors.w);
        v.push(factors.v);
        let own = dilation.sigma().iter().filter(|s| **s > RANK_TOLERANCE).count();
        rank = rank.max(own);
        angles.extend(dilation.angles().iter().enumerate().map(|(j, a)| if j < own { *a } else { PI }));
    }
    let k = rank.next_power_of_two().trailing_zeros() as usize;
    let mut isometries = |list: Vec<RealMatrix>| {
        let mut sequence = Sequence::new();
        let list = list.into_iter().map(|o| o.columns(0, 1 << k).into_owned()).collect();
        selected::isometries(list, k, q, &mut sequence, rng);
        sequence.into_circuit(n, LastDiagonal::Keep)
    };
    let (w, v) = (isometries(w), isometries(v));
    let mut rotation = Sequence::new();
    Multiplexer::new(&angles).append_ry_without_closing(n, &mut rotation);
    let rotation = rotation.into_circuit(n + 1, LastDiagonal::Keep);
    let mut circuit = Circuit::new(n + 1);
    circuit.append(&w.inverse(), &wires);
    let with_ancilla: Vec<usize> = wires.iter().copied().chain([n]).collect();
    circuit.append(&rotation, &with_ancilla);
    circuit.append(&v, &wires);
    for b in (0..n).filter(|b| flip >> b & 1 == 1) {
        circuit.push(Gate::X, &[b]);
    }
    let mut output = vec![0; n];
    row_bit.iter().enumerate().for_each(|(b, a)| output[*a] = b);
    Some(Synthesised { circuit, output, ancillas: vec![n] })
}

/// Looks for pairs of an input and an output bit that agree, or differ, wherever M is not zero.
fn find(m: &RealMatrix, n: usize) -> Option<Wires> {
    let largest = m.iter().fold(0.0f64, |x, z| x.max(z.abs()));
    let all = (1usize << n) - 1;
    // For each input bit, the output bits that always agree with it, and those that never do.
    let (mut same, mut differ) = (vec![all; n], vec![all; n]);
    for j in 0..m.ncols() {
        for i in (0..m.nrows()).filter(|i| m[(*i, j)].abs() > STRUCTURE_TOLERANCE * largest) {
            for b in 0..n {
                let agree = if j >> b & 1 == 1 { i } else { !i };
                same[b] &= agree;
                differ[b] &= !agree;
            }
        }
        if same.iter().chain(&differ).all(|s| *s == 0) {
            return None;
        }
    }
    let (mut row_bit, mut flip, mut used) = (vec![n; n], 0, 0usize);
    let (mut kept, mut free) = (vec![], vec![]);
    for b in 0..n {
        let (agree, oppose) = (same[b] & !used, differ[b] & !used);
        let either = agree | oppose;
        if either == 0 {
            free.push(b);
            continue;
        }
        let a = if either >> b & 1 == 1 { b } else { either.trailing_zeros() as usize };
        if agree >> a & 1 == 0 {
            flip |= 1 << b;
        }
        row_bit[b] = a;
        used |= 1 << a;
        kept.push(b);
    }
    if kept.is_empty() {
        return None;
    }
    // What is left may be paired as one likes: with its own number where that is free.
    for &b in &free {
        if used >> b & 1 == 0 {
            row_bit[b] = b;
            used |= 1 << b;
        }
    }
    for &b in &free {
        if row_bit[b] == n {
            row_bit[b] = (!used).trailing_zeros() as usize;
            used |= 1 << row_bit[b];
        }
    }
    Some(Wires { row_bit, flip, kept, free })
}
