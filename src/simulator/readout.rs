//! Which qubits and bits of a circuit a readout involves.

use super::error::SimulationError;
use crate::circuit::{Circuit, components};

/// Which qubits take the input and which bits give the result of one sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readout {
    /// Qubits that hold the basis state m, least significant first; all others start in |0>.
    pub input: Vec<usize>,
    /// Bits that spell n, least significant first.
    pub output: Vec<usize>,
    /// Bits that must read a given value for the shot to count.
    pub accept: Vec<(usize, bool)>,
}

impl Readout {
    /// The readout of whole words: the accept bits, too, are spelt, above the output bits.
    pub(super) fn of_words(&self) -> Readout {
        let output = self.output.iter().copied().chain(self.accept.iter().map(|(bit, _)| *bit)).collect();
        Readout { input: self.input.clone(), output, accept: vec![] }
    }

    /// The word's high bits that a shot needs to count, as [`noise::noisy_words`](super::noise::noisy_words) has them.
    pub fn accepted_word(&self) -> usize {
        self.accept.iter().enumerate().map(|(i, &(_, value))| usize::from(value) << i).sum()
    }
}

/// The mean of `(-1)^(sum of the bits of the mask)` over words with these probabilities.
pub fn mean_parity(words: &[f64], mask: usize) -> f64 {
    let sign = |word: usize| if (word & mask).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
    words.iter().enumerate().map(|(word, p)| sign(word) * p).sum()
}

/// A bit that is read though no measurement writes it.
pub(super) fn unwritten(circuit: &Circuit, readout: &Readout) -> Option<usize> {
    let read = readout.output.iter().chain(readout.accept.iter().map(|(bit, _)| bit));
    read.copied().find(|b| circuit.writer_of(*b).is_none())
}

/// The qubits of all parts that a readout involves, sorted.
pub(super) fn read_qubits(circuit: &Circuit, readout: &Readout) -> Result<Vec<usize>, SimulationError> {
    if let Some(bit) = unwritten(circuit, readout) {
        return Err(SimulationError::UnwrittenBit { bit });
    }
    let bits = readout.output.iter().chain(readout.accept.iter().map(|(bit, _)| bit));
    let wanted: Vec<usize> = bits.filter_map(|b| circuit.writer_of(*b)).chain(readout.input.iter().copied()).collect();
    let mut qubits: Vec<usize> =
        components(circuit).into_iter().filter(|part| part.iter().any(|q| wanted.contains(q))).flatten().collect();
    qubits.sort_unstable();
    Ok(qubits)
}

/// What one part of a circuit contributes to a readout; places are positions in the part.
pub(super) struct Reads {
    /// (bit of m, place of the qubit that holds it)
    pub(super) input: Vec<(usize, usize)>,
    /// (bit of n, place of the qubit that spells it)
    pub(super) output: Vec<(usize, usize)>,
    /// (place, value wanted)
    pub(super) accept: Vec<(usize, bool)>,
}

impl Reads {
    pub(super) fn of_part(circuit: &Circuit, readout: &Readout, part: &[usize]) -> Result<Reads, SimulationError> {
        let place = |qubit: usize| part.binary_search(&qubit).ok();
        let written = |bit: usize| circuit.writer_of(bit).ok_or(SimulationError::UnwrittenBit { bit });
        let mut reads = Reads { input: vec![], output: vec![], accept: vec![] };
        for (i, &qubit) in readout.input.iter().enumerate() {
            reads.input.extend(place(qubit).map(|p| (i, p)));
        }
        for (i, &bit) in readout.output.iter().enumerate() {
            reads.output.extend(place(written(bit)?).map(|p| (i, p)));
        }
        for &(bit, value) in &readout.accept {
            reads.accept.extend(place(written(bit)?).map(|p| (p, value)));
        }
        Ok(reads)
    }

    /// The same for the part's whole words: the accept bits, too, are spelt, above the output bits.
    pub(super) fn of_words(&self) -> Reads {
        let places = self.output.iter().map(|&(_, place)| place).chain(self.accept.iter().map(|&(place, _)| place));
        Reads { input: self.input.clone(), output: places.enumerate().collect(), accept: vec![] }
    }

    /// The high bits of such a word that a shot needs to count.
    pub(super) fn accepted_word(&self) -> usize {
        self.accept.iter().enumerate().map(|(i, &(_, value))| usize::from(value) << i).sum()
    }

    /// What the part's output bits spell in a basis state.
    pub(super) fn spelt(&self, state: usize) -> usize {
        self.output.iter().enumerate().map(|(k, &(_, place))| (state >> place & 1) << k).sum()
    }

    /// Whether a shot that ends in this basis state counts.
    pub(super) fn accepted(&self, state: usize) -> bool {
        self.accept.iter().all(|&(place, value)| (state >> place & 1 == 1) == value)
    }
}
