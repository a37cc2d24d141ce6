//! Circuits below the counting bound, none of whose entries is further off than is allowed.

use super::schedule::{Size, schedule};
use super::search::{Aim, Ground, Joint, JointOptions, NoJoint, Search};
use super::watch::Watch;
use crate::linalg::RealMatrix;

/// The steps from nothing to the sizes of exact circuits.
const STEPS: usize = 16;

/// A circuit that computes W with no entry further off than `most` times the largest, of few gates: so many sixteenths of those of an exact
/// one, by halving, and where none of them does, as many as that. More gates always could do better, but searches need not, so
/// that fewer than these may do. What is kept of a search is of one size, so that the watch should keep nothing.
///
/// # Errors
/// Where none was found, why.
///
/// # Panics
/// As [`synthesise_joint`](super::synthesise_joint).
pub fn approximate_joint(
    w: &RealMatrix,
    options: &JointOptions,
    (ground, seed): (Ground<'_>, u64),
    most: f64,
    watch: &dyn Watch,
) -> Result<Joint, NoJoint> {
    let search = Search::new(w, options, (ground, seed), Aim::within(most), watch)?;
    let exact = schedule(w.nrows(), ground.joins);
    let sizes = smaller(exact[0]);
    let (mut low, mut high, mut best) = (0, sizes.len(), None);
    while low < high {
        let middle = usize::midpoint(low, high);
        match search.through(&sizes[middle..=middle]) {
            Ok(found) => (high, best) = (middle, Some(found)),
            Err(NoJoint::Failed) => low = middle + 1,
            Err(none) => return Err(none),
        }
    }
    best.map_or_else(|| search.through(&exact), Ok)
}

/// Sizes below that of an exact circuit, the smallest first.
fn smaller(exact: Size) -> Vec<Size> {
    let mut pairs: Vec<usize> = (0..STEPS).map(|k| k * exact.pairs / STEPS).collect();
    pairs.dedup();
    pairs.into_iter().map(|pairs| Size { pairs, ..exact }).collect()
}
