//! What is counted over a run: errors, disagreement, who was right, which digit was taken for which.

use super::Outcome;
use serde::{Deserialize, Serialize};

/// Counts over all samples of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// `confusion[class][label]`, the quantum network's.
    pub confusion: Vec<Vec<usize>>,
    /// How often all units of a layer were dead: in the classical network,
    pub classical_dead: usize,
    /// and in the quantum one.
    pub quantum_dead: usize,
    /// How often all shots of a sign were rejected.
    pub empty: usize,
}

/// Counts over the samples of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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

impl Tally {
    /// Compares two runs over the same samples. Classes are counted where the network has a head, and who was right
    /// where the true classes are known.
    ///
    /// # Panics
    /// If the runs differ in length, or a truth is no class.
    pub fn of(classical: &Outcome, quantum: &Outcome, truth: Option<&[usize]>, classes: usize) -> Tally {
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
        let Some(truth) = truth.filter(|_| !quantum.labels.is_empty()) else { return tally };
        tally.classes = vec![ClassTally::default(); classes];
        tally.confusion = vec![vec![0; classes]; classes];
        for ((&c, &q), &t) in classical.labels.iter().zip(&quantum.labels).zip(truth) {
            let counted = match (c == t, q == t) {
                (true, true) => &mut tally.both_right,
                (false, false) => &mut tally.both_wrong,
                (true, false) => &mut tally.classical_only,
                (false, true) => &mut tally.quantum_only,
            };
            *counted += 1;
            let class = &mut tally.classes[t];
            class.samples += 1;
            class.classical_wrong += usize::from(c != t);
            class.quantum_wrong += usize::from(q != t);
            class.disagree += usize::from(c != q);
            tally.confusion[t][q] += 1;
        }
        tally
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
            empty: 0,
        };
        let (classical, quantum) = (outcome(&[0, 1, 2, 1, 0]), outcome(&[0, 2, 2, 0, 2]));
        let tally = Tally::of(&classical, &quantum, Some(&[0, 1, 1, 0, 1]), 3);
        assert_eq!((tally.both_right, tally.both_wrong, tally.classical_only, tally.quantum_only), (1, 2, 1, 1));
        assert_eq!((tally.disagree, tally.disagreement()), (3, 0.6));
        assert_eq!((tally.error(), tally.classical_error()), (0.6, 0.6));
        assert_eq!(tally.confusion, [[2, 0, 0], [0, 0, 3], [0, 0, 0]]);
        assert_eq!(tally.classes[1], ClassTally { samples: 3, classical_wrong: 2, quantum_wrong: 3, disagree: 2 });
        let unknown = Tally::of(&classical, &quantum, None, 3);
        assert_eq!((unknown.disagree, unknown.both_right, unknown.classes.len()), (3, 0, 0));
    }
}
