//! The forward pass of a batch and its way back. Layers are put in closed form once, for all patches of all images.

use super::gate::{Gate, QUBITS};
use super::layer::Layer;
use super::observable::Observable;
use super::shape::{Image, Quanvolution};
use super::stream::{Shape, Stream};
use super::table::{Patch, Table, add_table_slopes};
use crate::linalg::RealMatrix;
use crate::network::largest;
use rayon::prelude::*;

/// Images that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
pub(crate) const AT_ONCE: usize = 4;

/// How derivatives reach the stream that a layer reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// Through the layer, whose expectation values are smooth in their angles: the true gradient.
    #[default]
    Through,
    /// Not at all: by skips alone, as in the paper's Figs. 3, 7 and 11.
    Cut,
}

/// A layer ready to run.
struct Ready<'a> {
    layer: &'a Layer,
    way: Way,
}

/// How a patch becomes a pixel of each channel.
enum Way {
    /// By the table of each channel; what those come from is kept for the way back.
    Closed { observables: Vec<Observable>, tables: Vec<Table> },
    /// By moving what each channel measures through the circuit, with the angles of the patch.
    Whole { circuit: Vec<Gate>, observables: Vec<Observable> },
}

/// What the way back needs of an image.
pub(crate) struct Trace {
    /// The patches that each layer saw, channel by channel and row by row.
    patches: Vec<Vec<Patch>>,
    last: Vec<f64>,
}

/// Derivatives by what a network is run with: sums over images.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slopes {
    /// By 81 numbers a channel, or by the angles.
    layers: Vec<Vec<f64>>,
    head: Vec<f64>,
}

impl Slopes {
    /// Adds those of other images.
    pub(crate) fn add(&mut self, other: &Slopes) {
        let pairs = self.layers.iter_mut().zip(&other.layers).chain([(&mut self.head, &other.head)]);
        pairs.for_each(|(sum, part)| sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
    }
}

impl<'a> Ready<'a> {
    fn new(layer: &'a Layer) -> Ready<'a> {
        let way = match layer.ansatz.interleaved() {
            Some(circuit) => Way::Whole { circuit, observables: layer.observables() },
            None => {
                let observables = layer.behind_encoding();
                Way::Closed { tables: observables.iter().map(Table::of).collect(), observables }
            }
        };
        Ready { layer, way }
    }

    fn value(&self, channel: usize, patch: &Patch) -> f64 {
        match &self.way {
            Way::Closed { tables, .. } => tables[channel].at(patch),
            Way::Whole { circuit, observables } => {
                observables[channel].clone().before(circuit, &self.all_angles(patch)).at_zero()
            }
        }
    }

    fn all_angles(&self, patch: &Patch) -> Vec<f64> {
        [self.layer.ansatz.angles(), patch.angles.to_vec()].concat()
    }

    /// As many zeros as [`Ready::add_slopes`] adds to.
    fn no_slopes(&self) -> Vec<f64> {
        match &self.way {
            Way::Closed { tables, .. } => vec![0.0; 81 * tables.len()],
            Way::Whole { .. } => vec![0.0; self.layer.ansatz.angles().len()],
        }
    }

    /// Adds `by` times the derivatives by the layer, and gives those by the patch's angles where they are wanted.
    fn add_slopes(&self, channel: usize, patch: &Patch, by: f64, wanted: bool, slopes: &mut [f64]) -> [f64; QUBITS] {
        match &self.way {
            Way::Closed { tables, .. } => {
                add_table_slopes(patch, by, &mut slopes.as_chunks_mut::<81>().0[channel]);
                if wanted { tables[channel].slopes(patch, by) } else { [0.0; QUBITS] }
            }
            Way::Whole { circuit, observables } => {
                let angles = self.all_angles(patch);
                let mut found = vec![0.0; angles.len()];
                let end = observables[channel].clone().before(circuit, &angles);
                end.add_slopes(Observable::zero_state().scaled(by), circuit, &angles, &mut found);
                slopes.iter_mut().zip(&found).for_each(|(sum, part)| *sum += part);
                std::array::from_fn(|q| found[slopes.len() + q])
            }
        }
    }

    /// The derivatives by the layer's angles, row by row.
    fn by_angles(&self, slopes: Vec<f64>) -> Vec<f64> {
        let Way::Closed { observables, .. } = &self.way else { return slopes };
        let (circuit, angles) = (self.layer.ansatz.gates(), self.layer.ansatz.angles());
        let mut by_angles = vec![0.0; angles.len()];
        for (end, by) in observables.iter().zip(slopes.as_chunks::<81>().0) {
            end.clone().add_slopes(Observable::of_coefficients(by), &circuit, &angles, &mut by_angles);
        }
        by_angles
    }

    fn forward(&self, stream: &Stream, made: Shape) -> (Stream, Vec<Patch>) {
        let mut out = Stream::zeros(made);
        let mut patches = Vec::with_capacity(stream.shape.channels * made.height * made.width);
        for from in 0..stream.shape.channels {
            for at in 0..made.height * made.width {
                let places = Stream::patch(stream.shape, from, at / made.width, at % made.width);
                let pixels = places.map(|place| place.map_or(0.0, |place| stream.pixels[place]));
                let patch = Patch::new(pixels.map(|x| self.layer.scale * x));
                for (channel, pixels) in out.pixels.chunks_exact_mut(made.height * made.width).enumerate() {
                    pixels[at] += self.value(channel, &patch) / stream.shape.channels as f64;
                }
                patches.push(patch);
            }
        }
        (out, patches)
    }

    /// Adds the derivatives by the layer, and those by the stream it read where they are wanted, from those by what it made.
    fn backward(&self, patches: &[Patch], by: &Stream, slopes: &mut [f64], mut into: Option<&mut Stream>, read: Shape) {
        let Shape { height, width, .. } = by.shape;
        let share = 1.0 / read.channels as f64;
        for (number, patch) in patches.iter().enumerate() {
            let (from, at) = (number / (height * width), number % (height * width));
            for (channel, pixels) in by.pixels.chunks_exact(height * width).enumerate() {
                let found = self.add_slopes(channel, patch, share * pixels[at], into.is_some(), slopes);
                let Some(into) = into.as_deref_mut() else { continue };
                for (place, slope) in Stream::patch(read, from, at / width, at % width).into_iter().zip(found) {
                    if let Some(place) = place {
                        into.pixels[place] += self.layer.scale * slope;
                    }
                }
            }
        }
    }
}

/// A network ready to run.
pub(crate) struct Runner<'a> {
    network: &'a Quanvolution,
    layers: Vec<Ready<'a>>,
    made: Vec<Shape>,
    streams: Vec<Shape>,
}

impl<'a> Runner<'a> {
    pub(crate) fn new(network: &'a Quanvolution) -> Runner<'a> {
        let (made, streams) = network.shapes();
        Runner { network, layers: network.layers.iter().map(Ready::new).collect(), made, streams }
    }

    /// All streams of one image, and the patches that each layer saw.
    fn streams(&self, image: &[f64]) -> (Vec<Stream>, Vec<Vec<Patch>>) {
        let (mut streams, mut patches) = (vec![self.network.first(image)], vec![]);
        for (k, ready) in self.layers.iter().enumerate() {
            let (made, seen) = ready.forward(&streams[k], self.made[k]);
            streams.push(ready.layer.joined(&made, &streams, self.streams[k + 1]));
            patches.push(seen);
        }
        (streams, patches)
    }

    /// The scores of some images, a column each.
    pub(crate) fn forward(&self, images: &RealMatrix) -> (RealMatrix, Vec<Trace>) {
        let trace = |image: nalgebra::DVectorView<'_, f64>| {
            let (mut streams, patches) = self.streams(image.as_slice());
            Trace { patches, last: streams.pop().expect("the image is a stream").pixels }
        };
        let traces: Vec<Trace> = images.column_iter().map(trace).collect();
        (self.network.head.scores(&features(&traces)), traces)
    }

    /// The derivatives of a sum over the same images, from those by their scores.
    pub(crate) fn backward(&self, traces: &[Trace], by_scores: &RealMatrix, flow: Flow) -> Slopes {
        let (by_features, head) = self.network.head.slopes(&features(traces), by_scores);
        let mut layers: Vec<Vec<f64>> = self.layers.iter().map(Ready::no_slopes).collect();
        for (trace, by) in traces.iter().zip(by_features.column_iter()) {
            let mut by_streams: Vec<Stream> = self.streams.iter().map(|shape| Stream::zeros(*shape)).collect();
            by_streams[self.layers.len()].pixels.copy_from_slice(by.as_slice());
            for (k, ready) in self.layers.iter().enumerate().rev() {
                let (before, sum) = by_streams.split_at_mut(k + 1);
                // Nothing asks for the derivatives by the image itself.
                ready.layer.skip.iter().filter(|&&j| j > 0).for_each(|&j| {
                    let part = sum[0].part(self.streams[j]);
                    before[j].add(&part);
                });
                let made = sum[0].part(self.made[k]);
                let into = (flow == Flow::Through && k > 0).then_some(&mut before[k]);
                ready.backward(&trace.patches[k], &made, &mut layers[k], into, self.streams[k]);
            }
        }
        Slopes { layers, head }
    }

    /// The derivatives by all parameters, as [`Quanvolution::slots`] places them.
    pub(crate) fn by_parameters(&self, slopes: Slopes) -> Vec<f64> {
        let layers = self.layers.iter().zip(slopes.layers).flat_map(|(ready, slopes)| ready.by_angles(slopes));
        layers.chain(slopes.head).collect()
    }
}

/// The class with the largest score in each column, the first of equals.
fn best(scores: &RealMatrix) -> Vec<usize> {
    scores.column_iter().map(|column| largest(column.as_slice()).expect("a head names classes")).collect()
}

/// What the head sees, a column an image.
fn features(traces: &[Trace]) -> RealMatrix {
    let pixels: Vec<f64> = traces.iter().flat_map(|trace| trace.last.iter().copied()).collect();
    RealMatrix::from_vec(pixels.len() / traces.len(), traces.len(), pixels)
}

impl Quanvolution {
    /// The image as stream 0, and the stream behind every layer.
    ///
    /// # Panics
    /// If the image has another number of pixels, or a layer skips to a stream that is not before it.
    pub fn streams(&self, image: &[f64]) -> Vec<Stream> {
        Runner::new(self).streams(image).0
    }

    /// The last stream of each image.
    ///
    /// # Panics
    /// As [`Quanvolution::streams`].
    pub fn last_streams(&self, images: &[Vec<f64>]) -> Vec<Stream> {
        let runner = Runner::new(self);
        let last = |image: &Vec<f64>| runner.streams(image).0.pop().expect("the image is a stream");
        images.par_iter().map(last).collect()
    }

    /// The image as stream 0.
    ///
    /// # Panics
    /// If the image has another number of pixels.
    pub fn first(&self, image: &[f64]) -> Stream {
        let Image { height, width, divide, scale } = self.image;
        assert_eq!(image.len(), height * width, "an image has as many pixels as the network takes");
        Stream { shape: self.image.shape(), pixels: image.iter().map(|x| scale * (x / divide)).collect() }
    }

    /// The class with the largest score for each column of pixels of the last stream.
    ///
    /// # Panics
    /// If there are not [`Quanvolution::features`] rows, or no columns.
    pub fn labels_of(&self, last: &RealMatrix) -> Vec<usize> {
        best(&self.head.scores(last))
    }

    /// The scores of all images, C x images, of which each is a column of pixels.
    ///
    /// # Panics
    /// As [`Quanvolution::streams`], and if there are no images.
    pub fn scores(&self, images: &RealMatrix) -> RealMatrix {
        let runner = Runner::new(self);
        let starts: Vec<usize> = (0..images.ncols()).step_by(AT_ONCE).collect();
        let of_chunk = |start: usize| {
            let width = AT_ONCE.min(images.ncols() - start);
            runner.forward(&images.columns(start, width).into_owned()).0
        };
        let chunks: Vec<RealMatrix> = starts.into_par_iter().map(of_chunk).collect();
        let scores = chunks.iter().flat_map(|chunk| chunk.iter().copied());
        RealMatrix::from_iterator(self.head.classes(), images.ncols(), scores)
    }

    /// The class with the largest score of every image, the first of equals.
    ///
    /// # Panics
    /// As [`Quanvolution::scores`].
    pub fn labels(&self, images: &RealMatrix) -> Vec<usize> {
        best(&self.scores(images))
    }
}

#[cfg(test)]
mod tests;
