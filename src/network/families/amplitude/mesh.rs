//! A mesh of plane rotations: `U = T_1(a_0) T_2(a_1) .. T_{n-1}(a_{n-2}) T_{n-2}(a_{n-1}) .. T_1(a_{2n-4})` on columns, the
//! last angle first, where T_i(a) turns entries i and i+1 by a (eqs. 3 to 5 of the paper).
//!
//! States stand in rows here, so that a rotation is two columns of all samples.

use crate::linalg::RealMatrix;

/// Angles of a mesh of dimension n: 2n - 3, one where n = 2, none where n = 1.
pub fn angle_count(n: usize) -> usize {
    planes(n).count()
}

/// The lower of the two entries that each angle turns, from 0, first angle first: the last angle acts first.
pub fn planes(n: usize) -> impl DoubleEndedIterator<Item = usize> {
    (0..n.saturating_sub(1)).chain((0..n.saturating_sub(2)).rev())
}

/// Cosines and sines of the angles of a mesh, first to last.
#[derive(Clone, Debug, PartialEq)]
pub struct Turns {
    /// Of each angle.
    pub cos: Vec<f64>,
    /// Of each angle.
    pub sin: Vec<f64>,
}

impl Turns {
    /// Of angles in radians.
    pub fn of(angles: &[f64]) -> Turns {
        Turns { cos: angles.iter().map(|a| a.cos()).collect(), sin: angles.iter().map(|a| a.sin()).collect() }
    }

    /// U of states of dimension n, one in each row, in place.
    ///
    /// # Panics
    /// If there are not as many angles as the dimension takes.
    pub fn apply(&self, states: &mut RealMatrix) {
        self.run(states, |_, _| {});
    }

    /// The same; beside it what each rotation saw, which [`Turns::back`] takes.
    pub fn apply_kept(&self, states: &mut RealMatrix) -> Vec<f64> {
        let mut kept = Vec::with_capacity(2 * states.nrows() * self.cos.len());
        self.run(states, |a, b| {
            kept.extend_from_slice(a);
            kept.extend_from_slice(b);
        });
        kept
    }

    fn run(&self, states: &mut RealMatrix, mut see: impl FnMut(&[f64], &[f64])) {
        let (rows, n) = states.shape();
        assert_eq!(self.cos.len(), angle_count(n), "as many angles as a mesh of the dimension has");
        for (plane, (&c, &s)) in planes(n).rev().zip(self.cos.iter().zip(&self.sin).rev()) {
            let (a, b) = pair(states, plane, rows);
            see(a, b);
            for (a, b) in a.iter_mut().zip(b) {
                (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
            }
        }
    }

    /// From the derivatives of a loss by what [`Turns::apply_kept`] made of states, a row each, to those by the states, in
    /// place; and the derivatives by each cosine and each sine.
    pub fn back(&self, kept: &[f64], slopes: &mut RealMatrix) -> Turns {
        let (rows, n) = slopes.shape();
        let count = self.cos.len();
        let mut by = Turns { cos: vec![0.0; count], sin: vec![0.0; count] };
        for (i, plane) in planes(n).enumerate() {
            let (c, s) = (self.cos[i], self.sin[i]);
            // The last angle was first.
            let seen = &kept[2 * rows * (count - 1 - i)..][..2 * rows];
            let (x, y) = seen.split_at(rows);
            let (u, v) = pair(slopes, plane, rows);
            let (mut by_cos, mut by_sin) = (0.0, 0.0);
            for ((x, y), (u, v)) in x.iter().zip(y).zip(u.iter_mut().zip(v)) {
                by_cos += *u * x + *v * y;
                by_sin += *v * x - *u * y;
                (*u, *v) = (c * *u + s * *v, c * *v - s * *u);
            }
            (by.cos[i], by.sin[i]) = (by_cos, by_sin);
        }
        by
    }

    /// U, n x n.
    ///
    /// # Panics
    /// If there are not as many angles as n takes.
    pub fn matrix(&self, n: usize) -> RealMatrix {
        // Row k becomes U e_k.
        let mut states = RealMatrix::identity(n, n);
        self.apply(&mut states);
        states.transpose()
    }
}

/// Columns `at` and `at + 1`.
fn pair(states: &mut RealMatrix, at: usize, rows: usize) -> (&mut [f64], &mut [f64]) {
    states.as_mut_slice()[at * rows..(at + 2) * rows].split_at_mut(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::svd_real;
    use crate::random::rng;
    use approx::assert_abs_diff_eq;
    use rand::RngExt;

    /// T_i as the paper writes it.
    fn turn(n: usize, i: usize, a: f64) -> RealMatrix {
        let mut t = RealMatrix::identity(n, n);
        (t[(i, i)], t[(i, i + 1)], t[(i + 1, i)], t[(i + 1, i + 1)]) = (a.cos(), -a.sin(), a.sin(), a.cos());
        t
    }

    fn random(n: usize, seed: u64) -> Vec<f64> {
        let mut rng = rng(seed);
        (0..angle_count(n)).map(|_| rng.random_range(-3.0..3.0)).collect()
    }

    #[test]
    fn the_values_of_four_entries() {
        let u = Turns::of(&[0.1, 0.2, 0.3, 0.4, 0.5]).matrix(4);
        let rows = [
            [0.833530, -0.549643, 0.055554, -0.005861],
            [0.482971, 0.675836, -0.553690, 0.058417],
            [0.262532, 0.480561, 0.785018, -0.289629],
            [0.055173, 0.100993, 0.272192, 0.955336],
        ];
        for (i, row) in rows.iter().enumerate() {
            for (j, wanted) in row.iter().enumerate() {
                assert_abs_diff_eq!(u[(i, j)], *wanted, epsilon = 6e-7);
            }
        }
    }

    #[test]
    fn meshes_are_products_are_orthogonal_and_couple_by_one() {
        for n in [1, 2, 3, 5, 64] {
            assert_eq!(angle_count(n), [0, 1, 3, 0, 7].get(n - 1).copied().unwrap_or(125));
            let angles = random(n, n as u64);
            let u = Turns::of(&angles).matrix(n);
            let product = planes(n).zip(&angles).fold(RealMatrix::identity(n, n), |u, (i, a)| u * turn(n, i, *a));
            assert_abs_diff_eq!(u, product, epsilon = 1e-13);
            assert_abs_diff_eq!(&u * u.transpose(), RealMatrix::identity(n, n), epsilon = 1e-14);
            // One amplitude crosses each cut.
            for cut in 1..n {
                let sigma = svd_real(&u.view((0, cut), (cut, n - cut)).into_owned()).sigma;
                assert!(sigma.iter().skip(1).all(|s| *s < 1e-13), "{n} {cut}: {sigma:?}");
            }
        }
    }

    /// The closed form: with G the derivative by U, A_0 = G U^T, the slope of angle s in plane i is A_s[i+1][i] - A_s[i][i+1],
    /// A_{s+1} = T^T A_s T.
    fn closed_form(g: &RealMatrix, angles: &[f64]) -> Vec<f64> {
        let n = g.nrows();
        let mut a = g * Turns::of(angles).matrix(n).transpose();
        let of_angle = |(i, angle): (usize, &f64)| {
            let slope = a[(i + 1, i)] - a[(i, i + 1)];
            let t = turn(n, i, *angle);
            a = t.transpose() * &a * t;
            slope
        };
        planes(n).zip(angles).map(of_angle).collect()
    }

    #[test]
    fn sweeps_agree_with_the_closed_form_and_with_differences() {
        for n in 2..=9 {
            let (angles, mut rng) = (random(n, 70 + n as u64), rng(n as u64));
            let states = RealMatrix::from_fn(5, n, |_, _| rng.random_range(-1.0..1.0));
            let weights = RealMatrix::from_fn(5, n, |_, _| rng.random_range(-1.0..1.0));
            // The loss is <weights, U states>.
            let loss = |angles: &[f64]| {
                let mut moved = states.clone();
                Turns::of(angles).apply(&mut moved);
                moved.component_mul(&weights).sum()
            };
            let turns = Turns::of(&angles);
            let (mut moved, mut slopes) = (states.clone(), weights.clone());
            let kept = turns.apply_kept(&mut moved);
            let by = turns.back(&kept, &mut slopes);
            assert_abs_diff_eq!(slopes, &weights * turns.matrix(n), epsilon = 1e-13);
            let swept: Vec<f64> =
                (0..angles.len()).map(|s| turns.cos[s] * by.sin[s] - turns.sin[s] * by.cos[s]).collect();
            let closed = closed_form(&(weights.transpose() * &states), &angles);
            for s in 0..angles.len() {
                let (mut up, mut down) = (angles.clone(), angles.clone());
                (up[s], down[s]) = (up[s] + 1e-5, down[s] - 1e-5);
                assert_abs_diff_eq!(swept[s], closed[s], epsilon = 1e-12);
                assert_abs_diff_eq!(swept[s], (loss(&up) - loss(&down)) / 2e-5, epsilon = 1e-8);
            }
        }
    }
}
