//! Contractions: `M = e^{iφ} sqrt(W_{P|N} / gamma)` elementwise, of spectral norm at most one.

use super::dilation::Dilation;
use super::phases::{Moduli, PhaseSearch, Phased, Phases, gamma_bound};
use super::rule::EncodingError;
use crate::linalg::{Dense, Matrix, RealMatrix};
use std::sync::OnceLock;

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
pub(super) struct SignWeights {
    dim: usize,
    largest: f64,
    bound: f64,
    /// The roots of the weights over the largest; `None` where all are zero.
    moduli: Option<Moduli>,
}

impl SignWeights {
    pub(super) fn new(weight: &RealMatrix) -> SignWeights {
        assert!(!weight.is_empty() && weight.iter().all(|w| *w >= 0.0 && w.is_finite()));
        let dim = weight.nrows().max(weight.ncols()).next_power_of_two();
        let largest = weight.max();
        if largest == 0.0 {
            return SignWeights { dim, largest, bound: 0.0, moduli: None };
        }
        let bound = gamma_bound(&(weight / largest)) * largest;
        SignWeights { dim, largest, bound, moduli: Some(Moduli::new(weight.map(|w| (w / largest).sqrt()))) }
    }

    pub(super) fn with_phases(&self, phases: Phases, seed: u64) -> Option<Phased> {
        self.moduli.as_ref().map(|moduli| moduli.with_phases(phases, seed))
    }

    /// The contraction of entries that have their phases; `at_least` raises gamma above what they need.
    pub(super) fn scaled(&self, phased: &Option<Phased>, at_least: f64) -> Result<Contraction, EncodingError> {
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
