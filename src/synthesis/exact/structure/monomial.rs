//! At most one entry in each row and column: rotations of the ancilla, then a permutation of basis states.

use super::{STRUCTURE_TOLERANCE, Synthesised};
use crate::circuit::{Circuit, Gate};
use crate::linalg::{Dense, Matrix};
use crate::synthesis::exact::multiplexer::{Axis, Multiplexer};
use crate::synthesis::exact::sequence::{LastDiagonal, Sequence};
use std::f64::consts::PI;

/// The circuit of a monomial contraction: `W = 1`, `V` a permutation. `None` if M is no such matrix. Phases of the
/// entries are those of their rows, which are measured.
pub(super) fn synthesise(m: &Dense) -> Option<Synthesised> {
    let m = &m.to_complex();
    let n = m.nrows().trailing_zeros() as usize;
    let permutation = permutation_of(m)?;
    let angles: Vec<f64> =
        permutation.iter().enumerate().map(|(j, &i)| 2.0 * m[(i, j)].norm().min(1.0).acos()).collect();
    let mut rotation = Sequence::new();
    Multiplexer::new(&angles).append_ry_without_closing(n, &mut rotation);
    let mut circuit = rotation.into_circuit(n + 1, LastDiagonal::Keep);
    let register: Vec<usize> = (0..n).collect();
    let permuted = affine(&permutation, n).unwrap_or_else(|| reversible(&permutation, n));
    circuit.append(&permuted, &register);
    Some(Synthesised { circuit, output: register, ancillas: vec![n] })
}

/// The row of each column's entry; columns without one get the rows that are left, in order.
fn permutation_of(m: &Matrix) -> Option<Vec<usize>> {
    let largest = m.iter().fold(0.0f64, |x, z| x.max(z.norm()));
    let side = m.nrows();
    let (mut row_of, mut taken) = (vec![side; side], vec![false; side]);
    for j in 0..side {
        for i in (0..side).filter(|i| m[(*i, j)].norm() > STRUCTURE_TOLERANCE * largest) {
            if row_of[j] < side || taken[i] {
                return None;
            }
            row_of[j] = i;
            taken[i] = true;
        }
    }
    let mut left = (0..side).filter(|i| !taken[*i]).collect::<Vec<_>>().into_iter();
    row_of.iter_mut().filter(|i| **i == side).for_each(|i| *i = left.next().unwrap_or(0));
    Some(row_of)
}

/// `j -> L j ⊕ c` over bits: CXs by Gaussian elimination, then X. `None` if the permutation is not of that form.
fn affine(permutation: &[usize], n: usize) -> Option<Circuit> {
    let c = permutation[0];
    let image: Vec<usize> = (0..n).map(|b| permutation[1 << b] ^ c).collect();
    let linear = |j: usize| (0..n).filter(|b| j >> b & 1 == 1).fold(0, |sum, b| sum ^ image[b]);
    if (0..permutation.len()).any(|j| permutation[j] != linear(j) ^ c) {
        return None;
    }
    // Row i of L as a mask of columns. Row operations that turn L into 1 are CXs that turn L j into j.
    let mut rows: Vec<usize> =
        (0..n).map(|i| (0..n).filter(|b| image[*b] >> i & 1 == 1).map(|b| 1 << b).sum()).collect();
    let mut operations = vec![];
    let mut add = |rows: &mut Vec<usize>, from: usize, to: usize| {
        rows[to] ^= rows[from];
        operations.push((from, to));
    };
    for column in 0..n {
        if rows[column] >> column & 1 == 0 {
            let pivot = (column + 1..n).find(|&r| rows[r] >> column & 1 == 1)?;
            add(&mut rows, pivot, column);
        }
        for row in (0..n).filter(|&r| r != column) {
            if rows[row] >> column & 1 == 1 {
                add(&mut rows, column, row);
            }
        }
    }
    let mut circuit = Circuit::new(n);
    for (from, to) in operations.into_iter().rev() {
        circuit.push(Gate::Cx, &[from, to]);
    }
    for b in (0..n).filter(|b| c >> b & 1 == 1) {
        circuit.push(Gate::X, &[b]);
    }
    Some(circuit)
}

/// Any permutation, by transformations that put one basis state after the other into place without moving those before
/// (Miller, Maslov and Dueck, DAC 2003).
fn reversible(permutation: &[usize], n: usize) -> Circuit {
    let mut image = permutation.to_vec();
    let mut gates: Vec<(usize, usize)> = vec![];
    for state in 0..image.len() {
        let mut flip = |controls: usize, target: usize, image: &mut Vec<usize>| {
            image.iter_mut().filter(|i| **i & controls == controls).for_each(|i| *i ^= 1 << target);
            gates.push((controls, target));
        };
        // Only states not below `state` contain all these controls.
        for target in (0..n).filter(|t| state >> t & 1 == 1) {
            if image[state] >> target & 1 == 0 {
                flip(image[state], target, &mut image);
            }
        }
        for target in (0..n).filter(|t| state >> t & 1 == 0) {
            if image[state] >> target & 1 == 1 {
                flip(image[state] & !(1 << target), target, &mut image);
            }
        }
    }
    let mut circuit = Circuit::new(n);
    for (controls, target) in gates.into_iter().rev() {
        controlled_flip(controls, target, n, &mut circuit);
    }
    circuit
}

/// X on the target where all controls are 1: 0, 1, 6, 14, 30, … CX for 0, 1, 2, 3, 4, … controls.
fn controlled_flip(controls: usize, target: usize, n: usize, circuit: &mut Circuit) {
    match controls.count_ones() {
        0 => _ = circuit.push(Gate::X, &[target]),
        1 => _ = circuit.push(Gate::Cx, &[controls.trailing_zeros() as usize, target]),
        count => {
            // A phase π where all bits are 1 is `Σ_S (-1)^{|S|+1} π / 2^count` on the parity of every set S of them.
            let wires: Vec<usize> = (0..n).filter(|q| (controls | 1 << target) >> q & 1 == 1).collect();
            let angle = PI / f64::from(1u32 << count);
            let mut sequence = Sequence::new();
            circuit.push(Gate::H, &[target]);
            for (i, wire) in wires.iter().enumerate() {
                let gray = (0..1usize << i).map(|j| j ^ (j >> 1));
                let rotation = |s: usize| (s, if s.count_ones().is_multiple_of(2) { angle } else { -angle });
                Multiplexer::of_parities(gray.map(rotation)).on(&wires[..i]).append(Axis::Z, *wire, 0, &mut sequence);
            }
            // Half of each angle is a global phase: over all sets they sum up to π / 2^(count + 1).
            sequence.phase(angle / 2.0);
            circuit.append(&sequence.into_circuit(n, LastDiagonal::Keep), &(0..n).collect::<Vec<_>>());
            circuit.push(Gate::H, &[target]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Complex, max_difference};
    use crate::simulator::unitary_of;

    #[test]
    fn flips_with_any_number_of_controls() {
        for n in 1..6 {
            for target in 0..n {
                for controls in (0..1usize << n).filter(|c| c >> target & 1 == 0) {
                    let mut circuit = Circuit::new(n);
                    controlled_flip(controls, target, n, &mut circuit);
                    let flipped = |j: usize| if j & controls == controls { j ^ 1 << target } else { j };
                    let wanted = Matrix::from_fn(1 << n, 1 << n, |i, j| Complex::from(f64::from(i == flipped(j))));
                    assert!(max_difference(&unitary_of(&circuit), &wanted) < 1e-13, "{controls:b} {target}");
                }
            }
        }
    }
}
