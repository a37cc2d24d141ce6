//! Noisy simulation: exactly, by density matrices, for up to [`MAX_EXACT`] qubits; by sampled trajectories above.

mod columns;
mod fidelity;
mod machine;
mod model;
mod pauli_vector;
mod reading;
mod step;
#[cfg(test)]
mod tests;
mod trajectory;

pub use columns::noisy_columns;
pub use machine::MachineNoise;
pub use model::{GateNoise, NoiseError, NoiseModel};
pub use reading::ReadoutError;
pub use step::{Noise, Step};
pub use trajectory::Trajectories;

pub use super::error::MAX_EXACT;

use super::error::{SimulationError, check_table};
use super::parts::{Keep, all, by_parts, kept, side_by_side};
use super::readout::{Readout, Reads, read_qubits};
use super::transition;
use crate::circuit::{Circuit, components};
use crate::linalg::{Matrix, RealMatrix};
use pauli_vector::{LANES, PauliVectors, channels};
use rayon::prelude::*;
use step::Start;

/// `p[n][k]`: the probability that a shot from basis state m = `inputs[k]` is accepted and spells n, readout errors
/// included. Parts that no gate joins are simulated and misread apart, so that however many accept bits there are, no
/// table is larger than what one part's bits or all output bits spell.
///
/// # Errors
/// If the output bits spell too much, a part has more qubits than can be simulated, a bit that is read is never
/// written, or a gate has noise of which nothing is known.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn noisy_probabilities(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
    noise: &dyn Noise,
    trajectories: &Trajectories,
) -> Result<RealMatrix, SimulationError> {
    let noisy = Noisy::new(circuit, noise, trajectories)?;
    by_parts(circuit, readout, inputs, |reads, part, starts| noisy.accepted(reads, part, starts))
}

/// The same with the probabilities of all words, for whoever takes readout errors out again: `q[word][k]`, the low bits
/// of the word being the output bits and its high bits the accept bits, in the readout's order.
///
/// # Errors
/// As [`noisy_probabilities`], and if the words are too many.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn noisy_words(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
    noise: &dyn Noise,
    trajectories: &Trajectories,
) -> Result<RealMatrix, SimulationError> {
    let readout = readout.of_words();
    let noisy = Noisy::new(circuit, noise, trajectories)?;
    let mut words = by_parts(circuit, &readout, inputs, |reads, part, starts| {
        noisy.undisturbed(reads, part, &Start::of_states(starts), &all)
    })?;
    misread(&mut words, circuit, &readout, noise);
    Ok(words)
}

/// What choosing what happens to an amplitude costs, in updates of a number.
const CHOICE: f64 = 2.5;

/// About how many numbers are updated for the table of a circuit from `columns` basis states: for each gate, of every
/// part's states; nothing where no gate is noisy.
pub fn noisy_updates(circuit: &Circuit, columns: usize, noise: &dyn Noise, trajectories: &Trajectories) -> f64 {
    if noise.gates_are_exact() {
        return 0.0;
    }
    let of = |part: Vec<usize>| {
        let gates =
            circuit.operations().filter(|(_, operation)| operation.qubits.iter().any(|q| part.contains(&q))).count();
        let (qubits, starts) = (part.len() as i32, columns.min(1 << part.len().min(31)));
        let states = if part.len() <= MAX_EXACT {
            4f64.powi(qubits)
        } else {
            CHOICE * trajectories.count as f64 * 2f64.powi(qubits)
        };
        gates as f64 * starts as f64 * states
    };
    components(circuit).into_iter().map(of).sum()
}

/// How the bits of a readout's words are misread, by the qubits that write them.
///
/// # Errors
/// A bit that is never written.
pub fn reading_errors(
    circuit: &Circuit,
    readout: &Readout,
    noise: &dyn Noise,
) -> Result<Vec<ReadoutError>, SimulationError> {
    let written = |&bit: &usize| {
        let qubit = circuit.writer_of(bit).ok_or(SimulationError::UnwrittenBit { bit })?;
        Ok(noise.reading(qubit))
    };
    readout.of_words().output.iter().map(written).collect()
}

/// Misreads words, a column each.
fn misread(words: &mut RealMatrix, circuit: &Circuit, readout: &Readout, noise: &dyn Noise) {
    let errors: Vec<ReadoutError> =
        readout.output.iter().filter_map(|bit| Some(noise.reading(circuit.writer_of(*bit)?))).collect();
    for mut column in words.column_iter_mut() {
        errors.iter().enumerate().for_each(|(bit, error)| error.apply(column.as_mut_slice(), bit));
    }
}

/// A circuit with its noise.
struct Noisy<'a> {
    circuit: &'a Circuit,
    noise: &'a dyn Noise,
    steps: Vec<Step>,
    trajectories: &'a Trajectories,
}

impl<'a> Noisy<'a> {
    fn new(
        circuit: &'a Circuit,
        noise: &'a dyn Noise,
        trajectories: &'a Trajectories,
    ) -> Result<Noisy<'a>, SimulationError> {
        let steps = if noise.gates_are_exact() { vec![] } else { noise.steps(circuit)? };
        Ok(Noisy { circuit, noise, steps, trajectories })
    }

    /// What a part contributes to the accepted outcomes: its words are misread, and those that count are kept.
    fn accepted(&self, reads: &Reads, part: &[usize], starts: &[usize]) -> RealMatrix {
        let words = reads.of_words();
        let (low, high) = (reads.accepted_word() << reads.output.len(), 1 << reads.output.len());
        let errors: Vec<ReadoutError> =
            words.output.iter().map(|&(_, place)| self.noise.reading(part[place])).collect();
        let keep = |column: &mut [f64]| {
            errors.iter().enumerate().for_each(|(bit, error)| error.apply(column, bit));
            low..low + high
        };
        self.undisturbed(&words, part, &Start::of_states(starts), &keep)
    }

    /// What a part's bits spell after noisy gates, read without error.
    fn undisturbed(&self, reads: &Reads, part: &[usize], starts: &[Start], keep: Keep<'_>) -> RealMatrix {
        if self.noise.gates_are_exact() {
            let states: Vec<usize> = starts.iter().map(|start| start.state).collect();
            transition::exact(reads, self.circuit, part, &states, keep)
        } else {
            self.disturbed(reads, part, starts, keep)
        }
    }

    /// The same gate by gate, whatever the noise.
    fn disturbed(&self, reads: &Reads, part: &[usize], starts: &[Start], keep: Keep<'_>) -> RealMatrix {
        let steps = Step::all_within(&self.steps, part);
        if part.len() <= MAX_EXACT {
            exact(reads, &steps, part.len(), starts, keep)
        } else {
            trajectory::sampled(reads, &steps, part.len(), starts, self.trajectories, keep)
        }
    }
}

/// The words of [`noisy_words`] for a density matrix on the input qubits, for circuits whose read parts have at most
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
    noise: &dyn Noise,
) -> Result<Vec<f64>, SimulationError> {
    let readout = readout.of_words();
    let part = read_qubits(circuit, &readout)?;
    if part.len() > MAX_EXACT {
        return Err(SimulationError::TooManyNoisyQubits { qubits: part.len() });
    }
    check_table(readout.output.len(), 1)?;
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
    let channels = channels(&Step::all_within(&noise.steps(circuit)?, &part), part.len());
    states.apply(&channels);
    let mut words = vec![0.0; 1 << readout.output.len()];
    states.probabilities().iter().enumerate().for_each(|(state, p)| words[reads.spelt(state)] += p);
    let errors = reading_errors(circuit, &readout, noise)?;
    errors.iter().enumerate().for_each(|(bit, error)| error.apply(&mut words, bit));
    Ok(words)
}

/// What is kept of each column, by density matrices of a part of so many qubits.
fn exact(reads: &Reads, steps: &[Step], qubits: usize, starts: &[Start], keep: Keep<'_>) -> RealMatrix {
    let channels = channels(steps, qubits);
    let rows = 1 << reads.output.len();
    let tables: Vec<Vec<f64>> = starts
        .par_chunks(LANES)
        .map(|chunk| {
            let mut states = PauliVectors::starting(qubits, chunk);
            states.apply(&channels);
            let mut table = vec![0.0; rows * chunk.len()];
            for (column, p) in states.probabilities().column_iter().enumerate() {
                for (state, p) in p.iter().enumerate().filter(|(s, _)| reads.accepted(*s)) {
                    table[column * rows + reads.spelt(state)] += p;
                }
            }
            kept(table, rows, keep)
        })
        .collect();
    side_by_side(&tables, starts.len())
}
