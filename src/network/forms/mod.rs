//! How a block is given: what W comes from. A form is a file that answers the questions of `Answers`, and a row of
//! `table`; whatever else wants to know something of a form asks [`Form`].

mod answers;
mod circuit;
mod factors;
mod search;
mod table;
mod unitaries;
mod weight;

pub use answers::{Amplitudes, Carrier, Definition, JointCircuit};
pub use circuit::{Step, Variational, VariationalRun, random_circuit, random_circuit_on};
pub use factors::{Factor, Factors, smooth_gamma};
pub(crate) use search::{Demand, Search};
pub(super) use table::BlockFile;
pub use table::Form;
pub use unitaries::{ANGLES, Unitaries, angle_gradient, pair_unitary};

use crate::linalg::RealMatrix;
use std::borrow::Cow;

impl Form {
    /// In a word, behind "given by".
    pub fn name(&self) -> &'static str {
        self.answers().name()
    }

    /// W, as the form holds it or computes it.
    pub fn weight(&self) -> Cow<'_, RealMatrix> {
        self.answers().weight()
    }

    /// What W is by its file, as exactly as that says it.
    pub fn definition(&self) -> Definition<'_> {
        self.answers().definition()
    }

    /// What comes before the bias, as a linear map of a state: W, N x N, or, for a block given by unitaries, the 4 x 16
    /// map of a density matrix's coordinates.
    pub fn map(&self) -> Cow<'_, RealMatrix> {
        self.answers().map()
    }

    /// The amplitudes that encode W.
    pub fn amplitudes(&self) -> Amplitudes {
        self.answers().amplitudes()
    }

    /// Whether phases may be chosen, which is to say that the amplitudes are [`Amplitudes::Free`].
    pub fn is_free(&self) -> bool {
        self.answers().is_free()
    }

    /// Whether the amplitudes of each sign are a unitary of the register as they are: nothing to dilate, nothing flagged
    /// away, and a map of states that need not be diagonal.
    pub fn is_unitary(&self) -> bool {
        self.answers().is_unitary()
    }

    /// Whether both signs are read from the same shots of one circuit.
    pub fn is_joint(&self) -> bool {
        self.answers().is_joint()
    }

    /// The circuit that computes both signs, where it is given.
    pub fn circuit(&self) -> Option<JointCircuit> {
        self.answers().circuit()
    }

    /// The variational circuit, where it is given by one.
    pub fn variational(&self) -> Option<&Variational> {
        self.answers().variational()
    }

    /// γ, where it is given.
    pub fn gamma(&self) -> Option<f64> {
        self.answers().gamma()
    }

    /// Why a command or a format cannot carry it, as the end of a message that names the block; `None` where it can.
    pub fn refusal(&self, carrier: Carrier) -> Option<String> {
        self.answers().refusal(carrier)
    }

    /// Multiplies W.
    ///
    /// # Panics
    /// If the number is not positive.
    pub fn scale(&mut self, by: f64) {
        assert!(by > 0.0, "signs do not change");
        self.answers_mut().scale(by);
    }

    /// What training and finetuning move, in a row.
    pub fn parameters(&self) -> Vec<f64> {
        self.answers().parameters()
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are not as many as [`Form::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        self.answers_mut().set_parameters(values);
    }

    /// What a search asks at this place.
    pub(crate) fn search(&self) -> Box<dyn Search + '_> {
        self.answers().search()
    }
}

#[cfg(test)]
mod tests;
