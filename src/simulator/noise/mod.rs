//! Noisy simulation: exactly, by density matrices, for up to [`MAX_EXACT`] qubits; by sampled trajectories above.

mod model;
mod pauli_vector;
#[cfg(test)]
mod tests;
mod trajectory;

pub use model::{GateNoise, NoiseError, NoiseModel, ReadoutError};
pub use trajectory::Trajectories;

pub use super::error::MAX_EXACT;

use super::error::SimulationError;
use super::parts::by_parts;
use super::readout::{Readout, Reads, read_qubits};
use super::transition::transition_probabilities;
use crate::circuit::{Circuit, Gate};
use crate::linalg::{Matrix, RealMatrix};
use pauli_vector::{LANES, PauliVectors, channels};
use rayon::prelude::*;

/// `q[word][k]`: the probability that a shot from basis state m = `inputs[k]` reads `word`, whose low bits are the
/// output bits and whose high bits are the accept bits, in the readout's order, readout errors included.
///
/// # Errors
/// If a part has more qubits than can be simulated or a bit that is read is never written.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn noisy_words(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
    noise: &NoiseModel,
    trajectories: &Trajectories,
) -> Result<RealMatrix, SimulationError> {
    let readout = readout.of_words();
    let mut words = if noise.gates_are_exact() {
        transition_probabilities(circuit, &readout, inputs)?
    } else {
        by_parts(circuit, &readout, inputs, |reads, part, starts| {
            if part.len() <= MAX_EXACT {
                exact(reads, circuit, part, starts, noise)
            } else {
                trajectory::sampled(reads, circuit, part, starts, noise, trajectories)
            }
        })?
    };
    for mut column in words.column_iter_mut() {
        (0..readout.output.len()).for_each(|bit| noise.readout.apply(column.as_mut_slice(), bit));
    }
    Ok(words)
}

/// The same distribution for a density matrix on the input qubits, for circuits whose read parts have at most
/// [`MAX_EXACT`] qubits together.
///
/// # Errors
/// If they have more, or a bit that is read is never written.
///
/// # Panics
/// If `rho` is not of the input qubits.
pub fn noisy_words_of_state(
    circuit: &Circuit,
    readout: &Readout,
    rho: &Matrix,
    noise: &NoiseModel,
) -> Result<Vec<f64>, SimulationError> {
    let readout = readout.of_words();
    let part = read_qubits(circuit, &readout)?;
    if part.len() > MAX_EXACT {
        return Err(SimulationError::TooManyNoisyQubits { qubits: part.len() });
    }
    let reads = Reads::of_part(circuit, &readout, &part)?;
    let place = |m: usize| reads.input.iter().map(|&(i, place)| (m >> i & 1) << place).sum::<usize>();
    let mut whole = Matrix::zeros(1 << part.len(), 1 << part.len());
    assert_eq!(rho.shape(), (1 << readout.input.len(), 1 << readout.input.len()), "a state of the input qubits");
    for a in 0..rho.nrows() {
        for b in 0..rho.ncols() {
            whole[(place(a), place(b))] = rho[(a, b)];
        }
    }
    let mut states = PauliVectors::density(part.len(), &whole);
    let channels = channels(&gates_on(circuit, &part), noise, part.len());
    channels.iter().for_each(|channel| states.apply(channel));
    let mut words = vec![0.0; 1 << readout.output.len()];
    states.probabilities().iter().enumerate().for_each(|(state, p)| words[reads.spelt(state)] += p);
    (0..readout.output.len()).for_each(|bit| noise.readout.apply(&mut words, bit));
    Ok(words)
}

fn exact(reads: &Reads, circuit: &Circuit, part: &[usize], starts: &[usize], noise: &NoiseModel) -> RealMatrix {
    let channels = channels(&gates_on(circuit, part), noise, part.len());
    let rows = 1 << reads.output.len();
    let tables: Vec<Vec<f64>> = starts
        .par_chunks(LANES)
        .map(|chunk| {
            let mut states = PauliVectors::basis(part.len(), chunk);
            channels.iter().for_each(|channel| states.apply(channel));
            let mut table = vec![0.0; rows * chunk.len()];
            for (column, p) in states.probabilities().column_iter().enumerate() {
                for (state, p) in p.iter().enumerate().filter(|(s, _)| reads.accepted(*s)) {
                    table[column * rows + reads.spelt(state)] += p;
                }
            }
            table
        })
        .collect();
    RealMatrix::from_vec(rows, starts.len(), tables.concat())
}

/// The gates on the qubits of a part, with their places in it.
fn gates_on(circuit: &Circuit, part: &[usize]) -> Vec<(Gate, Vec<usize>)> {
    let place = |operation: crate::circuit::Operation| {
        let qubits = operation.qubits.iter().map(|q| part.binary_search(&q).ok()).collect::<Option<Vec<usize>>>()?;
        Some((operation.gate, qubits))
    };
    circuit.operations().filter_map(|(_, operation)| place(operation)).collect()
}
