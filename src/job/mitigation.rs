//! What may be put right of W as it was measured, and of the parameters beside it (docs/method.md, section 18).
//!
//! Of W itself one number a block is fitted, how much of it survived; the rest is classical parameters beside it. More
//! numbers of W fitted to the known W would be the classical answer in disguise.

use super::measured::Estimated;
use crate::linalg::RealMatrix;

/// `sum S W² / sum S W W_rec`, S being the shots of an entry's column: what W_rec has to be multiplied with. What was measured
/// stands in it once, below, so that its noise does not bias it; `None` where nothing of W can be seen.
pub fn scale(known: &RealMatrix, measured: &RealMatrix, shots: &[f64]) -> Option<f64> {
    let (mut above, mut below) = (0.0, 0.0);
    for (m, shots) in shots.iter().enumerate() {
        above += shots * known.column(m).norm_squared();
        below += shots * known.column(m).dot(&measured.column(m));
    }
    (below > 0.0 && above > 0.0).then(|| above / below)
}

/// The standard deviation of that scale, from those of the entries.
pub fn scale_error(known: &RealMatrix, measured: &Estimated, shots: &[f64]) -> f64 {
    let (mut above, mut below, mut variance) = (0.0, 0.0, 0.0);
    for (m, shots) in shots.iter().enumerate() {
        above += shots * known.column(m).norm_squared();
        below += shots * known.column(m).dot(&measured.weight.column(m));
        let entries = known.column(m).component_mul(&known.column(m));
        variance += shots * shots * entries.dot(&measured.variance.column(m));
    }
    if below > 0.0 { above / (below * below) * variance.sqrt() } else { f64::INFINITY }
}

/// The same bias with `(W - W_rec) ȳ` more, ȳ being the mean state that enters the block: what is measured of that state is right again.
pub fn shifted(bias: &[f64], known: &RealMatrix, measured: &RealMatrix, mean: &[f64]) -> Vec<f64> {
    let seen = &mean[..known.ncols().min(mean.len())];
    let off = (known - measured).columns(0, seen.len()) * nalgebra::DVector::from_column_slice(seen);
    bias.iter().zip(off.iter()).map(|(b, off)| b + off).collect()
}

/// How far a matrix is from W: `|W_rec - W| / |W|` by Frobenius' norm; `None` where W is zero.
pub fn distance(known: &RealMatrix, measured: &RealMatrix) -> Option<f64> {
    let size = known.norm();
    (size > 0.0).then(|| (measured - known).norm() / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_puts_a_shrunken_weight_right() {
        let known = RealMatrix::from_row_slice(2, 3, &[1.0, -2.0, 0.5, 3.0, 0.0, -1.0]);
        let found = scale(&known, &(&known / 1.27), &[10.0, 300.0, 40.0]).unwrap();
        assert!((found - 1.27).abs() < 1e-14);
        assert_eq!(scale(&known, &-&known, &[1.0; 3]), None);
        assert_eq!(scale(&(&known * 0.0), &known, &[1.0; 3]), None);
        assert!((distance(&known, &(&known * 0.75)).unwrap() - 0.25).abs() < 1e-15);
        assert_eq!(distance(&(&known * 0.0), &known), None);
    }

    #[test]
    fn noise_does_not_bias_the_scale() {
        use rand_distr::{Distribution, StandardNormal};
        let mut rng = crate::random::stream(3, 0);
        let known = RealMatrix::from_fn(8, 8, |n, m| ((n * 5 + m * 3) % 7) as f64 - 3.0);
        let shots = [50.0; 8];
        let (mut scales, mut errors) = (vec![], 0.0);
        for _ in 0..400 {
            // Noise half as large as W itself, which least squares in W_rec would count twice.
            let mut noise = || -> f64 { StandardNormal.sample(&mut rng) };
            let weight = known.map(|w| w / 1.5 + noise());
            let measured = Estimated { weight, variance: RealMatrix::from_element(8, 8, 1.0) };
            scales.push(scale(&known, &measured.weight, &shots).unwrap());
            errors += scale_error(&known, &measured, &shots);
        }
        let mean = scales.iter().sum::<f64>() / 400.0;
        let spread = (scales.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 399.0).sqrt();
        assert!((mean - 1.5).abs() < 0.02, "{mean}");
        assert!((errors / 400.0 / spread - 1.0).abs() < 0.15, "{} {spread}", errors / 400.0);
    }

    #[test]
    fn a_shifted_bias_is_right_for_the_mean_state() {
        let known = RealMatrix::from_row_slice(2, 2, &[1.0, -2.0, 3.0, 0.5]);
        let measured = RealMatrix::from_row_slice(2, 2, &[0.7, -1.0, 2.0, 0.0]);
        let (bias, mean) = ([0.1, 0.2], [0.25, 0.75]);
        let shifted = shifted(&bias, &known, &measured, &mean);
        for n in 0..2 {
            let of = |w: &RealMatrix, b: &[f64]| w[(n, 0)] * mean[0] + w[(n, 1)] * mean[1] + b[n];
            assert!((of(&measured, &shifted) - of(&known, &bias)).abs() < 1e-15);
        }
    }
}
