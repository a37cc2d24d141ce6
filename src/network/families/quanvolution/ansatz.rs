//! What a layer does to its four qubits between the pixels and the measurement.

use super::gate::{Axis, Gate, QUBITS, Step};

/// The circuit of a layer, and with its angles what training moves.
#[derive(Clone, Debug, PartialEq)]
pub enum Ansatz {
    /// Rotations and chains of CX.
    Rows(Rows),
    /// Any gates, first to last.
    Gates(Vec<Step>),
}

/// D times a rotation of each qubit and then CX from 0 to 1, 1 to 2 and 2 to 3 (Eqs. 3-7).
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// D rows of four angles in radians, those of qubits 0 to 3: at least one row, all finite.
    pub angles: Vec<[f64; QUBITS]>,
    /// What they turn about.
    pub axis: Axis,
    /// Whether the pixels are encoded anew before every row (Eq. 8), not only before the first.
    pub reupload: bool,
}

impl Ansatz {
    /// The angles, first to last, in radians.
    pub fn angles(&self) -> Vec<f64> {
        match self {
            Ansatz::Rows(rows) => rows.angles.concat(),
            Ansatz::Gates(steps) => steps.iter().filter_map(Step::angle).collect(),
        }
    }

    /// Puts angles back.
    ///
    /// # Panics
    /// If there are not as many as [`Ansatz::angles`] has.
    pub fn set_angles(&mut self, values: &[f64]) {
        match self {
            Ansatz::Rows(rows) => rows.angles.copy_from_slice(values.as_chunks::<QUBITS>().0),
            Ansatz::Gates(steps) => {
                let mut values = values.iter();
                for step in steps {
                    if let Step::Turn(_, _, angle) = step {
                        *angle = *values.next().expect("as many angles as rotations");
                    }
                }
                assert!(values.next().is_none(), "as many angles as rotations");
            }
        }
    }

    /// The gates behind each encoding of the pixels, first to last: one list, or one a row where pixels are encoded anew.
    pub fn rounds(&self) -> Vec<Vec<Step>> {
        match self {
            Ansatz::Gates(steps) => vec![steps.clone()],
            Ansatz::Rows(rows) => {
                let all = rows.angles.iter().map(|angles| {
                    let turns = angles.iter().enumerate().map(|(q, angle)| Step::Turn(rows.axis, q, *angle));
                    turns.chain((1..QUBITS).map(|target| Step::Cx(target - 1, target))).collect()
                });
                if rows.reupload { all.collect() } else { vec![all.flat_map(|row: Vec<Step>| row).collect()] }
            }
        }
    }

    /// The gates behind the encoding, where the pixels are encoded once.
    pub(super) fn gates(&self) -> Vec<Gate> {
        match self {
            Ansatz::Rows(rows) => (0..rows.angles.len()).flat_map(|row| rows.row(row)).collect(),
            Ansatz::Gates(steps) => {
                let mut turns = 0..;
                let gate = |step: &Step| match *step {
                    Step::Turn(axis, qubit, _) => {
                        Gate::Turn { axis, qubit, angle: turns.next().expect("numbers do not end") }
                    }
                    Step::Cx(control, target) => Gate::Cx { control, target },
                    Step::Cz(one, other) => Gate::Cz { one, other },
                };
                steps.iter().map(gate).collect()
            }
        }
    }

    /// The whole circuit where the pixels are encoded again and again; the last four angles are those of the patch.
    pub(super) fn interleaved(&self) -> Option<Vec<Gate>> {
        let Ansatz::Rows(rows @ Rows { reupload: true, angles, .. }) = self else { return None };
        let encoding =
            (0..QUBITS).map(|qubit| Gate::Turn { axis: Axis::Y, qubit, angle: QUBITS * angles.len() + qubit });
        Some((0..angles.len()).flat_map(|row| encoding.clone().chain(rows.row(row))).collect())
    }
}

impl Rows {
    fn row(&self, row: usize) -> impl Iterator<Item = Gate> + use<> {
        let axis = self.axis;
        let turns = (0..QUBITS).map(move |qubit| Gate::Turn { axis, qubit, angle: QUBITS * row + qubit });
        turns.chain((1..QUBITS).map(|target| Gate::Cx { control: target - 1, target }))
    }
}

impl Step {
    /// Its angle, where it has one.
    fn angle(&self) -> Option<f64> {
        if let Step::Turn(_, _, angle) = self { Some(*angle) } else { None }
    }
}
