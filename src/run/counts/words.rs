//! Counts: how often each word of bits was read.

use crate::files::one_line;
use crate::qasm::{Contract, SignContract};
use std::collections::BTreeMap;

/// The most shots that a file can have: beyond, sums are no longer exact in f64.
const MOST: u64 = 1 << 53;

/// How often each word of bits was read; bit i of a word is at index i.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    words: BTreeMap<Vec<bool>, u64>,
    shots: u64,
}

/// Counts that cannot be read, or do not belong to a program. What it quotes of them may hold line breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", one_line(.0))]
pub struct CountsError(pub(super) String);

impl Counts {
    /// Adds shots that all read the same.
    pub(super) fn add(&mut self, word: Vec<bool>, count: u64) -> Result<(), CountsError> {
        let shots = self.shots.checked_add(count).filter(|shots| *shots <= MOST);
        self.shots = shots.ok_or_else(|| CountsError("more than 2^53 shots".into()))?;
        *self.words.entry(word).or_default() += count;
        Ok(())
    }

    /// Shots in all.
    pub fn shots(&self) -> u64 {
        self.shots
    }

    /// Every word that was read.
    pub(super) fn words(&self) -> &BTreeMap<Vec<bool>, u64> {
        &self.words
    }

    /// The same, had the other end of every word been bit 0.
    pub fn reversed(&self) -> Counts {
        let reversed = |(word, count): (&Vec<bool>, &u64)| (word.iter().rev().copied().collect(), *count);
        Counts { words: self.words.iter().map(reversed).collect(), shots: self.shots }
    }

    /// How often a sign's shots counted and spelt each n below `rows`.
    pub(super) fn spelt(&self, contract: &Contract, sign: &SignContract, rows: usize) -> Vec<f64> {
        let mut found = vec![0.0; rows];
        for (word, count) in &self.words {
            if let Some(n) = contract.spelt(sign, |bit| word[bit]).filter(|n| *n < rows) {
                found[n] += *count as f64;
            }
        }
        found
    }
}
