//! One network, one setting: what most runs are.

use super::sweep::{Checkpoint, RunError, Source, Sweep, Variant};
use super::{Shots, Tally};
use crate::data::Samples;
use crate::encoding::EncodingRule;
use crate::network::Network;

/// Runs samples through all blocks as ideal circuits would, with so many shots a sign and block, beside the classical network.
/// The same seed gives the same counts on any number of threads.
///
/// # Errors
/// If a block cannot be encoded.
///
/// # Panics
/// If there are no samples, or one has not as many entries as the network takes.
pub fn run(network: &Network, samples: &Samples, shots: Shots, seed: u64) -> Result<Tally, RunError> {
    let checkpoint = Checkpoint { name: network.name.clone(), epoch: None, network: network.clone() };
    let variant = Variant { checkpoint: &checkpoint, alpha: None, noise: None };
    let (source, shots) = (Source::Weights(EncodingRule::default()), [shots]);
    let mut tally = Tally::default();
    Sweep::new(samples, &source, &shots, seed).run(&variant, &[0], |_| (), |point| tally = point.tally)?;
    Ok(tally)
}
