//! A layer: four pixels to four qubits, rotations and CX, and `<Z>` of the qubits (docs/method.md, section 14).

use super::ansatz::{Ansatz, Rows};
use super::gate::{Axis, QUBITS};
use super::observable::Observable;
use super::stream::{Shape, Stream};
use super::table::Table;

/// Which of the four `<Z>` of a patch become channels.
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
    pub fn weights(self, channel: usize) -> [f64; QUBITS] {
        let one = |qubit: usize| std::array::from_fn(|j| f64::from(u8::from(j == qubit)));
        match self {
            Read::Mean => [1.0 / QUBITS as f64; QUBITS],
            Read::All => one(channel),
            Read::Qubit(qubit) => one(qubit),
        }
    }

    /// What a channel is of the `<Z>` of the four qubits.
    pub(super) fn of(self, channel: usize, means: &[f64; QUBITS]) -> f64 {
        self.weights(channel).iter().zip(means).map(|(weight, mean)| weight * mean).sum()
    }
}

/// A trainable quanvolution: patches of 2 x 2 pixels, side by side, each to one pixel a channel.
///
/// On a stream of several channels the same circuit runs on each, and what it reads is averaged over them.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What happens between the pixels and the measurement.
    pub ansatz: Ansatz,
    /// What is read.
    pub read: Read,
    /// What a pixel is multiplied with to be an angle in radians: finite.
    pub scale: f64,
    /// The streams that are added to what the layer makes: 0 is the image, k what comes out behind layer k, counting from
    /// 1. Each of them is before this layer, and there once.
    pub skip: Vec<usize>,
}

impl Layer {
    /// A layer with what files mean where they are silent: the mean is read, scale 1, no skip.
    pub fn new(ansatz: Ansatz) -> Layer {
        Layer { ansatz, read: Read::Mean, scale: 1.0, skip: vec![] }
    }

    /// A layer of these rows of angles about X, encoded once.
    pub fn of_rows(angles: Vec<[f64; QUBITS]>) -> Layer {
        Layer::new(Ansatz::Rows(Rows { angles, axis: Axis::X, reupload: false }))
    }

    /// T of every channel; `None` with [`Rows::reupload`], where 81 numbers do not say it.
    pub fn tables(&self) -> Option<Vec<Table>> {
        self.ansatz.interleaved().is_none().then(|| self.behind_encoding().iter().map(Table::of).collect())
    }

    /// `<Z>` of the four qubits, whatever is read, at many patches of four angles in radians.
    pub fn expectations(&self, patches: &[[f64; QUBITS]]) -> Vec<[f64; QUBITS]> {
        let all = Layer { read: Read::All, ..self.clone() };
        let Some(circuit) = self.ansatz.interleaved() else {
            let tables = all.behind_encoding().iter().map(Table::of).collect::<Vec<_>>();
            return patches.iter().map(|angles| std::array::from_fn(|q| tables[q].value(*angles))).collect();
        };
        let (angles, observables) = (self.ansatz.angles(), all.observables());
        let at = |patch: &[f64; QUBITS]| {
            let angles = [&angles[..], patch].concat();
            std::array::from_fn(|q| observables[q].clone().before(&circuit, &angles).at_zero())
        };
        patches.iter().map(at).collect()
    }

    /// The angles in radians of the patches of a stream, channel by channel and row by row.
    pub fn patches(&self, stream: &Stream) -> Vec<[f64; QUBITS]> {
        let (rows, columns) = stream.shape.patches();
        let at = |n: usize| (n / (rows * columns), n / columns % rows, n % columns);
        let patch = |n: usize| {
            let (channel, row, column) = at(n);
            let places = Stream::patch(stream.shape, channel, row, column);
            places.map(|place| self.scale * place.map_or(0.0, |place| stream.pixels[place]))
        };
        (0..stream.shape.channels * rows * columns).map(patch).collect()
    }

    /// The stream behind the layer: what it makes, and the streams of its skip, in the shape of their sum.
    pub(super) fn joined(&self, made: &Stream, streams: &[Stream], shape: Shape) -> Stream {
        let mut sum = Stream::zeros(shape);
        sum.add(made);
        self.skip.iter().for_each(|&j| sum.add(&streams[j]));
        sum
    }

    /// What every channel measures behind the circuit.
    pub(super) fn observables(&self) -> Vec<Observable> {
        (0..self.read.channels()).map(|channel| Observable::of_z(self.read.weights(channel))).collect()
    }

    /// The same moved before the ansatz: what every channel measures behind the encoding, where that is done once.
    pub(super) fn behind_encoding(&self) -> Vec<Observable> {
        let (circuit, angles) = (self.ansatz.gates(), self.ansatz.angles());
        self.observables().into_iter().map(|observable| observable.before(&circuit, &angles)).collect()
    }
}

#[cfg(test)]
mod tests;
