//! A layer in closed form: what it measures is linear in 1, sin and cos of each of its four angles, 81 numbers a channel.

use super::gate::{Gate, QUBITS};
use super::observable::Observable;

/// T of one channel (docs/method.md, section 14): `y(x) = Σ_P T[P] f_P0(x_0) f_P1(x_1) f_P2(x_2) f_P3(x_3)` with
/// `f = (1, sin, cos)` for P = I, X, Z.
#[derive(Clone, Debug, PartialEq)]
pub struct Table([f64; 81]);

impl Table {
    /// Of an observable at the end of the encoding: rotations about Y from |0> show no Y.
    pub(super) fn of(observable: &Observable) -> Table {
        Table(observable.coefficients())
    }

    /// The 81 numbers, that of P at `27 P_0 + 9 P_1 + 3 P_2 + P_3` with I, X, Z as 0, 1, 2.
    pub fn coefficients(&self) -> &[f64; 81] {
        &self.0
    }

    /// What is measured, from -1 to 1, at four angles in radians.
    pub fn value(&self, angles: [f64; QUBITS]) -> f64 {
        let waves = angles.map(|angle| [1.0, angle.sin(), angle.cos()]);
        // One angle after the other, the last first.
        let mut left = self.0.to_vec();
        for wave in waves.iter().rev() {
            left = left.chunks_exact(3).map(|t| t.iter().zip(wave).map(|(t, f)| t * f).sum()).collect();
        }
        left[0]
    }
}

/// One of the 81 numbers, as entry of a 9 x 9 matrix: rows are the strings of the upper two qubits, columns of the lower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub row: usize,
    pub column: usize,
    pub value: f64,
}

/// The terms of a table that can differ from zero, whatever the angles of its circuit are, row by row: few, since a circuit
/// without Y before it makes few strings of Z.
pub(super) fn terms(table: &Table, behind: &Observable, circuit: &[Gate]) -> Vec<Term> {
    let reached = behind.clone().reached(circuit);
    let all = table.0.iter().zip(reached).enumerate().filter(|(_, (_, reached))| *reached);
    all.map(|(at, (&value, _))| Term { row: at / 9, column: at % 9, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::quanvolution::{Ansatz, Layer, Read, Step, random_steps};
    use crate::random::rng;

    fn terms_of(layer: &Layer) -> Vec<Vec<Term>> {
        let (circuit, ends) = (layer.ansatz.gates(), layer.behind_encoding());
        let of = |(end, behind): (&Observable, &Observable)| terms(&Table::of(end), behind, &circuit);
        ends.iter().zip(&layer.observables()).map(of).collect()
    }

    #[test]
    fn terms_are_few_and_none_is_missing() {
        for (depth, count) in [(1, 4), (2, 14), (3, 16), (4, 32)] {
            let rows = (0..depth).map(|k| std::array::from_fn(|q| 0.3 + 0.7 * (4 * k + q) as f64)).collect();
            let layer = Layer { read: Read::All, ..Layer::of_rows(rows) };
            assert_eq!(terms_of(&layer).iter().map(Vec::len).sum::<usize>(), count, "depth {depth}");
            // Angles of zero leave fewer that are not zero, but as many that their derivatives need.
            let still = Layer { read: Read::All, ..Layer::of_rows(vec![[0.0; 4]; depth]) };
            assert_eq!(terms_of(&still).iter().map(Vec::len).sum::<usize>(), count, "depth {depth}");
        }
        for seed in 0..50 {
            let steps: Vec<Step> = random_steps(12, &mut rng(seed));
            let layer = Layer { read: Read::All, ..Layer::new(Ansatz::Gates(steps)) };
            for (table, terms) in layer.tables().unwrap().iter().zip(terms_of(&layer)) {
                let held = |at: usize| terms.iter().find(|t| 9 * t.row + t.column == at).map_or(0.0, |t| t.value);
                assert!((0..81).all(|at| held(at) == table.coefficients()[at]), "{seed}");
            }
        }
    }
}
