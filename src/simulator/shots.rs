//! Shots: exact samples of what is counted when a circuit runs N times.
//!
//! Multinomial counts come from conditional binomials, each drawn by inversion where its mean is small and by
//! Hörmann's transformed rejection (BTRS, J. Stat. Comput. Simul. 46, 101, 1993) elsewhere. Both are exact.

use crate::linalg::Rng;
use rand::RngExt;

/// Below this mean inversion is faster; BTRS needs at least 10.
const SMALLEST_MEAN_OF_REJECTION: f64 = 10.0;

/// Draws the counts of `n` shots over outcomes with the given probabilities into `counts`; what is missing from a sum of
/// one belongs to an outcome that is not counted. Returns how many shots were counted.
///
/// # Panics
/// If `counts` is shorter than `probabilities`.
pub fn multinomial(n: u64, probabilities: &[f64], counts: &mut [f64], rng: &mut Rng) -> u64 {
    assert!(counts.len() >= probabilities.len(), "one count an outcome");
    let (mut left, mut mass) = (n, 1.0);
    for (count, &p) in counts.iter_mut().zip(probabilities) {
        let drawn = if p <= 0.0 || left == 0 {
            0
        } else if p >= mass {
            left
        } else {
            binomial(left, p / mass, rng)
        };
        left -= drawn;
        mass -= p;
        *count = drawn as f64;
    }
    n - left
}

/// The number of successes in `n` trials of probability `p`.
///
/// # Panics
/// If p is not in [0, 1].
pub fn binomial(n: u64, p: f64, rng: &mut Rng) -> u64 {
    assert!((0.0..=1.0).contains(&p), "a probability is between 0 and 1, not {p}");
    let small = p.min(1.0 - p);
    let drawn = if small == 0.0 {
        0
    } else if n as f64 * small < SMALLEST_MEAN_OF_REJECTION {
        by_inversion(n, small, rng)
    } else {
        by_rejection(n as f64, small, rng) as u64
    };
    if p > 0.5 { n - drawn } else { drawn }
}

/// Adds up the mass function from 0 until it passes a uniform number; `n p < 10`, so `(1 - p)^n > 1e-9`.
fn by_inversion(n: u64, p: f64, rng: &mut Rng) -> u64 {
    let odds = p / (1.0 - p);
    let grown = (n as f64 + 1.0) * odds;
    let first = (n as f64 * (-p).ln_1p()).exp();
    loop {
        let mut u: f64 = rng.random();
        let mut mass = first;
        // Past 120 nothing is left but what rounding took away, which is drawn anew.
        for k in 0..n.min(120) + 1 {
            if u < mass {
                return k;
            }
            u -= mass;
            mass *= grown / (k + 1) as f64 - odds;
        }
    }
}

/// BTRS: most draws are accepted after two uniform numbers and no logarithm. `p <= 1/2` and `n p >= 10`.
fn by_rejection(n: f64, p: f64, rng: &mut Rng) -> f64 {
    let q = 1.0 - p;
    let spread = (n * p * q).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = n * p + 0.5;
    let inner = 0.92 - 4.2 / b;
    loop {
        let u = rng.random::<f64>() - 0.5;
        let v: f64 = rng.random();
        let edge = 0.5 - u.abs();
        let k = ((2.0 * a / edge + b) * u + centre).floor();
        if edge >= 0.07 && v <= inner {
            return k;
        }
        if !(0.0..=n).contains(&k) {
            continue;
        }
        let alpha = (2.83 + 5.1 / b) * spread;
        let mode = ((n + 1.0) * p).floor();
        let scaled = (v * alpha / (a / (edge * edge) + b)).ln();
        let odds = p / q;
        let height = (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
            + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + stirling_tail(mode)
            + stirling_tail(n - mode)
            - stirling_tail(k)
            - stirling_tail(n - k);
        if scaled <= height {
            return k;
        }
    }
}

/// `ln k! - (k + 1/2) ln(k + 1) + (k + 1) - ln(2π)/2`: what Stirling's formula leaves.
fn stirling_tail(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_871,
    ];
    match FIRST.get(k as usize) {
        Some(&tail) => tail,
        None => {
            let next = 1.0 / (k + 1.0);
            let square = next * next;
            (1.0 / 12.0 - (1.0 / 360.0 - square / 1260.0) * square) * next
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::rng;

    /// ln of the binomial mass function, for a peer of the sampler's own formulas.
    fn mass(n: u64, p: f64) -> Vec<f64> {
        let mut logs = vec![n as f64 * (-p).ln_1p()];
        for k in 0..n {
            let next = logs[k as usize] + ((n - k) as f64 / (k + 1) as f64 * p / (1.0 - p)).ln();
            logs.push(next);
        }
        logs.into_iter().map(f64::exp).collect()
    }

    #[test]
    fn counts_follow_the_binomial_law() {
        let mut rng = rng(3);
        for (n, p) in [(1, 0.3), (5, 0.5), (40, 0.2), (1000, 0.003), (30, 0.5), (1000, 0.05), (500, 0.93), (4000, 0.4)]
        {
            let draws = 200_000;
            let mut seen = vec![0.0f64; n as usize + 1];
            (0..draws).for_each(|_| seen[binomial(n, p, &mut rng) as usize] += 1.0);
            // χ² over the outcomes that are expected at least ten times, the others pooled.
            let (mut chi, mut bins, mut rest, mut rest_seen) = (0.0, 0.0f64, 0.0, 0.0);
            for (m, s) in mass(n, p).iter().zip(&seen) {
                let expected = m * f64::from(draws);
                if expected < 10.0 {
                    rest += expected;
                    rest_seen += s;
                } else {
                    chi += (s - expected).powi(2) / expected;
                    bins += 1.0;
                }
            }
            if rest > 1.0 {
                chi += (rest_seen - rest).powi(2) / rest;
                bins += 1.0;
            }
            let (mean, deviation) = (bins - 1.0, (2.0 * (bins - 1.0)).sqrt());
            assert!((chi - mean).abs() < 4.5 * deviation, "n {n} p {p}: χ² {chi} for {mean} ± {deviation}");
        }
    }

    #[test]
    fn stirling_tails_continue_their_table() {
        let mut log_factorial = 0.0;
        for k in 0..40 {
            let x = f64::from(k);
            log_factorial += if k > 0 { x.ln() } else { 0.0 };
            let tail = log_factorial - (x + 0.5) * (x + 1.0).ln() + (x + 1.0) - (2.0 * std::f64::consts::PI).ln() / 2.0;
            assert!((tail - stirling_tail(x)).abs() < 1e-9, "{k}: {tail} {}", stirling_tail(x));
        }
    }

    #[test]
    fn edges() {
        let mut rng = rng(5);
        assert_eq!((binomial(0, 0.3, &mut rng), binomial(9, 0.0, &mut rng), binomial(9, 1.0, &mut rng)), (0, 0, 9));
        for n in [1, 1_000_000_000_000] {
            assert!(binomial(n, 1e-300, &mut rng) == 0 && binomial(n, 0.5, &mut rng) <= n);
        }
        let mut counts = [7.0; 4];
        assert_eq!(multinomial(1000, &[0.0, 0.6, 0.4, 0.0], &mut counts, &mut rng), 1000);
        assert!(counts[0] == 0.0 && counts[3] == 0.0 && counts[1] + counts[2] == 1000.0);
    }

    #[test]
    fn multinomial_means_and_covariances() {
        let p = [0.02, 0.3, 0.0, 0.15, 0.001];
        let (n, draws) = (500, 40_000);
        let mut rng = rng(8);
        let (mut sum, mut product) = ([0.0; 5], 0.0);
        let mut counts = [0.0; 5];
        for _ in 0..draws {
            multinomial(n, &p, &mut counts, &mut rng);
            sum.iter_mut().zip(&counts).for_each(|(s, c)| *s += c);
            product += counts[1] * counts[3];
        }
        let (n, draws) = (n as f64, f64::from(draws));
        for (s, p) in sum.iter().zip(p) {
            let error = (s / draws - n * p).abs();
            assert!(error <= 5.0 * (n * p * (1.0 - p) / draws).sqrt(), "{error}");
        }
        let covariance = product / draws - sum[1] / draws * sum[3] / draws;
        assert!((covariance + n * 0.3 * 0.15).abs() < 2.0, "{covariance}");
    }
}
