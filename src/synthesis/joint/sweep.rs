//! Many vectors at once through the layers of a brickwork, forwards or transposed: rows of real and imaginary parts, a row
//! a basis state.

use super::brickwork::{Brickwork, Turn};
use crate::linalg::Real;
use pulp::{Arch, Simd, WithSimd};

/// What a layer does: everything diagonal first, then rotations by Ry.
pub(super) struct Layer<T> {
    qubits: usize,
    /// Cosine and sine of the phase of each basis state; nothing in front of the first rotations.
    phases: Vec<(T, T)>,
    /// Qubit, cosine and sine of half the angle.
    turns: Vec<(usize, T, T)>,
}

/// The layers of a circuit, the rotations that come first being one.
pub(super) fn layers<T: Real>(shape: &Brickwork, angles: &[f64]) -> Vec<Layer<T>> {
    let mut layers = vec![];
    let mut phases = vec![];
    for l in 0..=shape.depth() {
        let (first, turns) = shape.between(l);
        let (mut rotations, mut diagonal) = (vec![], vec![0.0; 1 << shape.qubits()]);
        for (turn, angle) in turns.iter().zip(&angles[first..]) {
            match *turn {
                Turn::Y(q) => rotations.push((q, T::of((angle / 2.0).cos()), T::of((angle / 2.0).sin()))),
                Turn::Z(q) => shift(&mut diagonal, |state| state >> q & 1 == 1, *angle),
                Turn::Zz(p, q) => shift(&mut diagonal, |state| state >> p & 1 != state >> q & 1, *angle),
            }
        }
        layers.push(Layer { qubits: shape.qubits(), phases: std::mem::take(&mut phases), turns: rotations });
        if l < shape.depth() {
            let flipped =
                |state: usize| shape.flips(l).iter().filter(|(a, b)| state >> a & state >> b & 1 == 1).count();
            let phase = |(state, angle): (usize, f64)| {
                let sign = if flipped(state) % 2 == 1 { -1.0 } else { 1.0 };
                (T::of(sign * angle.cos()), T::of(sign * angle.sin()))
            };
            phases = diagonal.into_iter().enumerate().map(phase).collect();
        }
    }
    layers
}

/// Turns the phases of states, one way or the other, by half an angle.
fn shift(phases: &mut [f64], forwards: impl Fn(usize) -> bool, angle: f64) {
    for (state, phase) in phases.iter_mut().enumerate() {
        *phase += if forwards(state) { angle / 2.0 } else { -angle / 2.0 };
    }
}

impl<T: Real> Layer<T> {
    /// Takes rows through the layer.
    pub fn apply(&self, rows: &mut [T]) {
        Arch::new().dispatch(Pass { layer: self, rows, transposed: false });
    }

    /// Takes rows through the transposed layer.
    pub fn apply_transposed(&self, rows: &mut [T]) {
        Arch::new().dispatch(Pass { layer: self, rows, transposed: true });
    }

    #[inline(always)]
    fn turn(&self, rows: &mut [T]) {
        if self.phases.is_empty() {
            return;
        }
        let width = rows.len() / self.phases.len();
        for (row, &(cos, sin)) in rows.chunks_exact_mut(width).zip(&self.phases) {
            let (re, im) = row.split_at_mut(width / 2);
            for (re, im) in re.iter_mut().zip(im) {
                (*re, *im) = (*re * cos - *im * sin, *re * sin + *im * cos);
            }
        }
    }
}

/// A layer on its way, compiled once for each width of registers.
struct Pass<'a, T> {
    layer: &'a Layer<T>,
    rows: &'a mut [T],
    transposed: bool,
}

impl<T: Real> WithSimd for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Pass { layer, rows, transposed } = self;
        if !transposed {
            layer.turn(rows);
        }
        for &(q, cos, sin) in &layer.turns {
            let sin = if transposed { -sin } else { sin };
            let run = (rows.len() >> layer.qubits) << q;
            for pair in rows.chunks_exact_mut(2 * run) {
                let (a, b) = pair.split_at_mut(run);
                for (a, b) in a.iter_mut().zip(b) {
                    (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
                }
            }
        }
        if transposed {
            layer.turn(rows);
        }
    }
}
