//! A residual block: how it is given, and W, which always follows from that.

use super::forms::BlockFile;
use super::{Activation, Form, NetworkError};
use crate::linalg::RealMatrix;
use std::borrow::Cow;

/// A residual block `y' = α y + (1 - α) F(W y + b)` (Eq. 12).
///
/// W is square, except in a network of one block and nothing else, where it may map N' entries to N.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    form: Form,
    /// W, where the form does not hold it.
    computed: Option<RealMatrix>,
    bias: Vec<f64>,
    /// α, in (0, 1).
    pub alpha: f64,
    /// f, which F normalises to sum one.
    pub activation: Activation,
}

impl Block {
    /// A block given in some form, with zero bias, α = 0.5 and relu.
    pub fn new(form: impl Into<Form>) -> Block {
        let (form, computed, rows) = settled(form.into());
        Block { form, computed, bias: vec![0.0; rows], alpha: 0.5, activation: Activation::default() }
    }

    /// A block given by W itself, with zero bias, α = 0.5 and relu.
    pub fn of_weight(weight: RealMatrix) -> Block {
        Block::new(weight)
    }

    /// The block with another form.
    ///
    /// # Panics
    /// If the form's W has another number of rows.
    pub fn with_form(mut self, form: impl Into<Form>) -> Block {
        self.set_form(form);
        self
    }

    /// The block with another bias.
    ///
    /// # Panics
    /// If it has not an entry for each row of W.
    pub fn with_bias(mut self, bias: Vec<f64>) -> Block {
        assert_eq!(bias.len(), self.weight().nrows(), "a bias has an entry for each row of the weight");
        self.bias = bias;
        self
    }

    /// The same for the bias of a file, `place` being the block's.
    pub(super) fn with_bias_at(self, bias: Vec<f64>, place: &str) -> Result<Block, NetworkError> {
        check_bias(&bias, self.weight().nrows(), place)?;
        Ok(self.with_bias(bias))
    }

    /// The block with another α.
    pub fn with_alpha(self, alpha: f64) -> Block {
        Block { alpha, ..self }
    }

    /// The block with another nonlinearity.
    pub fn with_activation(self, activation: Activation) -> Block {
        Block { activation, ..self }
    }

    /// How it is given.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// W.
    pub fn weight(&self) -> &RealMatrix {
        match &self.computed {
            Some(weight) => weight,
            None => match self.form.weight() {
                Cow::Borrowed(weight) => weight,
                Cow::Owned(_) => unreachable!("a block keeps the W that its form does not hold"),
            },
        }
    }

    /// b, an entry for each row of W.
    pub fn bias(&self) -> &[f64] {
        &self.bias
    }

    /// b, to be changed.
    pub fn bias_mut(&mut self) -> &mut [f64] {
        &mut self.bias
    }

    /// Gives it another form, and so another W.
    ///
    /// # Panics
    /// If the form's W has another number of rows.
    pub fn set_form(&mut self, form: impl Into<Form>) {
        let (form, computed, rows) = settled(form.into());
        assert_eq!(self.bias.len(), rows, "the new W has as many rows as the bias has entries");
        (self.form, self.computed) = (form, computed);
    }

    /// Multiplies W, in whatever form it is given; see [`Form::scale`].
    ///
    /// # Panics
    /// If the number is not positive.
    pub fn scale(&mut self, by: f64) {
        self.form.scale(by);
        self.computed = computed(&self.form);
    }

    /// Moves its form, and W with it; see [`Form::set_parameters`].
    pub(super) fn set_form_parameters(&mut self, values: &[f64]) {
        self.form.set_parameters(values);
        self.computed = computed(&self.form);
    }

    /// The dimension of the state: the larger side of W.
    pub fn dim(&self) -> usize {
        self.weight().nrows().max(self.weight().ncols())
    }

    /// W as N x N, with zeros where it has fewer rows than columns or fewer columns than rows.
    pub fn square_weight(&self) -> RealMatrix {
        self.weight().clone().resize(self.dim(), self.dim(), 0.0)
    }
}

impl BlockFile {
    /// The file of a block.
    pub fn of_block(block: &Block) -> BlockFile {
        BlockFile::of(&block.form, &block.bias, block.alpha, block.activation)
    }

    /// The block; `place` is where it stands, and ends with a dot unless it is empty.
    pub fn read(self, place: &str) -> Result<Block, NetworkError> {
        let form = self.form(place)?;
        let block = Block::new(form).with_alpha(self.alpha).with_activation(self.activation);
        match self.bias {
            None => Ok(block),
            Some(bias) => block.with_bias_at(bias, place),
        }
    }
}

/// W, where the form does not hold it.
fn computed(form: &Form) -> Option<RealMatrix> {
    match form.weight() {
        Cow::Borrowed(_) => None,
        Cow::Owned(weight) => Some(weight),
    }
}

/// A form, W where it does not hold it, and how many rows W has.
fn settled(form: Form) -> (Form, Option<RealMatrix>, usize) {
    let computed = computed(&form);
    let rows = match &computed {
        Some(weight) => weight.nrows(),
        None => form.weight().nrows(),
    };
    (form, computed, rows)
}

/// That a bias has an entry for each row of its weight.
pub(super) fn check_bias(bias: &[f64], rows: usize, place: &str) -> Result<(), NetworkError> {
    if bias.len() == rows {
        return Ok(());
    }
    let problem = format!("{} entries, expected {rows}, one for each row of the weight", bias.len());
    Err(NetworkError::value(format!("{place}bias"), problem))
}
