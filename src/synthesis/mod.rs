//! Unitaries and dilations to circuits.
//!
//! [`exact`] is structured decompositions whose error is rounding; [`trotter`] is the paper's way, product formulas
//! whose error is chosen and measured.
//!
//! Matrices go in. Networks, texts and targets are of no concern here.

pub mod exact;
pub mod trotter;
