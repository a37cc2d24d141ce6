//! Both signs of a block's weights, encoded by one rule.

use super::contraction::{Contraction, SignWeights};
use super::phases::joint_gamma_bound;
use super::rule::{EncodingError, EncodingRule, GammaRule, MAX_DIM};
use super::split;
use crate::linalg::{Matrix, RealMatrix};
use crate::network::{Amplitudes, Block};
use crate::signs::Signs;

/// A block ready to be encoded by several rules: its weights are split and bounded once.
pub struct BlockEncoder<'a> {
    block: &'a Block,
    amplitudes: Encodable,
}

/// What a block gives to encode.
enum Encodable {
    /// Weights, whose phases are free.
    Weights(Signs<Option<SignWeights>>),
    /// Amplitudes that are scaled.
    Scaled(Signs<Option<Matrix>>),
    /// Amplitudes as they are.
    Exact(Signs<Matrix>, f64),
}

impl<'a> BlockEncoder<'a> {
    /// Of a block: by the amplitudes that its form gives, or by its weights.
    ///
    /// # Errors
    /// As [`contractions`].
    pub fn new(block: &'a Block) -> Result<BlockEncoder<'a>, EncodingError> {
        let amplitudes = match block.form().amplitudes() {
            Amplitudes::Free => Encodable::Weights(sign_weights(block.weight())?),
            Amplitudes::Scaled(signs) => Encodable::Scaled(signs),
            Amplitudes::Exact { signs, gamma } => Encodable::Exact(signs, gamma),
        };
        Ok(BlockEncoder { block, amplitudes })
    }

    /// Both signs, with phases of the rule's choice where they are free.
    ///
    /// # Errors
    /// If gamma does not fit a 64-bit float.
    pub fn contractions(&self, rule: impl Into<EncodingRule>) -> Result<Signs<Option<Contraction>>, EncodingError> {
        let rule = rule.into();
        match &self.amplitudes {
            Encodable::Weights(weights) => encode(weights, rule),
            Encodable::Exact(signs, gamma) => {
                let joint = self.block.form().is_joint();
                let bound = if joint { joint_gamma_bound(self.block.weight()) } else { *gamma };
                Ok(signs.as_ref().map(|m| Some(Contraction::exact(m.clone(), *gamma, bound))))
            }
            Encodable::Scaled(signs) => {
                let of_sign = |m, at_least| Contraction::of_amplitudes(m, at_least);
                scaled_by_rule(rule.gamma, |at_least| signs.as_options().try_map_present(|m| of_sign(m, at_least)))
            }
        }
    }
}

/// Encodes both signs of a block: by the amplitudes that its form gives, with phases of its own choice where they are free.
///
/// # Errors
/// As [`contractions`].
pub fn block_contractions(
    block: &Block,
    rule: impl Into<EncodingRule>,
) -> Result<Signs<Option<Contraction>>, EncodingError> {
    BlockEncoder::new(block)?.contractions(rule)
}

/// Splits a weight matrix and encodes both signs: M+ and M-, `None` where a sign has no entry. A zero
/// matrix gives a zero M+, so that there is always something to run.
///
/// # Errors
/// If the matrix is empty or larger than [`MAX_DIM`], has an entry that is not finite, or overflows gamma.
pub fn contractions(
    weight: &RealMatrix,
    rule: impl Into<EncodingRule>,
) -> Result<Signs<Option<Contraction>>, EncodingError> {
    encode(&sign_weights(weight)?, rule.into())
}

/// Checks and splits a weight matrix.
fn sign_weights(weight: &RealMatrix) -> Result<Signs<Option<SignWeights>>, EncodingError> {
    let (rows, columns) = weight.shape();
    if weight.is_empty() {
        return Err(EncodingError::Empty { rows, columns });
    }
    if rows.max(columns) > MAX_DIM {
        return Err(EncodingError::TooLarge { rows, columns });
    }
    for row in 0..rows {
        for column in 0..columns {
            let value = weight[(row, column)];
            if !value.is_finite() {
                return Err(EncodingError::NotFinite { row, column, value });
            }
        }
    }
    let parts = split(weight);
    let present = |part: &RealMatrix| part.iter().any(|&w| w > 0.0);
    let mut wanted = parts.as_ref().map(present);
    wanted.plus |= !wanted.minus;
    Ok(wanted.zip(parts).map_in_parallel(|(wanted, part)| wanted.then(|| SignWeights::new(&part))))
}

fn encode(
    weights: &Signs<Option<SignWeights>>,
    rule: EncodingRule,
) -> Result<Signs<Option<Contraction>>, EncodingError> {
    let EncodingRule { gamma, phases, seed } = rule;
    let searched = weights.as_options().map_in_parallel(|weights| weights.map(|w| (w, w.with_phases(phases, seed))));
    scaled_by_rule(gamma, |at_least| searched.as_options().try_map_present(|(w, found)| w.scaled(found, at_least)))
}

/// Each sign with its own gamma, or both with the larger.
fn scaled_by_rule(
    rule: GammaRule,
    both: impl Fn(f64) -> Result<Signs<Option<Contraction>>, EncodingError>,
) -> Result<Signs<Option<Contraction>>, EncodingError> {
    match (rule, both(0.0)?) {
        (GammaRule::Shared, Signs { plus: Some(plus), minus: Some(minus) }) => both(plus.gamma().max(minus.gamma())),
        (_, own) => Ok(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(weight: &RealMatrix, rule: GammaRule) {
        let signs = contractions(weight, rule).unwrap();
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.amax();
        for (_, c) in signs.present() {
            assert!(c.matrix().spectral_norm() <= 1.0 + 1e-12);
            assert_eq!(c.matrix().shape(), (dim, dim));
        }
        for i in 0..dim {
            for j in 0..dim {
                let wanted = weight.get((i, j)).copied().unwrap_or(0.0);
                let entry = |c: &Contraction| c.gamma() * c.matrix().at(i, j).norm_sqr();
                let got: f64 = signs.present().map(|(sign, c)| sign.factor() * entry(c)).sum();
                assert!((got - wanted).abs() <= 1e-13 * largest, "({i}, {j}): {got:e} for {wanted:e}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_matrix_comes_back(rows in 1usize..9, columns in 1usize..9, seed in prop::collection::vec(-1.0f64..1.0, 81), exponent in -300i32..300) {
            let scale = 10f64.powi(exponent);
            let w = RealMatrix::from_fn(rows, columns, |i, j| seed[9 * i + j] * scale);
            check(&w, GammaRule::Own);
            check(&w, GammaRule::Shared);
        }
    }

    #[test]
    fn hard_cases() {
        for rule in [GammaRule::Own, GammaRule::Shared] {
            check(&RealMatrix::zeros(3, 3), rule);
            check(&RealMatrix::identity(5, 5), rule);
            check(&-RealMatrix::identity(4, 4), rule);
            check(&RealMatrix::from_element(1, 1, -2.5), rule);
            check(&RealMatrix::from_element(6, 6, 3.0), rule);
            check(&RealMatrix::from_element(2, 2, 5e-324), rule);
            check(&RealMatrix::from_element(2, 2, 1e307), rule);
            check(&RealMatrix::from_row_slice(2, 2, &[1e-200, -1e200, 0.0, 3.0]), rule);
        }
    }

    #[test]
    fn gamma_is_the_squared_norm_and_shared_is_the_larger() {
        // sqrt(W_P) is 2 x identity, sqrt(W_N) has a single entry 3.
        let w = RealMatrix::from_row_slice(2, 2, &[4.0, -9.0, 0.0, 4.0]);
        let gammas = |rule| {
            let signs = contractions(&w, rule).unwrap().both().unwrap();
            (signs.plus.gamma(), signs.minus.gamma())
        };
        assert_eq!(gammas(GammaRule::Own), (4.0, 9.0));
        assert_eq!(gammas(GammaRule::Shared), (9.0, 9.0));
        let signs = contractions(&-RealMatrix::identity(2, 2), GammaRule::Own).unwrap();
        assert!(signs.plus.is_none() && signs.minus.is_some());
    }

    #[test]
    fn refusals_name_the_entry() {
        let mut w = RealMatrix::zeros(2, 2);
        w[(1, 0)] = f64::NAN;
        assert_eq!(
            contractions(&w, GammaRule::Own).unwrap_err().to_string(),
            "weight[1][0] is NaN: expected a finite number"
        );
        assert_eq!(
            contractions(&RealMatrix::zeros(0, 3), GammaRule::Own).unwrap_err(),
            EncodingError::Empty { rows: 0, columns: 3 }
        );
        assert_eq!(
            contractions(&RealMatrix::from_element(4, 4, 1e308), GammaRule::Own).unwrap_err(),
            EncodingError::Overflow
        );
    }
}
