//! A matrix that knows whether it is real: real arithmetic and real circuits cost less.

use super::{Complex, Matrix, RealMatrix, spectral_norm, svd, svd_real};

/// A matrix over the real or the complex numbers. Whoever makes one says which; [`Dense::from`] a complex matrix looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Dense {
    /// All entries are real.
    Real(RealMatrix),
    /// They need not be.
    Complex(Matrix),
}

impl From<RealMatrix> for Dense {
    fn from(m: RealMatrix) -> Dense {
        Dense::Real(m)
    }
}

impl From<Matrix> for Dense {
    /// Real if no entry has an imaginary part.
    fn from(m: Matrix) -> Dense {
        if m.iter().all(|z| z.im == 0.0) { Dense::Real(m.map(|z| z.re)) } else { Dense::Complex(m) }
    }
}

impl From<&Matrix> for Dense {
    /// Real if no entry has an imaginary part.
    fn from(m: &Matrix) -> Dense {
        m.clone().into()
    }
}

impl From<&Dense> for Dense {
    fn from(m: &Dense) -> Dense {
        m.clone()
    }
}

impl Dense {
    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        match self {
            Dense::Real(m) => m.shape(),
            Dense::Complex(m) => m.shape(),
        }
    }

    /// The number of rows.
    pub fn nrows(&self) -> usize {
        self.shape().0
    }

    /// An entry.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn at(&self, row: usize, column: usize) -> Complex {
        match self {
            Dense::Real(m) => m[(row, column)].into(),
            Dense::Complex(m) => m[(row, column)],
        }
    }

    /// A complex copy.
    pub fn to_complex(&self) -> Matrix {
        match self {
            Dense::Real(m) => m.map(Complex::from),
            Dense::Complex(m) => m.clone(),
        }
    }

    /// A matrix computed from this one without leaving its numbers.
    pub fn of_same_kind(&self, m: Matrix) -> Dense {
        match self {
            Dense::Real(_) => Dense::Real(m.map(|z| z.re)),
            Dense::Complex(_) => Dense::Complex(m),
        }
    }

    /// Every entry times a number, in the upper left corner of a matrix of zeros.
    pub fn scaled_into(&self, scale: f64, side: usize) -> Dense {
        match self {
            Dense::Real(m) => {
                Dense::Real(RealMatrix::from_fn(side, side, |i, j| m.get((i, j)).map_or(0.0, |x| x * scale)))
            }
            Dense::Complex(m) => {
                Dense::Complex(Matrix::from_fn(side, side, |i, j| m.get((i, j)).map_or(Complex::ZERO, |z| z * scale)))
            }
        }
    }

    /// The largest singular value; 0 for an empty matrix.
    ///
    /// # Panics
    /// If an entry is not finite.
    pub fn spectral_norm(&self) -> f64 {
        match self {
            Dense::Real(m) => spectral_norm(m),
            Dense::Complex(m) => svd(m).sigma.first().copied().unwrap_or(0.0),
        }
    }

    /// `M = left · diag(sigma) · right†`, the factors over the same numbers, sigma decreasing.
    ///
    /// # Panics
    /// If an entry is not finite.
    pub fn svd(&self) -> (Dense, Vec<f64>, Dense) {
        match self {
            Dense::Real(m) => {
                let parts = svd_real(m);
                (Dense::Real(parts.left), parts.sigma, Dense::Real(parts.right))
            }
            Dense::Complex(m) => {
                let parts = svd(m);
                (Dense::Complex(parts.left), parts.sigma, Dense::Complex(parts.right))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{max_difference, multiply};

    #[test]
    fn real_matrices_have_real_factors() {
        let real = Matrix::from_fn(4, 4, |i, j| Complex::from((i * 3 + j * j) as f64 - 5.0));
        for (m, is_real) in [(real.clone(), true), (real.map(|z| z * Complex::I), false)] {
            let dense = Dense::from(&m);
            let (left, sigma, right) = dense.svd();
            assert!([&dense, &left, &right].iter().all(|d| matches!(d, Dense::Real(_)) == is_real));
            let scaled = Matrix::from_fn(4, 4, |i, j| left.at(i, j) * sigma[j]);
            assert!(max_difference(&multiply(&scaled, &right.to_complex().adjoint()), &m) < 1e-13);
            assert!((dense.spectral_norm() - sigma[0]).abs() < 1e-15 * sigma[0]);
            let padded = dense.scaled_into(2.0, 8);
            assert_eq!((padded.shape(), padded.at(1, 2), padded.at(4, 1)), ((8, 8), m[(1, 2)] * 2.0, Complex::ZERO));
            assert_eq!(dense.of_same_kind(m.clone()), dense);
        }
    }
}
