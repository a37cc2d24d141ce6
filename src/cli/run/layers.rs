//! Networks of quanvolutions: shots a patch, or a setting, instead of shots a sign and block.

use super::command::Cli;
use super::output::{show, write_files};
use super::points::Points;
use super::settings::disturbances;
use super::{Negative, samples};
use crate::cli::inputs::{note_other_names, read_programs};
use crate::cli::listed::list_layers;
use crate::cli::progress::Progress;
use crate::compiler::verify_layer;
use crate::data::Samples;
use crate::network::quanvolution::Quanvolution;
use crate::qasm::{AnyProgram, LayerProgram};
use crate::report::Ran;
use crate::run::{
    Budget, Disturbance, Measuring, PatchTable, Point, Shots, Tally, layer_keys, layer_tables, program_table,
    run_layers, run_layers_classically,
};

/// How near programs must be to the layers they run for: the bound on the error of any expectation value.
const SAME: f64 = 1e-6;

/// Runs the network under every condition, and shows what came of it.
pub fn run(cli: &Cli, network: &Quanvolution) -> Result<(), String> {
    let given = [
        ("--state", cli.state.is_some()),
        ("--alpha", !cli.alpha.is_empty()),
        ("--gamma", cli.gamma.is_some()),
        ("--phases", cli.phases.is_some()),
        ("--mitigate", cli.noise.mitigate),
    ];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        return Err(format!("{name} is for residual blocks, the weights are of quanvolutions"));
    }
    if !cli.over_rotation.is_empty() {
        return Err("--over-rotation is for amplitude networks, the weights are of quanvolutions".into());
    }
    let Some(data) = &cli.data else { return Err("expected --data DATA".into()) };
    let programs = programs(cli, network)?;
    let pixels = network.image.height * network.image.width;
    let samples = samples(cli, data, pixels, Some(network.head.classes()), Negative::Kept)?;
    if samples.density {
        return Err(format!("{}: density matrices, expected images", data.display()));
    }
    let noises = disturbances(&cli.noise)?;
    let measuring = if cli.table { Measuring::Settings } else { Measuring::Patches };
    let silent = tables(cli, network, &programs, None)?;
    let points = run_all(cli, network, &programs, &samples, &noises, measuring)?;
    let (layers, circuits) = (network.layers.len(), circuits(network, &silent, measuring));
    let parts = match measuring {
        Measuring::Patches => Ran::Patches { layers, circuits },
        Measuring::Settings => Ran::Settings { layers, circuits },
    };
    write_files(cli, (network.name.clone(), parts), data, &points, |points| Ok(points.into()))?;
    show(cli, &network.name, &points, true, || Some(costs(network, &silent, measuring)))
}

/// All points in order, from the file of finished ones or run now.
fn run_all(
    cli: &Cli,
    network: &Quanvolution,
    programs: &Option<Vec<LayerProgram>>,
    samples: &Samples,
    noises: &[Option<Disturbance>],
    measuring: Measuring,
) -> Result<Vec<Point>, String> {
    let key = |noise: &Option<Disturbance>| {
        layer_keys(network, programs.as_deref(), samples, noise.as_ref(), measuring, &cli.shots, cli.seed)
    };
    let keys: Vec<Vec<String>> = noises.iter().map(key).collect();
    let mut finished = Points::open(cli.points.as_deref())?;
    let missing: Vec<Vec<usize>> =
        keys.iter().map(|keys| (0..keys.len()).filter(|&i| !finished.has(&keys[i])).collect()).collect();
    let steps = missing.iter().map(|wanted| if wanted.is_empty() { 0 } else { 1 + wanted.len() }).sum();
    let progress = Progress::new(steps, "running", "steps", cli.common.quiet);
    let classical = (steps > 0).then(|| run_layers_classically(network, &samples.inputs));
    for ((noise, keys), wanted) in noises.iter().zip(&keys).zip(&missing) {
        let Some(classical) = classical.as_ref().filter(|_| !wanted.is_empty()) else { continue };
        let tables = tables(cli, network, programs, noise.as_ref()).inspect_err(|_| progress.finish())?;
        progress.step();
        for &i in wanted {
            let shots = cli.shots[i];
            let quantum = run_layers(network, &tables, &samples.inputs, shots, measuring, cli.seed);
            progress.step();
            let point = Point {
                key: keys[i].clone(),
                checkpoint: network.name.clone(),
                epoch: None,
                over_rotation: None,
                alpha: None,
                noise: *noise,
                machine: None,
                shots,
                seed: cli.seed,
                tally: Tally::of(classical, &quantum, samples, network.head.classes()),
                budget: budget(network, &tables, shots, measuring, samples.inputs.len()),
            };
            finished.keep(point).inspect_err(|_| progress.finish())?;
        }
    }
    progress.finish();
    Ok(keys.iter().flatten().filter_map(|key| finished.get(key)).collect())
}

/// A program a layer, if any are given.
fn programs(cli: &Cli, network: &Quanvolution) -> Result<Option<Vec<LayerProgram>>, String> {
    if cli.circuits.is_empty() {
        return Ok(None);
    }
    let count = network.layers.len();
    let listed = list_layers(&cli.circuits, count)?;
    let files = &listed.files;
    let read = read_programs(files)?;
    listed.check(read.iter().map(AnyProgram::part))?;
    if !cli.common.quiet {
        note_other_names(files.iter().zip(read.iter().map(AnyProgram::network)), &network.name);
    }
    let mut programs: Vec<Option<LayerProgram>> = vec![None; count];
    for (file, program) in files.iter().zip(read) {
        let shown = file.display();
        let program = match program {
            AnyProgram::Layer(program) => program,
            // Of one image; labels come from the head itself.
            AnyProgram::Head(_) => continue,
            AnyProgram::Block(_) => {
                return Err(format!("{shown}: is of a residual block, the weights are of quanvolutions"));
            }
            AnyProgram::Segment(_) => {
                return Err(format!("{shown}: is of an amplitude network, the weights are of quanvolutions"));
            }
        };
        let number = program.contract.quanvolution;
        let Some(layer) = number.checked_sub(1).and_then(|k| network.layers.get(k)) else {
            return Err(format!("{shown}: is of layer {number}, the weights have {count}"));
        };
        let verification = verify_layer(&program, layer, SAME).map_err(|error| format!("{shown}: {error}"))?;
        if !verification.holds() {
            return Err(format!("{shown}: {}: a program of other weights", verification.failure()));
        }
        if programs[number - 1].replace(*program).is_some() {
            return Err(format!("{shown}: is of layer {number}, of which there is a program already"));
        }
    }
    let missing = programs.iter().position(Option::is_none);
    match missing {
        Some(k) => Err(format!("--circuits: no program of layer {}, the weights have {count}", k + 1)),
        None => Ok(Some(programs.into_iter().flatten().collect())),
    }
}

fn tables(
    cli: &Cli,
    network: &Quanvolution,
    programs: &Option<Vec<LayerProgram>>,
    noise: Option<&Disturbance>,
) -> Result<Vec<PatchTable>, String> {
    let Some(programs) = programs else {
        return layer_tables(network, noise, cli.seed).map_err(|(layer, error)| format!("layer {layer}: {error}"));
    };
    let of =
        |(k, program)| program_table(program, noise, cli.seed).map_err(|error| format!("layer {}: {error}", k + 1));
    programs.iter().enumerate().map(of).collect()
}

/// Circuits that are run for an image, or for all of them.
fn circuits(network: &Quanvolution, tables: &[PatchTable], measuring: Measuring) -> u64 {
    if measuring == Measuring::Settings {
        return tables.iter().map(|table| table.settings() as u64).sum();
    }
    let streams = network.shapes().1;
    let patches = |k: usize| streams[k].channels * streams[k].patches().0 * streams[k].patches().1;
    (0..tables.len()).map(|k| patches(k) as u64).sum()
}

fn budget(network: &Quanvolution, tables: &[PatchTable], shots: Shots, measuring: Measuring, images: usize) -> Budget {
    let all = circuits(network, tables, measuring);
    // What is measured once is shared by all images.
    let times = |n: u64| match measuring {
        Measuring::Patches => n.checked_mul(all),
        Measuring::Settings => n.checked_mul(all).map(|n| n.div_ceil(images as u64)),
    };
    let shots = if let Shots::Finite(n) = shots { times(n) } else { None };
    let cx = Some(tables.iter().map(|table| table.two_qubit_gates).sum());
    Budget { shots, copies: None, cx, gamma: 0.0 }
}

/// What is run, in words.
fn costs(network: &Quanvolution, tables: &[PatchTable], measuring: Measuring) -> String {
    let all = circuits(network, tables, measuring);
    let cx: Vec<String> = tables.iter().map(|table| table.two_qubit_gates.to_string()).collect();
    let what = match measuring {
        Measuring::Settings => "settings for all images together",
        Measuring::Patches => "patches an image",
    };
    format!("{all} {what}, each with so many shots; CX a patch, layer by layer: {}", cx.join(", "))
}
