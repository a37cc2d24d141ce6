//! How many shots each basis input ("column") of each block gets, where all are measured once and serve every sample.
//!
//! With `v_bm` the variance that a single shot of column m of block b leaves in the scores and `S_bm` its shots, the scores'
//! variance is `Σ v_bm / S_bm`. It is least, for `Σ S_bm` given, where `S_bm` is in proportion to `√v_bm`.

mod fill;

use self::fill::{Item, fill};
use super::transitions::{BlockTransitions, Inputs};
use crate::encoding::{EncodingError, GammaRule};
use crate::network::{FirstStates, Network};
use crate::training::{ShotMoments, score_variances};

/// The fewest shots of a column: what the scores hardly see on the samples at hand is measured all the same.
pub const FLOOR: u64 = 30;

/// What a single shot of each column leaves in the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreVariance {
    /// `v_bm`, by block and column, at least zero; see [`score_variances`].
    pub columns: Vec<Vec<f64>>,
    /// How many circuits a block has, each of which takes the shots of a column: one for both signs, or one a sign.
    pub circuits: Vec<u64>,
}

impl ScoreVariance {
    /// Of a network whose circuits have these probabilities, on samples as they will be run (inputs before they are
    /// normalised; training rows, since what is chosen by test rows says nothing of them).
    ///
    /// # Panics
    /// If there are no inputs, or they or the tables do not fit, or a table is of states that are not diagonal.
    pub fn of(network: &Network, tables: &[BlockTransitions], inputs: &[Vec<f64>]) -> ScoreVariance {
        assert_eq!(tables.len(), network.blocks.len(), "one table a block");
        let all: Vec<Vec<ShotMoments>> =
            network.blocks.iter().zip(tables).map(|(block, table)| moments(table, block.weight().nrows())).collect();
        ScoreVariance::of_moments(network, &all, inputs)
    }

    /// The same from what a shot of each circuit of each block adds to W.
    ///
    /// # Panics
    /// As [`ScoreVariance::of`].
    pub fn of_moments(network: &Network, circuits: &[Vec<ShotMoments>], inputs: &[Vec<f64>]) -> ScoreVariance {
        let first = FirstStates::of(network, inputs).states;
        let columns = score_variances(network, &first, circuits);
        ScoreVariance { columns, circuits: circuits.iter().map(|block| block.len() as u64).collect() }
    }

    /// The variance of the centred scores, summed over classes, in the mean of the samples, that these shots leave; to first
    /// order.
    ///
    /// # Panics
    /// If the allotment is of a network of another shape.
    pub fn left_by(&self, allotment: &Allotment) -> f64 {
        assert_eq!(self.columns.len(), allotment.shots.len(), "as many blocks");
        let block = |(columns, shots): (&Vec<f64>, &Vec<u64>)| {
            assert_eq!(columns.len(), shots.len(), "as many columns");
            columns.iter().zip(shots).map(|(v, shots)| v / *shots as f64).sum::<f64>()
        };
        self.columns.iter().zip(&allotment.shots).map(block).sum()
    }
}

/// Shots of every column of every block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotment {
    /// By block and column; where the signs of a block are two circuits, each of them runs so often.
    pub shots: Vec<Vec<u64>>,
    circuits: Vec<u64>,
}

/// Executions that do not do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AllotmentError {
    /// Too few for all columns.
    #[error("{executions} executions: {columns} columns take at least {least}, {each} each")]
    TooFew {
        /// Executions that there are.
        executions: u64,
        /// Columns of all circuits.
        columns: u64,
        /// Shots of each.
        each: u64,
        /// What that makes.
        least: u64,
    },
    /// A block cannot be encoded.
    #[error("block {block}: {source}")]
    Encoding {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EncodingError,
    },
}

impl Allotment {
    /// The same shots for every column, but for a remainder of less than one each.
    ///
    /// # Errors
    /// If there are fewer executions than columns.
    pub fn even(variance: &ScoreVariance, executions: u64) -> Result<Allotment, AllotmentError> {
        let equal = variance.columns.iter().map(|block| vec![0.0; block.len()]).collect();
        Allotment::with_floor(&ScoreVariance { columns: equal, circuits: variance.circuits.clone() }, executions, 1)
    }

    /// Shots for which the scores' variance is least, at least [`FLOOR`] a column, `executions` in all.
    ///
    /// The total is kept exactly where each block is one circuit; a single execution can be left over where blocks are two.
    ///
    /// # Errors
    /// If there are fewer executions than the floor takes.
    pub fn by(variance: &ScoreVariance, executions: u64) -> Result<Allotment, AllotmentError> {
        Allotment::with_floor(variance, executions, FLOOR)
    }

    /// The same for a network whose circuits are as its weights say, by its inputs on training rows.
    ///
    /// # Errors
    /// As [`Allotment::by`], or if a block cannot be encoded.
    ///
    /// # Panics
    /// If there are no inputs or they do not fit.
    pub fn by_sensitivity(
        network: &Network,
        inputs: &[Vec<f64>],
        executions: u64,
    ) -> Result<Allotment, AllotmentError> {
        let table = |(k, block)| {
            let wrong = |source| AllotmentError::Encoding { block: k + 1, source };
            BlockTransitions::of_weights(block, GammaRule::Own, Inputs::Diagonal).map_err(wrong)
        };
        let tables: Vec<BlockTransitions> = network.blocks.iter().enumerate().map(table).collect::<Result<_, _>>()?;
        Allotment::by(&ScoreVariance::of(network, &tables, inputs), executions)
    }

    fn with_floor(variance: &ScoreVariance, executions: u64, floor: u64) -> Result<Allotment, AllotmentError> {
        let items: Vec<Item> = variance.items().collect();
        let columns: u64 = items.iter().map(|item| item.cost).sum();
        let least = columns.saturating_mul(floor);
        if executions < least.max(1) {
            return Err(AllotmentError::TooFew { executions, columns, each: floor, least: least.max(1) });
        }
        let mut shots = fill(&items, executions, floor).into_iter();
        let shots = variance.columns.iter().map(|block| shots.by_ref().take(block.len()).collect()).collect();
        Ok(Allotment { shots, circuits: variance.circuits.clone() })
    }

    /// Executions in all: every circuit of every block, all of its columns.
    pub fn executions(&self) -> u64 {
        self.by_block().iter().sum()
    }

    /// Executions of each block.
    pub fn by_block(&self) -> Vec<u64> {
        self.shots.iter().zip(&self.circuits).map(|(shots, circuits)| circuits * shots.iter().sum::<u64>()).collect()
    }

    /// How many times the variance that these shots leave an even allotment of as many executions would leave; 1 where
    /// nothing is left either way.
    ///
    /// # Panics
    /// If the variance is of a network of another shape.
    pub fn gain(&self, variance: &ScoreVariance) -> f64 {
        let even = Allotment::even(variance, self.executions()).expect("every column has shots already");
        let (even, own) = (variance.left_by(&even), variance.left_by(self));
        if own > 0.0 { even / own } else { 1.0 }
    }
}

impl ScoreVariance {
    fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let block = |(columns, circuits): (&Vec<f64>, &u64)| {
            let cost = *circuits;
            columns.iter().map(|&v| Item { v, cost }).collect::<Vec<_>>()
        };
        self.columns.iter().zip(&self.circuits).flat_map(block)
    }
}

/// What a shot of each circuit of a block adds to W, which has so many rows; what readings beyond them spell is lost.
fn moments(table: &BlockTransitions, rows: usize) -> Vec<ShotMoments> {
    let signs = table.signs.present().map(|(sign, found)| {
        // Where readout errors are taken out again, estimates of small probabilities can be negative.
        let p = found.probabilities.rows(0, rows).map(|p| p.max(0.0));
        ShotMoments { mean: &p * (sign.factor() * found.gamma), square: p * (found.gamma * found.gamma) }
    });
    let signs: Vec<ShotMoments> = signs.collect();
    if !table.joint {
        return signs;
    }
    let add = |sum: ShotMoments, other: ShotMoments| ShotMoments {
        mean: sum.mean + other.mean,
        square: sum.square + other.square,
    };
    signs.into_iter().reduce(add).into_iter().collect()
}

#[cfg(test)]
mod tests;
