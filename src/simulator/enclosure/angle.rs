//! Sine and cosine of an angle with a proof: whole numbers of 2^-100, off by a known number of them.
//!
//! docs/certificates.md has the inequalities, by the names that stand here.

/// One in these units is 2^-100.
const BITS: u32 = 100;

/// Half of the bits, by which factors are cut in two.
const HALF: u32 = BITS / 2;

const ONE: i128 = 1 << BITS;

/// `1/(2j)!` and `1/(2j+1)!`, rounded down: what the series of cosine and sine have, without signs.
const EVEN: [i128; 8] = reciprocals(0);
const ODD: [i128; 8] = reciprocals(1);

const fn reciprocals(first: i128) -> [i128; 8] {
    let (mut of, mut j, mut factorial) = ([ONE; 8], 1, 1);
    while j < 8 {
        let n = 2 * j as i128 + first;
        factorial *= (n - 1) * n;
        of[j] = ONE / factorial;
        j += 1;
    }
    of
}

/// The largest angle in radians: far more than any gate is turned by, and few enough doublings.
pub(super) const MAX_ANGLE: f64 = 1e6;

/// `e^{iα}` in units of 2^-100: `|cos + i sin - e^{iα}| <= error`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub cos: i128,
    pub sin: i128,
    pub error: i128,
}

/// `a b` in units of 2^-100 where a and b are, neither beyond ±2: too small by less than 2.
fn product(a: i128, b: i128) -> i128 {
    let mask = (1 << HALF) - 1;
    let (high, low) = ((a >> HALF, b >> HALF), (a & mask, b & mask));
    // Both carries are rounded down: what the low parts make of each other, and what is left of the middle.
    high.0 * high.1 + ((high.0 * low.1 + low.0 * high.1) >> HALF)
}

impl Turn {
    /// `e^{iθ / 2^halvings}`; `None` beyond [`MAX_ANGLE`].
    pub fn of(theta: f64, halvings: i32) -> Option<Turn> {
        if theta.is_nan() || theta.abs() > MAX_ANGLE {
            return None;
        }
        // Halved until it is at most 1/16, for which eight terms are enough.
        let mut doublings = 0;
        while theta.abs() * 0.5f64.powi(halvings + doublings) > 0.0625 {
            doublings += 1;
        }
        let alpha = in_units(theta, BITS as i32 - halvings - doublings);
        let square = product(alpha, alpha);
        let series = |terms: &[i128; 8]| terms.iter().rev().fold(0, |sum, term| term - product(sum, square));
        let mut turn = Turn { cos: series(&EVEN), sin: product(alpha, series(&ODD)), error: 8 };
        for _ in 0..doublings {
            turn = turn.times(turn);
        }
        Some(turn)
    }

    /// One turn behind another: errors of the factors add up, 6 come from the products.
    pub fn times(self, other: Turn) -> Turn {
        Turn {
            cos: product(self.cos, other.cos) - product(self.sin, other.sin),
            sin: product(self.sin, other.cos) + product(self.cos, other.sin),
            error: self.error + other.error + 6,
        }
    }

    /// The turn scaled by a number of units, off by `error` itself: 4 come from the products.
    pub fn scaled(self, by: i128, error: i128) -> Turn {
        Turn { cos: product(self.cos, by), sin: product(self.sin, by), error: self.error + error + 4 }
    }
}

/// `x · 2^bits` rounded down to a whole number.
fn in_units(x: f64, bits: i32) -> i128 {
    let pattern = x.to_bits();
    let exponent = (pattern >> 52 & 0x7ff) as i32;
    let fraction = (pattern & ((1 << 52) - 1)) as i128;
    // Subnormal numbers have no leading one, and the exponent of the smallest that have.
    let (fraction, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 52, exponent) };
    let signed = if x.is_sign_negative() { -fraction } else { fraction };
    match exponent - 1075 + bits {
        shift @ 0.. => signed << shift,
        shift => signed >> shift.unsigned_abs().min(127),
    }
}

/// Units as the nearest double, and how far that is from them at most.
pub(super) fn rounded(units: i128) -> (f64, f64) {
    let scale = 0.5f64.powi(BITS as i32);
    let nearest = units as f64;
    // The cast rounds to nearest, so that a double beyond 2^53 is a whole number and comes back as it is.
    let off = (units - nearest as i128).unsigned_abs() as f64;
    (nearest * scale, off * scale)
}

/// Units as a distance, rounded up.
pub(super) fn distance(units: i128) -> f64 {
    (units + 1) as f64 * 0.5f64.powi(BITS as i32 - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn the_circle_is_kept_to_far_below_a_double() {
        for k in -400i32..=400 {
            let theta = f64::from(k) * 0.0173 + 1e-9;
            let turn = Turn::of(theta, 0).unwrap();
            assert!((rounded(turn.cos).0 - theta.cos()).abs() < 3e-16, "{theta}");
            assert!((rounded(turn.sin).0 - theta.sin()).abs() < 3e-16, "{theta}");
            // On the circle, and twice the half turn is the turn.
            let norm = product(turn.cos, turn.cos) + product(turn.sin, turn.sin);
            assert!((norm - ONE).abs() <= 2 * turn.error + 4 && turn.error < 1 << 20);
            let half = Turn::of(theta, 1).unwrap();
            let twice = half.times(half);
            let apart = (twice.cos - turn.cos).abs().max((twice.sin - turn.sin).abs());
            assert!(apart <= twice.error + turn.error, "{theta}: {apart}");
        }
    }

    #[test]
    fn digits_beyond_a_double_are_right() {
        // mpmath: cos(0.5) = 0.87758256189037271611628158260382965199164519710974, sin(0.5) =
        // 0.47942553860420300027328793521557138808180336794060; π as a double is short by 1.2246467991473531772e-16.
        let units = |text: &str| -> i128 {
            let digits: Vec<i128> = text.bytes().map(|b| i128::from(b - b'0')).collect();
            digits.iter().rev().fold(0, |below, digit| (below + digit * ONE) / 10)
        };
        let half = Turn::of(0.5, 0).unwrap();
        assert!((half.cos - units("87758256189037271611628158260382965199164519710974")).abs() <= half.error + 50);
        assert!((half.sin - units("47942553860420300027328793521557138808180336794060")).abs() <= half.error + 50);
        let pi = Turn::of(PI, 0).unwrap();
        let (sin, _) = rounded(pi.sin);
        assert!((sin - 1.2246467991473532e-16).abs() < 1e-27, "{sin:e}");
        assert!((rounded(Turn::of(1e6, 0).unwrap().cos).0 - 1e6f64.cos()).abs() < 1e-15);
        assert!(Turn::of(1.1e6, 0).is_none() && Turn::of(f64::NAN, 0).is_none());
        for tiny in [0.0, -0.0, 5e-324, -1e-300] {
            let turn = Turn::of(tiny, 1).unwrap();
            assert!((turn.cos - ONE).abs() <= turn.error && turn.sin.abs() <= turn.error);
        }
    }
}
