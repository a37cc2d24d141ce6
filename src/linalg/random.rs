//! Seeded randomness: the crate's one generator, and random matrices for tests, benches and examples.

use super::{Complex, Matrix, RealMatrix};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// The generator used throughout: portable, so that one seed gives the same bytes on every platform.
pub type Rng = rand_pcg::Pcg64;

/// A generator from a seed.
pub fn rng(seed: u64) -> Rng {
    Rng::seed_from_u64(seed)
}

/// The generator of item `index` among many that share a seed; independent of those of other items and seeds.
pub fn stream(seed: u64, index: u64) -> Rng {
    // The finaliser of SplitMix64: without it seed 1, item 0 would be seed 0, item 1.
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    rng((x ^ (x >> 31)).wrapping_add(index))
}

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
