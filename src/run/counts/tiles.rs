//! Counts of a program that has its circuits several times: of each copy, or of all of them as shots of one.

use super::words::{Counts, CountsError};
use crate::qasm::{Contract, Program};

/// What each copy of a program read, as counts of its first: bits that the first does not read are 0. Gates and readout may be
/// worse for one than for another; where they are alike, [`pooled`] has all at once.
///
/// # Panics
/// If a word is shorter than the program's bits.
pub fn counts_by_tile(program: &Program, counts: &Counts) -> Vec<Counts> {
    let places = |contract: &Contract| -> Vec<usize> {
        let reads = contract.signs.present().map(|(_, read)| read);
        reads.flat_map(|read| read.output.iter().chain(read.accept.keys()).copied()).collect()
    };
    // The bits of a copy, in an order that is the same for all copies.
    let first = places(&program.contract.tile(0));
    let of_tile = |t: usize| {
        let own = places(&program.contract.tile(t));
        let mut found = Counts::default();
        for (word, count) in counts.words() {
            let mut read = vec![false; word.len()];
            first.iter().zip(&own).for_each(|(to, from)| read[*to] = word[*from]);
            found.add(read, *count).expect("as many shots as there were");
        }
        found
    };
    (0..program.contract.tile_count()).map(of_tile).collect()
}

/// Counts of all copies as if one had run so many times as often; counts of a program of one copy as they are.
///
/// # Errors
/// More shots than can be counted exactly.
///
/// # Panics
/// If a word is shorter than the program's bits.
pub fn pooled(program: &Program, counts: &Counts) -> Result<Counts, CountsError> {
    if program.contract.tile_count() == 1 {
        return Ok(counts.clone());
    }
    let mut all = Counts::default();
    for tile in counts_by_tile(program, counts) {
        tile.words().iter().try_for_each(|(word, count)| all.add(word.clone(), *count))?;
    }
    Ok(all)
}
