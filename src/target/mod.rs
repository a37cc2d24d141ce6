//! Machines: the gates they have, which of their qubits are joined, and the text they read.

mod basis;
mod coupling;
mod dialect;

pub use basis::Basis;
pub use coupling::{Coupling, CouplingError};
pub use dialect::{DIALECTS, Dialect};
