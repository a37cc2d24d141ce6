//! The Schatten norm as a smooth stand-in for the spectral norm, with its gradient in the phases.

use super::support::Support;
use super::turn::turns;
use crate::linalg::{Complex, Matrix, multiply};

/// `log (tr (M M†)^p)^(1/p) + penalty Σ w sin²φ / Σ w` for `M = e^{iφ} R` and W its weights, `p = 2^k + 1`: the first term is
/// at least the log of the squared spectral norm and at most `log(rows) / p` more; the second drives phases to 0 or π.
pub(super) struct Schatten<'a> {
    support: &'a Support,
    squarings: u32,
    penalty: f64,
    factors: Vec<Complex>,
    m: Matrix,
}

impl<'a> Schatten<'a> {
    pub fn new(support: &'a Support, squarings: u32, penalty: f64) -> Self {
        let total: f64 = support.entries.iter().map(|(_, modulus)| modulus * modulus).sum();
        let factors = vec![Complex::ZERO; support.entries.len()];
        let m = Matrix::zeros(support.rows, support.columns);
        Schatten { support, squarings, penalty: penalty / total, factors, m }
    }

    /// The value at these angles, one for each entry of the support; writes the gradient.
    ///
    /// With this p the gradient needs `(M M†)^(p-1)` alone, k squarings.
    pub fn evaluate(&mut self, angles: &[f64], gradient: &mut [f64]) -> f64 {
        turns(angles, &mut self.factors);
        for ((place, modulus), factor) in self.support.entries.iter().zip(&self.factors) {
            self.m[*place] = factor * modulus;
        }
        let m = &self.m;
        // Powers are kept at norm one, with the logs of what was divided out: order 129 would overflow.
        let (gram, log_gram) = normalised(multiply(m, &m.adjoint()));
        let (mut power, mut log_power) = (gram.clone(), log_gram);
        for _ in 0..self.squarings {
            let (squared, log) = normalised(multiply(&power, &power));
            (power, log_power) = (squared, 2.0 * log_power + log);
        }
        let trace = inner(power.as_slice(), gram.as_slice());
        let order = f64::from((1 << self.squarings) + 1);
        // d tr G^p = p tr(G^(p-1) dG), so d log(tr G^p)/p = tr(G^(p-1) dG) / tr G^p, and dM = i M dφ.
        let scale = 2.0 * (-log_gram).exp() / trace;
        let slope = multiply(&power, m);
        let mut sines = 0.0;
        for ((place, _), g) in self.support.entries.iter().zip(gradient) {
            let (z, d) = (m[*place], slope[*place]);
            *g = scale * (z.re * d.im - z.im * d.re) + 2.0 * self.penalty * z.re * z.im;
            sines += z.im * z.im;
        }
        (trace.ln() + log_power + log_gram) / order + self.penalty * sines
    }
}

/// A matrix of Frobenius norm one, and the log of the norm it had; zero stays.
fn normalised(mut m: Matrix) -> (Matrix, f64) {
    let norm = inner(m.as_slice(), m.as_slice()).sqrt();
    if norm == 0.0 {
        return (m, 0.0);
    }
    let inverse = norm.recip();
    m.iter_mut().for_each(|z| *z *= inverse);
    (m, norm.ln())
}

/// The real part of `Σ conj(a) b`, in eight sums that a processor adds side by side.
fn inner(a: &[Complex], b: &[Complex]) -> f64 {
    let mut sums = [Complex::ZERO; 4];
    let (a, b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x.re * y.re + x.im * y.im).sum();
    for (a, b) in a.zip(b) {
        for ((sum, x), y) in sums.iter_mut().zip(a).zip(b) {
            sum.re += x.re * y.re;
            sum.im += x.im * y.im;
        }
    }
    let sum: Complex = sums.iter().sum();
    sum.re + sum.im + rest
}
