//! Minimisation that is no linear algebra: L-BFGS on smooth functions, and the cheapest assignment.
//!
//! Functions and costs come from outside: nothing here knows of models or circuits.

mod assignment;
mod minimise;

pub use assignment::best_assignment;
pub use minimise::{Minimum, Stop, minimise};
