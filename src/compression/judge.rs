//! What compression costs and what it saves: labels that change, and shots until as few change.

use super::plan::CompressError;
use super::states::block_states;
use crate::encoding::EncodingRule;
use crate::linalg::RealMatrix;
use crate::network::{FirstStates, Network, run_classically};
use crate::run::{BlockTransitions, Inputs, Shots, run_quantum};

/// The fewest and the most shots that are looked at, each step a factor of √2.
const SHOTS: (f64, u32) = (100.0, 40);

/// A network on samples: its first states and the probabilities of its circuits.
pub struct Judge {
    first: RealMatrix,
    wanted: Vec<usize>,
}

impl Judge {
    /// Samples, and the labels that the original network gives them.
    ///
    /// # Panics
    /// If there are no samples, they do not fit, or the network has no head.
    pub fn new(original: &Network, inputs: &[Vec<f64>]) -> Judge {
        assert!(original.head.is_some(), "labels are a head's");
        let first = FirstStates::of(original, inputs).states;
        let wanted = run_classically(original, &first).labels;
        Judge { first, wanted }
    }

    /// The labels of the original.
    pub fn wanted(&self) -> &[usize] {
        &self.wanted
    }

    /// The labels of another network, with infinitely many shots.
    pub fn labels(&self, network: &Network) -> Vec<usize> {
        run_classically(network, &self.first).labels
    }

    /// The fewest shots a sign and block, on a grid of steps of √2, with which at most a share `most` of the labels
    /// differ from the original's; `None` where 10^8 are too few.
    ///
    /// # Errors
    /// If the network cannot be encoded.
    pub fn shots_for(
        &self,
        network: &Network,
        rule: EncodingRule,
        most: f64,
        seed: u64,
    ) -> Result<Option<u64>, CompressError> {
        let tables = transitions(network, rule)?;
        let share = |shots: u64| {
            let labels = run_quantum(network, &tables, &self.first, Shots::Finite(shots), seed).labels;
            self.differing(&labels) as f64 / labels.len() as f64
        };
        let shots = |step: u32| (SHOTS.0 * 2f64.powf(f64::from(step) / 2.0)).round() as u64;
        let (mut low, mut high) = (0, SHOTS.1);
        if share(shots(high)) > most {
            return Ok(None);
        }
        // Fewer shots differ more, but for luck.
        while low < high {
            let middle = (low + high) / 2;
            if share(shots(middle)) <= most { high = middle } else { low = middle + 1 }
        }
        Ok(Some(shots(high)))
    }

    /// How many labels differ from the original's.
    pub fn differing(&self, labels: &[usize]) -> usize {
        labels.iter().zip(&self.wanted).filter(|(a, b)| a != b).count()
    }
}

fn transitions(network: &Network, rule: EncodingRule) -> Result<Vec<BlockTransitions>, CompressError> {
    let of = |(k, block)| {
        let wrong = |source| CompressError::Encoding { block: k + 1, source };
        BlockTransitions::of_weights(block, rule, Inputs::Diagonal).map_err(wrong)
    };
    network.blocks.iter().enumerate().map(of).collect()
}

/// The variance that one shot brings to the states, `mean Σ_blocks (1-α)² Σ_n Σ± gamma±² p±(1-p±) / s²`, s being the sum
/// that F divides by, and `2 gamma² p+ p-` more where signs share their shots: shots for the same disagreement grow with it.
///
/// # Errors
/// If the network cannot be encoded.
///
/// # Panics
/// If there are no inputs or they do not fit.
pub fn shot_noise(network: &Network, rule: EncodingRule, inputs: &[Vec<f64>]) -> Result<f64, CompressError> {
    let states = block_states(network, inputs);
    let mut total = 0.0;
    for ((block, y), table) in network.blocks.iter().zip(&states).zip(transitions(network, rule)?) {
        let mut variance = vec![0.0; y.ncols()];
        let found: Vec<(f64, RealMatrix)> =
            table.signs.present().map(|(_, sign)| (sign.gamma, &sign.probabilities * y)).collect();
        for (gamma, p) in &found {
            for (sum, column) in variance.iter_mut().zip(p.column_iter()) {
                *sum += gamma * gamma * column.iter().map(|p| p * (1.0 - p)).sum::<f64>();
            }
        }
        if let ([(gamma, plus), (_, minus)], true) = (&found[..], table.joint) {
            // A shot that counts for one sign does not count for the other, and they are subtracted.
            for (sum, (plus, minus)) in variance.iter_mut().zip(plus.column_iter().zip(minus.column_iter())) {
                *sum += 2.0 * gamma * gamma * plus.dot(&minus);
            }
        }
        for (column, variance) in y.column_iter().zip(variance) {
            let z = block.linear(column.as_slice());
            let sum: f64 = z.iter().map(|z| block.activation.value(*z)).sum();
            if sum > 0.0 {
                total += (1.0 - block.alpha).powi(2) * variance / (sum * sum);
            }
        }
    }
    Ok(total / inputs.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{GammaRule, Phases};
    use crate::network::{Block, read_bytes};

    #[test]
    fn what_cannot_be_encoded_is_no_number_of_shots() {
        let text = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
            "blocks": [{"weight": [[1, -2], [0.5, 3]]}, {"weight": [[2, 0], [0, 1]]}],
            "head": {"weight": [[1, 0], [0, 1]], "bias": [0, 0]}}"#;
        let network = read_bytes(text, "n").unwrap();
        let inputs = [vec![1.0, 0.0], vec![0.2, 0.8]];
        let judge = Judge::new(&network, &inputs);
        let rule = EncodingRule { gamma: GammaRule::Own, phases: Phases::Signs, seed: 0 };
        assert!(judge.shots_for(&network, rule, 0.5, 0).unwrap().is_some());
        let mut huge = network.clone();
        huge.blocks[1] = Block::of_weight(RealMatrix::from_element(2, 2, 1e308));
        let found = [judge.shots_for(&huge, rule, 0.5, 0).map(drop), shot_noise(&huge, rule, &inputs).map(drop)];
        for error in found.map(Result::unwrap_err) {
            assert!(error.to_string().starts_with("block 2: the entries are too large"), "{error}");
        }
    }
}
