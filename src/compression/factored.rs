//! Factors as a list of real variables, and derivatives in them.

use crate::linalg::{Complex, Matrix, RealMatrix, multiply};
use crate::network::{Factor, Factors};

/// Power of the trace that stands in for gamma: at most a factor `r^(1/8)` above it.
const ORDER: usize = 8;

/// A smooth bound on gamma from above, `(tr (M†M)^8)^(1/8)` for `M = A B†`, and its derivatives by A and B: the entry of a
/// complex matrix is the derivative by the real part plus i times that by the imaginary part.
pub fn smooth_gamma(factor: &Factor) -> (f64, Matrix, Matrix) {
    let Factor { left, right } = factor;
    let (a, b) = (left.ad_mul(left), right.ad_mul(right));
    // The spectrum of M†M is that of an r x r product; scaled, so that no power overflows.
    let scale = multiply(&a, &b).trace().re;
    if scale <= 0.0 {
        return (0.0, Matrix::zeros(left.nrows(), left.ncols()), Matrix::zeros(right.nrows(), right.ncols()));
    }
    let power = |m: Matrix| {
        let mut out = m.clone();
        (2..ORDER).for_each(|_| out = multiply(&out, &m));
        out
    };
    let t = multiply(&a, &b) / Complex::from(scale);
    let below = power(t.clone());
    let trace = multiply(&below, &t).trace().re;
    let gamma = scale * trace.powf(1.0 / ORDER as f64);
    let factor_of = Complex::from(2.0 * gamma / trace / scale);
    let of_left = multiply(left, &multiply(&b, &below)) * factor_of;
    let other = power(multiply(&b, &a) / Complex::from(scale));
    let of_right = multiply(right, &multiply(&a, &other)) * factor_of;
    (gamma, of_left, of_right)
}

/// The derivatives by A and B of a function of `|A B†|²` whose derivative by its entries is known.
pub(super) fn through_squares(factor: &Factor, amplitudes: &Matrix, slope: &RealMatrix) -> (Matrix, Matrix) {
    let inner = amplitudes.zip_map(slope, |z, s| z * (2.0 * s));
    (multiply(&inner, &factor.right), multiply(&inner.adjoint(), &factor.left))
}

/// All factors of a block in a row: of each sign A, then B, real parts before imaginary ones.
pub(super) fn variables(factors: &Factors) -> Vec<f64> {
    let matrices = factors.signs().flat_map(|f| [&f.left, &f.right]);
    matrices.flat_map(|m| m.iter().map(|z| z.re).chain(m.iter().map(|z| z.im)).collect::<Vec<_>>()).collect()
}

/// The factors with these values in place of their own.
pub(super) fn with_variables(factors: &Factors, values: &[f64]) -> Factors {
    let mut at = 0;
    let mut next = |m: &Matrix| {
        let (re, im) = values[at..at + 2 * m.len()].split_at(m.len());
        at += 2 * m.len();
        Matrix::from_iterator(m.nrows(), m.ncols(), re.iter().zip(im).map(|(re, im)| Complex::new(*re, *im)))
    };
    let mut sign = |f: &Option<Factor>| f.as_ref().map(|f| Factor { left: next(&f.left), right: next(&f.right) });
    Factors { plus: sign(&factors.plus), minus: sign(&factors.minus) }
}

/// Writes the derivatives by A and B of each sign where [`variables`] has them.
pub(super) fn write_slopes(slopes: &[(Matrix, Matrix)], out: &mut [f64]) {
    let parts = slopes.iter().flat_map(|(a, b)| [a, b]);
    let values = parts.flat_map(|m| m.iter().map(|z| z.re).chain(m.iter().map(|z| z.im)).collect::<Vec<_>>());
    out.iter_mut().zip(values).for_each(|(out, value)| *out = value);
}

/// The loss that charges for gamma, `weight Σ gamma / bound`, added to slopes that are there already.
pub(super) fn charge_gamma(factors: &Factors, weight: f64, bounds: &[f64], slopes: &mut [(Matrix, Matrix)]) -> f64 {
    let mut loss = 0.0;
    for ((factor, bound), (left, right)) in factors.signs().zip(bounds).zip(slopes) {
        let (gamma, of_left, of_right) = smooth_gamma(factor);
        let scale = weight / bound.max(f64::MIN_POSITIVE);
        loss += scale * gamma;
        *left += of_left * Complex::from(scale);
        *right += of_right * Complex::from(scale);
    }
    loss
}
