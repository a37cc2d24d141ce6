//! Samples that go with weights: inputs, and what the model that the weights are of makes of them. They tell whether the
//! network that hqrn reads is the function of that model (docs/method.md, section 9).

use super::readings::explain;
use super::rows::matrix;
use super::{Network, NetworkError};
use serde::{Deserialize, Serialize};

/// How far outputs may be off, as a share of the largest: single precision through many blocks is off by up to 1e-4, half
/// of that precision by more; another function by far more than either.
pub const TOLERANCE: f64 = 1e-3;

/// Inputs and what a model makes of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Inputs as the model is given them, at least one: rows of as many entries as an input has.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub inputs: Vec<Vec<f64>>,
    /// What the model makes of each: the scores of the classes, before any softmax; without a head the last state.
    /// Compared with an error of 1e-3 of the largest.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub outputs: Vec<Vec<f64>>,
}

impl Network {
    /// The scores of a head, or the last state where there is none.
    ///
    /// # Panics
    /// If `x` has not [`Network::input_dim`] entries.
    pub fn output(&self, x: &[f64]) -> Vec<f64> {
        let mut run = self.forward(x);
        if self.head.is_some() { run.scores } else { run.states.pop().unwrap_or_default() }
    }

    /// Entries of what [`Network::output`] gives.
    pub fn output_dim(&self) -> usize {
        self.head.as_ref().map_or_else(|| self.blocks[0].dim(), |head| head.bias.len())
    }
}

impl Expect {
    /// What a network makes of inputs itself.
    ///
    /// # Panics
    /// If an input has not [`Network::input_dim`] entries.
    pub fn of(network: &Network, inputs: Vec<Vec<f64>>) -> Expect {
        Expect { outputs: inputs.iter().map(|x| network.output(x)).collect(), inputs }
    }

    /// Whether sizes fit the network and all numbers are finite.
    pub(super) fn check(&self, network: &Network) -> Result<(), NetworkError> {
        for (key, rows, wanted) in
            [("inputs", &self.inputs, network.input_dim()), ("outputs", &self.outputs, network.output_dim())]
        {
            let place = format!("expect.{key}");
            matrix(rows, &place)?;
            if rows[0].len() != wanted {
                let problem = format!("{} entries, expected {wanted}", rows[0].len());
                return Err(NetworkError::value(format!("{place}[0]"), problem));
            }
            for (i, row) in rows.iter().enumerate() {
                if let Some(j) = row.iter().position(|v| !v.is_finite()) {
                    let problem = format!("{}, expected a finite number", row[j]);
                    return Err(NetworkError::value(format!("{place}[{i}][{j}]"), problem));
                }
            }
        }
        let (inputs, outputs) = (self.inputs.len(), self.outputs.len());
        if inputs != outputs {
            return Err(NetworkError::value(
                "expect.outputs",
                format!("{outputs} rows, expected {inputs}, as inputs has"),
            ));
        }
        Ok(())
    }

    /// Whether a network whose sizes fit is the function of the model.
    pub(super) fn compare(&self, network: &Network) -> Result<(), NetworkError> {
        let allowed = self.allowed();
        let mut worst: Option<(f64, usize, usize, f64)> = None;
        for (i, (x, wanted)) in self.inputs.iter().zip(&self.outputs).enumerate() {
            for (j, (got, wanted)) in network.output(x).into_iter().zip(wanted).enumerate() {
                let error = (got - wanted).abs();
                // What is no number at all is the worst.
                if (error > allowed || error.is_nan()) && !worst.is_some_and(|(most, ..)| most >= error) {
                    worst = Some((error, i, j, got));
                }
            }
        }
        let Some((_, i, j, got)) = worst else { return Ok(()) };
        Err(NetworkError::Function {
            sample: format!("{} of {}", i + 1, self.inputs.len()),
            output: j,
            got: format!("{got:.4e}"),
            wanted: format!("{:.4e}", self.outputs[i][j]),
            explanation: explain(network, &self.inputs, &self.outputs, allowed),
        })
    }

    /// By how much an output may be off.
    pub(super) fn allowed(&self) -> f64 {
        TOLERANCE * self.outputs.iter().flatten().fold(0.0, |most: f64, v| most.max(v.abs()))
    }
}

#[cfg(test)]
mod tests;
