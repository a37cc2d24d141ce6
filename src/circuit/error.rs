//! Why an operation does not fit a circuit.

/// An operation that cannot be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CircuitError {
    /// A gate got the wrong number of operands.
    #[error("gate '{gate}' acts on {expected} qubits, got {got}")]
    Arity {
        /// The gate's name.
        gate: &'static str,
        /// How many operands it takes.
        expected: usize,
        /// How many it got.
        got: usize,
    },
    /// A qubit that the circuit does not have.
    #[error("qubit {qubit} does not exist: the circuit has {width} qubits")]
    NoSuchQubit {
        /// The index asked for.
        qubit: usize,
        /// The circuit's width.
        width: usize,
    },
    /// One qubit twice in a gate.
    #[error("gate '{gate}' has qubit {qubit} as two of its operands")]
    RepeatedQubit {
        /// The gate's name.
        gate: &'static str,
        /// The repeated qubit.
        qubit: usize,
    },
    /// An operation on a qubit whose wire a measurement has ended.
    #[error("qubit {qubit} is measured already, nothing may follow")]
    AfterMeasurement {
        /// The measured qubit.
        qubit: usize,
    },
    /// A classical bit that the circuit does not have.
    #[error("bit {bit} does not exist: the circuit has {width} bits")]
    NoSuchBit {
        /// The index asked for.
        bit: usize,
        /// The number of classical bits.
        width: usize,
    },
    /// A classical bit written twice.
    #[error("bit {bit} is written a second time")]
    BitWrittenTwice {
        /// The bit.
        bit: usize,
    },
    /// An angle that is NaN or infinite.
    #[error("gate '{gate}' has an angle that is not finite")]
    AngleNotFinite {
        /// The gate's name.
        gate: &'static str,
    },
}
