//! Singular value and polar decompositions, computed by faer.

use super::product::{is_orthogonal, is_unitary, multiply, own, view};
use super::solver::{RECURSION_STARTS, Way, hermitian, singular};
use super::{Complex, Matrix, RealMatrix, TOLERANCE, max_difference};
use faer::MatRef;

/// `M = left · diag(sigma) · rightᵀ`: `left` is m x m, `right` n x n, both orthogonal; `sigma` holds the
/// min(m, n) singular values, largest first.
#[derive(Clone, Debug)]
pub struct RealSvd {
    /// Left singular vectors, one a column.
    pub left: RealMatrix,
    /// Singular values, not negative, in decreasing order.
    pub sigma: Vec<f64>,
    /// Right singular vectors, one a column.
    pub right: RealMatrix,
}

/// `M = left · diag(sigma) · right†`, with the shapes and the order of [`RealSvd`].
#[derive(Clone, Debug)]
pub struct ComplexSvd {
    /// Left singular vectors, one a column.
    pub left: Matrix,
    /// Singular values, not negative, in decreasing order.
    pub sigma: Vec<f64>,
    /// Right singular vectors, one a column.
    pub right: Matrix,
}

/// Singular value decomposition of a real matrix with finite entries.
///
/// # Panics
/// If an entry is not finite, or the iteration does not converge (never seen on finite input).
pub fn svd_real(m: &RealMatrix) -> RealSvd {
    assert!(m.iter().all(|x| x.is_finite()), "svd_real needs finite entries");
    let largest = m.amax();
    let scale = safe_scale(largest);
    let scaled = m.map(|x| if x.abs() < NOTHING * largest { 0.0 } else { x / scale });
    let source = MatRef::from_column_major_slice(scaled.as_slice(), m.nrows(), m.ncols());
    let solve = |way| {
        let (u, s, v) = singular(source, way);
        RealSvd {
            left: RealMatrix::from_fn(u.nrows(), u.ncols(), |i, j| u[(i, j)]),
            sigma: s.column_vector().iter().map(|s| s * scale).collect(),
            right: RealMatrix::from_fn(v.nrows(), v.ncols(), |i, j| v[(i, j)]),
        }
    };
    let holds = |out: &RealSvd| {
        let norm = out.sigma.first().copied().unwrap_or(0.0);
        let product = scaled_columns(&out.left, &out.sigma) * thin(&out.right, out.sigma.len()).transpose();
        (product - m).amax() <= TOLERANCE * norm && is_orthogonal(&out.left) && is_orthogonal(&out.right)
    };
    sure_if_needed(m.shape(), solve, holds)
}

/// Solves the fast way, and again the sure way where the result of a recursion does not multiply back.
fn sure_if_needed<T>(shape: (usize, usize), solve: impl Fn(Way) -> T, holds: impl Fn(&T) -> bool) -> T {
    let out = solve(Way::Fast);
    let recursive = shape.0.min(shape.1) >= RECURSION_STARTS;
    if recursive && !holds(&out) {
        let out = solve(Way::Sure);
        debug_assert!(holds(&out));
        return out;
    }
    debug_assert!(holds(&out));
    out
}

/// Singular value decomposition of a complex matrix with finite entries.
///
/// # Panics
/// As [`svd_real`].
pub fn svd(m: &Matrix) -> ComplexSvd {
    assert!(m.iter().all(|x| x.is_finite()), "svd needs finite entries");
    let largest = m.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
    let scale = safe_scale(largest);
    let kept = |x: f64| if x.abs() < NOTHING * largest { 0.0 } else { x / scale };
    let scaled = m.map(|z| Complex::new(kept(z.re), kept(z.im)));
    let solve = |way| {
        let (u, s, v) = singular(view(&scaled), way);
        ComplexSvd {
            left: own(u.as_ref()),
            sigma: s.column_vector().iter().map(|s| s.re * scale).collect(),
            right: own(v.as_ref()),
        }
    };
    let holds = |out: &ComplexSvd| {
        let norm = out.sigma.first().copied().unwrap_or(0.0);
        let sigma: Vec<Complex> = out.sigma.iter().map(|&s| s.into()).collect();
        let product = multiply(&scaled_columns(&out.left, &sigma), &thin(&out.right, sigma.len()).adjoint());
        max_difference(&product, m) <= TOLERANCE * norm && is_unitary(&out.left) && is_unitary(&out.right)
    };
    sure_if_needed(m.shape(), solve, holds)
}

/// The eigenvalues of a Hermitian matrix, increasing; its upper triangle is not looked at.
///
/// # Panics
/// If an entry is not finite.
pub fn hermitian_eigenvalues(m: &Matrix) -> Vec<f64> {
    hermitian_eigen(m).0
}

/// Eigenvalues, increasing, and orthonormal eigenvectors of a Hermitian matrix with finite entries.
pub(super) fn hermitian_eigen(m: &Matrix) -> (Vec<f64>, Matrix) {
    let solve = |way| {
        let (s, u) = hermitian(view(m), way);
        (s.column_vector().iter().map(|s| s.re).collect::<Vec<f64>>(), own(u.as_ref()))
    };
    let holds = |(values, vectors): &(Vec<f64>, Matrix)| {
        let norm = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let values: Vec<Complex> = values.iter().map(|&v| v.into()).collect();
        let product = multiply(&scaled_columns(vectors, &values), &vectors.adjoint());
        max_difference(&product, m) <= TOLERANCE * norm && is_unitary(vectors)
    };
    sure_if_needed(m.shape(), solve, holds)
}

/// Eigenvalues, increasing, and orthonormal eigenvectors of a real symmetric matrix with finite entries.
pub(super) fn symmetric_eigen(m: &RealMatrix) -> (Vec<f64>, RealMatrix) {
    let view = MatRef::from_column_major_slice(m.as_slice(), m.nrows(), m.ncols());
    let solve = |way| {
        let (s, u) = hermitian(view, way);
        let values: Vec<f64> = s.column_vector().iter().copied().collect();
        (values, RealMatrix::from_fn(m.nrows(), m.ncols(), |i, j| u[(i, j)]))
    };
    let holds = |(values, vectors): &(Vec<f64>, RealMatrix)| {
        let norm = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        (scaled_columns(vectors, values) * vectors.transpose() - m).amax() <= TOLERANCE * norm && is_orthogonal(vectors)
    };
    sure_if_needed(m.shape(), solve, holds)
}

/// The largest singular value of a real matrix with finite entries; 0 for an empty one.
pub fn spectral_norm(m: &RealMatrix) -> f64 {
    if m.is_empty() { 0.0 } else { svd_real(m).sigma[0] }
}

/// Polar decomposition `M = S · U` of a square matrix: `S` Hermitian and positive semidefinite, `U` unitary.
/// Where `M` is singular, `U` is one of the unitaries that fit.
pub fn polar(m: &Matrix) -> (Matrix, Matrix) {
    assert!(m.is_square(), "polar needs a square matrix");
    let ComplexSvd { left, sigma, right } = svd(m);
    let sigma: Vec<Complex> = sigma.iter().map(|&s| s.into()).collect();
    let positive = multiply(&scaled_columns(&left, &sigma), &left.adjoint());
    (positive, multiply(&left, &right.adjoint()))
}

/// Entries below this share of the largest one are zero to faer, whose iteration fails where their squares underflow.
const NOTHING: f64 = 1e-60;

/// What to divide by before faer sees a matrix: its SVD squares entries, which must not under- or overflow.
/// 1 for ordinary magnitudes, so that those are not rounded.
fn safe_scale(largest: f64) -> f64 {
    if largest == 0.0 || (1e-100..1e100).contains(&largest) { 1.0 } else { largest }
}

fn thin<T: nalgebra::Scalar>(m: &nalgebra::DMatrix<T>, columns: usize) -> nalgebra::DMatrix<T> {
    m.columns(0, columns).into_owned()
}

/// The first `scales.len()` columns of `m`, each times its scale.
fn scaled_columns<T>(m: &nalgebra::DMatrix<T>, scales: &[T]) -> nalgebra::DMatrix<T>
where
    T: nalgebra::Scalar + Copy + std::ops::Mul<Output = T>,
{
    nalgebra::DMatrix::from_fn(m.nrows(), scales.len(), |i, j| m[(i, j)] * scales[j])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;

    #[test]
    fn svd_of_hard_matrices_multiplies_back() {
        // The debug assertions do the re-multiplication; here only what they cannot see is checked.
        let rank_one = RealMatrix::from_fn(5, 5, |i, j| ((i + 1) * (j + 2)) as f64);
        let rank_one_norm =
            (1..=5).map(|i| (i * i) as f64).sum::<f64>().sqrt() * (2..=6).map(|j| (j * j) as f64).sum::<f64>().sqrt();
        assert!((spectral_norm(&rank_one) - rank_one_norm).abs() < 1e-12 * rank_one_norm);
        for m in [
            RealMatrix::zeros(4, 4),
            RealMatrix::identity(7, 7),
            RealMatrix::from_element(1, 1, -3.0),
            RealMatrix::from_fn(3, 6, |i, j| if i == j { 2.0 } else { 0.0 }),
            RealMatrix::from_fn(6, 3, |i, j| 1e-200 * (i as f64 - j as f64)),
            RealMatrix::from_fn(4, 4, |i, j| 1e150 * (i * j) as f64),
        ] {
            let out = svd_real(&m);
            assert!(out.sigma.windows(2).all(|w| w[0] >= w[1]) && out.sigma.iter().all(|&s| s >= 0.0));
            assert!(is_unitary(&out.left.map(Complex::from)) && is_unitary(&out.right.map(Complex::from)));
        }
    }

    /// Products of factors some of whose entries have all but vanished, as training leaves them.
    #[test]
    fn entries_from_one_to_subnormal_converge() {
        use rand::RngExt;
        for seed in 0..2000 {
            let mut rng = rng(seed);
            let (rows, columns) = (rng.random_range(1..6), rng.random_range(1..4));
            let start = rng.random_range(0.0..250.0);
            let m = Matrix::from_fn(rows, columns, |_, _| {
                let size = 10f64.powf(-rng.random_range(start..300.0f64));
                Complex::from_polar(size, rng.random_range(0.0..6.0))
            });
            assert!(svd(&m).sigma.iter().all(|s| s.is_finite()));
            svd_real(&m.map(|z| z.re));
        }
    }

    #[test]
    fn blocks_of_orthogonal_matrices_have_crowded_singular_values() {
        // The matrices on which divide and conquer goes wrong.
        let mut rng = rng(4);
        for side in [120, 128, 150, 200] {
            for _ in 0..3 {
                let o = random_orthogonal(2 * side, &mut rng);
                let block = o.view((0, 0), (side, side)).into_owned();
                let out = svd_real(&block);
                let product = scaled_columns(&out.left, &out.sigma) * out.right.transpose();
                assert!((product - &block).amax() < TOLERANCE && is_orthogonal(&out.left) && is_orthogonal(&out.right));
                let symmetric = &block + block.transpose();
                let (values, vectors) = symmetric_eigen(&symmetric);
                assert!((scaled_columns(&vectors, &values) * vectors.transpose() - symmetric).amax() < TOLERANCE);
            }
        }
    }

    #[test]
    fn polar_of_singular_and_unitary_matrices() {
        let mut rng = rng(3);
        let u = random_unitary(6, &mut rng);
        let mut singular = u.clone();
        singular.row_mut(2).fill(Complex::ZERO);
        for m in [u, singular, Matrix::zeros(3, 3)] {
            let (positive, unitary) = polar(&m);
            assert!(is_unitary(&unitary));
            assert!(max_difference(&multiply(&positive, &unitary), &m) < TOLERANCE);
            assert!(max_difference(&positive, &positive.adjoint()) < TOLERANCE);
        }
    }
}
