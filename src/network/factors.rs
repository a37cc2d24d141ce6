//! Blocks given by factors: `W = |A+ B+†|² - |A- B-†|²` elementwise, each factor N x r, so that each sign's amplitudes have
//! rank r whatever W has.

use crate::linalg::{Matrix, RealMatrix, multiply};

/// The factors of one sign: its amplitudes are `A B†`, its entries of W their squared moduli.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// A, N x r.
    pub left: Matrix,
    /// B, N x r.
    pub right: Matrix,
}

/// The factors of a block; a sign that is left out has no entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors {
    /// Of the entries that count as positive.
    pub plus: Option<Factor>,
    /// Of those that count as negative.
    pub minus: Option<Factor>,
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

impl Factors {
    /// W, N x N.
    ///
    /// # Panics
    /// If both signs are left out.
    pub fn weight(&self) -> RealMatrix {
        let squares = |factor: &Factor| factor.amplitudes().map(|z| z.norm_sqr());
        match (&self.plus, &self.minus) {
            (Some(plus), Some(minus)) => squares(plus) - squares(minus),
            (Some(plus), None) => squares(plus),
            (None, Some(minus)) => -squares(minus),
            (None, None) => panic!("a block has entries of one sign at least"),
        }
    }

    /// Both signs, plus first.
    pub fn signs(&self) -> impl Iterator<Item = &Factor> {
        [&self.plus, &self.minus].into_iter().flatten()
    }
}
