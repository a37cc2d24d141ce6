//! What can be simulated, and what is said of the rest.

/// The most qubits that gates may join into one part: 16 bytes · 2^24 is 256 MiB a state.
pub const MAX_QUBITS: usize = 24;

/// Parts of up to this many qubits are simulated with noise exactly: 4^8 real numbers a density matrix.
pub const MAX_EXACT: usize = 8;

/// A program that cannot be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// Too many qubits are joined by gates.
    #[error("{qubits} qubits are joined by gates: at most {MAX_QUBITS} can be simulated")]
    TooManyQubits {
        /// How many.
        qubits: usize,
    },
    /// Too many qubits for density matrices with noise.
    #[error("{qubits} qubits are read together: at most {limit} can be simulated with noise and a general state", limit = MAX_EXACT)]
    TooManyNoisyQubits {
        /// How many.
        qubits: usize,
    },
    /// A bit that no measurement writes.
    #[error("bit {bit} is read but never written")]
    UnwrittenBit {
        /// The bit.
        bit: usize,
    },
}
