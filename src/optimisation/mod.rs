//! Minimisation that is no linear algebra: L-BFGS on smooth functions, and the cheapest assignment.

mod assignment;
mod minimise;

pub use assignment::best_assignment;
pub use minimise::{Minimum, Stop, minimise};
