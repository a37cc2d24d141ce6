//! Amplitude networks: shots a segment and sample.

use super::command::Cli;
use super::output::{show, write_files};
use super::points::Points;
use super::settings::disturbances;
use super::{Negative, samples};
use crate::circuit::Cost;
use crate::cli::inputs::{note_other_names, read_programs, segments_of};
use crate::cli::listed::list_segments;
use crate::cli::progress::Progress;
use crate::compiler::verify_segment;
use crate::data::Samples;
use crate::files::shown_input;
use crate::network::amplitude::{AmplitudeNetwork, Map};
use crate::qasm::{AnyProgram, Program};
use crate::report::Ran;
use crate::run::{
    Budget, Disturbance, Point, SegmentRuns, Shots, Tally, run_segments_classically, segment_cost, segment_keys,
};
use crate::training::amplitude::{Attack, Contender, Form, Mode, test_fault};

/// How near programs must be to the segments they run for, as a share of the largest entry.
const SAME: f64 = 1e-6;

/// Runs the network under every condition, and shows what came of it.
pub fn run(cli: &Cli, network: &AmplitudeNetwork) -> Result<(), String> {
    let given = [
        ("--state", cli.state.is_some()),
        ("--alpha", !cli.alpha.is_empty()),
        ("--gamma", cli.gamma.is_some()),
        ("--phases", cli.phases.is_some()),
        ("--mitigate", cli.noise.mitigate),
        ("--table", cli.table),
    ];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        return Err(format!("{name} is for other families, the weights are of an amplitude network"));
    }
    let Some(data) = &cli.data else { return Err("expected --data DATA".into()) };
    let count = segments_of(cli.weights.first(), network)?.len();
    let programs = programs(cli, network, count)?;
    let samples = samples(cli, data, network.entries(), Some(network.head.affine.bias.len()), Negative::Kept)?;
    if samples.density {
        return Err(format!("{}: density matrices, expected samples", data.display()));
    }
    let problem = |(i, x): (usize, &Vec<f64>)| Some((i, network.sample_problem(x)?));
    if let Some((i, problem)) = samples.inputs.iter().enumerate().find_map(problem) {
        return Err(format!("{}: sample {}: {problem}", data.display(), i + 1));
    }
    let noises = disturbances(&cli.noise)?;
    let machines = machines(cli, network)?;
    let points = run_all(cli, network, &machines, programs.as_deref(), &samples, &noises)?;
    let parts = Ran::Segments { segments: count, dim: network.dim };
    write_files(cli, (network.name.clone(), parts), data, &points, |points| Ok(points.into()))?;
    show(cli, &network.name, &points, true, || {
        let gamma = points.first().map_or(0.0, |point| point.budget.gamma);
        Some(format!(
            "gamma {gamma:.2}; the median sample's best score is {:.2} above its second: labels turn where shots spread further",
            median_margin(network, &samples)
        ))
    })
}

/// How far the best score of a sample is above the next, in the median.
fn median_margin(network: &AmplitudeNetwork, samples: &Samples) -> f64 {
    let margin = |row: Vec<f64>| {
        let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut rest = row;
        let at = rest.iter().position(|z| *z == best).unwrap_or(0);
        rest.remove(at);
        best - rest.into_iter().fold(f64::NEG_INFINITY, f64::max)
    };
    let scores = network.scores(&samples.inputs);
    let mut margins: Vec<f64> = scores.row_iter().map(|row| margin(row.iter().copied().collect())).collect();
    margins.sort_by(f64::total_cmp);
    margins.get(margins.len() / 2).copied().unwrap_or(0.0)
}

/// The network as a machine has it.
struct Variant {
    name: String,
    network: AmplitudeNetwork,
    /// By which angle a layer of it is off, if it is.
    off: Option<f64>,
}

/// The network as machines have it: itself, or over-rotated.
fn machines(cli: &Cli, network: &AmplitudeNetwork) -> Result<Vec<Variant>, String> {
    if cli.over_rotation.is_empty() {
        return Ok(vec![Variant { name: network.name.clone(), network: network.clone(), off: None }]);
    }
    if network.layers.is_empty() {
        return Err("--over-rotation: the network has no layers whose angles could be off".into());
    }
    if let Some(k) = network.layers.iter().position(|layer| matches!(layer.map, Map::Matrix(_))) {
        return Err(format!("--over-rotation: layers[{k}] is a matrix, which has no angles"));
    }
    let contender = Contender::Amplitude(network.clone());
    let machine = |&size: &f64| {
        let attack = Attack { form: Form::Inside, noise: cli.over_rotation_noise, size, mode: Mode::Test };
        let fault = test_fault(&contender, &attack, cli.seed, 0).expect("a network with layers");
        let Contender::Amplitude(machine) = contender.shifted(&fault) else { unreachable!("a fault changes no kind") };
        let (layer, noise) = (fault.layer + 1, cli.over_rotation_noise.name());
        let name = format!("{}, layer {layer} off by {size} ({noise})", network.name);
        Variant { name, network: machine, off: Some(size) }
    };
    Ok(cli.over_rotation.iter().map(machine).collect())
}

/// All points in order, from the file of finished ones or run now.
fn run_all(
    cli: &Cli,
    network: &AmplitudeNetwork,
    machines: &[Variant],
    programs: Option<&[Program]>,
    samples: &Samples,
    noises: &[Option<Disturbance>],
) -> Result<Vec<Point>, String> {
    let variants: Vec<(&Variant, &Option<Disturbance>)> =
        machines.iter().flat_map(|machine| noises.iter().map(move |noise| (machine, noise))).collect();
    let key = |(machine, noise): &(&Variant, &Option<Disturbance>)| {
        segment_keys(network, &machine.network, programs, samples, noise.as_ref(), &cli.shots, cli.seed)
    };
    let keys: Vec<Vec<String>> = variants.iter().map(key).collect();
    let mut finished = Points::open(cli.points.as_deref())?;
    let missing: Vec<Vec<usize>> =
        keys.iter().map(|keys| (0..keys.len()).filter(|&i| !finished.has(&keys[i])).collect()).collect();
    let steps = missing.iter().map(Vec::len).sum();
    let progress = Progress::new(steps, "running", "steps", cli.common.quiet);
    let classical = (steps > 0).then(|| run_segments_classically(network, &samples.inputs));
    let cx = match programs {
        Some(all) => Some(all.iter().map(|p| Cost::of(&p.circuit).two_qubit_gates).sum()),
        // The page says what a run costs.
        None if cli.report.is_some() => {
            let cost =
                segment_cost(network, cli.seed).map_err(|(segment, error)| format!("segment {segment}: {error}"));
            Some(cost.inspect_err(|_| progress.finish())?)
        }
        None => None,
    };
    for ((Variant { name, network: machine, off }, noise), (keys, wanted)) in
        variants.into_iter().zip(keys.iter().zip(&missing))
    {
        let Some(classical) = classical.as_ref().filter(|_| !wanted.is_empty()) else { continue };
        let runs = SegmentRuns::new(machine, programs, noise.as_ref(), cli.seed)
            .map_err(|(segment, error)| format!("segment {segment}: {error}"))
            .inspect_err(|_| progress.finish())?;
        for &i in wanted {
            let shots = cli.shots[i];
            let quantum = runs.run(&samples.inputs, shots, cli.seed).map_err(|error| error.to_string());
            let quantum = quantum.inspect_err(|_| progress.finish())?;
            progress.step();
            let all = if let Shots::Finite(n) = shots { n.checked_mul(runs.segments() as u64) } else { None };
            let point = Point {
                key: keys[i].clone(),
                checkpoint: name.clone(),
                epoch: None,
                over_rotation: *off,
                alpha: None,
                noise: *noise,
                machine: None,
                shots,
                seed: cli.seed,
                tally: Tally::of(classical, &quantum, samples, network.head.affine.bias.len()),
                budget: Budget { shots: all, copies: None, cx, gamma: runs.gamma() },
            };
            finished.keep(point).inspect_err(|_| progress.finish())?;
        }
    }
    progress.finish();
    Ok(keys.iter().flatten().filter_map(|key| finished.get(key)).collect())
}

/// A program a segment, if any are given.
fn programs(cli: &Cli, network: &AmplitudeNetwork, count: usize) -> Result<Option<Vec<Program>>, String> {
    if cli.circuits.is_empty() {
        return Ok(None);
    }
    let listed = list_segments(&cli.circuits, count)?;
    let files = &listed.files;
    let read = read_programs(files)?;
    listed.check(read.iter().map(AnyProgram::part))?;
    if !cli.common.quiet {
        note_other_names(files.iter().zip(read.iter().map(AnyProgram::network)), &network.name);
    }
    let mut programs: Vec<Option<Program>> = vec![None; count];
    for (file, program) in files.iter().zip(read) {
        let shown = shown_input(file);
        let AnyProgram::Segment(program) = program else {
            return Err(format!("{shown}: a program of another family, the weights are of an amplitude network"));
        };
        if program.contract.segment.as_ref().is_some_and(|terms| terms.features.is_some()) {
            return Err(format!("{shown}: prepares an input of its own: compile it without --data or --input"));
        }
        let verification = verify_segment(&program, network, SAME).map_err(|error| format!("{shown}: {error}"))?;
        if !verification.holds() {
            return Err(format!("{shown}: {}: a program of other weights", verification.failure()));
        }
        let number = program.contract.block;
        if programs[number - 1].replace(*program).is_some() {
            return Err(format!("{shown}: is of segment {number}, of which there is a program already"));
        }
    }
    match programs.iter().position(Option::is_none) {
        Some(k) => Err(format!("--circuits: no program of segment {}, the weights have {count}", k + 1)),
        None => Ok(Some(programs.into_iter().flatten().collect())),
    }
}
