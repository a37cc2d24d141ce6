//! Which circuits are tried, with how many gates and how large a gamma, and in which order.

use super::brickwork::Brickwork;
use super::levenberg::{Course, solve};
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use crate::random::stream;
use rand::RngExt;
use std::f64::consts::PI;

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
    /// Which circuit is tried, from 1.
    pub number: usize,
    /// Its CZ.
    pub pairs: usize,
    /// Steps taken.
    pub iterations: usize,
    /// The largest error of an entry, over the largest entry.
    pub error: f64,
}

/// A search is over when no entry is further off than this share of the largest.
const NEAR: f64 = 1e-12;
/// What is accepted where rounding lets no search get nearer.
const ENOUGH: f64 = 1e-10;

/// Qubits of a register for so many states, and of the sign.
fn qubits_of(dim: usize) -> usize {
    dim.next_power_of_two().trailing_zeros() as usize + 1
}

/// The fewest CZ whose angles are as many as the equations of an N x N block on q qubits, `2^(q-1) N` of them: `⌈(N² - q)/4⌉`
/// where N is a power of two.
pub fn counting_bound(dim: usize) -> usize {
    let qubits = qubits_of(dim);
    (dim.next_power_of_two() * dim).saturating_sub(qubits).div_ceil(4)
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

/// A circuit that computes W, N x N, exactly, or none where no attempt of the schedule ends there. The seed says where
/// searches start. `seen` is told of every step,
/// and ends the search by saying no.
///
/// # Panics
/// If W is not square, or not finite.
pub fn synthesise_joint(
    w: &RealMatrix,
    options: &JointOptions,
    seed: u64,
    seen: &mut dyn FnMut(&Attempt) -> bool,
) -> Option<Joint> {
    assert!(w.is_square() && w.iter().all(|v| v.is_finite()), "a finite block");
    let dim = w.nrows();
    let largest = w.amax();
    if largest == 0.0 {
        return None;
    }
    // Entries of any size are shares of the largest.
    let shares = w / largest;
    let gamma = options.slack * least_gamma(&shares);
    // Where gamma is no number of full precision, there is nothing to multiply probabilities with.
    if !(gamma * largest).is_normal() || largest < f64::MIN_POSITIVE / f64::EPSILON {
        return None;
    }
    // What the register can spell and the block does not have must be as often of either sign; inputs that it does not have are
    // no equations.
    let target = (&shares / gamma).resize_vertically(dim.next_power_of_two(), 0.0);
    for (index, (pairs, most)) in schedule(dim).into_iter().enumerate() {
        let brickwork = Brickwork::new(qubits_of(dim), pairs);
        let mut rng = stream(seed, index as u64);
        let mut angles: Vec<f64> = (0..brickwork.angle_count()).map(|_| rng.random_range(-PI..PI)).collect();
        let mut stopped = false;
        let mut before = f64::INFINITY;
        let go_on = |course: &Course| {
            let error = course.error * gamma;
            stopped = !seen(&Attempt { number: index + 1, pairs, iterations: course.iterations, error });
            // Whoever is lost seldom comes back.
            let lost = course.iterations > 0 && course.iterations.is_multiple_of(PATIENCE) && error > 0.9 * before;
            if course.iterations.is_multiple_of(PATIENCE) {
                before = error;
            }
            !stopped && !lost
        };
        let course = solve(&brickwork, &mut angles, &target, NEAR / gamma, most, go_on);
        if course.error * gamma <= ENOUGH {
            let circuit = brickwork.circuit(&angles);
            return Some(Joint { circuit, gamma: gamma * largest, attempts: index + 1 });
        }
        if stopped {
            return None;
        }
    }
    None
}

/// Steps after which a search must have come nearer.
const PATIENCE: usize = 50;

/// How many CZ to try, each with how many steps at most.
fn schedule(dim: usize) -> Vec<(usize, usize)> {
    let bound = counting_bound(dim).max(1);
    let at = |share: f64| (bound as f64 * share).ceil() as usize;
    match dim {
        1 => vec![(1, 100), (1, 100), (2, 100)],
        2..=4 => (bound..=bound + 2).flat_map(|pairs| vec![(pairs, 200); 6]).collect(),
        5..=8 => (at(1.15)..=at(1.4)).flat_map(|pairs| vec![(pairs, 300); 3]).collect(),
        9..=16 => [1.12, 1.15, 1.18, 1.22, 1.26].into_iter().flat_map(|share| vec![(at(share), 300); 2]).collect(),
        17..=32 => [1.08, 1.1, 1.13, 1.17].into_iter().map(|share| (at(share), 300)).collect(),
        _ => [1.03, 1.1, 1.1].into_iter().map(|share| (at(share), 120)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::random::rng;
    use crate::simulator::unitary_of;

    fn random(dim: usize, seed: u64) -> RealMatrix {
        let mut rng = rng(seed);
        RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-1.0..1.0))
    }

    #[test]
    fn random_blocks_are_exact_near_the_bound() {
        assert_eq!([2, 4, 8, 16, 32, 64].map(counting_bound), [1, 4, 15, 63, 255, 1023]);
        for (dim, most, seeds) in [(1, 1, 4), (2, 2, 4), (3, 5, 4), (4, 6, 6), (5, 14, 2), (8, 21, 3)] {
            for seed in 0..seeds {
                let w = random(dim, seed);
                let found = synthesise_joint(&w, &JointOptions::default(), seed, &mut |_| true);
                let joint = found.unwrap_or_else(|| panic!("{dim} {seed}: none"));
                let pairs = Cost::of(&joint.circuit).two_qubit_gates;
                assert!(pairs <= most, "{dim} {seed}: {pairs}");
                let u = unitary_of(&joint.circuit);
                let half = u.nrows() / 2;
                for (n, m) in (0..dim).flat_map(|n| (0..dim).map(move |m| (n, m))) {
                    let got = joint.gamma * (u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr());
                    assert!((got - w[(n, m)]).abs() < 1e-9 * w.amax(), "{dim} {seed} {n} {m}");
                }
                // Only neighbours on a line are joined.
                let far = |(_, operation): (_, crate::circuit::Operation)| {
                    let qubits: Vec<usize> = operation.qubits.iter().collect();
                    qubits.len() == 2 && qubits[0].abs_diff(qubits[1]) != 1
                };
                assert!(!joint.circuit.operations().any(far));
            }
        }
    }

    #[test]
    fn threads_change_no_angle_and_no_ends_a_search() {
        let w = random(8, 5);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| synthesise_joint(&w, &JointOptions::default(), 0, &mut |_| true)).unwrap();
            found.circuit.operations().map(|(_, operation)| format!("{operation:?}")).collect::<Vec<_>>()
        };
        assert_eq!(on(1), on(3));
        let mut steps = 0;
        let few = &mut |_: &Attempt| {
            steps += 1;
            steps < 5
        };
        assert!(synthesise_joint(&w, &JointOptions::default(), 0, few).is_none());
        assert_eq!(steps, 5);
        assert!(synthesise_joint(&RealMatrix::zeros(4, 4), &JointOptions::default(), 0, &mut |_| true).is_none());
    }
}
