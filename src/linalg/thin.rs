//! The cosine-sine decomposition of an isometry, columns only.

use super::factor::svd_real;
use super::{RealMatrix, TOLERANCE};

/// `X = [[A1 C], [A2 S]] · B` for a real isometry X of 2h x K with K ≤ h: `C = diag cos θ`, `S = diag sin θ`.
#[derive(Clone, Debug)]
pub struct ThinCosineSine {
    /// h x K, orthonormal columns.
    pub a1: RealMatrix,
    /// h x K, orthonormal columns.
    pub a2: RealMatrix,
    /// θ in [0, π/2], in no particular order.
    pub theta: Vec<f64>,
    /// K x K, orthogonal.
    pub b: RealMatrix,
}

/// Splits an isometry into halves.
///
/// The SVD of the upper half gives A1, C and B. Where sin θ is large, A2 follows from the lower half; where it is
/// small that would be inaccurate, and the SVD of what remains of the lower half takes its place.
///
/// # Panics
/// If the number of rows is odd or less than twice that of the columns.
pub fn thin_cosine_sine(x: &RealMatrix) -> ThinCosineSine {
    let (h, k) = (x.nrows() / 2, x.ncols());
    assert!(x.nrows().is_multiple_of(2) && k <= h, "halves of an isometry have at least as many rows as columns");
    debug_assert!(
        (x.tr_mul(x) - RealMatrix::identity(k, k)).amax() <= TOLERANCE,
        "an isometry has orthonormal columns"
    );
    let (upper, lower) = (x.rows(0, h).into_owned(), x.rows(h, h).into_owned());
    let first = svd_real(&upper);
    let mut a1 = first.left.columns(0, k).into_owned();
    let mut b = first.right.transpose();
    // Cosines decrease: the small angles come first.
    let small = first.sigma.iter().take_while(|c| **c > std::f64::consts::FRAC_1_SQRT_2).count();
    let mut a2 = RealMatrix::zeros(h, k);
    let mut theta = vec![0.0; k];
    for (j, theta) in theta.iter_mut().enumerate().skip(small) {
        let column = &lower * b.row(j).transpose();
        let sine = column.norm();
        *theta = sine.atan2(first.sigma[j]);
        a2.set_column(j, &(column / sine));
    }
    if small > 0 {
        // What the columns found so far leave of the lower half's space.
        let rest = complement(&a2.columns(small, k - small).into_owned());
        let turned = rest.tr_mul(&lower) * b.rows(0, small).transpose();
        let sines = svd_real(&turned);
        a2.columns_mut(0, small).copy_from(&(&rest * sines.left.columns(0, small)));
        // B changes only among indices whose cosines agree to rounding, so C stays diagonal.
        let (a1_small, b_small) = (a1.columns(0, small) * &sines.right, sines.right.tr_mul(&b.rows(0, small)));
        a1.columns_mut(0, small).copy_from(&a1_small);
        b.rows_mut(0, small).copy_from(&b_small);
        for (theta, sine) in theta.iter_mut().zip(&sines.sigma) {
            *theta = sine.min(1.0).asin();
        }
    }
    let out = ThinCosineSine { a1, a2, theta, b };
    debug_assert!((out.multiplied_out() - x).amax() <= TOLERANCE);
    out
}

/// An orthonormal basis of the orthogonal complement of orthonormal columns.
pub fn complement(columns: &RealMatrix) -> RealMatrix {
    let (n, k) = columns.shape();
    if k == 0 {
        return RealMatrix::identity(n, n);
    }
    // The left singular vectors beyond the k-th: the SVD's left factor is square.
    svd_real(columns).left.columns(k, n - k).into_owned()
}

impl ThinCosineSine {
    fn multiplied_out(&self) -> RealMatrix {
        let (h, k) = self.a1.shape();
        let mut scaled = RealMatrix::zeros(2 * h, k);
        for (j, theta) in self.theta.iter().enumerate() {
            let (s, c) = theta.sin_cos();
            scaled.view_mut((0, j), (h, 1)).copy_from(&(self.a1.column(j) * c));
            scaled.view_mut((h, j), (h, 1)).copy_from(&(self.a2.column(j) * s));
        }
        scaled * &self.b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{random_orthogonal, rng};

    fn check(x: &RealMatrix) {
        let parts = thin_cosine_sine(x);
        let k = x.ncols();
        let identity = RealMatrix::identity(k, k);
        assert!((parts.multiplied_out() - x).amax() < 1e-13);
        for isometry in [&parts.a1, &parts.a2, &parts.b] {
            assert!((isometry.tr_mul(isometry) - &identity).amax() < 1e-13);
        }
    }

    #[test]
    fn isometries_of_every_shape_and_degeneracy() {
        let mut rng = rng(21);
        for (rows, k) in [(2, 1), (4, 1), (4, 2), (8, 3), (16, 8), (32, 5), (64, 11)] {
            let o = random_orthogonal(rows, &mut rng);
            check(&o.columns(0, k).into_owned());
            // Unit vectors: all angles 0 or π/2.
            check(&RealMatrix::identity(rows, k));
            check(&RealMatrix::from_fn(rows, k, |i, j| f64::from(i + j + 1 == rows)));
            check(&RealMatrix::from_fn(rows, k, |i, j| f64::from(i == (5 * j + 3) % rows && k <= rows)));
            // Both halves alike, and angles near the ends.
            if k <= rows / 2 {
                let half = random_orthogonal(rows / 2, &mut rng);
                for angle in [0.25 * std::f64::consts::PI, 1e-9, 1e-14, std::f64::consts::FRAC_PI_2 - 1e-7] {
                    let (s, c) = f64::sin_cos(angle);
                    let entry =
                        |i: usize, j: usize| if i < rows / 2 { c * half[(i, j)] } else { s * half[(i - rows / 2, j)] };
                    check(&RealMatrix::from_fn(rows, k, entry));
                }
            }
        }
    }

    #[test]
    fn complements_complete_a_basis() {
        let o = random_orthogonal(9, &mut rng(22));
        for k in 0..=9 {
            let columns = o.columns(0, k).into_owned();
            let rest = complement(&columns);
            assert_eq!(rest.shape(), (9, 9 - k));
            assert!((rest.tr_mul(&rest) - RealMatrix::identity(9 - k, 9 - k)).amax() < 1e-13);
            assert!(k == 0 || k == 9 || rest.tr_mul(&columns).amax() < 1e-13);
        }
    }
}
