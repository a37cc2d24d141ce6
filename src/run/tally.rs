//! What is counted over a run: errors, disagreement, who was right, which digit was taken for which.

use crate::data::Samples;
use crate::network::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts over all samples of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// Samples.
    pub samples: usize,
    /// Both networks name the right class.
    pub both_right: usize,
    /// Neither does.
    pub both_wrong: usize,
    /// Only the classical one does.
    pub classical_only: usize,
    /// Only the quantum one does.
    pub quantum_only: usize,
    /// Their labels differ.
    pub disagree: usize,
    /// Sum over all samples of the distance `sum_n |y_n - y'_n| / 2` of the last states.
    pub distance: f64,
    /// Class by class.
    pub classes: Vec<ClassTally>,
    /// Family by family, where samples name theirs, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<(String, ClassTally)>,
    /// `confusion[class][label]`, the quantum network's.
    pub confusion: Vec<Vec<usize>>,
    /// How often all units of a layer were dead: in the classical network,
    pub classical_dead: usize,
    /// and in the quantum one.
    pub quantum_dead: usize,
    /// How often all shots of a sign were rejected.
    pub empty: usize,
}

/// Counts over the samples of one class, or of one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassTally {
    /// Samples.
    pub samples: usize,
    /// Those the classical network gets wrong.
    pub classical_wrong: usize,
    /// Those the quantum network gets wrong.
    pub quantum_wrong: usize,
    /// Those where they differ.
    pub disagree: usize,
}

impl ClassTally {
    /// One more sample, with what it is and what the networks say.
    fn count(&mut self, truth: usize, classical: usize, quantum: usize) {
        self.samples += 1;
        self.classical_wrong += usize::from(classical != truth);
        self.quantum_wrong += usize::from(quantum != truth);
        self.disagree += usize::from(classical != quantum);
    }
}

impl Tally {
    /// Mean over all samples of the distance of the last states, 0 to 1; 0 without samples.
    pub fn mean_distance(&self) -> f64 {
        self.distance / self.samples.max(1) as f64
    }

    /// Compares two runs over the same samples. Classes are counted where the network has a head, and who was right
    /// where the true classes are known.
    ///
    /// # Panics
    /// If the runs differ in length, or a truth is no class.
    pub fn of(classical: &Outcome, quantum: &Outcome, of: &Samples, classes: usize) -> Tally {
        let samples = classical.states.ncols();
        assert_eq!(samples, quantum.states.ncols(), "both ran over the same samples");
        let mut tally = Tally {
            samples,
            distance: (&classical.states - &quantum.states).iter().map(|d| d.abs()).sum::<f64>() / 2.0,
            classical_dead: classical.dead,
            quantum_dead: quantum.dead,
            empty: quantum.empty,
            ..Tally::default()
        };
        tally.disagree = classical.labels.iter().zip(&quantum.labels).filter(|(c, q)| c != q).count();
        let Some(truth) = of.labels.as_ref().filter(|_| !quantum.labels.is_empty()) else { return tally };
        tally.classes = vec![ClassTally::default(); classes];
        tally.confusion = vec![vec![0; classes]; classes];
        let mut families = BTreeMap::<&str, ClassTally>::new();
        for (i, ((&c, &q), &t)) in classical.labels.iter().zip(&quantum.labels).zip(truth).enumerate() {
            let counted = match (c == t, q == t) {
                (true, true) => &mut tally.both_right,
                (false, false) => &mut tally.both_wrong,
                (true, false) => &mut tally.classical_only,
                (false, true) => &mut tally.quantum_only,
            };
            *counted += 1;
            tally.classes[t].count(t, c, q);
            if let Some(names) = &of.families {
                families.entry(&names[i]).or_default().count(t, c, q);
            }
            tally.confusion[t][q] += 1;
        }
        tally.families = families.into_iter().map(|(name, tally)| (name.to_owned(), tally)).collect();
        tally
    }

    /// The mean over classes of the share that the quantum network gets wrong; classes without samples do not count.
    pub fn balanced_error(&self) -> f64 {
        let there: Vec<&ClassTally> = self.classes.iter().filter(|class| class.samples > 0).collect();
        let shares = there.iter().map(|class| class.quantum_wrong as f64 / class.samples as f64);
        shares.sum::<f64>() / there.len().max(1) as f64
    }

    /// Share of samples whose labels differ, in [0, 1].
    pub fn disagreement(&self) -> f64 {
        self.share(self.disagree)
    }

    /// Share of samples that the quantum network gets wrong.
    pub fn error(&self) -> f64 {
        self.share(self.both_wrong + self.classical_only)
    }

    /// Share of samples that the classical network gets wrong.
    pub fn classical_error(&self) -> f64 {
        self.share(self.both_wrong + self.quantum_only)
    }

    /// A count as a share of all samples.
    pub fn share(&self, count: usize) -> f64 {
        count as f64 / self.samples.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::RealMatrix;

    #[test]
    fn every_sample_is_counted_once() {
        let outcome = |labels: &[usize]| Outcome {
            labels: labels.to_vec(),
            states: RealMatrix::zeros(2, 5),
            dead: labels[0],
            dead_blocks: vec![labels[0]],
            empty: 0,
        };
        let (classical, quantum) = (outcome(&[0, 1, 2, 1, 0]), outcome(&[0, 2, 2, 0, 2]));
        let families = ["b", "a", "b", "b", "b"].map(str::to_owned).to_vec();
        let samples = Samples { labels: Some(vec![0, 1, 1, 0, 1]), families: Some(families), ..Samples::default() };
        let tally = Tally::of(&classical, &quantum, &samples, 3);
        assert_eq!((tally.both_right, tally.both_wrong, tally.classical_only, tally.quantum_only), (1, 2, 1, 1));
        assert_eq!((tally.disagree, tally.disagreement()), (3, 0.6));
        assert_eq!((tally.error(), tally.classical_error()), (0.6, 0.6));
        assert_eq!(tally.confusion, [[2, 0, 0], [0, 0, 3], [0, 0, 0]]);
        assert_eq!(tally.classes[1], ClassTally { samples: 3, classical_wrong: 2, quantum_wrong: 3, disagree: 2 });
        assert_eq!(
            tally.families[0],
            ("a".into(), ClassTally { samples: 1, classical_wrong: 0, quantum_wrong: 1, disagree: 1 })
        );
        assert_eq!(tally.families[1].1.samples, 4);
        assert_eq!(tally.balanced_error(), 0.5);
        let unknown = Tally::of(&classical, &quantum, &Samples::default(), 3);
        assert_eq!((unknown.disagree, unknown.both_right, unknown.classes.len()), (3, 0, 0));
    }
}
