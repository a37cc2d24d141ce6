//! What a sweep varies beside shots.

use crate::run::Point;

/// What a sweep may vary beside shots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Epoch,
    Alpha,
    OverRotation,
    Rate,
}

impl Condition {
    pub(super) fn of(self, point: &Point) -> Option<f64> {
        match self {
            Condition::Epoch => point.epoch.map(f64::from),
            Condition::Alpha => point.alpha,
            Condition::OverRotation => point.over_rotation,
            Condition::Rate => point.noise.map(|n| n.model.two_qubit.depolarising),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Condition::Epoch => "epoch",
            Condition::Alpha => "α",
            Condition::OverRotation => "over-rotation, radians",
            Condition::Rate => "two-qubit error rate",
        }
    }

    pub(super) fn varies(self, points: &[Point]) -> bool {
        points.iter().any(|p| self.of(p) != self.of(&points[0]))
    }

    /// Whether all other conditions are the same for both points.
    pub(super) fn apart_from(self, a: &Point, b: &Point) -> bool {
        let others = [Condition::Alpha, Condition::OverRotation, Condition::Rate].into_iter().filter(|c| *c != self);
        // Of another epoch, or off by another angle, it has another name.
        let renamed = [Condition::Epoch, Condition::OverRotation].contains(&self);
        others.into_iter().all(|c| c.of(a) == c.of(b)) && (renamed || a.checkpoint == b.checkpoint)
    }
}
