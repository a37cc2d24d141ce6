//! Samples as first states.

use super::plan::AmplitudePlan;
use crate::data::Samples;
use crate::linalg::RealMatrix;
use crate::training::TrainingSet;

/// First states of samples, or behind a front the samples themselves, a column each, with their labels.
///
/// # Errors
/// The number of the first sample, from 0, whose entries are all 0.
///
/// # Panics
/// If there are no samples or no labels, or a sample has not as many entries as the plan says.
pub fn first_states(plan: &AmplitudePlan, samples: &Samples) -> Result<TrainingSet, usize> {
    let labels = samples.labels.clone().expect("training needs labels");
    if plan.front.is_some() {
        let inputs = RealMatrix::from_fn(plan.entries(), labels.len(), |i, j| samples.inputs[j][i]);
        return Ok(TrainingSet::of_states(inputs, labels, vec![]));
    }
    let network = AmplitudePlan { layers: 0, ..plan.clone() }.start("", 0);
    let mut states = Vec::with_capacity(labels.len() * plan.dim);
    for (number, input) in samples.inputs.iter().enumerate() {
        states.extend(network.first_state(input).ok_or(number)?);
    }
    Ok(TrainingSet::of_states(RealMatrix::from_vec(plan.dim, labels.len(), states), labels, vec![]))
}
