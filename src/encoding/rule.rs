//! How contractions are chosen, and which matrices have none.

use super::phases::Phases;
use crate::network::Block;

/// How the normalisations of the two signs are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GammaRule {
    /// Each sign the smallest gamma its own contraction allows: fewer shots.
    #[default]
    Own,
    /// One gamma for both, the larger: the paper's λc.
    Shared,
}

/// How contractions are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncodingRule {
    /// One gamma a sign, or one for both.
    pub gamma: GammaRule,
    /// Which phases the entries may have.
    pub phases: Phases,
    /// Seed of the search for phases.
    pub seed: u64,
}

impl From<GammaRule> for EncodingRule {
    /// Without phases, as in the paper.
    fn from(gamma: GammaRule) -> Self {
        EncodingRule { gamma, ..EncodingRule::default() }
    }
}

impl EncodingRule {
    /// Whether the amplitudes of a block have phases, so that they compute its W on diagonal states only. Those of unitaries are
    /// the map that the block is meant to be, of any state.
    pub fn is_for_diagonal_states(&self, block: &Block) -> bool {
        let form = block.form();
        if form.is_free() { self.phases.name().is_some() } else { !form.is_unitary() }
    }
}

/// The largest number of rows or columns that is encoded: 12 qubits, 256 MiB a complex matrix.
pub const MAX_DIM: usize = 4096;

/// A matrix that cannot be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodingError {
    /// An entry is NaN or infinite.
    #[error("weight[{row}][{column}] is {value}: expected a finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// gamma exceeds the range of f64.
    #[error(
        "the entries are too large: gamma, the squared spectral norm of sqrt(W), exceeds the range of 64-bit floats"
    )]
    Overflow,
    /// More rows or columns than [`MAX_DIM`].
    #[error("the weight is {rows} x {columns}: at most {MAX_DIM} rows and columns can be compiled")]
    TooLarge {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
    /// No rows or no columns.
    #[error("the matrix is {rows} x {columns}: expected at least one row and one column")]
    Empty {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
}
