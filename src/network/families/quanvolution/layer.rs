//! A layer: four pixels to four qubits, rotations and CX, and <Z> of the qubits (docs/method.md, section 14).

use super::gate::{Axis, Gate, QUBITS};
use super::observable::Observable;
use super::table::Table;

/// Which of the four <Z> of a patch become channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Read {
    /// Their mean: one channel.
    #[default]
    Mean,
    /// All: four channels.
    All,
    /// That of one qubit, 0 to 3: one channel.
    Qubit(usize),
}

impl Read {
    /// How many channels there are.
    pub fn channels(self) -> usize {
        if self == Read::All { QUBITS } else { 1 }
    }

    /// What each qubit's Z counts in a channel.
    fn weights(self, channel: usize) -> [f64; QUBITS] {
        let one = |qubit: usize| std::array::from_fn(|j| f64::from(u8::from(j == qubit)));
        match self {
            Read::Mean => [1.0 / QUBITS as f64; QUBITS],
            Read::All => one(channel),
            Read::Qubit(qubit) => one(qubit),
        }
    }
}

/// A trainable quanvolution: patches of 2 x 2 pixels, side by side, each to one pixel a channel.
///
/// On a stream of several channels the same circuit runs on each, and what it reads is averaged over them.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// D rows of four, in radians: the rotations of qubits 0 to 3, and then CX from 0 to 1, 1 to 2 and 2 to 3. At least
    /// one row, all finite.
    pub angles: Vec<[f64; QUBITS]>,
    /// What they turn about.
    pub axis: Axis,
    /// What is read.
    pub read: Read,
    /// What a pixel is multiplied with to be an angle in radians: finite.
    pub scale: f64,
    /// Whether the pixels are encoded anew before every row (Eq. 8), not only before the first.
    pub reupload: bool,
    /// The streams that are added to what the layer makes: 0 is the image, k what comes out behind layer k, counting from
    /// 1. Each of them is before this layer, and there once.
    pub skip: Vec<usize>,
}

impl Layer {
    /// A layer of these angles, with what files mean where they are silent: about X, the mean, scale 1, encoded once, no
    /// skip.
    pub fn new(angles: Vec<[f64; QUBITS]>) -> Layer {
        Layer { angles, axis: Axis::X, read: Read::Mean, scale: 1.0, reupload: false, skip: vec![] }
    }

    /// T of every channel; `None` with [`Layer::reupload`], where 81 numbers do not say it.
    pub fn tables(&self) -> Option<Vec<Table>> {
        (!self.reupload).then(|| self.behind_encoding().iter().map(Table::of).collect())
    }

    /// The angles in a row.
    pub(super) fn flat(&self) -> Vec<f64> {
        self.angles.concat()
    }

    /// What every channel measures behind the circuit.
    pub(super) fn observables(&self) -> Vec<Observable> {
        (0..self.read.channels()).map(|channel| Observable::of_z(self.read.weights(channel))).collect()
    }

    /// The same moved before the ansatz: what every channel measures behind the encoding, where that is done once.
    pub(super) fn behind_encoding(&self) -> Vec<Observable> {
        let (circuit, angles) = (self.ansatz(), self.flat());
        self.observables().into_iter().map(|observable| observable.before(&circuit, &angles)).collect()
    }

    /// The circuit between an encoding and the measurement, where the pixels are encoded once.
    pub(super) fn ansatz(&self) -> Vec<Gate> {
        (0..self.angles.len()).flat_map(|row| self.row(row)).collect()
    }

    /// The whole circuit, its last four angles being those of the patch.
    pub(super) fn circuit(&self) -> Vec<Gate> {
        let first = QUBITS * self.angles.len();
        let encoding = (0..QUBITS).map(|qubit| Gate::Turn { axis: Axis::Y, qubit, angle: first + qubit });
        let rows = (0..self.angles.len()).flat_map(|row| {
            let encoded = row == 0 || self.reupload;
            encoding.clone().filter(move |_| encoded).chain(self.row(row))
        });
        rows.collect()
    }

    fn row(&self, row: usize) -> impl Iterator<Item = Gate> + use<> {
        let axis = self.axis;
        let turns = (0..QUBITS).map(move |qubit| Gate::Turn { axis, qubit, angle: QUBITS * row + qubit });
        turns.chain((1..QUBITS).map(|target| Gate::Cx { control: target - 1, target }))
    }
}

#[cfg(test)]
mod tests;
