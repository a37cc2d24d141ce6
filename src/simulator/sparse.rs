//! Circuits that keep few basis states: amplitudes of some outcomes for some inputs, on more qubits than a vector could hold.
//!
//! What is kept is `⊗ F_q |s>` with few entries in s: after each block every qubit that it touched gets the basis F_q of its own
//! density matrix, so that a one on one of many qubits stays a list of that length in whatever basis gates leave it.

use super::block::Block;
use super::error::SimulationError;
use super::fusion::fuse_pairs;
use super::readout::{Readout, read_qubits};
use crate::circuit::Circuit;
use crate::linalg::{Complex, Matrix};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The most qubits: basis states are bits of a word.
pub const MAX_SPARSE: usize = 64;

/// The most entries that are kept of a state.
const MAX_ENTRIES: usize = 1 << 16;

/// Amplitudes below this are rounding error.
const NOTHING: f64 = 1e-13;

/// Eigenvalues of a qubit's density matrix nearer than twice this have no eigenvectors to rely on.
const EVEN: f64 = 1e-4;

type Frame = [[Complex; 2]; 2];

const PLAIN: Frame = [[Complex::ONE, Complex::ZERO], [Complex::ZERO, Complex::ONE]];

/// Amplitudes from inputs to outcomes: a row each outcome, a column each input. Both are words, bit i of an input being the
/// state of `readout.input[i]`, bit i of an outcome what `readout.output[i]` reads while all accept bits read their values.
///
/// # Errors
/// If more than [`MAX_SPARSE`] qubits are read together, one of them by no bit of the readout, or more basis states are
/// occupied than are held.
pub fn sparse_amplitudes(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[u64],
    outcomes: &[u64],
) -> Result<Matrix, SimulationError> {
    let part = read_qubits(circuit, readout)?;
    if part.len() > MAX_SPARSE {
        return Err(SimulationError::TooManyJoined { qubits: part.len(), most: MAX_SPARSE });
    }
    let place = |qubit: usize| part.binary_search(&qubit).ok();
    let bit_place = |bit: &usize| circuit.writer_of(*bit).and_then(place);
    let output: Vec<usize> = readout.output.iter().filter_map(bit_place).collect();
    let accept: Vec<(usize, bool)> =
        readout.accept.iter().filter_map(|(bit, value)| Some((bit_place(bit)?, *value))).collect();
    let read = |place: &usize| output.contains(place) || accept.iter().any(|(p, _)| p == place);
    if let Some(place) = (0..part.len()).find(|place| !read(place)) {
        return Err(SimulationError::UnreadQubit { qubit: part[place] });
    }
    let blocks = fuse_pairs(circuit, &part);
    let word = |bits: u64, places: &[Option<usize>]| -> u64 {
        places.iter().enumerate().filter_map(|(i, place)| Some((bits >> i & 1) << (*place)?)).sum()
    };
    let input: Vec<Option<usize>> = readout.input.iter().map(|&q| place(q)).collect();
    let output: Vec<Option<usize>> = output.into_iter().map(Some).collect();
    let fixed: u64 = accept.iter().map(|&(place, value)| u64::from(value) << place).sum();
    let ends: Vec<u64> = outcomes.iter().map(|&bits| word(bits, &output) | fixed).collect();
    let column = |&bits: &u64| {
        let mut state = Sparse::basis(part.len(), word(bits, &input));
        blocks.iter().try_for_each(|block| state.apply(block))?;
        Ok(ends.iter().map(|&end| state.amplitude(end)).collect::<Vec<_>>())
    };
    let columns = inputs.par_iter().map(column).collect::<Result<Vec<_>, SimulationError>>()?;
    Ok(Matrix::from_fn(outcomes.len(), inputs.len(), |i, j| columns[j][i]))
}

struct Sparse {
    frames: Vec<Frame>,
    entries: Vec<(u64, Complex)>,
}

impl Sparse {
    fn basis(qubits: usize, state: u64) -> Sparse {
        Sparse { frames: vec![PLAIN; qubits], entries: vec![(state, Complex::ONE)] }
    }

    fn apply(&mut self, block: &Block) -> Result<(), SimulationError> {
        let k = block.qubits.len();
        let spread =
            |s: usize| -> u64 { block.qubits.iter().enumerate().map(|(i, q)| ((s >> i & 1) as u64) << q).sum() };
        let frames: Vec<Frame> = block.qubits.iter().map(|&q| self.frames[q]).collect();
        let frame = |i: usize, j: usize| -> Complex {
            frames.iter().enumerate().map(|(b, f)| f[i >> b & 1][j >> b & 1]).product()
        };
        let matrix = &block.matrix * Matrix::from_fn(1 << k, 1 << k, frame);
        let mask = spread((1 << k) - 1);
        let mut moved: BTreeMap<u64, Complex> = BTreeMap::new();
        for &(state, amplitude) in &self.entries {
            let from: usize = block.qubits.iter().enumerate().map(|(i, q)| ((state >> q & 1) as usize) << i).sum();
            for to in 0..1 << k {
                *moved.entry(state & !mask | spread(to)).or_default() += matrix[(to, from)] * amplitude;
            }
        }
        self.entries = kept(moved);
        for &q in &block.qubits {
            self.frames[q] = PLAIN;
            self.turn(q);
        }
        if self.entries.len() > MAX_ENTRIES {
            return Err(SimulationError::TooManyStates { most: MAX_ENTRIES });
        }
        Ok(())
    }

    /// Chooses the basis of a qubit: that of its own density matrix, in which a one that may be here or elsewhere is here or not.
    /// Where that is even any basis is its own: then that of its state where the others are what they most probably are, if
    /// all others agree with it.
    fn turn(&mut self, q: usize) {
        let mut pairs: BTreeMap<u64, [Complex; 2]> = BTreeMap::new();
        for &(state, amplitude) in &self.entries {
            pairs.entry(state & !(1 << q)).or_default()[(state >> q & 1) as usize] = amplitude;
        }
        let norm = |[a, b]: &[Complex; 2]| a.norm_sqr() + b.norm_sqr();
        let (mut bias, mut between) = (0.0, Complex::ZERO);
        for [a, b] in pairs.values() {
            bias += (a.norm_sqr() - b.norm_sqr()) / 2.0;
            between += a * b.conj();
        }
        let gap = bias.hypot(between.norm());
        let even = gap < EVEN;
        let [a, b] = if even {
            let Some(most) = pairs.values().max_by(|x, y| norm(x).total_cmp(&norm(y))) else { return };
            *most
        } else if bias >= 0.0 {
            // The eigenvector of the larger eigenvalue, as the sum that does not cancel.
            [Complex::from(bias + gap), between.conj()]
        } else {
            [between, Complex::from(gap - bias)]
        };
        let length = norm(&[a, b]).sqrt();
        let [a, b] = [a / length, b / length];
        if a.norm() < NOTHING || b.norm() < NOTHING {
            return;
        }
        let turned = pairs.iter().flat_map(|(rest, [x, y])| {
            let along = a.conj() * x + b.conj() * y;
            [(*rest, along), (rest | 1 << q, a * y - b * x)]
        });
        let turned = kept(turned.collect());
        if !even || turned.len() == pairs.len() {
            self.entries = turned;
            self.frames[q] = [[a, -b.conj()], [b, a.conj()]];
        }
    }

    fn amplitude(&self, end: u64) -> Complex {
        let of_entry = |(state, amplitude): &(u64, Complex)| {
            let frames = self.frames.iter().enumerate();
            amplitude * frames.map(|(q, f)| f[(end >> q & 1) as usize][(state >> q & 1) as usize]).product::<Complex>()
        };
        self.entries.iter().map(of_entry).sum()
    }
}

fn kept(entries: BTreeMap<u64, Complex>) -> Vec<(u64, Complex)> {
    entries.into_iter().filter(|(_, amplitude)| amplitude.norm() > NOTHING).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::random::rng;
    use crate::simulator::AcceptedOperator;
    use rand::RngExt;

    #[test]
    fn any_small_circuit_is_as_dense() {
        let mut rng = rng(5);
        for n in 1..=6usize {
            let mut circuit = Circuit::with_bits(n, n);
            for _ in 0..30 {
                let q = rng.random_range(0..n);
                circuit.push(Gate::U3(rng.random_range(0.0..3.0), 0.3, -1.0), &[q]);
                if n > 1 {
                    circuit.push(Gate::Cx, &[q, (q + rng.random_range(1..n)) % n]);
                }
            }
            (0..n).for_each(|q| circuit.measure(q, n - 1 - q).unwrap());
            let readout = Readout { input: (0..n).collect(), output: (1..n).collect(), accept: vec![(0, true)] };
            let dense = AcceptedOperator::of(&circuit, &readout).unwrap();
            let inputs: Vec<u64> = (0..1 << n).collect();
            let outcomes: Vec<u64> = (0..1 << (n - 1)).collect();
            let sparse = sparse_amplitudes(&circuit, &readout, &inputs, &outcomes).unwrap();
            for (spelt, row) in dense.rows() {
                for (m, wanted) in row.iter().enumerate() {
                    assert!((sparse[(spelt, m)] - wanted).norm() < 1e-12, "{n} {spelt} {m}");
                }
            }
            let blind = Readout { accept: vec![], ..readout };
            let refused = sparse_amplitudes(&circuit, &blind, &inputs, &outcomes);
            if n > 1 {
                assert_eq!(refused, Err(SimulationError::UnreadQubit { qubit: n - 1 }));
            }
        }
    }
}
