//! What a machine's figures promise of a job: words of every column, and with them what counts may say before any are there.

use super::ladder::{Ground, Step};
use super::measured::{Measured, Tile};
use super::mitigation::scale;
use super::reading::Reading;
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::random::{Rng, stream};
use crate::run::{Disagreement, Estimate};
use crate::simulator::Multinomial;
use crate::simulator::noise::ReadoutError;
use rayon::prelude::*;

/// One copy of a block's circuit on the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedTile {
    /// How it is read.
    pub reading: Reading,
    /// How each of its bits is misread.
    pub readout: Vec<ReadoutError>,
    /// `p[word][m]`, readout errors included.
    pub words: RealMatrix,
    /// What is left of W when readout errors are out: W_rec, times one over it, has the size of W.
    pub survival: f64,
}

/// A block on the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Its copies; all have the same shots.
    pub tiles: Vec<ExpectedTile>,
}

impl ExpectedTile {
    /// A copy of a block whose words have these probabilities.
    pub fn new(block: &Block, reading: Reading, readout: Vec<ReadoutError>, words: RealMatrix) -> ExpectedTile {
        let inverted = reading.inverted(&readout) * &words;
        let even = vec![1.0; words.ncols()];
        let survival = scale(block.weight(), &inverted, &even).map_or(1.0, |scale| 1.0 / scale);
        ExpectedTile { reading, readout, words, survival }
    }

    /// What so many shots of column m may spell: counts by word.
    pub fn drawn(&self, m: usize, shots: u64, multinomial: &mut Multinomial, rng: &mut Rng) -> Vec<f64> {
        let p = self.words.column(m).into_owned();
        let mut counts = vec![0.0; p.len()];
        let counted = multinomial.draw(shots, p.as_slice(), &mut counts, rng);
        // What rounding leaves of a sum of one.
        counts[0] += (shots - counted) as f64;
        counts
    }

    fn measured(&self, counts: RealMatrix) -> Tile {
        Tile { reading: self.reading.clone(), readout: self.readout.clone(), counts }
    }
}

impl Expected {
    /// The survival of each copy.
    pub fn survivals(&self) -> Vec<f64> {
        self.tiles.iter().map(|tile| tile.survival).collect()
    }

    /// What W of all copies together has to be multiplied with, as they are averaged.
    pub fn promised_scale(&self) -> f64 {
        scale_of_copies(self.survivals())
    }

    /// What infinitely many shots would say: the probabilities themselves, as counts of one shot in each column.
    pub fn exact(&self) -> Measured {
        Measured { tiles: self.tiles.iter().map(|tile| tile.measured(tile.words.clone())).collect() }
    }

    /// What so many shots of each column may say, on each copy.
    ///
    /// # Panics
    /// If there is not one number a column.
    pub fn drawn(&self, shots: &[u64], rng: &mut Rng) -> Measured {
        let mut multinomial = Multinomial::default();
        let mut of = |tile: &ExpectedTile| {
            let (words, columns) = tile.words.shape();
            assert_eq!(columns, shots.len(), "shots of every column");
            let mut counts = RealMatrix::zeros(words, columns);
            for (m, shots) in shots.iter().enumerate() {
                counts.column_mut(m).copy_from_slice(&tile.drawn(m, *shots, &mut multinomial, rng));
            }
            tile.measured(counts)
        };
        Measured { tiles: self.tiles.iter().map(&mut of).collect() }
    }
}

/// What W of copies that keep so much of it has to be multiplied with, as they are averaged: by the squares of that.
pub(super) fn scale_of_copies(survivals: impl IntoIterator<Item = f64>) -> f64 {
    let (above, below) = survivals.into_iter().fold((0.0, 0.0), |(a, b), s| (a + s * s, b + s * s * s));
    above / below
}

/// What a step of mitigation will come to.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Which.
    pub step: Step,
    /// The share of labels that are not the network's own, in [0, 1]: mean over draws of all counts, and the standard error of that mean.
    pub changed: Estimate,
    /// The standard deviation of that share from one job to the next.
    pub spread: f64,
    /// The share of labels that are wrong, where the true ones are known.
    pub wrong: Option<Estimate>,
    /// The share of labels that are not those of the network to compare with, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strayed: Option<Estimate>,
    /// `|W_rec - W| / |W|` of each block, mean over draws; `null` where W is zero.
    pub distances: Vec<Option<f64>>,
    /// The share of labels that infinitely many shots would change: what the machine itself does.
    pub unlimited: f64,
    /// `|W_rec - W| / |W|` of each block with infinitely many shots.
    pub unlimited_distances: Vec<Option<f64>>,
}

/// Runs the job `draws` times on its promised probabilities, each time with other counts, and says what each step of mitigation comes to. The same seed gives
/// the same answer. `done` is called after each.
///
/// # Panics
/// If there are no draws, or not one list of shots a block.
pub fn promises(
    ground: &Ground<'_>,
    expected: &[Expected],
    shots: &[Vec<u64>],
    draws: u32,
    refit: bool,
    seed: u64,
    done: impl Fn() + Sync,
) -> Vec<Promise> {
    assert!(draws > 0 && expected.len() == shots.len(), "there is something to draw");
    let survivals: Vec<Vec<f64>> = expected.iter().map(Expected::survivals).collect();
    let ladders: Vec<_> = (0..draws)
        .into_par_iter()
        .map(|draw| {
            let mut rng = stream(seed, u64::from(draw));
            let measured: Vec<Measured> =
                expected.iter().zip(shots).map(|(e, shots)| e.drawn(shots, &mut rng)).collect();
            let ladder = ground.climb(&measured, &survivals, refit.then_some(seed ^ u64::from(draw)));
            done();
            ladder
        })
        .collect();
    let steps = ladders[0].rungs.len();
    let exact: Vec<Measured> = expected.iter().map(Expected::exact).collect();
    let exact = ground.climb(&exact, &survivals, refit.then_some(seed));
    (0..steps)
        .map(|i| {
            let rungs: Vec<_> = ladders.iter().map(|ladder| &ladder.rungs[i]).collect();
            let rows = ground.own().len() as f64;
            let shares: Vec<f64> = rungs.iter().map(|rung| ground.changed(&rung.labels).share()).collect();
            // Of what is not known of one draw, nothing is known.
            let known = |of: &dyn Fn(&[usize]) -> Option<Disagreement>| -> Option<Estimate> {
                let shares: Option<Vec<f64>> = rungs.iter().map(|rung| Some(of(&rung.labels)?.share())).collect();
                Some(mean(&shares?, rows).0)
            };
            let (changed, spread) = mean(&shares, rows);
            let mean_of = |k: usize| -> Option<f64> {
                let all: Option<Vec<f64>> = rungs.iter().map(|rung| rung.distances[k]).collect();
                all.map(|all| mean(&all, rows).0.value)
            };
            let distances = (0..rungs[0].distances.len()).map(mean_of).collect();
            Promise {
                step: rungs[0].step,
                changed,
                spread,
                wrong: known(&|labels| ground.wrong(labels)),
                strayed: known(&|labels| ground.strayed(labels)),
                distances,
                unlimited: ground.changed(&exact.rungs[i].labels).share(),
                unlimited_distances: exact.rungs[i].distances.clone(),
            }
        })
        .collect()
}

/// The mean of shares of so many rows with its standard error, and the standard deviation. Where all draws agree, the next may
/// not: neither is less than one row in all of them would make it.
fn mean(values: &[f64], rows: f64) -> (Estimate, f64) {
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
    let spread = spread.max(1.0 / (rows * n.sqrt()));
    (Estimate { value, error: spread / n.sqrt() }, spread)
}
