//! The split of a weight matrix by sign (S30).

use crate::linalg::RealMatrix;
use crate::signs::Signs;

/// Splits a matrix of any shape by sign: `W_P = (|W| + W) / 2` and `W_N = (|W| - W) / 2`, both without negative entries
/// and never both nonzero at one place.
pub fn split(weight: &RealMatrix) -> Signs<RealMatrix> {
    // max(w, 0) instead of (|w| + w) / 2, which overflows for huge entries.
    Signs { plus: weight.map(|w| w.max(0.0)), minus: weight.map(|w| (-w).max(0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_disjoint_and_subtract_back() {
        let w = RealMatrix::from_row_slice(2, 3, &[1.0, -2.0, 0.0, f64::MAX, -f64::MIN_POSITIVE, -0.0]);
        let parts = split(&w);
        assert_eq!(&parts.plus - &parts.minus, w);
        assert!(parts.plus.iter().zip(parts.minus.iter()).all(|(p, n)| *p >= 0.0 && *n >= 0.0 && p * n == 0.0));
    }
}
