//! `hqrn-compile`: trained weights in, verified OpenQASM 3 out.

mod command;
mod destination;
mod drawing;
mod encoding;
mod estimate;
mod estimate_args;
mod joint;
mod joint_args;
mod layer_args;
mod layers;
mod layers_output;
mod output;
mod searches;
mod segments;
mod segments_output;
mod target;
mod trotter;

use self::command::{COMMAND, Cli, Synthesis};
use self::destination::{Destination, SMALL_NAME};
use self::encoding::Inputs;
use self::joint::{check_network, joint_options, network_found, note_exact, note_long, note_others, searches};
use self::layer_args::Tiles;
use self::output::{Outcome, drawn, note_lost, show, write_programs};
use self::searches::Searches;
use crate::cli::arguments::main_of;
use crate::cli::inputs::{amplitudes_of, layers_of, note_samples, read_bytes, read_model, residual};
use crate::cli::outputs::{Misplaced, need_json, need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, print};
use crate::cli::progress::Progress;
use crate::cli::session;
use crate::cli::table::number;
use crate::compiler::{
    BlockReport, CompileOptions, Copies, InputRule, Method, check_block, compile_and_measure_watched, compile_block,
    search_key,
};
use crate::compression::{Goal, Plan, compress};
use crate::data::{Split, read_samples};
use crate::files::{in_folder, keep_record, read_json, write_atomically};
use crate::lowering::Layout;
use crate::network::{Network, weights_schema, write_json};
use crate::qasm::Prepared;
use crate::run::{Disagreement, disagreement};
use crate::target::{Machine, machine_schema};
use rayon::prelude::*;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Training rows that compression looks at.
const MOST_SAMPLES: usize = 10_000;

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, |cli: &Cli| &cli.common, run)
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    if let Some(targets) = cli.target.list() {
        print(&targets)?;
        return Ok(ExitCode::from(HOLDS));
    }
    if cli.schema {
        print(&weights_schema())?;
        return Ok(ExitCode::from(HOLDS));
    }
    if cli.machine_schema {
        print(&machine_schema())?;
        return Ok(ExitCode::from(HOLDS));
    }
    if cli.estimate.file().is_some() && !session::is_active() {
        keep_record();
    }
    let (Some(weights), Some(output)) = (&cli.weights, &cli.output) else {
        return Err("expected WEIGHTS and -o OUT, see --help".into());
    };
    let ending = cli.target.ending()?;
    let destination = Destination::of(output, ending)?;
    if matches!(destination, Destination::Stdout) && (cli.common.takes_stdout() || cli.split) {
        return Err("-o - writes one program to standard output: not with --json or --split".into());
    }
    let noise = cli.layers.noise.as_ref().map(PathBuf::from);
    let given = [Some(weights), cli.data.as_ref(), cli.layers.state.as_ref(), noise.as_ref()];
    let given = given.into_iter().flatten().cloned();
    let read: Vec<PathBuf> = given
        .chain(cli.input.as_ref().map(PathBuf::from))
        .chain(cli.joint.edges_file())
        .chain(cli.target.files()?)
        .collect();
    let beside =
        [cli.common.report_file(), cli.joint.network.clone(), cli.estimate.file().cloned()].into_iter().flatten();
    if let Some(file) = beside.into_iter().find(|file| destination.takes(file)) {
        return Err(Misplaced::twice(&file).into());
    }
    cli.estimate.file().map_or(Ok(()), |file| need_json("--estimate=", file))?;
    cli.joint.network.as_ref().map_or(Ok(()), |file| need_json("--network ", file))?;
    drawing::check(cli, &destination)?;
    let files = destination.files(cli.max_cx.is_some());
    let pictures = drawing::beside_file(cli, &destination, &files);
    let written = files
        .into_iter()
        .chain(pictures)
        .chain(cli.common.report_file())
        .chain(cli.estimate.file().cloned())
        .chain(cli.joint.network.clone());
    let written: Vec<PathBuf> = written.collect();
    spare_inputs(&read, &written)?;
    need_places(written.iter().filter(|file| drawing::may_be_written(cli, file)), destination.folder())?;
    match (cli.method, cli.max_cx) {
        (Some(Synthesis::Joint), None) => {}
        // What compression makes has no weights to search a circuit for.
        (Some(Synthesis::Joint), Some(_)) => {
            return Err(
                "--max-cx makes factors, or circuits with --variational: not with --method joint, which is for weights"
                    .into(),
            );
        }
        _ => cli.joint.refuse_without_method()?,
    }
    let model = read_model(weights, cli.common.quiet)?;
    if let Some(layers) = layers_of(&model) {
        cli.estimate.refuse("quanvolutions")?;
        cli.target.refuse_discrete("quanvolutions")?;
        return layers::run(cli, &model, &layers, &destination);
    }
    if let Some(network) = amplitudes_of(&model) {
        cli.estimate.refuse("segments of an amplitude network")?;
        cli.target.refuse_discrete("segments of an amplitude network")?;
        return segments::run(cli, network, &destination);
    }
    let mut network = residual(COMMAND, weights, model)?;
    if let Some(name) = cli.layers.given_beside_tiles().or(cli.encoding.given_for_layers()) {
        return Err(format!("{name} is for quanvolutions, this is a network of residual blocks").into());
    }
    if cli.spelling.is_some() {
        return Err("--encoding is for amplitude networks, this is a network of residual blocks".into());
    }
    let numbers = block_numbers(cli, &network, &destination, ending)?;
    if let Some(most) = cli.max_cx {
        if !matches!(destination, Destination::Folder(_)) {
            return Err("--max-cx writes a network beside its programs: give a folder with -o".into());
        }
        network = smaller(cli, &network, most)?;
    }
    cli.encoding.check(&network)?;
    estimate::check(cli)?;
    let machine = cli.target.machine(cli.common.quiet)?;
    let copies = copies(cli, &machine)?;
    let options = CompileOptions {
        gamma: cli.encoding.gamma(),
        phases: cli.encoding.phases()?,
        seed: cli.comparison.seed,
        split: cli.split,
        method: match (cli.method, cli.encoding.preset) {
            (Some(Synthesis::Joint), _) => {
                cli.trotter.refuse_without_method()?;
                Method::Joint(joint_options(cli)?)
            }
            (Some(Synthesis::Layers), _) => {
                return Err("--method layers is for amplitude networks, this is a network of residual blocks".into());
            }
            (Some(Synthesis::Trotter), preset) | (None, preset @ Some(_)) => {
                Method::Trotter(cli.trotter.options(preset.is_some())?)
            }
            (Some(Synthesis::Exact) | None, _) => {
                cli.trotter.refuse_without_method()?;
                Method::Exact
            }
        },
        machine,
        edges: cli.joint.edges()?,
        layout: cli.target.layout(),
        input: input_rule(cli, &network, numbers.len())?,
        copies,
        synthesis_error: cli.target.synthesis_error()?,
        ..CompileOptions::default()
    };
    for &number in &numbers {
        check_block(&network, number, &options).map_err(|error| format!("{}: {error}", weights.display()))?;
    }
    if cli.joint.network.is_some() {
        check_network(&network, &numbers, options.machine.target)?;
    }
    let samples = cli.data.as_ref().map(|path| inputs(path, &network, numbers.len())).transpose()?;
    let check = (!cli.no_verify).then(|| cli.comparison.check());
    let progress = Progress::new(numbers.len(), "compiling", "blocks", cli.common.quiet);
    if !cli.common.quiet {
        note_long(&network, &numbers, &options);
    }
    let watched = Searches::new(&cli.joint);
    let one = |&number: &usize| {
        let search = watched.of(number, search_key(&network.blocks[number - 1], &options), &progress);
        let report = compile_and_measure_watched(&network, number, &options, check.as_ref(), &search);
        progress.step();
        report
    };
    // A search for one circuit takes all cores by itself, and much memory.
    let reports: Vec<_> = if searches(&options.method) {
        numbers.iter().map(one).collect()
    } else {
        numbers.par_iter().map(one).collect()
    };
    progress.finish();
    let mut reports = reports.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| {
        let halves = CompileOptions { split: true, method: Method::Exact, ..options.clone() };
        let fit = |block| !options.split && compile_block(&network, block, &halves).is_ok();
        cli.target.explain(&error, weights, fit)
    })?;
    if let Some(message) = first_failure(&reports) {
        return Err(Failure::Check(message));
    }
    if let (Destination::Stdout, Some(report)) = (&destination, reports.iter().find(|report| report.programs.len() > 1))
    {
        let count = report.programs.len();
        return Err(
            format!("-o - writes one program, these are {count}, one for each column: give a folder with -o").into()
        );
    }
    let estimate = estimate::of(cli, &network, &reports)?;
    let labels = samples.and_then(|samples| labels(&network, &reports, &samples));
    if let (Some(_), Destination::Folder(folder)) = (cli.max_cx, &destination) {
        let written = in_folder(folder, || write_atomically(&folder.join(SMALL_NAME), write_json(&network)));
        written.map_err(|error| error.to_string())?;
    }
    if let Some(file) = &cli.joint.network {
        write_atomically(file, write_json(&network_found(&network, &reports))).map_err(|error| error.to_string())?;
        if !cli.common.quiet {
            note_others(file, &network, &numbers);
        }
    }
    let mut files = write_programs(&network, &mut reports, &destination, ending)?;
    files.extend(drawing::write_pictures(cli, &destination, &drawn(&reports))?);
    if !cli.common.quiet {
        cli.target.note();
        destination.note_left_over(&files);
        note_exact(&network, &reports, watched.keeps());
        note_lost(&reports, &options.machine);
    }
    show(
        cli,
        &Outcome {
            network: &network,
            reports: &reports,
            files: &files,
            check,
            labels,
            options: &options,
            estimate: estimate.as_ref(),
        },
        &destination,
    )?;
    estimate::show(cli, estimate.as_ref(), &destination)?;
    Ok(ExitCode::from(HOLDS))
}

/// The network compressed to a budget of CX.
fn smaller(cli: &Cli, network: &Network, most: f64) -> Result<Network, String> {
    let read = |path: &PathBuf| read_samples(path, None, Some(network.input_dim()), Split::Train);
    let data = cli.data.as_ref().map(read).transpose().map_err(|error| error.to_string())?;
    let goal = if cli.variational { Goal::Circuits(most) } else { Goal::Cx(most) };
    let plan = Plan {
        goal,
        limit: goal.usual_limit(),
        data: data.as_ref().map(|samples| &samples.inputs[..samples.inputs.len().min(MOST_SAMPLES)]),
        seed: cli.comparison.seed,
        ..Plan::default()
    };
    let progress = Progress::new(network.blocks.len(), "compressing", "blocks", cli.common.quiet);
    let compressed = compress(network, &plan, || progress.step());
    progress.finish();
    let (mut small, _) = compressed.map_err(|error| error.to_string())?;
    small.name = format!("{}-small", network.name);
    Ok(small)
}

/// How many copies of the circuits there are, and where.
fn copies(cli: &Cli, machine: &Machine) -> Result<Copies, String> {
    if cli.layers.tiles.is_some() && cli.target.layout() != Layout::Best {
        return Err("--layout is of one copy, --tiles says where several are: give one of them".into());
    }
    Ok(match &cli.layers.tiles {
        None => Copies::One,
        Some(Tiles::Layouts(layouts)) => Copies::On(layouts.clone()),
        Some(Tiles::Count(count)) if machine.figures.is_some() => Copies::Best((*count).into()),
        Some(Tiles::Count(_)) => {
            return Err(
                "--tiles: a number of copies of residual blocks needs --machine with figures; or say their qubits, as \
                        in \"4 3 16; 5 6 7\""
                    .into(),
            );
        }
    })
}

/// Who sets the input.
fn input_rule(cli: &Cli, network: &Network, compiled: usize) -> Result<InputRule, String> {
    let prepared = prepared(cli, network, compiled)?;
    match (prepared, cli.encoding.inputs()) {
        (Some(_), Some(Inputs::Columns)) => Err("--input: its one state is chosen, not with --inputs columns".into()),
        (Some(input), _) => Ok(InputRule::Prepared(input)),
        (None, Some(Inputs::Columns)) => Ok(InputRule::Columns),
        (None, _) => Ok(InputRule::User),
    }
}

/// The input that the program is to prepare.
fn prepared(cli: &Cli, network: &Network, compiled: usize) -> Result<Option<Prepared>, String> {
    let Some(input) = &cli.input else { return Ok(None) };
    if compiled > 1 {
        return Err("--input is the input of one block: choose it with --block".into());
    }
    let (prepared, place) = match input.strip_prefix("basis:") {
        Some(m) => {
            let m = m.parse().map_err(|_| format!("--input {input}: expected basis:M with a whole number M"))?;
            (Prepared::Basis(m), format!("--input {input}"))
        }
        None => {
            let text = read_bytes(Path::new(input))?;
            let mut y: Vec<f64> = read_json(&text).map_err(|error| format!("{input}: {error}"))?;
            // Probabilities written with a few digits are meant to sum up to one.
            let sum: f64 = y.iter().sum();
            if (sum - 1.0).abs() < 1e-4 {
                y.iter_mut().for_each(|p| *p /= sum);
            }
            (Prepared::State(y), input.clone())
        }
    };
    match prepared.problem(network.blocks[0].dim()) {
        Some(problem) => Err(format!("{place}: {problem}")),
        None => Ok(Some(prepared)),
    }
}

/// The inputs on which labels are compared.
fn inputs(path: &Path, network: &Network, compiled: usize) -> Result<Vec<Vec<f64>>, String> {
    if network.head.is_none() {
        return Err("--data compares labels: the network has no head that names classes".into());
    }
    if compiled < network.blocks.len() {
        return Err("--data compares labels of the whole network: not with --block".into());
    }
    let samples =
        read_samples(path, None, Some(network.input_dim()), Split::Test).map_err(|error| error.to_string())?;
    note_samples(path, &samples);
    Ok(samples.inputs)
}

fn labels(network: &Network, reports: &[BlockReport], samples: &[Vec<f64>]) -> Option<Disagreement> {
    let reconstructed: Option<Vec<_>> = reports.iter().map(|r| r.reconstructed.as_ref()).collect();
    disagreement(network, &reconstructed?, samples)
}

fn block_numbers(cli: &Cli, network: &Network, destination: &Destination, ending: &str) -> Result<Vec<usize>, String> {
    let count = network.blocks.len();
    match (cli.block.map(|k| k as usize), destination) {
        (Some(k), _) if k > count => {
            Err(format!("--block {k}: the network has {count} block{}", if count == 1 { "" } else { "s" }))
        }
        (Some(_), Destination::Folder(_)) => {
            Err(format!("--block writes one program: expected -o with a name ending in .{ending}"))
        }
        (Some(k), _) => Ok(vec![k]),
        (None, Destination::Folder(_)) => Ok((1..=count).collect()),
        (None, _) if count == 1 => Ok(vec![1]),
        (None, _) => {
            Err(format!("the network has {count} blocks: choose one with --block K, or give a folder with -o"))
        }
    }
}

/// What to say if a program does not compute its weights.
fn first_failure(reports: &[BlockReport]) -> Option<String> {
    reports.iter().find_map(|report| {
        let v = report.verification.as_ref().filter(|v| !v.holds())?;
        Some(format!(
            "block {}: {} = {}, expected {}: error {:.3e}, allowed {:.3e}; nothing was written",
            report.summary.block,
            v.place(),
            number(v.worst.got),
            number(v.worst.expected),
            v.max_error,
            v.allowed
        ))
    })
}
