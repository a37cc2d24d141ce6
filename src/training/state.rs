//! The state of a training as a file, so that it goes on where it was killed and ends in the same bytes.

use super::epoch::{Pass, Trainable, epoch};
use super::{Architecture, Optimiser, Recipe, TrainingSet, initial_network};
use crate::files::{Format, read_file};
use crate::network::Network;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A network that a training starts from its shape.
pub trait Trained: Trainable + Sized {
    /// What says everything of it but its parameters.
    type Shape: Clone + PartialEq + Serialize + DeserializeOwned;

    /// The network before training; the same seed gives the same one.
    fn initial(name: &str, shape: &Self::Shape, seed: u64) -> Self;

    /// Its name.
    fn name(&self) -> &str;
}

impl Trained for Network {
    type Shape = Architecture;

    fn initial(name: &str, shape: &Architecture, seed: u64) -> Network {
        initial_network(name, shape, seed)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A training under way.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState<N = Network> {
    /// Epochs done.
    pub epoch: u32,
    /// The network as it is now.
    pub network: N,
    /// What the optimiser remembers.
    pub optimiser: Optimiser,
    /// What was measured so far.
    pub records: Vec<EpochRecord>,
    /// What tells the samples that it learns from others, if that was kept.
    pub data: Option<String>,
}

/// What was measured at one checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EpochRecord {
    /// Epochs done.
    pub epoch: u32,
    /// Mean cross-entropy over the last epoch, in nats.
    pub loss: f64,
    /// Share of wrong labels over the last epoch.
    pub training_error: f64,
    /// Share of wrong labels on test data, where there are any.
    pub test_error: Option<f64>,
    /// How far gradients reach, layer by layer ([`Pass::norms`](super::Pass)); absent for residual blocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub norms: Vec<f64>,
}

/// A file that is no state of this training.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Not a state file, or a damaged one.
    #[error("not a training state: {0}")]
    Damaged(String),
    /// The state of a training with other settings.
    #[error("belongs to a training with other settings ({0}): choose another folder, or the same settings")]
    OtherSettings(&'static str),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile<S> {
    format: String,
    version: u32,
    name: String,
    architecture: S,
    recipe: Recipe,
    epoch: u32,
    steps: u64,
    records: Vec<EpochRecord>,
    parameters: Vec<f64>,
    mean: Vec<f64>,
    square: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

const FORMAT: Format = Format { name: "hqrn-training", named: true, newest: 1 };

impl<N: Trained> TrainingState<N> {
    /// A training that has not begun.
    pub fn new(name: &str, shape: &N::Shape, recipe: &Recipe) -> Self {
        let network = N::initial(name, shape, recipe.seed);
        let optimiser = Optimiser::new(recipe.rule, network.parameters().len());
        TrainingState { epoch: 0, network, optimiser, records: vec![], data: None }
    }

    /// Does the next [`epoch`].
    ///
    /// # Panics
    /// As [`epoch`].
    pub fn advance(&mut self, set: &TrainingSet, recipe: &Recipe) -> Pass {
        self.epoch += 1;
        epoch(&mut self.network, &mut self.optimiser, self.epoch, set, recipe)
    }

    /// Whether all weights are numbers still.
    pub fn is_finite(&self) -> bool {
        self.network.parameters().iter().chain(&self.optimiser.square).all(|v| v.is_finite())
    }

    /// The state as JSON; numbers read back exactly.
    ///
    /// # Panics
    /// If it is not [`TrainingState::is_finite`], which JSON cannot say.
    pub fn to_json(&self, shape: &N::Shape, recipe: &Recipe) -> String {
        assert!(self.is_finite(), "a training that diverged is not worth saving");
        let file = StateFile {
            format: FORMAT.name.into(),
            version: 1,
            name: self.network.name().to_owned(),
            architecture: shape.clone(),
            recipe: recipe.clone(),
            epoch: self.epoch,
            steps: self.optimiser.steps,
            records: self.records.clone(),
            parameters: self.network.parameters(),
            mean: self.optimiser.mean.clone(),
            square: self.optimiser.square.clone(),
            data: self.data.clone(),
        };
        serde_json::to_string(&file).expect("a state is plain JSON") + "\n"
    }

    /// Reads the state of the training with this name, shape and recipe; only the number of epochs may differ.
    ///
    /// # Errors
    /// If the file is damaged or of another training.
    pub fn from_json(text: &[u8], name: &str, shape: &N::Shape, recipe: &Recipe) -> Result<Self, StateError> {
        let file: StateFile<N::Shape> =
            read_file(text, &FORMAT).map_err(|error| StateError::Damaged(error.to_string()))?;
        if file.architecture != *shape {
            return Err(StateError::OtherSettings("the network's shape"));
        }
        if (Recipe { epochs: recipe.epochs, ..file.recipe }) != *recipe || file.name != name {
            return Err(StateError::OtherSettings("the recipe"));
        }
        let mut state = Self::new(name, shape, recipe);
        let count = state.optimiser.square.len();
        if file.parameters.len() != count || file.square.len() != count || file.mean.len() != state.optimiser.mean.len()
        {
            return Err(StateError::Damaged("it has another number of parameters than its shape".into()));
        }
        state.network.set_parameters(&file.parameters);
        state.optimiser = Optimiser { steps: file.steps, mean: file.mean, square: file.square };
        (state.epoch, state.records, state.data) = (file.epoch, file.records, file.data);
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Samples;
    use crate::network::Activation;
    use crate::training::{Rule, error_on};

    /// Which of three thirds holds the most.
    fn samples() -> Samples {
        let inputs: Vec<Vec<f64>> =
            (0..240u32).map(|i| (0..6).map(|j| f64::from((i * 7 + j * j * 5 + i * i * j) % 11)).collect()).collect();
        let third = |x: &Vec<f64>| {
            let sums: Vec<f64> = x.chunks(2).map(|pair| pair.iter().sum()).collect();
            crate::network::largest(&sums).unwrap()
        };
        Samples { labels: Some(inputs.iter().map(third).collect()), inputs, ..Samples::default() }
    }

    fn recipe(rule: Rule) -> (Architecture, Recipe) {
        let shape = Architecture { inputs: 6, dim: 8, blocks: 2, classes: 3, alpha: 0.5, activation: Activation::Relu };
        (shape, Recipe { rule, rate: 0.01, weight_decay: 1e-4, batch: 50, epochs: 200, fraction: 0.9, seed: 3 })
    }

    #[test]
    fn training_learns_and_resumes_to_the_same_bytes() {
        for rule in [Rule::RmsProp, Rule::Adam] {
            let (shape, recipe) = recipe(rule);
            let samples = samples();
            let set = TrainingSet::choose(&samples, recipe.fraction, recipe.seed);
            assert_eq!(set.len(), 216);
            let mut straight = TrainingState::<Network>::new("n", &shape, &recipe);
            let before = error_on(&straight.network, &samples);
            (0..recipe.epochs).for_each(|_| _ = straight.advance(&set, &recipe));
            let after = error_on(&straight.network, &samples);
            assert!(after < 0.2 && before > 0.4, "{rule:?}: {before} to {after}");

            let mut first = TrainingState::<Network>::new("n", &shape, &recipe);
            (0..23).for_each(|_| _ = first.advance(&set, &recipe));
            let saved = first.to_json(&shape, &recipe);
            let mut second = TrainingState::<Network>::from_json(saved.as_bytes(), "n", &shape, &recipe).unwrap();
            assert_eq!(second, first);
            (23..recipe.epochs).for_each(|_| _ = second.advance(&set, &recipe));
            assert_eq!(second.to_json(&shape, &recipe), straight.to_json(&shape, &recipe));
        }
    }

    #[test]
    fn states_of_other_trainings_are_refused() {
        let (shape, recipe) = recipe(Rule::Adam);
        let saved = TrainingState::<Network>::new("n", &shape, &recipe).to_json(&shape, &recipe);
        let read = |shape: &Architecture, recipe: &Recipe, text: &str| {
            TrainingState::<Network>::from_json(text.as_bytes(), "n", shape, recipe).map(|_| ())
        };
        assert_eq!(read(&shape, &Recipe { epochs: 999, ..recipe.clone() }, &saved), Ok(()));
        let other = Recipe { rate: 0.5, ..recipe.clone() };
        assert_eq!(read(&shape, &other, &saved), Err(StateError::OtherSettings("the recipe")));
        let wider = Architecture { dim: 16, ..shape.clone() };
        assert_eq!(read(&wider, &recipe, &saved), Err(StateError::OtherSettings("the network's shape")));
        assert!(matches!(read(&shape, &recipe, &saved[..100]), Err(StateError::Damaged(_))));
        let later = saved.replacen("\"version\":1", "\"version\":2,\"new\":0", 1);
        let message = read(&shape, &recipe, &later).unwrap_err().to_string();
        assert_eq!(message, "not a training state: hqrn-training: version 2, this hqrn reads 1");
        let short = saved.replacen("\"parameters\":[", "\"parameters\":[0.5,", 1);
        assert!(matches!(read(&shape, &recipe, &short), Err(StateError::Damaged(_))));
    }
}
