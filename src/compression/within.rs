//! A block to one circuit for both signs, none of whose entries is further off than promised.

use super::ansatz::Ansatz;
use super::fit::{FitError, Metric, check_block};
use super::outcome::{Compressed, promised};
use crate::network::{Block, Variational};
use crate::synthesis::joint::{Entangler, Ground, JointOptions, Unwatched, approximate_joint};
use crate::target::Edges;

/// What a circuit must keep to, and where it is looked for.
pub(super) struct Promise<'a> {
    /// The most that max |W' - W| may be, over max |W|.
    pub most: f64,
    /// Gates of two qubits that it must stay below: those of the block as it is.
    pub below: usize,
    /// gamma over the least that it can be.
    pub slack: f64,
    /// Seed of where searches start.
    pub seed: u64,
    /// Which qubits it joins.
    pub edges: &'a Edges,
}

/// The block by such a circuit; nothing, and untouched, where none is found.
pub(super) fn circuit_within(
    block: &Block,
    promise: &Promise<'_>,
    metric: &Metric,
) -> Result<(Option<Block>, Compressed), FitError> {
    check_block(block)?;
    let dim = block.dim();
    if dim > Variational::MAX_DIM {
        return Err(FitError::TooLarge(dim));
    }
    let order = promise.edges.order(dim.next_power_of_two().trailing_zeros() as usize + 1)?;
    let ground = Ground { joins: Entangler::Cz, order: &order };
    let options = JointOptions::default().with_slack(promise.slack);
    let joint = approximate_joint(block.weight(), &options, (ground, promise.seed), promise.most, &Unwatched).ok();
    let found = joint.filter(|joint| joint.pairs < promise.below).and_then(|joint| {
        let form = Variational::of_circuit(&joint.circuit, dim, joint.gamma)?;
        let (block, outcome) = promised(block, form, metric, Ansatz::Circuit(joint.pairs));
        // Measured on the W that the form says, not on what the search says.
        (outcome.largest_error <= promise.most).then_some((block, outcome))
    });
    Ok(found.map_or((None, Compressed::untouched()), |(block, outcome)| (Some(block), outcome)))
}
