//! What a block became, and what it is off by.

use super::ansatz::Ansatz;
use super::fit::{Fit, Metric, Replaced, elsewhere, replaced, second_moments};
use crate::network::{Block, Form};

/// A compressed block.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compressed {
    /// What it became; `null` where the block stayed as it is.
    pub ansatz: Option<Ansatz>,
    /// Root of the squared error over that of W itself, where errors count.
    pub relative_error: f64,
    /// max |W' - W| / max |W|
    pub largest_error: f64,
}

impl Compressed {
    pub(super) fn untouched() -> Compressed {
        Compressed { ansatz: None, relative_error: 0.0, largest_error: 0.0 }
    }

    pub(super) fn of(fit: &Fit, ansatz: Ansatz) -> Compressed {
        Compressed { ansatz: Some(ansatz), relative_error: fit.relative_error, largest_error: fit.largest_error }
    }
}

/// A block in a form of whose entries something is promised, told of where errors count; its bias makes good what it can there.
pub(super) fn promised(block: &Block, form: impl Into<Form>, metric: &Metric, ansatz: Ansatz) -> (Block, Compressed) {
    let moments = second_moments(metric, block.dim(), elsewhere(ansatz));
    let Replaced { block, relative_error, largest_error } = replaced(block, form, &moments);
    (block, Compressed { ansatz: Some(ansatz), relative_error, largest_error })
}
