//! Families of networks: what `"family"` names in a weights file of version 2. A family is a file or folder that answers
//! the questions of `answers.rs`, and a row of the table here; whoever is to carry every family asks [`Model`].

mod affine;
pub mod amplitude;
mod answers;
pub mod quanvolution;
mod residual;

pub use answers::Part;

use super::{Network, NetworkError};
use amplitude::AmplitudeNetwork;
use answers::{Answers, Written};
use quanvolution::{Quanvolution, Stream};

macro_rules! families {
    ($($(#[$doc:meta])* $family:ident($network:ty, $file:ty);)*) => {
        /// A network of any family.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Model {
            $($(#[$doc])* $family($network),)*
        }

        impl Model {
            fn answers(&self) -> &dyn Answers {
                match self { $(Model::$family(network) => network,)* }
            }

            fn answers_mut(&mut self) -> &mut dyn Answers {
                match self { $(Model::$family(network) => network,)* }
            }

            /// What weights files call its family.
            pub fn family(&self) -> &'static str {
                match self { $(Model::$family(_) => <$network>::FAMILY,)* }
            }

            /// The network as weights JSON, numbers in the shortest form that reads back the same.
            pub fn to_json(&self) -> String {
                match self { $(Model::$family(network) => network.write(),)* }
            }
        }

        /// Reads and checks a file of a family by its name.
        pub(super) fn read(family: &str, text: &[u8], name: &str) -> Result<Model, NetworkError> {
            $(if family == <$network>::FAMILY {
                return <$network>::read(text, name).map(Model::$family);
            })*
            let known = [$(<$network>::FAMILY),*].join(", ");
            Err(NetworkError::value("family", format!("'{}', this hqrn knows {known}", family.escape_debug())))
        }

        // Only for the schema.
        #[cfg(feature = "schema")]
        #[derive(schemars::JsonSchema)]
        #[serde(untagged)]
        #[allow(dead_code)]
        pub(super) enum FamilyFile {
            $($(#[$doc])* $family($file),)*
        }
    };
}

families! {
    /// An input map, residual blocks, a head.
    Residual(Network, residual::NetworkFile);
    /// Trainable quanvolutions with residual wiring, a head.
    Quanvolution(Quanvolution, quanvolution::QuanvolutionFile);
    /// Meshes of rotations with weighted sums around them, a linear head.
    Amplitude(AmplitudeNetwork, amplitude::AmplitudeFile);
}

/// The family of files that name none.
pub(super) const UNNAMED: &str = Network::FAMILY;

/// A network of residual blocks as weights JSON of version 1, numbers in the shortest form that reads back the same.
pub fn write_json(network: &Network) -> String {
    network.write()
}

impl Model {
    /// The network's name.
    pub fn name(&self) -> &str {
        self.answers().name()
    }

    /// Entries of an input.
    pub fn input_dim(&self) -> usize {
        self.answers().input_dim()
    }

    /// Classes that the head names; `None` without a head.
    pub fn classes(&self) -> Option<usize> {
        self.answers().classes()
    }

    /// The class of every input, by the classical forward pass; none without a head.
    ///
    /// # Panics
    /// If there are no inputs, or one has not [`Model::input_dim`] entries.
    pub fn labels(&self, inputs: &[Vec<f64>]) -> Vec<usize> {
        self.answers().labels(inputs)
    }

    /// What is wrong with an input of as many entries as it takes, if anything.
    ///
    /// # Panics
    /// If the input has not [`Model::input_dim`] entries.
    pub fn input_problem(&self, input: &[f64]) -> Option<String> {
        self.answers().input_problem(input)
    }

    /// What each part reads of an input, and what comes out behind the last, by the classical forward pass, where parts read
    /// images; none where they do not.
    ///
    /// # Panics
    /// If the input has not [`Model::input_dim`] entries.
    pub fn streams(&self, input: &[f64]) -> Vec<Stream> {
        self.answers().streams(input)
    }

    /// The parts that have programs, and so what those must compute, first to last.
    pub fn parts(&self) -> Vec<Part<'_>> {
        self.answers().parts()
    }

    /// What training moves, in a row.
    pub fn parameters(&self) -> Vec<f64> {
        self.answers().parameters()
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are not as many as [`Model::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        self.answers_mut().set_parameters(values);
    }

    /// The network of residual blocks that it is, for those who take no other; `taker` says who that is.
    ///
    /// # Errors
    /// If it is of another family, which the message names.
    pub fn residual(self, taker: &str) -> Result<Network, NetworkError> {
        match self {
            Model::Residual(network) => Ok(network),
            other => Err(NetworkError::Family { family: other.family(), taker: taker.to_owned() }),
        }
    }

    /// The amplitude network that it is, for those who take no other; `taker` says who that is.
    ///
    /// # Errors
    /// If it is of another family, which the message names.
    pub fn amplitude(self, taker: &str) -> Result<AmplitudeNetwork, NetworkError> {
        match self {
            Model::Amplitude(network) => Ok(network),
            other => Err(NetworkError::Family { family: other.family(), taker: taker.to_owned() }),
        }
    }

    /// The network of quanvolutions that it is, for those who take no other; `taker` says who that is.
    ///
    /// # Errors
    /// If it is of another family, which the message names.
    pub fn quanvolution(self, taker: &str) -> Result<Quanvolution, NetworkError> {
        match self {
            Model::Quanvolution(network) => Ok(network),
            other => Err(NetworkError::Family { family: other.family(), taker: taker.to_owned() }),
        }
    }
}

impl From<AmplitudeNetwork> for Model {
    fn from(network: AmplitudeNetwork) -> Model {
        Model::Amplitude(network)
    }
}

impl From<Quanvolution> for Model {
    fn from(network: Quanvolution) -> Model {
        Model::Quanvolution(network)
    }
}

#[cfg(test)]
mod tests;
