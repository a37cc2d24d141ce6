//! Unitaries and dilations to circuits.
//!
//! [`exact`] is the only method so far: structured decompositions whose error is rounding.

pub mod exact;
