//! Noise by sampling: state vectors on which a random Kraus operator acts after every gate.
//!
//! The mean over trajectories is what the channels give exactly; a trajectory costs what a state vector costs.

use super::model::{GateNoise, NoiseModel};
use crate::circuit::Circuit;
use crate::linalg::{Complex, RealMatrix};
use crate::random::{Rng, stream};
use crate::simulator::block::Block;
use crate::simulator::parts::{Keep, columns_at_once, kept, side_by_side};
use crate::simulator::readout::Reads;
use crate::simulator::state::States;
use rand::RngExt;
use rayon::prelude::*;

/// How to sample trajectories where a circuit is too wide for density matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trajectories {
    /// How many a basis state; the error falls like 1/√count.
    pub count: usize,
    /// Seed of the choices.
    pub seed: u64,
}

/// What `keep` keeps of each column. Row: what the part's output bits spell; column: one of the basis states `starts`.
pub(super) fn sampled(
    reads: &Reads,
    circuit: &Circuit,
    part: &[usize],
    starts: &[usize],
    noise: &NoiseModel,
    trajectories: &Trajectories,
    keep: Keep<'_>,
) -> RealMatrix {
    let gates = gates_on(circuit, part);
    let rows = 1 << reads.output.len();
    let tables: Vec<Vec<f64>> = starts
        .par_chunks(columns_at_once(part.len(), starts.len()))
        .map(|chunk| {
            let mut streams: Vec<Rng> = chunk.iter().map(|s| stream(trajectories.seed, *s as u64)).collect();
            let mut table = vec![0.0; rows * chunk.len()];
            for _ in 0..trajectories.count {
                let mut states = States::basis(part.len(), chunk);
                for gate in &gates {
                    states.apply(gate);
                    disturb(&mut states, &gate.qubits, noise.after(gate.qubits.len()), &mut streams);
                }
                for state in (0..1 << part.len()).filter(|&s| reads.accepted(s)) {
                    let row = reads.spelt(state);
                    for (column, amplitude) in states.row(state).iter().enumerate() {
                        table[column * rows + row] += amplitude.norm_sqr() / trajectories.count as f64;
                    }
                }
            }
            kept(table, rows, keep)
        })
        .collect();
    side_by_side(&tables, starts.len())
}

/// The gates on the qubits of a part, one by one, on qubits counted in the part.
fn gates_on(circuit: &Circuit, part: &[usize]) -> Vec<Block> {
    let block = |operation: crate::circuit::Operation| {
        let qubits = operation.qubits.iter().map(|q| part.binary_search(&q).ok()).collect::<Option<Vec<usize>>>()?;
        Some(Block { qubits, matrix: operation.gate.matrix() })
    };
    circuit.operations().filter_map(|(_, operation)| block(operation)).collect()
}

/// One random Kraus operator of each channel on every column.
fn disturb(states: &mut States, qubits: &[usize], noise: &GateNoise, streams: &mut [Rng]) {
    let real = |m: [[f64; 2]; 2]| m.map(|row| row.map(Complex::from));
    for (column, rng) in streams.iter_mut().enumerate() {
        if noise.depolarising > 0.0 && rng.random::<f64>() < noise.depolarising {
            // A Pauli string drawn from all 4^k is the maximally mixed state.
            for &qubit in qubits {
                let i = Complex::I;
                match rng.random_range(0..4u8) {
                    1 => states.apply_to_column(column, qubit, &real([[0.0, 1.0], [1.0, 0.0]])),
                    2 => states.apply_to_column(column, qubit, &[[Complex::ZERO, -i], [i, Complex::ZERO]]),
                    3 => states.apply_to_column(column, qubit, &real([[1.0, 0.0], [0.0, -1.0]])),
                    _ => {}
                }
            }
        }
        for &qubit in qubits {
            if noise.amplitude_damping > 0.0 {
                let jump = noise.amplitude_damping * states.population(column, qubit);
                if rng.random::<f64>() < jump {
                    let kept = (noise.amplitude_damping / jump).sqrt();
                    states.apply_to_column(column, qubit, &real([[0.0, kept], [0.0, 0.0]]));
                } else if jump > 0.0 {
                    let norm = (1.0 - jump).sqrt();
                    let one = (1.0 - noise.amplitude_damping).sqrt() / norm;
                    states.apply_to_column(column, qubit, &real([[1.0 / norm, 0.0], [0.0, one]]));
                }
            }
            // Phase damping is a Z with probability (1 - √(1-λ))/2.
            if noise.phase_damping > 0.0 && rng.random::<f64>() < (1.0 - (1.0 - noise.phase_damping).sqrt()) / 2.0 {
                states.apply_to_column(column, qubit, &real([[1.0, 0.0], [0.0, -1.0]]));
            }
        }
    }
}
