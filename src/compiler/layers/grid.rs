//! Points that prove equality everywhere: a trigonometric polynomial of degree r in an angle is known from its values at
//! 2 r + 1 equidistant points, and one of four angles from those at all combinations.

use crate::qasm::PATCH;
use std::f64::consts::{PI, TAU};

/// Points `2 π k / (2 r + 1)` of each of four angles, in all combinations, the first angle varying slowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    degrees: [usize; PATCH],
}

impl Grid {
    /// For polynomials of these degrees.
    pub fn new(degrees: [usize; PATCH]) -> Grid {
        Grid { degrees }
    }

    /// Points of each angle.
    pub fn sides(&self) -> [usize; PATCH] {
        std::array::from_fn(|angle| self.side(angle))
    }

    fn side(&self, angle: usize) -> usize {
        2 * self.degrees[angle] + 1
    }

    /// How many points there are, at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        (0..PATCH).map(|i| self.side(i)).product()
    }

    /// How many points of one angle there are between one of these and the next.
    fn stride(&self, angle: usize) -> usize {
        (angle + 1..PATCH).map(|i| self.side(i)).product()
    }

    /// The place of an entry along each angle.
    fn digits(&self, at: usize) -> [usize; PATCH] {
        std::array::from_fn(|i| at / self.stride(i) % self.side(i))
    }

    /// All points, in radians.
    pub fn points(&self) -> Vec<[f64; PATCH]> {
        let point = |at: usize| {
            let digits = self.digits(at);
            std::array::from_fn(|i| TAU * digits[i] as f64 / self.side(i) as f64)
        };
        (0..self.len()).map(point).collect()
    }

    /// By how much the largest value anywhere may exceed the largest at the points: the product of the Lebesgue constants of
    /// all angles, that of 2 r + 1 points being the sum of all their cardinal functions halfway between two of them.
    pub fn lebesgue(&self) -> f64 {
        let constant = |i: usize| {
            let side = self.side(i) as f64;
            let terms = (0..self.side(i)).map(|k| 1.0 / ((2 * k + 1) as f64 * PI / (2.0 * side)).sin());
            terms.sum::<f64>() / side
        };
        (0..PATCH).map(constant).product()
    }

    /// The coefficients of the polynomial with these values, along each angle those of 1, sin x, cos x, sin 2x, ….
    pub fn coefficients(&self, values: &[f64]) -> Vec<f64> {
        let mut values = values.to_vec();
        for angle in 0..PATCH {
            let (side, stride) = (self.side(angle), self.stride(angle));
            let weight = |row: usize, k: usize| {
                let x = TAU * (row.div_ceil(2) * k) as f64 / side as f64;
                let share = if row == 0 { 1.0 } else { 2.0 } / side as f64;
                share * if row % 2 == 1 { x.sin() } else { x.cos() }
            };
            let weights: Vec<f64> = (0..side * side).map(|n| weight(n / side, n % side)).collect();
            let before = values.clone();
            for (at, value) in values.iter_mut().enumerate() {
                let (row, base) = (at / stride % side, at - at / stride % side * stride);
                *value = (0..side).map(|k| weights[row * side + k] * before[base + k * stride]).sum();
            }
        }
        values
    }

    /// What a coefficient belongs to: `X Z I I` is sin x_0 cos x_1, `X2 I I I` is sin 2 x_0.
    pub fn name(&self, at: usize) -> String {
        let one = |digit: usize| match (digit, digit.div_ceil(2)) {
            (0, _) => "I".to_owned(),
            (_, times) => {
                let letter = if digit % 2 == 1 { 'X' } else { 'Z' };
                if times == 1 { letter.to_string() } else { format!("{letter}{times}") }
            }
        };
        self.digits(at).map(one).join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_found_again_and_named() {
        let grid = Grid::new([2, 1, 1, 3]);
        assert_eq!((grid.len(), Grid::new([1; 4]).len(), Grid::new([4; 4]).len()), (5 * 9 * 7, 81, 6561));
        let f = |x: [f64; 4]| 0.5 + 2.0 * (2.0 * x[0]).sin() * x[1].cos() - 0.25 * x[2].sin() * (3.0 * x[3]).cos();
        let values: Vec<f64> = grid.points().into_iter().map(f).collect();
        let found = grid.coefficients(&values);
        let large: Vec<(String, f64)> =
            found.iter().enumerate().filter(|(_, c)| c.abs() > 1e-12).map(|(at, c)| (grid.name(at), *c)).collect();
        let wanted = [("I I I I", 0.5), ("I I X Z3", -0.25), ("X2 Z I I", 2.0)];
        assert_eq!(large.len(), wanted.len());
        for ((name, value), (wanted_name, wanted)) in large.iter().zip(wanted) {
            assert!(name == wanted_name && (value - wanted).abs() < 1e-14, "{name} {value}");
        }
    }

    #[test]
    fn lebesgue_constants() {
        let of = |r: usize| Grid::new([r; 4]).lebesgue().powf(0.25);
        assert!((of(1) - 5.0 / 3.0).abs() < 1e-14);
        assert!((of(4) - 2.362).abs() < 1e-3, "{}", of(4));
        assert!((Grid::new([1, 0, 0, 0]).lebesgue() - 5.0 / 3.0).abs() < 1e-14);
        // None of these is exceeded between the points, and each is nearly reached: |values| = 1 with the worst signs.
        for r in 1..=4usize {
            let side = 2 * r + 1;
            let cardinal = |x: f64, k: usize| {
                let d = x - TAU * k as f64 / side as f64;
                if (d / 2.0).sin().abs() < 1e-12 {
                    1.0
                } else {
                    (side as f64 * d / 2.0).sin() / (side as f64 * (d / 2.0).sin())
                }
            };
            let most = (0..10_000).map(|i| TAU * f64::from(i) / 10_000.0);
            let most = most.map(|x| (0..side).map(|k| cardinal(x, k).abs()).sum::<f64>()).fold(0.0, f64::max);
            assert!(most <= of(r) + 1e-12 && most > of(r) - 1e-4, "{r}: {most} {}", of(r));
        }
    }
}
