//! W as so many shots of each basis input say, with derivatives through the size of its noise.
//!
//! ```text
//!  W_nm = γ (d_nm + σ_nm ε_nm),   σ² = (q' - d'²) / (S_m s²),   d' = s d,   q' = s q + (1 - s) 2^-n
//! ```
//!
//! s is the share of shots that survive the machine's noise: what does not spells anything, evenly, and d is what is left
//! over after division by s. In the normal limit, column by column; what entries of a column have in common (they sum up to
//! what was counted) is left out.

use crate::linalg::RealMatrix;
use crate::network::VariationalRun;
use crate::random::Rng;
use crate::training::ShotMoments;
use rand_distr::{Distribution, StandardNormal};

/// The least variance of a shot whose noise has a slope: below, the root is too steep to follow.
const LEAST: f64 = 2e-5;

/// The outcomes of one block's circuit and the noise of its shots.
pub(super) struct ColumnNoise {
    gamma: f64,
    survival: f64,
    difference: RealMatrix,
    /// `q'`, that a shot spells n with either sign.
    seen: RealMatrix,
    /// σ
    deviation: RealMatrix,
}

/// Derivatives of a loss by the outcomes of a circuit and by the logarithm of its γ.
#[derive(Clone)]
pub(super) struct OutcomeSlopes {
    /// By d.
    pub difference: RealMatrix,
    /// By q.
    pub either: RealMatrix,
    /// By ln γ.
    pub gamma: f64,
}

impl ColumnNoise {
    /// Of a circuit, with so many shots for each of its columns.
    pub fn new(run: &VariationalRun<'_, f32>, shots: &[f64], survival: f64) -> ColumnNoise {
        let (difference, either) = (run.difference(), run.either());
        let spread = (1.0 - survival) / either.nrows().next_power_of_two() as f64;
        let seen = either.map(|q| survival * q + spread);
        let mut deviation = seen.clone();
        for ((mut deviation, d), shots) in deviation.column_iter_mut().zip(difference.column_iter()).zip(shots) {
            deviation.zip_apply(&d, |q, d| {
                *q = ((*q - (survival * d).powi(2)).max(LEAST) / (shots * survival * survival)).sqrt();
            });
        }
        ColumnNoise { gamma: run.gamma(), survival, difference, seen, deviation }
    }

    /// What a shot adds to W after division by the survival.
    pub fn moments(&self) -> ShotMoments {
        let by = self.gamma / self.survival;
        ShotMoments { mean: &self.difference * self.gamma, square: &self.seen * (by * by) }
    }

    /// ε, a number a shot's outcome.
    pub fn draw(&self, rng: &mut Rng) -> RealMatrix {
        self.difference.map(|_| StandardNormal.sample(rng))
    }

    /// W with this noise.
    pub fn map(&self, draw: &RealMatrix) -> RealMatrix {
        (&self.difference + self.deviation.component_mul(draw)) * self.gamma
    }

    /// No derivatives yet.
    pub fn no_slopes(&self) -> OutcomeSlopes {
        let (rows, columns) = self.difference.shape();
        let none = RealMatrix::zeros(rows, columns);
        OutcomeSlopes { difference: none.clone(), either: none, gamma: 0.0 }
    }

    /// Adds derivatives, from those by the W of a draw. `shots` as in [`ColumnNoise::new`].
    pub fn add_slopes(&self, by_map: &RealMatrix, draw: &RealMatrix, shots: &[f64], slopes: &mut OutcomeSlopes) {
        slopes.gamma += by_map.dot(&self.map(draw));
        for (m, shots) in shots.iter().enumerate() {
            for n in 0..by_map.nrows() {
                let by = self.gamma * by_map[(n, m)];
                let (d, deviation) = (self.difference[(n, m)], self.deviation[(n, m)]);
                slopes.difference[(n, m)] += by;
                if self.seen[(n, m)] - (self.survival * d).powi(2) > LEAST {
                    // σ² = q / (S s) - d² / S + ...
                    let by_variance = by * draw[(n, m)] / (2.0 * deviation * shots);
                    slopes.either[(n, m)] += by_variance / self.survival;
                    slopes.difference[(n, m)] -= 2.0 * by_variance * d;
                }
            }
        }
    }
}

impl OutcomeSlopes {
    /// By p+ and by p-.
    pub fn of_signs(&self) -> [RealMatrix; 2] {
        [&self.either + &self.difference, &self.either - &self.difference]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Variational, random_circuit};
    use crate::random::rng;
    use rand::RngExt;

    #[test]
    fn derivatives_through_the_noise_agree_with_differences() {
        let mut rng = rng(3);
        let circuit = random_circuit(5, 12, 3.0, &mut rng);
        let shots: Vec<f64> = vec![20.0, 35.0, 50.0, 400.0, 30.0];
        let weights = RealMatrix::from_fn(5, 5, |_, _| rng.random_range(-1.0..1.0));
        for survival in [1.0, 0.7] {
            let noise = ColumnNoise::new(&circuit.run_in(), &shots, survival);
            let draw = noise.draw(&mut rng);
            let loss = |circuit: &Variational| {
                let map = ColumnNoise::new(&circuit.run_in(), &shots, survival).map(&draw);
                map.component_mul(&map).dot(&weights)
            };
            let map = noise.map(&draw);
            let mut slopes = noise.no_slopes();
            noise.add_slopes(&(map.component_mul(&weights) * 2.0), &draw, &shots, &mut slopes);
            let [plus, minus] = slopes.of_signs();
            let by_angles = circuit.run_in::<f32>().slopes_of_signs(&plus, &minus);
            let moved = |at: usize, by: f64| {
                let mut form = crate::network::Form::from(circuit.clone());
                let mut values = form.parameters();
                values[at] += by;
                form.set_parameters(&values);
                loss(form.variational().unwrap())
            };
            let step = 1e-2;
            for (at, slope) in std::iter::once(slopes.gamma).chain(by_angles).enumerate() {
                // Five points, since single precision wants long steps.
                let by = |k: f64| moved(at, k * step);
                let wanted = (8.0 * (by(1.0) - by(-1.0)) - by(2.0) + by(-2.0)) / (12.0 * step);
                assert!((slope - wanted).abs() < 2e-2 * wanted.abs().max(1.0), "{survival} {at}: {slope}, {wanted}");
            }
        }
    }

    #[test]
    fn noise_has_the_variance_of_counts() {
        let circuit = random_circuit(4, 9, 2.0, &mut rng(5));
        let run = circuit.run_in();
        let (shots, survival) = (vec![50.0; 4], 0.8);
        let noise = ColumnNoise::new(&run, &shots, survival);
        let (d, q) = (run.difference(), run.either());
        let mut rng = rng(6);
        let (mut sum, mut square) = (RealMatrix::zeros(4, 4), RealMatrix::zeros(4, 4));
        let draws = 20_000;
        for _ in 0..draws {
            let off = noise.map(&noise.draw(&mut rng)) - &d * 2.0;
            square += off.component_mul(&off);
            sum += off;
        }
        for (i, square) in square.iter().enumerate() {
            // Counts of +1, -1 and neither, divided by what survives.
            let (seen, mean) = (survival * q[i] + 0.2 / 4.0, survival * d[i]);
            let wanted = 4.0 * (seen - mean * mean) / (50.0 * survival * survival);
            let found = square / f64::from(draws);
            assert!((found / wanted - 1.0).abs() < 0.05, "{i}: {found}, {wanted}");
            assert!((sum[i] / f64::from(draws)).abs() < 5.0 * (wanted / f64::from(draws)).sqrt());
        }
        let moments = noise.moments();
        assert!((moments.mean - d * 2.0).amax() < 1e-12);
        assert!(moments.square.row_sum().iter().all(|sum| (sum - 4.0 / 0.64).abs() < 1e-5), "{}", moments.square);
    }
}
