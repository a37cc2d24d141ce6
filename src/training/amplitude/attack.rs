//! Attacks on parameters: one hidden layer chosen at random, noise before or behind its nonlinearity, during training or
//! after it.

use super::noise::Noise;
use crate::random::Rng;
use rand::RngExt;

/// Which side of the nonlinearity noise is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `f(θ + ε)`: on angles, which a machine can suffer, or on weights and biases.
    Inside,
    /// `f(θ) + ε`: on cosines and sines apart, so that a mesh is no rotation any more, or on what an activation made.
    Outside,
}

impl Form {
    /// 1 or 2, as the paper numbers them.
    pub fn number(self) -> u8 {
        if self == Form::Inside { 1 } else { 2 }
    }
}

/// When noise comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// After training, on test samples.
    Test,
    /// In forward pass and gradient of every step; parameters stay what they are.
    Step,
    /// Added to the parameters before every step, and left there.
    Drift,
}

/// An attack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attack {
    /// Before or behind the nonlinearity.
    pub form: Form,
    /// The kind of noise.
    pub noise: Noise,
    /// Its standard deviation: finite, above 0.
    pub size: f64,
    /// When.
    pub mode: Mode,
}

impl Attack {
    /// Its size as a share of what it hits, of a mesh's angles (π) or cosines and sines (1), and of a classical network's
    /// largest first weights (1/√n) or states (the gain).
    pub fn shares(&self, dim: usize, gain: f64) -> [f64; 2] {
        match self.form {
            Form::Inside => [self.size / std::f64::consts::PI, self.size * (dim as f64).sqrt()],
            Form::Outside => [self.size, self.size / gain.abs()],
        }
    }

    /// What it does to one of the layers of which `hit` tells the sizes; nothing where there are none.
    pub fn draw(&self, layers: usize, hit: impl Fn(usize) -> Vec<usize>, rng: &mut Rng) -> Option<Fault> {
        if layers == 0 {
            return None;
        }
        let layer = rng.random_range(0..layers);
        let parts = hit(layer).into_iter().map(|count| self.noise.draw(self.size, count, rng)).collect();
        Some(Fault { layer, hit: if self.form == Form::Inside { Hit::Parameters } else { Hit::Values }, parts })
    }
}

/// What is added, to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The layer, from 0.
    pub layer: usize,
    /// What of it.
    pub hit: Hit,
    /// Noise on angles; on a weight, column by column, and a bias; on cosines and on sines; on an activation's values.
    pub parts: Vec<Vec<f64>>,
}

/// What of a layer is hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Parameters.
    Parameters,
    /// What the nonlinearity made.
    Values,
}
