//! Multiplexed rotations: Ry or Rz on one qubit, its angle chosen by the basis state of the controls.
//!
//! `R(θ_j)` for control value j factors into rotations by α_s, each made while the target holds the parity of
//! the controls in mask s: `θ_j = Σ_s (-1)^{|j & s|} α_s`, so `α = WHT(θ) / 2^m`. Along a Gray code one CX
//! moves from mask to mask (Möttönen et al., Phys. Rev. Lett. 93, 130502, 2004).

use super::sequence::Sequence;
use crate::circuit::{Circuit, Gate};
use crate::linalg::walsh_hadamard;

/// The axis of a multiplexed rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// exp(-iθY/2)
    Y,
    /// exp(-iθZ/2)
    Z,
}

impl Axis {
    fn gate(self, angle: f64) -> Gate {
        match self {
            Axis::Y => Gate::Ry(angle),
            Axis::Z => Gate::Rz(angle),
        }
    }
}

/// A rotation angle below this is rounding error and needs no gate, nor a CX to get to its mask.
const NO_ROTATION: f64 = 1e-15;

/// A multiplexed rotation as its nonzero parity rotations, in Gray code order.
pub(super) struct Multiplexer {
    rotations: Vec<(usize, f64)>,
}

impl Multiplexer {
    /// From one angle for each of the 2^m control values.
    pub(super) fn new(angles: &[f64]) -> Self {
        let mut alpha = angles.to_vec();
        walsh_hadamard(&mut alpha);
        let gray = (0..alpha.len()).map(|i| i ^ (i >> 1));
        let scale = 1.0 / angles.len() as f64;
        Multiplexer::of_parities(gray.map(|s| (s, alpha[s] * scale)))
    }

    /// From the rotations themselves: `(mask, angle)`, by increasing Gray code index.
    pub(super) fn of_parities(rotations: impl IntoIterator<Item = (usize, f64)>) -> Self {
        Multiplexer { rotations: rotations.into_iter().filter(|r| r.1.abs() > NO_ROTATION).collect() }
    }

    /// The same with control i on qubit `wires[i]`; masks are of qubits from here on.
    pub(super) fn on(mut self, wires: &[usize]) -> Self {
        self.rotations.iter_mut().for_each(|(mask, _)| *mask = spread(*mask, wires));
        self
    }

    /// Whether there is nothing to do.
    pub(super) fn is_identity(&self) -> bool {
        self.rotations.is_empty()
    }

    /// The mask the target holds after the last rotation; the top control alone for generic angles.
    pub(super) fn last_mask(&self) -> usize {
        self.rotations.last().map_or(0, |r| r.0)
    }

    /// Appends `CX(controls of end_mask)† · multiplexer`: with `end_mask` 0 the multiplexer itself. Qubit i is
    /// control i.
    pub(super) fn append(&self, axis: Axis, target: usize, end_mask: usize, sequence: &mut Sequence) {
        let mut held = 0;
        for &(mask, angle) in &self.rotations {
            flip(held ^ mask, target, sequence);
            sequence.gate(axis.gate(angle), &[target]);
            held = mask;
        }
        flip(held ^ end_mask, target, sequence);
    }

    /// Appends `multiplexer · CX(controls of start_mask)`, the mirror image of [`Multiplexer::append`].
    pub(super) fn append_mirrored(&self, axis: Axis, target: usize, start_mask: usize, sequence: &mut Sequence) {
        let mut held = start_mask;
        for &(mask, angle) in self.rotations.iter().rev() {
            flip(held ^ mask, target, sequence);
            sequence.gate(axis.gate(angle), &[target]);
            held = mask;
        }
        flip(held, target, sequence);
    }

    /// Appends a multiplexed Ry written with CZ, less those that would close it: one onto the target from each
    /// control in [`Multiplexer::last_mask`]. Where the target is kept only if it reads 0 they do nothing.
    pub(super) fn append_ry_without_closing(&self, target: usize, sequence: &mut Sequence) {
        // CZ flips the sign of an Ry as CX does, and CZ = H CX H: between the two H every CZ is a CX and every
        // Ry(α) an Ry(-α).
        let Some(&(first_mask, first)) = self.rotations.first() else { return };
        if self.last_mask() == 0 {
            return sequence.gate(Gate::Ry(first), &[target]);
        }
        let inner = if first_mask == 0 {
            sequence.gate(Gate::Ry(first), &[target]);
            &self.rotations[1..]
        } else {
            &self.rotations[..]
        };
        sequence.gate(Gate::H, &[target]);
        let mut held = 0;
        for (i, &(mask, angle)) in inner.iter().enumerate() {
            flip(held ^ mask, target, sequence);
            held = mask;
            if i + 1 < inner.len() {
                sequence.gate(Gate::Ry(-angle), &[target]);
            } else {
                sequence.gate(Gate::H, &[target]);
                sequence.gate(Gate::Ry(angle), &[target]);
            }
        }
    }
}

/// The mask of `wires[i]` for every bit i of a compact mask.
pub(super) fn spread(mask: usize, wires: &[usize]) -> usize {
    wires.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, q)| 1 << q).sum()
}

/// Whether a mask has an odd number of bits.
pub(super) fn odd(mask: usize) -> bool {
    mask.count_ones() % 2 == 1
}

/// Qubit numbers of compact control bits: bit i is qubit i below `low`, and qubit `first + i - low` above.
pub(super) fn controls(low: usize, first: usize, count: usize) -> Vec<usize> {
    (0..low).chain(first..first + count - low).collect()
}

/// One CX onto the target from each control in `mask`.
fn flip(mask: usize, target: usize, sequence: &mut Sequence) {
    for control in (0..usize::BITS as usize).filter(|c| mask >> c & 1 == 1) {
        sequence.gate(Gate::Cx, &[control, target]);
    }
}

/// The circuit of a multiplexed rotation on m + 1 qubits: controls 0..m, target m, `angles[j]` (radians) where
/// the controls hold j. At most 2^m CX.
///
/// # Panics
/// If the number of angles is not a power of two.
pub fn multiplexed_rotation(axis: Axis, angles: &[f64]) -> Circuit {
    assert!(angles.len().is_power_of_two(), "one angle for each control value");
    let controls = angles.len().trailing_zeros() as usize;
    let mut sequence = Sequence::new();
    Multiplexer::new(angles).append(axis, controls, 0, &mut sequence);
    sequence.into_circuit(controls + 1, super::LastDiagonal::Keep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, Matrix, max_difference};
    use crate::simulator::unitary_of;

    fn direct(axis: Axis, angles: &[f64]) -> Matrix {
        let n = angles.len();
        let mut m = Matrix::zeros(2 * n, 2 * n);
        for (j, &angle) in angles.iter().enumerate() {
            let r = axis.gate(angle).one_qubit_matrix().unwrap();
            for (a, row) in r.iter().enumerate() {
                for (b, &x) in row.iter().enumerate() {
                    m[(j + a * n, j + b * n)] = x;
                }
            }
        }
        m
    }

    #[test]
    fn one_cx_an_angle() {
        for m in 0..6 {
            let angles: Vec<f64> = (0..1 << m).map(|j| (j as f64 * 1.7 + 0.3).sin()).collect();
            for axis in [Axis::Y, Axis::Z] {
                let circuit = multiplexed_rotation(axis, &angles);
                assert!(max_difference(&unitary_of(&circuit), &direct(axis, &angles)) < 1e-14);
                assert_eq!(Cost::of(&circuit).two_qubit_gates, if m == 0 { 0 } else { 1 << m });
            }
        }
    }

    #[test]
    fn structure_needs_fewer() {
        let count = |angles: &[f64]| Cost::of(&multiplexed_rotation(Axis::Y, angles)).two_qubit_gates;
        assert_eq!(count(&[0.4; 8]), 0);
        assert_eq!(count(&[0.0; 8]), 0);
        // Only the low control matters.
        assert_eq!(count(&[0.4, 1.0, 0.4, 1.0, 0.4, 1.0, 0.4, 1.0]), 2);
    }

    #[test]
    fn closing_cxs_are_left_out_where_the_target_is_kept_at_zero() {
        for m in 0..5usize {
            let n = 1 << m;
            let sets: [Vec<f64>; 4] = [
                (0..n).map(|j| (j as f64 + 0.5).cos() * 3.0).collect(),
                vec![0.7; n],
                (0..n).map(|j| if j == 0 { 0.0 } else { std::f64::consts::PI }).collect(),
                (0..n).map(|j| if j % 2 == 0 { 0.3 } else { -0.3 }).collect(),
            ];
            for angles in sets {
                let mut sequence = Sequence::new();
                Multiplexer::new(&angles).append_ry_without_closing(m, &mut sequence);
                let circuit = sequence.into_circuit(m + 1, super::super::LastDiagonal::Keep);
                let u = unitary_of(&circuit);
                let kept = u.view((0, 0), (n, n)).into_owned();
                let wanted =
                    Matrix::from_fn(
                        n,
                        n,
                        |i, j| if i == j { Complex::from((angles[j] / 2.0).cos()) } else { Complex::ZERO },
                    );
                assert!(max_difference(&kept, &wanted) < 1e-14, "{angles:?}");
                assert!(Cost::of(&circuit).two_qubit_gates < n.max(1));
            }
        }
    }
}
