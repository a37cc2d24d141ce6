//! Which samples amplitude networks are trained and tested on, and how.

use super::command::Args;
use crate::cli::inputs::note_reading;
use crate::cli::train::labelled;
use crate::data::{Samples, Split, read_test_rows};
use crate::network::amplitude::AmplitudeNetwork;
use crate::training::amplitude::{AmplitudePlan, first_states};
use crate::training::{Recipe, Rule, TrainingSet};
use std::path::Path;

/// Samples, the network for them, and the recipe.
pub struct Task {
    /// To train on.
    pub training: Samples,
    /// To test on, if there are any.
    pub test: Option<Samples>,
    /// The same as first states.
    pub training_set: TrainingSet,
    /// The same as first states.
    pub test_set: Option<TrainingSet>,
    /// The network.
    pub plan: AmplitudePlan,
    /// How it is trained.
    pub recipe: Recipe,
}

/// Inputs with more entries than this have other defaults.
const FEW: usize = 16;

/// Reads samples and takes options and defaults together.
pub fn task(args: &Args) -> Result<Task, String> {
    let data = args.data.display();
    let training = labelled(&args.data, args.labels.as_deref(), Split::Train, None)?;
    let dim = training.inputs[0].len();
    if dim > AmplitudeNetwork::MAX_DIM {
        return Err(format!("{data}: samples have {dim} entries, expected at most {}", AmplitudeNetwork::MAX_DIM));
    }
    if !args.common.quiet {
        note_reading(&args.data, &training);
    }
    let test_path = args.test_data.as_ref().unwrap_or(&args.data);
    let test = match &args.test_data {
        Some(path) => Some(labelled(path, args.test_labels.as_deref(), Split::Test, Some(dim))?),
        None => read_test_rows(&args.data, args.labels.as_deref(), Some(dim)).map_err(|error| error.to_string())?,
    };
    let there = training.labels.iter().chain(test.iter().flat_map(|test| &test.labels)).flatten().max();
    let classes = there.map_or(1, |top| top + 1);
    if classes > 4096 {
        return Err(format!("{data}: a label is {}, expected classes counted from 0, at most 4096", classes - 1));
    }
    let few = dim <= FEW;
    let layers = args.layers.map_or(if few { 2 } else { 3 }, usize::from);
    let connection = args.connection.connection();
    let plan = AmplitudePlan { dim, classes, layers, connection, reads: args.reads.reads(), gain: args.gain };
    let recipe = Recipe {
        rule: Rule::Adam,
        rate: args.rate.unwrap_or(if few { 1e-2 } else { 3e-3 }),
        weight_decay: 0.0,
        batch: args.batch.map_or(if few { 16 } else { 50 }, |batch| batch as usize),
        epochs: args.epochs.unwrap_or(if few { 100 } else { 40 }),
        fraction: 1.0,
        seed: args.seed,
    };
    let training_set = states(&plan, &training, &args.data, "training")?;
    let test_set = test.as_ref().map(|test| states(&plan, test, test_path, "test")).transpose()?;
    Ok(Task { training, test, training_set, test_set, plan, recipe })
}

fn states(plan: &AmplitudePlan, samples: &Samples, path: &Path, which: &str) -> Result<TrainingSet, String> {
    first_states(plan, samples).map_err(|number| {
        let place = format!("{}: {which} sample {}", path.display(), number + 1);
        format!("{place}: all entries are 0: nothing can be divided by its norm")
    })
}
