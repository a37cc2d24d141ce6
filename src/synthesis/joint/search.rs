//! Which sizes are tried, from how many starts, and what is taken.

use super::brickwork::Brickwork;
use super::equations::JointEquations;
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use crate::optimisation::{Progress, Root, find_root};
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use std::f64::consts::PI;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The largest |W_rec - W| that is looked for, over the largest |W|: well within what verifying allows.
pub const GOAL: f64 = 2e-11;

/// The largest N that is tried: derivatives of 16384 equations take some 3 GB.
pub const MAX_JOINT_DIM: usize = 128;

/// How to look for a circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointOptions {
    /// γ over what it cannot get below; at least 1.
    pub slack: f64,
}

impl Default for JointOptions {
    /// Half as many shots again as no circuit can do without, for which gates are few and searches short.
    fn default() -> Self {
        JointOptions { slack: 1.5 }
    }
}

/// A circuit for both signs, and how it was found.
#[derive(Clone, Debug)]
pub struct JointSynthesis {
    /// On qubits 0, 1, … of the register, which spell n, and one more for the sign; it has the angles found.
    pub circuit: Circuit,
    /// `W_nm = γ (p(n, 0 | m) - p(n, 1 | m))`
    pub gamma: f64,
    /// How.
    pub report: JointReport,
}

/// How a circuit for both signs was looked for.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JointReport {
    /// Gates of two qubits.
    pub gates: usize,
    /// Fewer gates have fewer angles than W has entries.
    pub least: usize,
    /// Layers of them.
    pub depth: usize,
    /// What gamma cannot get below.
    pub bound: f64,
    /// gamma over that.
    pub slack: f64,
    /// Starts of all sizes, up to the one that was taken.
    pub starts: usize,
    /// Steps of the one that was taken.
    pub iterations: usize,
    /// max |W_rec - W| / max |W| where the search ended.
    pub error: f64,
}

/// What γ of one circuit for both signs cannot get below: the largest sum of moduli of a column, since a shot says one
/// thing, and the largest sum of a row's positive or negative entries, since a row of a unitary has norm one.
pub fn joint_bound(weight: &RealMatrix) -> f64 {
    let column = weight.column_iter().map(|column| column.iter().map(|w| w.abs()).sum());
    let row = |sign: f64| weight.row_iter().map(move |row| row.iter().map(|w| (sign * w).max(0.0)).sum());
    column.chain(row(1.0)).chain(row(-1.0)).fold(0.0, f64::max)
}

/// Sizes of circuits that are tried, the smallest first.
fn sizes(dim: usize) -> Vec<usize> {
    let least = Brickwork::least_gates(dim);
    let (first, step) = match dim {
        0..=3 => (least, 1),
        4..=8 => (least + dim / 4, 1),
        9..=16 => (least + dim / 2, 2),
        _ => (least + dim / 2, dim / 4),
    };
    let last = least + least / 4 + 4;
    (first..=last.max(first)).step_by(step).collect()
}

/// Starts of a size that are tried side by side, and the steps that each may take.
fn effort(dim: usize) -> (usize, usize) {
    match dim {
        0..=8 => (12, 250),
        9..=16 => (6, 250),
        17..=32 => (2, 300),
        _ => (1, 150),
    }
}

/// Whether a search of this size should ever be started: the gates that it would take at least.
pub fn first_size(dim: usize) -> usize {
    sizes(dim.next_power_of_two())[0]
}

/// Looks for a circuit for both signs of an N x N matrix, with few gates; none where the matrix is zero or too large, or
/// no start of any size that is tried gets there. The same seed gives the same circuit.
pub fn synthesise_joint(weight: &RealMatrix, options: &JointOptions, seed: u64) -> Option<JointSynthesis> {
    let largest = weight.amax();
    // Smaller entries are no numbers of full precision, nor is their gamma.
    if weight.nrows() > MAX_JOINT_DIM || !largest.is_finite() || largest < f64::MIN_POSITIVE / f64::EPSILON {
        return None;
    }
    // What the register has beyond the block is zero. Entries near the ends of the range of floats have sums that are not in it.
    let dim = weight.nrows().next_power_of_two();
    let scaled = (weight / largest).resize(dim, dim, 0.0);
    let bound = joint_bound(&scaled);
    let gamma = options.slack * bound;
    let target = &scaled / gamma;
    let goal = GOAL / gamma;
    let (side_by_side, steps) = effort(dim);
    let mut starts = 0;
    for (number, gates) in sizes(dim).into_iter().enumerate() {
        let shape = Brickwork::new(dim, gates);
        let equations = JointEquations::new(&shape, &target);
        // The first start that gets there is taken, whichever is done first: those behind it may stop.
        let first = AtomicUsize::new(usize::MAX);
        let run = |start: usize| {
            let mut rng = stream(seed, (number * side_by_side + start) as u64);
            let angles = (0..shape.angles()).map(|_| rng.random_range(-PI..PI)).collect();
            let mut watch = Watch::default();
            let found = find_root(&equations, angles, goal, |progress| {
                progress.iterations < steps && first.load(Ordering::Relaxed) > start && watch.hopes(progress)
            });
            let reached = found.progress.largest <= goal;
            if reached {
                first.fetch_min(start, Ordering::Relaxed);
            }
            reached.then_some((start, found))
        };
        let found: Vec<(usize, Root)> = (0..side_by_side).into_par_iter().with_max_len(1).filter_map(run).collect();
        if let Some((start, root)) = found.into_iter().min_by_key(|(start, _)| *start) {
            let Progress { iterations, largest: left, .. } = root.progress;
            let report = JointReport {
                gates: shape.gates(),
                least: Brickwork::least_gates(dim),
                depth: shape.depth(),
                bound: bound * largest,
                slack: options.slack,
                starts: starts + start + 1,
                iterations,
                error: left * gamma,
            };
            let gamma = gamma * largest;
            let synthesis = JointSynthesis { circuit: shape.circuit(&root.x), gamma, report };
            return gamma.is_finite().then_some(synthesis);
        }
        starts += side_by_side;
    }
    None
}

/// Steps over which a search is judged.
const WINDOW: usize = 60;

/// What is left of the residuals over so many steps, where there is hope.
const PACE: f64 = 0.8;

/// Tells searches that get nowhere.
#[derive(Default)]
struct Watch(Vec<f64>);

impl Watch {
    fn hopes(&mut self, progress: &Progress) -> bool {
        self.0.push(progress.rms);
        let before = self.0.len().checked_sub(WINDOW + 1).map(|at| self.0[at]);
        before.is_none_or(|before| progress.rms < PACE * before)
    }
}
