//! `hqrn-run`: what a network will do on hardware, before anyone pays for it.

mod command;
mod layers;
mod output;
mod points;
mod segments;
mod settings;
mod state;

use self::command::{COMMAND, Cli, Rows};
use self::output::{show, takes, with_gates, write_files};
use self::points::Points;
use self::settings::{check_machine, checkpoints, models, on_machine, source, variants};
use crate::cli::arguments::main_of;
use crate::cli::inputs::{amplitudes_of, layers_of, note_dead, note_reading, note_samples};
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, note};
use crate::cli::progress::Progress;
use crate::data::{Samples, Split, read_samples_or_states};
use crate::report::Ran;
use crate::run::{Point, Stage, Sweep, Variant};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Numbers that a thread updates in a second of noisy simulation, about: what estimates are made with.
const UPDATES: f64 = 1e9;

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, |cli: &Cli| &cli.common, |cli| run(cli).map(|()| ExitCode::from(HOLDS)))
}

fn run(cli: &Cli) -> Result<(), Failure> {
    spare_inputs(&cli.inputs(), cli.outputs().iter().flatten())?;
    need_places(cli.outputs().iter().flatten(), None)?;
    if cli.csv_to_stdout() && cli.common.takes_stdout() {
        return Err("--csv - and --json would both go to standard output: name a file for one of them".into());
    }
    let models = models(&cli.weights, cli.common.quiet)?;
    if let [model] = &models[..]
        && layers_of(model).is_some()
    {
        let network = model.clone().quanvolution(COMMAND).map_err(|error| error.to_string())?;
        return Ok(layers::run(cli, &network)?);
    }
    if let [model] = &models[..]
        && amplitudes_of(model).is_some()
    {
        let network = model.clone().amplitude(COMMAND).map_err(|error| error.to_string())?;
        return Ok(segments::run(cli, &network)?);
    }
    if !cli.over_rotation.is_empty() {
        return Err("--over-rotation is for amplitude networks, the weights are of residual blocks".into());
    }
    if cli.table {
        return Err("--table is for quanvolutions, the weights are of residual blocks".into());
    }
    let checkpoints = checkpoints(&cli.weights, models)?;
    let source = source(cli, &checkpoints)?;
    if let Some(path) = &cli.state {
        return Ok(state::run(cli, path, &checkpoints, &source)?);
    }
    let Some(data) = &cli.data else { return Err("expected --data DATA".into()) };
    let network = &checkpoints[0].network;
    let samples =
        samples(cli, data, network.input_dim(), network.head.as_ref().map(|head| head.bias.len()), Negative::Clipped)?;
    if samples.density {
        state::note_phases(cli, &source, &checkpoints);
    }
    if !cli.common.quiet {
        checkpoints.iter().for_each(|one| note_dead(&one.name, &one.network, &samples));
    }
    let on = on_machine(cli)?;
    if let Some(on) = &on {
        check_machine(cli, &source, on)?;
    }
    let variants = variants(cli, &checkpoints, on.as_ref())?;
    let sweep = Sweep::new(&samples, &source, &cli.shots, cli.seed);
    let sweep = match &on {
        Some(on) => sweep.on_machine(on),
        None => sweep,
    };
    let points = run_all(cli, &sweep, &variants)?;
    let (last, labelled) = (&checkpoints[checkpoints.len() - 1], network.head.is_some());
    let name = match &checkpoints[..] {
        [one] => one.network.name.clone(),
        several => format!("{} to {}", several[0].name, last.name),
    };
    let parts = Ran::Blocks { blocks: last.network.blocks.len(), dim: last.network.blocks[0].dim() };
    write_files(cli, (name, parts), data, &points, |points| with_gates(cli, last, points))?;
    Ok(show(cli, &network.name, &points, labelled, || takes(&points).filter(|_| labelled))?)
}

/// All points in order, from the file of finished ones or run now.
fn run_all(cli: &Cli, sweep: &Sweep<'_>, variants: &[Variant<'_>]) -> Result<Vec<Point>, String> {
    let keys: Vec<Vec<String>> = variants.iter().map(|variant| sweep.keys(variant)).collect();
    let mut finished = Points::open(cli.points.as_deref())?;
    let missing: Vec<Vec<usize>> =
        keys.iter().map(|keys| (0..keys.len()).filter(|&i| !finished.has(&keys[i])).collect()).collect();
    // A table a block comes before a variant's points, and takes the time where there is noise.
    let tables = |(variant, wanted): (&Variant<'_>, &Vec<usize>)| {
        if wanted.is_empty() { 0 } else { variant.checkpoint.network.blocks.len() + wanted.len() }
    };
    let steps = variants.iter().zip(&missing).map(tables).sum();
    let progress = Progress::new(steps, "running", "steps", cli.common.quiet);
    for (variant, wanted) in variants.iter().zip(&missing) {
        let mut kept = Ok(());
        let watch = |stage| match stage {
            Stage::Table => progress.step(),
            Stage::Noisy(updates) if !cli.common.quiet => note_long(updates),
            Stage::Noisy(_) => {}
        };
        let ran = sweep.run(variant, wanted, watch, |point| {
            progress.step();
            if kept.is_ok() {
                kept = finished.keep(point);
            }
        });
        ran.map_err(|error| format!("{}: {error}", variant.checkpoint.name))
            .and(kept)
            .inspect_err(|_| progress.finish())?;
    }
    progress.finish();
    Ok(keys.iter().flatten().filter_map(|key| finished.get(key)).collect())
}

/// Says how long noise will take where that is long.
fn note_long(updates: f64) {
    let seconds = updates / UPDATES / rayon::current_num_threads() as f64;
    if seconds > 10.0 {
        let time = if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) };
        note(&format!(
            "noise on circuits as large as these takes about {time}; fewer --trajectories take less above 8 qubits"
        ));
    }
}

/// What becomes of negative entries.
#[derive(Clone, Copy)]
enum Negative {
    /// The input map takes them as 0.
    Clipped,
    /// They are what they are.
    Kept,
}

/// The samples, which must have a label each if the network names classes.
fn samples(
    cli: &Cli,
    data: &Path,
    entries: usize,
    classes: Option<usize>,
    negative: Negative,
) -> Result<Samples, String> {
    let split = match cli.split {
        Rows::Train => Split::Train,
        Rows::Test => Split::Test,
    };
    let read = read_samples_or_states(data, cli.labels.as_deref(), Some(entries), split);
    let mut samples = read.map_err(|error| error.to_string())?;
    if !cli.common.quiet {
        match negative {
            Negative::Clipped => note_samples(data, &samples),
            Negative::Kept => note_reading(data, &samples),
        }
    }
    if let Some(limit) = cli.limit {
        samples.truncate(limit as usize);
    }
    let Some(classes) = classes else { return Ok(samples) };
    match &samples.labels {
        None => Err(format!("{}: no labels: name their file with --labels", data.display())),
        Some(labels) => match labels.iter().position(|label| *label >= classes) {
            Some(i) => Err(format!(
                "{}: sample {} has label {}, the network has {classes} classes",
                data.display(),
                i + 1,
                labels[i]
            )),
            None => Ok(samples),
        },
    }
}
