//! Operators as what is done with them, and what rounding adds where it is done.

use super::gates::ROUNDOFF;
use super::operator::{Operator, modulus_norm};

/// Entries that are added up before their sum joins those before.
pub(super) const GROUP: usize = 4;

/// An entry that is not zero.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub column: usize,
    pub re: f64,
    pub im: f64,
}

/// Of each row of an operator the entries that are not zero.
pub(super) struct Kernel {
    terms: Vec<Term>,
    /// Where in `terms` each row starts, and where the last one ends.
    starts: Vec<usize>,
    /// g: what rounding adds to the 2-norm of a vector of norm 1 that it is applied to; for a matrix X, g ‖|X|‖₂ at most.
    pub rounding: f64,
    /// e: what the operator itself is off by.
    pub error: f64,
}

impl Kernel {
    /// The kernel of an operator.
    pub fn of(operator: &Operator) -> Kernel {
        let mut terms = Vec::with_capacity(operator.re.len());
        let (mut starts, mut worst) = (Vec::with_capacity(operator.side + 1), 0.0f64);
        starts.push(0);
        for (re, im) in operator.re.chunks_exact(operator.side).zip(operator.im.chunks_exact(operator.side)) {
            let start = terms.len();
            let nonzero = re.iter().zip(im).enumerate().filter(|(_, (re, im))| **re != 0.0 || **im != 0.0);
            terms.extend(nonzero.map(|(column, (&re, &im))| Term { column, re, im }));
            starts.push(terms.len());
            worst = worst.max(roundings(&terms[start..]));
        }
        let size = if worst == 0.0 { 0.0 } else { modulus_norm(&operator.re, &operator.im, operator.side) };
        Kernel { terms, starts, rounding: worst * ROUNDOFF * size, error: operator.error }
    }

    /// The entries of a row.
    #[inline(always)]
    pub fn row(&self, i: usize) -> &[Term] {
        &self.terms[self.starts[i]..self.starts[i + 1]]
    }
}

/// Roundings that a term of a row goes through, in units of the roundoff: that of its product, √5 where both factors are
/// complex, and one for each sum that it is part of.
fn roundings(row: &[Term]) -> f64 {
    let of = |term: &Term| match (term.re, term.im) {
        (re, im) if (re == 0.0 && im.abs() == 1.0) || (re.abs() == 1.0 && im == 0.0) => 0.0,
        (re, im) if re == 0.0 || im == 0.0 => 1.0,
        _ => 2.2361,
    };
    let product = row.iter().map(of).fold(0.0, f64::max);
    let sums = row.len().min(GROUP).saturating_sub(1) + row.len().div_ceil(GROUP).saturating_sub(1);
    product + sums as f64
}
