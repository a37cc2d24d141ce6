//! Exact simulation: state vectors for many input columns at once, or, where few basis states are occupied, lists of them.
//!
//! Gates are first multiplied into blocks of a few qubits, parts of a circuit that no gate joins are simulated
//! apart, and columns run on all cores.
//!
//! A second, slower way of the same also bounds what rounding does to it: [`enclose`].
//!
//! Circuits and readouts go in, amplitudes, probabilities and samples come out; of networks nothing is known here.

mod block;
mod density;
mod enclosure;
mod error;
mod fusion;
pub mod noise;
mod parts;
mod readout;
mod shots;
mod sparse;
mod state;
mod transition;
mod unitary;

pub use density::AcceptedOperator;
pub use enclosure::{EnclosedAmplitudes, Enclosure, enclose};
pub use error::{MAX_QUBITS, SimulationError};
pub use readout::{Readout, mean_parity};
pub use shots::{Multinomial, binomial};
pub use sparse::{MAX_SPARSE, sparse_amplitudes};
pub use transition::transition_probabilities;
pub use unitary::unitary_of;
