//! The calls into faer's SVD and Hermitian eigensolver, with the recursion size under our control.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::svd::{ComputeSvdVectors, SvdParams, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::{Auto, Mat, MatRef, Par, Spec};

/// How faer goes about a decomposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Divide and conquer from side 128 on: fast. On blocks of orthogonal matrices, whose singular values crowd at 0
    /// and 1, faer 0.24 sometimes returns vectors that are off by 1e-3, so its results have to be checked.
    Fast,
    /// QR iteration at every size: several times slower at side 256, and never seen to fail.
    Sure,
}

/// Matrices below this side are solved by QR iteration either way.
pub(super) const RECURSION_STARTS: usize = 128;

/// Left vectors, singular values (in T), right vectors; all vectors, also those of a rectangular matrix's null space.
pub(super) fn singular<T: ComplexField>(a: MatRef<'_, T>, way: Way) -> (Mat<T>, Diag<T>, Mat<T>) {
    let (m, n) = a.shape();
    let mut params = <SvdParams as Auto<T>>::auto();
    if way == Way::Sure {
        params.recursion_threshold = usize::MAX;
    }
    let params = Spec::new(params);
    let (mut u, mut s, mut v) = (Mat::zeros(m, m), Diag::zeros(m.min(n)), Mat::zeros(n, n));
    let full = ComputeSvdVectors::Full;
    let mut memory = MemBuffer::new(svd_scratch::<T>(m, n, full, full, Par::Seq, params));
    let stack = MemStack::new(&mut memory);
    let done = svd(a, s.as_mut(), Some(u.as_mut()), Some(v.as_mut()), Par::Seq, stack, params);
    done.expect("the SVD of a finite matrix converges");
    (u, s, v)
}

/// Eigenvalues (in T, increasing) and eigenvectors of a Hermitian matrix.
pub(super) fn hermitian<T: ComplexField>(a: MatRef<'_, T>, way: Way) -> (Diag<T>, Mat<T>) {
    let n = a.nrows();
    let mut params = <SelfAdjointEvdParams as Auto<T>>::auto();
    if way == Way::Sure {
        params.recursion_threshold = usize::MAX;
    }
    let params = Spec::new(params);
    let (mut s, mut u) = (Diag::zeros(n), Mat::zeros(n, n));
    let mut memory = MemBuffer::new(self_adjoint_evd_scratch::<T>(n, ComputeEigenvectors::Yes, Par::Seq, params));
    let stack = MemStack::new(&mut memory);
    let done = self_adjoint_evd(a, s.as_mut(), Some(u.as_mut()), Par::Seq, stack, params);
    done.expect("a finite Hermitian matrix has an eigendecomposition");
    (s, u)
}
