//! Segments of amplitude networks: one program for every input, or one that prepares a sample.

use super::command::{Cli, StateEncoding, Synthesis};
use super::destination::Destination;
use super::drawing;
use super::segments_output::{Outcome, drawn, show, write_programs};
use crate::cli::inputs::{note_reading, read_bytes, segments_of};
use crate::cli::printing::{Failure, HOLDS, note};
use crate::cli::progress::Progress;
use crate::compiler::{Sample, SegmentMethod, SegmentOptions, SegmentReport, compile_and_check_segment};
use crate::data::{Split, read_samples};
use crate::files::read_json;
use crate::network::amplitude::{AmplitudeNetwork, Segment};
use rayon::prelude::*;
use std::path::Path;
use std::process::ExitCode;

/// Compiles segments.
pub fn run(cli: &Cli, network: &AmplitudeNetwork, destination: &Destination) -> Result<ExitCode, Failure> {
    refuse_others(cli)?;
    cli.target.refuse_layout("segments of an amplitude network")?;
    let place = || cli.weights.as_ref().map_or(String::new(), |path| format!("{}: ", path.display()));
    let segments = segments_of(cli.weights.as_ref(), network)?;
    let numbers = numbers(cli, segments.len(), destination)?;
    let samples = samples(cli, network, &segments, &numbers)?;
    let method = match (cli.method, cli.spelling) {
        (_, Some(StateEncoding::OneHot)) => SegmentMethod::OneHot,
        (Some(Synthesis::Layers), _) => SegmentMethod::Layers,
        _ => SegmentMethod::Exact,
    };
    let options =
        SegmentOptions::default().with_machine(cli.target.machine(cli.common.quiet)?).with_seed(cli.comparison.seed);
    let options = options.with_method(method);
    let tolerance = (!cli.no_verify).then_some(cli.comparison.tolerance);
    let progress = Progress::new(numbers.len(), "compiling", "segments", cli.common.quiet);
    let reports: Vec<_> = numbers
        .par_iter()
        .enumerate()
        .map(|(i, &number)| {
            let sample = samples.as_ref().map(|samples| &samples[i]);
            let report = compile_and_check_segment(network, number, sample, &options, tolerance);
            progress.step();
            report.map_err(|error| format!("{}segment {number}: {error}", place()))
        })
        .collect();
    progress.finish();
    let mut reports = reports.into_iter().collect::<Result<Vec<_>, _>>()?;
    if let Some(message) = reports.iter().find_map(failure) {
        return Err(Failure::Check(message));
    }
    let mut files = write_programs(&network.name, &mut reports, destination, cli.target.ending()?)?;
    files.extend(drawing::write_pictures(cli, destination, &drawn(&reports))?);
    if !cli.common.quiet {
        cli.target.note();
        destination.note_left_over(&files);
    }
    show(cli, &Outcome { network: &network.name, reports: &reports, files: &files, tolerance }, destination)?;
    Ok(ExitCode::from(HOLDS))
}

/// Refuses options that segments would ignore.
fn refuse_others(cli: &Cli) -> Result<(), String> {
    if cli.method != Some(Synthesis::Trotter) {
        cli.trotter.refuse_without_method()?;
    }
    let given = [
        ("--split", cli.split),
        ("--method trotter", cli.method == Some(Synthesis::Trotter)),
        ("--method joint", cli.method == Some(Synthesis::Joint)),
        ("--sample", cli.comparison.sample.is_some()),
        ("--max-cx", cli.max_cx.is_some()),
    ];
    let given = given.iter().find(|(_, given)| *given).map(|(name, _)| *name);
    let given = given.or(cli.encoding.given_for_blocks()).or(cli.encoding.given_for_layers());
    match given.or(cli.layers.given().filter(|name| *name != "--image")) {
        Some(name) => Err(format!("{name} is for other families, this is an amplitude network")),
        None => Ok(()),
    }
}

/// Which segments to compile.
fn numbers(cli: &Cli, count: usize, destination: &Destination) -> Result<Vec<usize>, String> {
    match (cli.block.map(|k| k as usize), destination) {
        (Some(k), _) if k > count => Err(format!("--segment {k}: the network has {count}")),
        (Some(k), _) => Ok(vec![k]),
        (None, Destination::Folder(_)) => Ok((1..=count).collect()),
        (None, _) if count == 1 => Ok(vec![1]),
        (None, _) => Err(format!(
            "activations cut the network into {count} segments: choose one with --segment K, or give a folder with -o"
        )),
    }
}

/// What each segment prepares, if anything.
fn samples(
    cli: &Cli,
    network: &AmplitudeNetwork,
    segments: &[Segment],
    numbers: &[usize],
) -> Result<Option<Vec<Sample>>, String> {
    match (&cli.input, &cli.data) {
        (Some(input), _) => {
            if numbers.len() > 1 {
                return Err("--input is the input of one segment: choose it with --segment".into());
            }
            if input.starts_with("basis:") {
                return Err(format!(
                    "--input {input}: expected a file with a JSON array of {} numbers",
                    network.entries()
                ));
            }
            let text = read_bytes(Path::new(input))?;
            let features: Vec<f64> = read_json(&text).map_err(|error| format!("{input}: {error}"))?;
            let number = numbers[0];
            let wanted = network.entries_of(number);
            if features.len() != wanted {
                return Err(format!("{input}: {} numbers, expected {wanted}", features.len()));
            }
            let features = network.input_of(number, &features).map_err(|problem| format!("{input}: {problem}"))?;
            note_front(cli, network, number);
            Ok(Some(vec![Sample { features, row: None }]))
        }
        (None, Some(data)) => {
            let row = cli.layers.image.ok_or("--data takes one sample into the program: choose it with --row K")?;
            let first = row_of(data, row as usize, network)?;
            note_front(cli, network, 1);
            if !cli.common.quiet && numbers.iter().any(|k| *k > 1) {
                note(
                    "what is past the first segment reads what the network itself makes of the sample; --input FILE gives what was measured",
                );
            }
            let mut state = first;
            let mut all = vec![];
            for segment in segments {
                all.push(Sample { features: state.clone(), row: Some(row as usize) });
                // What is 0 and cannot be encoded again is refused where it is compiled.
                state = segment.apply(&state).map_or(vec![], |out| segment.activated(&out));
            }
            Ok(Some(numbers.iter().map(|k| all[k - 1].clone()).collect()))
        }
        (None, None) => match cli.layers.image {
            Some(_) => Err("--row needs --data FILE".into()),
            None => Ok(None),
        },
    }
}

/// Says that a front runs here, where it stands before a segment.
fn note_front(cli: &Cli, network: &AmplitudeNetwork, number: usize) {
    if network.front.is_some() && number == 1 && !cli.common.quiet {
        note("the front runs here: the program prepares what it makes of the sample");
    }
}

/// What the first segment encodes of a row of a file.
fn row_of(path: &Path, number: usize, network: &AmplitudeNetwork) -> Result<Vec<f64>, String> {
    let samples = read_samples(path, None, Some(network.entries()), Split::Test).map_err(|error| error.to_string())?;
    note_reading(path, &samples);
    let count = samples.inputs.len();
    let row = samples.inputs.into_iter().nth(number - 1);
    let row = row.ok_or_else(|| format!("--row {number}: {} has {count}", path.display()))?;
    network.input_of(1, &row).map_err(|problem| format!("{}: row {number}: {problem}", path.display()))
}

/// What to say if a program does not compute its segment.
fn failure(report: &SegmentReport) -> Option<String> {
    let v = report.verification.as_ref().filter(|v| !v.holds())?;
    let (segment, failure) = (report.summary.segment, v.failure());
    Some(format!("segment {segment}: {failure}: allowed {:.3e}; nothing was written", v.allowed))
}
