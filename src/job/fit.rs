//! Whether counts are what the machine's figures promise: chi-squared, block by block.

use super::expected::Expected;
use super::measured::Measured;

/// Fewer expected counts than that in a cell, and it is put together with others: below, chi-squared is not what it says.
const FEWEST: f64 = 5.0;

/// How far the counts of a block are from what was promised.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Surprise {
    /// Chi-squared of the words of all columns and copies.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub freedom: u64,
    /// How many standard deviations it is above what it would be of the promised probabilities.
    pub sigma: f64,
}

/// Compares the counts of a block with what was promised.
///
/// # Panics
/// If they are not of the same copies and columns.
pub fn surprise(expected: &Expected, measured: &Measured) -> Surprise {
    assert_eq!(expected.tiles.len(), measured.tiles.len(), "the same copies");
    let (mut chi_squared, mut freedom) = (0.0, 0);
    for (promised, found) in expected.tiles.iter().zip(&measured.tiles) {
        for (p, counts) in promised.words.column_iter().zip(found.counts.column_iter()) {
            let shots: f64 = counts.sum();
            let mut cells = 0u64;
            let (mut rest, mut seen) = (0.0, 0.0);
            for (p, count) in p.iter().zip(&counts) {
                let wanted = shots * p;
                if wanted >= FEWEST {
                    chi_squared += (count - wanted).powi(2) / wanted;
                    cells += 1;
                } else {
                    rest += wanted;
                    seen += count;
                }
            }
            if rest >= FEWEST {
                chi_squared += (seen - rest).powi(2) / rest;
                cells += 1;
            }
            freedom += cells.saturating_sub(1);
        }
    }
    let sigma = if freedom == 0 { 0.0 } else { (chi_squared - freedom as f64) / (2.0 * freedom as f64).sqrt() };
    Surprise { chi_squared, freedom, sigma }
}
