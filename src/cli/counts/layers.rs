//! What counts say of a layer of quanvolutions.

use super::{COMMAND, Cli, asked_order};
use crate::cli::inputs::{note_other_names, note_reading, read_bytes, read_programs};
use crate::cli::printing::{Failure, note, print};
use crate::cli::reports::{LayerCountsReport, ReadFile};
use crate::cli::table::Table;
use crate::data::{Split, read_samples};
use crate::files::{read_json, shown_input, write_atomically};
use crate::linalg::RealMatrix;
use crate::network::quanvolution::{Head, Quanvolution, Stream};
use crate::qasm::{AnyProgram, LayerProgram};
use crate::run::{
    CountsFile, Estimate, LayerDoubt, LayerRun, PatchEstimate, StreamEstimate, check_angles, estimate_patches,
    estimate_stream, layer_doubt, read_counts_of_many, stream_of_programs,
};
use serde_json::json;
use std::path::Path;

/// What was found.
struct Found {
    patches: Vec<PatchEstimate>,
    stream: Option<StreamEstimate>,
    label: Option<usize>,
    doubt: Option<LayerDoubt>,
}

/// Reads the counts of a layer.
pub fn run(cli: &Cli, network: &Quanvolution) -> Result<(), Failure> {
    let programs = programs(cli, network)?;
    let number = programs[0].contract.quanvolution;
    let k = number - 1;
    let files = tables(cli, &programs)?;
    let runs: Vec<LayerRun<'_>> = if programs[0].contract.is_fixed() {
        if files.len() != programs.len() {
            return Err(format!("{} programs, but {} tables of counts", programs.len(), files.len()).into());
        }
        programs.iter().zip(files.iter().map(|file| &file.counts)).collect()
    } else {
        if let [_, second, ..] = &cli.programs[..] {
            return Err(format!("{}: a program with inputs is of all patches: give one", shown_input(second)).into());
        }
        files.iter().map(|file| (&programs[0], &file.counts)).collect()
    };
    let patches = estimate_patches(network, k, &runs).map_err(|error| format!("layer {number}: {error}"))?;
    let given = streams(cli, network, k)?;
    if let Some(read) = &given[k] {
        check_angles(network, k, &runs, read).map_err(|error| format!("layer {number}: {error}"))?;
    }
    let mut before = given;
    if before[k].is_none() {
        before[k] = stream_of_programs(network, k, &patches);
    }
    let stream = joined(network, k, &patches, &before);
    if let Some(path) = &cli.next {
        let stream = stream.as_ref().map_err(|missing| format!("--next: {missing}"))?;
        let values: Vec<f64> = stream.pixels.iter().map(|pixel| pixel.value).collect();
        write_atomically(path, json!(values).to_string() + "\n").map_err(|error| error.to_string())?;
    }
    let stream = stream.ok();
    let label = stream.as_ref().filter(|_| number == network.layers.len()).and_then(|stream| label(network, stream));
    let doubt = before[k].as_ref().map(|read| layer_doubt(network, k, &runs, read));
    if !cli.common.quiet {
        note_other_names(cli.programs.iter().zip(programs.iter().map(|p| p.contract.network.as_str())), &network.name);
    }
    if let Some(doubt) = doubt.filter(|doubt| doubt.is_one() && (!cli.common.quiet || cli.next.is_some())) {
        note(&doubt.to_string());
    }
    Ok(show(cli, number, &files, &Found { patches, stream, label, doubt })?)
}

/// The programs, all of one layer of the network.
fn programs(cli: &Cli, network: &Quanvolution) -> Result<Vec<LayerProgram>, String> {
    let count = network.layers.len();
    let mut programs: Vec<LayerProgram> = vec![];
    for (file, program) in cli.programs.iter().zip(read_programs(&cli.programs)?) {
        let shown = shown_input(file);
        let program = match program {
            AnyProgram::Layer(program) => *program,
            AnyProgram::Head(_) => {
                return Err(format!("{shown}: a program of a quantum head, expected one of a layer"));
            }
            AnyProgram::Block(_) => {
                return Err(format!("{shown}: a program of a residual block, the weights are of quanvolutions"));
            }
            AnyProgram::Segment(_) => {
                return Err(format!("{shown}: a program of an amplitude network, the weights are of quanvolutions"));
            }
        };
        let number = program.contract.quanvolution;
        if number > count {
            return Err(format!("{shown}: is of layer {number}, the weights have {count}"));
        }
        if let Some(first) = programs.first().map(|first| first.contract.quanvolution).filter(|first| *first != number)
        {
            return Err(format!("{shown}: is of layer {number}, the first program of layer {first}"));
        }
        if programs.first().is_some_and(|first| first.contract.is_fixed() != program.contract.is_fixed()) {
            return Err(format!("{shown}: expected programs of fixed pixels, or one with inputs, not both"));
        }
        programs.push(program);
    }
    Ok(programs)
}

/// All tables of counts, in the order of the files.
fn tables(cli: &Cli, programs: &[LayerProgram]) -> Result<Vec<CountsFile>, String> {
    let mut tables: Vec<CountsFile> = vec![];
    for (i, file) in cli.counts.iter().enumerate() {
        if cli.counts[..i].contains(file) {
            return Err(format!("{}: given twice", shown_input(file)));
        }
        // The next table is of the next program, or of the only one; the last may hold fewer patches than the others.
        let program = |i: usize| programs.get(tables.len() + i).unwrap_or(&programs[programs.len() - 1]);
        let bits = |i: usize| program(i).template.circuit().bit_count();
        let dialect = &program(0).contract.written_for().dialect;
        let found = read_counts_of_many(&read_bytes(file)?, bits, asked_order(cli), dialect);
        let found = found.map_err(|error| format!("{}: {error}", shown_input(file)))?;
        tables.extend(found);
    }
    Ok(tables)
}

/// The streams before layer `k` that are given, k + 1 places from the image to what it reads.
fn streams(cli: &Cli, network: &Quanvolution, k: usize) -> Result<Vec<Option<Stream>>, String> {
    let shapes = network.shapes().1;
    let mut streams: Vec<Option<Stream>> = vec![None; k + 1];
    if cli.state.len() > k + 1 {
        let (files, count) = (cli.state.len(), k + 1);
        return Err(format!("--state: {files} files, layer {count} has {count} streams before it, the image included"));
    }
    for (file, j) in cli.state.iter().zip(k + 1 - cli.state.len()..) {
        let shown = shown_input(file);
        let pixels: Vec<f64> = read_json(&read_bytes(file)?).map_err(|error| format!("{shown}: {error}"))?;
        let (found, wanted) = (pixels.len(), shapes[j].pixels());
        if found != wanted {
            return Err(format!("{shown}: {found} pixels, expected the {wanted} of stream {j}"));
        }
        streams[j] = Some(Stream { shape: shapes[j], pixels });
    }
    let Some(data) = &cli.data else { return Ok(streams) };
    let image = cli.image.ok_or("--data takes one image: choose it with --image K")?;
    if streams[0].is_some() {
        return Err("--data: --state gives the image, stream 0, already".into());
    }
    streams[0] = Some(first(network, data, image as usize)?);
    Ok(streams)
}

/// An image as stream 0.
fn first(network: &Quanvolution, data: &Path, number: usize) -> Result<Stream, String> {
    let pixels = network.image.height * network.image.width;
    let samples = read_samples(data, None, Some(pixels), Split::Test).map_err(|error| error.to_string())?;
    note_reading(data, &samples);
    let count = samples.inputs.len();
    let image =
        samples.inputs.get(number - 1).ok_or_else(|| format!("--image {number}: {} has {count}", data.display()))?;
    Ok(network.first(image))
}

/// The stream behind layer `k`, or what is missing for it.
fn joined(
    network: &Quanvolution,
    k: usize,
    patches: &[PatchEstimate],
    before: &[Option<Stream>],
) -> Result<StreamEstimate, String> {
    let count = network.patch_count(k);
    if patches.len() < count {
        let missing = (0..count).find(|n| patches.get(*n).is_none_or(|patch| patch.patch != *n));
        return Err(format!("no counts of patch {}, the layer sees {count}", missing.unwrap_or(0)));
    }
    if let Some(j) = network.layers[k].skip.iter().find(|j| before[**j].is_none()) {
        let how = match j {
            0 => "--data DATA --image K, or --state FILE",
            _ => "--state FILE",
        };
        return Err(format!("stream {j} is added to what layer {} makes: give it with {how}", k + 1));
    }
    let shapes = network.shapes().1;
    let streams: Vec<Stream> = before
        .iter()
        .zip(shapes)
        .map(|(stream, shape)| stream.clone().unwrap_or_else(|| Stream::zeros(shape)))
        .collect();
    Ok(estimate_stream(network, k, patches, &streams))
}

/// What a classical head makes of the last stream.
fn label(network: &Quanvolution, stream: &StreamEstimate) -> Option<usize> {
    let Head::Classical(_) = network.head else { return None };
    let pixels = stream.pixels.iter().map(|pixel| pixel.value);
    Some(network.labels_of(&RealMatrix::from_iterator(network.features(), 1, pixels))[0])
}

fn show(cli: &Cli, number: usize, files: &[CountsFile], found: &Found) -> Result<(), String> {
    let mut counts: Vec<ReadFile> = vec![];
    for file in files {
        let read = ReadFile { written: file.written.to_string(), bit_0: file.order.name() };
        if !counts.contains(&read) {
            counts.push(read);
        }
    }
    let words: Vec<String> = counts.iter().map(|read| format!("{}, bit 0 {}", read.written, read.bit_0)).collect();
    let Found { patches, stream, label, doubt } = found;
    let (stream, distance) = (stream.as_ref(), doubt.as_ref());
    cli.common
        .report(COMMAND, LayerCountsReport { layer: number, counts, patches, stream, label: *label, distance })?;
    if !cli.common.tells() {
        return Ok(());
    }
    let shown = |e: &Estimate| format!("{:.4} ± {:.4}", e.value, e.error);
    let channels = patches.first().map_or(0, |patch| patch.y.len());
    let mut heads: Vec<String> = ["patch", "shots", "<Z0>", "<Z1>", "<Z2>", "<Z3>"].map(str::to_owned).to_vec();
    heads.extend((0..channels).map(|c| if channels == 1 { "y".to_owned() } else { format!("y{c}") }));
    let mut table = Table::new(&heads.iter().map(String::as_str).collect::<Vec<_>>(), false);
    for patch in patches {
        let start = [patch.patch.to_string(), patch.shots.to_string()].into_iter();
        table.row(start.chain(patch.z.iter().chain(&patch.y).map(shown)).collect());
    }
    let mut text = format!("layer {number}, {} patches, {}\n{}", patches.len(), words.join(" and "), table.render());
    if let Some(StreamEstimate { channels, height, width, pixels }) = stream {
        // What padding leaves of the streams that are added is not measured.
        let measured: Vec<f64> = pixels.iter().map(|pixel| pixel.error).filter(|error| *error > 0.0).collect();
        let mean = (measured.iter().map(|error| error * error).sum::<f64>() / measured.len().max(1) as f64).sqrt();
        text +=
            &format!("stream {number}: {channels} x {height} x {width} pixels, ± {mean:.4} in the root mean square\n");
    }
    if let Some(label) = label {
        text += &format!("label {label}\n");
    }
    print(&text)
}
