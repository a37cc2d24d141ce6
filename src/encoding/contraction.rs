//! Contractions: `M = e^{iφ} sqrt(W_{P|N} / gamma)` elementwise, of spectral norm at most one.

use super::phases::{PhaseSearch, Phases, gamma_bound, joint_gamma_bound, squared_norm, with_phases};
use super::split;
use crate::linalg::{Complex, Matrix, RealMatrix};
use crate::network::{Amplitudes, Block};
use crate::signs::Signs;

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
    matrix: Matrix,
    search: Option<PhaseSearch>,
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
        assert!(!weight.is_empty() && weight.iter().all(|w| *w >= 0.0 && w.is_finite()));
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.max();
        if largest == 0.0 {
            return Ok(Contraction {
                gamma: at_least,
                bound: 0.0,
                phases: Phases::Nonnegative,
                matrix: Matrix::zeros(dim, dim),
                search: None,
            });
        }
        let (root, search) = with_phases(&weight.map(|w| (w / largest).sqrt()), phases, seed);
        let squared = squared_norm(&root);
        let norm = squared.sqrt();
        let mut gamma = (squared * largest).max(at_least);
        // Among the subnormal numbers gamma may have been rounded down by much more than an ulp of 1.
        if norm * (largest / gamma).sqrt() > 1.0 + 1e-12 {
            gamma = gamma.next_up();
        }
        if !gamma.is_finite() {
            return Err(EncodingError::Overflow);
        }
        let scale = (largest / gamma).sqrt();
        let entry = |i, j| root.get((i, j)).map_or(Complex::ZERO, |r| r * scale);
        let bound = gamma_bound(&(weight / largest)) * largest;
        let matrix = Matrix::from_fn(dim, dim, entry);
        // A search may find that there is nothing to gain.
        let phases = if matrix.iter().all(|z| z.im == 0.0 && z.re >= 0.0) { Phases::Nonnegative } else { phases };
        Ok(Contraction { gamma, bound, phases, matrix, search })
    }

    /// Scales amplitudes to a contraction, padded with zeros; `at_least` as in [`Contraction::encode`].
    ///
    /// # Errors
    /// If gamma does not fit a 64-bit float.
    pub fn of_amplitudes(amplitudes: &Matrix, at_least: f64) -> Result<Contraction, EncodingError> {
        let dim = amplitudes.nrows().max(amplitudes.ncols()).next_power_of_two();
        let gamma = squared_norm(amplitudes).max(at_least);
        if !gamma.is_finite() {
            return Err(EncodingError::Overflow);
        }
        let scale = if gamma > 0.0 { gamma.sqrt().recip() } else { 0.0 };
        let entry = |i, j| amplitudes.get((i, j)).map_or(Complex::ZERO, |z| z * scale);
        let bound = gamma_bound(&amplitudes.map(|z| z.norm_sqr()));
        let real = amplitudes.iter().all(|z| z.im == 0.0);
        let phases = if real { Phases::Signs } else { Phases::Complex };
        Ok(Contraction { gamma, bound, phases, matrix: Matrix::from_fn(dim, dim, entry), search: None })
    }

    /// One sign's amplitudes as they are, part of a unitary; `gamma` scales their probabilities, and cannot get below
    /// `bound`.
    pub fn exact(matrix: Matrix, gamma: f64, bound: f64) -> Contraction {
        Contraction { gamma, bound, phases: Phases::Complex, matrix, search: None }
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
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The number n of qubits that M acts on.
    pub fn qubits(&self) -> usize {
        self.matrix.nrows().trailing_zeros() as usize
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
    let signs = match block.form().amplitudes() {
        Amplitudes::Free => return contractions(block.weight(), rule),
        Amplitudes::Exact { signs, gamma } => {
            let bound = if block.form().is_joint() { joint_gamma_bound(block.weight()) } else { gamma };
            let Signs { plus, minus } = signs.map(|m| Contraction::exact(m, gamma, bound));
            return Ok((Some(plus), Some(minus)));
        }
        Amplitudes::Scaled(signs) => signs,
    };
    let both = |at_least| signs.as_options().try_map_present(|m| Contraction::of_amplitudes(m, at_least));
    let Signs { plus, minus } = match (rule.into().gamma, both(0.0)?) {
        (GammaRule::Shared, Signs { plus: Some(plus), minus: Some(minus) }) => both(plus.gamma.max(minus.gamma))?,
        (_, own) => own,
    };
    Ok((plus, minus))
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
    let EncodingRule { gamma: rule, phases, seed } = rule.into();
    let parts = split(weight);
    let encode = |part: &RealMatrix, at_least| Contraction::encode_with(part, at_least, phases, seed);
    let present = |part: &RealMatrix| part.iter().any(|&w| w > 0.0);
    let (has_plus, has_minus) = (present(&parts.plus), present(&parts.minus));
    let (plus, minus) = rayon::join(
        || (has_plus || !has_minus).then(|| encode(&parts.plus, 0.0)).transpose(),
        || has_minus.then(|| encode(&parts.minus, 0.0)).transpose(),
    );
    let (mut plus, mut minus) = (plus?, minus?);
    if let (GammaRule::Shared, Some(p), Some(m)) = (rule, &plus, &minus) {
        let shared = p.gamma.max(m.gamma);
        plus = Some(encode(&parts.plus, shared)?);
        minus = Some(encode(&parts.minus, shared)?);
    }
    Ok((plus, minus))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::svd;
    use proptest::prelude::*;

    fn check(weight: &RealMatrix, rule: GammaRule) {
        let (plus, minus) = contractions(weight, rule).unwrap();
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.amax();
        let part =
            |c: &Option<Contraction>, i, j| c.as_ref().map_or(0.0, |c| c.gamma() * c.matrix()[(i, j)].norm_sqr());
        for c in plus.iter().chain(&minus) {
            assert!(svd(c.matrix()).sigma[0] <= 1.0 + 1e-12);
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
