//! The gradient of the cross-entropy, by hand, for a batch of samples with labels or with shares of classes.

use crate::linalg::RealMatrix;
use crate::network::{Activation, Affine, Network, largest};
use rayon::prelude::*;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 32;

/// What a network's scores should say.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// One class a sample.
    Labels(&'a [usize]),
    /// Shares of all classes that sum up to one, a column a sample: what another network says.
    Shares(&'a RealMatrix),
}

impl Targets<'_> {
    fn len(&self) -> usize {
        match self {
            Targets::Labels(labels) => labels.len(),
            Targets::Shares(shares) => shares.ncols(),
        }
    }

    /// The likeliest class of a sample.
    fn label(&self, sample: usize) -> usize {
        match self {
            Targets::Labels(labels) => labels[sample],
            Targets::Shares(shares) => largest(shares.column(sample).as_slice()).unwrap_or(0),
        }
    }

    /// The share of a class.
    fn share(&self, sample: usize, class: usize) -> f64 {
        match self {
            Targets::Labels(labels) => f64::from(u8::from(labels[sample] == class)),
            Targets::Shares(shares) => shares[(class, sample)],
        }
    }
}

/// The loss of a batch and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The sum of `-Σ_c share_c ln softmax(scores)_c` over the batch.
    pub loss: f64,
    /// How often the highest score is not the likeliest class's.
    pub wrong: usize,
    /// The derivative of the sum by every parameter: projection, blocks, head, each weight column by column before its
    /// bias.
    pub values: Vec<f64>,
}

/// The gradient over samples given as normalised inputs, a column each.
///
/// # Panics
/// If the network has no head, or sizes differ.
pub fn gradient(network: &Network, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
    let starts: Vec<usize> = (0..targets.len()).step_by(AT_ONCE).collect();
    let parts: Vec<Gradient> = starts
        .into_par_iter()
        .map(|start| {
            let width = AT_ONCE.min(targets.len() - start);
            of_chunk(network, &inputs.columns(start, width).into_owned(), targets, start)
        })
        .collect();
    let add = |mut sum: Gradient, part: Gradient| {
        sum.loss += part.loss;
        sum.wrong += part.wrong;
        sum.values.iter_mut().zip(part.values).for_each(|(s, v)| *s += v);
        sum
    };
    parts.into_iter().reduce(add).expect("a batch has at least one sample")
}

/// What the way back needs of a layer `h = F(W y + b)`.
struct Layer {
    input: RealMatrix,
    h: RealMatrix,
    /// f'(z) / sum f(z) for every unit; zero where all units are dead.
    slope: RealMatrix,
}

/// The gradient over samples of which the first is the one numbered `start`.
fn of_chunk(network: &Network, inputs: &RealMatrix, targets: Targets<'_>, start: usize) -> Gradient {
    let head = network.head.as_ref().expect("the loss is of a head's scores");
    let projection = network.input.as_ref().and_then(|i| i.projection.as_ref());
    let mut layers = vec![];
    let mut y = inputs.clone();
    if let Some(affine) = projection {
        let layer = forward(affine, network.blocks[0].activation, y);
        y = layer.h.clone();
        layers.push(layer);
    }
    for block in &network.blocks {
        let layer = forward(&block.affine, block.activation, y);
        y = &layer.input * block.alpha + &layer.h * (1.0 - block.alpha);
        layers.push(layer);
    }
    let mut scores = &head.weight * &y;
    let (mut loss, mut wrong) = (0.0, 0);
    for (sample, mut column) in (start..).zip(scores.column_iter_mut()) {
        column.iter_mut().zip(&head.bias).for_each(|(s, b)| *s += b);
        wrong += usize::from(largest(column.as_slice()) != Some(targets.label(sample)));
        let top = column.max();
        let sum: f64 = column.iter().map(|s| (s - top).exp()).sum();
        // From here on the derivative by the scores: softmax minus the shares.
        for (class, score) in column.iter_mut().enumerate() {
            let share = targets.share(sample, class);
            loss += share * (sum.ln() + top - *score);
            *score = (*score - top).exp() / sum - share;
        }
    }
    let mut parts = vec![derivative(&scores, &y)];
    let mut dy = head.weight.tr_mul(&scores);
    for (block, layer) in network.blocks.iter().zip(&layers[usize::from(projection.is_some())..]).rev() {
        let dz = layer.backward(&(&dy * (1.0 - block.alpha)));
        parts.push(derivative(&dz, &layer.input));
        dy = dy * block.alpha + block.affine.weight.tr_mul(&dz);
    }
    if projection.is_some() {
        parts.push(derivative(&layers[0].backward(&dy), inputs));
    }
    Gradient { loss, wrong, values: parts.into_iter().rev().flatten().collect() }
}

fn forward(affine: &Affine, activation: Activation, input: RealMatrix) -> Layer {
    let mut h = &affine.weight * &input;
    let mut slope = h.clone();
    for (mut h, mut slope) in h.column_iter_mut().zip(slope.column_iter_mut()) {
        h.iter_mut().zip(&affine.bias).for_each(|(z, b)| *z += b);
        let top = h.max();
        for (h, slope) in h.iter_mut().zip(slope.iter_mut()) {
            (*h, *slope) = value_and_slope(activation, *h, top);
        }
        let sum = h.sum();
        if sum > 0.0 {
            h /= sum;
            slope /= sum;
        } else {
            h.fill(1.0 / h.len() as f64);
            slope.fill(0.0);
        }
    }
    Layer { input, h, slope }
}

/// f and f' at z; for the exponential both over `e^top`, which F does not see.
fn value_and_slope(activation: Activation, z: f64, top: f64) -> (f64, f64) {
    let sigmoid = 1.0 / (1.0 + (-z).exp());
    match activation {
        Activation::Relu => (activation.value(z), f64::from(u8::from(z > 0.0))),
        Activation::Sigmoid => (sigmoid, sigmoid * (1.0 - sigmoid)),
        Activation::Softplus => (activation.value(z), sigmoid),
        Activation::Exp => ((z - top).exp(), (z - top).exp()),
        Activation::Square => (z * z, 2.0 * z),
    }
}

impl Layer {
    /// `dz_n = f'(z_n) / s · (dh_n - sum_l dh_l h_l)`, from `h_n = f(z_n) / s`.
    fn backward(&self, dh: &RealMatrix) -> RealMatrix {
        let mut dz = dh.clone();
        for (i, mut column) in dz.column_iter_mut().enumerate() {
            let mean = column.dot(&self.h.column(i));
            column.iter_mut().zip(self.slope.column(i).iter()).for_each(|(d, s)| *d = (*d - mean) * s);
        }
        dz
    }
}

/// `dW = dz yᵀ` column by column, then `db`.
fn derivative(dz: &RealMatrix, y: &RealMatrix) -> Vec<f64> {
    let weight = dz * y.transpose();
    weight.iter().copied().chain(dz.row_iter().map(|row| row.sum())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::rng;
    use crate::network::{Block, Input};
    use crate::training::{parameters_of, set_parameters};
    use rand::RngExt;

    fn network(activation: Activation, projection: bool) -> Network {
        let mut rng = rng(6);
        let mut affine = |rows, columns| Affine {
            weight: RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.5)),
            bias: (0..rows).map(|_| rng.random_range(-0.2..0.5)).collect(),
        };
        Network {
            name: "n".into(),
            input: projection.then(|| Input { dim: 7, projection: Some(affine(5, 7)) }),
            blocks: [0.3, 0.6].map(|alpha| Block { affine: affine(5, 5), factors: None, alpha, activation }).into(),
            head: Some(affine(3, 5)),
        }
    }

    fn batch(dim: usize) -> (RealMatrix, Vec<usize>) {
        let mut rng = rng(9);
        let mut inputs = RealMatrix::from_fn(dim, 70, |_, _| rng.random_range(0.0..1.0));
        inputs.column_iter_mut().for_each(|mut c| c /= c.sum());
        (inputs, (0..70).map(|i| i % 3).collect())
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for activation in
            [Activation::Relu, Activation::Sigmoid, Activation::Softplus, Activation::Exp, Activation::Square]
        {
            for projection in [true, false] {
                let network = network(activation, projection);
                let (inputs, labels) = batch(if projection { 7 } else { 5 });
                let analytic = gradient(&network, &inputs, Targets::Labels(&labels)).values;
                let start = parameters_of(&network);
                assert_eq!(analytic.len(), start.len());
                let loss = |i: usize, step: f64| {
                    let (mut moved, mut parameters) = (network.clone(), start.clone());
                    parameters[i] += step;
                    set_parameters(&mut moved, &parameters);
                    gradient(&moved, &inputs, Targets::Labels(&labels)).loss
                };
                let step = 1e-6;
                for (i, a) in analytic.iter().enumerate() {
                    let numeric = (loss(i, step) - loss(i, -step)) / (2.0 * step);
                    assert!((a - numeric).abs() < 1e-6 * (1.0 + a.abs()), "{activation:?} {i}: {a} {numeric}");
                }
            }
        }
    }

    #[test]
    fn the_loss_is_that_of_the_forward_pass() {
        let network = network(Activation::Relu, true);
        let (inputs, labels) = batch(7);
        let found = gradient(&network, &inputs, Targets::Labels(&labels));
        let (mut loss, mut wrong) = (0.0, 0);
        for (x, &label) in inputs.column_iter().zip(&labels) {
            let forward = network.forward(x.as_slice());
            loss += forward.scores.iter().map(|s| s.exp()).sum::<f64>().ln() - forward.scores[label];
            wrong += usize::from(forward.label != Some(label));
        }
        assert!((found.loss - loss).abs() < 1e-10 && found.wrong == wrong);
    }

    #[test]
    fn dead_layers_pass_nothing_on() {
        let mut network = network(Activation::Relu, false);
        network.blocks[0].affine.weight.fill(-1.0);
        network.blocks[0].affine.bias.fill(-1.0);
        let (inputs, labels) = batch(5);
        let found = gradient(&network, &inputs, Targets::Labels(&labels));
        assert!(found.values[..30].iter().all(|v| *v == 0.0) && found.values.iter().all(|v| v.is_finite()));
    }
}
