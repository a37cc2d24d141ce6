//! The questions that every family of networks answers. They are about networks and numbers: how a program is made that
//! computes a part is asked elsewhere.

use super::amplitude::AmplitudeNetwork;
use super::quanvolution::{Layer, QuantumHead, Stream};
use crate::network::{Block, NetworkError};

/// A part of a network that has programs of its own, and so what those must compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part<'a> {
    /// W of this block, for every state (docs/method.md, sections 2 and 7).
    Block(&'a Block),
    /// What this layer measures, for all angles of a patch (docs/method.md, section 14).
    Layer(&'a Layer),
    /// What this head reads of so many pixels as amplitudes, image by image (docs/method.md, section 14).
    Head(&'a QuantumHead, usize),
    /// The linear map of this segment of the network, from 0, for every state (docs/method.md, section 15).
    Segment(&'a AmplitudeNetwork, usize),
}

/// What every family answers.
pub(super) trait Answers {
    /// The network's name.
    fn name(&self) -> &str;

    /// Entries of an input.
    fn input_dim(&self) -> usize;

    /// Classes that the head names; `None` without a head.
    fn classes(&self) -> Option<usize>;

    /// The class of every input; none without a head.
    fn labels(&self, inputs: &[Vec<f64>]) -> Vec<usize>;

    /// What each part reads of an input, and what comes out behind the last, where that is images; none elsewhere.
    fn streams(&self, _input: &[f64]) -> Vec<Stream> {
        vec![]
    }

    /// What is wrong with an input, if anything.
    fn input_problem(&self, _input: &[f64]) -> Option<String> {
        None
    }

    /// The parts that have programs, first to last.
    fn parts(&self) -> Vec<Part<'_>>;

    /// What training moves, in a row.
    fn parameters(&self) -> Vec<f64>;

    /// Puts as many parameters back.
    fn set_parameters(&mut self, values: &[f64]);
}

/// A family as weights files have it.
pub(super) trait Written: Sized {
    /// What `"family"` says.
    const FAMILY: &'static str;

    /// Reads and checks a file of any version that has the family; the name is for networks that do not name themselves.
    fn read(text: &[u8], name: &str) -> Result<Self, NetworkError>;

    /// The network as weights JSON, numbers in the shortest form that reads back the same.
    fn write(&self) -> String;
}
