//! Which circuits are tried, with how many gates and how large a gamma, and in which order.

use super::brickwork::Brickwork;
use super::equations::JointEquations;
use super::schedule::{hopeful, schedule};
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use crate::optimisation::{Course, Progress, Root, find_root};
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use std::f64::consts::PI;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a search may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointOptions {
    /// gamma over the least that it can be, at least 1: the larger, the fewer gates and the more shots.
    pub slack: f64,
}

impl Default for JointOptions {
    fn default() -> Self {
        JointOptions { slack: 1.5 }
    }
}

/// A circuit for both signs.
#[derive(Clone, Debug)]
pub struct Joint {
    /// On the qubits of a line: the register, least significant first, then the sign; no measurements.
    pub circuit: Circuit,
    /// What differences of probabilities are multiplied with.
    pub gamma: f64,
    /// Circuits that were tried, this one last.
    pub attempts: usize,
}

/// How a search stands, for whoever waits.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Which circuit is tried, from 1. Those of small blocks are tried side by side.
    pub number: usize,
    /// Its CZ.
    pub pairs: usize,
    /// Steps taken.
    pub iterations: usize,
    /// The largest error of an entry, over the largest entry.
    pub error: f64,
}

/// The largest N that is tried: derivatives of 16384 equations take some 3 GB.
pub const MAX_JOINT_DIM: usize = 128;

/// A search is over when no entry is further off than this share of the largest.
const NEAR: f64 = 1e-12;
/// What is accepted where rounding lets no search get nearer.
const ENOUGH: f64 = 1e-10;

/// The least gamma of any circuit for both signs: no column's probabilities sum up to more than 1, and no row of either sign
/// has more than the register can bring.
fn least_gamma(w: &RealMatrix) -> f64 {
    let columns = w.column_iter().map(|c| c.iter().map(|v| v.abs()).sum::<f64>());
    let rows = w.row_iter().flat_map(|r| {
        let sum = |sign: f64| r.iter().map(|v| (sign * v).max(0.0)).sum::<f64>();
        [sum(1.0), sum(-1.0)]
    });
    columns.chain(rows).fold(0.0, f64::max)
}

/// A circuit that computes W, N x N, exactly, or none where no attempt of the schedule ends there. The seed says where
/// searches start. `seen` is told of every step, and ends the search by saying no.
///
/// # Panics
/// If W is not square, or not finite.
pub fn synthesise_joint(
    w: &RealMatrix,
    options: &JointOptions,
    seed: u64,
    seen: &(dyn Fn(&Attempt) -> bool + Sync),
) -> Option<Joint> {
    assert!(w.is_square() && w.iter().all(|v| v.is_finite()), "a finite block");
    let dim = w.nrows();
    let largest = w.amax();
    if largest == 0.0 || dim > MAX_JOINT_DIM {
        return None;
    }
    // Entries of any size are shares of the largest.
    let shares = w / largest;
    let gamma = options.slack * least_gamma(&shares);
    // Where gamma is no number of full precision, there is nothing to multiply probabilities with.
    if !(gamma * largest).is_normal() || largest < f64::MIN_POSITIVE / f64::EPSILON {
        return None;
    }
    let search = Search { target: &(&shares / gamma), gamma, seed, seen, stopped: AtomicBool::new(false) };
    let mut before = 0;
    for size in schedule(dim) {
        let shape = Brickwork::new(dim, size.pairs);
        if let Some((start, root)) = search.side_by_side(&shape, before, size.starts, size.steps) {
            let circuit = shape.circuit(&root.x);
            return Some(Joint { circuit, gamma: gamma * largest, attempts: before + start + 1 });
        }
        if search.stopped.load(Ordering::Relaxed) {
            return None;
        }
        before += size.starts;
    }
    None
}

struct Search<'a> {
    /// W / γ, as shares.
    target: &'a RealMatrix,
    gamma: f64,
    seed: u64,
    seen: &'a (dyn Fn(&Attempt) -> bool + Sync),
    stopped: AtomicBool,
}

impl Search<'_> {
    /// The first of so many starts that gets there, whichever is done first.
    fn side_by_side(&self, shape: &Brickwork, before: usize, starts: usize, steps: usize) -> Option<(usize, Root)> {
        let equations = JointEquations::new(shape, self.target);
        // Those behind one that got there may stop.
        let first = AtomicUsize::new(usize::MAX);
        let run = |start: usize| {
            let mut rng = stream(self.seed, (before + start) as u64);
            let angles = (0..shape.angles()).map(|_| rng.random_range(-PI..PI)).collect();
            let found = find_root(&equations, Course::new(angles), NEAR / self.gamma, |progress, course| {
                let Progress { iterations, largest, .. } = *progress;
                let number = before + start + 1;
                let attempt = Attempt { number, pairs: shape.gates(), iterations, error: largest * self.gamma };
                if self.stopped.load(Ordering::Relaxed) || first.load(Ordering::Relaxed) < start {
                    return false;
                }
                if !(self.seen)(&attempt) {
                    self.stopped.store(true, Ordering::Relaxed);
                    return false;
                }
                iterations < steps && hopeful(&course.history)
            });
            let reached = found.progress.largest * self.gamma <= ENOUGH;
            if reached {
                first.fetch_min(start, Ordering::Relaxed);
            }
            reached.then_some((start, found))
        };
        let found: Vec<(usize, Root)> = (0..starts).into_par_iter().with_max_len(1).filter_map(run).collect();
        found.into_iter().min_by_key(|(start, _)| *start)
    }
}
