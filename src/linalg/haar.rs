//! Random matrices from the Haar measure, for starts and tests.

use super::{Complex, Matrix, RealMatrix};
use crate::random::Rng;
use rand_distr::{Distribution, StandardNormal};

/// An n x n unitary from the Haar measure.
pub fn random_unitary(n: usize, rng: &mut Rng) -> Matrix {
    let mut normal = || StandardNormal.sample(&mut *rng);
    let gaussian = Matrix::from_fn(n, n, |_, _| Complex::new(normal(), normal()));
    let (mut q, r) = gaussian.qr().unpack();
    // QR alone is not Haar: the phases of R's diagonal belong to Q.
    for (mut column, d) in q.column_iter_mut().zip(r.diagonal().iter()) {
        let phase = d / d.norm();
        column.iter_mut().for_each(|x| *x *= phase);
    }
    q
}

/// An n x n orthogonal matrix from the Haar measure.
pub fn random_orthogonal(n: usize, rng: &mut Rng) -> RealMatrix {
    let gaussian = RealMatrix::from_fn(n, n, |_, _| StandardNormal.sample(&mut *rng));
    let (mut q, r) = gaussian.qr().unpack();
    for (mut column, d) in q.column_iter_mut().zip(r.diagonal().iter()) {
        column *= d.signum();
    }
    q
}
