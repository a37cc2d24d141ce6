//! What a circuit for both signs must satisfy, `p(n, 0 | m) - p(n, 1 | m) = W_nm / γ`, and the derivatives of that by all
//! angles.
//!
//! Behind layer l the states are S and what follows is A, so that `F = A S` holds the amplitudes. An angle that turns about
//! a Pauli matrix P there moves F by `-i/2 A P S`. P is `2 Π - 1` with a projector Π on half of all states, in a basis
//! that for Y is one rotation away: a product with half of the columns of A and of the rows of S is enough. And since
//! `|F|²` is what counts, the part of it along F itself drops out: the derivative of `|F|²` is `2 Im(F* A Π S)`.

use super::brickwork::{Brickwork, Turn};
use super::sweep::{Layer, layers};
use crate::linalg::{Jacobian, Real, RealMatrix, multiply_outer};
use crate::optimisation::Equations;
use rayon::prelude::*;
use std::ops::Range;

/// Inputs that go through a circuit at once where only their ends count: so few that they stay in the nearest cache.
const AT_ONCE: usize = 16;

/// Layers whose derivatives are taken at once.
const LAYERS: usize = 48;

/// The equations of a target.
pub struct JointEquations<'a> {
    shape: &'a Brickwork,
    /// W / γ
    target: RealMatrix,
}

impl<'a> JointEquations<'a> {
    /// For a circuit of this shape; `target` is W / γ, N x N. Inputs that W does not have are no equations, and neither are outputs
    /// that the register can spell and W does not have.
    pub fn new(shape: &'a Brickwork, target: &RealMatrix) -> JointEquations<'a> {
        JointEquations { shape, target: target.clone() }
    }

    /// States of the register, from one sign to the other.
    fn half(&self) -> usize {
        self.states() / 2
    }

    fn states(&self) -> usize {
        1 << self.shape.qubits()
    }

    /// Rows of unit vectors, of which there may be fewer than basis states.
    fn units<T: Real>(&self, vectors: Range<usize>) -> Vec<T> {
        let width = vectors.len();
        let mut rows = vec![T::of(0.0); 2 * width * self.states()];
        vectors.enumerate().for_each(|(k, state)| rows[2 * width * state + k] = T::of(1.0));
        rows
    }
}

impl Equations for JointEquations<'_> {
    fn residuals(&self, angles: &[f64]) -> Vec<f64> {
        let (dim, half) = (self.shape.dim(), self.half());
        let layers = layers::<f64>(self.shape, angles);
        let few = |first: usize| {
            let inputs = first..dim.min(first + AT_ONCE);
            let width = inputs.len();
            let mut rows: Vec<f64> = self.units(inputs.clone());
            layers.iter().for_each(|layer| layer.apply(&mut rows));
            let p = |n: usize, k: usize| {
                let (re, im) = (rows[2 * width * n + k], rows[2 * width * n + width + k]);
                re * re + im * im
            };
            let of = |m: usize| {
                let k = m - inputs.start;
                (0..dim).map(move |n| p(n, k) - p(n + half, k) - self.target[(n, m)]).collect::<Vec<f64>>()
            };
            inputs.clone().flat_map(of).collect::<Vec<f64>>()
        };
        (0..dim).into_par_iter().step_by(AT_ONCE).map(few).collect::<Vec<_>>().concat()
    }

    fn jacobian<T: Real>(&self, angles: &[f64]) -> Jacobian<T> {
        let layers = layers::<T>(self.shape, angles);
        let mut jacobian = Jacobian::zeros(self.target.len(), angles.len());
        let last = self.shape.depth();
        let segments: Vec<Range<usize>> =
            (0..=last).rev().step_by(LAYERS).map(|end| (end + 1).saturating_sub(LAYERS)..end + 1).collect();
        let rows = self.units(0..self.states());
        let (states, mut after) = rayon::join(|| self.prefixes(&layers), || suffixes(&layers, &segments[0], rows));
        let ends = Amplitudes::of(self, &states[last]);
        let mut columns = jacobian.columns_mut().rev();
        for (s, segment) in segments.iter().enumerate() {
            let mut places: Vec<(usize, Vec<&mut [T]>)> = vec![];
            for l in segment.clone().rev() {
                places.push((l, columns.by_ref().take(self.shape.between(l).1.len()).collect()));
            }
            let derive = || {
                places.into_par_iter().with_max_len(1).for_each(|(l, columns)| {
                    let (_, turns) = self.shape.between(l);
                    let here =
                        Here { equations: self, states: &states[l], after: &after[l - segment.start], ends: &ends };
                    here.derive(turns, columns);
                });
            };
            let next = || {
                let next = segments.get(s + 1)?;
                let mut rows = after[0].clone();
                layers[segment.start].apply_transposed(&mut rows);
                Some(suffixes(&layers, next, rows))
            };
            let ((), next) = rayon::join(derive, next);
            after = next.unwrap_or_default();
        }
        jacobian
    }
}

impl JointEquations<'_> {
    /// The states behind each layer.
    fn prefixes<T: Real>(&self, layers: &[Layer<T>]) -> Vec<Vec<T>> {
        let mut rows = self.units(0..self.shape.dim());
        let mut behind = vec![];
        for layer in layers {
            layer.apply(&mut rows);
            behind.push(rows.clone());
        }
        behind
    }
}

/// What follows each layer of a segment, transposed; `rows` is what follows the last.
fn suffixes<T: Real>(layers: &[Layer<T>], segment: &Range<usize>, rows: Vec<T>) -> Vec<Vec<T>> {
    let mut after = vec![rows];
    for l in (segment.start + 1..segment.end).rev() {
        let mut rows = after[after.len() - 1].clone();
        layers[l].apply_transposed(&mut rows);
        after.push(rows);
    }
    after.reverse();
    after
}

/// F: a column an input.
struct Amplitudes<T> {
    re: Vec<T>,
    im: Vec<T>,
}

impl<T: Real> Amplitudes<T> {
    fn of(equations: &JointEquations<'_>, rows: &[T]) -> Amplitudes<T> {
        let (dim, states) = (equations.shape.dim(), equations.states());
        let part = |offset: usize| {
            let entry = |m: usize| (0..states).map(move |n| rows[2 * dim * n + offset + m]);
            (0..dim).flat_map(entry).collect()
        };
        Amplitudes { re: part(0), im: part(dim) }
    }
}

/// A place between two layers.
struct Here<'a, T> {
    equations: &'a JointEquations<'a>,
    states: &'a [T],
    after: &'a [T],
    ends: &'a Amplitudes<T>,
}

impl<T: Real> Here<'_, T> {
    /// The derivatives by angles that turn here.
    fn derive(&self, turns: &[Turn], columns: Vec<&mut [T]>) {
        let (dim, count) = (self.equations.shape.dim(), self.equations.states());
        let (mut a, mut s) = (vec![], vec![]);
        let mut product = vec![T::of(0.0); 2 * count * dim];
        // Columns come last to first.
        for (turn, column) in turns.iter().rev().zip(columns) {
            a.clear();
            s.clear();
            let scale = match *turn {
                Turn::Z(q) => {
                    (0..count).filter(|i| i >> q & 1 == 0).for_each(|i| self.project(i, &mut a, &mut s));
                    T::of(2.0)
                }
                Turn::Zz(p, q) => {
                    (0..count).filter(|i| i >> p & 1 == i >> q & 1).for_each(|i| self.project(i, &mut a, &mut s));
                    T::of(2.0)
                }
                Turn::Y(q) => {
                    (0..count).filter(|i| i >> q & 1 == 0).for_each(|i| self.project_y(i, i | 1 << q, &mut a, &mut s));
                    T::of(1.0)
                }
            };
            multiply_outer(&a, &s, count, &mut product);
            self.read_off(&product, scale, column);
        }
    }

    /// Column i of what follows, and row i of the states, as a pair of each: real and imaginary part.
    fn project(&self, i: usize, a: &mut Vec<T>, s: &mut Vec<T>) {
        let (dim, count) = (self.equations.shape.dim(), self.equations.states());
        a.extend_from_slice(&self.after[2 * count * i..2 * count * (i + 1)]);
        let row = &self.states[2 * dim * i..2 * dim * (i + 1)];
        let (re, im) = row.split_at(dim);
        s.extend_from_slice(row);
        s.extend(im.iter().map(|x| -*x));
        s.extend_from_slice(re);
    }

    /// The same of a pair of basis states in the basis of Y: `A_i + i A_j` and `S_i - i S_j`.
    fn project_y(&self, i: usize, j: usize, a: &mut Vec<T>, s: &mut Vec<T>) {
        let (dim, count) = (self.equations.shape.dim(), self.equations.states());
        let [re_i, im_i, re_j, im_j] = pair(self.after, count, i, j);
        a.extend(re_i.iter().zip(im_j).map(|(x, y)| *x - *y));
        a.extend(im_i.iter().zip(re_j).map(|(x, y)| *x + *y));
        let [re_i, im_i, re_j, im_j] = pair(self.states, dim, i, j);
        s.extend(re_i.iter().zip(im_j).map(|(x, y)| *x + *y));
        s.extend(im_i.iter().zip(re_j).map(|(x, y)| *x - *y));
        s.extend(im_i.iter().zip(re_j).map(|(x, y)| *y - *x));
        s.extend(re_i.iter().zip(im_j).map(|(x, y)| *x + *y));
    }

    /// `scale Im(F* P)` of sign 0 less that of sign 1.
    fn read_off(&self, product: &[T], scale: T, column: &mut [T]) {
        let (half, count) = (self.equations.half(), self.equations.states());
        let (re, im) = product.split_at(product.len() / 2);
        let Amplitudes { re: f_re, im: f_im } = self.ends;
        let inputs = re.chunks_exact(count).zip(im.chunks_exact(count));
        let ends = f_re.chunks_exact(count).zip(f_im.chunks_exact(count));
        for (((re, im), (f_re, f_im)), column) in
            inputs.zip(ends).zip(column.chunks_exact_mut(self.equations.shape.dim()))
        {
            for (n, out) in column.iter_mut().enumerate() {
                let of = |n: usize| f_re[n] * im[n] - f_im[n] * re[n];
                *out = scale * (of(n) - of(n + half));
            }
        }
    }
}

/// Real and imaginary parts of rows i and j, which are so wide.
fn pair<T>(rows: &[T], width: usize, i: usize, j: usize) -> [&[T]; 4] {
    let at = |part: usize| &rows[width * part..width * (part + 1)];
    [at(2 * i), at(2 * i + 1), at(2 * j), at(2 * j + 1)]
}
