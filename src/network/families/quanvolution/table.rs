//! A layer in closed form: what it measures is linear in 1, sin and cos of each of its four angles, 81 numbers a channel.

use super::gate::QUBITS;
use super::observable::Observable;

/// T of one channel (docs/method.md, section 14): `y(x) = Σ_P T[P] f_P0(x_0) f_P1(x_1) f_P2(x_2) f_P3(x_3)` with
/// `f = (1, sin, cos)` for P = I, X, Z.
#[derive(Clone, Debug, PartialEq)]
pub struct Table([f64; 81]);

/// The angles of a patch, in radians, and the products of (1, sin, cos) of its upper and of its lower two.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Patch {
    pub angles: [f64; QUBITS],
    pub upper: [f64; 9],
    pub lower: [f64; 9],
}

impl Patch {
    pub fn new(angles: [f64; QUBITS]) -> Patch {
        let [a, b, c, d] = angles.map(f64::sin_cos);
        Patch { angles, upper: products(a, b), lower: products(c, d) }
    }
}

/// The products of (1, sin, cos) of two angles, those of the first in rows.
fn products((sin_a, cos_a): (f64, f64), (sin_b, cos_b): (f64, f64)) -> [f64; 9] {
    [1.0, sin_b, cos_b, sin_a, sin_a * sin_b, sin_a * cos_b, cos_a, cos_a * sin_b, cos_a * cos_b]
}

impl Table {
    /// Of an observable at the end of the encoding: rotations about Y from |0> show no Y.
    pub(super) fn of(observable: &Observable) -> Table {
        Table(observable.coefficients())
    }

    /// The 81 numbers, that of P at `27 P_0 + 9 P_1 + 3 P_2 + P_3` with I, X, Z as 0, 1, 2.
    pub fn coefficients(&self) -> &[f64; 81] {
        &self.0
    }

    /// What is measured, from -1 to 1, at four angles in radians.
    pub fn value(&self, angles: [f64; QUBITS]) -> f64 {
        self.at(&Patch::new(angles))
    }

    /// `upperᵀ T lower`, T as 9 x 9
    pub(super) fn at(&self, patch: &Patch) -> f64 {
        dot(&self.by_lower(patch), &patch.lower)
    }

    /// `Tᵀ upper`, the derivatives by the lower products.
    fn by_lower(&self, patch: &Patch) -> [f64; 9] {
        let mut by = [0.0; 9];
        for (row, u) in patch.upper.iter().enumerate() {
            for (column, by) in by.iter_mut().enumerate() {
                *by += u * self.0[9 * row + column];
            }
        }
        by
    }

    /// `T lower`, the derivatives by the upper products.
    fn by_upper(&self, patch: &Patch) -> [f64; 9] {
        let mut by = [0.0; 9];
        for (row, by) in by.iter_mut().enumerate() {
            for (column, l) in patch.lower.iter().enumerate() {
                *by += l * self.0[9 * row + column];
            }
        }
        by
    }

    /// `by` times the derivatives by the four angles.
    pub(super) fn slopes(&self, patch: &Patch, by: f64) -> [f64; QUBITS] {
        let [a, b] = pair_slopes(&patch.upper, &self.by_upper(patch));
        let [c, d] = pair_slopes(&patch.lower, &self.by_lower(patch));
        [a, b, c, d].map(|slope| by * slope)
    }
}

/// Adds `by` times the derivatives by T.
pub(super) fn add_table_slopes(patch: &Patch, by: f64, slopes: &mut [f64; 81]) {
    for (row, u) in patch.upper.iter().enumerate() {
        let by = by * u;
        for (column, l) in patch.lower.iter().enumerate() {
            slopes[9 * row + column] += by * l;
        }
    }
}

/// The derivatives by two angles, from those by the products of their (1, sin, cos); the derivative of these is
/// (0, cos, -sin).
fn pair_slopes(products: &[f64; 9], by: &[f64; 9]) -> [f64; 2] {
    let (first, second) = ([1.0, products[3], products[6]], [1.0, products[1], products[2]]);
    let by_first = |p: usize| by[3 * p] + by[3 * p + 1] * second[1] + by[3 * p + 2] * second[2];
    let by_second = |p: usize| by[p] + by[3 + p] * first[1] + by[6 + p] * first[2];
    [first[2] * by_first(1) - first[1] * by_first(2), second[2] * by_second(1) - second[1] * by_second(2)]
}

fn dot(a: &[f64; 9], b: &[f64; 9]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
