//! Block-ZXZ: a unitary on k qubits to four on k-1 and three multiplexed Rz, down to two qubits.
//!
//! De Vos and De Baerdemacker (2016); Krol and Al-Ars, arXiv:2403.13692, for the counts.

use super::demultiplex::demultiplex;
use super::multiplexer::{Axis, Multiplexer};
use super::sequence::Sequence;
use crate::circuit::Gate;
use crate::linalg::{Complex, Matrix, multiply, polar};
use crate::random::Rng;
use nalgebra::{Matrix2, Matrix4};

/// Appends a 2^k x 2^k unitary on qubits 0..k.
///
/// ```text
/// U = [[X, Y], [U21, U22]] = (A1 ⊕ A2) · (H⊗1) · (1 ⊕ B) · (H⊗1) · (1 ⊕ C),   H on qubit k-1
///   X = S_X U_X, Y = S_Y U_Y (polar)     C† = i U_Y† U_X
///   A1 = (S_X + i S_Y) U_X               A2 = U21 + U22 C†      B = 2 A1† X - 1
/// ```
///
/// Each multiplexer is then demultiplexed. The CX at the inner end of the first and the last turns into a CZ
/// across the H, and a CZ on qubit k-1 is part of `1 ⊕ B`: two CX saved a level.
pub(super) fn decompose(u: &Matrix, k: usize, sequence: &mut Sequence, rng: &mut Rng) {
    match k {
        0 => return sequence.phase(u[(0, 0)].arg()),
        1 => return sequence.one_qubit(&Matrix2::from_fn(|i, j| u[(i, j)]), 0),
        2 => return sequence.pair(Matrix4::from_fn(|i, j| u[(i, j)])),
        _ => {}
    }
    let half = 1 << (k - 1);
    let top = k - 1;
    let block = |i: usize, j: usize| u.view((i * half, j * half), (half, half)).into_owned();
    let one = Matrix::identity(half, half);

    let x = block(0, 0);
    let (s_x, u_x) = polar(&x);
    let (s_y, u_y) = polar(&block(0, 1));
    let c_adjoint = multiply(&u_y.adjoint(), &u_x) * Complex::I;
    let a1 = multiply(&(s_x + s_y * Complex::I), &u_x);
    let a2 = block(1, 0) + multiply(&block(1, 1), &c_adjoint);
    let b = multiply(&a1.adjoint(), &x) * Complex::from(2.0) - &one;

    let first = demultiplex(&one, &c_adjoint.adjoint(), rng);
    let last = demultiplex(&a1, &a2, rng);
    let (first_rz, last_rz) = (Multiplexer::new(&first.rz_angles()), Multiplexer::new(&last.rz_angles()));

    // Leave the closing CX from the top control to the middle only where it saves one.
    let closing = 1 << (top - 1);
    let merged = |rz: &Multiplexer| if rz.last_mask() & closing != 0 { closing } else { 0 };
    let (first_mask, last_mask) = (merged(&first_rz), merged(&last_rz));
    let inner0 = multiply(&last.w, &first.v);
    let mut inner1 = multiply(&multiply(&last.w, &b), &first.v);
    for j in (0..half).filter(|j| j & closing != 0) {
        if first_mask != 0 {
            inner1.column_mut(j).neg_mut();
        }
        if last_mask != 0 {
            inner1.row_mut(j).neg_mut();
        }
    }
    let middle = demultiplex(&inner0, &inner1, rng);

    decompose(&first.w, top, sequence, rng);
    first_rz.append(Axis::Z, top, first_mask, sequence);
    sequence.gate(Gate::H, &[top]);
    decompose(&middle.w, top, sequence, rng);
    Multiplexer::new(&middle.rz_angles()).append(Axis::Z, top, 0, sequence);
    decompose(&middle.v, top, sequence, rng);
    sequence.gate(Gate::H, &[top]);
    last_rz.append_mirrored(Axis::Z, top, last_mask, sequence);
    decompose(&last.v, top, sequence, rng);
}
