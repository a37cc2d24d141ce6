//! Phases for few shots: `M = e^{iφ} sqrt(W_{P|N} / gamma)` with φ chosen so that gamma comes near its bound.
//! docs/method.md, section 3.
//!
//! For diagonal inputs only |M|² is seen, so φ is free. Shot noise grows like sqrt(gamma), and gamma is the squared
//! spectral norm of `e^{iφ} sqrt(W)`: what is minimised is its Schatten norm of growing order, a smooth bound from above.

mod bounds;
mod schatten;
mod support;
mod turn;

pub use bounds::{gamma_bound, joint_gamma_bound, least_gamma};

use crate::linalg::{Complex, Dense, RealMatrix, spectral_norm, svd};
use crate::optimisation::{Stop, minimise};
use crate::random::{Rng, stream};
use rand::RngExt;
use schatten::Schatten;
use std::f64::consts::{PI, TAU};
use std::sync::OnceLock;
use support::Support;

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
    /// Whether it was out of the work that it may take before it had taken all its starts to their end: entries are many.
    pub cut: bool,
}

/// Within this factor of gamma* a search has reached it, and within the other of what no phases get below.
const NEAR: (f64, f64) = (1.005, 1.001);

/// Starts that a search may take, and within which factor of the bound it takes no further one: for any phases, for signs.
const STARTS: [(u64, f64); 2] = [(4, 1.012), (6, 1.08)];

/// Complex multiplications that a search may take: as many evaluations as there are stages for up to 128 x 64, 140 at
/// 256 x 256, 20 at 512 x 512.
const WORK: f64 = 1.5e10;

/// Squarings k of M M†, so that the norm's order is 2 (2^k + 1), and evaluations allowed.
const COMPLEX_STAGES: [(u32, usize); 3] = [(3, 60), (5, 60), (7, 60)];

/// Strengths of the penalty that drives phases to 0 or π, squarings, and evaluations allowed: a slow rise in many stages
/// finds better signs than more starts do. Only the first start takes the first stage.
const SIGN_STAGES: [(f64, u32, usize); 7] =
    [(0.05, 3, 30), (0.1, 3, 30), (0.2, 4, 30), (0.4, 4, 30), (0.8, 4, 30), (1.6, 4, 20), (5.0, 5, 15)];

/// How far, in radians, later starts go from the best signs so far: better than starting anew.
const SHAKE: f64 = 1.5;

/// The moduli of one sign's entries, roots of weights, and what of them no phases change, computed once.
#[derive(Clone, Debug)]
pub struct Moduli {
    root: RealMatrix,
    bound: f64,
    /// Square of the spectral norm with phase zero everywhere.
    plain: f64,
    least: OnceLock<f64>,
}

/// Entries with phases.
#[derive(Clone, Debug)]
pub struct Phased {
    /// Those given to [`Moduli::new`], each with its phase; real but for [`Phases::Complex`].
    pub entries: Dense,
    /// The square of their spectral norm.
    pub squared_norm: f64,
    /// Which phases they have: none where a search finds that there is nothing to gain.
    pub phases: Phases,
    /// How they were found, if they were looked for.
    pub search: Option<PhaseSearch>,
}

impl Moduli {
    /// Of roots of weights.
    ///
    /// # Panics
    /// If an entry is negative or not finite.
    pub fn new(root: RealMatrix) -> Moduli {
        assert!(root.iter().all(|r| *r >= 0.0 && r.is_finite()), "roots of weights are not negative");
        let (bound, norm) = (gamma_bound(&root.component_mul(&root)), spectral_norm(&root));
        Moduli { root, bound, plain: norm * norm, least: OnceLock::new() }
    }

    /// With phase zero everywhere.
    fn plain(&self, search: Option<PhaseSearch>) -> Phased {
        let entries = Dense::Real(self.root.clone());
        Phased { entries, squared_norm: self.plain, phases: Phases::Nonnegative, search }
    }

    /// With phases for a small norm; the same seed finds the same ones.
    pub fn with_phases(&self, phases: Phases, seed: u64) -> Phased {
        if phases == Phases::Nonnegative {
            return self.plain(None);
        }
        let reached = (NEAR.0 * self.bound).max(NEAR.1 * *self.least.get_or_init(|| least_gamma(&self.root)));
        // A permutation, a single row: nothing to gain.
        if self.plain <= reached || self.root.iter().filter(|r| **r > 0.0).count() < 2 {
            return self.plain(Some(PhaseSearch { evaluations: 0, stop: Stop::Reached, cut: false }));
        }
        let support = Support::of(&self.root, self.bound);
        let known = Known { plain: self.plain, bound: self.bound, reached };
        let (best, search) = search(&support, phases, seed, known, WORK);
        let entries = if phases == Phases::Signs {
            let mut signed = self.root.clone();
            support.placed(&best.factors).for_each(|(place, factor)| signed[place] *= factor.re);
            Dense::Real(signed)
        } else {
            let mut turned = self.root.map(Complex::from);
            support.placed(&best.factors).for_each(|(place, factor)| turned[place] *= factor);
            Dense::Complex(turned)
        };
        // Entries too small for the search count here.
        let norm = entries.spectral_norm();
        if norm * norm < self.plain {
            Phased { entries, squared_norm: norm * norm, phases, search: Some(search) }
        } else {
            self.plain(Some(search))
        }
    }
}

/// What a search starts from.
struct Known {
    /// gamma with phase zero everywhere.
    plain: f64,
    /// gamma*
    bound: f64,
    /// gamma that is low enough.
    reached: f64,
}

/// The best of several starts, which may take so much work together.
fn search(support: &Support, phases: Phases, seed: u64, known: Known, work: f64) -> (Found, PhaseSearch) {
    let Known { plain, bound, reached } = known;
    let (rows, columns) = (support.rows as f64, support.columns as f64);
    let mut allowance = ((work / (rows * rows * (2.0 * columns + 4.0 * rows))) as usize).clamp(20, 4000);
    let mut best = Found { gamma: plain, factors: vec![] };
    let mut search = PhaseSearch { evaluations: 0, stop: Stop::Limit, cut: false };
    let (starts, enough) = STARTS[usize::from(phases == Phases::Signs)];
    for start in 0..starts {
        let mut rng = stream(seed, start);
        let trial = Trial { support, reached, allowance };
        let (found, evaluations, stop) = match phases {
            Phases::Signs => trial.signs(&best.factors, &mut rng),
            _ => trial.complex(&mut rng),
        };
        allowance = allowance.saturating_sub(evaluations);
        search.evaluations += evaluations;
        if found.gamma < best.gamma {
            best = found;
            search.stop = stop;
        }
        if best.gamma <= reached.max(enough * bound) {
            search.stop = Stop::Reached;
            search.cut = false;
            break;
        }
        // A trial that has used up what there was may have wanted more.
        search.cut = allowance < 2;
        if allowance < 20 {
            (search.stop, search.cut) = (Stop::Limit, search.cut || start + 1 < starts);
            break;
        }
    }
    (best, search)
}

/// Phases, or none, and the gamma that they need.
struct Found {
    gamma: f64,
    /// `e^{iφ}` for each entry of the support.
    factors: Vec<Complex>,
}

/// One start of a search.
struct Trial<'a> {
    support: &'a Support,
    /// gamma that is low enough.
    reached: f64,
    allowance: usize,
}

impl Trial<'_> {
    /// Random angles, the norm's order raised stage by stage.
    fn complex(&self, rng: &mut Rng) -> (Found, usize, Stop) {
        let mut angles = self.random_angles(rng);
        let (mut used, mut stop) = (0, Stop::Limit);
        for (squarings, limit) in COMPLEX_STAGES {
            let limit = limit.min(self.allowance - used);
            if limit < 2 {
                break;
            }
            let mut norm = Schatten::new(self.support, squarings, 0.0);
            let found = minimise(|x, g| norm.evaluate(x, g), angles, limit, 1e-7, |_| false);
            (angles, stop) = (found.x, found.stop);
            used += found.evaluations;
            if self.with_angles(&angles).gamma <= self.reached {
                stop = Stop::Reached;
                break;
            }
        }
        (self.with_angles(&angles), used, stop)
    }

    /// Random angles, or angles near the signs of an earlier start, then a growing penalty on their sines; what is left
    /// of them is rounded.
    fn signs(&self, earlier: &[Complex], rng: &mut Rng) -> (Found, usize, Stop) {
        let mut angles = self.random_angles(rng);
        let shaken = |angle: &f64, sign: &Complex| SHAKE * (angle / PI - 1.0) + if sign.re < 0.0 { PI } else { 0.0 };
        angles.iter_mut().zip(earlier).for_each(|(angle, sign)| *angle = shaken(angle, sign));
        let (mut used, mut stop) = (0, Stop::Limit);
        for &(penalty, squarings, limit) in &SIGN_STAGES[usize::from(!earlier.is_empty())..] {
            let limit = limit.min(self.allowance - used);
            if limit < 2 {
                break;
            }
            let mut norm = Schatten::new(self.support, squarings, penalty);
            let found = minimise(|x, g| norm.evaluate(x, g), angles, limit, 1e-6, |_| false);
            (angles, stop) = (found.x, found.stop);
            used += found.evaluations;
        }
        let signs: Vec<f64> = angles.iter().map(|angle| if angle.cos() < 0.0 { -1.0 } else { 1.0 }).collect();
        let norm = spectral_norm(&self.support.gathered_real(&signs));
        (Found { gamma: norm * norm, factors: signs.into_iter().map(Complex::from).collect() }, used, stop)
    }

    fn random_angles(&self, rng: &mut Rng) -> Vec<f64> {
        (0..self.support.entries.len()).map(|_| rng.random_range(0.0..TAU)).collect()
    }

    fn with_angles(&self, angles: &[f64]) -> Found {
        let factors: Vec<Complex> = angles.iter().map(|angle| Complex::from_polar(1.0, *angle)).collect();
        let norm = svd(&self.support.gathered(&factors)).sigma[0];
        Found { gamma: norm * norm, factors }
    }
}

#[cfg(test)]
mod tests;
