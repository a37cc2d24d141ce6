//! W as it was measured: the words of every column of a block, from one copy or several, with variances.

use super::reading::Reading;
use crate::linalg::RealMatrix;
use crate::simulator::noise::ReadoutError;

/// The words that one copy of a block's circuit spelt.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// How they are read.
    pub reading: Reading,
    /// How each bit is misread, in the order of [`Reading::bits`].
    pub readout: Vec<ReadoutError>,
    /// `counts[word][m]`
    pub counts: RealMatrix,
}

/// An estimate of W, entry by entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimated {
    /// `W_rec`, N x N.
    pub weight: RealMatrix,
    /// The variance of each entry.
    pub variance: RealMatrix,
}

/// A block's columns as they came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Copies that ran side by side; all have the same number of shots in a column.
    pub tiles: Vec<Tile>,
}

impl Tile {
    /// Shots of every column.
    pub fn shots(&self) -> Vec<f64> {
        self.counts.column_iter().map(|column| column.sum()).collect()
    }

    /// W by this copy alone, with readout errors taken out or left in.
    ///
    /// A variance is that of the shots, with one shot more that is spread over all words: where all shots agree, the next may not.
    pub fn estimate(&self, inverted: bool) -> Estimated {
        let worth = if inverted { self.reading.inverted(&self.readout) } else { self.reading.worth().clone() };
        let mut shares = self.counts.clone();
        let mut smooth = self.counts.clone();
        let words = self.counts.nrows() as f64;
        for (m, shots) in self.shots().into_iter().enumerate() {
            shares.column_mut(m).iter_mut().for_each(|c| *c /= shots.max(1.0));
            smooth.column_mut(m).iter_mut().for_each(|c| *c = (*c + 1.0 / words) / (shots + 1.0));
        }
        let weight = &worth * shares;
        let mean = &worth * &smooth;
        let mut variance = worth.map(|g| g * g) * smooth;
        for (m, shots) in self.shots().into_iter().enumerate() {
            let mean = mean.column(m).into_owned();
            variance
                .column_mut(m)
                .iter_mut()
                .zip(&mean)
                .for_each(|(v, mean)| *v = (*v - mean * mean).max(0.0) / shots.max(1.0));
        }
        Estimated { weight, variance }
    }
}

impl Measured {
    /// Shots of every column, those of all copies together.
    pub fn shots(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.tiles[0].counts.ncols()];
        self.tiles.iter().for_each(|tile| all.iter_mut().zip(tile.shots()).for_each(|(sum, shots)| *sum += shots));
        all
    }

    /// W by all copies. Where there are several, each is divided by its own `survival` (of W, once readout errors are out) and they are averaged with
    /// weights that make the variance least: by shots times survival squared, which no count has a say in, so that the mean is not biased.
    /// The mean survival is multiplied back, so that one scale is left for the block, as of a single copy.
    ///
    /// # Panics
    /// If there is not one survival a copy.
    pub fn estimate(&self, inverted: bool, survivals: &[f64]) -> Estimated {
        assert_eq!(survivals.len(), self.tiles.len(), "one survival a copy");
        let parts: Vec<Estimated> = self.tiles.iter().map(|tile| tile.estimate(inverted)).collect();
        let shots: Vec<Vec<f64>> = self.tiles.iter().map(Tile::shots).collect();
        let (rows, columns) = parts[0].weight.shape();
        let mut whole =
            Estimated { weight: RealMatrix::zeros(rows, columns), variance: RealMatrix::zeros(rows, columns) };
        for m in 0..columns {
            let weights: Vec<f64> = shots.iter().zip(survivals).map(|(shots, s)| shots[m] * s * s).collect();
            let all: f64 = weights.iter().sum();
            // What of W is left of the mean: the survival of all copies as one.
            let left: f64 = weights.iter().zip(survivals).map(|(w, s)| w * s).sum::<f64>() / all.max(f64::MIN_POSITIVE);
            for ((part, weight), survival) in parts.iter().zip(&weights).zip(survivals) {
                let share = if parts.len() == 1 { 1.0 } else { weight / all.max(f64::MIN_POSITIVE) * left / survival };
                for n in 0..rows {
                    whole.weight[(n, m)] += share * part.weight[(n, m)];
                    whole.variance[(n, m)] += share * share * part.variance[(n, m)];
                }
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qasm::SignContract;
    use crate::random::stream;
    use crate::signs::Signs;
    use crate::simulator::Multinomial;
    use std::collections::BTreeMap;

    fn reading() -> Reading {
        let sign = |value| SignContract {
            gamma: 4.0,
            input: vec![],
            phases: None,
            output: vec![0],
            accept: BTreeMap::from([(1, value)]),
            error: None,
        };
        Reading::of(&Signs { plus: Some(sign(0)), minus: Some(sign(1)) }, 2).unwrap()
    }

    fn drawn(p: &RealMatrix, shots: u64, errors: &[ReadoutError], rng: &mut crate::random::Rng) -> RealMatrix {
        let mut counts = RealMatrix::zeros(p.nrows(), p.ncols());
        for m in 0..p.ncols() {
            let mut words = p.column(m).into_owned();
            errors.iter().enumerate().for_each(|(bit, error)| error.apply(words.as_mut_slice(), bit));
            Multinomial::default().draw(shots, words.as_slice(), counts.column_mut(m).as_mut_slice(), rng);
        }
        counts
    }

    #[test]
    fn errors_are_as_large_as_estimates_scatter() {
        let p = RealMatrix::from_column_slice(4, 2, &[0.4, 0.3, 0.2, 0.1, 0.05, 0.05, 0.6, 0.3]);
        let exact = reading().worth() * &p;
        let errors = [(0.02, 0.05), (0.01, 0.08)]
            .map(|(one_for_zero, zero_for_one)| ReadoutError { one_for_zero, zero_for_one });
        let mut rng = stream(5, 0);
        // Two copies, of which the second keeps half of W.
        let half = RealMatrix::from_fn(4, 2, |word, m| 0.5 * p[(word, m)] + 0.125);
        let (draws, shots) = (600, 400);
        let (mut square, mut stated) = (RealMatrix::zeros(2, 2), RealMatrix::zeros(2, 2));
        let mut sum = RealMatrix::zeros(2, 2);
        let mut left = 0.0;
        for _ in 0..draws {
            let tile =
                |p| Tile { reading: reading(), readout: errors.to_vec(), counts: drawn(p, shots, &errors, &mut rng) };
            let measured = Measured { tiles: [&p, &half].map(tile).into() };
            assert_eq!(measured.shots(), [800.0, 800.0]);
            let found = measured.estimate(true, &[1.0, 0.5]);
            // Weights 4 : 1, of what is left 1 and 1/2.
            left = (4.0 + 0.5) / 5.0;
            let off = &found.weight - &exact * left;
            sum += &off;
            square += off.component_mul(&off);
            stated += found.variance;
        }
        assert!(left == 0.9);
        let ratio = square.component_div(&stated);
        assert!(ratio.iter().all(|r| (0.8..1.25).contains(r)), "{ratio}");
        let bias = (sum / f64::from(draws)).component_div(&(stated / f64::from(draws)).map(f64::sqrt));
        assert!(bias.amax() < 4.0 / f64::from(draws).sqrt(), "{bias}");
    }
}
