//! Trained networks: read from JSON or safetensors, checked, and run classically (docs/method.md, sections 1 and 9).
//!
//! What a block is given by is asked of its form, in [`Form`]. Circuits for weights, shots and training are further on.

mod batch;
mod block;
mod expect;
mod families;
mod floats;
mod forms;
mod forward;
mod json;
mod named_tensors;
mod parameters;
mod read;
mod readings;
mod rows;
mod tensors;
mod validate;

pub use batch::{DeadLayer, FirstStates, Outcome, dead_layer, run_classically};
pub(crate) use batch::{run_batch, seen};
pub use block::Block;
pub use expect::{Expect, TOLERANCE};
pub use families::{Model, Part, amplitude, quanvolution, write_json};
pub use forms::{
    ANGLES, Amplitudes, Carrier, Definition, Factor, Factors, Form, JointCircuit, Step, Unitaries, Variational,
    VariationalRun, angle_gradient, pair_unitary, random_circuit, random_circuit_on, smooth_gamma,
};
pub(crate) use forms::{Demand, Search};
pub use forward::{Forward, largest, normalise_input};
#[cfg(feature = "schema")]
pub use json::weights_schema;
pub use named_tensors::write_named_tensors;
pub use parameters::{Slot, Slots};
pub use read::{read, read_bytes, read_model, read_model_bytes, read_noted};
pub use readings::FORMULA;
pub use tensors::write_tensors;

use crate::files::Format;
use crate::linalg::RealMatrix;

/// What is to be known of a file that neither declares its formula nor has samples.
const UNTOLD: &str = "that its blocks are alpha y + (1 - alpha) F(W y + b), F normalised, is taken on trust";

/// Weights files.
const FORMAT: Format = Format { name: "hqrn-weights", named: true, newest: 2 };

/// A network of the family `residual`: an input map, residual blocks, a linear head.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Its name, which compiled programs carry.
    pub name: String,
    /// What an input looks like; without it the input is the first block's state.
    pub input: Option<Input>,
    /// The residual blocks, at least one.
    pub blocks: Vec<Block>,
    /// From the last state to one score a class.
    pub head: Option<Affine>,
    /// What the model that these weights are of makes of some inputs. Whoever changes the function takes it away, since it
    /// would be that of another network.
    pub expect: Option<Expect>,
}

/// The input map (S25): normalised, then projected.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Entries of an input.
    pub dim: usize,
    /// The projection to the first state; without it `dim` is the state's dimension.
    pub projection: Option<Affine>,
}

/// `x -> weight · x + bias`, `weight[out][in]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    /// out x in
    pub weight: RealMatrix,
    /// out entries
    pub bias: Vec<f64>,
}

impl Network {
    /// The projection from an input to the first state, if there is one.
    pub fn projection(&self) -> Option<&Affine> {
        self.input.as_ref().and_then(|input| input.projection.as_ref())
    }
}

/// The nonlinearity f of a block, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// max(z, 0)
    #[default]
    Relu,
    /// 1 / (1 + e^{-z})
    Sigmoid,
    /// ln(1 + e^z)
    Softplus,
    /// e^z
    Exp,
    /// z²
    Square,
}

/// A file that is no valid network. The message names the place.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no JSON of the expected form.
    #[error("{place}: {message}")]
    Json {
        /// Path to the value, like `blocks[3].weight[17]`.
        place: String,
        /// What serde says, with line and column.
        message: String,
    },
    /// The file is no safetensors file.
    #[error("not a readable safetensors file: {message}")]
    Tensors {
        /// What is wrong.
        message: String,
    },
    /// A value that cannot be.
    #[error("{place}: {problem}")]
    Value {
        /// Path to the value.
        place: String,
        /// What is there and what was expected.
        problem: String,
    },
    /// A network that does not give the outputs that are expected of it.
    #[error(
        "this is not the function of your model: sample {sample} has output {output} = {got}, expected {wanted}; {explanation}"
    )]
    Function {
        /// Which one is off the most, of how many, from 1.
        sample: String,
        /// Which of its outputs, from 0.
        output: usize,
        /// What the network makes of it.
        got: String,
        /// What the model does.
        wanted: String,
        /// The first layer that could explain it.
        explanation: String,
    },
    /// A network of a family that whoever was to take it does not take.
    #[error("a network of family '{family}': {taker} takes residual networks")]
    Family {
        /// What weights files call its family.
        family: &'static str,
        /// Who takes residual networks.
        taker: String,
    },
}

impl NetworkError {
    /// A [`NetworkError::Value`].
    pub(crate) fn value(place: impl Into<String>, problem: impl Into<String>) -> Self {
        NetworkError::Value { place: place.into(), problem: problem.into() }
    }
}
