//! The classical forward pass (Eq. 12, S25, S26; docs/method.md, section 1): what the circuits are to reproduce.

use super::{Activation, Affine, Block, Network};
use crate::linalg::RealMatrix;
use nalgebra::DVector;

/// What a network makes of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// The state before the first block and after each: points of the probability simplex.
    pub states: Vec<Vec<f64>>,
    /// The head's scores; empty without a head.
    pub scores: Vec<f64>,
    /// The index of the largest score, the first of equals; `None` without a head.
    pub label: Option<usize>,
    /// How often every unit of a normalised layer was dead, so that it became uniform.
    pub dead: usize,
}

/// `x -> max(x, 0) / (sum max(x, 0) + 1e-20)` (S25).
pub fn normalise_input(x: &[f64]) -> Vec<f64> {
    let sum: f64 = x.iter().map(|v| v.max(0.0)).sum();
    if sum.is_infinite() {
        // Entries near the end of the range: the same input, smaller.
        return normalise_input(&x.iter().map(|v| v / f64::MAX).collect::<Vec<_>>());
    }
    x.iter().map(|v| v.max(0.0) / (sum + 1e-20)).collect()
}

impl Affine {
    /// `weight · x + bias`.
    ///
    /// # Panics
    /// If `x` has not as many entries as the weight has columns.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        linear(&self.weight, &self.bias, x)
    }
}

/// `weight · x + bias`
fn linear(weight: &RealMatrix, bias: &[f64], x: &[f64]) -> Vec<f64> {
    let product = weight * DVector::from_column_slice(x);
    product.iter().zip(bias).map(|(p, b)| p + b).collect()
}

impl Activation {
    /// f(z)
    pub fn value(self, z: f64) -> f64 {
        match self {
            Activation::Relu => z.max(0.0),
            Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            Activation::Softplus => z.max(0.0) + (-z.abs()).exp().ln_1p(),
            Activation::Exp => z.exp(),
            Activation::Square => z * z,
        }
    }

    /// `F(z)_n = f(z_n) / sum_l f(z_l)`, and whether all f vanish, in which case F is uniform.
    pub fn normalised(self, z: &[f64]) -> (Vec<f64>, bool) {
        let mut h = z.to_vec();
        let dead = self.normalise(&mut h);
        (h, dead)
    }

    /// `z <- F(z)`; returns whether all f vanish, in which case F is uniform.
    pub fn normalise(self, z: &mut [f64]) -> bool {
        // Where F does not change under a shift or a scale of z, one is chosen that cannot overflow.
        match self {
            Activation::Relu => {
                z.iter_mut().for_each(|v| *v = self.value(*v));
                if !z.iter().sum::<f64>().is_normal() {
                    divide_by_largest(z);
                }
            }
            Activation::Sigmoid | Activation::Softplus => z.iter_mut().for_each(|v| *v = self.value(*v)),
            Activation::Exp => {
                let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                z.iter_mut().for_each(|v| *v = (*v - largest).exp());
            }
            Activation::Square => {
                divide_by_largest(z);
                z.iter_mut().for_each(|v| *v *= *v);
            }
        }
        let sum: f64 = z.iter().sum();
        if sum > 0.0 {
            z.iter_mut().for_each(|v| *v /= sum);
            return false;
        }
        z.fill(1.0 / z.len() as f64);
        true
    }
}

/// Scales numbers to at most 1 in size.
fn divide_by_largest(z: &mut [f64]) {
    let widest = z.iter().fold(f64::MIN_POSITIVE, |m: f64, v| m.max(v.abs()));
    z.iter_mut().for_each(|v| *v /= widest);
}

impl Block {
    /// `W y + b`, where W sees as many entries of y as it has columns.
    ///
    /// # Panics
    /// If `y` has not [`Block::dim`] entries.
    pub fn linear(&self, y: &[f64]) -> Vec<f64> {
        assert_eq!(y.len(), self.dim(), "a state has the block's dimension");
        linear(self.weight(), self.bias(), &y[..self.weight().ncols()])
    }

    /// `α y + (1 - α) F(W y + b)` and whether all units were dead. A weight that is not square acts on the first
    /// entries of y and yields the first entries of F, the others being zero.
    ///
    /// # Panics
    /// If `y` has not [`Block::dim`] entries.
    pub fn apply(&self, y: &[f64]) -> (Vec<f64>, bool) {
        let mut z = self.linear(y);
        let mut mixed = y.to_vec();
        let dead = self.mix(&mut mixed, &mut z);
        (mixed, dead)
    }

    /// `y <- α y + (1 - α) F(z)`, where F may have fewer entries than y; leaves F in z and returns whether all units
    /// were dead.
    pub fn mix(&self, y: &mut [f64], z: &mut [f64]) -> bool {
        let dead = self.activation.normalise(z);
        y.iter_mut().for_each(|y| *y *= self.alpha);
        y.iter_mut().zip(z.iter()).for_each(|(y, h)| *y += (1.0 - self.alpha) * h);
        dead
    }
}

/// The index of the largest number, the first of equals; `None` where there is none.
pub fn largest(scores: &[f64]) -> Option<usize> {
    (0..scores.len()).reduce(|best, i| if scores[i] > scores[best] { i } else { best })
}

impl Network {
    /// Whether the state is measured before block k (from 0): where blocks given by weights follow one given by
    /// unitaries, they see only its diagonal (docs/method.md, section 12).
    pub fn measures_before(&self, k: usize) -> bool {
        let unitary = |k: usize| self.blocks[k].form().is_unitary();
        k > 0 && !unitary(k) && unitary(k - 1)
    }

    /// Entries of an input.
    pub fn input_dim(&self) -> usize {
        self.input.as_ref().map_or_else(|| self.blocks[0].dim(), |input| input.dim)
    }

    /// The state that enters the first block: the input normalised and projected (S25). Also tells whether all units of
    /// the projection were dead.
    ///
    /// # Panics
    /// If `x` has not [`Network::input_dim`] entries.
    pub fn first_state(&self, x: &[f64]) -> (Vec<f64>, bool) {
        assert_eq!(x.len(), self.input_dim(), "the input has as many entries as the network takes");
        let state = normalise_input(x);
        match self.projection() {
            // f of the input map is that of the blocks.
            Some(projection) => self.blocks[0].activation.normalised(&projection.apply(&state)),
            None => (state, false),
        }
    }

    /// Runs the network on one input, which is normalised first.
    ///
    /// # Panics
    /// If `x` has not [`Network::input_dim`] entries.
    pub fn forward(&self, x: &[f64]) -> Forward {
        let (state, is_dead) = self.first_state(x);
        let mut dead = usize::from(is_dead);
        let mut states = vec![state];
        for block in &self.blocks {
            let (next, is_dead) = block.apply(&states[states.len() - 1]);
            states.push(next);
            dead += usize::from(is_dead);
        }
        let scores = self.head.as_ref().map_or(vec![], |head| head.apply(&states[states.len() - 1]));
        let label = largest(&scores);
        Forward { states, scores, label, dead }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_bytes;

    #[test]
    fn one_block_by_hand() {
        let network = read_bytes(br#"{"weight":[[2,-1],[1,1]],"bias":[0,-0.5],"alpha":0.25}"#, "n").unwrap();
        // x = (3, 1) -> y = (0.75, 0.25); z = (1.25, 0.5); h = (5/7, 2/7)
        let out = network.forward(&[3.0, 1.0]);
        assert!((out.states[1][0] - (0.25 * 0.75 + 0.75 * 5.0 / 7.0)).abs() < 1e-15);
        assert!((out.states[1].iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!((out.label, out.dead), (None, 0));
    }

    #[test]
    fn dead_layers_are_uniform_and_counted() {
        let network = read_bytes(br#"{"weight":[[-1,-1],[-1,-1]]}"#, "n").unwrap();
        let out = network.forward(&[1.0, 0.0]);
        assert_eq!((out.states[1].clone(), out.dead), (vec![0.75, 0.25], 1));
    }

    #[test]
    fn activations_survive_huge_arguments() {
        for activation in
            [Activation::Relu, Activation::Sigmoid, Activation::Softplus, Activation::Exp, Activation::Square]
        {
            for z in [[1e300, 1.0], [-1e300, -1e300], [1e-300, 2e-300], [0.0, 0.0], [700.0, 800.0]] {
                let (h, _) = activation.normalised(&z);
                assert!(
                    (h.iter().sum::<f64>() - 1.0).abs() < 1e-12 && h.iter().all(|v| *v >= 0.0),
                    "{activation:?} {z:?} {h:?}"
                );
            }
        }
        assert_eq!(Activation::Relu.normalised(&[1e-300, 3e-300]).0, [0.25, 0.75]);
    }
}
