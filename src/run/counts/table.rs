//! What a file of counts says, before its keys are read.

use crate::target::BitOrder;
use serde_json::Value;

/// What a file says, before it is known which end is bit 0.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What was read, and how often.
    pub rows: Vec<(String, u64)>,
    /// Of a list of qubits that were measured, in the order of the words: which bit each is.
    pub places: Option<Vec<usize>>,
    /// How many shots the file says there were.
    pub shots: Option<u64>,
    /// Where bit 0 is, if the file is of a client that is known by it.
    pub order: Option<BitOrder>,
}

/// A list of bits as it is written in a key.
pub(super) fn list(items: &[Value]) -> String {
    let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
}

/// Whether every bit of a program has its place, once.
pub(super) fn is_permutation(places: &[usize], bits: usize) -> bool {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..bits)
}
