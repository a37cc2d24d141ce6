//! Products of matrices, and the questions that a product answers.

use super::{Complex, Matrix, RealMatrix, TOLERANCE, max_difference};
use faer::{Accum, MatMut, MatRef, Par};

/// Borrows a nalgebra matrix as a faer one: both are column-major, so nothing is copied.
pub(super) fn view(m: &Matrix) -> MatRef<'_, Complex> {
    MatRef::from_column_major_slice(m.as_slice(), m.nrows(), m.ncols())
}

/// Copies a faer matrix into a nalgebra one.
pub(super) fn own(m: MatRef<'_, Complex>) -> Matrix {
    Matrix::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)])
}

/// The product `a · b` of an m x k and a k x n matrix.
///
/// # Panics
/// If the inner dimensions differ.
pub fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    assert_eq!(a.ncols(), b.nrows(), "multiply needs equal inner dimensions");
    // Below this size the call into faer costs more than the product.
    if a.nrows() * a.ncols() * b.ncols() <= 64 {
        return a * b;
    }
    let mut out = Matrix::zeros(a.nrows(), b.ncols());
    let (rows, cols) = out.shape();
    let target = MatMut::from_column_major_slice_mut(out.as_mut_slice(), rows, cols);
    faer::linalg::matmul::matmul(target, Accum::Replace, view(a), view(b), Complex::new(1.0, 0.0), Par::Seq);
    out
}

/// Whether `U†U = 1` to [`TOLERANCE`] in every entry.
pub fn is_unitary(u: &Matrix) -> bool {
    u.is_square() && max_difference(&multiply(&u.adjoint(), u), &Matrix::identity(u.nrows(), u.nrows())) <= TOLERANCE
}

/// Whether `OᵀO = 1` to [`TOLERANCE`] in every entry.
pub fn is_orthogonal(o: &RealMatrix) -> bool {
    o.is_square() && (o.tr_mul(o) - RealMatrix::identity(o.nrows(), o.nrows())).amax() <= TOLERANCE
}
