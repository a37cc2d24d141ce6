//! Gram matrices `J Jᵀ` of many rows, and their Cholesky factors, by tiles: lower halves only, all cores, sums in an
//! order that does not depend on how many cores there are.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltParams, LltRegularization, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::traits::RealField;
use faer::{Accum, Auto, MatMut, MatRef, Par, Spec};
use rayon::prelude::*;
use std::ops::{Add, Mul, Neg, Sub};

/// Real numbers of either precision.
pub trait Real:
    RealField + Copy + Send + Sync + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// The nearest number to a double.
    fn of(value: f64) -> Self;
    /// The number as a double.
    fn double(self) -> f64;
}

impl Real for f32 {
    #[inline(always)]
    fn of(value: f64) -> f32 {
        value as f32
    }

    #[inline(always)]
    fn double(self) -> f64 {
        self.into()
    }
}

impl Real for f64 {
    #[inline(always)]
    fn of(value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn double(self) -> f64 {
        self
    }
}

/// Rows of a tile of a large matrix.
const SIDE: usize = 256;

/// The derivatives of some values by some parameters.
#[derive(Clone, Debug)]
pub struct Jacobian<T> {
    /// By the first parameter, by the second, …
    columns: Vec<T>,
    values: usize,
}

impl<T: Real> Jacobian<T> {
    /// Zeros.
    pub fn zeros(values: usize, parameters: usize) -> Jacobian<T> {
        Jacobian { columns: vec![T::of(0.0); values * parameters], values }
    }

    /// The derivatives of all values by each parameter in turn.
    pub fn columns_mut(&mut self) -> std::slice::ChunksExactMut<'_, T> {
        self.columns.chunks_exact_mut(self.values)
    }

    /// `Jᵀ y`
    pub fn transposed_times(&self, y: &[f64]) -> Vec<f64> {
        let dot = |column: &[T]| {
            let mut sums = [0.0; 8];
            for (column, y) in column.chunks(8).zip(y.chunks(8)) {
                for ((sum, a), y) in sums.iter_mut().zip(column).zip(y) {
                    *sum += a.double() * y;
                }
            }
            sums.iter().sum()
        };
        self.columns.par_chunks_exact(self.values).map(dot).collect()
    }

    /// The lower half of `J Jᵀ`.
    pub fn gram(&self) -> Tiles<T> {
        let n = self.values;
        let whole = MatRef::from_column_major_slice(&self.columns, n, self.columns.len() / n.max(1));
        Tiles::build(n, |rows, columns| {
            let mut tile = vec![T::of(0.0); rows.len() * columns.len()];
            let target = MatMut::from_column_major_slice_mut(&mut tile, rows.len(), columns.len());
            let (a, b) = (whole.subrows(rows.start, rows.len()), whole.subrows(columns.start, columns.len()));
            matmul(target, Accum::Replace, a, b.transpose(), T::of(1.0), Par::Seq);
            tile
        })
    }
}

/// The lower half of a symmetric matrix, or a lower triangle, tile by tile, each column by column.
#[derive(Clone, Debug)]
pub struct Tiles<T> {
    side: usize,
    /// Tiles of the first column of tiles, from the diagonal down, then of the second, …
    columns: Vec<Vec<Vec<T>>>,
}

/// Rows or columns of a tile.
type Span = std::ops::Range<usize>;

fn span(side: usize, tile: usize) -> Span {
    tile * SIDE..side.min((tile + 1) * SIDE)
}

impl<T: Real> Tiles<T> {
    fn build(side: usize, tile: impl Fn(Span, Span) -> Vec<T> + Sync) -> Tiles<T> {
        let count = side.div_ceil(SIDE);
        let places: Vec<(usize, usize)> = (0..count).flat_map(|j| (j..count).map(move |i| (i, j))).collect();
        let made: Vec<Vec<T>> =
            places.par_iter().with_max_len(1).map(|&(i, j)| tile(span(side, i), span(side, j))).collect();
        let mut made = made.into_iter();
        let columns = (0..count).map(|j| made.by_ref().take(count - j).collect()).collect();
        Tiles { side, columns }
    }

    /// The mean of the diagonal; zero where there is none.
    pub fn mean_of_diagonal(&self) -> f64 {
        let of = |(j, column): (usize, &Vec<Vec<T>>)| {
            let rows = span(self.side, j).len();
            column[0].iter().step_by(rows + 1).map(|x| x.double()).sum::<f64>()
        };
        self.columns.iter().enumerate().map(of).sum::<f64>() / self.side.max(1) as f64
    }

    /// The factor L of `A + shift = L Lᵀ`; none where rounding leaves no positive matrix.
    pub fn cholesky(&self, shift: f64) -> Option<Cholesky<T>> {
        let mut tiles = self.clone();
        for j in 0..tiles.columns.len() {
            let side = tiles.side;
            let width = span(side, j).len();
            let (done, rest) = tiles.columns.split_at_mut(j);
            let column = &mut rest[0];
            column[0].iter_mut().step_by(width + 1).for_each(|x| *x = T::of(x.double() + shift));
            column.par_iter_mut().enumerate().with_max_len(1).for_each(|(below, tile)| {
                let i = j + below;
                let rows = span(side, i).len();
                let mut target = MatMut::from_column_major_slice_mut(tile, rows, width);
                for (k, left) in done.iter().enumerate() {
                    let inner = span(side, k).len();
                    let a = MatRef::from_column_major_slice(&left[i - k], rows, inner);
                    let b = MatRef::from_column_major_slice(&left[j - k], width, inner);
                    matmul(target.as_mut(), Accum::Add, a, b.transpose(), T::of(-1.0), Par::Seq);
                }
            });
            let (diagonal, below) = column.split_at_mut(1);
            factor(&mut diagonal[0], width)?;
            let triangle = MatRef::from_column_major_slice(&diagonal[0], width, width);
            below.par_iter_mut().enumerate().with_max_len(1).for_each(|(below, tile)| {
                let rows = span(side, j + 1 + below).len();
                let target = MatMut::from_column_major_slice_mut(tile, rows, width);
                solve_lower_triangular_in_place(triangle, target.transpose_mut(), Par::Seq);
            });
        }
        Some(Cholesky(tiles))
    }
}

/// The Cholesky factor of a small matrix, in its place.
fn factor<T: Real>(tile: &mut [T], side: usize) -> Option<()> {
    let params = Spec::new(<LltParams as Auto<T>>::auto());
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<T>(side, Par::Seq, params));
    let whole = MatMut::from_column_major_slice_mut(tile, side, side);
    let stack = MemStack::new(&mut memory);
    cholesky_in_place(whole, LltRegularization::default(), Par::Seq, stack, params).ok()?;
    tile.iter().step_by(side + 1).all(|x| x.double().is_finite()).then_some(())
}

/// A lower triangle L.
#[derive(Clone, Debug)]
pub struct Cholesky<T>(Tiles<T>);

impl<T: Real> Cholesky<T> {
    /// The x of `L Lᵀ x = b`.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let Tiles { side, columns } = &self.0;
        let mut x = b.to_vec();
        for (j, column) in columns.iter().enumerate() {
            let at = span(*side, j);
            let (solved, below) = x[at.start..].split_at_mut(at.len());
            for c in 0..at.len() {
                let triangle = &column[0][c * at.len()..(c + 1) * at.len()];
                solved[c] /= triangle[c].double();
                let by = solved[c];
                solved[c + 1..].iter_mut().zip(&triangle[c + 1..]).for_each(|(x, l)| *x -= l.double() * by);
            }
            let solved = &*solved;
            below.par_chunks_mut(SIDE).zip(&column[1..]).for_each(|(below, tile)| {
                for (entries, by) in tile.chunks_exact(below.len()).zip(solved) {
                    below.iter_mut().zip(entries).for_each(|(x, l)| *x -= l.double() * by);
                }
            });
        }
        for (j, column) in columns.iter().enumerate().rev() {
            let at = span(*side, j);
            let (solved, below) = x[at.start..].split_at_mut(at.len());
            let part = |(below, tile): (&[f64], &Vec<T>)| -> Vec<f64> {
                let dot = |entries: &[T]| entries.iter().zip(below).map(|(l, x)| l.double() * x).sum();
                tile.chunks_exact(below.len()).map(dot).collect()
            };
            let parts: Vec<Vec<f64>> = below.par_chunks(SIDE).zip(&column[1..]).map(part).collect();
            parts.iter().for_each(|part| solved.iter_mut().zip(part).for_each(|(x, d)| *x -= d));
            for c in (0..at.len()).rev() {
                let triangle = &column[0][c * at.len()..(c + 1) * at.len()];
                let rest: f64 = triangle[c + 1..].iter().zip(&solved[c + 1..]).map(|(l, x)| l.double() * x).sum();
                solved[c] = (solved[c] - rest) / triangle[c].double();
            }
        }
        x
    }
}

/// The product of a matrix given column by column and one given row by row, column by column; `inner` is how many columns
/// the one and rows the other has.
///
/// # Panics
/// If the lengths are of no such matrices.
pub fn multiply_outer<T: Real>(a: &[T], b: &[T], inner: usize, out: &mut [T]) {
    let (m, n) = (a.len() / inner, b.len() / inner);
    let target = MatMut::from_column_major_slice_mut(out, m, n);
    let (a, b) = (MatRef::from_column_major_slice(a, m, inner), MatRef::from_row_major_slice(b, inner, n));
    matmul(target, Accum::Replace, a, b, T::of(1.0), Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use rand::RngExt;

    fn check<T: Real>(values: usize, parameters: usize, tolerance: f64) {
        let mut rng = rng(values as u64);
        let mut jacobian = Jacobian::<T>::zeros(values, parameters);
        jacobian.columns_mut().flatten().for_each(|x| *x = T::of(rng.random_range(-1.0..1.0)));
        let b: Vec<f64> = (0..values).map(|_| rng.random_range(-1.0..1.0)).collect();
        let gram = jacobian.gram();
        let shift = 0.1 * gram.mean_of_diagonal();
        let x = gram.cholesky(shift).unwrap().solve(&b);
        // J (Jᵀ x) + shift x
        let back = jacobian.transposed_times(&x);
        let mut again: Vec<f64> = x.iter().map(|x| x * shift).collect();
        for (column, by) in jacobian.columns_mut().zip(&back) {
            again.iter_mut().zip(column).for_each(|(sum, a)| *sum += a.double() * by);
        }
        let worst = again.iter().zip(&b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(worst < tolerance, "{values} x {parameters}: {worst:e}");
    }

    #[test]
    fn factors_solve_what_they_are_of() {
        for (values, parameters) in [(1, 3), (7, 5), (255, 300), (600, 640), (513, 100)] {
            check::<f64>(values, parameters, 1e-11);
            check::<f32>(values, parameters, 2e-3);
        }
    }

    #[test]
    fn no_positive_matrix_has_no_factor() {
        let mut jacobian = Jacobian::<f64>::zeros(3, 1);
        jacobian.columns_mut().flatten().for_each(|x| *x = 1.0);
        assert!(jacobian.gram().cholesky(-1.0).is_none());
        assert!(Jacobian::<f64>::zeros(0, 4).gram().cholesky(1.0).unwrap().solve(&[]).is_empty());
    }
}
