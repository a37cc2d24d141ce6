//! The questions that every form answers, and what the answers are made of.

use super::circuit::variational::Variational;
use super::factors::factor::Factor;
use super::search::Search;
use crate::circuit::Circuit;
use crate::linalg::{Matrix, RealMatrix};
use crate::network::NetworkError;
use crate::signs::Signs;
use std::borrow::Cow;

/// What a form says of the amplitudes that encode W.
#[derive(Clone, Debug, PartialEq)]
pub enum Amplitudes {
    /// Any whose squares are W± up to a scale: the phases may be chosen.
    Free,
    /// These for plus and minus, each up to a scale; `None` for a sign without entries.
    Scaled(Signs<Option<Matrix>>),
    /// These for plus and minus as they are, parts of unitaries.
    Exact {
        /// Of either sign; as many rows as the register has basis states.
        signs: Signs<Matrix>,
        /// What scales the difference of their squares.
        gamma: f64,
    },
}

/// A circuit that computes both signs at once.
#[derive(Clone, Debug)]
pub struct JointCircuit {
    /// Its gates.
    pub circuit: Circuit,
    /// The qubits that spell n, least significant first; m is set on the same ones.
    pub output: Vec<usize>,
    /// The qubit that reads 0 for W_P and 1 for W_N; it starts in |0>.
    pub sign: usize,
    /// What scales the difference of the probabilities.
    pub gamma: f64,
}

/// What W is by its file, as exactly as that says it.
#[derive(Clone, Debug)]
pub enum Definition<'a> {
    /// These entries.
    Entries(&'a RealMatrix),
    /// What the factors `A`, `B` of plus and minus make: `|A B†|²` elementwise, plus less minus.
    Products(&'a Signs<Option<Factor>>),
    /// What is read of one circuit.
    Joint(JointCircuit),
    /// γ times the difference of what two circuits of two qubits each make of a density matrix.
    Pair {
        /// Of U+ and U-, without measurements.
        circuits: Signs<Circuit>,
        /// γ
        gamma: f64,
    },
}

/// Commands and formats that may not be able to carry every form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Weights as safetensors.
    Tensors,
    /// Compression, which puts another form in place of this one.
    Compression,
    /// Programs for inputs that need not be diagonal.
    QuantumInputs,
}

/// What every form answers.
pub(super) trait Answers: Sync {
    /// In a word, behind "given by".
    fn name(&self) -> &'static str;

    /// W.
    fn weight(&self) -> Cow<'_, RealMatrix>;

    /// What W is by its file.
    fn definition(&self) -> Definition<'_>;

    /// What comes before the bias, as a linear map of a state: W, or a map of all coordinates of a density matrix.
    fn map(&self) -> Cow<'_, RealMatrix> {
        self.weight()
    }

    /// The amplitudes that encode W.
    fn amplitudes(&self) -> Amplitudes;

    /// Whether phases may be chosen, which is to say that the amplitudes are [`Amplitudes::Free`].
    fn is_free(&self) -> bool {
        false
    }

    /// Whether the amplitudes of each sign are a unitary of the register as they are: nothing to dilate, nothing flagged
    /// away, and a map of states that need not be diagonal.
    fn is_unitary(&self) -> bool {
        false
    }

    /// Whether both signs are read from the same shots of one circuit.
    fn is_joint(&self) -> bool {
        false
    }

    /// The circuit that computes both signs, where it is given.
    fn circuit(&self) -> Option<JointCircuit> {
        None
    }

    /// The variational circuit, where it is given by one.
    fn variational(&self) -> Option<&Variational> {
        None
    }

    /// γ, where it is given.
    fn gamma(&self) -> Option<f64> {
        None
    }

    /// Why a command or a format cannot carry it, as the end of a message that names the block.
    fn refusal(&self, carrier: Carrier) -> Option<String> {
        let said = || format!("given by {}, which tensors cannot say: expected weights, or JSON", self.name());
        (carrier == Carrier::Tensors).then(said)
    }

    /// Multiplies W by a positive number.
    fn scale(&mut self, by: f64);

    /// What training and finetuning move, in a row.
    fn parameters(&self) -> Vec<f64>;

    /// Puts as many parameters back.
    fn set_parameters(&mut self, values: &[f64]);

    /// What a search asks at this place.
    fn search(&self) -> Box<dyn Search + '_>;
}

/// A form as a block of a weights file has it, under a key of its own.
pub(super) trait Written: Sized {
    /// What stands under the key.
    type Piece;

    /// Reads it, and γ where it has one; `place` is the block's, and ends with a dot unless it is empty.
    fn read(piece: &Self::Piece, gamma: Option<f64>, place: &str) -> Result<Self, NetworkError>;

    /// Writes it.
    fn piece(&self) -> Self::Piece;
}

/// The γ that a form must have beside it.
pub(super) fn positive(gamma: Option<f64>, place: &str) -> Result<f64, NetworkError> {
    match gamma {
        Some(gamma) if gamma > 0.0 => Ok(gamma),
        Some(gamma) => Err(NetworkError::value(format!("{place}gamma"), format!("{gamma}, expected a number above 0"))),
        None => Err(NetworkError::value(format!("{place}gamma"), "missing: unitaries and circuits need it")),
    }
}
