//! Whether the circuits carry the answer or the refit does: the same refit of something else than what was measured.

use super::ladder::{Ground, Ladder, Step};
use super::refit::refitted;
use crate::linalg::RealMatrix;
use crate::random::stream;
use crate::run::Disagreement;
use rand::seq::SliceRandom;

/// A control.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Control {
    /// What stood in place of W_rec before the refit.
    pub instead: &'static str,
    /// Labels that are not the network's own behind it.
    pub changed: Disagreement,
}

/// Refits biases and head to W_rec with its columns shuffled, and to no W at all. Where few labels change, the refit is enough by itself and a
/// job says nothing of the machine.
pub fn controls(ground: &Ground<'_>, ladder: &Ladder, seed: u64) -> Vec<Control> {
    let scaled = ladder.rungs.iter().find(|rung| rung.step == Step::Scaled).expect("a step that is always taken");
    let shuffle = |(k, weight): (usize, &RealMatrix)| {
        let mut order: Vec<usize> = (0..weight.ncols()).collect();
        order.shuffle(&mut stream(seed, k as u64));
        weight.select_columns(&order)
    };
    let weights: Vec<&RealMatrix> = scaled.network.blocks.iter().map(|block| block.weight()).collect();
    let shuffled: Vec<RealMatrix> = weights.iter().copied().enumerate().map(shuffle).collect();
    let nothing: Vec<RealMatrix> = weights.iter().map(|w| RealMatrix::zeros(w.nrows(), w.ncols())).collect();
    let control = |instead, maps: &[RealMatrix]| {
        let maps: Vec<&RealMatrix> = maps.iter().collect();
        let network = refitted(ground.network(), ground.network(), &maps, ground.training(), seed);
        Control { instead, changed: ground.changed(&ground.labels(&network)) }
    };
    vec![control("W_rec, its columns shuffled", &shuffled), control("no W", &nothing)]
}
