//! The gradient of the cross-entropy of an amplitude network.

use crate::linalg::RealMatrix;
use crate::network::amplitude::{AmplitudeNetwork, Turns};
use crate::training::gradient::cross_entropy;
use crate::training::{Gradient, Targets, Trainable};
use rayon::prelude::*;
use std::ops::Range;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 64;

impl Trainable for AmplitudeNetwork {
    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }

    /// Inputs are first states; see [`amplitude_gradient`].
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        amplitude_gradient(self, &self.turns(), inputs, targets)
    }

    fn layers(&self) -> Vec<Range<usize>> {
        self.slots().layers.into_iter().map(|(map, paths)| map.start..paths.end).collect()
    }
}

/// The gradient over first states, a column each, in the order of [`AmplitudeNetwork::parameters`]; with the cosines and sines
/// that the network has or with what something made of them. Derivatives by angles are those of the network's own.
///
/// # Panics
/// If there is no sample, not a target for each, or sizes differ.
pub fn amplitude_gradient(
    network: &AmplitudeNetwork,
    turns: &[Option<Turns>],
    inputs: &RealMatrix,
    targets: Targets<'_>,
) -> Gradient {
    by_chunks(inputs, targets, |states, start| {
        let flow = network.forward(turns, states);
        let (loss, wrong, by_scores) = of_scores(&flow.scores, targets, start);
        Gradient { loss, wrong, values: network.backward(turns, &flow, &by_scores).parameters }
    })
}

/// The sum of what `of_chunk` makes of samples, a row each, of which the first has the number that it is told.
pub(super) fn by_chunks(
    inputs: &RealMatrix,
    targets: Targets<'_>,
    of_chunk: impl Fn(RealMatrix, usize) -> Gradient + Sync,
) -> Gradient {
    let count = inputs.ncols();
    assert_eq!(targets.len(), count, "a target for each sample");
    let chunk = |start: usize| of_chunk(inputs.columns(start, AT_ONCE.min(count - start)).transpose(), start);
    let starts: Vec<usize> = (0..count).step_by(AT_ONCE).collect();
    let parts: Vec<Gradient> = starts.into_par_iter().map(chunk).collect();
    let add = |mut sum: Gradient, part: Gradient| {
        sum.values.iter_mut().zip(&part.values).for_each(|(sum, part)| *sum += part);
        Gradient { loss: sum.loss + part.loss, wrong: sum.wrong + part.wrong, values: sum.values }
    };
    parts.into_iter().reduce(add).expect("a batch has at least one sample")
}

/// The loss of scores, samples x C, how many are labelled wrongly, and the derivatives by the scores.
pub(super) fn of_scores(scores: &RealMatrix, targets: Targets<'_>, start: usize) -> (f64, usize, RealMatrix) {
    let mut columns = scores.transpose();
    let (loss, wrong) = cross_entropy(&mut columns, targets, start);
    (loss, wrong, columns.transpose())
}
