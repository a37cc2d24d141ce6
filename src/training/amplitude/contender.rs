//! Who takes part in a contest, and how each is hit.

use super::attack::{Attack, Fault, Form, Hit, Mode};
use super::gradient::{amplitude_gradient, normalised};
use super::plan::{AmplitudePlan, Connection};
use super::rival::Rival;
use crate::linalg::RealMatrix;
use crate::network::amplitude::{AmplitudeNetwork, Turns, angle_count};
use crate::network::largest;
use crate::random::{Rng, stream};
use crate::training::{Gradient, Targets, Trainable, TrainingSet};
use std::ops::Range;

/// Kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Meshes.
    Meshes(Connection),
    /// The head alone, on first states.
    Linear,
    /// Classical layers.
    Mlp,
    /// Classical layers, the identity beside each.
    ResNet,
}

impl Kind {
    /// What the paper calls it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Meshes(Connection::Residual) => "QRFNN",
            Kind::Meshes(Connection::Dense) => "QDFNN",
            Kind::Meshes(Connection::None) => "plain",
            Kind::Linear => "linear",
            Kind::Mlp => "MLP",
            Kind::ResNet => "ResNet",
        }
    }
}

/// A network that takes part.
#[derive(Clone, Debug, PartialEq)]
pub enum Contender {
    /// Meshes or the head alone.
    Amplitude(AmplitudeNetwork),
    /// A classical one.
    Classical(Rival),
}

impl Contender {
    /// Before training; the plan's connection is the kind's.
    pub fn start(kind: Kind, plan: &AmplitudePlan, seed: u64) -> Contender {
        let plan = match kind {
            Kind::Meshes(connection) => AmplitudePlan { connection, ..plan.clone() },
            Kind::Linear => AmplitudePlan { layers: 0, ..plan.clone() },
            Kind::Mlp | Kind::ResNet => plan.clone(),
        };
        match kind {
            Kind::Mlp | Kind::ResNet => Contender::Classical(Rival::start(&plan, kind == Kind::ResNet, seed)),
            _ => Contender::Amplitude(plan.start(kind.name(), seed)),
        }
    }

    /// What an attack does to it now.
    pub fn fault(&self, attack: &Attack, rng: &mut Rng) -> Option<Fault> {
        match self {
            Contender::Amplitude(network) => {
                let angles = angle_count(network.dim);
                let parts = if attack.form == Form::Inside { vec![angles] } else { vec![angles, angles] };
                attack.draw(network.layers.len(), |_| parts.clone(), rng)
            }
            Contender::Classical(rival) => {
                let sizes = |k: usize| match (attack.form, &rival.layers[k]) {
                    (Form::Inside, layer) => vec![layer.weight.len(), layer.bias.len()],
                    (Form::Outside, layer) => vec![layer.bias.len()],
                };
                attack.draw(rival.layers.len(), sizes, rng)
            }
        }
    }

    /// The same network with a fault in its parameters for good; others change nothing.
    pub fn shifted(&self, fault: &Fault) -> Contender {
        let mut shifted = self.clone();
        if fault.hit == Hit::Parameters {
            let start = match self {
                Contender::Amplitude(network) => network.slots().layers[fault.layer].0.start,
                Contender::Classical(rival) => rival.layers()[fault.layer].start,
            };
            let mut values = self.parameters();
            values[start..].iter_mut().zip(fault.parts.iter().flatten()).for_each(|(to, by)| *to += by);
            shifted.set_parameters(&values);
        }
        shifted
    }

    /// First states, a row each, of what a training set has, a column each.
    fn states(&self, inputs: RealMatrix) -> RealMatrix {
        let (front, gain) = match self {
            Contender::Amplitude(network) => (&network.front, network.gain),
            Contender::Classical(rival) => (&rival.front, rival.gain),
        };
        match front {
            Some(front) => normalised(&front.forward(inputs).features, gain).transpose(),
            None => inputs.transpose(),
        }
    }

    /// Scores of first states, a row each, with a fault where there is one: samples x C.
    fn scores(&self, states: RealMatrix, fault: Option<&Fault>) -> RealMatrix {
        match (self, fault) {
            (_, Some(fault)) if fault.hit == Hit::Parameters => self.shifted(fault).scores(states, None),
            (Contender::Amplitude(network), fault) => network.forward(&turns(network, fault), states).scores,
            (Contender::Classical(rival), fault) => rival.scores(states, fault.map(values)),
        }
    }

    /// The gradient with a fault, where there is one.
    pub(super) fn faulty(&self, inputs: &RealMatrix, targets: Targets<'_>, fault: Option<&Fault>) -> Gradient {
        match (self, fault) {
            (_, Some(fault)) if fault.hit == Hit::Parameters => self.shifted(fault).faulty(inputs, targets, None),
            (Contender::Amplitude(network), fault) => {
                amplitude_gradient(network, &turns(network, fault), inputs, targets)
            }
            (Contender::Classical(rival), fault) => rival.gradient(inputs, targets, fault.map(values)),
        }
    }

    /// Scores of a set, with a fault where there is one: samples x C.
    ///
    /// # Panics
    /// If sizes differ.
    pub fn scores_of(&self, set: &TrainingSet, fault: Option<&Fault>) -> RealMatrix {
        let mut scores: Vec<RealMatrix> = vec![];
        for start in (0..set.len()).step_by(256) {
            let inputs = set.inputs.columns(start, 256.min(set.len() - start)).into_owned();
            scores.push(self.scores(self.states(inputs), fault));
        }
        let classes = scores.first().map_or(0, RealMatrix::ncols);
        let row = |i: usize, j: usize| scores[i / 256][(i % 256, j)];
        RealMatrix::from_fn(set.len(), classes, row)
    }

    /// The share of a set that it labels rightly, with a fault where there is one. Scores that are no numbers name class 0.
    ///
    /// # Panics
    /// If sizes differ.
    pub fn accuracy(&self, set: &TrainingSet, fault: Option<&Fault>) -> f64 {
        let scores = self.scores_of(set, fault).transpose();
        let found = scores.column_iter().map(|column| largest(column.as_slice()).unwrap_or(0));
        let right = found.zip(&set.labels).filter(|(found, label)| found == *label).count();
        right as f64 / set.len() as f64
    }
}

/// The cosines and sines of a network, hit by a fault.
fn turns(network: &AmplitudeNetwork, fault: Option<&Fault>) -> Vec<Option<Turns>> {
    let mut turns = network.turns();
    if let Some(fault) = fault
        && let (Some(turns), [cos, sin]) = (&mut turns[fault.layer], &fault.parts[..])
    {
        turns.cos.iter_mut().zip(cos).for_each(|(to, by)| *to += by);
        turns.sin.iter_mut().zip(sin).for_each(|(to, by)| *to += by);
    }
    turns
}

/// What a fault adds behind the activation of a layer.
fn values(fault: &Fault) -> (usize, &[f64]) {
    (fault.layer, &fault.parts[0])
}

impl Trainable for Contender {
    fn parameters(&self) -> Vec<f64> {
        match self {
            Contender::Amplitude(network) => network.parameters(),
            Contender::Classical(rival) => rival.parameters(),
        }
    }

    fn set_parameters(&mut self, values: &[f64]) {
        match self {
            Contender::Amplitude(network) => network.set_parameters(values),
            Contender::Classical(rival) => rival.set_parameters(values),
        }
    }

    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        self.faulty(inputs, targets, None)
    }

    fn layers(&self) -> Vec<Range<usize>> {
        match self {
            Contender::Amplitude(network) => network.layers(),
            Contender::Classical(rival) => rival.layers(),
        }
    }
}

/// A contender that is attacked while it learns.
pub(super) struct Attacked<'a> {
    /// Who.
    pub contender: Contender,
    /// How; not at all in a quiet training.
    pub attack: Option<&'a Attack>,
    /// Seed of the noise.
    pub seed: u64,
    /// What hits this step.
    fault: Option<Fault>,
}

/// The streams of a seed up to here are epochs; behind them come steps, and behind those the draws of a test.
const STEPS: u64 = 1 << 32;
/// Where draws of a test begin.
pub(super) const TESTS: u64 = 1 << 40;
/// Slopes beyond it have squares that are no numbers.
const LARGEST: f64 = 1e150;

impl<'a> Attacked<'a> {
    /// Before the first step.
    pub fn new(contender: Contender, attack: Option<&'a Attack>, seed: u64) -> Attacked<'a> {
        Attacked { contender, attack, seed, fault: None }
    }
}

impl Trainable for Attacked<'_> {
    fn parameters(&self) -> Vec<f64> {
        self.contender.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.contender.set_parameters(values);
    }

    fn begin_step(&mut self, steps: u64) {
        let Some(attack) = self.attack.filter(|attack| attack.mode != Mode::Test) else { return };
        self.fault = self.contender.fault(attack, &mut stream(self.seed, STEPS + steps));
        if attack.mode == Mode::Drift
            && let Some(fault) = self.fault.take()
        {
            self.contender = self.contender.shifted(&fault);
        }
    }

    /// Slopes out of range are taken for 0, so that one step costs no training.
    fn gradient(&self, inputs: &RealMatrix, targets: Targets<'_>) -> Gradient {
        let mut gradient = self.contender.faulty(inputs, targets, self.fault.as_ref());
        if !gradient.values.iter().all(|v| v.abs() < LARGEST) {
            gradient.values.fill(0.0);
        }
        gradient
    }
}
