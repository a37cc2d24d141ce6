//! Layers of quanvolutions: one program for all patches of all images, or programs of one image.

use super::command::Cli;
use super::destination::Destination;
use super::drawing;
use super::encoding::Inputs;
use super::layer_args::Tiles;
use super::layers_output::{Outcome, drawn, show, write_programs};
use crate::cli::inputs::{head_of, note_reading, read_bytes, read_noise};
use crate::cli::printing::{Failure, HOLDS, note};
use crate::cli::progress::Progress;
use crate::compiler::{HeadReport, LayerOptions, LayerReport, Patches, compile_and_check_head, compile_and_prove};
use crate::data::{Split, read_samples};
use crate::files::read_json;
use crate::network::Model;
use crate::network::quanvolution::{Layer, QuantumHead, Stream};
use rayon::prelude::*;
use std::path::Path;
use std::process::ExitCode;

/// Compiles layers.
pub fn run(cli: &Cli, model: &Model, layers: &[&Layer], destination: &Destination) -> Result<ExitCode, Failure> {
    refuse_others(cli)?;
    cli.target.refuse_layout("quanvolutions")?;
    let head = head_of(model);
    check_head(cli, head)?;
    let numbers = if cli.layers.head { vec![] } else { numbers(cli, layers.len(), destination)? };
    let machine = cli.target.machine(cli.common.quiet)?;
    let options = LayerOptions::default().with_machine(machine).with_keep_chain(cli.layers.keep_chain);
    let options = match &cli.layers.tiles {
        Some(Tiles::Count(tiles)) => options.with_tiles((*tiles).into()),
        Some(Tiles::Layouts(_)) => return Err("--tiles: lists of qubits are for residual blocks: give a number".into()),
        None => options,
    };
    let noise = cli.layers.noise.as_deref().map(read_noise).transpose()?;
    let streams = streams(cli, model, &numbers)?;
    let fixed: Option<Vec<_>> =
        streams.as_ref().map(|streams| numbers.iter().map(|&k| layers[k - 1].patches(&streams[k - 1])).collect());
    // The head's part, where all parts of an image are compiled.
    let pixels = streams.as_ref().filter(|_| cli.block.is_none()).and_then(|streams| streams.get(layers.len()));
    let tolerance = (!cli.no_verify).then_some(cli.comparison.tolerance);
    let progress = Progress::new(numbers.len(), "compiling", "layers", cli.common.quiet);
    let reports: Vec<_> = numbers
        .par_iter()
        .enumerate()
        .map(|(i, &number)| {
            let patches = fixed.as_ref().map_or(Patches::Inputs, |all| Patches::Fixed(&all[i]));
            let report = compile_and_prove(model.name(), number, layers[number - 1], patches, &options, tolerance);
            progress.step();
            report
        })
        .collect();
    progress.finish();
    let place = || cli.weights.as_ref().map_or(String::new(), |path| format!("{}: ", path.display()));
    let mut reports =
        reports.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| format!("{}{error}", place()))?;
    let mut head = match (head, pixels) {
        (Some((head, _)), Some(stream)) => {
            let rank = cli.layers.head_rank.map(usize::from);
            let report = compile_and_check_head(model.name(), head, &stream.pixels, rank, &options, tolerance);
            Some(report.map_err(|error| format!("{}head: {error}", place()))?)
        }
        _ => None,
    };
    if let Some(message) = first_failure(&reports, head.as_ref()) {
        return Err(Failure::Check(message));
    }
    if reports.iter().any(|report| report.texts.len() > 1) && !matches!(destination, Destination::Folder(_)) {
        let count: usize = reports.iter().map(|report| report.texts.len()).sum();
        return Err(format!("{count} programs for all patches: give a folder with -o, or more --tiles").into());
    }
    let mut files = write_programs(model.name(), &mut reports, &mut head, destination, cli.target.ending()?)?;
    files.extend(drawing::write_pictures(cli, destination, &drawn(&reports, head.as_ref()))?);
    if !cli.common.quiet {
        cli.target.note();
        destination.note_left_over(&files);
    }
    show(
        cli,
        &Outcome { network: model.name(), reports: &reports, head: head.as_ref(), files: &files, tolerance, noise },
        destination,
    )?;
    Ok(ExitCode::from(HOLDS))
}

/// Refuses options that layers would ignore.
fn refuse_others(cli: &Cli) -> Result<(), String> {
    cli.trotter.refuse_without_method()?;
    let given = [
        ("--split", cli.split),
        ("--method", cli.method.is_some()),
        ("--encoding", cli.spelling.is_some()),
        ("--input", cli.input.is_some()),
        ("--sample", cli.comparison.sample.is_some()),
        ("--max-cx", cli.max_cx.is_some()),
    ];
    let given = given.iter().find(|(_, given)| *given).map(|(name, _)| *name);
    match given.or(cli.encoding.given_for_blocks()) {
        Some(name) => Err(format!("{name} is for residual blocks, this is a network of quanvolutions")),
        None => Ok(()),
    }
}

/// Which layers to compile.
fn numbers(cli: &Cli, count: usize, destination: &Destination) -> Result<Vec<usize>, String> {
    match (cli.block.map(|k| k as usize), destination) {
        (Some(k), _) if k > count => Err(format!("--layer {k}: the network has {count}")),
        (Some(k), _) => Ok(vec![k]),
        (None, Destination::Folder(_)) => Ok((1..=count).collect()),
        (None, _) if count == 1 => Ok(vec![1]),
        (None, _) => {
            Err(format!("the network has {count} layers: choose one with --layer K, or give a folder with -o"))
        }
    }
}

/// Refuses options of a head that is not compiled, and says what is to be known of one.
fn check_head(cli: &Cli, head: Option<(&QuantumHead, usize)>) -> Result<(), String> {
    let fixed = cli.encoding.inputs() == Some(Inputs::Fixed);
    let given = [("--head", cli.layers.head), ("--head-rank", cli.layers.head_rank.is_some())];
    if let Some((name, _)) = given.into_iter().find(|(_, given)| *given) {
        if head.is_none() {
            return Err(format!("{name}: the head of this network is dense, there is no program of it"));
        }
        if !fixed || cli.block.is_some() {
            return Err(format!("{name}: a quantum head is compiled with --inputs fixed, without --layer"));
        }
    }
    let Some((head, pixels)) = head.filter(|_| !cli.common.quiet) else { return Ok(()) };
    let constant: Vec<String> = head.constant_classes(pixels).iter().map(usize::to_string).collect();
    if !constant.is_empty() {
        let padding = head.angles.len() - pixels.next_power_of_two().trailing_zeros() as usize;
        note(&format!(
            "the scores of classes {} are the same for every image: {pixels} pixels leave the first {padding} of {} wires \
             in |0>, and these scores read no others",
            constant.join(", "),
            head.angles.len()
        ));
    }
    if !fixed {
        note("the quantum head takes a program of its own for each image: --inputs fixed");
    }
    Ok(())
}

/// What every part reads, where pixels are fixed.
fn streams(cli: &Cli, model: &Model, numbers: &[usize]) -> Result<Option<Vec<Stream>>, String> {
    if cli.encoding.inputs() != Some(Inputs::Fixed) {
        let given = [("--data", cli.data.is_some()), ("--state", cli.layers.state.is_some())];
        return match given.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("{name} goes with --inputs fixed: programs with inputs are of all images")),
            None => Ok(None),
        };
    }
    match (&cli.data, &cli.layers.state) {
        (Some(data), _) => {
            let image = cli.layers.image.ok_or("--inputs fixed takes one image: choose it with --image K")?;
            if !cli.common.quiet && (cli.layers.head || numbers.iter().any(|k| *k > 1)) {
                note(
                    "what is past the first layer reads what the network itself makes of the image; --state FILE gives what was measured",
                );
            }
            Ok(Some(model.streams(&sample(data, image as usize, model)?)))
        }
        (None, Some(state)) => {
            let mut streams = model.streams(&vec![0.0; model.input_dim()]);
            let read = match numbers {
                [] => streams.len() - 1,
                [number] => number - 1,
                _ => return Err("--state is what one layer reads: choose it with --layer, or --head".into()),
            };
            let shape = streams[read].shape;
            streams[read] = Stream { shape, pixels: pixels(state, shape.pixels())? };
            // What comes later does not follow from it.
            streams.truncate(read + 1);
            Ok(Some(streams))
        }
        (None, None) => Err("--inputs fixed needs an image: --data FILE --image K, or --state FILE".into()),
    }
}

/// One sample of a file.
fn sample(path: &Path, number: usize, model: &Model) -> Result<Vec<f64>, String> {
    let samples = read_samples(path, None, Some(model.input_dim()), Split::Test).map_err(|error| error.to_string())?;
    note_reading(path, &samples);
    let count = samples.inputs.len();
    let image = samples.inputs.into_iter().nth(number - 1);
    image.ok_or_else(|| format!("--image {number}: {} has {count}", path.display()))
}

/// The pixels of a stream.
fn pixels(path: &Path, count: usize) -> Result<Vec<f64>, String> {
    let shown = path.display();
    let pixels: Vec<f64> = read_json(&read_bytes(path)?).map_err(|error| format!("{shown}: {error}"))?;
    if pixels.len() != count {
        return Err(format!("{shown}: {} pixels, the layer reads {count}", pixels.len()));
    }
    Ok(pixels)
}

/// What to say if a program does not compute its layer or head.
fn first_failure(reports: &[LayerReport], head: Option<&HeadReport>) -> Option<String> {
    let of_layer = reports.iter().find_map(|report| {
        let v = report.verification.as_ref().filter(|v| !v.holds())?;
        let (layer, failure) = (report.summary.layer, v.failure());
        Some(format!("layer {layer}: {failure}: bound {:.3e}, allowed {:.3e}; nothing was written", v.bound, v.allowed))
    });
    of_layer.or_else(|| {
        let v = head?.verification.as_ref().filter(|v| !v.holds())?;
        Some(format!("head: {}: allowed {:.3e}; nothing was written", v.failure(), v.allowed))
    })
}
