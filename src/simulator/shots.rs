//! Shots: exact samples of what is counted when a circuit runs N times.
//!
//! Multinomial counts come from conditional binomials, each drawn by inversion where its mean is small and by
//! Hörmann's transformed rejection (BTRD, J. Stat. Comput. Simul. 46, 101, 1993) elsewhere. Outcomes that are hardly
//! ever seen are drawn as one, and its few shots are dealt out one by one. All of that is exact.

use crate::random::Rng;
use rand::RngExt;

/// Below this mean inversion is faster; BTRD needs at least 10.
const SMALLEST_MEAN_OF_REJECTION: f64 = 10.0;

/// Below this mean an outcome is cheaper to draw shot by shot than by a binomial of its own.
const RARE: f64 = 3.0;

/// Draws multinomial counts; keeps its working space from one draw to the next.
#[derive(Clone, Debug, Default)]
pub struct Multinomial {
    /// Indices of rare outcomes, and the sums of probabilities up to each.
    rare: Vec<usize>,
    sums: Vec<f64>,
    /// The first sum above each of as many even steps: where to begin looking.
    guide: Vec<usize>,
}

impl Multinomial {
    /// Draws the counts of `n` shots over outcomes with the given probabilities into `counts`; what is missing from a
    /// sum of one belongs to an outcome that is not counted. Returns how many shots were counted.
    ///
    /// # Panics
    /// If `counts` is shorter than `probabilities`.
    pub fn draw(&mut self, n: u64, probabilities: &[f64], counts: &mut [f64], rng: &mut Rng) -> u64 {
        assert!(counts.len() >= probabilities.len(), "one count an outcome");
        self.rare.clear();
        self.sums.clear();
        let limit = RARE / n as f64;
        let (mut left, mut mass, mut rare_mass) = (n, 1.0, 0.0);
        for (i, (count, &p)) in counts.iter_mut().zip(probabilities).enumerate() {
            *count = 0.0;
            if p >= limit {
                let drawn = conditional(left, p, mass, rng);
                left -= drawn;
                mass -= p;
                *count = drawn as f64;
            } else if p > 0.0 {
                rare_mass += p;
                self.rare.push(i);
                self.sums.push(rare_mass);
            }
        }
        let rare = if rare_mass > 0.0 { conditional(left, rare_mass, mass, rng) } else { 0 };
        if rare > 0 {
            self.deal(rare, counts, rng);
        }
        n - left + rare
    }

    /// Gives shots to rare outcomes one by one.
    fn deal(&mut self, shots: u64, counts: &mut [f64], rng: &mut Rng) {
        let steps = self.rare.len();
        let scale = steps as f64 / self.sums[steps - 1];
        self.guide.clear();
        for (k, sum) in self.sums.iter_mut().enumerate() {
            *sum *= scale;
            while self.guide.len() < steps && (self.guide.len() as f64) < *sum {
                self.guide.push(k);
            }
        }
        for _ in 0..shots {
            let at = rng.random::<f64>() * steps as f64;
            // Rounding may put `at` on the last sum.
            let mut k = self.guide[at as usize];
            while k + 1 < steps && self.sums[k] <= at {
                k += 1;
            }
            counts[self.rare[k]] += 1.0;
        }
    }
}

/// Shots of an outcome of probability `p` among `left` shots that have `mass` left to choose from.
fn conditional(left: u64, p: f64, mass: f64, rng: &mut Rng) -> u64 {
    if p >= mass { left } else { binomial(left, p / mass, rng) }
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

/// BTRD: most draws take one uniform number and no logarithm. `p <= 1/2` and `n p >= 10`; names as in the paper.
fn by_rejection(n: f64, p: f64, rng: &mut Rng) -> f64 {
    let q = 1.0 - p;
    let npq = n * p * q;
    let spread = npq.sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = n * p + 0.5;
    let v_r = 0.92 - 4.2 / b;
    // A cast is the floor of what is not negative, and faster than a call.
    let floor = |x: f64| x as u64 as f64;
    let place = |u: f64, edge: f64| (2.0 * a / edge + b) * u + c;
    loop {
        let mut v: f64 = rng.random();
        let u;
        if v <= 0.86 * v_r {
            u = v / v_r - 0.43;
            return floor(place(u, 0.5 - u.abs()));
        } else if v >= v_r {
            u = rng.random::<f64>() - 0.5;
        } else {
            let outer = v / v_r - 0.93;
            u = 0.5f64.copysign(outer) - outer;
            v = rng.random::<f64>() * v_r;
        }
        let edge = 0.5 - u.abs();
        let at = place(u, edge);
        if !(0.0..n + 1.0).contains(&at) {
            continue;
        }
        let k = floor(at);
        let alpha = (2.83 + 5.1 / b) * spread;
        v *= alpha / (a / (edge * edge) + b);
        if accepted(n, p, npq, k, v) {
            return k;
        }
    }
}

/// Whether v is at most the mass of k over that of the mode m.
fn accepted(n: f64, p: f64, npq: f64, k: f64, mut v: f64) -> bool {
    let odds = p / (1.0 - p);
    let mode = ((n + 1.0) * p) as u64 as f64;
    let away = (k - mode).abs();
    if away <= 15.0 {
        // The ratio of neighbours, from the lower of the two to the higher.
        let (mut i, mut ratio) = (k.min(mode), 1.0);
        while i < k.max(mode) {
            i += 1.0;
            ratio *= (n + 1.0) * odds / i - odds;
        }
        if mode < k {
            return v <= ratio;
        }
        v *= ratio;
        return v <= 1.0;
    }
    let v = v.ln();
    let slack = away / npq * (((away / 3.0 + 0.625) * away + 1.0 / 6.0) / npq + 0.5);
    let normal = -away * away / (2.0 * npq);
    if (v - normal).abs() > slack {
        return v < normal;
    }
    let height = (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
        + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
        + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
        + stirling_tail(mode)
        + stirling_tail(n - mode)
        - stirling_tail(k)
        - stirling_tail(n - k);
    v <= height
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
        0.008_330_563_433_362_87,
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
    use crate::random::rng;

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
        assert_eq!(Multinomial::default().draw(1000, &[0.0, 0.6, 0.4, 0.0], &mut counts, &mut rng), 1000);
        assert!(counts[0] == 0.0 && counts[3] == 0.0 && counts[1] + counts[2] == 1000.0);
    }

    #[test]
    fn multinomial_means_and_covariances() {
        // The second and the fourth are common, the others rare; together with the last they are almost certain.
        let p = [0.002, 0.3, 0.0, 0.55, 0.001, 0.1465];
        let (n, draws) = (500, 40_000);
        let mut rng = rng(8);
        let (mut sum, mut product, mut rare, mut counted) = ([0.0; 6], 0.0, 0.0, 0.0);
        let mut counts = [0.0; 6];
        let mut multinomial = Multinomial::default();
        for _ in 0..draws {
            let all = multinomial.draw(n, &p, &mut counts, &mut rng);
            assert_eq!(counts.iter().sum::<f64>(), all as f64);
            counted += all as f64;
            rare += counts[0] * counts[1];
            sum.iter_mut().zip(&counts).for_each(|(s, c)| *s += c);
            product += counts[1] * counts[3];
        }
        let (n, draws) = (n as f64, f64::from(draws));
        for (s, p) in sum.iter().zip(p) {
            let error = (s / draws - n * p).abs();
            assert!(error <= 5.0 * (n * p * (1.0 - p) / draws).sqrt(), "{error}");
        }
        let covariance = product / draws - sum[1] / draws * sum[3] / draws;
        assert!((covariance + n * 0.3 * 0.55).abs() < 3.0, "{covariance}");
        let covariance = rare / draws - sum[0] / draws * sum[1] / draws;
        assert!((covariance + n * 0.002 * 0.3).abs() < 0.3, "{covariance}");
        assert!((counted / draws - n * 0.9995).abs() < 0.02);
    }
}
