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
    #[error("segment {segment}: its map is 0, and probabilities of nothing are read behind it")]
    Zero {
        /// The segment's number, from 1.
        segment: usize,
    },
    /// A method that is not for such a network.
    #[error("segment {segment}: {reason}")]
    Method {
        /// The segment's number, from 1.
        segment: usize,
        /// Why not.
        reason: String,
    },
    /// Entries beyond what numbers hold.
    #[error("segment {segment}: its map has entries that are no finite numbers: the layers' product is too large")]
    NotFinite {
        /// The segment's number, from 1.
        segment: usize,
    },
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
