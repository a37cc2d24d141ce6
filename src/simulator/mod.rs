//! Exact dense simulation: state vectors for many input columns at once.
//!
//! Gates are first multiplied into blocks of a few qubits, parts of a circuit that no gate joins are simulated
//! apart, and columns run on all cores.
//!
//! Circuits and readouts go in, amplitudes, probabilities and samples come out; of networks nothing is known here.

mod density;
mod fusion;
pub mod noise;
mod shots;
mod state;
mod transition;

pub use density::AcceptedOperator;
pub use shots::{Multinomial, binomial};
pub use state::unitary_of;
pub use transition::{MAX_QUBITS, Readout, SimulationError, transition_probabilities};
