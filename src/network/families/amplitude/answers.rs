//! What an amplitude network answers to the questions that every family is asked.

use super::shape::AmplitudeNetwork;
use crate::network::families::answers::{Answers, Part};
use crate::network::largest;

impl Answers for AmplitudeNetwork {
    fn name(&self) -> &str {
        &self.name
    }

    fn input_dim(&self) -> usize {
        self.entries()
    }

    fn classes(&self) -> Option<usize> {
        Some(self.head.affine.bias.len())
    }

    fn labels(&self, inputs: &[Vec<f64>]) -> Vec<usize> {
        let scores = self.scores(inputs);
        let rows = scores.row_iter().map(|row| row.iter().copied().collect::<Vec<f64>>());
        rows.map(|row| largest(&row).expect("a head has a class")).collect()
    }

    fn input_problem(&self, input: &[f64]) -> Option<String> {
        self.sample_problem(input)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        // Dense sums over an activation have no programs: whoever compiles the first is told why.
        let count = self.segments().map_or(1, |segments| segments.len());
        (0..count).map(|number| Part::Segment(self, number)).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }
}
