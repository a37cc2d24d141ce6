//! What to run: checkpoints, where probabilities come from, conditions to vary.

use super::command::{COMMAND, Cli, NoiseArgs};
use crate::cli::inputs::{
    amplitudes_of, group_files, layers_of, note_other_names, read_blocks, read_machine, read_model, read_noise,
    residual,
};
use crate::cli::listed::list_programs;
use crate::cli::printing::Failure;
use crate::cli::table::number as number_of;
use crate::compiler::{Check, verify_block};
use crate::files::shown_input;
use crate::network::{Model, Network};
use crate::qasm::Program;
use crate::run::{Checkpoint, Disturbance, OnMachine, Source, Variant};
use crate::simulator::noise::NoiseModel;
use crate::target::Figures;
use rayon::prelude::*;
use std::path::PathBuf;

/// How near programs must be to the weights they run for, as a share of the largest entry; what they state themselves comes
/// on top.
const SAME: f64 = 1e-6;

/// Reads the weights, of whatever family.
pub fn models(paths: &[PathBuf], quiet: bool) -> Result<Vec<Model>, Failure> {
    paths.iter().map(|path| read_model(path, quiet)).collect()
}

/// The checkpoints, which must be stages of one network.
pub fn checkpoints(paths: &[PathBuf], models: Vec<Model>) -> Result<Vec<Checkpoint>, String> {
    let mut checkpoints: Vec<Checkpoint> = vec![];
    for (path, model) in paths.iter().zip(models) {
        if paths.len() > 1 && (amplitudes_of(&model).is_some() || layers_of(&model).is_some()) {
            let (shown, family) = (shown_input(path), model.family());
            return Err(format!(
                "{shown}: is of family {family}, of which one file is run: several are checkpoints of residual blocks"
            ));
        }
        let network = residual(COMMAND, path, model)?;
        if let Some(first) = checkpoints.first() {
            let (wanted, found) = (shape(&first.network), shape(&network));
            if wanted != found {
                let shown = path.display();
                return Err(format!(
                    "{shown}: {found}, but {} is {wanted}: not checkpoints of one network",
                    first.name
                ));
            }
        }
        let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let name = if paths.len() == 1 { network.name.clone() } else { stem.clone() };
        checkpoints.push(Checkpoint { name, epoch: epoch(&stem), network });
    }
    Ok(checkpoints)
}

/// A network's sizes in words.
fn shape(network: &Network) -> String {
    let (blocks, dim) = (network.blocks.len(), network.blocks[0].dim());
    let classes = network.head.as_ref().map_or("no head".into(), |head| format!("{} classes", head.bias.len()));
    format!("{} inputs, {blocks} blocks of {dim}, {classes}", network.input_dim())
}

/// The number that ends a name like `epoch-010`.
fn epoch(stem: &str) -> Option<u32> {
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    stem[stem.len() - digits..].parse().ok()
}

/// Where probabilities come from.
pub fn source(cli: &Cli, checkpoints: &[Checkpoint]) -> Result<Source, String> {
    if cli.circuits.is_empty() {
        checkpoints.iter().try_for_each(|checkpoint| cli.check_encoding(&checkpoint.network))?;
        return Ok(Source::Weights(cli.encoding()));
    }
    if checkpoints.len() > 1 {
        return Err("--circuits takes the programs of one network: name one weights file".into());
    }
    let network = &checkpoints[0].network;
    let listed = list_programs(&cli.circuits, network.blocks.len())?;
    let files = &listed.files;
    let programs = read_blocks(files)?;
    listed.check(programs.iter().map(|program| Some(program.contract.block)))?;
    let groups = group_files(files, &programs)?;
    for (file, program) in files.iter().zip(&programs) {
        let contract = &program.contract;
        let shown = file.display();
        if contract.block > network.blocks.len() {
            return Err(format!("{shown}: is of block {}, the weights have {}", contract.block, network.blocks.len()));
        }
        if contract.dim != network.blocks[0].dim() {
            let dim = network.blocks[0].dim();
            return Err(format!("{shown}: computes a block of dimension {}, the weights have {dim}", contract.dim));
        }
    }
    if !cli.common.quiet {
        let names = programs.iter().map(|program| program.contract.network.as_str());
        note_other_names(files.iter().zip(names), &network.name);
    }
    if let Some(missing) = (1..=network.blocks.len()).find(|k| !groups.contains_key(k)) {
        return Err(format!("--circuits: no program of block {missing}, the weights have {}", network.blocks.len()));
    }
    // Checkpoints of one training share a name: that programs are of these weights is asked of the programs.
    let check = Check::all(SAME);
    let other = groups.par_iter().find_map_first(|(&number, group)| {
        let members: Vec<&Program> = group.iter().map(|&i| &programs[i]).collect();
        let file = files[group[0]].display();
        match verify_block(&members, &network.blocks[number - 1], &check) {
            Ok((v, _)) if v.holds() => None,
            Ok((v, _)) => Some(format!(
                "{file}: {} = {}, but {} by the weights: programs of other weights",
                v.place(),
                number_of(v.worst.got),
                number_of(v.worst.expected)
            )),
            Err(error) => Some(format!("{file}: {error}")),
        }
    });
    if let Some(problem) = other {
        return Err(problem);
    }
    let mut blocks: Vec<Vec<Program>> = vec![vec![]; network.blocks.len()];
    programs.into_iter().for_each(|program| blocks[program.contract.block - 1].push(program));
    Ok(Source::Programs(blocks))
}

/// Every checkpoint under every condition.
pub fn variants<'a>(
    cli: &Cli,
    checkpoints: &'a [Checkpoint],
    on: Option<&OnMachine>,
) -> Result<Vec<Variant<'a>>, String> {
    let alphas: Vec<Option<f64>> =
        if cli.alpha.is_empty() { vec![None] } else { cli.alpha.iter().copied().map(Some).collect() };
    let means = on.and_then(|on| on.machine.calibration.as_ref()).map(NoiseModel::from);
    let noises = match means {
        Some(means) => with_base(&cli.noise, Some(means))?,
        None => disturbances(&cli.noise)?,
    };
    let mut variants = vec![];
    for checkpoint in checkpoints {
        for &alpha in &alphas {
            variants.extend(noises.iter().map(|&noise| Variant { checkpoint, alpha, noise }));
        }
    }
    Ok(variants)
}

/// The machine to run on, if there is one.
pub fn on_machine(cli: &Cli) -> Result<Option<OnMachine>, String> {
    let Some(given) = &cli.noise.machine else { return Ok(None) };
    let machine = read_machine(given, cli.common.quiet)?;
    if cli.noise.waits && !machine.figures.as_ref().is_some_and(Figures::tell_times) {
        return Err(format!("--waits: {} tells no lengths of gates, or neither T1 nor T2", given.display()));
    }
    let layout = cli.noise.layout.clone();
    Ok(OnMachine::new(machine, layout, cli.noise.waits))
}

/// Refuses programs that a machine cannot run as they are.
pub fn check_machine(cli: &Cli, source: &Source, on: &OnMachine) -> Result<(), String> {
    let Source::Programs(blocks) = source else { return Ok(()) };
    for program in blocks.iter().flatten() {
        let block = program.contract.block;
        let refuse = |problem: String| {
            let shown = cli.circuits.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
            Err(format!("{shown}: block {block}: not for {}: {problem}", on.machine.name))
        };
        if on.machine.coupling.is_some() && !program.contract.physical {
            return refuse("on virtual qubits, expected its own: compile with --machine".into());
        }
        if let Err(misfit) = on.machine.check(&program.circuit) {
            return refuse(misfit.to_string());
        }
    }
    Ok(())
}

/// The noise models to run under; one `None` without noise.
pub fn disturbances(args: &NoiseArgs) -> Result<Vec<Option<Disturbance>>, String> {
    if args.machine.is_some() {
        return Err("--machine is for networks of residual blocks; other networks take --noise".into());
    }
    with_base(args, args.noise.as_deref().map(read_noise).transpose()?)
}

fn with_base(args: &NoiseArgs, base: Option<NoiseModel>) -> Result<Vec<Option<Disturbance>>, String> {
    if base.is_none() && args.two_qubit_rate.is_empty() {
        if args.mitigate {
            return Err("--mitigate takes out readout errors: name some with --noise".into());
        }
        return Ok(vec![None]);
    }
    let base = base.unwrap_or_default();
    let misread = base.readout.one_for_zero + base.readout.zero_for_one;
    if args.mitigate && (misread == 0.0 || (misread - 1.0).abs() < 1e-6) {
        let problem = if misread == 0.0 { "no bit is misread" } else { "bits say nothing of what was read" };
        return Err(format!("--mitigate takes out readout errors: {problem} in this noise"));
    }
    let with = |model| Some(Disturbance { model, trajectories: args.trajectories as usize, mitigate: args.mitigate });
    if args.two_qubit_rate.is_empty() {
        return Ok(vec![with(base)]);
    }
    let at = |&rate: &f64| {
        let mut model = base;
        model.two_qubit.depolarising = rate;
        with(model)
    };
    Ok(args.two_qubit_rate.iter().map(at).collect())
}
