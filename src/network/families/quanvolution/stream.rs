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
    pub fn patch(shape: Shape, channel: usize, row: usize, column: usize) -> [Option<usize>; QUBITS] {
        std::array::from_fn(|q| {
            let (r, c) = (2 * row + q / 2, 2 * column + q % 2);
            (r < shape.height && c < shape.width).then(|| (channel * shape.height + r) * shape.width + c)
        })
    }

    /// Adds another, centred and padded with zeros, to this one, which has the shape of the sum.
    pub(super) fn add(&mut self, other: &Stream) {
        for (into, from, width) in overlay(self.shape, other.shape) {
            let row = self.pixels[into..into + width].iter_mut();
            row.zip(&other.pixels[from..from + width]).for_each(|(sum, pixel)| *sum += pixel);
        }
    }

    /// The derivatives by a stream of this shape that was added, from those by the sum.
    pub(super) fn part(&self, shape: Shape) -> Stream {
        let mut part = Stream::zeros(shape);
        for (from, into, width) in overlay(self.shape, shape) {
            let row = part.pixels[into..into + width].iter_mut();
            row.zip(&self.pixels[from..from + width]).for_each(|(sum, pixel)| *sum += pixel);
        }
        part
    }
}

/// Which rows of a sum the rows of a part go to, and their length: in all channels where the part has one. Where the
/// difference is odd, the larger half of the padding is behind.
fn overlay(sum: Shape, part: Shape) -> impl Iterator<Item = (usize, usize, usize)> {
    let (top, left) = ((sum.height - part.height) / 2, (sum.width - part.width) / 2);
    let rows = (0..sum.channels).flat_map(move |channel| (0..part.height).map(move |row| (channel, row)));
    rows.map(move |(channel, row)| {
        let from = if part.channels == 1 { row } else { channel * part.height + row };
        ((channel * sum.height + row + top) * sum.width + left, from * part.width, part.width)
    })
}
