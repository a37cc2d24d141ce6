//! Which images a network of quanvolutions is trained and tested on.

use super::command::{Args, HeadArg, Preset};
use crate::cli::inputs::note_reading;
use crate::cli::train::labelled;
use crate::data::{Samples, Split, read_test_rows};
use crate::linalg::RealMatrix;
use crate::network::quanvolution::Quanvolution;
use crate::training::{Chosen, choose};

/// Images of one size, with labels.
pub struct Images {
    /// To train on.
    pub training: Samples,
    /// To test on, if there are any.
    pub test: Option<Samples>,
    /// Pixels of a side.
    pub side: usize,
    /// Classes, counted from 0.
    pub classes: usize,
}

/// Reads and chooses.
pub fn images(args: &Args) -> Result<Images, String> {
    let data = args.data.display();
    let mut training = labelled(&args.data, args.labels.as_deref(), Split::Train, None)?;
    let pixels = training.inputs[0].len();
    let side = (1..=pixels).find(|side| side * side >= pixels).unwrap_or(1);
    if side * side != pixels {
        return Err(format!("{data}: samples have {pixels} entries, expected square images"));
    }
    if !args.common.quiet {
        note_reading(&args.data, &training);
    }
    let per_class =
        args.per_class.or((args.preset == Some(Preset::Resqunn) && args.test_data.is_none()).then_some(200));
    let mut test = match (&args.test_data, per_class) {
        (Some(path), _) => Some(labelled(path, args.test_labels.as_deref(), Split::Test, Some(pixels))?),
        (None, Some(_)) => None,
        (None, None) => {
            read_test_rows(&args.data, args.labels.as_deref(), Some(pixels)).map_err(|error| error.to_string())?
        }
    };
    let there = training.labels.iter().chain(test.iter().flat_map(|test| &test.labels)).flatten().max();
    let there = there.map_or(1, |top| top + 1);
    let usual = if args.head == HeadArg::Quantum { args.measured.len().min(there) } else { there };
    let classes = args.classes.map_or(usual, usize::from);
    if classes > there {
        return Err(format!("--classes {classes}: {data} has {there}"));
    }
    if classes > 4096 {
        return Err(format!("{data}: a label is {}, expected classes counted from 0, at most 4096", there - 1));
    }
    match per_class {
        Some(count) => {
            let Chosen { training: chosen, test: rest } = choose(&training, classes, count as usize, args.seed)
                .map_err(|(class, found)| {
                    format!("{data}: {found} images of class {class}, expected {count} of each")
                })?;
            (training, test) = (chosen, Some(rest));
        }
        None => {
            training = of_classes(&training, classes);
            test = test.map(|test| of_classes(&test, classes)).filter(|test| !test.inputs.is_empty());
        }
    }
    if training.inputs.is_empty() {
        return Err(format!("{data}: no images of the first {classes} classes"));
    }
    Ok(Images { training, test, side, classes })
}

/// The samples of the first classes.
fn of_classes(samples: &Samples, classes: usize) -> Samples {
    let labels = samples.labels.as_deref().unwrap_or_default();
    let kept: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] < classes).collect();
    samples.picked(&kept)
}

/// The share of images that a network labels wrongly.
pub fn error_of(network: &Quanvolution, samples: &Samples) -> f64 {
    let labels = samples.labels.as_ref().expect("images were read with their labels");
    let pixels = RealMatrix::from_vec(samples.inputs[0].len(), labels.len(), samples.inputs.concat());
    let found = network.labels(&pixels);
    found.iter().zip(labels).filter(|(found, label)| found != label).count() as f64 / labels.len() as f64
}
