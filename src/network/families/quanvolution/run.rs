//! The forward pass of a batch and its way back. Layers are put in closed form once, for all patches of all images.

use super::ready::{Ready, Seen};
use super::shape::{Image, Quanvolution};
use super::stream::{Shape, Stream};
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

/// What the way back needs of an image.
pub(crate) struct Trace {
    /// What each layer saw.
    seen: Vec<Seen>,
    last: Vec<f64>,
}

/// Derivatives by what a network is run with: sums over images.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slopes {
    /// As [`Ready::backward`] has them.
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
        let layers =
            network.layers.iter().enumerate().map(|(k, layer)| Ready::new(layer, streams[k], made[k])).collect();
        Runner { network, layers, made, streams }
    }

    /// All streams of one image, and what each layer saw.
    fn streams(&self, image: &[f64]) -> (Vec<Stream>, Vec<Seen>) {
        let (mut streams, mut all) = (vec![self.network.first(image)], vec![]);
        for (k, ready) in self.layers.iter().enumerate() {
            let (made, seen) = ready.forward(&streams[k]);
            streams.push(ready.layer.joined(&made, &streams, self.streams[k + 1]));
            all.push(seen);
        }
        (streams, all)
    }

    /// The scores of some images, a column each.
    pub(crate) fn forward(&self, images: &RealMatrix) -> (RealMatrix, Vec<Trace>) {
        let trace = |image: nalgebra::DVectorView<'_, f64>| {
            let (mut streams, seen) = self.streams(image.as_slice());
            Trace { seen, last: streams.pop().expect("the image is a stream").pixels }
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
                ready.backward(&trace.seen[k], &made, &mut layers[k], into);
            }
        }
        Slopes { layers, head }
    }

    /// The derivatives by all parameters, as [`Quanvolution::slots`] places them.
    pub(crate) fn by_parameters(&self, slopes: Slopes) -> Vec<f64> {
        let mut values: Vec<f64> =
            self.layers.iter().zip(slopes.layers).flat_map(|(ready, slopes)| ready.by_angles(slopes)).collect();
        values.extend_from_slice(&slopes.head);
        values
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
