//! What every way of compiling a segment hands on, and why there may be nothing.

use crate::circuit::Circuit;
use crate::lowering::LoweringError;
use crate::qasm::{SegmentTerms, SignContract};
use crate::signs::Signs;

/// A segment that cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SegmentError {
    /// The network has no segments.
    #[error("{0}")]
    Segments(String),
    /// There is no such segment.
    #[error("segment {segment} does not exist: the network has {segments}")]
    NoSuchSegment {
        /// The number asked for, from 1.
        segment: usize,
        /// How many there are.
        segments: usize,
    },
    /// An input that is none of this segment.
    #[error("input: {0}")]
    Input(String),
    /// Nothing can be measured behind a map that makes 0 of every state.
    #[error("the map is 0, and probabilities of nothing are read behind it")]
    Zero,
    /// A method that is not for such a network.
    #[error("{0}")]
    Method(String),
    /// What probabilities are multiplied with is beyond what numbers hold.
    #[error("gamma, the product of the norms of the layers, would be {0:e}: no number that can be worked with")]
    Gamma(f64),
    /// The machine cannot have the circuit.
    #[error(transparent)]
    Lowering(#[from] LoweringError),
}

/// A circuit before its input and its measurements, and how it is read; every qubit is measured into the bit of its number.
pub(super) struct Parts {
    pub circuit: Circuit,
    pub terms: SegmentTerms,
    pub signs: Signs<Option<SignContract>>,
}

/// How many qubits hold so many states.
pub(super) fn qubits_of(states: usize) -> usize {
    states.next_power_of_two().trailing_zeros() as usize
}
