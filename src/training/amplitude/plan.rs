//! Amplitude networks before training: their shape, and what they start from.

use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::amplitude::{
    AmplitudeHead, AmplitudeNetwork, Conv, Front, Hidden, Map, MeshLayer, Paths, Reads, Stage, angle_count,
};
use crate::random::{Rng, rng, stream};
use crate::training::Trained;
use rand::RngExt;
use std::f64::consts::PI;

/// What is added to the mesh of every layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    /// A weight times the state before the layer (QRFNN, eq. 7).
    #[default]
    Residual,
    /// A weight times each state before it (QDFNN, eq. 8).
    Dense,
    /// Nothing (TQFNN).
    None,
}

/// The shape of an amplitude network.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmplitudePlan {
    /// Entries of an input, n.
    pub dim: usize,
    /// Classes.
    pub classes: usize,
    /// Layers, L; without any the head reads the input.
    pub layers: usize,
    /// What is added to the mesh of every layer.
    pub connection: Connection,
    /// What the head sees.
    pub reads: Reads,
    /// What a normalised input is multiplied with.
    pub gain: f64,
    /// What makes inputs of samples; none where samples are inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front: Option<FrontPlan>,
}

/// The shape of a front: convolutions, each with a leaky rectifier and a pooling, then a linear map.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontPlan {
    /// Channels, height and width of a sample; one channel, one row where there are no convolutions.
    pub image: [usize; 3],
    /// Channels behind each convolution.
    pub channels: Vec<usize>,
    /// What entries of a sample are multiplied with.
    pub scale: f64,
}

impl FrontPlan {
    /// Entries of a sample.
    pub fn entries(&self) -> usize {
        self.image.iter().product()
    }

    /// The front before training, as PyTorch starts: everything uniform in ±1/√(what is summed up).
    fn start(&self, dim: usize, seed: u64) -> Front {
        let mut rng = stream(seed, FRONTS);
        let [mut inputs, mut height, mut width] = self.image;
        let mut stages = vec![];
        for &outputs in &self.channels {
            let bound = 1.0 / (9.0 * inputs as f64).sqrt();
            let mut draw = |count: usize| (0..count).map(|_| rng.random_range(-bound..bound)).collect::<Vec<f64>>();
            let (weight, bias) = (draw(9 * inputs * outputs), draw(outputs));
            stages.push(Stage::Conv(Conv { inputs, weight, bias, activation: Hidden::LeakyRelu, pool: true }));
            (inputs, height, width) = (outputs, height / 2, width / 2);
        }
        let affine = linear(dim, inputs * height * width, &mut rng);
        stages.push(Stage::Linear { affine, activation: Hidden::Identity });
        Front { scale: self.scale, image: (!self.channels.is_empty()).then_some(self.image), stages }
    }
}

/// The stream of a seed that fronts are drawn from, so that networks with a front and without start alike behind it.
const FRONTS: u64 = 1 << 48;

impl AmplitudePlan {
    /// Entries of a sample.
    pub fn entries(&self) -> usize {
        self.front.as_ref().map_or(self.dim, FrontPlan::entries)
    }

    /// The front before training.
    pub(super) fn front(&self, seed: u64) -> Option<Front> {
        self.front.as_ref().map(|front| front.start(self.dim, seed))
    }

    /// The network before training: the head as PyTorch's `Linear` starts, uniform in ±1/√n, angles uniform in ±π, residual
    /// weights 1, dense ones of layer l, from 1, all 1/l. Heads of one seed are alike whatever stands before them.
    ///
    /// # Panics
    /// If images are too small to be halved behind every convolution of the front.
    pub fn start(&self, name: &str, seed: u64) -> AmplitudeNetwork {
        let mut rng = rng(seed);
        let affine = linear(self.classes, self.dim, &mut rng);
        let layer = |k: usize| MeshLayer {
            map: Map::Mesh((0..angle_count(self.dim)).map(|_| rng.random_range(-PI..PI)).collect()),
            paths: match self.connection {
                Connection::Residual => Paths::Residual(1.0),
                Connection::Dense => Paths::Dense(vec![1.0 / (k + 1) as f64; k + 1]),
                Connection::None => Paths::Plain,
            },
            activation: Hidden::Identity,
        };
        let layers = (0..self.layers).map(layer).collect();
        let head = AmplitudeHead { affine, reads: self.reads };
        AmplitudeNetwork {
            name: name.to_owned(),
            front: self.front(seed),
            dim: self.dim,
            gain: self.gain,
            layers,
            head,
        }
    }
}

/// An affine map with entries uniform in ±1/√columns.
pub(super) fn linear(rows: usize, columns: usize, rng: &mut Rng) -> Affine {
    let bound = 1.0 / (columns as f64).sqrt();
    let weight = RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-bound..bound));
    Affine { weight, bias: (0..rows).map(|_| rng.random_range(-bound..bound)).collect() }
}

impl Trained for AmplitudeNetwork {
    type Shape = AmplitudePlan;

    fn initial(name: &str, shape: &AmplitudePlan, seed: u64) -> AmplitudeNetwork {
        shape.start(name, seed)
    }

    fn name(&self) -> &str {
        &self.name
    }
}
