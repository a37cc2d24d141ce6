//! Who watches a search: is told how it stands, may end it, and may keep it so that it goes on another day.

use super::schedule::Size;
use crate::optimisation::Course;
use serde::{Deserialize, Serialize};

/// How a search stands, for whoever waits.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Which circuit is tried, from 1. Those of small blocks are tried side by side.
    pub number: usize,
    /// Its gates of two qubits.
    pub pairs: usize,
    /// Steps taken.
    pub iterations: usize,
    /// The largest error of an entry, over the largest entry.
    pub error: f64,
}

/// A search on its way, or at its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointState {
    /// Which size of the schedule is tried, from 0; as many as there are where all failed.
    pub(super) size: usize,
    /// The starts of that size.
    pub(super) starts: Vec<Start>,
}

/// A search from one start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Start {
    /// Has not begun.
    Ahead,
    /// Is here.
    UnderWay(Course),
    /// Ended at a circuit, after so many steps.
    There {
        /// Its angles.
        x: Vec<f64>,
        /// Steps taken.
        iterations: usize,
    },
    /// Ended at none, or too late.
    Over,
}

impl JointState {
    /// Whether it is of a search through these sizes, whose circuits have so many angles.
    pub(super) fn fits(&self, sizes: &[Size], angles: impl Fn(usize) -> usize) -> bool {
        let Some(size) = sizes.get(self.size) else { return self.size == sizes.len() && self.starts.is_empty() };
        let whole = |x: &Vec<f64>| x.len() == angles(size.pairs) && x.iter().all(|x| x.is_finite());
        let fits = |start: &Start| match start {
            Start::Ahead | Start::Over => true,
            Start::UnderWay(course) => whole(&course.x),
            Start::There { x, .. } => whole(x),
        };
        self.starts.len() == size.starts && self.starts.iter().all(fits)
    }
}

/// Who watches. A function of an [`Attempt`] is told of every step, and ends the search by saying no.
pub trait Watch: Sync {
    /// Is told of a step of one start; no ends the search.
    fn seen(&self, attempt: &Attempt) -> bool;

    /// Where the same search stopped an earlier time. What does not fit is ignored, and what claims to be a circuit is looked at.
    fn resume(&self) -> Option<JointState> {
        None
    }

    /// May keep the search as it stands. Where it is the `last` time that it is called, or may be, it should.
    fn keep(&self, last: bool, state: &dyn Fn() -> JointState) {
        let _ = (last, state);
    }
}

impl<F: Fn(&Attempt) -> bool + Sync> Watch for F {
    fn seen(&self, attempt: &Attempt) -> bool {
        self(attempt)
    }
}

/// Nobody, who lets every search end by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn seen(&self, _: &Attempt) -> bool {
        true
    }
}
