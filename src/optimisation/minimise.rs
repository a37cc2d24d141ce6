//! Minimisation of smooth functions: L-BFGS (Liu and Nocedal, Math. Program. 45, 503, 1989).

use std::collections::VecDeque;

/// Steps remembered to model the curvature.
const MEMORY: usize = 12;

/// A step must gain this share of what the slope promises.
const SUFFICIENT: f64 = 1e-4;

/// Shorter steps than this are none: rounding hides what they gain.
const SHORTEST: f64 = 1e-12;

/// Why a search stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Good enough, says whoever asked.
    Reached,
    /// No step goes further down.
    Converged,
    /// As many evaluations as were allowed.
    Limit,
}

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// How often the function was evaluated.
    pub evaluations: usize,
    /// Why it went no further.
    pub stop: Stop,
}

/// Minimises `f`, which returns its value at a point and writes its gradient, from `x` with at most `limit`
/// evaluations; it stops earlier where `reached(value)` or a step gains less than `gain` times the value.
pub fn minimise(
    mut f: impl FnMut(&[f64], &mut [f64]) -> f64,
    mut x: Vec<f64>,
    limit: usize,
    gain: f64,
    reached: impl Fn(f64) -> bool,
) -> Minimum {
    let mut gradient = vec![0.0; x.len()];
    let mut value = f(&x, &mut gradient);
    let mut evaluations = 1;
    let mut history: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    let (mut there, mut slope_there) = (x.clone(), gradient.clone());
    let stop = loop {
        if reached(value) {
            break Stop::Reached;
        }
        let mut direction = downhill(&gradient, &history);
        let mut slope = dot(&direction, &gradient);
        if slope.is_nan() || slope >= 0.0 {
            history.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        if slope == 0.0 || !slope.is_finite() {
            break Stop::Converged;
        }
        // Nothing is known of the scale at first.
        let mut step = if history.is_empty() { (1.0 / (-slope).sqrt()).min(1.0) } else { 1.0 };
        let found = loop {
            if evaluations >= limit {
                break None;
            }
            there.iter_mut().zip(&x).zip(&direction).for_each(|((t, x), d)| *t = x + step * d);
            let candidate = f(&there, &mut slope_there);
            evaluations += 1;
            if candidate <= value + SUFFICIENT * step * slope {
                break Some(candidate);
            }
            // The minimum of the parabola through what is known, within bounds.
            let parabola = -slope * step * step / (2.0 * (candidate - value - slope * step));
            step = if parabola.is_finite() { parabola.clamp(0.1 * step, 0.5 * step) } else { 0.1 * step };
            if step < SHORTEST {
                break None;
            }
        };
        let Some(candidate) = found else {
            break if evaluations >= limit { Stop::Limit } else { Stop::Converged };
        };
        let s: Vec<f64> = there.iter().zip(&x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = slope_there.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &y);
        if curvature > 1e-10 * dot(&y, &y).sqrt() * dot(&s, &s).sqrt() {
            if history.len() == MEMORY {
                history.pop_front();
            }
            history.push_back((s, y, curvature));
        }
        let gained = value - candidate;
        std::mem::swap(&mut x, &mut there);
        std::mem::swap(&mut gradient, &mut slope_there);
        value = candidate;
        if gained <= gain * value.abs() {
            break Stop::Converged;
        }
    };
    Minimum { x, value, evaluations, stop }
}

/// The direction `-H g`, H being the inverse curvature that the history tells of.
fn downhill(gradient: &[f64], history: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(history.len());
    for (s, y, curvature) in history.iter().rev() {
        let share = dot(s, &q) / curvature;
        add(&mut q, y, -share);
        shares.push(share);
    }
    if let Some((_, y, curvature)) = history.back() {
        let scale = curvature / dot(y, y);
        q.iter_mut().for_each(|v| *v *= scale);
    }
    for ((s, y, curvature), share) in history.iter().zip(shares.iter().rev()) {
        let other = dot(y, &q) / curvature;
        add(&mut q, s, share - other);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(a: &mut [f64], b: &[f64], scale: f64) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += scale * b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosenbrock_in_ten_dimensions() {
        let f = |x: &[f64], g: &mut [f64]| {
            g.fill(0.0);
            let mut value = 0.0;
            for i in 0..x.len() - 1 {
                let (a, b) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
                value += 100.0 * a * a + b * b;
                g[i] += -400.0 * a * x[i] - 2.0 * b;
                g[i + 1] += 200.0 * a;
            }
            value
        };
        let found = minimise(f, vec![-1.2; 10], 2000, 0.0, |v| v < 1e-18);
        assert_eq!(found.stop, Stop::Reached);
        assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-7), "{found:?}");
        let early = minimise(f, vec![-1.2; 10], 20, 0.0, |_| false);
        assert_eq!((early.stop, early.evaluations), (Stop::Limit, 20));
    }

    #[test]
    fn flat_and_finished_functions_stop() {
        let flat = minimise(
            |_, g| {
                g.fill(0.0);
                1.0
            },
            vec![1.0, 2.0],
            50,
            0.0,
            |_| false,
        );
        assert_eq!((flat.stop, flat.x), (Stop::Converged, vec![1.0, 2.0]));
        let square = minimise(
            |x, g| {
                g[0] = 2.0 * x[0];
                x[0] * x[0]
            },
            vec![3.0],
            50,
            1e-12,
            |_| false,
        );
        assert!(square.stop == Stop::Converged && square.x[0].abs() < 1e-6);
    }
}
