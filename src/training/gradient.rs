//! The gradient of the cross-entropy, by hand, for a batch of samples with labels or with shares of classes.
//!
//! A sample is a state: N probabilities, or the N² coordinates of a density matrix, of which a block replaces the first N.

use crate::linalg::RealMatrix;
use crate::network::{Activation, Demand, Network, Search, largest};
use crate::random::{Rng, stream};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 32;

/// What a network's scores should say.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// One class a sample.
    Labels(&'a [usize]),
    /// The same with a weight a class, which its samples' losses are multiplied with (S39).
    Weighted(&'a [usize], &'a [f64]),
    /// Shares of all classes that sum up to one, a column a sample: what another network says.
    Shares(&'a RealMatrix),
}

impl Targets<'_> {
    /// Samples.
    pub(super) fn len(&self) -> usize {
        match self {
            Targets::Labels(labels) | Targets::Weighted(labels, _) => labels.len(),
            Targets::Shares(shares) => shares.ncols(),
        }
    }

    /// The likeliest class of a sample.
    fn label(&self, sample: usize) -> usize {
        match self {
            Targets::Labels(labels) | Targets::Weighted(labels, _) => labels[sample],
            Targets::Shares(shares) => largest(shares.column(sample).as_slice()).unwrap_or(0),
        }
    }

    /// The share of a class.
    fn share(&self, sample: usize, class: usize) -> f64 {
        match self {
            Targets::Labels(labels) => f64::from(u8::from(labels[sample] == class)),
            Targets::Weighted(labels, weights) => {
                if labels[sample] == class {
                    weights[class]
                } else {
                    0.0
                }
            }
            Targets::Shares(shares) => shares[(class, sample)],
        }
    }

    /// What the shares of a sample sum up to.
    fn total(&self, sample: usize) -> f64 {
        if let Targets::Weighted(labels, weights) = self { weights[labels[sample]] } else { 1.0 }
    }
}

/// Shots that blocks are estimated from: noise on W y, in the normal limit.
#[derive(Clone, Copy, Debug)]
pub struct Sampling<'a> {
    /// For each block what maps a state to the variance that one shot has, `Σ± gamma±² p±`, N x N.
    pub variances: &'a [RealMatrix],
    /// Shots a block.
    pub shots: f64,
    /// Seed of the noise; each sample has a stream of its own.
    pub seed: u64,
}

impl Sampling<'_> {
    /// Noise on the products of block k with some states.
    fn noise(&self, k: usize, states: &RealMatrix, streams: &mut [Rng]) -> RealMatrix {
        let mut noise = &self.variances[k] * states;
        for (mut column, rng) in noise.column_iter_mut().zip(streams) {
            for v in column.iter_mut() {
                let normal: f64 = StandardNormal.sample(rng);
                *v = (v.max(0.0) / self.shots).sqrt() * normal;
            }
        }
        noise
    }
}

/// The loss of a batch and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The sum of `-Σ_c share_c ln softmax(scores)_c` over the batch.
    pub loss: f64,
    /// How often the highest score is not the likeliest class's.
    pub wrong: usize,
    /// The derivative of the sum by every parameter, in the order in which the network has them.
    pub values: Vec<f64>,
}

/// The loss of a batch and its derivatives by what every layer computes, before any form of a block is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MapGradient {
    pub(crate) loss: f64,
    wrong: usize,
    projection: Option<LayerSlopes>,
    pub(crate) blocks: Vec<LayerSlopes>,
    pub(crate) head: LayerSlopes,
}

/// Derivatives by a layer's map and bias.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LayerSlopes {
    /// As large as the map.
    pub(crate) map: RealMatrix,
    pub(crate) bias: Vec<f64>,
    /// By the logarithm of what the layer's noise is multiplied with; zero without noise.
    pub(crate) noise: f64,
}

impl LayerSlopes {
    fn add(&mut self, other: &LayerSlopes) {
        self.map += &other.map;
        self.bias.iter_mut().zip(&other.bias).for_each(|(sum, part)| *sum += part);
        self.noise += other.noise;
    }

    fn in_a_row(&self) -> Vec<f64> {
        [self.map.as_slice(), &self.bias].concat()
    }
}

impl MapGradient {
    fn layers(&self) -> impl Iterator<Item = &LayerSlopes> {
        self.projection.iter().chain(&self.blocks).chain([&self.head])
    }

    fn layers_mut(&mut self) -> impl Iterator<Item = &mut LayerSlopes> {
        self.projection.iter_mut().chain(&mut self.blocks).chain([&mut self.head])
    }
}

/// The gradient over samples given as normalised inputs, a column each, or as coordinates of density matrices.
///
/// # Panics
/// If the network has no head, or sizes differ.
pub fn gradient(network: &Network, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
    let searches: Vec<Box<dyn Search + '_>> = network.blocks.iter().map(|block| block.form().search()).collect();
    let maps: Vec<&RealMatrix> = searches.iter().map(|search| search.map()).collect();
    let whole = map_gradient(network, &maps, inputs, targets, None);
    let mut values = whole.projection.as_ref().map_or(vec![], LayerSlopes::in_a_row);
    for (search, by) in searches.into_iter().zip(&whole.blocks) {
        values.extend(search.slopes(&Demand::of_map(&by.map)).1);
        values.extend(&by.bias);
    }
    values.extend(whole.head.in_a_row());
    Gradient { loss: whole.loss, wrong: whole.wrong, values }
}

/// The gradient by what the layers compute, blocks having these maps whatever their forms say; of a network that is run
/// with finitely many shots, where `sampling` says so. The noise is drawn, then held fixed: only its scale has a derivative.
///
/// # Panics
/// As [`gradient`].
pub(crate) fn map_gradient(
    network: &Network,
    maps: &[&RealMatrix],
    inputs: &RealMatrix,
    targets: Targets<'_>,
    sampling: Option<&Sampling<'_>>,
) -> MapGradient {
    let starts: Vec<usize> = (0..targets.len()).step_by(AT_ONCE).collect();
    let parts: Vec<MapGradient> = starts
        .into_par_iter()
        .map(|start| {
            let width = AT_ONCE.min(targets.len() - start);
            of_chunk(network, maps, &inputs.columns(start, width).into_owned(), targets, sampling, start)
        })
        .collect();
    let add = |mut sum: MapGradient, part: MapGradient| {
        sum.loss += part.loss;
        sum.wrong += part.wrong;
        sum.layers_mut().zip(part.layers()).for_each(|(sum, part)| sum.add(part));
        sum
    };
    parts.into_iter().reduce(add).expect("a batch has at least one sample")
}

/// The loss of samples by their scores, a column each, and how many are labelled wrongly; the first sample is the one
/// numbered `start`. Puts the derivatives by the scores in their place.
pub(super) fn cross_entropy(scores: &mut RealMatrix, targets: Targets<'_>, start: usize) -> (f64, usize) {
    let (mut loss, mut wrong) = (0.0, 0);
    for (sample, mut column) in (start..).zip(scores.column_iter_mut()) {
        wrong += usize::from(largest(column.as_slice()) != Some(targets.label(sample)));
        let top = column.max();
        let sum: f64 = column.iter().map(|s| (s - top).exp()).sum();
        // Softmax, times what the shares sum up to, minus the shares.
        for (class, score) in column.iter_mut().enumerate() {
            let share = targets.share(sample, class);
            loss += share * (sum.ln() + top - *score);
            *score = targets.total(sample) * (*score - top).exp() / sum - share;
        }
    }
    (loss, wrong)
}

/// What the way back needs of a layer `h = F(W y + b)`.
pub(crate) struct Layer {
    pub(crate) input: RealMatrix,
    pub(crate) h: RealMatrix,
    /// f'(z) / sum f(z) for every unit; zero where all units are dead.
    slope: RealMatrix,
}

/// The gradient over samples of which the first is the one numbered `start`.
fn of_chunk(
    network: &Network,
    maps: &[&RealMatrix],
    inputs: &RealMatrix,
    targets: Targets<'_>,
    sampling: Option<&Sampling<'_>>,
    start: usize,
) -> MapGradient {
    let head = network.head.as_ref().expect("the loss is of a head's scores");
    let projection = network.projection();
    let (mut layers, mut noises) = (vec![], vec![]);
    let mut streams: Vec<Rng> = sampling.map_or(vec![], |sampling| {
        (start..start + inputs.ncols()).map(|sample| stream(sampling.seed, sample as u64)).collect()
    });
    let mut y = inputs.clone();
    if let Some(affine) = projection {
        let layer = Layer::forward(&affine.weight, &affine.bias, network.blocks[0].activation, y, None);
        y = layer.h.clone();
        layers.push(layer);
    }
    for (k, (block, map)) in network.blocks.iter().zip(maps).enumerate() {
        if network.measures_before(k) {
            y = y.rows(0, block.dim()).into_owned();
        }
        let noise = sampling.map(|sampling| sampling.noise(k, &y, &mut streams));
        let layer = Layer::forward(map, block.bias(), block.activation, y, noise.as_ref());
        noises.extend(noise);
        y = layer.mixed(block.alpha);
        layers.push(layer);
    }
    let last = y.rows(0, head.weight.ncols());
    let mut scores = &head.weight * last;
    scores.column_iter_mut().for_each(|mut s| s.iter_mut().zip(&head.bias).for_each(|(s, b)| *s += b));
    let (loss, wrong) = cross_entropy(&mut scores, targets, start);
    let by_head = derivative(&scores, &last.into_owned(), last.nrows());
    let mut dy = head.weight.tr_mul(&scores);
    let blocks = network.blocks.iter().zip(maps).zip(&layers[usize::from(projection.is_some())..]);
    let mut by_blocks = vec![];
    for (k, ((block, map), layer)) in blocks.enumerate().rev() {
        // Entries that were measured away, or that the head does not see, change nothing.
        dy = dy.resize_vertically(layer.input.nrows(), 0.0);
        let dz = layer.backward(&(dy.rows(0, layer.h.nrows()) * (1.0 - block.alpha)));
        let noise = noises.get(k).map_or(0.0, |noise| dz.dot(noise));
        by_blocks.push(LayerSlopes { noise, ..derivative(&dz, &layer.input, map.ncols()) });
        dy *= block.alpha;
        let seen = map.ncols().min(dy.nrows());
        let mut into = dy.rows_mut(0, seen);
        into += map.columns(0, seen).tr_mul(&dz);
    }
    by_blocks.reverse();
    let by_projection = projection.map(|_| derivative(&layers[0].backward(&dy), inputs, inputs.nrows()));
    MapGradient { loss, wrong, projection: by_projection, blocks: by_blocks, head: by_head }
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
    /// `F(W y + b)` for every column y, of which W sees as many entries as it has columns; with noise on W y if there is
    /// any.
    pub(crate) fn forward(
        weight: &RealMatrix,
        bias: &[f64],
        activation: Activation,
        input: RealMatrix,
        noise: Option<&RealMatrix>,
    ) -> Layer {
        let seen = weight.ncols().min(input.nrows());
        let mut h = weight.columns(0, seen) * input.rows(0, seen);
        noise.into_iter().for_each(|noise| h += noise);
        let mut slope = h.clone();
        for (mut h, mut slope) in h.column_iter_mut().zip(slope.column_iter_mut()) {
            h.iter_mut().zip(bias).for_each(|(z, b)| *z += b);
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

    /// The state after the block: `α y`, with `(1 - α) h` on its first entries.
    pub(crate) fn mixed(&self, alpha: f64) -> RealMatrix {
        let mut y = &self.input * alpha;
        let mut diagonal = y.rows_mut(0, self.h.nrows());
        diagonal += &self.h * (1.0 - alpha);
        y
    }

    /// `dz_n = f'(z_n) / s · (dh_n - sum_l dh_l h_l)`, from `h_n = f(z_n) / s`.
    pub(crate) fn backward(&self, dh: &RealMatrix) -> RealMatrix {
        let mut dz = dh.clone();
        for (i, mut column) in dz.column_iter_mut().enumerate() {
            let mean = column.dot(&self.h.column(i));
            column.iter_mut().zip(self.slope.column(i).iter()).for_each(|(d, s)| *d = (*d - mean) * s);
        }
        dz
    }
}

/// `dW = dz yᵀ`, then `db`. W has so many columns; where y has fewer entries, the others are zero.
fn derivative(dz: &RealMatrix, y: &RealMatrix, columns: usize) -> LayerSlopes {
    let map = dz * y.rows(0, columns.min(y.nrows())).transpose();
    let bias = dz.row_iter().map(|row| row.sum()).collect();
    LayerSlopes { map: map.resize_horizontally(columns, 0.0), bias, noise: 0.0 }
}

#[cfg(test)]
mod tests;
