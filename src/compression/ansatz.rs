//! What a block may become.

/// What a block is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ansatz {
    /// Factors of so many columns for each sign.
    Rank(usize),
    /// One variational circuit for both signs, with so many gates of two qubits.
    Circuit(usize),
}
