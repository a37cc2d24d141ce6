//! A convolution of images by 3 x 3 windows, zeros around them, then an activation, then, if wanted, the largest of every 2 x 2.

use crate::linalg::RealMatrix;
use crate::network::amplitude::Hidden;

/// The side of a window.
const SIDE: usize = 3;

/// As `torch.nn.Conv2d(inputs, outputs, 3, padding=1)`, an activation, and `MaxPool2d(2)` where it pools.
#[derive(Clone, Debug, PartialEq)]
pub struct Conv {
    /// Channels that go in.
    pub inputs: usize,
    /// outputs x inputs x 3 x 3, row by row.
    pub weight: Vec<f64>,
    /// One entry for each channel that comes out.
    pub bias: Vec<f64>,
    /// What is made of the sum.
    pub activation: Hidden,
    /// Whether the largest of every 2 x 2 is taken; an odd row or column is left out.
    pub pool: bool,
}

impl Conv {
    /// Channels, height and width of what comes out.
    ///
    /// # Errors
    /// The key that is wrong for such images, and the problem.
    pub fn image(&self, [channels, height, width]: [usize; 3]) -> Result<[usize; 3], (&'static str, String)> {
        if channels != self.inputs {
            return Err(("weight", format!("takes {} channels, expected {channels}", self.inputs)));
        }
        if self.pool && (height < 2 || width < 2) {
            return Err(("pool", format!("2, but images are {height} x {width} there")));
        }
        let by = if self.pool { 2 } else { 1 };
        Ok([self.bias.len(), height / by, width / by])
    }

    /// Every window of the inputs and the outputs it is added to: (output, input, place in the weight).
    fn windows(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..self.weight.len()).map(|at| (at / (SIDE * SIDE * self.inputs), at / (SIDE * SIDE) % self.inputs, at))
    }

    /// Activated sums of images, a column each.
    pub(super) fn apply(&self, images: &RealMatrix, [_, height, width]: [usize; 3]) -> RealMatrix {
        let plane = height * width;
        let mut out = RealMatrix::zeros(self.bias.len() * plane, images.ncols());
        let columns = out.as_mut_slice().chunks_exact_mut(self.bias.len() * plane);
        for (to, from) in columns.zip(images.as_slice().chunks_exact(self.inputs * plane)) {
            to.chunks_exact_mut(plane).zip(&self.bias).for_each(|(plane, bias)| plane.fill(*bias));
            for (o, i, at) in self.windows() {
                let (to, from) = (&mut to[o * plane..][..plane], &from[i * plane..][..plane]);
                let weight = self.weight[at];
                shifted(at, height, width, |here, there, length| {
                    for (to, from) in to[here..][..length].iter_mut().zip(&from[there..][..length]) {
                        *to += weight * from;
                    }
                });
            }
            to.iter_mut().for_each(|z| *z = self.activation.of(*z));
        }
        out
    }

    /// The largest of every 2 x 2, or everything.
    pub(super) fn pooled(&self, activated: &RealMatrix, image: [usize; 3]) -> RealMatrix {
        if !self.pool {
            return activated.clone();
        }
        let picks = self.picks(activated, image);
        let rows = picks.len() / activated.ncols();
        RealMatrix::from_fn(rows, activated.ncols(), |i, j| activated.as_slice()[picks[j * rows + i]])
    }

    /// Where in the activated sums each entry that comes out of a pooling stands; of equals the first.
    fn picks(&self, activated: &RealMatrix, [_, height, width]: [usize; 3]) -> Vec<usize> {
        let values = activated.as_slice();
        let mut picks = Vec::with_capacity(values.len() / 4);
        for plane in (0..values.len()).step_by(height * width) {
            for (y, x) in (0..height / 2).flat_map(|y| (0..width / 2).map(move |x| (y, x))) {
                let corner = plane + 2 * y * width + 2 * x;
                let all = [corner, corner + 1, corner + width, corner + width + 1];
                picks.push(all.into_iter().reduce(|a, b| if values[b] > values[a] { b } else { a }).unwrap_or(corner));
            }
        }
        picks
    }

    /// Derivatives by the parameters, and, if wanted, by the images that went in.
    pub(super) fn back(
        &self,
        images: &RealMatrix,
        activated: &RealMatrix,
        by_out: RealMatrix,
        image: [usize; 3],
        through: bool,
    ) -> (Vec<f64>, RealMatrix) {
        let [_, height, width] = image;
        let plane = height * width;
        let mut slopes = by_out;
        if self.pool {
            let picks = self.picks(activated, image);
            let mut spread = RealMatrix::zeros(activated.nrows(), activated.ncols());
            picks.iter().zip(slopes.iter()).for_each(|(&at, slope)| spread.as_mut_slice()[at] += slope);
            slopes = spread;
        }
        slopes.zip_apply(activated, |slope, value| *slope *= self.activation.slope(value));
        let mut by = vec![0.0; self.weight.len() + self.bias.len()];
        let (by_weight, by_bias) = by.split_at_mut(self.weight.len());
        let rows = if through { images.nrows() } else { 0 };
        let mut by_images = RealMatrix::zeros(rows, images.ncols());
        for j in 0..images.ncols() {
            let slopes = &slopes.as_slice()[j * self.bias.len() * plane..][..self.bias.len() * plane];
            let from = &images.as_slice()[j * self.inputs * plane..][..self.inputs * plane];
            by_bias
                .iter_mut()
                .zip(slopes.chunks_exact(plane))
                .for_each(|(by, slopes)| *by += slopes.iter().sum::<f64>());
            let to = &mut by_images.as_mut_slice()[j * rows..][..rows];
            for (o, i, at) in self.windows() {
                let (slopes, from) = (&slopes[o * plane..][..plane], &from[i * plane..][..plane]);
                let mut sum = 0.0;
                shifted(at, height, width, |here, there, length| {
                    let pairs = slopes[here..][..length].iter().zip(&from[there..][..length]);
                    sum += pairs.map(|(slope, from)| slope * from).sum::<f64>();
                });
                by_weight[at] += sum;
                if through {
                    let (to, weight) = (&mut to[i * plane..][..plane], self.weight[at]);
                    shifted(at, height, width, |here, there, length| {
                        for (to, slope) in to[there..][..length].iter_mut().zip(&slopes[here..][..length]) {
                            *to += weight * slope;
                        }
                    });
                }
            }
        }
        (by, by_images)
    }
}

/// For every row of an image the run of places that an entry of the window adds to, the run it adds, and their length.
fn shifted(at: usize, height: usize, width: usize, mut run: impl FnMut(usize, usize, usize)) {
    let (down, right) = (at / SIDE % SIDE, at % SIDE);
    // Place y takes y + down - 1: rows and columns outside are zeros.
    let first = |offset: usize| 1usize.saturating_sub(offset);
    let end = |offset: usize, side: usize| (side + 1 - offset).min(side);
    let (left, length) = (first(right), end(right, width).saturating_sub(first(right)));
    if length > 0 {
        for y in first(down)..end(down, height) {
            run(y * width + left, (y + down - 1) * width + left + right - 1, length);
        }
    }
}
