//! Unitaries and dilations to circuits.
//!
//! [`exact`] is structured decompositions whose error is rounding; [`trotter`] is the paper's way, product formulas
//! whose error is chosen and measured; [`joint`] is one circuit for both signs near the fewest gates there can be.
//!
//! Matrices go in. Networks, texts and targets are of no concern here.

pub mod exact;
pub mod joint;
pub mod trotter;
