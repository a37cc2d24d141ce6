//! Which samples amplitude networks are trained and tested on, and how.

use super::command::{Args, FrontArg, Sides};
use crate::cli::inputs::note_reading;
use crate::cli::train::labelled;
use crate::data::{Samples, Split, read_test_rows};
use crate::network::amplitude::AmplitudeNetwork;
use crate::training::amplitude::{AmplitudePlan, FrontPlan, first_states};
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
/// Entries behind a front, where samples have more.
const WIDE: usize = 64;

/// Reads samples and takes options and defaults together.
pub fn task(args: &Args) -> Result<Task, String> {
    let data = args.data.display();
    let training = labelled(&args.data, args.labels.as_deref(), Split::Train, None)?;
    let entries = training.inputs[0].len();
    if !args.common.quiet {
        note_reading(&args.data, &training);
    }
    let test_path = args.test_data.as_ref().unwrap_or(&args.data);
    let test = match &args.test_data {
        Some(path) => Some(labelled(path, args.test_labels.as_deref(), Split::Test, Some(entries))?),
        None => read_test_rows(&args.data, args.labels.as_deref(), Some(entries)).map_err(|error| error.to_string())?,
    };
    let training = of_classes(training, args.classes, &args.data)?;
    let test = test.map(|test| of_classes(test, args.classes, test_path)).transpose()?;
    let front = front(args, &training)?;
    let own = args.dim.map_or(entries.min(WIDE), usize::from);
    let dim = if front.is_some() { own } else { entries };
    if dim > AmplitudeNetwork::MAX_DIM {
        let most = AmplitudeNetwork::MAX_DIM;
        return Err(format!("{data}: samples have {dim} entries, expected at most {most}; --front takes more"));
    }
    let there = training.labels.iter().chain(test.iter().flat_map(|test| &test.labels)).flatten().max();
    let classes = there.map_or(1, |top| top + 1);
    if classes > 4096 {
        return Err(format!("{data}: a label is {}, expected classes counted from 0, at most 4096", classes - 1));
    }
    let few = dim <= FEW;
    let layers = args.layers.map_or(if few { 2 } else { 3 }, usize::from);
    let connection = args.connection.connection();
    let plan = AmplitudePlan { dim, classes, layers, connection, reads: args.reads.reads(), gain: args.gain, front };
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

/// The samples of the first classes.
fn of_classes(samples: Samples, classes: Option<u16>, path: &Path) -> Result<Samples, String> {
    let (Some(most), Some(labels)) = (classes.map(usize::from), &samples.labels) else { return Ok(samples) };
    let kept: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] < most).collect();
    if kept.is_empty() {
        return Err(format!("{}: no samples of the first {most} classes", path.display()));
    }
    Ok(Samples {
        inputs: kept.iter().map(|&i| samples.inputs[i].clone()).collect(),
        labels: Some(kept.iter().map(|&i| labels[i]).collect()),
        families: samples.families.as_ref().map(|families| kept.iter().map(|&i| families[i].clone()).collect()),
        ..samples
    })
}

/// The front that is asked for, on samples like these.
fn front(args: &Args, training: &Samples) -> Result<Option<FrontPlan>, String> {
    let FrontArg::Stages(channels) = &args.front else {
        return match (args.dim, args.image) {
            (Some(_), _) => Err("--dim is the entries behind a front: expected --front beside it".into()),
            (None, Some(_)) => {
                Err("--image is for the convolutions of a front: expected --front cnn:C,C.. beside it".into())
            }
            (None, None) => Ok(None),
        };
    };
    let entries = training.inputs[0].len();
    let data = args.data.display();
    let side = (entries as f64).sqrt().round() as usize;
    let image = match (args.image, channels.is_empty()) {
        (Some(_), true) => return Err("--image is for convolutions: expected --front cnn:C,C.. beside it".into()),
        (Some(Sides(sides)), false) => sides,
        (_, true) => [1, 1, entries],
        (_, false) if side * side == entries => [1, side, side],
        (_, false) => {
            return Err(format!("{data}: samples have {entries} entries, which is no square: say --image C,H,W"));
        }
    };
    if image.iter().product::<usize>() != entries {
        let [c, h, w] = image;
        return Err(format!("--image {c},{h},{w}: {} entries, the samples of {data} have {entries}", c * h * w));
    }
    let shorter = image[1].min(image[2]);
    if !channels.is_empty() && shorter >> channels.len().min(63) == 0 {
        let problem = format!("nothing is left of {shorter} pixels that are halved {} times", channels.len());
        return Err(format!("--front: {problem}"));
    }
    let largest = training.inputs.iter().flatten().fold(0.0f64, |most, v| most.max(v.abs()));
    if largest == 0.0 {
        return Err(format!("{data}: all entries of all samples are 0"));
    }
    Ok(Some(FrontPlan { image, channels: channels.clone(), scale: 1.0 / largest }))
}

fn states(plan: &AmplitudePlan, samples: &Samples, path: &Path, which: &str) -> Result<TrainingSet, String> {
    first_states(plan, samples).map_err(|number| {
        let place = format!("{}: {which} sample {}", path.display(), number + 1);
        format!("{place}: all entries are 0: nothing can be divided by its norm")
    })
}
