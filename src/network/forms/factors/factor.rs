//! The factors of one sign.

use crate::linalg::{Matrix, multiply};

/// The factors of one sign: its amplitudes are `A B†`, its entries of W their squared moduli.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// A, N x r.
    pub left: Matrix,
    /// B, N x r.
    pub right: Matrix,
}

impl Factor {
    /// `A B†`, N x N.
    pub fn amplitudes(&self) -> Matrix {
        multiply(&self.left, &self.right.adjoint())
    }

    /// r
    pub fn rank(&self) -> usize {
        self.left.ncols()
    }
}
