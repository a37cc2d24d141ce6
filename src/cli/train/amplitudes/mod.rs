//! `hqrn-train amplitudes`: labelled inputs in, an amplitude network out beside what its head alone does; or comparisons of
//! networks over seeds, in quiet and under attack.

mod attack;
mod beside;
mod command;
mod contest;
mod samples;

pub use self::command::Args;

use self::beside::beside;
use self::contest::{run_ablation, run_attacks};
use self::samples::{Task, task};
use super::epochs::{Pace, epoch_table, epochs};
use super::{COMMAND, PAGE_NAME, bind, keep, name_of, resumed, written_over};
use crate::cli::inputs::note_untaught;
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, print};
use crate::cli::reports::{AmplitudesReport, Beside, Errors, Front};
use crate::cli::table::Table;
use crate::files::{in_folder, write_atomically};
use crate::network::Model;
use crate::network::amplitude::AmplitudeNetwork;
use crate::report::{ClassTable, Curves, training_page};
use crate::training::amplitude::{Contender, Kind};
use crate::training::{ClassFigures, TrainingState, class_figures};
use std::process::ExitCode;

/// Trains, and leaves everything in the folder.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let contest = args.ablation || !args.attack.is_empty();
    if args.seeds.is_some() && !contest {
        return Err("--seeds: expected --ablation or --attack beside it; --seed is for one training".into());
    }
    let folder = &args.output;
    let written = written_over(folder).into_iter().chain(args.common.report_file());
    spare_inputs(args.inputs(), &written.collect::<Vec<_>>())?;
    need_places(&args.common.report_file(), Some(folder))?;
    let task = task(args)?;
    match (contest, args.ablation) {
        (true, true) => run_ablation(args, &task),
        (true, false) => run_attacks(args, &task),
        (false, _) => train(args, &task),
    }
}

fn train(args: &Args, task: &Task) -> Result<ExitCode, Failure> {
    let Task { plan, recipe, .. } = task;
    let folder = &args.output;
    let name = name_of(args.name.as_ref(), folder);
    let mut state: TrainingState<AmplitudeNetwork> = resumed(folder, &name, plan, recipe)?;
    // Errors on other samples than before would stand in one table with those.
    bind(&mut state, folder, &[&task.training].into_iter().chain(&task.test).collect::<Vec<_>>())?;
    if !args.common.quiet {
        note_untaught(&args.data, &task.training, plan.classes);
    }
    let error = |network: &AmplitudeNetwork, set| 1.0 - Contender::Amplitude(network.clone()).accuracy(set, None);
    let test_error = |network: &AmplitudeNetwork| task.test_set.as_ref().map(|test| error(network, test));
    let pace = Pace { every: args.every, quiet: args.common.quiet };
    in_folder(folder, || {
        epochs(&pace, recipe, &mut state, &task.training_set, test_error, |state| {
            let weights = Model::from(state.network.clone()).to_json();
            keep(folder, state, "json", weights.into_bytes(), state.to_json(plan, recipe))
        })
    })?;
    let network = &state.network;
    let result = Errors { training: error(network, &task.training_set), test: test_error(network) };
    let others = beside(task, args.rivals);
    let judged = task.test_set.as_ref().unwrap_or(&task.training_set);
    let scores = Contender::Amplitude(network.clone()).scores_of(judged, None);
    let classes = class_figures(&scores, judged.labels());
    let of = if task.test_set.is_some() { "test samples" } else { "training samples" };
    let curves = Curves {
        classes: Some(ClassTable {
            heading: format!("Every class against the rest, {of}"),
            heads: &FIGURES,
            rows: classes.iter().enumerate().map(figures_row).collect(),
        }),
        title: format!("{name}: {}", what(task)),
        records: &state.records,
        test_samples: task.test_set.as_ref().map(|test| test.len()),
        heading: "The same samples without meshes",
        note: "Trained by the same recipe: the head alone, on the normalised input.",
        linear: others.iter().map(|line| (line.name.to_owned(), line.training_error, line.test_error)).collect(),
    };
    write_atomically(&folder.join(PAGE_NAME), training_page(&curves, &args.foot("")))
        .map_err(|error| error.to_string())?;
    show(args, task, &state, result, &others, classes)?;
    Ok(ExitCode::from(HOLDS))
}

/// The network in a few words.
fn what(task: &Task) -> String {
    let (plan, layers) = (&task.plan, task.plan.layers);
    let plural = if layers == 1 { "" } else { "s" };
    let front = plan.front.as_ref().map_or(String::new(), |front| match &front.channels[..] {
        [] => ", behind a linear front".into(),
        [_] => ", behind a convolution".into(),
        channels => format!(", behind {} convolutions", channels.len()),
    });
    format!("{}, {layers} layer{plural} of {} amplitudes{front}", Kind::Meshes(plan.connection).name(), plan.dim)
}

fn show(
    args: &Args,
    task: &Task,
    state: &TrainingState<AmplitudeNetwork>,
    result: Errors,
    others: &[Beside],
    classes: Vec<ClassFigures>,
) -> Result<(), String> {
    let slots = state.network.slots();
    let (layers, head) = (slots.front.end..slots.head.start, slots.head);
    let report = AmplitudesReport {
        network: &state.network.name,
        connection: task.plan.connection,
        reads: task.plan.reads,
        gain: task.plan.gain,
        layers: task.plan.layers,
        dim: task.plan.dim,
        samples: task.training_set.len(),
        parameters: [layers.len(), head.len()],
        front: task.plan.front.as_ref().map(|front| Front {
            entries: front.entries(),
            channels: front.channels.clone(),
            scale: front.scale,
            parameters: slots.front.len(),
        }),
        classes,
        epochs: &state.records,
        result,
        beside: others,
    };
    args.common.report(COMMAND, &report)?;
    if !args.common.tells() {
        return Ok(());
    }
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let or_dot = |share: Option<f64>| share.map_or("·".into(), percent);
    print(&epoch_table(&state.records, 10))?;
    let [layers, head] = report.parameters;
    let front = report.front.as_ref().map_or(0, |front| front.parameters);
    let of_front = if front > 0 { format!("{front} parameters of the front, ") } else { String::new() };
    let of_layers = if front > 0 { format!("{layers} of layers") } else { format!("{layers} parameters of layers") };
    print(&format!("\n{of_front}{of_layers}, {head} of the head, {} samples\n\n", report.samples))?;
    let mut table = Table::new(&["after training", "parameters", "training error", "test error"], true);
    let mut row = |name: String, parameters: usize, training: f64, test: Option<f64>| {
        table.row(vec![name, parameters.to_string(), percent(training), or_dot(test)]);
    };
    row(what(task), front + layers + head, result.training, result.test);
    others.iter().for_each(|line| row(line.name.into(), line.parameters, line.training_error, line.test_error));
    print(&table.render())?;
    let mut table = Table::new(&FIGURES, false);
    report.classes.iter().enumerate().for_each(|figures| table.row(figures_row(figures)));
    print(&format!("\n{}", table.render()))
}

/// What figures of a class are called.
const FIGURES: [&str; 7] = ["class", "samples", "precision", "recall", "F1", "area P-R", "area ROC"];

fn figures_row((class, f): (usize, &ClassFigures)) -> Vec<String> {
    let shown = |value: Option<f64>| value.map_or("·".into(), |value| format!("{value:.4}"));
    let figures = [f.precision, f.recall, f.f1, f.precision_recall_area, f.roc_area].map(shown);
    [class.to_string(), f.samples.to_string()].into_iter().chain(figures).collect()
}
