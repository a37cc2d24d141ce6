//! The forward pass where somebody else says what the patches of a layer measured: shots, or a backend.

use super::gate::QUBITS;
use super::shape::Quanvolution;
use super::stream::Stream;

impl Quanvolution {
    /// How many patches layer `k` (from 0) sees of an image.
    ///
    /// # Panics
    /// If there is no such layer, or a layer skips to a stream that is not before it.
    pub fn patch_count(&self, k: usize) -> usize {
        let shape = self.shapes().1[k];
        let (rows, columns) = shape.patches();
        shape.channels * rows * columns
    }

    /// What layer `k` (from 0) makes, without its skips, if its patches make `read(channel, patch)` of each channel: channel by
    /// channel and row by row, the mean over the channels that the layer sees.
    ///
    /// # Panics
    /// If there is no such layer, or a layer skips to a stream that is not before it.
    pub fn made(&self, k: usize, mut read: impl FnMut(usize, usize) -> f64) -> Stream {
        let (made, shapes) = self.shapes();
        let mut out = Stream::zeros(made[k]);
        let pixels = made[k].height * made[k].width;
        let share = 1.0 / shapes[k].channels as f64;
        for patch in 0..shapes[k].channels * pixels {
            for channel in 0..made[k].channels {
                out.pixels[channel * pixels + patch % pixels] += share * read(channel, patch);
            }
        }
        out
    }

    /// The stream behind layer `k` (from 0): what it makes, and the streams of its skips.
    ///
    /// # Panics
    /// If there is no such layer, a stream of a skip is missing, or one has another shape.
    pub fn behind(&self, k: usize, made: &Stream, before: &[Stream]) -> Stream {
        self.layers[k].joined(made, before, self.shapes().1[k + 1])
    }

    /// All streams of an image, the image as stream 0, where the `<Z>` of the four qubits of every patch are what `measured`
    /// says, which gets the layer's index and the patch's angles in radians, layer by layer, channel by channel and row by row.
    ///
    /// # Panics
    /// As [`Quanvolution::streams`].
    pub fn streams_measured(
        &self,
        image: &[f64],
        mut measured: impl FnMut(usize, &[f64; QUBITS]) -> [f64; QUBITS],
    ) -> Vec<Stream> {
        let mut streams = vec![self.first(image)];
        for (k, layer) in self.layers.iter().enumerate() {
            let means: Vec<_> = layer.patches(&streams[k]).iter().map(|angles| measured(k, angles)).collect();
            let made = self.made(k, |channel, patch| layer.read.of(channel, &means[patch]));
            streams.push(self.behind(k, &made, &streams));
        }
        streams
    }
}
