//! Contractions: `M = e^{iφ} sqrt(W_{P|N} / gamma)` elementwise, of spectral norm at most one.

use super::dilation::Dilation;
use super::phases::{Moduli, PhaseSearch, Phased, Phases, gamma_bound, joint_gamma_bound};
use super::split;
use crate::linalg::{Dense, Matrix, RealMatrix};
use crate::network::{Amplitudes, Block};
use crate::signs::Signs;
use std::sync::OnceLock;

/// How the normalisations of the two signs are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GammaRule {
    /// Each sign the smallest gamma its own contraction allows: fewer shots.
    #[default]
    Own,
    /// One gamma for both, the larger: the paper's λc.
    Shared,
}

/// How contractions are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncodingRule {
    /// One gamma a sign, or one for both.
    pub gamma: GammaRule,
    /// Which phases the entries may have.
    pub phases: Phases,
    /// Seed of the search for phases.
    pub seed: u64,
}

impl From<GammaRule> for EncodingRule {
    /// Without phases, as in the paper.
    fn from(gamma: GammaRule) -> Self {
        EncodingRule { gamma, ..EncodingRule::default() }
    }
}

/// The largest number of rows or columns that is encoded: 12 qubits, 256 MiB a complex matrix.
pub const MAX_DIM: usize = 4096;

/// A matrix that cannot be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodingError {
    /// An entry is NaN or infinite.
    #[error("weight[{row}][{column}] is {value}: expected a finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// gamma exceeds the range of f64.
    #[error(
        "the entries are too large: gamma, the squared spectral norm of sqrt(W), exceeds the range of 64-bit floats"
    )]
    Overflow,
    /// More rows or columns than [`MAX_DIM`].
    #[error("the weight is {rows} x {columns}: at most {MAX_DIM} rows and columns can be compiled")]
    TooLarge {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
    /// No rows or no columns.
    #[error("the matrix is {rows} x {columns}: expected at least one row and one column")]
    Empty {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
}

/// A square matrix M of side 2^n with spectral norm at most one, and the gamma that undoes its scaling:
/// `gamma |M|² = W_{P|N}` elementwise, padded with zeros.
#[derive(Clone, Debug)]
pub struct Contraction {
    gamma: f64,
    bound: f64,
    phases: Phases,
    matrix: Dense,
    search: Option<PhaseSearch>,
    dilation: OnceLock<Dilation>,
}

/// One sign's weights, ready to be encoded with any phases: what does not depend on them is computed once.
#[derive(Clone, Debug)]
struct SignWeights {
    dim: usize,
    largest: f64,
    bound: f64,
    /// The roots of the weights over the largest; `None` where all are zero.
    moduli: Option<Moduli>,
}

impl SignWeights {
    fn new(weight: &RealMatrix) -> SignWeights {
        assert!(!weight.is_empty() && weight.iter().all(|w| *w >= 0.0 && w.is_finite()));
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.max();
        if largest == 0.0 {
            return SignWeights { dim, largest, bound: 0.0, moduli: None };
        }
        let bound = gamma_bound(&(weight / largest)) * largest;
        SignWeights { dim, largest, bound, moduli: Some(Moduli::new(weight.map(|w| (w / largest).sqrt()))) }
    }

    fn with_phases(&self, phases: Phases, seed: u64) -> Option<Phased> {
        self.moduli.as_ref().map(|moduli| moduli.with_phases(phases, seed))
    }

    /// The contraction of entries that have their phases; `at_least` raises gamma above what they need.
    fn scaled(&self, phased: &Option<Phased>, at_least: f64) -> Result<Contraction, EncodingError> {
        let (largest, dim) = (self.largest, self.dim);
        let Some(phased) = phased else {
            let zero = Dense::Real(RealMatrix::zeros(dim, dim));
            return Ok(Contraction::of(zero, at_least, 0.0, Phases::Nonnegative, None));
        };
        let norm = phased.squared_norm.sqrt();
        let mut gamma = (phased.squared_norm * largest).max(at_least);
        // Among the subnormal numbers gamma may have been rounded down by much more than an ulp of 1.
        if norm * (largest / gamma).sqrt() > 1.0 + 1e-12 {
            gamma = gamma.next_up();
        }
        if !gamma.is_finite() {
            return Err(EncodingError::Overflow);
        }
        let matrix = phased.entries.scaled_into((largest / gamma).sqrt(), dim);
        Ok(Contraction::of(matrix, gamma, self.bound, phased.phases, phased.search))
    }
}

impl Contraction {
    /// Encodes a matrix without negative entries, with phase zero everywhere, as in the paper, padded with zeros to
    /// the next power of two; `at_least` raises gamma above what this matrix needs.
    ///
    /// # Errors
    /// If gamma does not fit a 64-bit float.
    ///
    /// # Panics
    /// If the matrix is empty or has an entry that is negative or not finite.
    pub fn encode(weight: &RealMatrix, at_least: f64) -> Result<Contraction, EncodingError> {
        Contraction::encode_with(weight, at_least, Phases::Nonnegative, 0)
    }

    /// The same with phases chosen for a small gamma; the same seed gives the same ones.
    ///
    /// # Errors
    /// If gamma does not fit a 64-bit float.
    ///
    /// # Panics
    /// If the matrix is empty or has an entry that is negative or not finite.
    pub fn encode_with(
        weight: &RealMatrix,
        at_least: f64,
        phases: Phases,
        seed: u64,
    ) -> Result<Contraction, EncodingError> {
        let weights = SignWeights::new(weight);
        weights.scaled(&weights.with_phases(phases, seed), at_least)
    }

    fn of(matrix: Dense, gamma: f64, bound: f64, phases: Phases, search: Option<PhaseSearch>) -> Contraction {
        Contraction { gamma, bound, phases, matrix, search, dilation: OnceLock::new() }
    }

    /// Scales amplitudes to a contraction, padded with zeros; `at_least` as in [`Contraction::encode`].
    ///
    /// # Errors
    /// If gamma does not fit a 64-bit float.
    pub fn of_amplitudes(amplitudes: &Matrix, at_least: f64) -> Result<Contraction, EncodingError> {
        let dim = amplitudes.nrows().max(amplitudes.ncols()).next_power_of_two();
        let bound = gamma_bound(&amplitudes.map(|z| z.norm_sqr()));
        let amplitudes = Dense::from(amplitudes);
        let norm = amplitudes.spectral_norm();
        let gamma = (norm * norm).max(at_least);
        if !gamma.is_finite() {
            return Err(EncodingError::Overflow);
        }
        let scale = if gamma > 0.0 { gamma.sqrt().recip() } else { 0.0 };
        let phases = if matches!(amplitudes, Dense::Real(_)) { Phases::Signs } else { Phases::Complex };
        Ok(Contraction::of(amplitudes.scaled_into(scale, dim), gamma, bound, phases, None))
    }

    /// One sign's amplitudes as they are, part of a unitary; `gamma` scales their probabilities, and cannot get below
    /// `bound`.
    pub fn exact(matrix: Matrix, gamma: f64, bound: f64) -> Contraction {
        Contraction::of(Dense::Complex(matrix), gamma, bound, Phases::Complex, None)
    }

    /// The normalisation, not negative; 0 only for a zero matrix.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// gamma*, below which no phases get: the largest row or column sum of the weights.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Which phases the entries have.
    pub fn phases(&self) -> Phases {
        self.phases
    }

    /// How phases were found, if they were looked for.
    pub fn search(&self) -> Option<PhaseSearch> {
        self.search
    }

    /// M itself.
    pub fn matrix(&self) -> &Dense {
        &self.matrix
    }

    /// The dilation of M, computed when it is first asked for.
    ///
    /// # Panics
    /// As [`Dilation::of`].
    pub fn dilation(&self) -> &Dilation {
        self.dilation.get_or_init(|| Dilation::of(&self.matrix))
    }

    /// The number n of qubits that M acts on.
    pub fn qubits(&self) -> usize {
        self.matrix.nrows().trailing_zeros() as usize
    }
}

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
    pub fn contractions(
        &self,
        rule: impl Into<EncodingRule>,
    ) -> Result<(Option<Contraction>, Option<Contraction>), EncodingError> {
        let rule = rule.into();
        match &self.amplitudes {
            Encodable::Weights(weights) => encode(weights, rule),
            Encodable::Exact(signs, gamma) => {
                let joint = self.block.form().is_joint();
                let bound = if joint { joint_gamma_bound(self.block.weight()) } else { *gamma };
                let exact = |m: &Matrix| Some(Contraction::exact(m.clone(), *gamma, bound));
                Ok((exact(&signs.plus), exact(&signs.minus)))
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
) -> Result<(Option<Contraction>, Option<Contraction>), EncodingError> {
    BlockEncoder::new(block)?.contractions(rule)
}

/// Splits a weight matrix and encodes both signs: `(M+, M-)`, each `None` where that sign has no entry. A zero
/// matrix gives a zero M+, so that there is always something to run.
///
/// # Errors
/// If the matrix is empty or larger than [`MAX_DIM`], has an entry that is not finite, or overflows gamma.
pub fn contractions(
    weight: &RealMatrix,
    rule: impl Into<EncodingRule>,
) -> Result<(Option<Contraction>, Option<Contraction>), EncodingError> {
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
    let (has_plus, has_minus) = (present(&parts.plus), present(&parts.minus));
    let signs = Signs { plus: (has_plus || !has_minus, parts.plus), minus: (has_minus, parts.minus) };
    Ok(signs.map_in_parallel(|(wanted, part)| wanted.then(|| SignWeights::new(&part))))
}

fn encode(
    weights: &Signs<Option<SignWeights>>,
    rule: EncodingRule,
) -> Result<(Option<Contraction>, Option<Contraction>), EncodingError> {
    let EncodingRule { gamma, phases, seed } = rule;
    let searched = weights.as_options().map_in_parallel(|weights| weights.map(|w| (w, w.with_phases(phases, seed))));
    scaled_by_rule(gamma, |at_least| searched.as_options().try_map_present(|(w, found)| w.scaled(found, at_least)))
}

/// Each sign with its own gamma, or both with the larger.
fn scaled_by_rule(
    rule: GammaRule,
    both: impl Fn(f64) -> Result<Signs<Option<Contraction>>, EncodingError>,
) -> Result<(Option<Contraction>, Option<Contraction>), EncodingError> {
    let Signs { plus, minus } = match (rule, both(0.0)?) {
        (GammaRule::Shared, Signs { plus: Some(plus), minus: Some(minus) }) => both(plus.gamma.max(minus.gamma))?,
        (_, own) => own,
    };
    Ok((plus, minus))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(weight: &RealMatrix, rule: GammaRule) {
        let (plus, minus) = contractions(weight, rule).unwrap();
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.amax();
        let part =
            |c: &Option<Contraction>, i, j| c.as_ref().map_or(0.0, |c| c.gamma() * c.matrix().at(i, j).norm_sqr());
        for c in plus.iter().chain(&minus) {
            assert!(c.matrix().spectral_norm() <= 1.0 + 1e-12);
            assert_eq!(c.matrix().shape(), (dim, dim));
        }
        for i in 0..dim {
            for j in 0..dim {
                let wanted = weight.get((i, j)).copied().unwrap_or(0.0);
                let got = part(&plus, i, j) - part(&minus, i, j);
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
            let (p, m) = contractions(&w, rule).unwrap();
            (p.unwrap().gamma(), m.unwrap().gamma())
        };
        assert_eq!(gammas(GammaRule::Own), (4.0, 9.0));
        assert_eq!(gammas(GammaRule::Shared), (9.0, 9.0));
        let (plus, minus) = contractions(&-RealMatrix::identity(2, 2), GammaRule::Own).unwrap();
        assert!(plus.is_none() && minus.is_some());
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
