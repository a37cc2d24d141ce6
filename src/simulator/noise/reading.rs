//! How bits are misread, and how that is taken out of distributions again.

use serde::{Deserialize, Serialize};

/// How bits are misread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReadoutError {
    /// Pr[1 is read | the qubit is 0]
    pub one_for_zero: f64,
    /// Pr[0 is read | the qubit is 1]
    pub zero_for_one: f64,
}

impl ReadoutError {
    /// Applies the error to bit `bit` of a distribution over words.
    pub fn apply(&self, words: &mut [f64], bit: usize) {
        let (up, down) = (self.one_for_zero, self.zero_for_one);
        mix(words, bit, [[1.0 - up, down], [up, 1.0 - down]]);
    }

    /// Takes the error out of bit `bit` again, by the inverse matrix: unbiased, but single entries may turn negative.
    /// Does nothing where reading says nothing (`one_for_zero + zero_for_one = 1`).
    pub fn undo(&self, words: &mut [f64], bit: usize) {
        let (up, down) = (self.one_for_zero, self.zero_for_one);
        let determinant = 1.0 - up - down;
        if determinant != 0.0 {
            let scaled = |x: f64| x / determinant;
            mix(words, bit, [[scaled(1.0 - down), scaled(-down)], [scaled(-up), scaled(1.0 - up)]]);
        }
    }
}

/// Multiplies a 2x2 matrix onto one bit.
fn mix(words: &mut [f64], bit: usize, m: [[f64; 2]; 2]) {
    for word in (0..words.len()).filter(|w| w >> bit & 1 == 0) {
        let (zero, one) = (words[word], words[word | 1 << bit]);
        words[word] = m[0][0] * zero + m[0][1] * one;
        words[word | 1 << bit] = m[1][0] * zero + m[1][1] * one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readout_errors_are_undone() {
        let error = ReadoutError { one_for_zero: 0.03, zero_for_one: 0.1 };
        let mut words = [0.5, 0.1, 0.15, 0.25];
        error.apply(&mut words, 1);
        assert!((words[0] - (0.97 * 0.5 + 0.1 * 0.15)).abs() < 1e-15);
        error.apply(&mut words, 0);
        assert!((words.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        error.undo(&mut words, 1);
        error.undo(&mut words, 0);
        assert!(words.iter().zip([0.5, 0.1, 0.15, 0.25]).all(|(a, b)| (a - b).abs() < 1e-15));
    }
}
