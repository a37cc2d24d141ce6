//! How well states are told apart. Most are separable, so accuracy alone would flatter.

use super::states::{Family, LabelledState};
use crate::linalg::RealMatrix;
use crate::network::{Network, run_classically};

/// Shares of right labels, in [0, 1].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// Of all states.
    pub accuracy: f64,
    /// The mean over the two classes.
    pub balanced: f64,
    /// Of the entangled states.
    pub recall: f64,
    /// Of each family that has states.
    pub families: Vec<(Family, f64)>,
}

impl Scores {
    /// Compares labels, 1 for entangled, with the truth.
    ///
    /// # Panics
    /// If a class is not there.
    pub fn of(labels: &[usize], states: &[LabelledState]) -> Scores {
        let share = |wanted: &dyn Fn(&LabelledState) -> bool| {
            let of = states.iter().zip(labels).filter(|(s, _)| wanted(s));
            let (right, all) = of.fold((0u32, 0u32), |(right, all), (s, label)| {
                (right + u32::from(*label == usize::from(s.entangled)), all + 1)
            });
            (all > 0).then(|| f64::from(right) / f64::from(all))
        };
        let class = |entangled| share(&|s| s.entangled == entangled).expect("states of either class");
        Scores {
            accuracy: share(&|_| true).expect("there are states"),
            balanced: (class(true) + class(false)) / 2.0,
            recall: class(true),
            families: Family::ALL.into_iter().filter_map(|f| Some((f, share(&|s| s.family == f)?))).collect(),
        }
    }

    /// The scores of a network on states given also by their coordinates.
    ///
    /// # Panics
    /// If the network has no head or is not of two qubits.
    pub fn of_network(network: &Network, coordinates: &RealMatrix, states: &[LabelledState]) -> Scores {
        Scores::of(&run_classically(network, coordinates).labels, states)
    }

    /// What networks are chosen by: accuracy and balanced accuracy, one as good as the other.
    pub fn merit(&self) -> f64 {
        self.accuracy + self.balanced
    }

    /// The share of a family; `None` if there are no states of it.
    pub fn family(&self, family: Family) -> Option<f64> {
        self.families.iter().find(|(f, _)| *f == family).map(|(_, share)| *share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Matrix;
    use approx::assert_abs_diff_eq;

    #[test]
    fn shares_by_hand() {
        let state = |family, entangled| LabelledState { rho: Matrix::zeros(4, 4), family, entangled };
        let states = [
            state(Family::Werner, true),
            state(Family::Werner, true),
            state(Family::Werner, false),
            state(Family::Separable, false),
            state(Family::Separable, false),
        ];
        let scores = Scores::of(&[1, 0, 0, 0, 1], &states);
        assert_eq!((scores.accuracy, scores.recall), (0.6, 0.5));
        assert_abs_diff_eq!(scores.balanced, (0.5 + 2.0 / 3.0) / 2.0, epsilon = 1e-15);
        assert_eq!(scores.family(Family::Separable), Some(0.5));
        assert_eq!(scores.family(Family::Adversarial), None);
    }
}
