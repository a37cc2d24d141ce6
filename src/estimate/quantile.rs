//! Quantiles of binomial distributions, as far as factories ask for them: how many units of a round succeed at least.

/// Below this many trials the distribution is summed up.
const FEW: u64 = 1000;
/// Above this variance it is as good as normal, with corrections.
const NORMAL: f64 = 80.0;

/// Successes of `n` trials that fail with probability `q`, where fewer are as likely as `share`: the smallest k for which the
/// probability of k successes or fewer is at least `share`. From a thousand trials on the figure is that of an expansion
/// (Moorhead, 2013), or of Newton's steps, since the estimator that figures are compared with has it so.
pub(super) fn successes(n: u64, q: f64, share: f64) -> u64 {
    let (trials, p) = (n as f64, 1.0 - q);
    let variance = trials * p * q;
    if n < FEW {
        summed(n, p, q, share)
    } else if variance > NORMAL {
        expanded(p, trials * p, variance, normal_quantile(share)).floor() as u64
    } else {
        stepped(n, p, q, share)
    }
}

/// From the end of the distribution that is nearer to where most of it is.
fn summed(n: u64, p: f64, q: f64, share: f64) -> u64 {
    let power = |base: f64| base.powi(i32::try_from(n).expect("few trials"));
    let ratio = |k: u64| (n - k + 1) as f64 / k as f64;
    if p < 0.5 {
        let (mut k, mut term) = (0, power(q));
        let mut sum = term;
        while sum < share && k < n {
            k += 1;
            term *= p / q * ratio(k);
            sum += term;
        }
        return k;
    }
    let (mut failures, mut term) = (0, power(p));
    let mut left = 1.0 - share - term;
    while left >= 0.0 && failures < n {
        failures += 1;
        term *= q / p * ratio(failures);
        left -= term;
    }
    n - failures
}

/// Moorhead's expansion about the normal distribution at its quantile w.
fn expanded(p: f64, mean: f64, variance: f64, w: f64) -> f64 {
    let poly = |coefficients: &[f64]| coefficients.iter().fold(0.0, |sum, c| sum * p + c);
    let (sd, odd) = (variance.sqrt(), 2.0 * p - 1.0);
    let outer = odd * (p + 1.0) * (p - 2.0);
    let zeroth = (p + 1.0) / 3.0 - odd * w.powi(2) / 6.0;
    let first = (w.powi(3) * poly(&[2.0, -2.0, -1.0]) / 72.0) / sd - w * poly(&[7.0, -7.0, 1.0]) / 36.0;
    // The last summand stands so in the estimator.
    let second = outer * (3.0 * w.powi(4) + 7.0 * w.powi(2) - 16.0 / 1620.0) / variance;
    let third = w.powi(5) * poly(&[4.0, -8.0, -48.0, 52.0, -23.0]) / 17280.0
        + w.powi(3) * poly(&[256.0, -512.0, -147.0, 403.0, -137.0]) / 38880.0
        - w * poly(&[433.0, -866.0, -921.0, 1354.0, -671.0]) / 38880.0;
    let fourth = w.powi(6) * odd * poly(&[1.0, -1.0, 1.0]) * poly(&[1.0, -1.0, 19.0]) / 34020.0
        + w.powi(4) * odd * poly(&[9.0, -18.0, -35.0, 44.0, -25.0]) / 15120.0
        + w.powi(2) * odd * poly(&[923.0, -1846.0, 5271.0, -4348.0, 5189.0]) / 408_240.0
        - 4.0 * outer * poly(&[23.0, -23.0, 2.0]) / 25515.0;
    mean + sd * w + zeroth + first + second + third / (sd * variance) + fourth / variance.powi(2)
}

/// Newton's steps from the mode, shortened a little each time.
fn stepped(n: u64, p: f64, q: f64, share: f64) -> u64 {
    let mut k = (p * (n + 1) as f64).floor();
    let mut damping = 1.0;
    loop {
        let at = k.clamp(0.0, n as f64) as u64;
        let step = damping * (share - at_most(n, p, q, at)) / mass(n, p, q, at);
        if !step.is_finite() || step.abs() < 0.5 {
            return at;
        }
        k += step;
        damping *= 0.999;
    }
}

/// The probability of k successes.
fn mass(n: u64, p: f64, q: f64, k: u64) -> f64 {
    let (n, k) = (n as f64, k as f64);
    (ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k) + k * p.ln() + (n - k) * q.ln()).exp()
}

/// The probability of k successes or fewer, summed from k downwards until nothing is added.
fn at_most(n: u64, p: f64, q: f64, k: u64) -> f64 {
    let mut term = mass(n, p, q, k);
    let mut sum = term;
    for i in (0..k).rev() {
        term *= q / p * (i + 1) as f64 / (n - i) as f64;
        if sum + term == sum {
            break;
        }
        sum += term;
    }
    sum
}

/// ln n!, by Stirling's series from 16 on.
fn ln_factorial(n: f64) -> f64 {
    if n < 16.0 {
        return (2..=n as u64).map(|i| (i as f64).ln()).sum();
    }
    let series = 1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * n * n)) / (n * n);
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + series / n
}

/// Where the standard normal distribution has that share below, by bisection on its integral.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-40.0f64, 40.0f64);
    // Halves an interval of 80 until it is a rounding error.
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if normal_share(middle) < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The share of the standard normal distribution below w: its series about zero, all terms of one sign.
fn normal_share(w: f64) -> f64 {
    if w.abs() > 12.0 {
        return if w > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut k) = (w, w, 1.0);
    while term.abs() > 1e-18 * sum.abs() {
        k += 2.0;
        term *= w * w / k;
        sum += term;
    }
    0.5 + sum * (-0.5 * w * w).exp() / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_distribution() {
        // By summing exact terms.
        for (n, q) in [(1, 0.3), (15, 0.02), (18, 0.0257), (60, 0.5), (300, 0.7), (999, 0.1), (999, 0.9)] {
            for share in [0.01, 0.005, 0.01 / 3.0, 0.0025, 0.5] {
                let k = successes(n, q, share);
                let below = if k == 0 { 0.0 } else { at_most(n, 1.0 - q, q, k - 1) };
                assert!(below < share && share <= at_most(n, 1.0 - q, q, k) + 1e-12, "{n} {q} {share}: {k}");
            }
        }
    }

    #[test]
    fn many_trials_are_near_the_quantile() {
        // R's qbinom.
        for (n, p, share, expected) in [(1500, 0.15, 0.2, 213), (1001, 0.25, 0.5, 250), (1_000_000, 2.5e-5, 0.9995, 42)]
        {
            assert_eq!(successes(n, 1.0 - p, share), expected);
        }
        let deep = successes(2500, 0.0257, 0.005) as i64;
        let exact = (0..2500).find(|k| at_most(2500, 1.0 - 0.0257, 0.0257, *k) >= 0.005).unwrap() as i64;
        assert!((deep - exact).abs() <= 1, "{deep} {exact}");
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.0025) + 2.807_033_768_343_811).abs() < 1e-9);
    }
}
