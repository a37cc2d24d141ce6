//! Damped normal equations: `J Jᵀ`, and a Cholesky factor of it, on all cores and with the same rounding on any number of them.

use super::RealMatrix;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltParams, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Accum, Auto, MatMut, MatRef, Par, Spec};
use rayon::prelude::*;

/// Columns that one thread takes at a time. Fixed, so that threads cannot change a sum.
const BLOCK: usize = 128;

/// The lower triangle of `J Jᵀ`, rows x rows; what is above it means nothing.
pub fn gram(j: &RealMatrix) -> RealMatrix {
    let (n, columns) = j.shape();
    let mut out = RealMatrix::zeros(n, n);
    let view = MatRef::from_column_major_slice(j.as_slice(), n, columns);
    out.as_mut_slice().par_chunks_mut(n * BLOCK).enumerate().for_each(|(b, block)| {
        let (first, width) = (b * BLOCK, block.len() / n);
        let target = MatMut::from_column_major_slice_mut(block, n, width).subrows_mut(first, n - first);
        let (below, own) = (view.subrows(first, n - first), view.subrows(first, width));
        matmul(target, Accum::Replace, below, own.transpose(), 1.0, Par::Seq);
    });
    out
}

/// `(A + damping)⁻¹ b` of a symmetric A whose lower triangle is given; none where that is not positive definite.
///
/// # Panics
/// If sizes differ.
pub fn solve_damped(lower: &RealMatrix, damping: f64, b: &[f64]) -> Option<Vec<f64>> {
    let n = lower.nrows();
    assert_eq!((lower.ncols(), b.len()), (n, n), "a square and a side of it");
    let mut factor = lower.clone();
    (0..n).for_each(|i| factor[(i, i)] += damping);
    factorise(factor.as_mut_slice(), n)?;
    let mut x = b.to_vec();
    let l = MatRef::from_column_major_slice(factor.as_slice(), n, n);
    solve_lower_triangular_in_place(l, MatMut::from_column_major_slice_mut(&mut x, n, 1), Par::Seq);
    let target = MatMut::from_column_major_slice_mut(&mut x, n, 1);
    faer::linalg::triangular_solve::solve_upper_triangular_in_place(l.transpose(), target, Par::Seq);
    x.iter().all(|v| v.is_finite()).then_some(x)
}

/// The Cholesky factor in place of the lower triangle, block column by block column.
fn factorise(a: &mut [f64], n: usize) -> Option<()> {
    let params: Spec<LltParams, f64> = Spec::new(<LltParams as Auto<f64>>::auto());
    for first in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - first);
        let (before, rest) = a.split_at_mut((first + width) * n);
        let column = &mut before[first * n..];
        let (top, below) =
            MatMut::from_column_major_slice_mut(column, n, width).subrows_mut(first, n - first).split_at_row_mut(width);
        let mut top = top;
        let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(width, Par::Seq, params));
        cholesky_in_place(top.as_mut(), Default::default(), Par::Seq, MemStack::new(&mut memory), params).ok()?;
        // X Lᵀ = A below, as L Xᵀ = Aᵀ.
        let mut below = below;
        solve_lower_triangular_in_place(top.as_ref(), below.as_mut().transpose_mut(), Par::Seq);
        let panel = below.as_ref();
        rest.par_chunks_mut(n * BLOCK).enumerate().for_each(|(b, block)| {
            let (start, width) = (b * BLOCK, block.len() / n);
            let rows = panel.nrows() - start;
            let target = MatMut::from_column_major_slice_mut(block, n, width).subrows_mut(n - rows, rows);
            let own = panel.subrows(start, width);
            matmul(target, Accum::Add, panel.subrows(start, rows), own.transpose(), -1.0, Par::Seq);
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use rand::RngExt;

    #[test]
    fn what_is_solved_multiplies_out_again() {
        let mut rng = rng(8);
        for (n, columns) in [(1, 3), (5, 5), (128, 130), (129, 200), (300, 310)] {
            let j = RealMatrix::from_fn(n, columns, |_, _| rng.random_range(-1.0..1.0));
            let whole = &j * j.transpose();
            let lower = gram(&j);
            for i in 0..n {
                for k in 0..=i {
                    assert!((lower[(i, k)] - whole[(i, k)]).abs() < 1e-11, "{n} {i} {k}");
                }
            }
            let b: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
            let x = RealMatrix::from_vec(n, 1, solve_damped(&lower, 0.5, &b).unwrap());
            let back = &whole * &x + &x * 0.5;
            assert!((back - RealMatrix::from_vec(n, 1, b.clone())).amax() < 1e-9, "{n}");
            assert!(solve_damped(&-lower, 0.0, &b).is_none());
        }
    }
}
