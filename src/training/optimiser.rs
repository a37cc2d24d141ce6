//! Optimisers: RMSProp and Adam, as PyTorch defines them.

use super::Recipe;
use serde::{Deserialize, Serialize};

/// Which way parameters follow gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// `v <- 0.99 v + 0.01 g²`, `θ <- θ - rate g / (√v + 1e-8)`; the paper's choice.
    #[default]
    RmsProp,
    /// Kingma and Ba, with β = (0.9, 0.999) and ε = 1e-8.
    Adam,
}

/// What an optimiser remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Optimiser {
    /// Steps taken.
    pub steps: u64,
    /// Running mean of gradients; empty for RMSProp.
    pub mean: Vec<f64>,
    /// Running mean of their squares.
    pub square: Vec<f64>,
}

impl Optimiser {
    /// An optimiser of `count` parameters that has seen nothing.
    pub fn new(rule: Rule, count: usize) -> Optimiser {
        let mean = if rule == Rule::Adam { vec![0.0; count] } else { vec![] };
        Optimiser { steps: 0, mean, square: vec![0.0; count] }
    }

    /// Moves the parameters by one step.
    ///
    /// # Panics
    /// If it was made for another number of parameters or another rule.
    pub fn step(&mut self, recipe: &Recipe, parameters: &mut [f64], gradient: &[f64]) {
        assert!(self.square.len() == parameters.len() && gradient.len() == parameters.len());
        self.steps += 1;
        let decayed = |p: f64, g: f64| g + recipe.weight_decay * p;
        match recipe.rule {
            Rule::RmsProp => {
                for ((p, g), v) in parameters.iter_mut().zip(gradient).zip(&mut self.square) {
                    let g = decayed(*p, *g);
                    *v = 0.99 * *v + 0.01 * g * g;
                    *p -= recipe.rate * g / (v.sqrt() + 1e-8);
                }
            }
            Rule::Adam => {
                assert_eq!(self.mean.len(), parameters.len());
                let steps = self.steps.min(1 << 30) as i32;
                let (first, second) = (1.0 - 0.9f64.powi(steps), 1.0 - 0.999f64.powi(steps));
                let moments = self.mean.iter_mut().zip(&mut self.square);
                for ((p, g), (m, v)) in parameters.iter_mut().zip(gradient).zip(moments) {
                    let g = decayed(*p, *g);
                    *m = 0.9 * *m + 0.1 * g;
                    *v = 0.999 * *v + 0.001 * g * g;
                    *p -= recipe.rate * (*m / first) / ((*v / second).sqrt() + 1e-8);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_rules_find_a_minimum() {
        for rule in [Rule::RmsProp, Rule::Adam] {
            let recipe = Recipe { rule, rate: 0.01, weight_decay: 0.0, batch: 1, epochs: 1, fraction: 1.0, seed: 0 };
            let mut optimiser = Optimiser::new(rule, 2);
            let mut at = [3.0, -2.0];
            for _ in 0..3000 {
                let gradient = [2.0 * (at[0] - 1.0), 20.0 * (at[1] - 0.5)];
                optimiser.step(&recipe, &mut at, &gradient);
            }
            assert!((at[0] - 1.0).abs() < 0.02 && (at[1] - 0.5).abs() < 0.02, "{rule:?} {at:?}");
        }
    }

    #[test]
    fn first_steps_by_hand() {
        let recipe =
            Recipe { rule: Rule::RmsProp, rate: 0.1, weight_decay: 0.5, batch: 1, epochs: 1, fraction: 1.0, seed: 0 };
        // g = 1 + 0.5 · 2 = 2, v = 0.04, θ = 2 - 0.1 · 2 / 0.2 = 1
        let mut at = [2.0];
        Optimiser::new(Rule::RmsProp, 1).step(&recipe, &mut at, &[1.0]);
        assert!((at[0] - 1.0).abs() < 1e-6);
        // Adam's first step is the rate, whatever the gradient.
        let mut at = [2.0];
        Optimiser::new(Rule::Adam, 1).step(&Recipe { rule: Rule::Adam, ..recipe }, &mut at, &[1e-3]);
        assert!((at[0] - 1.9).abs() < 1e-6);
    }
}
