//! Real orthogonal matrices: planes of rotation and the cosine-sine decomposition, both real throughout.

use super::factor::{hermitian_eigen, svd_real, symmetric_eigen};
use super::product::is_orthogonal;
use super::{Complex, RealMatrix, TOLERANCE, diagonalise_unitary};
use crate::random::Rng;
use nalgebra::DVector;

/// `G = P · (⊕_j R(φ_j)) · Pᵀ`: every rotation in a plane of its own.
#[derive(Clone, Debug)]
pub struct RotationPlanes {
    /// φ_j in [-π, π], one a plane.
    pub angles: Vec<f64>,
    /// Columns 2j and 2j+1 span plane j: `G p_2j = cos φ p_2j + sin φ p_2j+1`.
    pub planes: RealMatrix,
}

/// `O = (A1 ⊕ A2) · [[C, -S], [S, C]] · (B1 ⊕ B2)`, `C = diag cos θ`, `S = diag sin θ`, all blocks square and alike.
#[derive(Clone, Debug)]
pub struct CosineSine {
    /// Upper left factor.
    pub a1: RealMatrix,
    /// Lower left factor.
    pub a2: RealMatrix,
    /// θ in [0, π/2], in no particular order.
    pub theta: Vec<f64>,
    /// Upper right factor.
    pub b1: RealMatrix,
    /// Lower right factor.
    pub b2: RealMatrix,
}

/// Angles nearer than this to 0 or π leave a complex eigenvector and its conjugate too alike to tell apart.
const NEARLY_REAL: f64 = 1e-6;

/// Finds the planes of a rotation (orthogonal, determinant 1, even side).
///
/// A complex eigenvector `x + iy` of eigenvalue e^{iφ} spans its plane by x and -y. Near φ = 0 and π the real
/// and the conjugate mix; there the antisymmetric part of G is scaled up and diagonalised by itself.
///
/// # Panics
/// If the side is odd or the determinant is -1 (an eigenvector is left without a partner).
pub fn rotation_planes(g: &RealMatrix, rng: &mut Rng) -> RotationPlanes {
    debug_assert!(is_orthogonal(g));
    let n = g.nrows();
    let (angles, vectors) = diagonalise_unitary(&g.map(Complex::from), rng);
    let mut basis = Basis { columns: vec![] };
    for (j, angle) in angles.iter().enumerate() {
        if angle.sin() > NEARLY_REAL {
            basis.push_pair(vectors.column(j).map(|z| z.re), vectors.column(j).map(|z| -z.im));
        }
    }
    if basis.columns.len() < n {
        let rest = basis.complement(&RealMatrix::identity(n, n));
        let inner = rest.tr_mul(g) * &rest;
        // Its eigenvalues are near 1 and -1, so the two sets are far apart.
        let (values, directions) = symmetric_eigen(&(&inner + inner.transpose()));
        for positive in [true, false] {
            let chosen: Vec<usize> = (0..values.len()).filter(|&i| (values[i] > 0.0) == positive).collect();
            add_slow_planes(g, &rest * directions.select_columns(&chosen), &mut basis);
        }
    }
    assert_eq!(basis.columns.len(), n, "a rotation has determinant 1");
    let planes = RealMatrix::from_columns(&basis.columns);
    let turned = g * &planes;
    let angles = (0..n / 2)
        .map(|j| {
            let image = turned.column(2 * j);
            planes.column(2 * j + 1).dot(&image).atan2(planes.column(2 * j).dot(&image))
        })
        .collect();
    let out = RotationPlanes { angles, planes };
    debug_assert!((out.multiplied_out() - g).amax() <= TOLERANCE);
    out
}

impl RotationPlanes {
    fn multiplied_out(&self) -> RealMatrix {
        let mut turned = self.planes.clone();
        for (j, angle) in self.angles.iter().enumerate() {
            let (s, c) = angle.sin_cos();
            let (u, w) = (self.planes.column(2 * j), self.planes.column(2 * j + 1));
            turned.set_column(2 * j, &(u * c + w * s));
            turned.set_column(2 * j + 1, &(w * c - u * s));
        }
        turned * self.planes.transpose()
    }
}

/// Splits a subspace on which G is nearly 1 or nearly -1 into planes, by the antisymmetric part of G.
fn add_slow_planes(g: &RealMatrix, mut space: RealMatrix, basis: &mut Basis) {
    while space.ncols() > 0 {
        let inner = space.tr_mul(g) * &space;
        let slow = (&inner - inner.transpose()) / 2.0;
        let scale = slow.amax();
        let before = basis.columns.len();
        if scale > 1e-16 {
            let hermitian = (slow / scale).map(|x| Complex::new(0.0, x));
            let (values, vectors) = hermitian_eigen(&hermitian);
            for j in (0..space.ncols()).filter(|&j| values[j] > NEARLY_REAL) {
                let part = |f: fn(Complex) -> f64| &space * DVector::from_fn(space.ncols(), |i, _| f(vectors[(i, j)]));
                basis.push_pair(part(|z| z.re), part(|z| z.im));
            }
        } else {
            // G does nothing here that could be seen: any pairs will do.
            let pairs: Vec<DVector<f64>> = space.column_iter().map(|c| c.into_owned()).collect();
            pairs.chunks_exact(2).for_each(|pair| basis.push_pair(pair[0].clone(), pair[1].clone()));
        }
        if basis.columns.len() == before {
            return;
        }
        space = basis.complement(&space);
    }
}

/// Orthonormal columns, built up pair by pair.
struct Basis {
    columns: Vec<DVector<f64>>,
}

impl Basis {
    fn push_pair(&mut self, first: DVector<f64>, second: DVector<f64>) {
        for mut vector in [first, second] {
            // Twice is enough (Kahan and Parlett).
            for _ in 0..2 {
                vector.normalize_mut();
                for column in &self.columns {
                    let along = column.dot(&vector);
                    vector.axpy(-along, column, 1.0);
                }
            }
            vector.normalize_mut();
            self.columns.push(vector);
        }
    }

    /// An orthonormal basis of what the columns leave of a subspace that contains them or is orthogonal to them.
    fn complement(&self, space: &RealMatrix) -> RealMatrix {
        let mut rest = space.clone();
        for _ in 0..2 {
            for column in &self.columns {
                let along = rest.tr_mul(column);
                rest.ger(-1.0, column, &along, 1.0);
            }
        }
        let parts = svd_real(&rest);
        let kept: Vec<usize> = (0..parts.sigma.len()).filter(|&i| parts.sigma[i] > 0.5).collect();
        parts.left.select_columns(&kept)
    }
}

/// The cosine-sine decomposition of an orthogonal 2m x 2m matrix into m x m blocks.
///
/// The SVD of the upper left block gives A1, C, B1. Where sin θ is large, A2 and B2 follow from the off-diagonal
/// blocks; where it is small these would be inaccurate, and the SVDs of what remains of the lower right block and
/// then of the lower left one take their place.
///
/// # Panics
/// If the side is odd.
pub fn cosine_sine(o: &RealMatrix) -> CosineSine {
    debug_assert!(is_orthogonal(o));
    let m = o.nrows() / 2;
    assert_eq!(o.shape(), (2 * m, 2 * m), "the cosine-sine decomposition halves an even side");
    let block = |i: usize, j: usize| o.view((i * m, j * m), (m, m)).into_owned();
    let (x12, x21, x22) = (block(0, 1), block(1, 0), block(1, 1));
    let first = svd_real(&block(0, 0));
    let (mut a1, mut b1) = (first.left, first.right.transpose());
    // Cosines decrease: the small angles come first.
    let small = first.sigma.iter().take_while(|&&c| c > std::f64::consts::FRAC_1_SQRT_2).count();
    let (mut a2, mut b2) = (RealMatrix::zeros(m, m), RealMatrix::zeros(m, m));
    let mut theta = vec![0.0; m];
    for (j, theta) in theta.iter_mut().enumerate().skip(small) {
        let column = &x21 * b1.row(j).transpose();
        let sine = column.norm();
        *theta = sine.atan2(first.sigma[j]);
        a2.set_column(j, &(column / sine));
        b2.set_row(j, &(a1.column(j).tr_mul(&x12) / -sine));
    }
    if small > 0 {
        let mut rest = x22.clone();
        for (j, theta) in theta.iter().enumerate().skip(small) {
            rest.ger(-theta.cos(), &a2.column(j), &b2.row(j).transpose(), 1.0);
        }
        let corner = svd_real(&rest).left.columns(0, small).into_owned();
        let turned = corner.tr_mul(&x21) * b1.rows(0, small).transpose();
        let sines = svd_real(&turned);
        // B1 changes only among indices whose cosines agree to rounding, so C stays diagonal.
        let (left, right) = (sines.left, sines.right);
        a2.columns_mut(0, small).copy_from(&(corner * left));
        let a1_small = a1.columns(0, small) * &right;
        a1.columns_mut(0, small).copy_from(&a1_small);
        let b1_small = right.transpose() * b1.rows(0, small);
        b1.rows_mut(0, small).copy_from(&b1_small);
        for (j, theta) in theta.iter_mut().enumerate().take(small) {
            *theta = sines.sigma[j].min(1.0).asin();
            b2.set_row(j, &(a2.column(j).tr_mul(&x22) / theta.cos()));
        }
    }
    let out = CosineSine { a1, a2, theta, b1, b2 };
    debug_assert!((out.multiplied_out() - o).amax() <= TOLERANCE);
    out
}

impl CosineSine {
    fn multiplied_out(&self) -> RealMatrix {
        let m = self.theta.len();
        let scaled = |a: &RealMatrix, f: &dyn Fn(f64) -> f64, b: &RealMatrix| {
            RealMatrix::from_fn(m, m, |i, j| a[(i, j)] * f(self.theta[j])) * b
        };
        let mut o = RealMatrix::zeros(2 * m, 2 * m);
        o.view_mut((0, 0), (m, m)).copy_from(&scaled(&self.a1, &f64::cos, &self.b1));
        o.view_mut((0, m), (m, m)).copy_from(&scaled(&self.a1, &|t| -t.sin(), &self.b2));
        o.view_mut((m, 0), (m, m)).copy_from(&scaled(&self.a2, &f64::sin, &self.b1));
        o.view_mut((m, m), (m, m)).copy_from(&scaled(&self.a2, &f64::cos, &self.b2));
        o
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::random_orthogonal;
    use crate::random::rng;

    /// Rotations by the given angles in random planes.
    fn with_angles(angles: &[f64], rng: &mut Rng) -> RealMatrix {
        let planes = random_orthogonal(2 * angles.len(), rng);
        RotationPlanes { angles: angles.to_vec(), planes }.multiplied_out()
    }

    fn hard_rotations(rng: &mut Rng) -> Vec<RealMatrix> {
        use std::f64::consts::PI;
        let mut all = vec![];
        for half in [1usize, 2, 4, 8, 16] {
            let n = 2 * half;
            all.push(RealMatrix::identity(n, n));
            all.push(-RealMatrix::identity(n, n));
            all.push(RealMatrix::from_fn(n, n, |i, j| {
                if i != j {
                    0.0
                } else if i < 2 {
                    -1.0
                } else {
                    1.0
                }
            }));
            let mut cycle = RealMatrix::from_fn(n, n, |i, j| if (i + 1) % n == j { 1.0 } else { 0.0 });
            cycle.row_mut(0).neg_mut();
            all.push(cycle);
            let mut random = random_orthogonal(n, rng);
            if random.determinant() < 0.0 {
                random.row_mut(0).neg_mut();
            }
            all.push(random);
            for size in [1.0, 1e-3, 1e-6, 1e-7, 1e-9, 1e-12, 1e-15] {
                let spread: Vec<f64> =
                    (0..half).map(|j| size * (j + 1) as f64 + if j % 2 == 0 { 0.0 } else { PI }).collect();
                all.push(with_angles(&spread, rng));
                all.push(with_angles(&vec![size; half], rng));
                let mixed: Vec<f64> = (0..half).map(|j| [size, -size, PI - size, 0.0][j % 4]).collect();
                all.push(with_angles(&mixed, rng));
            }
        }
        all
    }

    #[test]
    fn planes_multiply_back() {
        let mut rng = rng(91);
        for g in hard_rotations(&mut rng) {
            let out = rotation_planes(&g, &mut rng);
            let error = (out.multiplied_out() - &g).amax();
            assert!(error < 2e-14 && is_orthogonal(&out.planes), "{error:e} at side {}", g.nrows());
        }
    }

    #[test]
    fn cosine_sine_multiplies_back() {
        let mut rng = rng(92);
        for o in hard_rotations(&mut rng) {
            let out = cosine_sine(&o);
            let error = (out.multiplied_out() - &o).amax();
            assert!(error < 2e-14, "{error:e} at side {}", o.nrows());
            assert!([&out.a1, &out.a2, &out.b1, &out.b2].iter().all(|f| is_orthogonal(f)));
        }
    }
}
