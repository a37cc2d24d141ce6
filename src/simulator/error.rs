//! What can be simulated, and what is said of the rest.

/// The most qubits that gates may join into one part: 16 bytes · 2^24 is 256 MiB a state.
pub const MAX_QUBITS: usize = 24;

/// Parts of up to this many qubits are simulated with noise exactly: 4^8 real numbers a density matrix.
pub const MAX_EXACT: usize = 8;

/// The most numbers that one table may hold: 2^26 of 8 bytes are 512 MiB.
pub(super) const MAX_TABLE: usize = 1 << 26;

/// A program that cannot be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// Too many qubits are joined by gates.
    #[error("{qubits} qubits are joined by gates: at most {MAX_QUBITS} can be simulated")]
    TooManyQubits {
        /// How many.
        qubits: usize,
    },
    /// Too many qubits for whoever simulates them again and again.
    #[error("{qubits} qubits are joined by gates: at most {most} can be looked at for all inputs")]
    TooManyJoined {
        /// How many.
        qubits: usize,
        /// How many there may be.
        most: usize,
    },
    /// Too many qubits for density matrices with noise.
    #[error("{qubits} qubits are read together: at most {limit} can be simulated with noise and a general state", limit = MAX_EXACT)]
    TooManyNoisyQubits {
        /// How many.
        qubits: usize,
    },
    /// Too many outcomes to hold all their probabilities.
    #[error("2^{bits} outcomes for each of {inputs} inputs: at most 2^{} numbers are held at once", MAX_TABLE.ilog2())]
    TooManyOutcomes {
        /// How many bits tell the outcomes apart.
        bits: usize,
        /// For how many inputs.
        inputs: usize,
    },
    /// A qubit joined to those that are read, which is not read itself where all must be.
    #[error("qubit {qubit} is joined to those that are read, and not read itself: its states cannot be told apart")]
    UnreadQubit {
        /// The qubit.
        qubit: usize,
    },
    /// Too many basis states for a list of them.
    #[error("more than {most} basis states are occupied at once: too many for a circuit of so many qubits")]
    TooManyStates {
        /// How many there may be.
        most: usize,
    },
    /// A gate on qubits of which the machine reports nothing.
    #[error("gate '{gate}' on qubits {qubits:?}: the machine has no working gate there, or reports nothing of it")]
    NoFigures {
        /// Which gate.
        gate: &'static str,
        /// On which qubits.
        qubits: Vec<usize>,
    },
    /// A gate of which no bound on its rounding is known.
    #[error("gate '{gate}': no proof is known of it, or none for an angle so large")]
    Unproved {
        /// Which gate.
        gate: &'static str,
    },
    /// A bit that no measurement writes.
    #[error("bit {bit} is read but never written")]
    UnwrittenBit {
        /// The bit.
        bit: usize,
    },
}

/// Refuses a table of 2^`bits` rows and a column for each of `inputs` that would hold more than [`MAX_TABLE`] numbers.
pub(super) fn check_table(bits: usize, inputs: usize) -> Result<(), SimulationError> {
    let rows = u32::try_from(bits).ok().and_then(|bits| 1usize.checked_shl(bits));
    match rows.and_then(|rows| rows.checked_mul(inputs)) {
        Some(numbers) if numbers <= MAX_TABLE => Ok(()),
        _ => Err(SimulationError::TooManyOutcomes { bits, inputs }),
    }
}
