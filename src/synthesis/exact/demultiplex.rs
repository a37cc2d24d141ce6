//! Demultiplexing: two unitaries chosen by one qubit, as two unchosen ones around a multiplexed Rz.

use crate::linalg::{Complex, Matrix, diagonalise_unitary, multiply};
use crate::random::Rng;

/// `A = V D W` and `B = V D† W`, D = diag(e^{iδ}).
pub(super) struct Demultiplexed {
    /// The unitary applied last.
    pub(super) v: Matrix,
    /// The angles δ, in (-π/2, π/2].
    pub(super) delta: Vec<f64>,
    /// The unitary applied first.
    pub(super) w: Matrix,
}

impl Demultiplexed {
    /// The angles of the multiplexed Rz on the choosing qubit: `D ⊕ D†` is `Rz(-2 δ_j)` for control value j.
    pub(super) fn rz_angles(&self) -> Vec<f64> {
        self.delta.iter().map(|d| -2.0 * d).collect()
    }
}

/// Splits `A ⊕ B`, both m x m (Shende, Bullock and Markov, theorem 12):
///
/// ```text
/// A ⊕ B = (V ⊕ V) · (D ⊕ D†) · (W ⊕ W),   A B† = V D² V†,   W = D V† B
/// ```
pub(super) fn demultiplex(a: &Matrix, b: &Matrix, rng: &mut Rng) -> Demultiplexed {
    let (theta, v) = diagonalise_unitary(&multiply(a, &b.adjoint()), rng);
    let delta: Vec<f64> = theta.iter().map(|t| t / 2.0).collect();
    let mut w = multiply(&v.adjoint(), b);
    for (mut row, d) in w.row_iter_mut().zip(&delta) {
        row *= Complex::from_polar(1.0, *d);
    }
    Demultiplexed { v, delta, w }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::max_difference;
    use crate::linalg::random_unitary;
    use crate::random::rng;

    #[test]
    fn multiplies_back() {
        let mut rng = rng(8);
        for n in [1, 2, 4, 16] {
            let u = random_unitary(n, &mut rng);
            for other in [u.clone(), -u.clone(), random_unitary(n, &mut rng), Matrix::identity(n, n)] {
                let parts = demultiplex(&u, &other, &mut rng);
                let d = |sign: f64| {
                    Matrix::from_diagonal(&nalgebra::DVector::from_iterator(
                        n,
                        parts.delta.iter().map(|&x| Complex::from_polar(1.0, sign * x)),
                    ))
                };
                assert!(max_difference(&(&parts.v * d(1.0) * &parts.w), &u) < 1e-13);
                assert!(max_difference(&(&parts.v * d(-1.0) * &parts.w), &other) < 1e-13);
            }
        }
    }
}
