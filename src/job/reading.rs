//! What the words that a program's shots spell are worth in W (docs/method.md, section 10), and the same with readout errors
//! taken out.

use crate::linalg::RealMatrix;
use crate::qasm::SignContract;
use crate::signs::Signs;
use crate::simulator::noise::ReadoutError;

/// The most bits of a copy of a block that a table over all their words is made for.
pub const MOST_BITS: usize = 16;

/// How one copy of a block's circuit is read: which bits, and what each of their words counts for.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    bits: Vec<usize>,
    worth: RealMatrix,
}

/// More bits than a table of all words can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the block's circuits are read from {bits} bits, expected at most {MOST_BITS}: one circuit for both signs needs fewer"
)]
pub struct TooManyBits {
    /// How many there are.
    pub bits: usize,
}

impl Reading {
    /// Of the contract of a copy's signs; W has so many rows.
    ///
    /// # Errors
    /// If its words are too many.
    pub fn of(signs: &Signs<Option<SignContract>>, rows: usize) -> Result<Reading, TooManyBits> {
        let mut bits: Vec<usize> = signs
            .present()
            .flat_map(|(_, read)| read.output.iter().copied().chain(read.accept.keys().copied()))
            .collect();
        bits.sort_unstable();
        bits.dedup();
        if bits.len() > MOST_BITS {
            return Err(TooManyBits { bits: bits.len() });
        }
        let place = |bit: usize| bits.binary_search(&bit).expect("every bit that is read is in the list");
        let mut worth = RealMatrix::zeros(rows, 1 << bits.len());
        for (sign, read) in signs.present() {
            for word in 0..1usize << bits.len() {
                let is_set = |bit: usize| word >> place(bit) & 1 == 1;
                let counts = read.accept.iter().all(|(bit, value)| is_set(*bit) == (*value == 1));
                let n: usize = read.output.iter().enumerate().map(|(i, bit)| usize::from(is_set(*bit)) << i).sum();
                if counts && n < rows {
                    worth[(n, word)] += sign.factor() * read.gamma;
                }
            }
        }
        Ok(Reading { bits, worth })
    }

    /// The bits that are read, in increasing order: bit i of a word is the i-th of them.
    pub fn bits(&self) -> &[usize] {
        &self.bits
    }

    /// Words that there are.
    pub fn words(&self) -> usize {
        self.worth.ncols()
    }

    /// `g[n][word]`: the mean of `g[n]` over the words of basis state m is W_nm.
    pub fn worth(&self) -> &RealMatrix {
        &self.worth
    }

    /// The same of words that were misread, each bit by an error of its own, in the order of [`Reading::bits`]: the transposed
    /// inverse of what reading does, bit by bit. The mean is W_nm again, and negative shares are kept, so that it is not biased.
    ///
    /// # Panics
    /// If there is not one error a bit.
    pub fn inverted(&self, errors: &[ReadoutError]) -> RealMatrix {
        assert_eq!(errors.len(), self.bits.len(), "one error a bit");
        let mut worth = self.worth.clone();
        for (bit, error) in errors.iter().enumerate() {
            let (up, down) = (error.one_for_zero, error.zero_for_one);
            let determinant = 1.0 - up - down;
            if determinant == 0.0 {
                continue;
            }
            for word in (0..worth.ncols()).filter(|word| word >> bit & 1 == 0) {
                for n in 0..worth.nrows() {
                    let (zero, one) = (worth[(n, word)], worth[(n, word | 1 << bit)]);
                    worth[(n, word)] = ((1.0 - down) * zero - up * one) / determinant;
                    worth[(n, word | 1 << bit)] = ((1.0 - up) * one - down * zero) / determinant;
                }
            }
        }
        worth
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn sign(gamma: f64, output: &[usize], accept: (usize, u8)) -> SignContract {
        let accept = BTreeMap::from([accept]);
        SignContract { gamma, input: vec![], phases: None, output: output.to_vec(), accept, error: None }
    }

    #[test]
    fn words_count_for_what_they_spell() {
        let signs = Signs { plus: Some(sign(2.0, &[5, 3], (9, 0))), minus: Some(sign(2.0, &[5, 3], (9, 1))) };
        let reading = Reading::of(&signs, 3).unwrap();
        assert_eq!((reading.bits(), reading.words()), (&[3, 5, 9][..], 8));
        // n = 1 is bit 5, which is bit 1 of a word; n = 3 has no row.
        assert_eq!(
            (reading.worth()[(1, 0b010)], reading.worth()[(1, 0b110)], reading.worth()[(2, 0b001)]),
            (2.0, -2.0, 2.0)
        );
        assert!(reading.worth().column(0b011).iter().all(|worth| *worth == 0.0));
        let wide: Vec<usize> = (0..17).collect();
        let many = Signs { plus: Some(sign(1.0, &wide, (20, 0))), minus: None };
        assert_eq!(Reading::of(&many, 2).unwrap_err(), TooManyBits { bits: 18 });
    }

    #[test]
    fn what_reading_does_is_taken_out() {
        let signs = Signs { plus: Some(sign(3.0, &[0, 1], (2, 0))), minus: Some(sign(1.5, &[0, 1], (2, 1))) };
        let reading = Reading::of(&signs, 4).unwrap();
        let p = [0.1, 0.25, 0.05, 0.2, 0.15, 0.05, 0.12, 0.08];
        let errors = [(0.01, 0.03), (0.0, 0.2), (0.15, 0.02)]
            .map(|(one_for_zero, zero_for_one)| ReadoutError { one_for_zero, zero_for_one });
        let mut misread = p;
        errors.iter().enumerate().for_each(|(bit, error)| error.apply(&mut misread, bit));
        let mean = |worth: &RealMatrix, p: &[f64]| worth * nalgebra::DVector::from_column_slice(p);
        let found = mean(&reading.inverted(&errors), &misread);
        assert!((found - mean(reading.worth(), &p)).amax() < 1e-14);
    }
}
