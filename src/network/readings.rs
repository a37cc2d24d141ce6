//! What else weights of these names and shapes could mean: the readings that are tried where a network is not the function
//! of the model it was exported from, so that whoever exported it learns in which layer the two part.

use super::{Activation, Affine, Block, Network, normalise_input};

/// What the blocks of the family `residual` compute, as files declare it: F is the activation, normalised to sum 1.
pub const FORMULA: &str = "alpha y + (1 - alpha) F(W y + b)";

/// What to do with a model of another form.
const TRAIN_ANEW: &str =
    "train it anew in hqrn's form (docs/guide/weights.md), or to its own outputs by hqrn.torch.distil in Python";

/// What the model may do with a projection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Projection {
    /// F(z), as hqrn does.
    Normalised,
    /// f(z)
    Activated,
    /// z
    Linear,
}

/// What the model may do in a block, z being W y + b, f the activation and F the same normalised.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// α y + (1 - α) F(z), as hqrn does.
    Mixed,
    /// α y + (1 - α) f(z)
    Loose,
    /// y + F(z)
    AddedNormalised,
    /// y + f(z)
    Added,
    /// f(y + z)
    Around,
    /// F(z)
    AloneNormalised,
    /// f(z)
    Alone,
}

/// A reading of the weights.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    /// An input is taken as it is, not divided by its sum.
    raw: bool,
    projection: Projection,
    step: Step,
    /// W is stored `[in][out]`.
    transposed: bool,
    /// Another α than the file's.
    alpha: Option<f64>,
    /// Another f than the file's.
    activation: Option<Activation>,
}

const OURS: Reading = Reading {
    raw: false,
    projection: Projection::Normalised,
    step: Step::Mixed,
    transposed: false,
    alpha: None,
    activation: None,
};

const PROJECTIONS: [Projection; 3] = [Projection::Normalised, Projection::Activated, Projection::Linear];

const STEPS: [Step; 7] =
    [Step::Mixed, Step::Added, Step::Around, Step::Alone, Step::Loose, Step::AddedNormalised, Step::AloneNormalised];

const ACTIVATIONS: [Activation; 5] =
    [Activation::Relu, Activation::Sigmoid, Activation::Softplus, Activation::Exp, Activation::Square];

/// Which layer is the first that explains why a network has not the outputs that are expected of it, and how.
pub(super) fn explain(network: &Network, inputs: &[Vec<f64>], outputs: &[Vec<f64>], allowed: f64) -> String {
    let gives = |reading: &Reading| {
        // Most readings are out at the first sample.
        inputs.iter().zip(outputs).all(|(x, wanted)| {
            let got = reading.output(network, x);
            got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() <= allowed)
        })
    };
    let first = if network.projection().is_some() { "input" } else { "blocks[0]" };
    match readings(network).iter().find(|reading| gives(reading)) {
        Some(reading) => {
            let (layer, remedy) = (reading.layer(network), reading.remedy());
            format!("{layer} is the first layer that explains it: the model {}; {remedy}", reading.told())
        }
        None => {
            format!("{first} is the first layer that could explain it; no other reading known here does; {TRAIN_ANEW}")
        }
    }
}

/// The readings of a network but for hqrn's own, those that differ least from it first.
fn readings(network: &Network) -> Vec<Reading> {
    let own = network.blocks[0].activation;
    let alphas = (1..20).map(|k| Some(f64::from(k) / 20.0));
    let mut all: Vec<Reading> = alphas.map(|alpha| Reading { alpha, ..OURS }).collect();
    let others = ACTIVATIONS.into_iter().filter(|f| *f != own).map(Some);
    let projections = if network.projection().is_some() { &PROJECTIONS[..] } else { &PROJECTIONS[..1] };
    let square = network.blocks.iter().all(|block| block.weight().is_square());
    for activation in std::iter::once(None).chain(others) {
        for &transposed in if square { &[false, true][..] } else { &[false] } {
            for raw in [false, true] {
                for &projection in projections {
                    let of = |step| Reading { raw, projection, step, transposed, alpha: None, activation };
                    all.extend(STEPS.map(of));
                }
            }
        }
    }
    all.retain(|reading| *reading != OURS);
    all.sort_by_key(Reading::departures);
    all
}

impl Reading {
    /// In how many ways it is not hqrn's.
    fn departures(&self) -> usize {
        let ways = [
            self.raw,
            self.projection != OURS.projection,
            self.step != OURS.step,
            self.transposed,
            self.alpha.is_some(),
            self.activation.is_some(),
        ];
        ways.into_iter().filter(|way| *way).count()
    }

    /// The first layer that it reads otherwise.
    fn layer(&self, network: &Network) -> &'static str {
        let projected = network.projection().is_some();
        let of_projection = self.raw || self.projection != OURS.projection || self.activation.is_some();
        if projected && of_projection { "input" } else { "blocks[0]" }
    }

    /// What the model does by it.
    fn told(&self) -> String {
        let mut ways = vec![];
        if self.raw {
            ways.push("takes its inputs as they are (hqrn: entries below 0 as 0, all divided by their sum)".to_owned());
        }
        match self.projection {
            Projection::Normalised => {}
            Projection::Activated => {
                ways.push("does not normalise what its input layer gives (hqrn: to sum 1)".to_owned())
            }
            Projection::Linear => ways.push("has no F behind its input layer (hqrn: one)".to_owned()),
        }
        let step = match self.step {
            Step::Mixed => None,
            Step::Loose => Some("alpha y + (1 - alpha) f(W y + b)"),
            Step::AddedNormalised => Some("y + F(W y + b)"),
            Step::Added => Some("y + f(W y + b)"),
            Step::Around => Some("f(y + W y + b)"),
            Step::AloneNormalised => Some("F(W y + b)"),
            Step::Alone => Some("f(W y + b)"),
        };
        ways.extend(step.map(|step| format!("computes {step} in its blocks (hqrn: {FORMULA})")));
        if self.transposed {
            ways.push("has the weights of its blocks the other way round, [in][out] (hqrn: [out][in])".to_owned());
        }
        ways.extend(self.alpha.map(|alpha| format!("has alpha {alpha}")));
        ways.extend(self.activation.map(|f| format!("has the activation {}", format!("{f:?}").to_lowercase())));
        ways.join(", and ")
    }

    /// What to do: weights that were only written down otherwise than they are need no training.
    fn remedy(&self) -> &'static str {
        let form = self.raw || self.projection != OURS.projection || self.step != OURS.step;
        if form { TRAIN_ANEW } else { "write that into the file (docs/guide/weights.md)" }
    }

    /// What the network makes of an input by it.
    fn output(&self, network: &Network, x: &[f64]) -> Vec<f64> {
        let mut y = if self.raw { x.to_vec() } else { normalise_input(x) };
        if let Some(projection) = network.projection() {
            y = self.project(network.blocks[0].activation, projection, &y);
        }
        for block in &network.blocks {
            y = self.step(block, &y);
        }
        network.head.as_ref().map_or_else(|| y.clone(), |head| head.apply(&y))
    }

    fn project(&self, own: Activation, projection: &Affine, y: &[f64]) -> Vec<f64> {
        let z = projection.apply(y);
        let f = self.activation.unwrap_or(own);
        match self.projection {
            Projection::Normalised => f.normalised(&z).0,
            Projection::Activated => z.iter().map(|z| f.value(*z)).collect(),
            Projection::Linear => z,
        }
    }

    fn step(&self, block: &Block, y: &[f64]) -> Vec<f64> {
        let mut z = if self.transposed {
            Affine { weight: block.weight().transpose(), bias: block.bias().to_vec() }.apply(y)
        } else {
            block.linear(y)
        };
        let (alpha, f) = (self.alpha.unwrap_or(block.alpha), self.activation.unwrap_or(block.activation));
        if self.step == Step::Around {
            z.iter_mut().zip(y).for_each(|(z, y)| *z += y);
        }
        let mut h = match self.step {
            Step::Mixed | Step::AddedNormalised | Step::AloneNormalised => f.normalised(&z).0,
            _ => z.iter().map(|z| f.value(*z)).collect(),
        };
        // What a weight with fewer rows than columns does not give is zero.
        h.resize(y.len(), 0.0);
        let (old, new) = match self.step {
            Step::Mixed | Step::Loose => (alpha, 1.0 - alpha),
            Step::AddedNormalised | Step::Added => (1.0, 1.0),
            Step::Around | Step::AloneNormalised | Step::Alone => (0.0, 1.0),
        };
        y.iter().zip(h).map(|(y, h)| old * y + new * h).collect()
    }
}
