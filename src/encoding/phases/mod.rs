//! Phases for few shots: `M = e^{iφ} sqrt(W_{P|N} / gamma)` with φ chosen so that gamma comes near its bound (SPEC 3.2).
//!
//! For diagonal inputs only |M|² is seen, so φ is free. Shot noise grows like sqrt(gamma), and gamma is the squared
//! spectral norm of `e^{iφ} sqrt(W)`: what is minimised is its Schatten norm of growing order, a smooth bound from above.

mod schatten;

use crate::linalg::{Complex, Matrix, RealMatrix, Rng, Stop, minimise, spectral_norm, stream, svd};
use rand::RngExt;
use schatten::Schatten;
use std::f64::consts::TAU;

/// Which phases the entries of M may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
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

/// Within this factor of the bound a search has reached it.
const NEAR: f64 = 1.005;

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

/// A bound on gamma that also looks at pairs of rows and pairs of columns: where one product `|M_in M_kn|` outweighs all
/// others of its pair, no phases make the two orthogonal.
fn least_gamma(root: &RealMatrix) -> f64 {
    let pairs = |m: &RealMatrix| {
        let gram = m * m.transpose();
        let mut largest = 0.0f64;
        for i in 0..m.nrows() {
            largest = largest.max(gram[(i, i)]);
            for k in 0..i {
                let most = (0..m.ncols()).map(|n| m[(i, n)] * m[(k, n)]).fold(0.0, f64::max);
                let overlap = (2.0 * most - gram[(i, k)]).max(0.0);
                let (mean, half) = ((gram[(i, i)] + gram[(k, k)]) / 2.0, (gram[(i, i)] - gram[(k, k)]) / 2.0);
                largest = largest.max(mean + half.hypot(overlap));
            }
        }
        largest
    };
    pairs(root).max(pairs(&root.transpose()))
}

/// The entries of `root` with the phases that were found, and how. The same seed gives the same phases.
///
/// # Panics
/// If an entry is negative or not finite.
pub fn with_phases(root: &RealMatrix, phases: Phases, seed: u64) -> (Matrix, Option<PhaseSearch>) {
    assert!(root.iter().all(|r| *r >= 0.0 && r.is_finite()), "roots of weights are not negative");
    let plain = root.map(Complex::from);
    let bound = least_gamma(root);
    let free = root.iter().filter(|r| **r > 0.0).count();
    // A permutation, a single row: nothing to gain.
    let norm = spectral_norm(root);
    if phases == Phases::Nonnegative || norm * norm <= NEAR * bound || free < 2 {
        return (plain, (phases != Phases::Nonnegative).then_some(PhaseSearch { evaluations: 0, stop: Stop::Reached }));
    }
    let side = root.nrows().max(root.ncols()) as f64;
    let mut allowance = ((WORK / (side * side * side * 8.0)) as usize).clamp(20, 4000);
    let mut best = (norm * norm, plain);
    let mut search = PhaseSearch { evaluations: 0, stop: Stop::Limit };
    let (starts, enough_complex, enough_signs) = STARTS;
    for start in 0..starts {
        let mut rng = stream(seed, start);
        let trial = Trial { root, bound, allowance };
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
        if best.0 <= enough * bound {
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
    bound: f64,
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
            if squared_norm(&self.with_angles(&angles)) <= NEAR * self.bound {
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
