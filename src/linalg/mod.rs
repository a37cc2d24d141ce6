//! The one door to dense linear algebra: faer computes, nalgebra types go in and come out.
//!
//! Everything here re-multiplies its result in debug builds, and in release builds where faer divides and conquers.
//! nalgebra's own SVD is not used: on the rank-deficient matrices this crate lives on it can return wrong singular
//! values.
//!
//! Minimisers, assignment and random numbers are elsewhere: here are matrices and what they factor into.

mod dense;
mod factor;
mod generator;
mod haar;
mod hermitian;
mod orthogonal;
mod product;
mod solver;
mod thin;
mod tiles;
mod unitary;
mod walsh;

pub use dense::Dense;
pub use factor::{ComplexSvd, RealSvd, hermitian_eigenvalues, polar, spectral_norm, svd, svd_real};
pub use generator::hermitian_generator;
pub use haar::{random_orthogonal, random_unitary};
pub use hermitian::{coordinates, hermitian, response};
pub use orthogonal::{CosineSine, RotationPlanes, cosine_sine, rotation_planes};
pub use product::{is_orthogonal, is_unitary, multiply};
pub use thin::{Field, ThinCosineSine, complement, thin_cosine_sine};
pub use tiles::{Cholesky, Jacobian, Real, Tiles, multiply_outer};
pub use unitary::diagonalise_unitary;
pub use walsh::walsh_hadamard;

use nalgebra::DMatrix;

/// A complex scalar in double precision.
pub type Complex = num_complex::Complex<f64>;

/// A dense complex matrix, column-major.
pub type Matrix = DMatrix<Complex>;

/// A dense real matrix, column-major.
pub type RealMatrix = DMatrix<f64>;

/// The largest entrywise error that a decomposition may leave when it is multiplied out again, for
/// matrices of norm one. Debug builds assert it everywhere; 1000 times the rounding error one expects at
/// dimension 64, and 100 times below the compiler's default tolerance.
pub const TOLERANCE: f64 = 1e-11;

/// The largest modulus of the entries of `a - b`: 0 for empty matrices, NaN if any entry is NaN.
///
/// # Panics
/// If the shapes differ.
pub fn max_difference(a: &Matrix, b: &Matrix) -> f64 {
    assert_eq!(a.shape(), b.shape(), "max_difference compares matrices of one shape");
    a.iter()
        .zip(b.iter())
        .map(|(x, y)| (x - y).norm())
        .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
}
