//! What of a network is one linear map: the layers between two activations, and the head behind the last.

use super::activation::Hidden;
use super::layer::Paths;
use super::shape::{AmplitudeNetwork, Reads};
use crate::linalg::RealMatrix;
use std::ops::{Range, RangeInclusive};

/// A linear map of a state, which one program computes whatever the number of its layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// F of the last segment that reads amplitudes, C x n; K of every other, n x n. The gain is part of the first.
    pub map: RealMatrix,
    /// K, n x n: the state behind the layers, which the head, if one follows, reads.
    pub states: RealMatrix,
    /// Its layers, from 0.
    pub layers: Range<usize>,
    /// Whether the norm of what goes in is dropped, as that of samples is: so in the first segment. Later ones keep it.
    pub normalises: bool,
    /// What is read: signs, or probabilities alone.
    pub reads: Reads,
    /// What makes the next segment's state of `map · psi`; none behind the last, where the head's bias, or where it reads
    /// probabilities the head, comes.
    pub activation: Option<Hidden>,
}

impl Segment {
    /// What comes out of an input of any norm: `map · x`, of x/|x| where it normalises. None where that is 0/0.
    pub fn apply(&self, input: &[f64]) -> Option<Vec<f64>> {
        let mut x = RealMatrix::from_column_slice(input.len(), 1, input);
        if self.normalises {
            // Squares of tiny entries would be 0, those of huge ones infinite.
            x /= x.amax();
            x /= x.norm();
        }
        (!x.iter().any(|v| v.is_nan())).then(|| (&self.map * x).as_slice().to_vec())
    }

    /// The state that the next segment reads, given what came out of this one.
    pub fn activated(&self, out: &[f64]) -> Vec<f64> {
        out.iter().map(|z| self.activation.map_or(*z, |f| f.of(*z))).collect()
    }
}

/// The largest entry of a map, unless all are 0: beyond, squares of entries are no numbers, or have lost their digits.
const LARGEST: RangeInclusive<f64> = 1e-150..=1e150;

impl AmplitudeNetwork {
    /// Segments, first to last.
    ///
    /// # Errors
    /// If dense sums reach back over an activation: the states they need have been measured by then; or if the largest entry
    /// of a map is not from 1e-150 to 1e150, nor 0.
    pub fn segments(&self) -> Result<Vec<Segment>, String> {
        let identity = RealMatrix::identity(self.dim, self.dim);
        let mut segments = vec![];
        // K of every state since the last activation, and which state that is of.
        let (mut since, mut maps) = (0, vec![&identity * self.gain]);
        for (k, layer) in self.layers.iter().enumerate() {
            if since > 0 && matches!(layer.paths, Paths::Dense(_)) {
                return Err(format!(
                    "layers[{k}]: dense sums reach back over the activation of layers[{}], whose input has been measured by then",
                    since - 1
                ));
            }
            let mut map = layer.map.matrix(self.dim) * &maps[k - since];
            for (source, &weight) in layer.paths.sources(k + 1).zip(layer.paths.weights()) {
                map += &maps[source - since] * weight;
            }
            maps.push(map);
            if layer.activation != Hidden::Identity {
                let map = maps.swap_remove(k + 1 - since);
                segments.push(Segment {
                    states: map.clone(),
                    map,
                    layers: since..k + 1,
                    normalises: since == 0,
                    reads: Reads::Amplitudes,
                    activation: Some(layer.activation),
                });
                (since, maps) = (k + 1, vec![identity.clone()]);
            }
        }
        let last = &maps[maps.len() - 1];
        let map = match self.head.reads {
            Reads::Amplitudes => &self.head.affine.weight * last,
            Reads::Probabilities => last.clone(),
        };
        let layers = since..self.layers.len();
        segments.push(Segment {
            map,
            states: last.clone(),
            layers,
            normalises: since == 0,
            reads: self.head.reads,
            activation: None,
        });
        let count = segments.len();
        for (k, segment) in segments.iter().enumerate() {
            let bad = [&segment.map, &segment.states]
                .into_iter()
                .map(largest)
                .find(|most| !(*most == 0.0 || LARGEST.contains(most)));
            if let Some(most) = bad {
                let which = if count > 1 { format!(" of segment {}", k + 1) } else { String::new() };
                let what = if most.is_finite() { format!("is {most:e}") } else { "is no finite number".into() };
                return Err(format!(
                    "the largest entry of the map that the layers{which} multiply to {what}: expected 1e-150 to 1e150"
                ));
            }
        }
        Ok(segments)
    }

    /// What the segment's map has beyond its states: the head's weights, C x n, where it ends in them.
    pub fn read_by(&self, segment: &Segment) -> Option<&RealMatrix> {
        let ends = segment.activation.is_none() && segment.reads == Reads::Amplitudes;
        ends.then_some(&self.head.affine.weight)
    }

    /// The scores of the state that the last segment, with bias or head, makes of what it read: `map · psi`, or the
    /// probabilities of it.
    pub fn finish(&self, read: &[f64]) -> Vec<f64> {
        let bias = &self.head.affine.bias;
        match self.head.reads {
            Reads::Amplitudes => read.iter().zip(bias).map(|(z, b)| z + b).collect(),
            Reads::Probabilities => {
                let p = RealMatrix::from_column_slice(read.len(), 1, read);
                let scores = &self.head.affine.weight * p;
                scores.iter().zip(bias).map(|(z, b)| z + b).collect()
            }
        }
    }
}

/// The largest entry, NaN if there is one.
fn largest(map: &RealMatrix) -> f64 {
    if map.iter().any(|v| v.is_nan()) { f64::NAN } else { map.amax() }
}
