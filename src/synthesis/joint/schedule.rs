//! How many gates are tried, from how many starts, with how many steps; and when a search is given up.

use super::brickwork::{Brickwork, Entangler};

/// Circuits of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    /// Gates of two qubits.
    pub pairs: usize,
    /// Starts that are tried side by side.
    pub starts: usize,
    /// Steps that each may take.
    pub steps: usize,
}

/// Where N is no power of two, sizes grow by one part in so many up to those of the next, with which all is left free that W
/// does not say.
const GROWTH: usize = 8;

/// The sizes that are tried, the smallest first.
pub(super) fn schedule(dim: usize, joins: Entangler) -> Vec<Size> {
    let least = Brickwork::least_gates(dim, joins);
    let (starts, steps) = match dim {
        0..=8 => (12, 250),
        9..=16 => (6, 250),
        17..=32 => (2, 400),
        _ => (1, 300),
    };
    let (more, step) = match dim {
        0..=4 => (0, 1),
        5..=8 => (dim / 4, 1),
        9..=16 => (dim / 2, 2),
        17..=32 => (3 * dim / 4 + dim / 16, dim / 4),
        _ => (9 * dim / 16, dim / 2),
    };
    let last = (least + least / 4 + 4).max(least + more);
    let even = (least + more..=last).step_by(step);
    let whole = dim.next_power_of_two();
    let top = if dim == whole { 0 } else { schedule(whole, joins).last().map_or(0, |size| size.pairs) };
    let grown = std::iter::successors(Some(last), |pairs| Some(pairs + pairs / GROWTH + 1)).skip(1);
    even.chain(grown.take_while(|pairs| *pairs <= top)).map(|pairs| Size { pairs, starts, steps }).collect()
}

/// The fewest gates that are tried for an N x N block, of which the counting bound leaves none out that could do.
pub fn fewest_pairs(dim: usize, joins: Entangler) -> usize {
    schedule(dim, joins)[0].pairs
}

/// What a search usually comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Gates of two qubits.
    pub pairs: usize,
    /// Seconds on two cores, within a factor of three (benches/README.md).
    pub seconds: u64,
}

/// What a search for the circuit of an N x N block usually comes to. Where N is no power of two, that is about the geometric mean of the
/// fewest gates for N and for the next power of two (benches/README.md): outputs that nobody reads take probability away.
pub fn expected(dim: usize, joins: Entangler) -> Expected {
    let whole = dim.next_power_of_two();
    let between = Brickwork::least_gates(dim, joins) as f64 * Brickwork::least_gates(whole, joins) as f64;
    let fewest = fewest_pairs(dim, joins);
    let pairs = if dim == whole { fewest } else { fewest.max(between.sqrt().round() as usize) };
    let seconds = match dim {
        0..=8 => 0,
        9..=16 => 2,
        17..=32 => 15,
        64 => 30,
        33..=63 => 90,
        _ => 4 * 3600,
    };
    Expected { pairs, seconds }
}

/// Steps over which a search is judged.
const WINDOW: usize = 60;

/// What is left of the residuals over so many steps, where there is hope.
const PACE: f64 = 0.8;

/// Whether a search gets anywhere, by what was left in front of each step.
pub(super) fn hopeful(history: &[f64]) -> bool {
    let before = history.len().checked_sub(WINDOW + 1).map(|at| history[at]);
    before.is_none_or(|before| history[history.len() - 1] < PACE * before)
}
