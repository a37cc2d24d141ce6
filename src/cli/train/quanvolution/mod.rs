//! `hqrn-train quanvolution`: labelled images in, a network of quanvolutions out, beside what a linear layer does.

mod baseline;
mod blueprint;
mod command;
mod images;

pub use self::command::Args;

use self::baseline::{baselines, shown};
use self::blueprint::{blueprint, gradients, recipe};
use self::images::{Images, error_of, images};
use super::epochs::{Pace, epoch_table, epochs};
use super::{COMMAND, PAGE_NAME, bind, keep, name_of, resumed, written_over};
use crate::cli::inputs::note_untaught;
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, note, print};
use crate::cli::reports::{Baseline, Errors, QuanvolutionReport};
use crate::cli::table::Table;
use crate::files::{in_folder, write_atomically};
use crate::network::Model;
use crate::network::quanvolution::{Head, Quanvolution, wiring_name};
use crate::report::{Curves, training_page};
use crate::training::{Blueprint, Guided, TrainingSet, TrainingState};
use std::process::ExitCode;

/// Trains, and leaves everything in the folder.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let folder = &args.output;
    let written = written_over(folder).into_iter().chain(args.common.report_file());
    spare_inputs(args.inputs(), &written.collect::<Vec<_>>())?;
    need_places(&args.common.report_file(), Some(folder))?;
    let images = images(args)?;
    let name = name_of(args.name.as_ref(), folder);
    let network = blueprint(args, &name, &images)?;
    if let Head::Quantum(head) = &network.head
        && head.is_constant(network.features())
    {
        note("no measured wire sees a pixel, only padding: the scores are the same for every image");
    }
    let recipe = recipe(args);
    let plan = Blueprint::new(network, gradients(args), args.tied);
    let mut state: TrainingState<Guided> = resumed(folder, &name, &plan, &recipe)?;
    let test = images.test.as_ref();
    // Errors on other images than before would stand in one table with those.
    bind(&mut state, folder, &[&images.training].into_iter().chain(test).collect::<Vec<_>>())?;
    if !args.common.quiet {
        note_untaught(&args.data, &images.training, images.classes);
    }
    let set = TrainingSet::of_images(&images.training);
    let pace = Pace { every: args.every, quiet: args.common.quiet };
    in_folder(folder, || {
        let test_error = |guided: &Guided| test.map(|test| error_of(&guided.network, test));
        epochs(&pace, &recipe, &mut state, &set, test_error, |state| {
            let weights = Model::from(state.network.network.clone()).to_json();
            keep(folder, state, "json", weights.into_bytes(), state.to_json(&plan, &recipe))
        })
    })?;
    let network = &state.network.network;
    let result =
        Errors { training: error_of(network, &images.training), test: test.map(|test| error_of(network, test)) };
    let baselines = baselines(&images, network.image, &recipe);
    let curves = Curves {
        classes: None,
        title: format!("{name}: {}", wiring(network)),
        records: &state.records,
        test_samples: test.map(|test| test.inputs.len()),
        heading: "A linear layer on the pixels",
        note: "Trained by the same recipe, no circuit.",
        linear: baselines.iter().map(|line| (shown(line), line.training_error, line.test_error)).collect(),
    };
    write_atomically(&folder.join(PAGE_NAME), training_page(&curves, &args.foot()))
        .map_err(|error| error.to_string())?;
    show(args, &state, &images, result, &baselines)?;
    Ok(ExitCode::from(HOLDS))
}

fn wiring(network: &Quanvolution) -> String {
    wiring_name(&network.layers.iter().map(|layer| layer.skip.clone()).collect::<Vec<_>>())
}

fn show(
    args: &Args,
    state: &TrainingState<Guided>,
    images: &Images,
    result: Errors,
    baselines: &[Baseline],
) -> Result<(), String> {
    let network = &state.network.network;
    let slots = network.slots();
    let report = QuanvolutionReport {
        network: &network.name,
        wiring: wiring(network),
        gradient: format!("{:?}", state.network.gradients).to_lowercase(),
        samples: images.training.inputs.len(),
        features: network.features(),
        parameters: [slots.head.start, slots.head.len()],
        epochs: &state.records,
        result,
        baselines,
    };
    args.common.report(COMMAND, &report)?;
    if !args.common.tells() {
        return Ok(());
    }
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    print(&epoch_table(&state.records, 10))?;
    let [angles, head] = report.parameters;
    print(&format!("\n{angles} angles, {head} parameters of the head, {} images\n\n", report.samples))?;
    let mut table = Table::new(&["after training", "features", "training error", "test error"], true);
    let mut row = |name: String, features: usize, training: f64, test: Option<f64>| {
        table.row(vec![name, features.to_string(), percent(training), test.map_or("·".into(), percent)]);
    };
    row(format!("{}, {}", report.wiring, report.gradient), report.features, result.training, result.test);
    baselines.iter().for_each(|line| row(shown(line), line.features, line.training_error, line.test_error));
    print(&table.render())
}
