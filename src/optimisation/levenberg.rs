//! Levenberg and Marquardt's method for fewer equations than unknowns, in the space of equations: a step is
//! `-Jᵀ (J Jᵀ + λ)⁻¹ f`, bent by the second derivative along it (geodesic acceleration: Transtrum and Sethna,
//! arXiv:1201.5885), for which the same factor serves.

use crate::linalg::{Cholesky, Jacobian, Real};
use serde::{Deserialize, Serialize};

/// Equations `f(x) = 0`.
pub trait Equations: Sync {
    /// f
    fn residuals(&self, x: &[f64]) -> Vec<f64>;

    /// The derivatives of f.
    fn jacobian<T: Real>(&self, x: &[f64]) -> Jacobian<T>;
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How often derivatives were taken.
    pub iterations: usize,
    /// Root of the mean square of f.
    pub rms: f64,
    /// Largest modulus of f.
    pub largest: f64,
}

impl Progress {
    /// After so many steps with f as it is.
    pub fn of(f: &[f64], iterations: usize) -> Progress {
        let rms = (squares(f) / f.len().max(1) as f64).sqrt();
        Progress { iterations, rms, largest: largest(f) }
    }
}

/// A search on its way, with all that it takes to go on to the same end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The point.
    pub x: Vec<f64>,
    /// How often derivatives were taken.
    pub iterations: usize,
    /// Root of the mean square of f in front of each step, and here.
    pub history: Vec<f64>,
    /// λ over the mean of the diagonal of J Jᵀ.
    damping: f64,
    /// Whether derivatives are in double precision, however many equations there are.
    double: bool,
}

impl Course {
    /// A search that begins here.
    pub fn new(x: Vec<f64>) -> Course {
        Course { x, iterations: 0, history: vec![], damping: FIRST, double: false }
    }
}

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    /// The point.
    pub x: Vec<f64>,
    /// What is left there.
    pub progress: Progress,
}

/// From as many equations on, derivatives are in single precision. Residuals never are: what is lost is at most a little
/// of the rate of convergence, and where even that fails, double precision goes on.
const MANY: usize = 512;

/// Where λ starts, over the mean of the diagonal of J Jᵀ.
const FIRST: f64 = 1e-2;

/// What λ is multiplied with behind a step that fails, and divided by behind one that does not.
const MORE: f64 = 5.0;
const LESS: f64 = 4.0;

/// Values of λ that are tried with the same derivatives.
const TRIED: usize = 14;

/// How far along a step its second derivative is measured, and how long the bend may be, over the step.
const PROBE: f64 = 0.1;
const BEND: f64 = 0.75;

/// Steps that go on with an old factor, each while it leaves less than this share of the squares.
const REUSED: usize = 3;
const WORTH: f64 = 0.25;

/// Single precision has given what it can where less than this share of the first f is left, and of what was left so many
/// steps before more than half still is: the rest is along small singular values, which it cannot tell from nothing.
const EXHAUSTED: [(f64, usize); 2] = [(1e-2, 8), (1e-4, 2)];

/// Looks for a root, until no |f| is larger than `goal`, no step goes down, or `go_on` says no.
pub fn find_root(
    equations: &impl Equations,
    course: Course,
    goal: f64,
    mut go_on: impl FnMut(&Progress, &Course) -> bool,
) -> Root {
    let f = equations.residuals(&course.x);
    let mut search = Search { equations, goal, course, f };
    loop {
        let progress = search.progress();
        search.course.history.truncate(progress.iterations);
        search.course.history.push(progress.rms);
        // Not the other way round: a NaN is no root.
        let there = progress.largest <= goal;
        if there || !go_on(&progress, &search.course) {
            return Root { x: search.course.x, progress };
        }
        let double = search.course.double || search.f.len() < MANY;
        let moved = if double { search.advance::<f64>(1e-15) } else { search.advance::<f32>(2e-7) };
        if !moved && double {
            return Root { x: search.course.x, progress };
        }
        let (left, history) = (search.progress().rms, &search.course.history);
        let exhausted = EXHAUSTED.iter().any(|&(share, steps)| {
            let before = history.len().checked_sub(steps).map(|at| history[at]);
            left < share * history[0] && before.is_some_and(|before| left > 0.5 * before)
        });
        search.course.double |= !moved || exhausted;
    }
}

struct Search<'a, E> {
    equations: &'a E,
    goal: f64,
    course: Course,
    f: Vec<f64>,
}

/// Derivatives, and λ and `J Jᵀ + λ` as a factor.
struct Model<'a, T> {
    jacobian: &'a Jacobian<T>,
    factor: Cholesky<T>,
    shift: f64,
}

impl<E: Equations> Search<'_, E> {
    fn progress(&self) -> Progress {
        Progress::of(&self.f, self.course.iterations)
    }

    /// A step with new derivatives, and more with the same while that pays; false where none goes down. λ is at least
    /// `least` times the mean of the diagonal, which is what the precision can tell from nothing.
    fn advance<T: Real>(&mut self, least: f64) -> bool {
        let jacobian = self.equations.jacobian::<T>(&self.course.x);
        self.course.iterations += 1;
        let gram = jacobian.gram();
        let mean = gram.mean_of_diagonal();
        for _ in 0..TRIED {
            self.course.damping = self.course.damping.max(least);
            let shift = self.course.damping * mean;
            if let Some(factor) = gram.cholesky(shift) {
                let model = Model { jacobian: &jacobian, factor, shift };
                if self.moves(self.bent(&model), 1.0) {
                    self.course.damping /= LESS;
                    let reaches = |search: &Self| largest(&search.f) <= search.goal;
                    (0..REUSED).all(|_| !reaches(self) && self.moves(self.straight(&model), WORTH));
                    return true;
                }
            }
            self.course.damping *= MORE;
        }
        false
    }

    /// `-Jᵀ (J Jᵀ + λ)⁻¹ f`
    fn straight<T: Real>(&self, model: &Model<'_, T>) -> Vec<f64> {
        negative(model.jacobian.transposed_times(&model.factor.solve(&self.f)))
    }

    /// The same v and half the a that makes good what f does beyond its derivatives: `-Jᵀ (J Jᵀ + λ)⁻¹ f''(v, v)`.
    fn bent<T: Real>(&self, model: &Model<'_, T>) -> Vec<f64> {
        let y = model.factor.solve(&self.f);
        let mut step = negative(model.jacobian.transposed_times(&y));
        let probed = self.equations.residuals(&moved(&self.course.x, &step, PROBE));
        // J v = λ y - f.
        let beyond =
            |((probed, f), y): ((&f64, &f64), &f64)| 2.0 / PROBE * ((probed - f) / PROBE + f - model.shift * y);
        let second: Vec<f64> = probed.iter().zip(&self.f).zip(&y).map(beyond).collect();
        let bend = negative(model.jacobian.transposed_times(&model.factor.solve(&second)));
        if 0.25 * squares(&bend) < BEND * BEND * squares(&step) {
            step = moved(&step, &bend, 0.5);
        }
        step
    }

    /// Goes a step if that leaves less than `share` of the squares.
    fn moves(&mut self, step: Vec<f64>, share: f64) -> bool {
        let x = moved(&self.course.x, &step, 1.0);
        let f = self.equations.residuals(&x);
        let better = squares(&f) < share * squares(&self.f);
        if better {
            (self.course.x, self.f) = (x, f);
        }
        better
    }
}

fn moved(x: &[f64], step: &[f64], by: f64) -> Vec<f64> {
    x.iter().zip(step).map(|(x, d)| x + by * d).collect()
}

fn negative(mut x: Vec<f64>) -> Vec<f64> {
    x.iter_mut().for_each(|x| *x = -*x);
    x
}

fn squares(f: &[f64]) -> f64 {
    f.iter().map(|f| f * f).sum()
}

fn largest(f: &[f64]) -> f64 {
    f.iter().fold(0.0, |most, f| if f.abs() > most || f.is_nan() { f.abs() } else { most })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point on a sphere and a plane.
    struct Circle {
        height: f64,
    }

    impl Equations for Circle {
        fn residuals(&self, x: &[f64]) -> Vec<f64> {
            vec![squares(x) - 1.0, x[2] - self.height]
        }

        fn jacobian<T: Real>(&self, x: &[f64]) -> Jacobian<T> {
            let mut jacobian = Jacobian::zeros(2, 3);
            for (i, column) in jacobian.columns_mut().enumerate() {
                column[0] = T::of(2.0 * x[i]);
                column[1] = T::of(if i == 2 { 1.0 } else { 0.0 });
            }
            jacobian
        }
    }

    #[test]
    fn a_search_that_was_stopped_goes_on_to_the_same_end() {
        let circle = Circle { height: 0.6 };
        let from = Course::new(vec![3.0, -2.0, 5.0]);
        let whole = find_root(&circle, from.clone(), 1e-14, |_, _| true);
        let mut kept = None;
        find_root(&circle, from, 1e-14, |progress, course| {
            kept = Some(serde_json::to_string(course).unwrap());
            progress.iterations < 3
        });
        let kept: Course = serde_json::from_str(&kept.unwrap()).unwrap();
        assert_eq!((kept.iterations, kept.history.len()), (3, 4));
        assert_eq!(find_root(&circle, kept, 1e-14, |_, _| true), whole);
    }

    #[test]
    fn roots_are_found_and_none_where_there_is_none() {
        let from = Course::new(vec![3.0, -2.0, 5.0]);
        let found = find_root(&Circle { height: 0.6 }, from.clone(), 1e-14, |p, _| p.iterations < 50);
        assert!(found.progress.largest <= 1e-14 && found.progress.iterations < 15, "{found:?}");
        assert!((found.x[0].hypot(found.x[1]) - 0.8).abs() < 1e-13);
        let none = find_root(&Circle { height: 1.5 }, from.clone(), 1e-14, |p, _| p.iterations < 50);
        assert!(none.progress.largest > 0.1, "{none:?}");
        let stopped = find_root(&Circle { height: 0.6 }, from.clone(), 1e-14, |p, _| p.iterations < 2);
        assert_eq!(stopped.progress.iterations, 2);
        assert!(find_root(&Circle { height: f64::NAN }, from, 1e-14, |_, _| true).progress.largest.is_nan());
    }
}
