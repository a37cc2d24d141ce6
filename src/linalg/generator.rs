//! Hermitian generators of unitaries, without the branch cut of the logarithm.

use super::{Complex, Dense, Matrix, RealMatrix, TOLERANCE, diagonalise_unitary, multiply, rotation_planes};
use crate::random::Rng;

/// A Hermitian H with `exp(-iH) = U` and norm at most π.
///
/// A rotation (U real, determinant 1, even side) gets an imaginary H, from its planes of rotation: eigenvalues -1
/// come in pairs there, so no choice of branch can break the symmetry. Any other U is diagonalised by orthonormal
/// vectors, whatever its eigenvalues.
///
/// # Panics
/// If U is not unitary (debug builds), or empty.
pub fn hermitian_generator(u: &Matrix, rng: &mut Rng) -> Matrix {
    let n = u.nrows();
    if let Dense::Real(o) = Dense::from(u)
        && n.is_multiple_of(2)
        && o.determinant() > 0.0
    {
        let planes = rotation_planes(&o, rng);
        let mut logarithm = RealMatrix::zeros(n, n);
        for (j, angle) in planes.angles.iter().enumerate() {
            let (from, to) = (planes.planes.column(2 * j), planes.planes.column(2 * j + 1));
            logarithm.ger(*angle, &to, &from, 1.0);
        }
        // The angle times `to fromᵀ - from toᵀ`, antisymmetric to the last bit.
        let hermitian = (&logarithm - logarithm.transpose()).map(|a| Complex::new(0.0, a));
        debug_assert_eq!(hermitian, hermitian.adjoint());
        return hermitian;
    }
    let (angles, vectors) = diagonalise_unitary(u, rng);
    let scaled = Matrix::from_fn(n, n, |i, j| vectors[(i, j)] * -angles[j]);
    let product = multiply(&scaled, &vectors.adjoint());
    let hermitian = (&product + product.adjoint()) * Complex::from(0.5);
    debug_assert!(super::max_difference(&hermitian, &product) <= TOLERANCE);
    hermitian
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{max_difference, svd};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;

    /// exp(-iH) by scaling, Taylor series and squaring.
    fn exponential(h: &Matrix) -> Matrix {
        let n = h.nrows();
        let mut sum = Matrix::identity(n, n);
        let mut power = Matrix::identity(n, n);
        for k in 1..20 {
            power = multiply(&power, h) * (-Complex::I / (64.0 * k as f64));
            sum += &power;
        }
        (0..6).fold(sum, |u, _| multiply(&u, &u))
    }

    fn check(u: &Matrix) {
        let h = hermitian_generator(u, &mut rng(1));
        assert!(max_difference(&exponential(&h), u) < 1e-12);
        assert!(svd(&h).sigma[0] < std::f64::consts::PI + 1e-12);
        assert!(max_difference(&h, &h.adjoint()) == 0.0);
    }

    #[test]
    fn generators_exponentiate_to_their_unitaries() {
        let mut rng = rng(2);
        for n in [1, 2, 3, 4, 8, 16] {
            check(&Matrix::identity(n, n));
            check(&-Matrix::identity(n, n));
            check(&random_unitary(n, &mut rng));
            let mut o = random_orthogonal(n, &mut rng);
            check(&o.map(Complex::from));
            o.row_mut(0).neg_mut();
            check(&o.map(Complex::from));
            // Repeated eigenvalues, -1 among them, and complex pairs.
            let v = random_unitary(n, &mut rng);
            let angle = |j: usize| [std::f64::consts::PI, 0.4, -0.4][j % 3];
            let scaled = Matrix::from_fn(n, n, |i, j| v[(i, j)] * Complex::from_polar(1.0, angle(j)));
            check(&multiply(&scaled, &v.adjoint()));
            check(&Matrix::from_fn(n, n, |i, j| if i + j + 1 == n { Complex::ONE } else { Complex::ZERO }));
        }
    }

    #[test]
    fn a_rotation_has_an_imaginary_generator() {
        let mut o = random_orthogonal(8, &mut rng(3));
        if o.determinant() < 0.0 {
            o.row_mut(0).neg_mut();
        }
        for rotation in [o, -RealMatrix::identity(8, 8)] {
            let h = hermitian_generator(&rotation.map(Complex::from), &mut rng(1));
            assert!(h.iter().all(|z| z.re == 0.0));
        }
    }
}
