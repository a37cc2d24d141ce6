//! Layers of quanvolutions: one program for all patches of all images, or programs of one image.

use super::command::Cli;
use super::encoding::Inputs;
use super::layers_output::{Outcome, show, write_programs};
use super::output::Destination;
use crate::cli::inputs::read_bytes;
use crate::cli::printing::{Failure, HOLDS, note};
use crate::cli::progress::Progress;
use crate::compiler::{LayerOptions, LayerReport, Patches, compile_and_prove};
use crate::data::{Split, read_samples};
use crate::files::read_json;
use crate::network::Model;
use crate::network::quanvolution::{Layer, Stream};
use rayon::prelude::*;
use std::path::Path;
use std::process::ExitCode;

/// Compiles layers.
pub fn run(cli: &Cli, model: &Model, layers: &[&Layer], destination: &Destination) -> Result<ExitCode, Failure> {
    refuse_others(cli)?;
    let numbers = numbers(cli, layers.len(), destination)?;
    let machine = cli.target.machine()?;
    let options = LayerOptions::default().with_machine(machine).with_keep_chain(cli.layers.keep_chain);
    let options = match cli.layers.tiles {
        Some(tiles) => options.with_tiles(tiles.into()),
        None => options,
    };
    let fixed = fixed(cli, model, layers, &numbers)?;
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
    if let Some(message) = first_failure(&reports) {
        return Err(Failure::Check(message));
    }
    if reports.iter().any(|report| report.texts.len() > 1) && !matches!(destination, Destination::Folder(_)) {
        let count: usize = reports.iter().map(|report| report.texts.len()).sum();
        return Err(format!("{count} programs for all patches: give a folder with -o, or more --tiles").into());
    }
    let files = write_programs(model.name(), &mut reports, destination)?;
    if !cli.common.quiet {
        cli.target.note();
        destination.note_left_over(&files);
    }
    show(cli, &Outcome { network: model.name(), reports: &reports, files: &files, tolerance }, destination)?;
    Ok(ExitCode::from(HOLDS))
}

/// Refuses options that layers would ignore.
fn refuse_others(cli: &Cli) -> Result<(), String> {
    cli.trotter.refuse_without_method()?;
    let given = [
        ("--split", cli.split),
        ("--method", cli.method.is_some()),
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

/// The patches of every layer that is compiled, where pixels are fixed.
fn fixed(cli: &Cli, model: &Model, layers: &[&Layer], numbers: &[usize]) -> Result<Option<Vec<Vec<[f64; 4]>>>, String> {
    if cli.encoding.inputs() != Some(Inputs::Fixed) {
        let given = [("--data", cli.data.is_some()), ("--state", cli.layers.state.is_some())];
        return match given.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("{name} goes with --inputs fixed: programs with inputs are of all images")),
            None => Ok(None),
        };
    }
    let streams = match (&cli.data, &cli.layers.state) {
        (Some(data), _) => {
            let image = cli.layers.image.ok_or("--inputs fixed takes one image: choose it with --image K")?;
            if numbers.iter().any(|k| *k > 1) && !cli.common.quiet {
                note(
                    "layers past the first read what the network itself makes of the image; --state FILE gives what was measured",
                );
            }
            model.streams(&sample(data, image as usize, model)?)
        }
        (None, Some(state)) => {
            let &[number] = numbers else {
                return Err("--state is what one layer reads: choose it with --layer".into());
            };
            let shapes = model.streams(&vec![0.0; model.input_dim()]);
            let shape = shapes[number - 1].shape;
            let stream = Stream { shape, pixels: pixels(state, shape.pixels())? };
            let mut streams: Vec<Stream> = shapes[..number - 1].to_vec();
            streams.push(stream);
            streams
        }
        (None, None) => return Err("--inputs fixed needs an image: --data FILE --image K, or --state FILE".into()),
    };
    Ok(Some(numbers.iter().map(|&k| layers[k - 1].patches(&streams[k - 1])).collect()))
}

/// One sample of a file.
fn sample(path: &Path, number: usize, model: &Model) -> Result<Vec<f64>, String> {
    let samples = read_samples(path, None, Some(model.input_dim()), Split::Test).map_err(|error| error.to_string())?;
    samples.notes.iter().for_each(|text| note(&format!("{}: {text}", path.display())));
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

/// What to say if a program does not compute its layer.
fn first_failure(reports: &[LayerReport]) -> Option<String> {
    reports.iter().find_map(|report| {
        let v = report.verification.as_ref().filter(|v| !v.holds())?;
        let layer = report.summary.layer;
        Some(format!(
            "layer {layer}: {}: bound {:.3e}, allowed {:.3e}; nothing was written",
            v.failure(),
            v.bound,
            v.allowed
        ))
    })
}
