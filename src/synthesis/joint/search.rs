//! Which circuits are tried, with how many gates and how large a gamma, and in which order.

use super::brickwork::{Brickwork, Entangler};
use super::equations::JointEquations;
use super::schedule::{Size, hopeful, schedule};
use super::watch::{Attempt, JointState, Start, Watch};
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use crate::optimisation::{Course, Equations, Progress, Root, find_root};
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use std::f64::consts::PI;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a search may do.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct JointOptions {
    /// gamma over the least that it can be, at least 1: the larger, the fewer gates and the more shots.
    pub slack: f64,
}

impl Default for JointOptions {
    fn default() -> Self {
        JointOptions { slack: 1.5 }
    }
}

impl JointOptions {
    /// The same with another slack.
    #[must_use]
    pub fn with_slack(self, slack: f64) -> JointOptions {
        JointOptions { slack }
    }
}

/// What circuits are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground<'a> {
    /// What joins two qubits.
    pub joins: Entangler,
    /// The pairs that are joined in turn, of n qubits of the register and the sign, which is the last.
    pub order: &'a [(usize, usize)],
}

/// A circuit for both signs.
#[derive(Clone, Debug)]
pub struct Joint {
    /// The register, least significant first, then the sign; no measurements.
    pub circuit: Circuit,
    /// What differences of probabilities are multiplied with.
    pub gamma: f64,
    /// Circuits that were tried, this one last.
    pub attempts: usize,
    /// Steps that its own search took.
    pub iterations: usize,
    /// Its gates of two qubits, as they were asked for.
    pub pairs: usize,
    /// Its angles, in the order in which they act.
    pub angles: Vec<f64>,
}

/// Why there is no circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoJoint {
    /// None was looked for: W is zero, has too many rows, or entries that are no numbers of full precision.
    Unfit,
    /// No attempt of the schedule got there.
    Failed,
    /// Whoever watched ended the search.
    Stopped,
}

/// The largest N that is tried: derivatives of 16384 equations take some 3 GB.
pub const MAX_JOINT_DIM: usize = 128;

/// Changes with whatever changes what a search comes to.
const VERSION: u32 = 1;

/// How far off entries may be, in shares of the largest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// A search is over when no entry is further off.
    near: f64,
    /// What is accepted where a search gets no nearer.
    enough: f64,
}

impl Aim {
    /// To rounding.
    const EXACT: Aim = Aim { near: 1e-12, enough: 1e-10 };

    /// Clearly within so much, but never nearer than to rounding.
    pub(super) fn within(most: f64) -> Aim {
        let most = 0.999 * most;
        Aim { near: most.max(Aim::EXACT.near), enough: most.max(Aim::EXACT.enough) }
    }
}

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

/// A circuit that computes W, N x N, exactly. The seed says where searches start; a search that was kept goes on to the same
/// end as one that never stopped.
///
/// # Errors
/// Where none was found, why.
///
/// # Panics
/// If W is not square, or not finite, or there is nothing to join.
pub fn synthesise_joint(
    w: &RealMatrix,
    options: &JointOptions,
    ground: Ground<'_>,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Joint, NoJoint> {
    Search::new(w, options, (ground, seed), Aim::EXACT, watch)?.through(&schedule(w.nrows(), ground.joins))
}

/// The same W from a circuit with as many gates and another slack, from the angles of one that is there: nearer to the least
/// gamma they are found from further off, where random angles lead nowhere.
///
/// # Errors
/// Where they lead nowhere either, why.
///
/// # Panics
/// As [`synthesise_joint`], and if the circuit is of another shape.
pub fn continue_joint(
    w: &RealMatrix,
    from: &Joint,
    options: &JointOptions,
    ground: Ground<'_>,
    watch: &dyn Watch,
) -> Result<Joint, NoJoint> {
    let largest = w.amax();
    let Scaled { shares, gamma } = scaled(w, options.slack).ok_or(NoJoint::Unfit)?;
    let shape = shape_of(w.nrows(), ground, from.pairs);
    assert_eq!(shape.angles(), from.angles.len(), "a circuit of this shape");
    let mut stopped = false;
    let target = &shares / gamma;
    let equations = JointEquations::new(&shape, &target);
    let steps = schedule(w.nrows(), ground.joins)[0].steps;
    let found = find_root(&equations, Course::new(from.angles.clone()), Aim::EXACT.near / gamma, |progress, course| {
        let Progress { iterations, largest, .. } = *progress;
        let attempt = Attempt { number: 1, pairs: from.pairs, iterations, error: largest * gamma };
        stopped |= !watch.seen(&attempt);
        !stopped && iterations < steps && hopeful(&course.history)
    });
    if found.progress.largest * gamma > Aim::EXACT.enough {
        return Err(if stopped { NoJoint::Stopped } else { NoJoint::Failed });
    }
    let (circuit, iterations) = (shape.circuit(&found.x), found.progress.iterations);
    Ok(Joint { circuit, gamma: gamma * largest, attempts: 1, iterations, pairs: from.pairs, angles: found.x })
}

/// W in shares of its largest entry, of any size, with their gamma.
struct Scaled {
    shares: RealMatrix,
    gamma: f64,
}

/// None where gamma is no number of full precision: there is nothing to multiply probabilities with.
fn scaled(w: &RealMatrix, slack: f64) -> Option<Scaled> {
    let largest = w.amax();
    let shares = w / largest;
    let gamma = slack * least_gamma(&shares);
    let full = (gamma * largest).is_normal() && largest >= f64::MIN_POSITIVE / f64::EPSILON;
    full.then_some(Scaled { shares, gamma })
}

/// Whether there is anything to look for: W is not zero, has no more than [`MAX_JOINT_DIM`] rows, and it and gamma are numbers of full
/// precision.
pub fn is_fit(w: &RealMatrix, options: &JointOptions) -> bool {
    fit(w, options).is_some()
}

fn fit(w: &RealMatrix, options: &JointOptions) -> Option<Scaled> {
    if w.amax() > 0.0 && w.nrows() <= MAX_JOINT_DIM { scaled(w, options.slack) } else { None }
}

/// What a search comes to depends on, in bytes: equal for two searches that end in the same circuit.
pub fn joint_key(w: &RealMatrix, options: &JointOptions, ground: Ground<'_>, seed: u64) -> Vec<u8> {
    let sizes = schedule(w.nrows(), ground.joins);
    let said = format!("{VERSION} {} {} {:?} {sizes:?} {seed} {}", w.nrows(), w.ncols(), ground, options.slack);
    said.into_bytes().into_iter().chain(w.iter().flat_map(|v| v.to_le_bytes())).collect()
}

fn shape_of(dim: usize, ground: Ground<'_>, pairs: usize) -> Brickwork {
    Brickwork::new(dim, ground.joins, ground.order, pairs)
}

/// A search for one W.
pub(super) struct Search<'a> {
    /// W / γ.
    target: RealMatrix,
    /// γ of W in shares of its largest entry, and that entry.
    gamma: f64,
    largest: f64,
    ground: Ground<'a>,
    seed: u64,
    aim: Aim,
    watch: &'a dyn Watch,
    stopped: AtomicBool,
}

impl<'a> Search<'a> {
    /// Of circuits of this ground whose W is as near as that.
    ///
    /// # Panics
    /// As [`synthesise_joint`].
    pub(super) fn new(
        w: &RealMatrix,
        options: &JointOptions,
        (ground, seed): (Ground<'a>, u64),
        aim: Aim,
        watch: &'a dyn Watch,
    ) -> Result<Search<'a>, NoJoint> {
        assert!(w.is_square() && w.iter().all(|v| v.is_finite()), "a finite block");
        let largest = w.amax();
        let Scaled { shares, gamma } = fit(w, options).ok_or(NoJoint::Unfit)?;
        let (target, stopped) = (shares / gamma, AtomicBool::new(false));
        Ok(Search { target, gamma, largest, ground, seed, aim, watch, stopped })
    }

    /// The first circuit of these sizes that gets there.
    pub(super) fn through(&self, sizes: &[Size]) -> Result<Joint, NoJoint> {
        let shape = |pairs| shape_of(self.target.nrows(), self.ground, pairs);
        let kept = self.watch.resume().filter(|kept| kept.fits(sizes, |pairs| shape(pairs).angles()));
        let first = kept.as_ref().map_or(0, |kept| kept.size);
        let mut starts = kept.map(|kept| kept.starts);
        for (number, size) in sizes.iter().enumerate().skip(first) {
            let shape = shape(size.pairs);
            let before = sizes[..number].iter().map(|size| size.starts).sum();
            let starts = starts.take().unwrap_or_else(|| vec![Start::Ahead; size.starts]);
            let state = JointState { size: number, starts };
            if let Some((start, found)) = self.side_by_side(&shape, before, *size, state) {
                let circuit = shape.circuit(&found.x);
                let (attempts, iterations) = (before + start + 1, found.progress.iterations);
                let (pairs, gamma) = (size.pairs, self.gamma * self.largest);
                return Ok(Joint { circuit, gamma, attempts, iterations, pairs, angles: found.x });
            }
            if self.stopped.load(Ordering::Relaxed) {
                return Err(NoJoint::Stopped);
            }
        }
        self.watch.keep(true, &|| JointState { size: sizes.len(), starts: vec![] });
        Err(NoJoint::Failed)
    }

    /// The first of so many starts that gets there, whichever is done first.
    fn side_by_side(&self, shape: &Brickwork, before: usize, size: Size, state: JointState) -> Option<(usize, Root)> {
        let equations = JointEquations::new(shape, &self.target);
        // Those behind one that got there may stop.
        let first = AtomicUsize::new(usize::MAX);
        let state = Mutex::new(state);
        let standing = || state.lock().expect("nobody panics with it");
        let enter = |start: usize, stands: Start, last: bool| {
            let mut state = standing();
            state.starts[start] = stands;
            self.watch.keep(last, &|| state.clone());
        };
        let beginnings = standing().starts.clone();
        let run = |(start, beginning): (usize, Start)| {
            let course = match beginning {
                Start::Over => return None,
                Start::UnderWay(course) => course,
                Start::There { x, iterations } => match self.accepted(&equations, x, iterations) {
                    Some(found) => {
                        first.fetch_min(start, Ordering::Relaxed);
                        return Some((start, found));
                    }
                    None => self.beginning(shape, before + start),
                },
                Start::Ahead => self.beginning(shape, before + start),
            };
            let mut ended = None;
            let found = find_root(&equations, course, self.aim.near / self.gamma, |progress, course| {
                let Progress { iterations, largest, .. } = *progress;
                let number = before + start + 1;
                let attempt = Attempt { number, pairs: shape.gates(), iterations, error: largest * self.gamma };
                let late = self.stopped.load(Ordering::Relaxed) || first.load(Ordering::Relaxed) < start;
                if late || !self.watch.seen(&attempt) {
                    self.stopped.fetch_or(!late, Ordering::Relaxed);
                    ended = Some(course.clone());
                    return false;
                }
                enter(start, Start::UnderWay(course.clone()), false);
                iterations < size.steps && hopeful(&course.history)
            });
            let reached = found.progress.largest * self.gamma <= self.aim.enough;
            let stands = match ended {
                _ if reached => Start::There { x: found.x.clone(), iterations: found.progress.iterations },
                Some(course) => Start::UnderWay(course),
                None => Start::Over,
            };
            enter(start, stands, self.stopped.load(Ordering::Relaxed));
            if reached {
                first.fetch_min(start, Ordering::Relaxed);
            }
            reached.then_some((start, found))
        };
        let found: Vec<(usize, Root)> =
            beginnings.into_par_iter().enumerate().with_max_len(1).filter_map(run).collect();
        let (winner, root) = found.into_iter().min_by_key(|(start, _)| *start)?;
        let JointState { size, starts } = standing().clone();
        // One that was stopped may get there, too.
        if starts[..winner].iter().any(|start| !matches!(start, Start::Over)) {
            return None;
        }
        // Of all others nothing is needed any more.
        let others = |(start, stands)| if start == winner { stands } else { Start::Over };
        let state = JointState { size, starts: starts.into_iter().enumerate().map(others).collect() };
        self.watch.keep(true, &|| state.clone());
        Some((winner, root))
    }

    /// Where a start begins.
    fn beginning(&self, shape: &Brickwork, number: usize) -> Course {
        let mut rng = stream(self.seed, number as u64);
        Course::new((0..shape.angles()).map(|_| rng.random_range(-PI..PI)).collect())
    }

    /// Angles that are said to be those of a circuit, if they are.
    fn accepted(&self, equations: &JointEquations<'_>, x: Vec<f64>, iterations: usize) -> Option<Root> {
        let progress = Progress::of(&equations.residuals(&x), iterations);
        (progress.largest * self.gamma <= self.aim.enough).then_some(Root { x, progress })
    }
}
