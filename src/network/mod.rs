//! Trained networks: read from JSON or safetensors, checked, and run classically (docs/method.md, sections 1 and 9).

mod factors;
mod forward;
mod json;
mod read;
mod tensors;
mod unitaries;
mod validate;
mod variational;

pub use factors::{Factor, Factors};
pub use forward::{Forward, largest, normalise_input};
pub use json::{weights_schema, write_json};
pub use read::{read, read_bytes};
pub use tensors::write_tensors;
pub use unitaries::{ANGLES, Unitaries, angle_gradient, pair_unitary};
pub use variational::{Step, Variational, VariationalRun};

use crate::linalg::RealMatrix;

/// A network: an input map, residual blocks, a linear head.
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

/// A residual block `y' = α y + (1 - α) F(W y + b)` (Eq. 12).
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// W and b. W is square, except in a network of one block and nothing else, where it may map N' entries to N.
    pub affine: Affine,
    /// What W comes from.
    pub form: Form,
    /// α, in (0, 1).
    pub alpha: f64,
    /// f, which F normalises to sum one.
    pub activation: Activation,
}

/// How a block is given; `affine.weight` follows from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Form {
    /// By W itself.
    #[default]
    Weight,
    /// By factors of low rank: W is [`Factors::weight`].
    Factors(Factors),
    /// By the angles of two-qubit unitaries: W is [`Unitaries::weight`], all that diagonal states see of them.
    Unitaries(Unitaries),
    /// By one circuit for both signs: W is [`Variational::weight`].
    Circuit(Variational),
}

impl Block {
    /// Its factors, if it is given by factors.
    pub fn factors(&self) -> Option<&Factors> {
        if let Form::Factors(factors) = &self.form { Some(factors) } else { None }
    }

    /// Its unitaries, if it is given by angles.
    pub fn unitaries(&self) -> Option<&Unitaries> {
        if let Form::Unitaries(unitaries) = &self.form { Some(unitaries) } else { None }
    }

    /// Makes it a block with these unitaries.
    pub fn set_unitaries(&mut self, unitaries: Unitaries) {
        self.affine.weight = unitaries.weight();
        self.form = Form::Unitaries(unitaries);
    }

    /// Its variational circuit, if it is given by one.
    pub fn circuit(&self) -> Option<&Variational> {
        if let Form::Circuit(circuit) = &self.form { Some(circuit) } else { None }
    }

    /// Makes it a block with this circuit.
    pub fn set_circuit(&mut self, circuit: Variational) {
        self.affine.weight = circuit.weight();
        self.form = Form::Circuit(circuit);
    }

    /// The dimension of the state: the larger side of W.
    pub fn dim(&self) -> usize {
        self.affine.weight.nrows().max(self.affine.weight.ncols())
    }
}

/// The nonlinearity f of a block, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
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
}

impl NetworkError {
    /// A [`NetworkError::Value`].
    pub(crate) fn value(place: impl Into<String>, problem: impl Into<String>) -> Self {
        NetworkError::Value { place: place.into(), problem: problem.into() }
    }
}
