//! From a weight matrix to unitaries: `W → W_P, W_N → contractions M± → Halmos dilations` (docs/method.md, sections 3
//! and 4).
//!
//! Matrices come out; what gates they take is the business of [`synthesis`](crate::synthesis).

mod block;
mod contraction;
mod dilation;
mod phases;
mod rule;
mod split;

pub use block::{BlockEncoder, block_contractions, contractions};
pub use contraction::Contraction;
pub use dilation::Dilation;
pub use phases::{Moduli, PhaseSearch, Phased, Phases, gamma_bound, joint_gamma_bound, least_gamma};
pub use rule::{EncodingError, EncodingRule, GammaRule, MAX_DIM};
pub use split::split;
