//! Transition probabilities: what a program with basis inputs and accept bits computes (docs/method.md, section 10).

use super::fusion::fuse_circuit;
use super::state::States;
use crate::circuit::{Circuit, components};
use crate::linalg::RealMatrix;
use rayon::prelude::*;

/// The most qubits that gates may join into one part: 16 bytes · 2^24 is 256 MiB a state.
pub const MAX_QUBITS: usize = 24;

/// Amplitudes held at once by one thread: 2^22 of 16 bytes are 64 MiB.
const AMPLITUDES_AT_ONCE: usize = 1 << 22;

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

/// A program that cannot be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// Too many qubits are joined by gates.
    #[error("{qubits} qubits are joined by gates: at most {MAX_QUBITS} can be simulated")]
    TooManyQubits {
        /// How many.
        qubits: usize,
    },
    /// Too many qubits for density matrices with noise.
    #[error("{qubits} qubits are read together: at most {limit} can be simulated with noise and a general state", limit = super::noise::MAX_EXACT)]
    TooManyNoisyQubits {
        /// How many.
        qubits: usize,
    },
    /// A bit that no measurement writes.
    #[error("bit {bit} is read but never written")]
    UnwrittenBit {
        /// The bit.
        bit: usize,
    },
}

/// `p[n][k]`, n < 2^(output bits): the probability that a shot from basis state m = `inputs[k]` is accepted and spells
/// n. Parts of the circuit that no gate joins are simulated apart and multiplied.
///
/// # Errors
/// If a part has more than [`MAX_QUBITS`] qubits or a bit that is read is never written.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn transition_probabilities(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
) -> Result<RealMatrix, SimulationError> {
    by_parts(circuit, readout, inputs, |reads, part, starts| reads.probabilities(circuit, part, starts))
}

/// The same with the table of each part from elsewhere: `table(reads, part, starts)` has a row for everything the part's
/// output bits spell and a column for each of its basis states `starts`.
pub(super) fn by_parts(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
    table: impl Fn(&Reads, &[usize], &[usize]) -> RealMatrix,
) -> Result<RealMatrix, SimulationError> {
    assert!(inputs.iter().all(|m| m >> readout.input.len() == 0), "an input is more than its qubits can hold");
    let mut result = RealMatrix::from_element(1 << readout.output.len(), inputs.len(), 1.0);
    for part in components(circuit) {
        let reads = Reads::of_part(circuit, readout, &part)?;
        if reads.output.is_empty() && reads.accept.is_empty() {
            continue;
        }
        if part.len() > MAX_QUBITS {
            return Err(SimulationError::TooManyQubits { qubits: part.len() });
        }
        // Inputs that differ only in other parts' qubits share a column here.
        let local = |m: usize| reads.input.iter().map(|&(i, place)| (m >> i & 1) << place).sum::<usize>();
        let mut starts: Vec<usize> = inputs.iter().map(|m| local(*m)).collect();
        starts.sort_unstable();
        starts.dedup();
        let table = table(&reads, &part, &starts);
        for (k, m) in inputs.iter().enumerate() {
            let column = starts.binary_search(&local(*m)).expect("every input was listed");
            for n in 0..result.nrows() {
                let spelt = reads.output.iter().enumerate().map(|(k, &(i, _))| (n >> i & 1) << k).sum::<usize>();
                result[(n, k)] *= table[(spelt, column)];
            }
        }
    }
    match unwritten(circuit, readout) {
        Some(bit) => Err(SimulationError::UnwrittenBit { bit }),
        None => Ok(result),
    }
}

/// A bit that is read though no measurement writes it.
pub(super) fn unwritten(circuit: &Circuit, readout: &Readout) -> Option<usize> {
    let read = readout.output.iter().chain(readout.accept.iter().map(|(bit, _)| bit));
    read.copied().find(|b| circuit.writer_of(*b).is_none())
}

/// Columns that one thread takes at a time, of `count` states on `qubits` qubits.
pub(super) fn columns_at_once(qubits: usize, count: usize) -> usize {
    (AMPLITUDES_AT_ONCE >> qubits).clamp(1, count.div_ceil(2).max(32))
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

    /// What the part's output bits spell in a basis state.
    pub(super) fn spelt(&self, state: usize) -> usize {
        self.output.iter().enumerate().map(|(k, &(_, place))| (state >> place & 1) << k).sum()
    }

    /// Whether a shot that ends in this basis state counts.
    pub(super) fn accepted(&self, state: usize) -> bool {
        self.accept.iter().all(|&(place, value)| (state >> place & 1 == 1) == value)
    }

    /// Row: what the part's output bits spell; column: one of the basis states `starts`.
    fn probabilities(&self, circuit: &Circuit, part: &[usize], starts: &[usize]) -> RealMatrix {
        let blocks = fuse_circuit(circuit, part);
        let rows = 1 << self.output.len();
        let tables: Vec<Vec<f64>> = starts
            .par_chunks(columns_at_once(part.len(), starts.len()))
            .map(|chunk| {
                let mut states = States::basis(part.len(), chunk);
                blocks.iter().for_each(|block| states.apply(block));
                let mut table = vec![0.0; rows * chunk.len()];
                for state in (0..1 << part.len()).filter(|&s| self.accepted(s)) {
                    let row = self.spelt(state);
                    for (column, amplitude) in states.row(state).iter().enumerate() {
                        table[column * rows + row] += amplitude.norm_sqr();
                    }
                }
                table
            })
            .collect();
        RealMatrix::from_vec(rows, starts.len(), tables.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::simulator::unitary_of;

    /// Two parts that share nothing: qubits {0, 2} and {1, 3}, plus a lone qubit 4.
    fn sample() -> Circuit {
        let mut c = Circuit::with_bits(5, 5);
        c.push(Gate::Ry(0.7), &[0]);
        c.push(Gate::Cx, &[0, 2]);
        c.push(Gate::H, &[1]);
        c.push(Gate::Ch, &[1, 3]);
        c.push(Gate::Rx(1.1), &[3]);
        c.push(Gate::Ry(0.4), &[4]);
        c.push(Gate::Ry(-1.3), &[2]);
        (0..5).for_each(|i| c.measure(i, 4 - i).unwrap());
        c
    }

    #[test]
    fn parts_apart_give_what_the_whole_gives() {
        let c = sample();
        assert_eq!(components(&c), [vec![0, 2], vec![1, 3], vec![4]]);
        let readout = Readout { input: vec![3, 0, 1], output: vec![2, 4, 0], accept: vec![(1, true)] };
        let inputs = [5, 0, 6, 1, 3, 4, 2];
        let got = transition_probabilities(&c, &readout, &inputs).unwrap();
        let u = unitary_of(&c);
        for (k, m) in inputs.into_iter().enumerate() {
            let start = (m & 1) << 3 | (m >> 1 & 1) | (m >> 2 & 1) << 1;
            let mut wanted = [0.0; 8];
            for state in 0..32usize {
                let bit = |b: usize| state >> (4 - b) & 1;
                if bit(1) == 1 {
                    wanted[bit(2) | bit(4) << 1 | bit(0) << 2] += u[(state, start)].norm_sqr();
                }
            }
            for n in 0..8 {
                assert!((got[(n, k)] - wanted[n]).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn what_cannot_be_simulated_is_refused() {
        let mut c = Circuit::with_bits(30, 30);
        (1..30).for_each(|q| _ = c.push(Gate::Cx, &[0, q]));
        let readout = Readout { input: vec![0], output: vec![3], accept: vec![] };
        assert_eq!(transition_probabilities(&c, &readout, &[0, 1]), Err(SimulationError::UnwrittenBit { bit: 3 }));
        (0..30).for_each(|q| c.measure(q, q).unwrap());
        assert_eq!(transition_probabilities(&c, &readout, &[0, 1]), Err(SimulationError::TooManyQubits { qubits: 30 }));
    }
}
