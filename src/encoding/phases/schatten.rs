//! The Schatten norm as a smooth stand-in for the spectral norm, with its gradient in the phases.

use crate::linalg::{Complex, Matrix, RealMatrix, multiply};

/// `log (tr (M†M)^p)^(1/p)`, p = 2^k, for `M = e^{iφ} R`: at least the log of the squared spectral norm, and at most
/// `log(N) / p` more.
pub(super) struct Schatten<'a> {
    root: &'a RealMatrix,
    squarings: u32,
    /// Whether M is wide, so that M M† is smaller than M† M.
    wide: bool,
}

impl<'a> Schatten<'a> {
    pub fn new(root: &'a RealMatrix, squarings: u32) -> Self {
        Schatten { root, squarings, wide: root.ncols() > root.nrows() }
    }

    /// The value at these angles, column by column; writes the gradient.
    pub fn evaluate(&mut self, angles: &[f64], gradient: &mut [f64]) -> f64 {
        let (rows, columns) = self.root.shape();
        let entries = self.root.iter().zip(angles).map(|(r, angle)| Complex::from_polar(*r, *angle));
        let m = Matrix::from_iterator(rows, columns, entries);
        let gram = if self.wide { multiply(&m, &m.adjoint()) } else { multiply(&m.adjoint(), &m) };
        // Powers are kept at norm one, with the logs of what was divided out: order 256 would overflow.
        let (mut power, first) = normalised(gram);
        // `rest` is G^(2^i - 1), the product of all powers so far but the last.
        let mut rest: Option<Matrix> = None;
        let (mut log_power, mut log_rest) = (first, 0.0);
        for _ in 0..self.squarings {
            let (next, log) = match &rest {
                None => (power.clone(), 0.0),
                Some(rest) => normalised(multiply(rest, &power)),
            };
            log_rest += log_power + log;
            rest = Some(next);
            let (squared, log) = normalised(multiply(&power, &power));
            power = squared;
            log_power = 2.0 * log_power + log;
        }
        let trace = power.trace().re;
        let order = f64::from(1 << self.squarings);
        // d tr G^p = p tr(G^(p-1) dG), so d log(tr G^p)/p = tr(G^(p-1) dG) / tr G^p.
        let scale = (log_rest - log_power).exp() / trace;
        let rest = rest.unwrap_or_else(|| Matrix::identity(power.nrows(), power.nrows()));
        let slope = if self.wide { multiply(&rest, &m) } else { multiply(&m, &rest) };
        for ((g, z), d) in gradient.iter_mut().zip(m.iter()).zip(slope.iter()) {
            // dM = i M dφ.
            *g = 2.0 * scale * ((Complex::I * z).conj() * d).re;
        }
        (trace.ln() + log_power) / order
    }
}

/// A matrix of Frobenius norm one, and the log of the norm it had; zero stays.
fn normalised(m: Matrix) -> (Matrix, f64) {
    let norm = m.norm();
    if norm == 0.0 { (m, 0.0) } else { (m / Complex::from(norm), norm.ln()) }
}
