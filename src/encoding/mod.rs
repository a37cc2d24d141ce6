//! From a weight matrix to unitaries: `W → W_P, W_N → contractions M± → Halmos dilations` (docs/method.md, sections 3
//! and 4).
//!
//! Matrices come out; what gates they take is the business of [`synthesis`](crate::synthesis).

mod contraction;
mod dilation;
mod phases;
mod split;

pub use contraction::{
    BlockEncoder, Contraction, EncodingError, EncodingRule, GammaRule, MAX_DIM, block_contractions, contractions,
};
pub use dilation::Dilation;
pub use phases::{Moduli, PhaseSearch, Phased, Phases, gamma_bound, joint_gamma_bound, least_gamma};
pub use split::{SignedParts, split};
