//! Phases for few shots: `M = e^{iφ} sqrt(W_{P|N} / gamma)` with φ chosen so that gamma comes near its bound.
//! docs/method.md, section 3.
//!
//! For diagonal inputs only |M|² is seen, so φ is free. Shot noise grows like sqrt(gamma), and gamma is the squared
//! spectral norm of `e^{iφ} sqrt(W)`: what is minimised is its Schatten norm of growing order, a smooth bound from above.

mod schatten;

use crate::linalg::{Complex, Matrix, RealMatrix, spectral_norm, svd};
use crate::optimisation::{Stop, minimise};
use crate::random::{Rng, stream};
use rand::RngExt;
use schatten::Schatten;
use std::f64::consts::TAU;

/// Which phases the entries of M may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phases {
    /// None: all entries are nonnegative, as in the paper.
    #[default]
    Nonnegative,
    /// Plus and minus, so that M stays real.
    Signs,
    /// Any.
    Complex,
}

impl Phases {
    /// What contracts call them; nothing where there are none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Phases::Nonnegative => None,
            Phases::Signs => Some("signs"),
            Phases::Complex => Some("complex"),
        }
    }
}

/// How a search for phases went.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct PhaseSearch {
    /// Times that a norm and its gradient were computed.
    pub evaluations: usize,
    /// Why it went no further.
    pub stop: Stop,
}

/// Within this factor of gamma* a search has reached it, and within the other of what no phases get below.
const NEAR: (f64, f64) = (1.005, 1.001);

/// Starts that a search may take, and within which factor of the bound it takes no further one: for any phases, for signs.
const STARTS: (u64, f64, f64) = (4, 1.012, 1.1);

/// Multiplications of entries that a search may take: 400 evaluations at 64 x 64, 20 at 512 x 512.
const WORK: f64 = 1.5e10;

/// Squarings of M†M, so that the norm's order is 2^(k+1), and evaluations allowed.
const COMPLEX_STAGES: [(u32, usize); 3] = [(3, 60), (5, 60), (7, 60)];

/// Strengths of the penalty that drives phases to 0 or π.
const PENALTIES: [f64; 5] = [0.1, 0.4, 1.5, 6.0, 25.0];

/// gamma*, below which no phases get: the largest row or column sum of a matrix without negative entries.
pub fn gamma_bound(weight: &RealMatrix) -> f64 {
    let rows = weight.row_iter().map(|row| row.sum()).fold(0.0, f64::max);
    weight.column_iter().map(|column| column.sum()).fold(rows, f64::max)
}

/// What the gamma of one circuit for both signs cannot get below: the largest sum of moduli of a column of W, since that is
/// all that shots from one basis state can say.
pub fn joint_gamma_bound(weight: &RealMatrix) -> f64 {
    weight.column_iter().map(|column| column.iter().map(|w| w.abs()).sum()).fold(0.0, f64::max)
}

/// Rows and columns that [`least_gamma`] starts from, those with the largest sums.
const CENTRES: usize = 3;

/// Steps of its ascent.
const ASCENT: usize = 200;

/// A bound on gamma that no phases of the entries of `root` get below, at least gamma*; it looks at how rows overlap.
///
/// Where one product `|M_in M_kn|` outweighs all others of two rows, no phases make them orthogonal: `|G_ik|` of the Gram
/// matrix is at least the largest product less the others, and at most their sum g_ik. Of a vector of moduli v the phases
/// can be chosen so that its terms with one row, the centre, are positive; so `λ(G) >= Σ v_i² g_ii + 2 v_c Σ v_k |G_ck| -
/// 2 Σ v_k v_l g_kl` for every v >= 0, of which an ascent finds a good one.
pub fn least_gamma(root: &RealMatrix) -> f64 {
    let largest = root.amax();
    if largest == 0.0 {
        return 0.0;
    }
    let scaled = root / largest;
    over_rows(&scaled).max(over_rows(&scaled.transpose())) * largest * largest
}

fn over_rows(m: &RealMatrix) -> f64 {
    let gram = m * m.transpose();
    let mut centres: Vec<usize> = (0..m.nrows()).collect();
    centres.sort_by(|a, b| gram[(*b, *b)].total_cmp(&gram[(*a, *a)]));
    let around = |&centre: &usize| {
        let mut least = -&gram;
        least.set_diagonal(&gram.diagonal());
        for k in (0..m.nrows()).filter(|k| *k != centre) {
            let most = (0..m.ncols()).map(|n| m[(centre, n)] * m[(k, n)]).fold(0.0, f64::max);
            let overlap = (2.0 * most - gram[(centre, k)]).max(0.0);
            (least[(centre, k)], least[(k, centre)]) = (overlap, overlap);
        }
        let mut v = RealMatrix::from_element(m.nrows(), 1, 1e-2);
        v[centre] = 1.0;
        for _ in 0..ASCENT {
            v += &least * &v / gram[(centre, centre)].max(f64::MIN_POSITIVE);
            v.apply(|x| *x = x.max(0.0));
            v /= v.norm();
        }
        v.dot(&(&least * &v)).max(gram[(centre, centre)])
    };
    centres.iter().take(CENTRES).map(around).fold(0.0, f64::max)
}

/// The entries of `root` with the phases that were found, and how. The same seed gives the same phases.
///
/// # Panics
/// If an entry is negative or not finite.
pub fn with_phases(root: &RealMatrix, phases: Phases, seed: u64) -> (Matrix, Option<PhaseSearch>) {
    assert!(root.iter().all(|r| *r >= 0.0 && r.is_finite()), "roots of weights are not negative");
    let plain = root.map(Complex::from);
    let (bound, least) = (gamma_bound(&root.component_mul(root)), least_gamma(root));
    let reached = (NEAR.0 * bound).max(NEAR.1 * least);
    let free = root.iter().filter(|r| **r > 0.0).count();
    // A permutation, a single row: nothing to gain.
    let norm = spectral_norm(root);
    if phases == Phases::Nonnegative || norm * norm <= reached || free < 2 {
        return (plain, (phases != Phases::Nonnegative).then_some(PhaseSearch { evaluations: 0, stop: Stop::Reached }));
    }
    let side = root.nrows().max(root.ncols()) as f64;
    let mut allowance = ((WORK / (side * side * side * 8.0)) as usize).clamp(20, 4000);
    let mut best = (norm * norm, plain);
    let mut search = PhaseSearch { evaluations: 0, stop: Stop::Limit };
    let (starts, enough_complex, enough_signs) = STARTS;
    for start in 0..starts {
        let mut rng = stream(seed, start);
        let trial = Trial { root, reached, allowance };
        let (matrix, evaluations, stop) = match phases {
            Phases::Signs => trial.signs(&mut rng),
            _ => trial.complex(&mut rng),
        };
        allowance = allowance.saturating_sub(evaluations);
        search.evaluations += evaluations;
        let gamma = squared_norm(&matrix);
        if gamma < best.0 {
            best = (gamma, matrix);
            search.stop = stop;
        }
        let enough = if phases == Phases::Signs { enough_signs } else { enough_complex };
        if best.0 <= reached.max(enough * bound) {
            search.stop = Stop::Reached;
            break;
        }
        if allowance < 20 {
            search.stop = Stop::Limit;
            break;
        }
    }
    (best.1, Some(search))
}

/// The square of the spectral norm; real matrices take the real way.
pub(super) fn squared_norm(m: &Matrix) -> f64 {
    let norm = if m.iter().all(|z| z.im == 0.0) { spectral_norm(&m.map(|z| z.re)) } else { svd(m).sigma[0] };
    norm * norm
}

/// One start of a search.
struct Trial<'a> {
    root: &'a RealMatrix,
    /// gamma that is low enough.
    reached: f64,
    allowance: usize,
}

impl Trial<'_> {
    /// Random angles, the norm's order raised stage by stage.
    fn complex(&self, rng: &mut Rng) -> (Matrix, usize, Stop) {
        let mut angles = self.random_angles(rng);
        let (mut used, mut stop) = (0, Stop::Limit);
        for (squarings, limit) in COMPLEX_STAGES {
            let limit = limit.min(self.allowance - used);
            if limit < 2 {
                break;
            }
            let mut norm = Schatten::new(self.root, squarings);
            let found = minimise(|x, g| norm.evaluate(x, g), angles, limit, 1e-7, |_| false);
            (angles, stop) = (found.x, found.stop);
            used += found.evaluations;
            if squared_norm(&self.with_angles(&angles)) <= self.reached {
                stop = Stop::Reached;
                break;
            }
        }
        (self.with_angles(&angles), used, stop)
    }

    /// Random angles, then a growing penalty on their sines; what is left of them is rounded.
    fn signs(&self, rng: &mut Rng) -> (Matrix, usize, Stop) {
        let mut angles = self.random_angles(rng);
        let (mut used, mut stop) = (0, Stop::Limit);
        for (stage, penalty) in [0.0].iter().chain(&PENALTIES).enumerate() {
            let limit = (if stage == 0 { 30 } else { 25 }).min(self.allowance - used);
            if limit < 2 {
                break;
            }
            let mut norm = Schatten::new(self.root, if stage == 0 { 3 } else { 4 });
            let f = |x: &[f64], g: &mut [f64]| norm.evaluate(x, g) + self.sine_penalty(*penalty, x, g);
            let found = minimise(f, angles, limit, 1e-6, |_| false);
            (angles, stop) = (found.x, found.stop);
            used += found.evaluations;
        }
        let sign = |angle: &f64| if angle.cos() < 0.0 { -1.0 } else { 1.0 };
        let signs = RealMatrix::from_iterator(self.root.nrows(), self.root.ncols(), angles.iter().map(sign));
        (self.root.component_mul(&signs).map(Complex::from), used, stop)
    }

    /// `penalty Σ w sin²φ` with the entries of W as weights w, as shares of their sum.
    fn sine_penalty(&self, penalty: f64, angles: &[f64], gradient: &mut [f64]) -> f64 {
        let scale = penalty / self.root.norm_squared();
        let mut value = 0.0;
        for ((angle, root), g) in angles.iter().zip(self.root.iter()).zip(gradient) {
            let (sin, cos) = angle.sin_cos();
            let weight = scale * root * root;
            value += weight * sin * sin;
            *g += 2.0 * weight * sin * cos;
        }
        value
    }

    fn random_angles(&self, rng: &mut Rng) -> Vec<f64> {
        (0..self.root.len()).map(|_| rng.random_range(0.0..TAU)).collect()
    }

    fn with_angles(&self, angles: &[f64]) -> Matrix {
        let entries = self.root.iter().zip(angles).map(|(r, angle)| Complex::from_polar(*r, *angle));
        Matrix::from_iterator(self.root.nrows(), self.root.ncols(), entries)
    }
}

#[cfg(test)]
mod tests;
