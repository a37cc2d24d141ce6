//! Rigorous a-priori bounds on the error of a product formula, from the Hamiltonian alone.
//!
//! Three bounds hold at once and the smallest is reported, by name; all times are 1/r for each of r steps.
//!
//! - *commutators*, orders 1 and 2 of Suzuki, with `R_j = Σ_{k>j} H_k` (Childs et al., Phys. Rev. X 11, 011020, 2021,
//!   Props. 9 and 10): `1/(2r) Σ_j ‖[R_j, H_j]‖`, and
//!   `1/(12 r²) Σ_j ‖[R_j, [R_j, H_j]]‖ + 1/(24 r²) Σ_j ‖[H_j, [H_j, R_j]]‖`.
//! - *series*: one step and `exp(-iH/r)` are power series in 1/r that agree up to the order p. Their difference is
//!   computed exactly from degree p + 1 to K; beyond K it is at most `Σ_{k>K} (Λ^k + ‖H‖^k) / (r^k k!)`,
//!   Λ the sum of the norms of all exponents in a step. The errors of r steps add up at most.
//! - *norms*: the same with K = p.
//!
//! Two unitaries differ by at most 2, and truncated strings add the norm of what they were.

use super::formula::Formula;
use super::plan::Evolution;
use super::terms::Term;
use crate::linalg::{Complex, Matrix, multiply, svd};

/// Where a bound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum BoundKind {
    /// Sums of commutator norms.
    Commutators,
    /// The power series of the error, its tail by norms.
    Series,
    /// Norms of the exponents.
    Norms,
    /// Two unitaries differ by at most 2.
    Trivial,
}

/// A number that the spectral error cannot exceed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bound {
    /// At least the spectral norm of the error; at most 2.
    pub value: f64,
    /// How it was found, for the exponential that contributes most.
    pub kind: BoundKind,
}

/// Series are not carried beyond this degree.
const MAX_DEGREE: usize = 24;

/// Multiplications that a bound may cost; a second or so.
const AFFORDABLE: usize = 1 << 30;

/// What rounding may add to a computed norm, in relation and in absolute terms.
const ROUNDING: f64 = 1e-10;

/// The bound for `steps` steps of a formula on one exponential. `scale` is about how large the error is: it decides
/// how far the series is worth carrying, not what holds.
pub(super) fn bound(evolution: &Evolution, formula: Formula, steps: usize, scale: f64) -> Bound {
    let terms = &evolution.terms;
    let mut best = Bound { value: 2.0, kind: BoundKind::Trivial };
    if terms.len() <= 1 {
        best = Bound { value: ROUNDING, kind: BoundKind::Norms };
    } else {
        let side = evolution.hamiltonian.nrows();
        let size = Sizes::of(evolution, formula, steps);
        let order = usize::from(formula.order());
        let mut offer = |value: f64, kind| {
            let value = value * (1.0 + ROUNDING) + ROUNDING;
            if value < best.value {
                best = Bound { value, kind };
            }
        };
        offer(size.tails(order), BoundKind::Norms);
        if terms.len() * side.pow(3) <= AFFORDABLE {
            match formula {
                Formula::Suzuki(1) => offer(first_order(evolution) / steps as f64, BoundKind::Commutators),
                Formula::Suzuki(2) => offer(second_order(evolution) / (steps as f64).powi(2), BoundKind::Commutators),
                _ => {}
            }
        }
        let degree = size.degree(order, scale);
        if degree > order && terms.len() * side * side * degree * degree / 2 <= AFFORDABLE {
            offer(series_error(evolution, formula, steps, degree) + size.tails(degree), BoundKind::Series);
        }
    }
    best.value = (best.value + evolution.truncated_norm * (1.0 + ROUNDING)).min(2.0);
    best
}

/// The norms that tails of exponential series are made of.
struct Sizes {
    /// Λ/r
    formula: f64,
    /// ‖H‖/r
    exact: f64,
    steps: f64,
}

impl Sizes {
    fn of(evolution: &Evolution, formula: Formula, steps: usize) -> Sizes {
        let weight: f64 = formula.sweeps().iter().map(|s| s.weight.abs()).sum();
        let norms: f64 = evolution.terms.iter().map(Term::norm).sum();
        let exact = svd(&evolution.hamiltonian).sigma[0];
        let r = steps as f64;
        Sizes { formula: weight * norms / r, exact: exact / r, steps: r }
    }

    /// What the series beyond `degree` add, over all steps.
    fn tails(&self, degree: usize) -> f64 {
        self.steps * (exponential_tail(self.formula, degree) + exponential_tail(self.exact, degree))
    }

    /// The first degree whose tail is small against `scale`; `order` if none up to [`MAX_DEGREE`] is of use.
    fn degree(&self, order: usize, scale: f64) -> usize {
        (order + 1..=MAX_DEGREE)
            .find(|&k| self.tails(k) < 0.05 * scale.max(ROUNDING))
            .or_else(|| (self.tails(MAX_DEGREE) < 1.0).then_some(MAX_DEGREE))
            .unwrap_or(order)
    }
}

/// `Σ_{k>K} x^k / k!`, summed from its first term so that nothing cancels.
fn exponential_tail(x: f64, degree: usize) -> f64 {
    let mut term = 1.0;
    for k in 1..=degree + 1 {
        term *= x / k as f64;
    }
    let mut sum = 0.0;
    for k in degree + 2.. {
        sum += term;
        // Once the terms halve, the rest is less than the last one.
        if term == 0.0 || !sum.is_finite() || (x < k as f64 / 2.0 && term < 1e-17 * sum) {
            return sum + term;
        }
        term *= x / k as f64;
    }
    sum
}

/// `½ Σ_j ‖[R_j, H_j]‖`
fn first_order(evolution: &Evolution) -> f64 {
    let mut sum = 0.0;
    for_each_rest(evolution, |term, rest| sum += norm(&commutator_with(term, rest, 1.0)) / 2.0);
    sum
}

/// `1/12 Σ_j ‖[R_j, [R_j, H_j]]‖ + 1/24 Σ_j ‖[H_j, [H_j, R_j]]‖`
fn second_order(evolution: &Evolution) -> f64 {
    let mut sum = 0.0;
    for_each_rest(evolution, |term, rest| {
        let inner = commutator_with(term, rest, 1.0);
        // R is Hermitian and C = [R, H] is not, so CR = -(RC)†; the same goes for H.
        let product = multiply(rest, &inner);
        sum += norm(&(&product + product.adjoint())) / 12.0;
        sum += norm(&commutator_with(term, &inner, -1.0)) / 24.0;
    });
    sum
}

/// Calls with every term H_j and R_j, the sum of the terms after it.
fn for_each_rest(evolution: &Evolution, mut call: impl FnMut(&Term, &Matrix)) {
    let side = evolution.hamiltonian.nrows();
    let mut rest = Matrix::zeros(side, side);
    let identity = Matrix::identity(side, side);
    for term in evolution.terms.iter().rev() {
        call(term, &rest);
        term.multiply_into(&identity, Complex::ONE, &mut rest);
    }
}

/// `[m, H] = (Hm)†·s - Hm` for `m† = s m`, s = ±1.
fn commutator_with(term: &Term, m: &Matrix, s: f64) -> Matrix {
    let mut product = Matrix::zeros(m.nrows(), m.ncols());
    term.multiply_into(m, Complex::ONE, &mut product);
    product.adjoint() * Complex::from(s) - product
}

/// At least the spectral norm: the least of the Frobenius, the largest column sum (the matrices here are Hermitian or
/// anti-Hermitian, or close to it, so rows are columns) and the fourth-power norm.
fn norm(m: &Matrix) -> f64 {
    let rows = m.row_iter().map(|r| r.iter().map(|z| z.norm()).sum::<f64>()).fold(0.0, f64::max);
    let columns = m.column_iter().map(|c| c.iter().map(|z| z.norm()).sum::<f64>()).fold(0.0, f64::max);
    let fourth = multiply(&m.adjoint(), m).norm().sqrt();
    (rows * columns).sqrt().min(m.norm()).min(fourth)
}

/// `r Σ_{k=p+1}^{K} ‖D_k‖ / r^k`, D_k the difference of the two series at degree k.
fn series_error(evolution: &Evolution, formula: Formula, steps: usize, degree: usize) -> f64 {
    let order = usize::from(formula.order());
    let approximate = formula_series(evolution, formula, degree);
    let side = evolution.hamiltonian.nrows();
    let mut exact = Matrix::identity(side, side);
    let mut sum = 0.0;
    let r = steps as f64;
    for k in 1..=degree {
        exact = multiply(&evolution.hamiltonian, &exact) * (-Complex::I / k as f64);
        if k > order {
            let difference = &approximate.0[k] - &exact;
            // The leading degree decides, so it alone is worth a full decomposition.
            let size = if k == order + 1 { svd(&difference).sigma[0] } else { norm(&difference) };
            sum += size * r.powi(1 - k as i32);
        }
    }
    sum
}

/// A matrix-valued power series, by degree.
struct Series(Vec<Matrix>);

/// The series of one step of the formula in its time.
fn formula_series(evolution: &Evolution, formula: Formula, degree: usize) -> Series {
    if let Some((lower, factors)) = formula.recursion() {
        let inner = formula_series(evolution, lower, degree);
        let scaled: Vec<Series> = factors.iter().map(|f| inner.scaled(*f)).collect();
        return scaled.into_iter().reduce(|product, next| next.times(&product)).expect("a recursion has factors");
    }
    let forward = sweep_series(evolution, degree);
    let backward = forward.mirrored();
    let sweeps = formula.sweeps();
    let scaled = sweeps.iter().map(|s| if s.forward { &forward } else { &backward }.scaled(s.weight));
    scaled.reduce(|product, next| next.times(&product)).expect("a formula has sweeps")
}

/// The series of a forward sweep: the product of the terms' exponential series, the first term applied first.
fn sweep_series(evolution: &Evolution, degree: usize) -> Series {
    let side = evolution.hamiltonian.nrows();
    let mut series = Series(vec![Matrix::zeros(side, side); degree + 1]);
    series.0[0] = Matrix::identity(side, side);
    for term in &evolution.terms {
        // c_k <- Σ_m (-iH)^m / m! c_{k-m}, from the top so that the lower ones are still the old.
        for k in (1..=degree).rev() {
            // Horner: ((c_0 (-iH)/k + c_1) (-iH)/(k-1) + …) (-iH)/1 + c_k
            let mut sum = series.0[0].clone();
            for m in 1..=k {
                let mut next = series.0[m].clone();
                term.multiply_into(&sum, -Complex::I / (k + 1 - m) as f64, &mut next);
                sum = next;
            }
            series.0[k] = sum;
        }
    }
    series
}

impl Series {
    /// The series in `factor · t`.
    fn scaled(&self, factor: f64) -> Series {
        let scale = |(k, c): (usize, &Matrix)| c * Complex::from(factor.powi(k as i32));
        Series(self.0.iter().enumerate().map(scale).collect())
    }

    /// The backward sweep of a forward one: `χ*(t) = χ(-t)^{-1} = χ(-t)†` for real t.
    fn mirrored(&self) -> Series {
        let sign = |k: usize| Complex::from(if k.is_multiple_of(2) { 1.0 } else { -1.0 });
        Series(self.0.iter().enumerate().map(|(k, c)| c.adjoint() * sign(k)).collect())
    }

    /// `self · other`, as far as both are known.
    fn times(&self, other: &Series) -> Series {
        let coefficient = |k: usize| {
            let products = (0..=k).map(|m| multiply(&self.0[m], &other.0[k - m]));
            products.reduce(|sum, product| sum + product).expect("degree 0 has one product")
        };
        Series((0..self.0.len()).map(coefficient).collect())
    }
}
