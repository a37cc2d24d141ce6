//! Programs that differ in how they begin only, such as one block with every basis state prepared: together.

use super::step::{Noise, Start, Step, leading};
use super::{Noisy, Trajectories, misread};
use crate::circuit::{Circuit, components};
use crate::linalg::RealMatrix;
use crate::simulator::error::{MAX_QUBITS, SimulationError, check_table};
use crate::simulator::parts::all;
use crate::simulator::readout::{Readout, Reads, unwritten};

/// `q[word][k]`: the probabilities of all words of circuit k, each from |0...0>; the low bits of a word are the output bits,
/// its high bits the accept bits, in the readout's order. Gates on one qubit before the first that joins it to another may
/// differ from circuit to circuit; those whose rest is the same share its simulation, noise and waits included.
///
/// # Errors
/// As [`noisy_words`](super::noisy_words).
pub fn noisy_columns(
    circuits: &[Circuit],
    readout: &Readout,
    noise: &dyn Noise,
    trajectories: &Trajectories,
) -> Result<RealMatrix, SimulationError> {
    let words = Readout { input: vec![], ..readout.of_words() };
    check_table(words.output.len(), circuits.len())?;
    let mut table = RealMatrix::zeros(1 << words.output.len(), circuits.len());
    let mut groups: Vec<Group> = vec![];
    for (k, circuit) in circuits.iter().enumerate() {
        let (before, rest) = leading(noise.steps(circuit)?);
        let written: Vec<Option<usize>> = words.output.iter().map(|bit| circuit.writer_of(*bit)).collect();
        let same = |group: &&mut Group| group.written == written && group.rest == rest;
        match groups.iter_mut().find(same) {
            Some(group) => group.members.push((k, before)),
            None => groups.push(Group { rest, written, members: vec![(k, before)] }),
        }
    }
    for group in groups {
        let circuit = &circuits[group.members[0].0];
        let mut columns = group.simulate(circuit, &words, noise, trajectories)?;
        misread(&mut columns, circuit, &words, noise);
        for ((k, _), column) in group.members.iter().zip(columns.column_iter()) {
            table.set_column(*k, &column);
        }
    }
    Ok(table)
}

/// Circuits with the same rest.
struct Group {
    rest: Vec<Step>,
    /// The qubit that each bit is read from.
    written: Vec<Option<usize>>,
    /// Which circuits, and what comes before.
    members: Vec<(usize, Vec<Step>)>,
}

impl Group {
    /// Words before they are misread, a column a member.
    fn simulate(
        &self,
        circuit: &Circuit,
        words: &Readout,
        noise: &dyn Noise,
        trajectories: &Trajectories,
    ) -> Result<RealMatrix, SimulationError> {
        if let Some(bit) = unwritten(circuit, words) {
            return Err(SimulationError::UnwrittenBit { bit });
        }
        let noisy = Noisy { circuit, noise, steps: self.rest.clone(), trajectories };
        let mut result = RealMatrix::from_element(1 << words.output.len(), self.members.len(), 1.0);
        for part in components(circuit) {
            let reads = Reads::of_part(circuit, words, &part)?;
            if reads.output.is_empty() {
                continue;
            }
            if part.len() > MAX_QUBITS {
                return Err(SimulationError::TooManyQubits { qubits: part.len() });
            }
            let start = |(k, before): &(usize, Vec<Step>)| Start {
                state: 0,
                before: Step::all_within(before, &part),
                stream: *k as u64,
            };
            let starts: Vec<Start> = self.members.iter().map(start).collect();
            let table = noisy.disturbed(&reads, &part, &starts, &all);
            for n in 0..result.nrows() {
                let spelt = reads.output.iter().enumerate().map(|(k, &(i, _))| (n >> i & 1) << k).sum::<usize>();
                for k in 0..result.ncols() {
                    result[(n, k)] *= table[(spelt, k)];
                }
            }
        }
        Ok(result)
    }
}
