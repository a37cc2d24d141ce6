//! What a network of quanvolutions answers to the questions that every family is asked.

use super::head::Head;
use super::shape::Quanvolution;
use super::stream::Stream;
use crate::linalg::RealMatrix;
use crate::network::families::answers::{Answers, Part};

impl Answers for Quanvolution {
    fn name(&self) -> &str {
        &self.name
    }

    fn input_dim(&self) -> usize {
        self.image.shape().pixels()
    }

    fn classes(&self) -> Option<usize> {
        Some(self.head.classes())
    }

    fn labels(&self, inputs: &[Vec<f64>]) -> Vec<usize> {
        self.labels(&RealMatrix::from_vec(self.image.shape().pixels(), inputs.len(), inputs.concat()))
    }

    fn streams(&self, input: &[f64]) -> Vec<Stream> {
        self.streams(input)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let head = match &self.head {
            Head::Quantum(head) => Some(Part::Head(head, self.features())),
            Head::Classical(_) => None,
        };
        self.layers.iter().map(Part::Layer).chain(head).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }
}
