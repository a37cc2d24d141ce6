//! An amplitude network, and where its parameters stand.

use super::front::Front;
use super::layer::MeshLayer;
use crate::network::Affine;
use std::ops::Range;

/// A quantum-inspired network: `psi_0 = gain x / |x|`, layers, `logits = W psi_L + B` or of probabilities
/// (docs/method.md, section 15).
#[derive(Clone, Debug, PartialEq)]
pub struct AmplitudeNetwork {
    /// Its name, which compiled programs carry.
    pub name: String,
    /// What makes the input of a sample; none where the sample is it.
    pub front: Option<Front>,
    /// Entries of an input, n: 1 to [`AmplitudeNetwork::MAX_DIM`].
    pub dim: usize,
    /// What a normalised input is multiplied with: finite, not 0.
    pub gain: f64,
    /// The layers; without any the head reads the input.
    pub layers: Vec<MeshLayer>,
    /// From the last state to one score a class.
    pub head: AmplitudeHead,
}

/// The head: C x n weight, C bias.
#[derive(Clone, Debug, PartialEq)]
pub struct AmplitudeHead {
    /// The map.
    pub affine: Affine,
    /// What it is a map of.
    pub reads: Reads,
}

/// What a head sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    /// psi_L, as in the paper.
    #[default]
    Amplitudes,
    /// `psi_L² / |psi_L|²`, entry by entry: what is measured without a reference.
    Probabilities,
}

/// Where the parameters of a network stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// Of the front.
    pub front: Range<usize>,
    /// Of every layer: its map, then its paths.
    pub layers: Vec<(Range<usize>, Range<usize>)>,
    /// The weight, column by column, then the bias.
    pub head: Range<usize>,
}

impl AmplitudeNetwork {
    /// The most entries of an input.
    pub const MAX_DIM: usize = 1024;

    /// Entries of a sample: what the front takes, or n.
    pub fn entries(&self) -> usize {
        self.front.as_ref().map_or(self.dim, Front::entries)
    }

    /// Where the parameters stand.
    pub fn slots(&self) -> Slots {
        let mut end = 0;
        let mut next = |count: usize| {
            end += count;
            end - count..end
        };
        let front = next(self.front.as_ref().map_or(0, |front| front.parameters().count()));
        let layers = self.layers.iter();
        let layers = layers.map(|l| (next(l.map.parameters().len()), next(l.paths.weights().len()))).collect();
        Slots { front, layers, head: next(self.head.affine.weight.len() + self.head.affine.bias.len()) }
    }

    /// All parameters, as [`AmplitudeNetwork::slots`] places them.
    pub fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter().flat_map(|layer| [layer.map.parameters(), layer.paths.weights()]);
        let head = [self.head.affine.weight.as_slice(), &self.head.affine.bias];
        let front = self.front.iter().flat_map(Front::parameters);
        front.chain(layers.chain(head).flatten()).copied().collect()
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are not as many as [`AmplitudeNetwork::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        let slots = self.slots();
        assert_eq!(values.len(), slots.head.end, "as many parameters as the network has");
        if let Some(front) = &mut self.front {
            front.set_parameters(&values[slots.front]);
        }
        for (layer, (map, paths)) in self.layers.iter_mut().zip(slots.layers) {
            layer.map.parameters_mut().copy_from_slice(&values[map]);
            layer.paths.weights_mut().copy_from_slice(&values[paths]);
        }
        let Affine { weight, bias } = &mut self.head.affine;
        let (first, second) = values[slots.head].split_at(weight.len());
        weight.as_mut_slice().copy_from_slice(first);
        bias.copy_from_slice(second);
    }
}
