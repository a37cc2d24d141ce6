//! One step: the loss over new mixtures with new noise, and its derivatives by everything that moves.

use super::noise::{ColumnNoise, OutcomeSlopes};
use crate::compression::states::Mixing;
use crate::linalg::RealMatrix;
use crate::network::{Network, Slots, Variational};
use crate::random::stream;
use crate::training::{MapGradient, Targets, map_gradient};
use rayon::prelude::*;

/// Draws of W in a step, and samples for each.
const DRAWS: u64 = 4;
const BATCH: usize = 128;

/// What all steps of a stage have in common.
pub(super) struct Step<'a> {
    pub mixing: &'a Mixing<'a>,
    /// By block and column.
    pub shots: &'a [Vec<f64>],
    pub survival: f64,
}

impl Step<'_> {
    /// Gives the network these values but for its W, and returns the mean loss and its derivatives; `number` says which
    /// samples and which noise.
    pub fn evaluate(&self, network: &mut Network, values: &[f64], seed: u64, number: u64) -> (f64, Vec<f64>) {
        let slots = Slots::of(network);
        let mut circuits: Vec<Variational> = vec![];
        for (block, slot) in network.blocks.iter_mut().zip(&slots.blocks) {
            let mut circuit = block.form().variational().expect("columns are those of circuits").clone();
            circuit.move_to(&values[slot.map.clone()]);
            circuits.push(circuit);
            block.bias_mut().copy_from_slice(&values[slot.bias.clone()]);
        }
        if let (Some(head), Some(slot)) = (&mut network.head, &slots.head) {
            head.weight.as_mut_slice().copy_from_slice(&values[slot.map.clone()]);
            head.bias.copy_from_slice(&values[slot.bias.clone()]);
        }
        let network = &*network;
        let (runs, noises): (Vec<_>, Vec<ColumnNoise>) = circuits
            .par_iter()
            .zip(self.shots)
            .map(|(circuit, shots)| {
                let run = circuit.run_in::<f32>();
                let noise = ColumnNoise::new(&run, shots, self.survival);
                (run, noise)
            })
            .unzip();
        let draws: Vec<(Vec<RealMatrix>, MapGradient)> = (0..DRAWS)
            .into_par_iter()
            .map(|draw| {
                let mut rng = stream(seed, number * DRAWS + draw);
                let (states, shares) = self.mixing.batch(BATCH, &mut rng);
                let drawn: Vec<RealMatrix> = noises.iter().map(|noise| noise.draw(&mut rng)).collect();
                let maps: Vec<RealMatrix> = noises.iter().zip(&drawn).map(|(noise, drawn)| noise.map(drawn)).collect();
                let maps: Vec<&RealMatrix> = maps.iter().collect();
                let gradient = map_gradient(network, &maps, &states, Targets::Shares(&shares), None);
                (drawn, gradient)
            })
            .collect();
        let count = (DRAWS as usize * BATCH) as f64;
        let parts: Vec<(OutcomeSlopes, Vec<f64>)> = runs
            .into_par_iter()
            .zip(&noises)
            .enumerate()
            .map(|(k, (run, noise))| {
                let mut slopes = noise.no_slopes();
                for (drawn, gradient) in &draws {
                    noise.add_slopes(&(&gradient.blocks[k].map / count), &drawn[k], &self.shots[k], &mut slopes);
                }
                let [plus, minus] = slopes.of_signs();
                let by_angles = run.slopes_of_signs(&plus, &minus);
                (slopes, by_angles)
            })
            .collect();
        let mut slopes = vec![0.0; slots.count()];
        let add = |into: &mut [f64], from: &[f64]| into.iter_mut().zip(from).for_each(|(a, b)| *a += b / count);
        for (k, ((by, by_angles), slot)) in parts.iter().zip(&slots.blocks).enumerate() {
            slopes[slot.map.start] = by.gamma;
            slopes[slot.map.start + 1..slot.map.end].copy_from_slice(by_angles);
            draws.iter().for_each(|(_, gradient)| add(&mut slopes[slot.bias.clone()], &gradient.blocks[k].bias));
        }
        if let Some(slot) = &slots.head {
            for (_, gradient) in &draws {
                add(&mut slopes[slot.map.clone()], gradient.head.map.as_slice());
                add(&mut slopes[slot.bias.clone()], &gradient.head.bias);
            }
        }
        (draws.iter().map(|(_, gradient)| gradient.loss).sum::<f64>() / count, slopes)
    }
}
