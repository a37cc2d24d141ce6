//! Networks of quanvolutions as they are trained: where gradients may go, and what they start from.

use super::quanvolution_gradient;
use crate::linalg::RealMatrix;
use crate::network::quanvolution::{Ansatz, Flow, Head, Quanvolution};
use crate::network::{Model, read_model_bytes};
use crate::random::{Rng, rng};
use crate::training::{Gradient, Targets, Trainable, Trained};
use rand::RngExt;
use std::f64::consts::TAU;
use std::ops::Range;

/// Where gradients go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gradients {
    /// Everywhere: the true gradient.
    #[default]
    Through,
    /// Not from a layer into the stream that it reads, as in the paper: past it by skips alone.
    Cut,
    /// To the head alone; layers stay what they are.
    Frozen,
}

/// All of a training's network but its parameters.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// Weights JSON of the network; of its parameters only the angles of gates count.
    network: String,
    /// Where gradients go.
    gradients: Gradients,
    /// Whether all rows of a layer have the same four angles.
    tied: bool,
}

impl Blueprint {
    /// Of a network whose parameters do not matter yet, but for the angles of layers given as gates.
    ///
    /// # Panics
    /// If it is none that a weights file can hold.
    pub fn new(network: Quanvolution, gradients: Gradients, tied: bool) -> Blueprint {
        let text = Model::from(network).to_json();
        assert!(read_model_bytes(text.as_bytes(), "").is_ok(), "a network that can be written");
        Blueprint { network: text, gradients, tied }
    }
}

/// A network of quanvolutions in training.
#[derive(Clone, Debug, PartialEq)]
pub struct Guided {
    /// The network as it is now.
    pub network: Quanvolution,
    /// Where gradients go.
    pub gradients: Gradients,
    /// Whether all rows of a layer have the same four angles.
    pub tied: bool,
}

impl Guided {
    /// A network before training: angles of rows uniform in [0, 2π), those of gates as they are, a classical head as
    /// PyTorch's `Linear` starts, uniform in ±1/√features, the angles of a quantum head again uniform in [0, 2π).
    pub fn start(mut network: Quanvolution, gradients: Gradients, tied: bool, seed: u64) -> Guided {
        let mut rng = rng(seed);
        let turn = |rng: &mut Rng| rng.random_range(0.0..TAU);
        for layer in &mut network.layers {
            let Ansatz::Rows(rows) = &mut layer.ansatz else { continue };
            let first: [f64; 4] = std::array::from_fn(|_| turn(&mut rng));
            for (number, row) in rows.angles.iter_mut().enumerate() {
                *row = if tied || number == 0 { first } else { std::array::from_fn(|_| turn(&mut rng)) };
            }
        }
        match &mut network.head {
            Head::Classical(affine) => {
                let bound = 1.0 / (affine.weight.ncols() as f64).sqrt();
                affine.weight.iter_mut().chain(&mut affine.bias).for_each(|w| *w = rng.random_range(-bound..bound));
            }
            Head::Quantum(head) => head.angles.iter_mut().for_each(|angle| *angle = turn(&mut rng)),
        }
        Guided { network, gradients, tied }
    }
}

impl Trainable for Guided {
    fn parameters(&self) -> Vec<f64> {
        self.network.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.network.set_parameters(values);
    }

    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        let flow = if self.gradients == Gradients::Through { Flow::Through } else { Flow::Cut };
        let mut gradient = quanvolution_gradient(&self.network, inputs, targets, flow);
        for (slot, layer) in self.layers().into_iter().zip(&self.network.layers) {
            let values = &mut gradient.values[slot];
            match &layer.ansatz {
                _ if self.gradients == Gradients::Frozen => values.fill(0.0),
                // Rows that start alike and get the same slope stay alike.
                Ansatz::Rows(_) if self.tied => {
                    let sums: [f64; 4] = std::array::from_fn(|q| values.iter().skip(q).step_by(4).sum());
                    values.as_chunks_mut::<4>().0.iter_mut().for_each(|row| *row = sums);
                }
                _ => {}
            }
        }
        gradient
    }

    fn layers(&self) -> Vec<Range<usize>> {
        self.network.slots().layers
    }
}

impl Trained for Guided {
    type Shape = Blueprint;

    /// # Panics
    /// If the blueprint was changed by hand to one that is none.
    fn initial(name: &str, shape: &Blueprint, seed: u64) -> Guided {
        let read = read_model_bytes(shape.network.as_bytes(), name).expect("a blueprint holds what was written");
        let mut network = read.quanvolution("a blueprint").expect("a blueprint is of quanvolutions");
        network.name = name.to_owned();
        Guided::start(network, shape.gradients, shape.tied, seed)
    }

    fn name(&self) -> &str {
        &self.network.name
    }
}
