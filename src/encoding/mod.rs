//! From a weight matrix to unitaries: `W → W_P, W_N → contractions M± → Halmos dilations` (SPEC 3).

mod contraction;
mod dilation;
mod split;

pub use contraction::{Contraction, EncodingError, GammaRule, MAX_DIM, contractions};
pub use dilation::Dilation;
pub use split::{SignedParts, split};
