//! Levenberg and Marquardt's method on the equations of a map, in the space of the equations, of which there are fewer than
//! angles: `(J Jᵀ + λ) y = f`, a step of `-Jᵀ y`.

use super::brickwork::Brickwork;
use crate::linalg::{RealMatrix, gram, solve_damped};

/// How a search goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    /// Steps taken.
    pub iterations: usize,
    /// The largest error of an entry of the map.
    pub error: f64,
}

/// The damping of the first step, as a share of the mean diagonal of `J Jᵀ`.
const FIRST: f64 = 1e-2;
/// A step that helps divides the damping, one that does not multiplies it.
const EASE: f64 = 4.0;
const TIGHTEN: f64 = 5.0;
/// The least damping.
const LEAST: f64 = 1e-15;
/// Dampings that are tried in a step.
const TRIES: usize = 12;

/// Moves angles until no entry of the map is further from the target than `near`, `most` steps were taken, none helps, or `go_on`
/// says no.
pub(super) fn solve(
    brickwork: &Brickwork,
    angles: &mut Vec<f64>,
    target: &RealMatrix,
    near: f64,
    most: usize,
    mut go_on: impl FnMut(&Course) -> bool,
) -> Course {
    let dim = target.ncols();
    let (mut map, mut jacobian) = brickwork.jacobian(angles, dim);
    let mut off = map - target;
    let mut course = Course { iterations: 0, error: off.amax() };
    let mut damping = FIRST;
    while course.error > near && course.iterations < most && go_on(&course) {
        let lower = gram(&jacobian);
        let mean = lower.diagonal().mean();
        let mut moved = None;
        for _ in 0..TRIES {
            let step = solve_damped(&lower, damping * mean, off.as_slice());
            let next = step.map(|y| {
                let step = jacobian.tr_mul(&RealMatrix::from_vec(y.len(), 1, y));
                angles.iter().zip(step.iter()).map(|(angle, by)| angle - by).collect::<Vec<f64>>()
            });
            let better = |next: &Vec<f64>| (brickwork.map(next, dim) - target).norm_squared() < off.norm_squared();
            if let Some(next) = next.filter(better) {
                damping = (damping / EASE).max(LEAST);
                moved = Some(next);
                break;
            }
            damping *= TIGHTEN;
        }
        let Some(next) = moved else { break };
        *angles = next;
        (map, jacobian) = brickwork.jacobian(angles, dim);
        off = map - target;
        course = Course { iterations: course.iterations + 1, error: off.amax() };
    }
    course
}
