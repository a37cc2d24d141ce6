//! A network of quanvolutions, how large its streams are, and where its parameters stand.

use super::head::Head;
use super::layer::Layer;
use super::stream::Shape;
use std::ops::Range;

/// A network of trainable quanvolutions with residual wiring, and a head (docs/method.md, section 14).
///
/// Stream 0 is the image, stream k is what layer k makes of stream k - 1 plus the streams of its [`Layer::skip`]; the head
/// sees the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Quanvolution {
    /// Its name, which compiled programs carry.
    pub name: String,
    /// What an input looks like.
    pub image: Image,
    /// The layers, at least one.
    pub layers: Vec<Layer>,
    /// From the last stream to one score a class.
    pub head: Head,
}

/// Grey images, row by row; a pixel of stream 0 is `scale · pixel / divide`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Image {
    /// Rows of pixels, 1 to [`Image::MAX_SIDE`].
    pub height: usize,
    /// Pixels of a row, 1 to [`Image::MAX_SIDE`].
    pub width: usize,
    /// What a pixel is divided by, above 0: 255 for bytes.
    pub divide: f64,
    /// What it is multiplied with then: finite.
    pub scale: f64,
}

impl Image {
    /// The most pixels of a side.
    pub const MAX_SIDE: usize = 4096;

    /// Of stream 0.
    pub fn shape(&self) -> Shape {
        Shape { channels: 1, height: self.height, width: self.width }
    }
}

/// Where the parameters of a network stand: those of the layers first, then those of the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The angles of every layer, first to last.
    pub layers: Vec<Range<usize>>,
    /// Of a classical head the weight, column by column, then the bias; of a quantum head its angles.
    pub head: Range<usize>,
}

impl Quanvolution {
    /// The shape of what each layer makes of the stream before it, and of every stream from the image to the last.
    ///
    /// # Panics
    /// If a layer skips to a stream that is not before it.
    pub fn shapes(&self) -> (Vec<Shape>, Vec<Shape>) {
        let (mut made, mut streams) = (vec![], vec![self.image.shape()]);
        for layer in &self.layers {
            let (height, width) = streams[streams.len() - 1].patches();
            let own = Shape { channels: layer.read.channels(), height, width };
            streams.push(layer.skip.iter().fold(own, |shape, &k| shape.with(streams[k])));
            made.push(own);
        }
        (made, streams)
    }

    /// Pixels of the last stream: what the head sees.
    pub fn features(&self) -> usize {
        let streams = self.shapes().1;
        streams[streams.len() - 1].pixels()
    }

    /// Where the parameters stand.
    pub fn slots(&self) -> Slots {
        let mut end = 0;
        let mut next = |count: usize| {
            end += count;
            end - count..end
        };
        let layers = self.layers.iter().map(|layer| next(layer.ansatz.angles().len())).collect();
        Slots { layers, head: next(self.head.parameter_count()) }
    }

    /// All parameters, as [`Quanvolution::slots`] places them.
    pub fn parameters(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.layers.iter().flat_map(|layer| layer.ansatz.angles()).collect();
        values.extend(self.head.parameters());
        values
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are not as many as [`Quanvolution::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        let slots = self.slots();
        assert_eq!(values.len(), slots.head.end, "as many parameters as the network has");
        for (layer, slot) in self.layers.iter_mut().zip(slots.layers) {
            layer.ansatz.set_angles(&values[slot]);
        }
        self.head.set_parameters(&values[slots.head]);
    }
}
