//! The classical forward pass, and the way back from the derivatives of a loss by the scores. Samples are rows.

use super::layer::Map;
use super::mesh::Turns;
use super::shape::{AmplitudeNetwork, Reads};
use crate::linalg::RealMatrix;

/// Why nothing is encoded of some numbers.
const ZERO: &str = "all entries are 0: nothing can be divided by its norm";

/// What a forward pass went through.
#[derive(Clone, Debug)]
pub struct States {
    /// psi_0 to psi_L, a sample each row: samples x n.
    pub states: Vec<RealMatrix>,
    /// `W psi_L + B` or that of probabilities: samples x C.
    pub scores: RealMatrix,
    /// Of each mesh, what its rotations saw.
    kept: Vec<Vec<f64>>,
}

/// Derivatives of a loss.
#[derive(Clone, Debug)]
pub struct Slopes {
    /// By the parameters, in their order.
    pub parameters: Vec<f64>,
    /// By psi_0: samples x n.
    pub input: RealMatrix,
}

impl AmplitudeNetwork {
    /// The input of the network itself: what the front makes of a sample, or the sample.
    ///
    /// # Panics
    /// If the sample has not [`AmplitudeNetwork::entries`].
    pub fn features(&self, sample: &[f64]) -> Vec<f64> {
        assert_eq!(sample.len(), self.entries(), "as many entries as the network takes");
        let Some(front) = &self.front else { return sample.to_vec() };
        front.forward(RealMatrix::from_column_slice(sample.len(), 1, sample)).features.as_slice().to_vec()
    }

    /// What is wrong with a sample, if no state can be made of it.
    pub fn sample_problem(&self, sample: &[f64]) -> Option<String> {
        let features = self.features(sample);
        match &self.front {
            _ if features.iter().any(|v| !v.is_finite()) => Some("the front makes no finite numbers of it".into()),
            _ if features.iter().any(|v| *v != 0.0) => None,
            None => Some(ZERO.into()),
            Some(_) => Some(format!("behind the front {ZERO}")),
        }
    }

    /// How many numbers go into segment `number`, from 1: what a front stands before is the first alone.
    pub fn entries_of(&self, number: usize) -> usize {
        if number == 1 { self.entries() } else { self.dim }
    }

    /// What segment `number`, from 1, encodes of what goes in: of a sample what the front makes of it.
    ///
    /// # Errors
    /// What is wrong with it, if no state can be made of it.
    ///
    /// # Panics
    /// If there are not [`AmplitudeNetwork::entries_of`] numbers.
    pub fn input_of(&self, number: usize, given: &[f64]) -> Result<Vec<f64>, String> {
        if number == 1 {
            return self.sample_problem(given).map_or_else(|| Ok(self.features(given)), Err);
        }
        if given.iter().all(|v| *v == 0.0) { Err(ZERO.into()) } else { Ok(given.to_vec()) }
    }

    /// psi_0 of a sample; none where all entries of its input are 0.
    ///
    /// # Panics
    /// If the sample has not [`AmplitudeNetwork::entries`].
    pub fn first_state(&self, sample: &[f64]) -> Option<Vec<f64>> {
        let input = self.features(sample);
        // Squares of tiny entries would be 0, those of huge ones infinite.
        let largest = input.iter().fold(0.0f64, |most, v| most.max(v.abs()));
        let scaled: Vec<f64> = input.iter().map(|v| v / largest).collect();
        let norm = scaled.iter().map(|v| v * v).sum::<f64>().sqrt();
        (largest > 0.0).then(|| scaled.iter().map(|v| self.gain * v / norm).collect())
    }

    /// The cosines and sines of every layer that is a mesh.
    pub fn turns(&self) -> Vec<Option<Turns>> {
        let of = |map: &Map| match map {
            Map::Mesh(angles) => Some(Turns::of(angles)),
            Map::Matrix(_) => None,
        };
        self.layers.iter().map(|layer| of(&layer.map)).collect()
    }

    /// The forward pass of first states, a row each, with [`AmplitudeNetwork::turns`] or with what something made of them.
    ///
    /// # Panics
    /// If states or turns have other sizes than the network.
    pub fn forward(&self, turns: &[Option<Turns>], first: RealMatrix) -> States {
        assert_eq!((first.ncols(), turns.len()), (self.dim, self.layers.len()), "states and turns of this network");
        let (mut states, mut kept) = (vec![first], vec![]);
        for (k, (layer, turns)) in self.layers.iter().zip(turns).enumerate() {
            let mut state = match (&layer.map, turns) {
                (Map::Matrix(matrix), _) => &states[k] * matrix.transpose(),
                (Map::Mesh(_), _) => states[k].clone(),
            };
            kept.push(turns.as_ref().map_or(vec![], |turns| turns.apply_kept(&mut state)));
            for (source, &weight) in layer.paths.sources(k + 1).zip(layer.paths.weights()) {
                state.zip_apply(&states[source], |to, from| *to += weight * from);
            }
            state.apply(|z| *z = layer.activation.of(*z));
            states.push(state);
        }
        let last = &states[self.layers.len()];
        let seen = match self.head.reads {
            Reads::Amplitudes => last.clone(),
            Reads::Probabilities => probabilities(last),
        };
        let mut scores = seen * self.head.affine.weight.transpose();
        for (mut column, bias) in scores.column_iter_mut().zip(&self.head.affine.bias) {
            column.add_scalar_mut(*bias);
        }
        States { states, scores, kept }
    }

    /// The way back, from the derivatives by the scores, samples x C.
    ///
    /// # Panics
    /// If they are not of as many samples.
    pub fn backward(&self, turns: &[Option<Turns>], flow: &States, by_scores: &RealMatrix) -> Slopes {
        let slots = self.slots();
        let mut parameters = vec![0.0; slots.head.end];
        let (depth, weight) = (self.layers.len(), &self.head.affine.weight);
        let last = &flow.states[depth];
        let seen = match self.head.reads {
            Reads::Amplitudes => last.clone(),
            Reads::Probabilities => probabilities(last),
        };
        let (by_weight, by_bias) = parameters[slots.head].split_at_mut(weight.len());
        by_weight.copy_from_slice((by_scores.transpose() * &seen).as_slice());
        by_bias.iter_mut().zip(by_scores.column_iter()).for_each(|(b, column)| *b = column.sum());
        // Derivatives by every state; those behind come first.
        let mut slopes: Vec<RealMatrix> = vec![RealMatrix::zeros(last.nrows(), self.dim); depth];
        slopes.push(match self.head.reads {
            Reads::Amplitudes => by_scores * weight,
            Reads::Probabilities => by_probabilities(last, &seen, by_scores * weight),
        });
        for (k, (layer, turns)) in self.layers.iter().zip(turns).enumerate().rev() {
            let (of_map, of_paths) = slots.layers[k].clone();
            let mut slope = std::mem::replace(&mut slopes[k + 1], RealMatrix::zeros(0, 0));
            slope.zip_apply(&flow.states[k + 1], |slope, value| *slope *= layer.activation.slope(value));
            let paths = layer.paths.sources(k + 1).zip(layer.paths.weights());
            for ((source, &weight), by) in paths.zip(&mut parameters[of_paths]) {
                *by = slope.dot(&flow.states[source]);
                slopes[source].zip_apply(&slope, |to, from| *to += weight * from);
            }
            match (&layer.map, turns) {
                (Map::Matrix(matrix), _) => {
                    parameters[of_map].copy_from_slice((slope.transpose() * &flow.states[k]).as_slice());
                    slopes[k] += &slope * matrix;
                }
                (Map::Mesh(angles), Some(turns)) => {
                    let by = turns.back(&flow.kept[k], &mut slope);
                    for ((to, angle), (by_cos, by_sin)) in
                        parameters[of_map].iter_mut().zip(angles).zip(by.cos.iter().zip(&by.sin))
                    {
                        *to = angle.cos() * by_sin - angle.sin() * by_cos;
                    }
                    slopes[k] += slope;
                }
                (Map::Mesh(_), None) => unreachable!("a mesh has turns"),
            }
        }
        Slopes { parameters, input: slopes.swap_remove(0) }
    }

    /// The forward pass of samples. An input that is all 0 is a state of zeros, and has the scores of the bias.
    ///
    /// # Panics
    /// If a sample has not [`AmplitudeNetwork::entries`].
    pub fn flow(&self, inputs: &[Vec<f64>]) -> States {
        let first: Vec<Vec<f64>> =
            inputs.iter().map(|x| self.first_state(x).unwrap_or_else(|| vec![0.0; self.dim])).collect();
        self.forward(&self.turns(), RealMatrix::from_fn(inputs.len(), self.dim, |i, j| first[i][j]))
    }

    /// The scores of samples, a row each: samples x C.
    ///
    /// # Panics
    /// As [`AmplitudeNetwork::flow`].
    pub fn scores(&self, inputs: &[Vec<f64>]) -> RealMatrix {
        self.flow(inputs).scores
    }
}

/// `psi² / |psi|²` of every row; 0 where that is 0.
fn probabilities(states: &RealMatrix) -> RealMatrix {
    let mut seen = states.component_mul(states);
    for mut row in seen.row_iter_mut() {
        let norm = row.sum();
        row.apply(|p| *p = if norm > 0.0 { *p / norm } else { 0.0 });
    }
    seen
}

/// From derivatives by probabilities to those by states.
fn by_probabilities(states: &RealMatrix, seen: &RealMatrix, by: RealMatrix) -> RealMatrix {
    let mut slopes = by;
    for ((mut slope, state), p) in slopes.row_iter_mut().zip(states.row_iter()).zip(seen.row_iter()) {
        let (norm, mean) = (state.norm_squared(), slope.dot(&p));
        slope.zip_apply(&state, |s, psi| *s = if norm > 0.0 { 2.0 * psi * (*s - mean) / norm } else { 0.0 });
    }
    slopes
}

#[cfg(test)]
mod tests;
