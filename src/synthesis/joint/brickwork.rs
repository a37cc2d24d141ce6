//! The circuits that are searched: CZ between neighbours on a line, in turns, and rotations of what they touch.
//!
//! ```text
//! 0 ─ Ry ─ ●── Rz Ry ────────────  The register is the line's first qubits, the sign its last. Behind a CZ both qubits
//! 1 ─ Ry ─ ●── Rz Ry ─ ●── Rz Ry   turn by Rz and Ry: four angles a gate of two qubits, and no more can be told apart.
//! 2 ─ Ry ─ ●── Rz Ry ─ ●── Rz Ry
//! 3 ─ Ry ─ ●── Rz Ry ────────────
//! ```

use crate::circuit::{Circuit, Gate, TwoByTwo};
use crate::linalg::{Complex, Matrix, RealMatrix, multiply};
use rayon::prelude::*;

/// A circuit without its angles.
#[derive(Clone, Debug)]
pub(super) struct Brickwork {
    /// Qubits of the line: the register and the sign.
    pub qubits: usize,
    /// Pairs of each layer.
    layers: Vec<Vec<(usize, usize)>>,
}

impl Brickwork {
    /// So many CZ on so many qubits, at least two unless there is no CZ.
    pub fn new(qubits: usize, pairs: usize) -> Brickwork {
        let (mut layers, mut left) = (vec![], pairs);
        while left > 0 && qubits > 1 {
            let start = if qubits > 2 { layers.len() % 2 } else { 0 };
            let layer: Vec<(usize, usize)> = (start..qubits - 1).step_by(2).map(|q| (q, q + 1)).take(left).collect();
            left -= layer.len();
            layers.push(layer);
        }
        Brickwork { qubits, layers }
    }

    /// The qubits that each layer turns behind its CZ, lowest first.
    fn touched(layer: &[(usize, usize)]) -> impl Iterator<Item = usize> {
        layer.iter().flat_map(|&(a, b)| [a, b])
    }

    /// One Ry a qubit, then Rz and Ry of each qubit of each pair.
    pub fn angle_count(&self) -> usize {
        self.qubits + 4 * self.layers.iter().map(Vec::len).sum::<usize>()
    }

    /// The gates at these angles.
    pub fn circuit(&self, angles: &[f64]) -> Circuit {
        let mut circuit = Circuit::new(self.qubits);
        let (first, mut rest) = angles.split_at(self.qubits);
        for (q, angle) in first.iter().enumerate() {
            circuit.push(Gate::Ry(*angle), &[q]);
        }
        for layer in &self.layers {
            layer.iter().for_each(|&(a, b)| _ = circuit.push(Gate::Cz, &[a, b]));
            for q in Brickwork::touched(layer) {
                circuit.push(Gate::Rz(rest[0]), &[q]);
                circuit.push(Gate::Ry(rest[1]), &[q]);
                rest = &rest[2..];
            }
        }
        circuit
    }

    /// States behind the first turns and behind every layer, for the first `inputs` states of the register.
    fn states(&self, angles: &[f64], inputs: usize) -> Vec<Matrix> {
        let side = 1 << self.qubits;
        let (first, mut rest) = angles.split_at(self.qubits);
        let mut state = Matrix::from_fn(side, inputs, |n, m| if n == m { Complex::ONE } else { Complex::ZERO });
        for (q, angle) in first.iter().enumerate() {
            turn(&mut state, q, &ry(*angle));
        }
        let mut all = Vec::with_capacity(self.layers.len() + 1);
        all.push(state);
        for layer in &self.layers {
            let mut state = all[all.len() - 1].clone();
            flip(&mut state, layer);
            for q in Brickwork::touched(layer) {
                turn(&mut state, q, &behind(rest[0], rest[1]));
                rest = &rest[2..];
            }
            all.push(state);
        }
        all
    }

    /// `p(n, 0 | m) - p(n, 1 | m)` of the first `dim` inputs: half of all states x dim.
    pub fn map(&self, angles: &[f64], dim: usize) -> RealMatrix {
        let states = self.states(angles, dim);
        read(&states[states.len() - 1])
    }

    /// The map, and its derivatives: a row an entry, column by column, a column an angle.
    pub fn jacobian(&self, angles: &[f64], dim: usize) -> (RealMatrix, RealMatrix) {
        let states = self.states(angles, dim);
        let last = &states[states.len() - 1];
        let (side, half) = (last.nrows(), last.nrows() / 2);
        let map = read(last);
        let widths: Vec<usize> =
            [self.qubits].into_iter().chain(self.layers.iter().map(|layer| 4 * layer.len())).collect();
        // What follows each layer, last to first.
        let mut following = vec![Matrix::identity(side, side)];
        let mut end = angles.len();
        for layer in self.layers.iter().rev() {
            let own = &angles[end - 4 * layer.len()..end];
            end -= 4 * layer.len();
            let mut next = following[following.len() - 1].clone();
            for (q, pair) in Brickwork::touched(layer).zip(own.chunks_exact(2)) {
                turn_columns(&mut next, q, &behind(pair[0], pair[1]));
            }
            flip_columns(&mut next, layer);
            following.push(next);
        }
        following.reverse();
        let mut jacobian = RealMatrix::zeros(half * dim, angles.len());
        let mut columns = jacobian.as_mut_slice();
        let mut jobs = vec![];
        let mut start = 0;
        for (l, width) in widths.iter().enumerate() {
            let (own, rest) = columns.split_at_mut(width * half * dim);
            jobs.push((l, start, own));
            start += width;
            columns = rest;
        }
        jobs.into_par_iter().for_each(|(l, start, own)| {
            let moved = self.moved(l, &angles[start..], &states[l]);
            let slopes = multiply(&following[l], &moved);
            for (a, column) in own.chunks_exact_mut(half * dim).enumerate() {
                for m in 0..dim {
                    let (of, by) = (last.column(m), slopes.column(a * dim + m));
                    for n in 0..half {
                        let real = |n: usize| of[n].re * by[n].re + of[n].im * by[n].im;
                        column[m * half + n] = 2.0 * (real(n) - real(n + half));
                    }
                }
            }
        });
        (map, jacobian)
    }

    /// Derivatives of the states behind a layer by its angles, side by side.
    fn moved(&self, layer: usize, angles: &[f64], state: &Matrix) -> Matrix {
        let inputs = state.ncols();
        let y = [[Complex::ZERO, Complex::from(-0.5)], [Complex::from(0.5), Complex::ZERO]];
        let z = [[Complex::new(0.0, -0.5), Complex::ZERO], [Complex::ZERO, Complex::new(0.0, 0.5)]];
        let mut generators: Vec<(usize, TwoByTwo)> = vec![];
        if layer == 0 {
            generators.extend((0..self.qubits).map(|q| (q, y)));
        } else {
            for (q, pair) in Brickwork::touched(&self.layers[layer - 1]).zip(angles.chunks_exact(2)) {
                // Rz comes first, and what follows it is turned along.
                let (after, before) = (ry(pair[1]), ry(-pair[1]));
                generators.push((q, product(&product(&after, &z), &before)));
                generators.push((q, y));
            }
        }
        let mut all = Matrix::zeros(state.nrows(), inputs * generators.len());
        for (a, (q, generator)) in generators.iter().enumerate() {
            let mut moved = state.clone();
            turn(&mut moved, *q, generator);
            all.columns_mut(a * inputs, inputs).copy_from(&moved);
        }
        all
    }
}

/// `p(n, 0 | m) - p(n, 1 | m)` of the states behind a circuit, a column an input.
fn read(states: &Matrix) -> RealMatrix {
    let half = states.nrows() / 2;
    RealMatrix::from_fn(half, states.ncols(), |n, m| states[(n, m)].norm_sqr() - states[(n + half, m)].norm_sqr())
}

fn matrix(gate: Gate) -> TwoByTwo {
    gate.one_qubit_matrix().expect("a rotation of one qubit")
}

fn ry(angle: f64) -> TwoByTwo {
    matrix(Gate::Ry(angle))
}

/// What turns a qubit behind a CZ: Rz by the first angle, then Ry by the second.
fn behind(first: f64, second: f64) -> TwoByTwo {
    product(&ry(second), &matrix(Gate::Rz(first)))
}

fn product(a: &TwoByTwo, b: &TwoByTwo) -> TwoByTwo {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}

/// A matrix on a qubit of every column.
fn turn(state: &mut Matrix, q: usize, u: &TwoByTwo) {
    let step = 1 << q;
    for pair in state.as_mut_slice().chunks_exact_mut(2 * step) {
        let (zeros, ones) = pair.split_at_mut(step);
        for (zero, one) in zeros.iter_mut().zip(ones) {
            (*zero, *one) = (u[0][0] * *zero + u[0][1] * *one, u[1][0] * *zero + u[1][1] * *one);
        }
    }
}

/// A matrix in front of an operator: `A u`, u on a qubit.
fn turn_columns(operator: &mut Matrix, q: usize, u: &TwoByTwo) {
    let rows = operator.nrows();
    for pair in operator.as_mut_slice().chunks_exact_mut((2 * rows) << q) {
        let (zeros, ones) = pair.split_at_mut(rows << q);
        for (zero, one) in zeros.iter_mut().zip(ones) {
            (*zero, *one) = (u[0][0] * *zero + u[1][0] * *one, u[0][1] * *zero + u[1][1] * *one);
        }
    }
}

fn flipped(state: usize, layer: &[(usize, usize)]) -> bool {
    layer.iter().filter(|(a, b)| state >> a & state >> b & 1 == 1).count() % 2 == 1
}

/// CZ on pairs of qubits of every column.
fn flip(state: &mut Matrix, layer: &[(usize, usize)]) {
    for (_, mut row) in state.row_iter_mut().enumerate().filter(|(n, _)| flipped(*n, layer)) {
        row.neg_mut();
    }
}

fn flip_columns(operator: &mut Matrix, layer: &[(usize, usize)]) {
    for (_, mut column) in operator.column_iter_mut().enumerate().filter(|(n, _)| flipped(*n, layer)) {
        column.neg_mut();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use approx::assert_abs_diff_eq;
    use rand::RngExt;
    use std::f64::consts::PI;

    #[test]
    fn maps_are_those_of_the_circuit_and_slopes_those_of_the_map() {
        let mut rng = rng(6);
        for (qubits, dim, pairs) in [(1, 1, 0), (2, 2, 3), (3, 4, 5), (4, 5, 9)] {
            let brickwork = Brickwork::new(qubits, pairs);
            let angles: Vec<f64> = (0..brickwork.angle_count()).map(|_| rng.random_range(-PI..PI)).collect();
            let circuit = brickwork.circuit(&angles);
            assert_eq!(Cost::of(&circuit).two_qubit_gates, pairs);
            let u = unitary_of(&circuit);
            let half = u.nrows() / 2;
            let (map, jacobian) = brickwork.jacobian(&angles, dim);
            let wanted = RealMatrix::from_fn(half, dim, |n, m| u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr());
            assert_abs_diff_eq!(map, wanted, epsilon = 1e-13);
            assert_abs_diff_eq!(map, brickwork.map(&angles, dim), epsilon = 1e-15);
            for a in 0..angles.len() {
                let moved = |by: f64| {
                    let mut moved = angles.clone();
                    moved[a] += by;
                    brickwork.map(&moved, dim)
                };
                let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                let found = RealMatrix::from_column_slice(half, dim, jacobian.column(a).as_slice());
                assert_abs_diff_eq!(found, slope, epsilon = 1e-8);
            }
        }
    }
}
