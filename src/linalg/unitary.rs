//! Eigenvectors of a unitary, orthonormal whatever its eigenvalues.

use super::factor::hermitian_eigen;
use super::product::{is_unitary, multiply};
use super::{Complex, Matrix, TOLERANCE, max_difference};
use crate::random::Rng;
use nalgebra::{Matrix3, Vector3};
use rand::RngExt;

/// More sweeps than this were never needed: after the Hermitian eigensolver one or two finish.
const MAX_SWEEPS: usize = 60;

/// Spectral decomposition `U = V · diag(e^{iθ}) · V†` of a unitary: returns `(θ, V)`, θ in (-π, π], V unitary.
///
/// A random combination `cos φ Re U + sin φ Im U` of the Hermitian and anti-Hermitian parts has the same
/// eigenvectors, and a Hermitian eigensolver always returns an orthonormal set. Two eigenvalues of U that
/// this combination brings (nearly) together leave a small off-diagonal block, which Jacobi rotations for
/// normal matrices (Cardoso and Souloumiac, SIAM J. Matrix Anal. Appl. 17, 161, 1996) then remove.
pub fn diagonalise_unitary(u: &Matrix, rng: &mut Rng) -> (Vec<f64>, Matrix) {
    debug_assert!(is_unitary(u), "diagonalise_unitary needs a unitary");
    let n = u.nrows();
    let turn = Complex::from_polar(0.5, rng.random_range(0.0..std::f64::consts::TAU));
    let hermitian = u * turn + u.adjoint() * turn.conj();
    let (_, mut vectors) = hermitian_eigen(&hermitian);
    let mut rest = multiply(&multiply(&vectors.adjoint(), u), &vectors);
    // Rounding leaves this much off the diagonal; rotating it away would only stir it.
    let noise = 1e-15 * (16 + n) as f64;
    for _ in 0..MAX_SWEEPS {
        let mut quiet = true;
        for i in 0..n {
            for j in i + 1..n {
                if rest[(i, j)].norm().max(rest[(j, i)].norm()) > noise {
                    quiet = false;
                    rotate(&mut rest, &mut vectors, i, j);
                }
            }
        }
        if quiet {
            break;
        }
    }
    let angles: Vec<f64> = rest.diagonal().iter().map(|d| d.arg()).collect();
    debug_assert!({
        let scaled = Matrix::from_fn(n, n, |i, j| vectors[(i, j)] * Complex::from_polar(1.0, angles[j]));
        is_unitary(&vectors) && max_difference(&multiply(&scaled, &vectors.adjoint()), u) <= TOLERANCE
    });
    (angles, vectors)
}

/// One Jacobi rotation in the plane of `i` and `j`: `rest <- R† rest R`, `vectors <- vectors R`, with the R
/// that leaves the least of a normal matrix at (i, j) and (j, i).
fn rotate(rest: &mut Matrix, vectors: &mut Matrix, i: usize, j: usize) {
    let h = [rest[(i, i)] - rest[(j, j)], rest[(i, j)] + rest[(j, i)], Complex::I * (rest[(j, i)] - rest[(i, j)])];
    let gram = Matrix3::from_fn(|a, b| (h[a].conj() * h[b]).re);
    let eigen = gram.symmetric_eigen();
    let top: Vector3<f64> = eigen.eigenvectors.column(eigen.eigenvalues.imax()).into_owned();
    let top = if top.x < 0.0 { -top } else { top };
    let c = ((top.x + 1.0) / 2.0).sqrt();
    let s = Complex::new(top.y, -top.z) / (2.0 * (top.x + 1.0)).sqrt();
    for matrix in [&mut *rest, vectors] {
        for k in 0..matrix.nrows() {
            let (x, y) = (matrix[(k, i)], matrix[(k, j)]);
            matrix[(k, i)] = x * c + y * s;
            matrix[(k, j)] = y * c - x * s.conj();
        }
    }
    for k in 0..rest.ncols() {
        let (x, y) = (rest[(i, k)], rest[(j, k)]);
        rest[(i, k)] = x * c + y * s.conj();
        rest[(j, k)] = y * c - x * s;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;

    fn with_spectrum(angles: &[f64], rng: &mut Rng) -> Matrix {
        let v = random_unitary(angles.len(), rng);
        let d = Matrix::from_diagonal(&nalgebra::DVector::from_iterator(
            angles.len(),
            angles.iter().map(|&a| Complex::from_polar(1.0, a)),
        ));
        &v * d * v.adjoint()
    }

    fn check(u: &Matrix, rng: &mut Rng) {
        let (angles, v) = diagonalise_unitary(u, rng);
        let scaled = Matrix::from_fn(u.nrows(), u.nrows(), |i, j| v[(i, j)] * Complex::from_polar(1.0, angles[j]));
        let error = max_difference(&(scaled * v.adjoint()), u);
        assert!(error < 1e-13, "{error:e}");
        assert!(is_unitary(&v));
    }

    #[test]
    fn degenerate_and_nearly_degenerate_spectra() {
        let mut rng = rng(1);
        for n in [1, 2, 5, 16, 32] {
            check(&Matrix::identity(n, n), &mut rng);
            check(&-Matrix::identity(n, n), &mut rng);
            check(&random_unitary(n, &mut rng), &mut rng);
            check(&random_orthogonal(n, &mut rng).map(Complex::from), &mut rng);
            let repeated: Vec<f64> = (0..n).map(|k| (k % 3) as f64 - 1.0).collect();
            check(&with_spectrum(&repeated, &mut rng), &mut rng);
            for gap in [1e-4, 1e-7, 1e-10, 1e-13, 1e-15] {
                let close: Vec<f64> =
                    (0..n).map(|k| 0.7 + gap * k as f64 + std::f64::consts::PI * (k % 2) as f64).collect();
                check(&with_spectrum(&close, &mut rng), &mut rng);
            }
        }
    }

    #[test]
    fn jacobi_alone_diagonalises_what_the_combination_hides() {
        // Eigenvalues mirrored about the combination's own axis collide in it exactly.
        let mut rng = rng(5);
        for _ in 0..20 {
            let axis = rng.random_range(0.0..6.0);
            let mirrored: Vec<f64> =
                (0..8).map(|k| axis + if k % 2 == 0 { 0.3 } else { -0.3 } * (1 + k / 2) as f64).collect();
            let u = with_spectrum(&mirrored, &mut rng);
            let mut rest = u.clone();
            let mut vectors = Matrix::identity(8, 8);
            for _ in 0..12 {
                (0..8).for_each(|i| (i + 1..8).for_each(|j| rotate(&mut rest, &mut vectors, i, j)));
            }
            let off = Matrix::from_fn(8, 8, |i, j| if i == j { Complex::ZERO } else { rest[(i, j)] });
            assert!(off.norm() < 1e-13, "{:e}", off.norm());
        }
    }
}
