//! Noise by sampling: state vectors on which a random Kraus operator acts after every gate.
//!
//! The mean over trajectories is what the channels give exactly; a trajectory costs what a state vector costs.

use super::step::{Start, Step};
use crate::linalg::{Complex, RealMatrix};
use crate::random::{Rng, stream};
use crate::simulator::block::Block;
use crate::simulator::parts::{Keep, columns_at_once, kept, side_by_side};
use crate::simulator::readout::Reads;
use crate::simulator::state::States;
use crate::target::Damping;
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

/// What `keep` keeps of each column. Row: what the part's output bits spell; column: one of the starts.
pub(super) fn sampled(
    reads: &Reads,
    steps: &[Step],
    qubits: usize,
    starts: &[Start],
    trajectories: &Trajectories,
    keep: Keep<'_>,
) -> RealMatrix {
    let block = |step: &Step| Block { qubits: step.qubits.clone(), matrix: step.gate.matrix() };
    let blocks: Vec<Block> = steps.iter().map(block).collect();
    let rows = 1 << reads.output.len();
    let tables: Vec<Vec<f64>> = starts
        .par_chunks(columns_at_once(qubits, starts.len()))
        .map(|chunk| {
            let mut streams: Vec<Rng> = chunk.iter().map(|s| stream(trajectories.seed, s.stream)).collect();
            let first: Vec<usize> = chunk.iter().map(|start| start.state).collect();
            let mut table = vec![0.0; rows * chunk.len()];
            for _ in 0..trajectories.count {
                let mut states = States::basis(qubits, &first);
                for (column, (start, rng)) in chunk.iter().zip(&mut streams).enumerate() {
                    for step in &start.before {
                        let m = step.gate.one_qubit_matrix().expect("what comes before is on one qubit each");
                        states.apply_to_column(column, step.qubits[0], &m);
                        disturb(&mut states, column, step, rng);
                    }
                }
                for (step, block) in steps.iter().zip(&blocks) {
                    states.apply(block);
                    streams.iter_mut().enumerate().for_each(|(column, rng)| disturb(&mut states, column, step, rng));
                }
                for state in (0..1 << qubits).filter(|&s| reads.accepted(s)) {
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

/// One random Kraus operator of each channel on a column.
fn disturb(states: &mut States, column: usize, step: &Step, rng: &mut Rng) {
    let real = |m: [[f64; 2]; 2]| m.map(|row| row.map(Complex::from));
    if step.depolarising > 0.0 && rng.random::<f64>() < step.depolarising {
        // A Pauli string drawn from all 4^k is the maximally mixed state.
        for &qubit in &step.qubits {
            let i = Complex::I;
            match rng.random_range(0..4u8) {
                1 => states.apply_to_column(column, qubit, &real([[0.0, 1.0], [1.0, 0.0]])),
                2 => states.apply_to_column(column, qubit, &[[Complex::ZERO, -i], [i, Complex::ZERO]]),
                3 => states.apply_to_column(column, qubit, &real([[1.0, 0.0], [0.0, -1.0]])),
                _ => {}
            }
        }
    }
    for (&qubit, damping) in step.qubits.iter().zip(&step.damping) {
        let Damping { relaxation, dephasing } = *damping;
        if relaxation > 0.0 {
            let jump = relaxation * states.population(column, qubit);
            if rng.random::<f64>() < jump {
                let kept = (relaxation / jump).sqrt();
                states.apply_to_column(column, qubit, &real([[0.0, kept], [0.0, 0.0]]));
            } else if jump > 0.0 {
                let norm = (1.0 - jump).sqrt();
                let one = (1.0 - relaxation).sqrt() / norm;
                states.apply_to_column(column, qubit, &real([[1.0 / norm, 0.0], [0.0, one]]));
            }
        }
        // Phase damping is a Z with probability (1 - √(1-λ))/2.
        if dephasing > 0.0 && rng.random::<f64>() < (1.0 - (1.0 - dephasing).sqrt()) / 2.0 {
            states.apply_to_column(column, qubit, &real([[1.0, 0.0], [0.0, -1.0]]));
        }
    }
}
