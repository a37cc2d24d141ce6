//! Many patches at once: the same sums for sixteen of them side by side, which the compiler turns into vector instructions.

use super::gate::QUBITS;
use super::table::Term;

/// Patches side by side.
pub(super) const LANES: usize = 16;

/// A number for each of them.
pub(super) type Lanes = [f64; LANES];

/// sin and cos of the four angles of every patch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Waves {
    sin: [Lanes; QUBITS],
    cos: [Lanes; QUBITS],
}

/// The products of (1, sin, cos) of the upper and of the lower two angles of every patch, those of the first in rows.
pub(super) struct Products {
    upper: [Lanes; 9],
    lower: [Lanes; 9],
}

/// Derivatives by [`Products`].
pub(super) struct ByProducts {
    upper: [Lanes; 9],
    lower: [Lanes; 9],
}

impl Waves {
    pub fn of(angles: &[Lanes; QUBITS]) -> Waves {
        let mut waves = Waves { sin: [[0.0; LANES]; QUBITS], cos: [[1.0; LANES]; QUBITS] };
        for (q, angles) in angles.iter().enumerate() {
            for (p, &angle) in angles.iter().enumerate() {
                // Most of an image is empty.
                if angle != 0.0 {
                    (waves.sin[q][p], waves.cos[q][p]) = angle.sin_cos();
                }
            }
        }
        waves
    }

    pub fn products(&self) -> Products {
        let mut products = Products { upper: [[1.0; LANES]; 9], lower: [[1.0; LANES]; 9] };
        for (pair, of) in [&mut products.upper, &mut products.lower].into_iter().enumerate() {
            let (first, second) = (2 * pair, 2 * pair + 1);
            (of[1], of[2], of[3], of[6]) = (self.sin[second], self.cos[second], self.sin[first], self.cos[first]);
            let [_, sin, cos, ..] = *of;
            for (row, at) in [(3, 4), (6, 7)] {
                of[at] = std::array::from_fn(|p| of[row][p] * sin[p]);
                of[at + 1] = std::array::from_fn(|p| of[row][p] * cos[p]);
            }
        }
        products
    }
}

impl Products {
    /// `upperᵀ T lower` of every patch.
    pub fn values(&self, terms: &[Term]) -> Lanes {
        let mut values = [0.0; LANES];
        for Term { row, column, value } in terms {
            let (upper, lower) = (&self.upper[*row], &self.lower[*column]);
            for p in 0..LANES {
                values[p] += value * (upper[p] * lower[p]);
            }
        }
        values
    }

    /// Adds `by` times the derivatives by each term, patch by patch.
    pub fn add_slopes(&self, terms: &[Term], by: &Lanes, slopes: &mut [Lanes]) {
        for (Term { row, column, .. }, slopes) in terms.iter().zip(slopes) {
            let (upper, lower) = (&self.upper[*row], &self.lower[*column]);
            for p in 0..LANES {
                slopes[p] += by[p] * upper[p] * lower[p];
            }
        }
    }

    /// Adds `by` times the derivatives by the products.
    pub fn add_back(&self, terms: &[Term], by: &Lanes, into: &mut ByProducts) {
        for Term { row, column, value } in terms {
            let (upper, lower) = (&self.upper[*row], &self.lower[*column]);
            let (by_upper, by_lower) = (&mut into.upper[*row], &mut into.lower[*column]);
            for p in 0..LANES {
                let by = value * by[p];
                by_upper[p] += by * lower[p];
                by_lower[p] += by * upper[p];
            }
        }
    }

    /// The derivatives by the four angles, from those by the products.
    pub fn by_angles(&self, by: &ByProducts) -> [Lanes; QUBITS] {
        let [a, b] = pair_slopes(&self.upper, &by.upper);
        let [c, d] = pair_slopes(&self.lower, &by.lower);
        [a, b, c, d]
    }
}

impl ByProducts {
    pub fn zeros() -> ByProducts {
        ByProducts { upper: [[0.0; LANES]; 9], lower: [[0.0; LANES]; 9] }
    }
}

/// The derivatives by two angles, from those by the products of their (1, sin, cos); the derivative of these is
/// (0, cos, -sin).
fn pair_slopes(products: &[Lanes; 9], by: &[Lanes; 9]) -> [Lanes; 2] {
    let [_, sin_second, cos_second, sin_first, _, _, cos_first, ..] = products;
    let by_first =
        |n: usize, p: usize| by[3 * n][p] + by[3 * n + 1][p] * sin_second[p] + by[3 * n + 2][p] * cos_second[p];
    let by_second = |n: usize, p: usize| by[n][p] + by[3 + n][p] * sin_first[p] + by[6 + n][p] * cos_first[p];
    [
        std::array::from_fn(|p| cos_first[p] * by_first(1, p) - sin_first[p] * by_first(2, p)),
        std::array::from_fn(|p| cos_second[p] * by_second(1, p) - sin_second[p] * by_second(2, p)),
    ]
}
