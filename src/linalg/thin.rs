//! The cosine-sine decomposition of an isometry, real or complex, columns only.

use super::factor::{svd, svd_real};
use super::{Complex, Matrix, RealMatrix, TOLERANCE};
use nalgebra::{ComplexField, DMatrix};

/// Real and complex numbers, with the singular value decomposition of each.
pub trait Field: ComplexField<RealField = f64> + Copy {
    /// `M = left · diag(sigma) · right†`, both factors square, sigma decreasing.
    fn svd(m: &DMatrix<Self>) -> (DMatrix<Self>, Vec<f64>, DMatrix<Self>);
}

impl Field for f64 {
    fn svd(m: &RealMatrix) -> (RealMatrix, Vec<f64>, RealMatrix) {
        let parts = svd_real(m);
        (parts.left, parts.sigma, parts.right)
    }
}

impl Field for Complex {
    fn svd(m: &Matrix) -> (Matrix, Vec<f64>, Matrix) {
        let parts = svd(m);
        (parts.left, parts.sigma, parts.right)
    }
}

/// `X = [[A1 C], [A2 S]] · B` for an isometry X of 2h x K with K ≤ h: `C = diag cos θ`, `S = diag sin θ`.
#[derive(Clone, Debug)]
pub struct ThinCosineSine<T: Field = f64> {
    /// h x K, orthonormal columns.
    pub a1: DMatrix<T>,
    /// h x K, orthonormal columns.
    pub a2: DMatrix<T>,
    /// θ in [0, π/2], in no particular order.
    pub theta: Vec<f64>,
    /// K x K, orthogonal or unitary.
    pub b: DMatrix<T>,
}

/// Splits an isometry into halves.
///
/// The SVD of the upper half gives A1, C and B. Where sin θ is large, A2 follows from the lower half; where it is
/// small that would be inaccurate, and the SVD of what remains of the lower half takes its place.
///
/// # Panics
/// If the number of rows is odd or less than twice that of the columns.
pub fn thin_cosine_sine<T: Field>(x: &DMatrix<T>) -> ThinCosineSine<T> {
    let (h, k) = (x.nrows() / 2, x.ncols());
    assert!(x.nrows().is_multiple_of(2) && k <= h, "halves of an isometry have at least as many rows as columns");
    debug_assert!(
        largest(&(x.ad_mul(x) - DMatrix::identity(k, k))) <= TOLERANCE,
        "an isometry has orthonormal columns"
    );
    let (upper, lower) = (x.rows(0, h).into_owned(), x.rows(h, h).into_owned());
    let (left, cosines, right) = T::svd(&upper);
    let mut a1 = left.columns(0, k).into_owned();
    let mut b = right.adjoint();
    // Cosines decrease: the small angles come first.
    let small = cosines.iter().take_while(|c| **c > std::f64::consts::FRAC_1_SQRT_2).count();
    let mut a2 = DMatrix::zeros(h, k);
    let mut theta = vec![0.0; k];
    for (j, theta) in theta.iter_mut().enumerate().skip(small) {
        let column = &lower * b.row(j).adjoint();
        let sine = column.norm();
        *theta = sine.atan2(cosines[j]);
        a2.set_column(j, &(column.unscale(sine)));
    }
    if small > 0 {
        // What the columns found so far leave of the lower half's space.
        let rest = complement(&a2.columns(small, k - small).into_owned());
        let turned = rest.ad_mul(&lower) * b.rows(0, small).adjoint();
        let (left, sines, right) = T::svd(&turned);
        a2.columns_mut(0, small).copy_from(&(&rest * left.columns(0, small)));
        // B changes only among indices whose cosines agree to rounding, so C stays diagonal.
        let (a1_small, b_small) = (a1.columns(0, small) * &right, right.ad_mul(&b.rows(0, small)));
        a1.columns_mut(0, small).copy_from(&a1_small);
        b.rows_mut(0, small).copy_from(&b_small);
        for (theta, sine) in theta.iter_mut().zip(&sines) {
            *theta = sine.min(1.0).asin();
        }
    }
    let out = ThinCosineSine { a1, a2, theta, b };
    debug_assert!(largest(&(out.multiplied_out() - x)) <= TOLERANCE);
    out
}

/// An orthonormal basis of the orthogonal complement of orthonormal columns.
pub fn complement<T: Field>(columns: &DMatrix<T>) -> DMatrix<T> {
    let (n, k) = columns.shape();
    if k == 0 {
        return DMatrix::identity(n, n);
    }
    // The left singular vectors beyond the k-th: the SVD's left factor is square.
    T::svd(columns).0.columns(k, n - k).into_owned()
}

fn largest<T: Field>(m: &DMatrix<T>) -> f64 {
    m.iter().map(|z| z.modulus()).fold(0.0, f64::max)
}

impl<T: Field> ThinCosineSine<T> {
    fn multiplied_out(&self) -> DMatrix<T> {
        let (h, k) = self.a1.shape();
        let mut scaled = DMatrix::zeros(2 * h, k);
        for (j, theta) in self.theta.iter().enumerate() {
            let (s, c) = theta.sin_cos();
            scaled.view_mut((0, j), (h, 1)).copy_from(&(self.a1.column(j).scale(c)));
            scaled.view_mut((h, j), (h, 1)).copy_from(&(self.a2.column(j).scale(s)));
        }
        scaled * &self.b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;

    /// As it is, and as a complex matrix with phases on its rows.
    fn check(x: &RealMatrix) {
        check_in(x);
        let turned = |i: usize, j: usize| Complex::from_polar(x[(i, j)], (i * i) as f64);
        check_in(&Matrix::from_fn(x.nrows(), x.ncols(), turned));
    }

    fn check_in<T: Field>(x: &DMatrix<T>) {
        let parts = thin_cosine_sine(x);
        let k = x.ncols();
        let identity = DMatrix::identity(k, k);
        assert!(largest(&(parts.multiplied_out() - x)) < 1e-13);
        for isometry in [&parts.a1, &parts.a2, &parts.b] {
            assert!(largest(&(isometry.ad_mul(isometry) - &identity)) < 1e-13);
        }
    }

    #[test]
    fn isometries_of_every_shape_and_degeneracy() {
        let mut rng = rng(21);
        for (rows, k) in [(2, 1), (4, 1), (4, 2), (8, 3), (16, 8), (32, 5), (64, 11)] {
            let o = random_orthogonal(rows, &mut rng);
            check(&o.columns(0, k).into_owned());
            check_in(&random_unitary(rows, &mut rng).columns(0, k).into_owned());
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
