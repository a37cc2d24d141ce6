//! Classical networks of the same size: layers of n x n with a leaky rectifier, with the identity beside them or without.

use super::gradient::{by_chunks, of_scores};
use super::plan::{AmplitudePlan, linear};
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::amplitude::{Front, Hidden};
use crate::random::rng;
use crate::training::{Gradient, Targets, Trainable};
use std::ops::Range;

const HIDDEN: Hidden = Hidden::LeakyRelu;

/// `y <- f(W y + b)`, or `f(W y + b) + y`, layer by layer, and a linear head.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// What makes first states of samples, where samples are none.
    pub front: Option<Front>,
    /// What a normalised input is multiplied with.
    pub gain: f64,
    /// n x n each.
    pub layers: Vec<Affine>,
    /// Whether a layer's input is added to what it makes.
    pub residual: bool,
    /// C x n.
    pub head: Affine,
}

impl Rival {
    /// As large as a plan says, with entries uniform in ±1/√n. The head is that of the plan's network with this seed.
    pub fn start(plan: &AmplitudePlan, residual: bool, seed: u64) -> Rival {
        let mut rng = rng(seed);
        let head = linear(plan.classes, plan.dim, &mut rng);
        let layers = (0..plan.layers).map(|_| linear(plan.dim, plan.dim, &mut rng)).collect();
        Rival { front: plan.front(seed), gain: plan.gain, layers, residual, head }
    }

    fn affines(&self) -> impl Iterator<Item = &Affine> {
        self.layers.iter().chain([&self.head])
    }

    /// What every layer makes of states, a row each, the states first; `shift` is added to what the activation of its layer
    /// makes of every sample.
    fn flow(&self, states: RealMatrix, shift: Option<(usize, &[f64])>) -> Vec<RealMatrix> {
        let mut flow = vec![states];
        for (k, layer) in self.layers.iter().enumerate() {
            let mut next = apply(layer, &flow[k]);
            next.apply(|z| *z = HIDDEN.of(*z));
            if let Some((_, shift)) = shift.filter(|(at, _)| *at == k) {
                next.column_iter_mut().zip(shift).for_each(|(mut column, by)| column.add_scalar_mut(*by));
            }
            if self.residual {
                next += &flow[k];
            }
            flow.push(next);
        }
        flow
    }

    /// Scores of states, a row each: samples x C.
    ///
    /// # Panics
    /// If sizes differ.
    pub fn scores(&self, states: RealMatrix, shift: Option<(usize, &[f64])>) -> RealMatrix {
        apply(&self.head, &self.flow(states, shift)[self.layers.len()])
    }

    /// The gradient over first states, or behind a front over samples, a column each, in the order of the parameters: those of
    /// the front, then of each layer and the head the weight, column by column, and the bias.
    ///
    /// # Panics
    /// If there is no sample, not a target for each, or sizes differ.
    pub fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>, shift: Option<(usize, &[f64])>) -> Gradient {
        by_chunks(self.front.as_ref(), self.gain, inputs, targets, |states, start| {
            let flow = self.flow(states, shift);
            let last = &flow[self.layers.len()];
            let (loss, wrong, by_scores) = of_scores(&apply(&self.head, last), targets, start);
            let mut parts = vec![slopes(&by_scores, last)];
            let mut slope = &by_scores * &self.head.weight;
            for (k, layer) in self.layers.iter().enumerate().rev() {
                // What the activation made is no longer there once something was added to it.
                let mut inner = apply(layer, &flow[k]);
                inner.zip_apply(&slope, |z, by| *z = by * HIDDEN.slope(HIDDEN.of(*z)));
                parts.push(slopes(&inner, &flow[k]));
                let before = &inner * &layer.weight;
                slope = if self.residual { slope + before } else { before };
            }
            parts.reverse();
            (Gradient { loss, wrong, values: parts.concat() }, slope)
        })
    }
}

/// `x Wᵀ + b` for every row x.
fn apply(affine: &Affine, states: &RealMatrix) -> RealMatrix {
    let mut out = states * affine.weight.transpose();
    out.column_iter_mut().zip(&affine.bias).for_each(|(mut column, b)| column.add_scalar_mut(*b));
    out
}

/// Derivatives by weight and bias, from those by what the map made of states.
fn slopes(by: &RealMatrix, states: &RealMatrix) -> Vec<f64> {
    let mut values = (by.transpose() * states).as_slice().to_vec();
    values.extend(by.column_iter().map(|column| column.sum()));
    values
}

impl Trainable for Rival {
    fn parameters(&self) -> Vec<f64> {
        let own = self.affines().flat_map(|affine| [affine.weight.as_slice(), &affine.bias]).flatten();
        self.front.iter().flat_map(Front::parameters).chain(own).copied().collect()
    }

    fn set_parameters(&mut self, mut values: &[f64]) {
        if let Some(front) = &mut self.front {
            let (own, rest) = values.split_at(front.parameters().count());
            front.set_parameters(own);
            values = rest;
        }
        for affine in self.layers.iter_mut().chain([&mut self.head]) {
            for to in [affine.weight.as_mut_slice(), &mut affine.bias] {
                let (part, rest) = values.split_at(to.len());
                to.copy_from_slice(part);
                values = rest;
            }
        }
    }

    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        self.gradient(inputs, targets, None)
    }

    fn layers(&self) -> Vec<Range<usize>> {
        let mut end = self.front.as_ref().map_or(0, |front| front.parameters().count());
        let size = |layer: &Affine| {
            end += layer.weight.len() + layer.bias.len();
            end - layer.weight.len() - layer.bias.len()..end
        };
        self.layers.iter().map(size).collect()
    }
}
