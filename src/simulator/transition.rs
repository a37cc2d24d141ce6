//! Transition probabilities: what a program with basis inputs and accept bits computes (docs/method.md, section 10).

use super::error::SimulationError;
use super::fusion::fuse_circuit;
use super::parts::{Keep, all, by_parts, columns_at_once, kept, side_by_side};
use super::readout::{Readout, Reads};
use super::state::States;
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use rayon::prelude::*;

/// `p[n][k]`, n < 2^(output bits): the probability that a shot from basis state m = `inputs[k]` is accepted and spells
/// n. Parts of the circuit that no gate joins are simulated apart and multiplied.
///
/// # Errors
/// If the output bits spell too much, a part has more than [`MAX_QUBITS`](super::MAX_QUBITS) qubits or a bit that is read is never written.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub fn transition_probabilities(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
) -> Result<RealMatrix, SimulationError> {
    by_parts(circuit, readout, inputs, |reads, part, starts| exact(reads, circuit, part, starts, &all))
}

/// What `keep` keeps of each column. Row: what the part's output bits spell; column: one of the basis states `starts`.
pub(super) fn exact(reads: &Reads, circuit: &Circuit, part: &[usize], starts: &[usize], keep: Keep<'_>) -> RealMatrix {
    let blocks = fuse_circuit(circuit, part);
    let rows = 1 << reads.output.len();
    let tables: Vec<Vec<f64>> = starts
        .par_chunks(columns_at_once(part.len(), starts.len()))
        .map(|chunk| {
            let mut states = States::basis(part.len(), chunk);
            blocks.iter().for_each(|block| states.apply(block));
            let mut table = vec![0.0; rows * chunk.len()];
            for state in (0..1 << part.len()).filter(|&s| reads.accepted(s)) {
                let row = reads.spelt(state);
                for (column, amplitude) in states.row(state).iter().enumerate() {
                    table[column * rows + row] += amplitude.norm_sqr();
                }
            }
            kept(table, rows, keep)
        })
        .collect();
    side_by_side(&tables, starts.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Gate, components};
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
