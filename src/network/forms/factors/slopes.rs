//! Derivatives by factors: of functions of W, and of a smooth bound on gamma.

use super::factor::Factor;
use crate::linalg::{Complex, Matrix, RealMatrix, multiply};

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

/// The loss that charges for gamma, `weight Σ gamma / bound`, added to slopes that are there already.
pub(super) fn charge_gamma<'a>(
    factors: impl Iterator<Item = &'a Factor>,
    weight: f64,
    bounds: &[f64],
    slopes: &mut [(Matrix, Matrix)],
) -> f64 {
    let mut loss = 0.0;
    for ((factor, bound), (left, right)) in factors.zip(bounds).zip(slopes) {
        let (gamma, of_left, of_right) = smooth_gamma(factor);
        let scale = weight / bound.max(f64::MIN_POSITIVE);
        loss += scale * gamma;
        *left += of_left * Complex::from(scale);
        *right += of_right * Complex::from(scale);
    }
    loss
}
