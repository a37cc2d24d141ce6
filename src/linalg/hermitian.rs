//! Hermitian matrices as real vectors, in which what a measurement sees of them is linear.

use super::{Complex, Matrix, RealMatrix};

/// The N² real coordinates of a Hermitian N x N matrix: its diagonal, then `2 Re H_ml` and `2 Im H_ml` for every pair
/// m < l, m running slowest.
///
/// # Panics
/// If the matrix is not square.
pub fn coordinates(h: &Matrix) -> Vec<f64> {
    assert!(h.is_square(), "a Hermitian matrix is square");
    let diagonal = (0..h.nrows()).map(|m| h[(m, m)].re);
    diagonal.chain(pairs(h.nrows()).flat_map(|ml| [2.0 * h[ml].re, 2.0 * h[ml].im])).collect()
}

/// The Hermitian matrix with these coordinates.
///
/// # Panics
/// If their number is no square.
pub fn hermitian(coordinates: &[f64]) -> Matrix {
    let dim = coordinates.len().isqrt();
    assert_eq!(dim * dim, coordinates.len(), "N² coordinates");
    let mut h = Matrix::zeros(dim, dim);
    (0..dim).for_each(|m| h[(m, m)] = coordinates[m].into());
    for ((m, l), c) in pairs(dim).zip(coordinates[dim..].chunks_exact(2)) {
        h[(m, l)] = Complex::new(c[0], c[1]) / 2.0;
        h[(l, m)] = h[(m, l)].conj();
    }
    h
}

/// `R` with `<n| M ρ M† |n> = (R · coordinates(ρ))_n` for every row n of M: as many rows as M, and N² columns where M has
/// N, of which the first N are `|M|²`.
pub fn response(m: &Matrix) -> RealMatrix {
    let dim = m.ncols();
    let mut r = RealMatrix::zeros(m.nrows(), dim * dim);
    for (n, row) in m.row_iter().enumerate() {
        (0..dim).for_each(|i| r[(n, i)] = row[i].norm_sqr());
        for (k, (i, j)) in pairs(dim).enumerate() {
            let product = row[i] * row[j].conj();
            (r[(n, dim + 2 * k)], r[(n, dim + 2 * k + 1)]) = (product.re, -product.im);
        }
    }
    r
}

fn pairs(dim: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..dim).flat_map(move |m| (m + 1..dim).map(move |l| (m, l)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::max_difference;
    use crate::linalg::random_unitary;
    use crate::random::rng;

    #[test]
    fn coordinates_come_back_and_measurements_are_linear() {
        let mut rng = rng(3);
        for dim in [1, 2, 4, 5] {
            let (u, v) = (random_unitary(dim, &mut rng), random_unitary(dim, &mut rng));
            let spectrum = nalgebra::DVector::from_fn(dim, |i, _| Complex::from(1.0 / (1.0 + i as f64)));
            let rho = &u * Matrix::from_diagonal(&spectrum) * u.adjoint();
            let flat = coordinates(&rho);
            assert!(flat.len() == dim * dim && max_difference(&hermitian(&flat), &rho) < 1e-15);
            let m = v.rows(0, dim.div_ceil(2)).into_owned();
            let p = response(&m) * nalgebra::DVector::from_vec(flat);
            let image = &m * rho * m.adjoint();
            assert!((0..m.nrows()).all(|n| (p[n] - image[(n, n)].re).abs() < 1e-14));
        }
    }
}
