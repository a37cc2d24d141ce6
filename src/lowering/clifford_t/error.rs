//! What keeps a circuit from being approximated.

use crate::lowering::translate::TranslateError;

/// A circuit that has no such approximation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CliffordTError {
    /// The library of the grid search is missing.
    #[error("this hqrn was built without Clifford+T synthesis: build it with --features clifford-t")]
    NotBuilt,
    /// More than double precision can tell.
    #[error(
        "an error of {error:e} leaves {share:.1e} for each of {rotations} rotations, less than 1e-12: allow a larger error"
    )]
    TooFine {
        /// What was asked for.
        error: f64,
        /// What it leaves for a rotation.
        share: f64,
        /// How many there are.
        rotations: usize,
    },
    /// The search returned something else; a defect of it.
    #[error("the rotation by {angle} is approximated to {found:e} only, expected {error:e}")]
    NotFound {
        /// The angle.
        angle: f64,
        /// How far what was found is from it.
        found: f64,
        /// How far it may be.
        error: f64,
    },
    /// Gates that there is no rule for.
    #[error(transparent)]
    Translate(#[from] TranslateError),
}
