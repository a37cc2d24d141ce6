//! `e^{iφ}` for many angles: a search takes millions, and one after the other they cost more than all matrix products.

use crate::linalg::Complex;
use std::f64::consts::FRAC_2_PI;

/// Added to a number below 2^51 in modulus, leaves its nearest integer in the lowest bits.
const ROUND: f64 = 6755399441055744.0;

/// π/2 in two parts, the first so short that its products with small integers are exact.
const HALF_PI: (f64, f64) = (1.570_796_326_734_125_6, 6.077100506506192e-11);

/// Taylor coefficients of sine and cosine but for the leading terms, highest first: to π/4 the rest is below 1e-17.
const SINE: [f64; 7] = [
    -1.0 / 1_307_674_368_000.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 39_916_800.0,
    1.0 / 362_880.0,
    -1.0 / 5_040.0,
    1.0 / 120.0,
    -1.0 / 6.0,
];
const COSINE: [f64; 7] = [
    1.0 / 20_922_789_888_000.0,
    -1.0 / 87_178_291_200.0,
    1.0 / 479_001_600.0,
    -1.0 / 3_628_800.0,
    1.0 / 40_320.0,
    -1.0 / 720.0,
    1.0 / 24.0,
];

/// Writes `e^{iφ}` of each angle, to 1e-15 below a thousand turns.
pub(super) fn turns(angles: &[f64], out: &mut [Complex]) {
    out.iter_mut().zip(angles).for_each(|(z, angle)| *z = turn(*angle));
}

/// Without a branch, so that a processor takes several at a time.
#[inline(always)]
fn turn(angle: f64) -> Complex {
    let rounded = angle * FRAC_2_PI + ROUND;
    let quarters = rounded - ROUND;
    let x = (angle - quarters * HALF_PI.0) - quarters * HALF_PI.1;
    let square = x * x;
    let sum = |coefficients: [f64; 7]| coefficients.iter().fold(0.0, |sum, c| sum * square + c);
    let sine = (x + x * square * sum(SINE)).to_bits();
    let cosine = (1.0 - 0.5 * square + square * square * sum(COSINE)).to_bits();
    let quarter = rounded.to_bits();
    // A quarter turn takes (cos, sin) to (-sin, cos).
    let swap = 0u64.wrapping_sub(quarter & 1);
    let re = (cosine & !swap | sine & swap) ^ ((quarter.wrapping_add(1) & 2) << 62);
    let im = (sine & !swap | cosine & swap) ^ ((quarter & 2) << 62);
    Complex::new(f64::from_bits(re), f64::from_bits(im))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_library() {
        let angles: Vec<f64> = (-80_000..80_000).map(|i| f64::from(i) * 0.078_539_816_339_744_83 + 1e-3).collect();
        let exact = [0.0, -0.0, 0.5, 1.0, 2.0, 3.0, 4.0, -1.0].map(|turns| turns * std::f64::consts::FRAC_PI_2);
        let angles = [&angles[..], &exact].concat();
        let mut out = vec![Complex::ZERO; angles.len()];
        turns(&angles, &mut out);
        for (z, angle) in out.iter().zip(&angles) {
            let (sin, cos) = angle.sin_cos();
            assert!((z - Complex::new(cos, sin)).norm() < 1e-15, "{angle}: {z}");
        }
    }
}
