//! The gradient of the cross-entropy of an amplitude network.

use crate::linalg::RealMatrix;
use crate::network::amplitude::{AmplitudeNetwork, Front, Slopes, Turns};
use crate::training::gradient::cross_entropy;
use crate::training::{Gradient, Targets, Trainable};
use rayon::prelude::*;
use std::ops::Range;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 64;
/// The same behind a front, where each sample is work enough.
const AT_ONCE_BEHIND: usize = 8;

impl Trainable for AmplitudeNetwork {
    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }

    /// Inputs are first states, or behind a front samples; see [`amplitude_gradient`].
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        amplitude_gradient(self, &self.turns(), inputs, targets)
    }

    fn layers(&self) -> Vec<Range<usize>> {
        self.slots().layers.into_iter().map(|(map, paths)| map.start..paths.end).collect()
    }
}

/// The gradient over first states, or behind a front over samples, a column each, in the order of [`AmplitudeNetwork::parameters`]; with the cosines and sines
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
    let own = network.slots().front.end;
    by_chunks(network.front.as_ref(), network.gain, inputs, targets, |states, start| {
        let flow = network.forward(turns, states);
        let (loss, wrong, by_scores) = of_scores(&flow.scores, targets, start);
        let Slopes { mut parameters, input } = network.backward(turns, &flow, &by_scores);
        (Gradient { loss, wrong, values: parameters.split_off(own) }, input)
    })
}

/// The sum of what `of_chunk` makes of first states, a row each, of which the first has the number that it is told: the gradient
/// by what stands behind the states, and the derivatives by the states, a row each. Parameters of the front come first.
pub(super) fn by_chunks(
    front: Option<&Front>,
    gain: f64,
    inputs: &RealMatrix,
    targets: Targets<'_>,
    of_chunk: impl Fn(RealMatrix, usize) -> (Gradient, RealMatrix) + Sync,
) -> Gradient {
    let count = inputs.ncols();
    assert_eq!(targets.len(), count, "a target for each sample");
    let at_once = if front.is_some() { AT_ONCE_BEHIND } else { AT_ONCE };
    let chunk = |start: usize| {
        let columns = inputs.columns(start, at_once.min(count - start));
        let Some(front) = front else { return of_chunk(columns.transpose(), start).0 };
        let flow = front.forward(columns.into_owned());
        let states = normalised(&flow.features, gain);
        let (rest, by_states) = of_chunk(states.transpose(), start);
        let mut by_features = by_states.transpose();
        for (j, mut slope) in by_features.column_iter_mut().enumerate() {
            let (state, norm) = (states.column(j), flow.features.column(j).norm());
            let along = slope.dot(&state) / (gain * gain);
            slope.zip_apply(&state, |s, psi| *s = if norm > 0.0 { (*s - along * psi) * gain / norm } else { 0.0 });
        }
        let mut values = front.backward(&flow, by_features);
        values.extend(rest.values);
        Gradient { values, ..rest }
    };
    let starts: Vec<usize> = (0..count).step_by(at_once).collect();
    let parts: Vec<Gradient> = starts.into_par_iter().map(chunk).collect();
    let add = |mut sum: Gradient, part: Gradient| {
        sum.values.iter_mut().zip(&part.values).for_each(|(sum, part)| *sum += part);
        Gradient { loss: sum.loss + part.loss, wrong: sum.wrong + part.wrong, values: sum.values }
    };
    parts.into_iter().reduce(add).expect("a batch has at least one sample")
}

/// First states of inputs, a column each; 0 where the input is.
pub(super) fn normalised(inputs: &RealMatrix, gain: f64) -> RealMatrix {
    let mut states = inputs.clone();
    for mut state in states.column_iter_mut() {
        let norm = state.norm();
        state.apply(|v| *v = if norm > 0.0 { gain * *v / norm } else { 0.0 });
    }
    states
}

/// The loss of scores, samples x C, how many are labelled wrongly, and the derivatives by the scores.
pub(super) fn of_scores(scores: &RealMatrix, targets: Targets<'_>, start: usize) -> (f64, usize, RealMatrix) {
    let mut columns = scores.transpose();
    let (loss, wrong) = cross_entropy(&mut columns, targets, start);
    (loss, wrong, columns.transpose())
}
