//! Both signs of a block from one circuit near the counting bound, by least squares on all entries at once
//! (docs/method.md, section 16).
//!
//! `W_nm = γ (p(n, 0 | m) - p(n, 1 | m))` are N² equations in the angles of a brickwork of CZ on a line, four angles a
//! CZ: a quarter of N² gates are the fewest that can have enough of them. Levenberg and Marquardt's method finds the angles where
//! there are a few more.

mod brickwork;
mod levenberg;
mod search;

pub use search::{Attempt, Joint, JointOptions, counting_bound, synthesise_joint};
