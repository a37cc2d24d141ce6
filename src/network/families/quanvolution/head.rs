//! Heads: from the pixels of the last stream to one score a class, and the way back.

use crate::linalg::RealMatrix;
use crate::network::Affine;

/// From the last stream to scores. Pixels are taken channel by channel and row by row.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// Dense (Table 3): C x pixels, C biases.
    Classical(Affine),
    /// A circuit that reads amplitudes.
    Quantum(QuantumHead),
}

/// Pixels as the amplitudes of q qubits, rotations, a chain of CX, and `<Z>` of some of them (Eqs. 15 and 16;
/// docs/method.md, section 14).
///
/// The pixels are divided by their 2-norm and padded with zeros; wire 0 has the most significant bit of a pixel's number.
/// RY acts on every wire, then CX from wire w to w + 1. What it reads does not change with the sign of all pixels, and is
/// zero where all of them are.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantumHead {
    /// q angles of RY in radians, that of wire 0 first: 1 to [`QuantumHead::MAX_QUBITS`], finite.
    pub angles: Vec<f64>,
    /// The wires whose `<Z>` are the scores, one a class, each once.
    pub measured: Vec<usize>,
}

impl Head {
    /// Classes.
    pub fn classes(&self) -> usize {
        match self {
            Head::Classical(affine) => affine.bias.len(),
            Head::Quantum(head) => head.measured.len(),
        }
    }

    /// The weight column by column and then the bias, or the angles.
    pub(super) fn parameters(&self) -> Vec<f64> {
        match self {
            Head::Classical(affine) => [affine.weight.as_slice(), &affine.bias].concat(),
            Head::Quantum(head) => head.angles.clone(),
        }
    }

    /// How many parameters there are.
    pub(super) fn parameter_count(&self) -> usize {
        match self {
            Head::Classical(affine) => affine.weight.len() + affine.bias.len(),
            Head::Quantum(head) => head.angles.len(),
        }
    }

    /// Puts as many parameters back.
    pub(super) fn set_parameters(&mut self, values: &[f64]) {
        match self {
            Head::Classical(affine) => {
                let (weight, bias) = values.split_at(affine.weight.len());
                affine.weight.as_mut_slice().copy_from_slice(weight);
                affine.bias.copy_from_slice(bias);
            }
            Head::Quantum(head) => head.angles.copy_from_slice(values),
        }
    }

    /// Scores, C x samples, of pixels, a column each.
    pub(super) fn scores(&self, pixels: &RealMatrix) -> RealMatrix {
        match self {
            Head::Classical(affine) => {
                let (weight, classes) = (affine.weight.as_slice(), affine.bias.len());
                let mut scores = RealMatrix::zeros(classes, pixels.ncols());
                for (mut scores, pixels) in scores.column_iter_mut().zip(pixels.column_iter()) {
                    let scores = scores.as_mut_slice();
                    scores.copy_from_slice(&affine.bias);
                    for (&x, weight) in pixels.iter().zip(weight.chunks_exact(classes)) {
                        scores.iter_mut().zip(weight).for_each(|(s, w)| *s += w * x);
                    }
                }
                scores
            }
            Head::Quantum(head) => {
                let columns = pixels.column_iter().map(|x| head.scores(&head.state(x.as_slice()).1));
                RealMatrix::from_vec(head.measured.len(), pixels.ncols(), columns.flatten().collect())
            }
        }
    }

    /// The derivatives by the pixels and, summed over samples, by the parameters, from those by the scores.
    pub(super) fn slopes(&self, pixels: &RealMatrix, by_scores: &RealMatrix) -> (RealMatrix, Vec<f64>) {
        match self {
            Head::Classical(affine) => {
                let (weight, classes) = (affine.weight.as_slice(), affine.bias.len());
                let mut by_pixels = RealMatrix::zeros(pixels.nrows(), pixels.ncols());
                let mut by_parameters = vec![0.0; weight.len() + classes];
                let (by_weight, by_bias) = by_parameters.split_at_mut(weight.len());
                let samples = by_pixels.column_iter_mut().zip(pixels.column_iter()).zip(by_scores.column_iter());
                for ((mut by_pixels, pixels), by) in samples {
                    let by = by.as_slice();
                    let of_pixels = by_pixels.iter_mut().zip(pixels.iter()).zip(weight.chunks_exact(classes));
                    for (((by_x, &x), weight), by_weight) in of_pixels.zip(by_weight.chunks_exact_mut(classes)) {
                        *by_x = dot(weight, by);
                        by_weight.iter_mut().zip(by).for_each(|(sum, by)| *sum += by * x);
                    }
                    by_bias.iter_mut().zip(by).for_each(|(sum, by)| *sum += by);
                }
                (by_pixels, by_parameters)
            }
            Head::Quantum(head) => {
                let (mut by_pixels, mut by_angles) = (pixels.clone(), vec![0.0; head.angles.len()]);
                for (mut x, by) in by_pixels.column_iter_mut().zip(by_scores.column_iter()) {
                    head.slopes(x.as_mut_slice(), by.as_slice(), &mut by_angles);
                }
                (by_pixels, by_angles)
            }
        }
    }
}

/// Sums of every fourth product, so that the compiler can take four at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        (0..4).for_each(|i| sums[i] += a[i] * b[i]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

impl QuantumHead {
    /// The most qubits: 65,536 amplitudes.
    pub const MAX_QUBITS: usize = 16;

    /// Whether the scores are the same for all images of so many pixels. Before the chain of CX, Z of wire w is the product
    /// of all Z up to there; wires that only padding sets stay in |0>.
    pub fn is_constant(&self, pixels: usize) -> bool {
        let used = pixels.next_power_of_two().trailing_zeros() as usize;
        self.measured.iter().all(|&wire| wire + used < self.angles.len())
    }

    /// The classes whose score is the same for all images of so many pixels.
    pub fn constant_classes(&self, pixels: usize) -> Vec<usize> {
        let one = |class: &usize| QuantumHead { measured: vec![self.measured[*class]], ..self.clone() };
        (0..self.measured.len()).filter(|class| one(class).is_constant(pixels)).collect()
    }

    /// The pixels as amplitudes before the rotations, of as few qubits as hold them: divided by their 2-norm and padded with
    /// zeros. `None` where all of them are zero.
    pub fn amplitudes(&self, pixels: &[f64]) -> Option<Vec<f64>> {
        let (norm, state) = QuantumHead { angles: vec![0.0; self.angles.len()], measured: vec![] }.state(pixels);
        (norm > 0.0).then(|| state[..pixels.len().next_power_of_two()].to_vec())
    }

    /// The amplitudes before the chain of CX, wire 0 the most significant bit; zeros where all pixels are.
    pub fn final_state(&self, pixels: &[f64]) -> Vec<f64> {
        self.state(pixels).1
    }

    /// The scores of an image of these pixels.
    pub fn scores_of(&self, pixels: &[f64]) -> Vec<f64> {
        self.scores(&self.final_state(pixels))
    }

    /// The 2-norm of the pixels and the state before the chain; zeros where the norm is.
    fn state(&self, pixels: &[f64]) -> (f64, Vec<f64>) {
        // Divided by the widest first, so that no square overflows or underflows.
        let widest = pixels.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let mut state = vec![0.0; 1 << self.angles.len()];
        if widest == 0.0 {
            return (0.0, state);
        }
        state.iter_mut().zip(pixels).for_each(|(a, x)| *a = x / widest);
        let norm = state.iter().map(|a| a * a).sum::<f64>().sqrt();
        state.iter_mut().for_each(|a| *a /= norm);
        self.angles.iter().enumerate().for_each(|(wire, angle)| self.turn(&mut state, wire, *angle));
        (widest * norm, state)
    }

    /// The stride of a wire's bit.
    fn stride(&self, wire: usize) -> usize {
        1 << (self.angles.len() - 1 - wire)
    }

    fn turn(&self, state: &mut [f64], wire: usize, angle: f64) {
        let (sin, cos) = (angle / 2.0).sin_cos();
        let stride = self.stride(wire);
        for pair in state.chunks_exact_mut(2 * stride) {
            let (zeros, ones) = pair.split_at_mut(stride);
            for (a, b) in zeros.iter_mut().zip(ones) {
                (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
            }
        }
    }

    /// The sign that Z of a wire behind the chain has for a basis state before it: the parity of all bits up to there.
    fn sign(&self, basis: usize, wire: usize) -> f64 {
        if (basis / self.stride(wire)).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
    }

    fn scores(&self, state: &[f64]) -> Vec<f64> {
        let score = |wire: &usize| state.iter().enumerate().map(|(n, a)| a * a * self.sign(n, *wire)).sum();
        self.measured.iter().map(score).collect()
    }

    /// Puts the derivatives by the pixels in their place and adds those by the angles.
    fn slopes(&self, pixels: &mut [f64], by_scores: &[f64], by_angles: &mut [f64]) {
        let (norm, mut state) = self.state(pixels);
        if norm == 0.0 {
            return pixels.fill(0.0);
        }
        let sign =
            |n: usize| self.measured.iter().zip(by_scores).map(|(wire, by)| by * self.sign(n, *wire)).sum::<f64>();
        let mut by: Vec<f64> = state.iter().enumerate().map(|(n, a)| 2.0 * a * sign(n)).collect();
        for (wire, angle) in self.angles.iter().enumerate() {
            let stride = self.stride(wire);
            let pairs = state.chunks_exact(2 * stride).zip(by.chunks_exact(2 * stride));
            let slopes = pairs.map(|(a, by)| {
                let at = |i: usize| by[stride + i] * a[i] - by[i] * a[stride + i];
                (0..stride).map(at).sum::<f64>()
            });
            by_angles[wire] += 0.5 * slopes.sum::<f64>();
            self.turn(&mut state, wire, -angle);
            self.turn(&mut by, wire, -angle);
        }
        // What is along the state changes nothing but the norm, which is divided away.
        let along: f64 = state.iter().zip(&by).map(|(a, by)| a * by).sum();
        for (x, (a, by)) in pixels.iter_mut().zip(state.iter().zip(&by)) {
            *x = (by - along * a) / norm;
        }
    }
}

#[cfg(test)]
mod tests;
