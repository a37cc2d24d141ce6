//! Images between layers: channels of pixels, cut into patches, padded with zeros and added.

use super::gate::QUBITS;

/// How large a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// 1, or one for each qubit of a layer that reads all.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Pixels of a row.
    pub width: usize,
}

impl Shape {
    /// Pixels of all channels: what a head sees.
    pub fn pixels(self) -> usize {
        self.channels * self.height * self.width
    }

    /// Rows and columns of patches in a channel; an odd side ends in a patch that sees zeros.
    pub fn patches(self) -> (usize, usize) {
        (self.height.div_ceil(2), self.width.div_ceil(2))
    }

    /// Of the sum of two streams: the larger of each side, and of channels, since a single one is added to all.
    pub fn with(self, other: Shape) -> Shape {
        Shape {
            channels: self.channels.max(other.channels),
            height: self.height.max(other.height),
            width: self.width.max(other.width),
        }
    }
}

/// Pixels, channel by channel and row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// How large it is.
    pub shape: Shape,
    /// As many as [`Shape::pixels`].
    pub pixels: Vec<f64>,
}

impl Stream {
    /// Zeros.
    pub fn zeros(shape: Shape) -> Stream {
        Stream { shape, pixels: vec![0.0; shape.pixels()] }
    }

    /// The places of a patch's pixels: top left, top right, bottom left, bottom right; `None` beyond the end of an odd
    /// side.
    pub(super) fn patch(shape: Shape, channel: usize, row: usize, column: usize) -> [Option<usize>; QUBITS] {
        std::array::from_fn(|q| {
            let (r, c) = (2 * row + q / 2, 2 * column + q % 2);
            (r < shape.height && c < shape.width).then(|| (channel * shape.height + r) * shape.width + c)
        })
    }

    /// Adds another, centred and padded with zeros, to this one, which has the shape of the sum.
    pub(super) fn add(&mut self, other: &Stream) {
        for (into, from) in overlay(self.shape, other.shape) {
            self.pixels[into] += other.pixels[from];
        }
    }

    /// The derivatives by a stream of this shape that was added, from those by the sum.
    pub(super) fn part(&self, shape: Shape) -> Stream {
        let mut part = Stream::zeros(shape);
        overlay(self.shape, shape).for_each(|(from, into)| part.pixels[into] += self.pixels[from]);
        part
    }
}

/// Which pixels of a sum a part of it goes to: all channels where it has one. Where the difference is odd, the larger
/// half of the padding is behind.
fn overlay(sum: Shape, part: Shape) -> impl Iterator<Item = (usize, usize)> {
    let (top, left) = ((sum.height - part.height) / 2, (sum.width - part.width) / 2);
    (0..sum.channels * part.height * part.width).map(move |at| {
        let (channel, row, column) = (at / part.width / part.height, at / part.width % part.height, at % part.width);
        let from = if part.channels == 1 { at % (part.height * part.width) } else { at };
        ((channel * sum.height + row + top) * sum.width + column + left, from)
    })
}
