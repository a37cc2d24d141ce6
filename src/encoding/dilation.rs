//! The Halmos dilation of a contraction, whole and in factors (S31; docs/method.md, section 4).

use crate::linalg::{Dense, Matrix, RealMatrix, multiply};

/// The dilation of a 2^n x 2^n contraction `M = V Σ W†`, a unitary on n + 1 qubits, the ancilla highest:
///
/// ```text
/// U(M) = [[ M, (1-MM†)^½ ], [ (1-M†M)^½, -M† ]] = (V ⊕ W) · [[ Σ, S ], [ S, -Σ ]] · (W† ⊕ V†),   S = (1-Σ²)^½
/// ```
///
/// The middle is one rotation of the ancilla for each singular value. An ancilla that starts in |0> and is kept
/// where it reads 0 sees M alone, and so does it in the cheaper `V · multiplexed Ry(2 arccos σ) · W†`.
#[derive(Clone, Debug)]
pub struct Dilation {
    v: Dense,
    sigma: Vec<f64>,
    w: Dense,
}

impl Dilation {
    /// Factors a contraction of side 2^n; a real one gets real factors.
    ///
    /// # Panics
    /// If the matrix is not square with side 2^n, or its norm exceeds 1 by more than rounding
    /// ([`TOLERANCE`](crate::linalg::TOLERANCE)).
    pub fn of(contraction: impl Into<Dense>) -> Dilation {
        let contraction = contraction.into();
        let (rows, columns) = contraction.shape();
        assert!(rows == columns && rows.is_power_of_two(), "a contraction has side 2^n");
        let (v, sigma, w) = contraction.svd();
        assert!(
            sigma.iter().all(|s| *s <= 1.0 + crate::linalg::TOLERANCE),
            "the spectral norm of a contraction is at most 1"
        );
        Dilation { v, sigma: sigma.into_iter().map(|s| s.min(1.0)).collect(), w }
    }

    /// The number n of qubits of the register; the dilation acts on one more.
    pub fn qubits(&self) -> usize {
        self.v.nrows().trailing_zeros() as usize
    }

    /// V, 2^n x 2^n: applied last, on the register.
    pub fn v(&self) -> Matrix {
        self.v.to_complex()
    }

    /// V and W where M is real.
    pub fn real(&self) -> Option<(&RealMatrix, &RealMatrix)> {
        match (&self.v, &self.w) {
            (Dense::Real(v), Dense::Real(w)) => Some((v, w)),
            _ => None,
        }
    }

    /// W†, 2^n x 2^n: applied first, on the register.
    pub fn w_adjoint(&self) -> Matrix {
        self.w.to_complex().adjoint()
    }

    /// The singular values, in [0, 1], largest first.
    pub fn sigma(&self) -> &[f64] {
        &self.sigma
    }

    /// The angles 2 arccos σ_j in radians, in [0, π], of the multiplexed Ry on the ancilla.
    pub fn angles(&self) -> Vec<f64> {
        self.sigma.iter().map(|s| 2.0 * s.acos()).collect()
    }

    /// The whole U(M), 2^(n+1) x 2^(n+1).
    pub fn unitary(&self) -> Matrix {
        let n = self.v.nrows();
        let (v, w) = (self.v(), self.w.to_complex());
        let product = |left: &Matrix, scales: &dyn Fn(f64) -> f64, right: &Matrix| {
            let scaled = Matrix::from_fn(n, n, |i, j| left[(i, j)] * scales(self.sigma[j]));
            multiply(&scaled, &right.adjoint())
        };
        let sine = |s: f64| ((1.0 - s) * (1.0 + s)).sqrt();
        let mut u = Matrix::zeros(2 * n, 2 * n);
        let mut put = |i: usize, j: usize, block: Matrix| u.view_mut((i * n, j * n), (n, n)).copy_from(&block);
        put(0, 0, product(&v, &|s| s, &w));
        put(0, 1, product(&v, &sine, &v));
        put(1, 0, product(&w, &sine, &w));
        put(1, 1, product(&w, &|s| -s, &v));
        u
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Complex, is_unitary, max_difference, random_unitary};
    use crate::random::rng;

    fn check(m: &Matrix) {
        let dilation = Dilation::of(m);
        let u = dilation.unitary();
        let n = m.nrows();
        assert!(is_unitary(&u));
        let block = |i: usize, j: usize| u.view((i * n, j * n), (n, n)).into_owned();
        assert!(max_difference(&block(0, 0), m) < 1e-13);
        assert!(max_difference(&block(1, 1), &-m.adjoint()) < 1e-13);
        // The off-diagonal blocks are the positive roots: they square to 1 - MM† and 1 - M†M.
        let identity = Matrix::identity(n, n);
        assert!(max_difference(&(block(0, 1) * block(0, 1)), &(&identity - m * m.adjoint())) < 1e-13);
        assert!(max_difference(&(block(1, 0) * block(1, 0)), &(&identity - m.adjoint() * m)) < 1e-13);
        assert!(dilation.angles().iter().all(|a| (0.0..=std::f64::consts::PI).contains(a)));
    }

    #[test]
    fn blocks_are_those_of_halmos() {
        let mut rng = rng(6);
        for n in [1, 2, 8] {
            let u = random_unitary(n, &mut rng);
            check(&u);
            check(&Matrix::zeros(n, n));
            check(&Matrix::identity(n, n));
            check(&(random_unitary(n, &mut rng) * Complex::from(0.7)));
            check(&Matrix::from_fn(n, n, |i, j| u[(i, j)] * (j as f64 / n as f64)));
            check(&Matrix::from_element(n, n, Complex::from(1.0 / n as f64)));
        }
    }
}
