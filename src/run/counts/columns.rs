//! What counts of all basis states say of a block: W itself, and W y of any diagonal state (docs/method.md, section 10).

use super::estimate::{Estimate, behind, resampled, sum_estimates};
use super::words::Counts;
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::Program;
use crate::random::stream;
use crate::simulator::Multinomial;

/// What counts of the columns of a block say.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnsEstimate {
    /// W_rec, with the shape of W.
    pub weight: RealMatrix,
    /// One standard deviation of each of its entries.
    pub error: RealMatrix,
    /// `|W_rec - W| / |W|`, Frobenius, and what shots alone make of it: the root of the sum of all variances over |W|. None where
    /// W is zero.
    pub distance: Option<[f64; 2]>,
    /// (W y)_n, h and `α y + (1 - α) h` of a state y, where one was given.
    pub state: Option<StateEstimate>,
}

/// What follows from W_rec for one state.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StateEstimate {
    /// (W y)_n
    pub product: Vec<Estimate>,
    /// h = F(W y + b)
    pub h: Vec<Estimate>,
    /// `α y + (1 - α) h`
    pub next: Vec<Estimate>,
}

/// Share of W that must be missing before anything is said.
const FAR: f64 = 0.5;

impl ColumnsEstimate {
    /// Whether neither shots nor a machine that is still of use explain how far W_rec is from W.
    pub fn is_far(&self) -> bool {
        self.distance.is_some_and(|[distance, expected]| distance > FAR.max(3.0 * expected))
    }
}

/// Estimates of a block from counts of each of its basis states, in their order: of its program, or of both halves of a split
/// one. `y` is a state to apply W_rec to. Error bars of W_rec and W y are those of the shots, those of h come from resampled counts.
///
/// # Panics
/// If there are not as many columns as the block has, a word is shorter than its program's bits, or y has not the block's
/// dimension.
pub fn estimate_columns(
    columns: &[Vec<(&Program, &Counts)>],
    block: &Block,
    y: Option<&[f64]>,
    seed: u64,
) -> ColumnsEstimate {
    assert_eq!(columns.len(), block.dim(), "counts of every column");
    let wanted = block.weight();
    let (rows, width) = wanted.shape();
    let found: Vec<Vec<Estimate>> = columns[..width].iter().map(|parts| sum_estimates(parts, rows)).collect();
    let weight = RealMatrix::from_fn(rows, width, |n, m| found[m][n].value);
    let error = RealMatrix::from_fn(rows, width, |n, m| found[m][n].error);
    let length = wanted.norm();
    let state = y.map(|y| {
        assert_eq!(y.len(), block.dim(), "a state has the block's dimension");
        let product: Vec<Estimate> = (0..rows)
            .map(|n| {
                let terms = || found.iter().zip(y).map(|(column, y)| (column[n].value * y, column[n].error * y));
                let variance: f64 = terms().map(|(_, error)| error * error).sum();
                Estimate { value: terms().map(|(value, _)| value).sum(), error: variance.sqrt() }
            })
            .collect();
        let (mut multinomial, mut rng) = (Multinomial::default(), stream(seed, 0));
        let resample = || {
            let mut sum = vec![0.0; rows];
            for (parts, y) in columns.iter().zip(&y[..width]).filter(|(_, y)| **y > 0.0) {
                let drawn = resampled(parts, rows, &mut multinomial, &mut rng);
                sum.iter_mut().zip(&drawn).for_each(|(sum, drawn)| *sum += y * drawn);
            }
            sum
        };
        let (h, next) = behind(block, &product, Some(y), resample);
        StateEstimate { product, h, next: next.expect("there is a state") }
    });
    let distance = (length > 0.0).then(|| [(&weight - wanted).norm() / length, error.norm() / length]);
    ColumnsEstimate { weight, error, distance, state }
}
