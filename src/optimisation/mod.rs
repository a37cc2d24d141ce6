//! Minimisation that is no linear algebra: L-BFGS on smooth functions, roots of equations by least squares, and the cheapest
//! assignment.
//!
//! Functions and costs come from outside: nothing here knows of models or circuits.

mod assignment;
mod levenberg;
mod minimise;

pub use assignment::best_assignment;
pub use levenberg::{Course, Equations, Progress, Root, find_root};
pub use minimise::{Minimum, Stop, minimise};
