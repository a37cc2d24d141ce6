//! Finetuning, stage by stage: circuits with a budget of executions, or any form with the noise of each sample's own shots.

use super::checkpoint::Checkpoint;
use super::command::Cli;
use crate::circuit::Circuit;
use crate::cli::progress::Progress;
use crate::compression::{COLUMN_SHOTS, ColumnState, ColumnTuning, Compressed, Finetuning, Variation};
use crate::data::Samples;
use crate::lowering::{Layout, LoweringError, place};
use crate::network::{JointCircuit, Network};
use crate::run::FLOOR;
use crate::target::Machine;

/// Executions in all that circuits are made for: those that are asked for, or what is usual for every basis input.
pub fn budget(cli: &Cli, network: &Network) -> Result<u64, String> {
    let columns: u64 = network.blocks.iter().map(|block| block.weight().ncols() as u64).sum();
    let Some(asked) = cli.finetune_executions else { return Ok(columns * COLUMN_SHOTS as u64) };
    let least = columns * FLOOR;
    if asked < least as f64 {
        return Err(format!(
            "--finetune-executions {asked}: {columns} basis inputs of {} blocks take at least {least}, {FLOOR} each",
            network.blocks.len()
        ));
    }
    Ok(asked as u64)
}

/// The share of a circuit's shots that survive a machine on the qubits of it that suit it best, gates, waits and readings;
/// circuits of all blocks join the same qubits equally often.
pub fn survival(network: &Network, machine: &Machine, seed: u64) -> Result<f64, LoweringError> {
    let joint = network.blocks[0].form().circuit();
    let JointCircuit { circuit, .. } = joint.expect("--finetune-machine is of variational circuits");
    let qubits: Vec<usize> = (0..circuit.qubit_count()).collect();
    let mut measured = Circuit::with_bits(qubits.len(), qubits.len());
    measured.append(&circuit, &qubits);
    for q in qubits {
        measured.measure(q, q).expect("a qubit is measured once, into a bit of its own");
    }
    Ok(place(&measured, machine, &Layout::Best, seed, 0.0)?.survival.total())
}

/// All factors or circuits, the biases and, for circuits, the head together; of the shots of circuits a share survives.
pub fn finetune(
    cli: &Cli,
    network: &Network,
    small: &mut Network,
    (train, survival): (&Samples, f64),
    variation: Option<Variation>,
    blocks: &[Compressed],
) -> Result<(), String> {
    if let Some(k) = blocks.iter().position(|b| b.ansatz.is_none()) {
        return Err(format!("--finetune moves factors and angles: block {} kept its weights, ask for fewer CX", k + 1));
    }
    let progress = Progress::new(cli.stages as usize, "finetuning", "stages", cli.common.quiet);
    if cli.variational && cli.finetune_shots.is_none() {
        columns(cli, network, small, (train, survival), variation, &progress)?;
    } else {
        samples(cli, network, small, &train.inputs, &progress)?;
    }
    progress.finish();
    Ok(())
}

/// How inputs vary, if that is asked for.
pub fn variation(cli: &Cli, network: &Network) -> Result<Option<Variation>, String> {
    let Some(shift) = cli.finetune_shift else { return Ok(None) };
    if network.input.as_ref().is_some_and(|input| input.projection.is_some()) {
        return Err("--finetune-shift: the network projects its inputs, expected one whose states are images".into());
    }
    let entries = network.input_dim();
    let varied = Variation::new(entries, shift);
    varied.map(Some).ok_or_else(|| format!("--finetune-shift: inputs of {entries} entries are no square images"))
}

/// Circuits whose basis inputs are measured once.
fn columns(
    cli: &Cli,
    network: &Network,
    small: &mut Network,
    (train, survival): (&Samples, f64),
    variation: Option<Variation>,
    progress: &Progress,
) -> Result<(), String> {
    let labels = train.labels.as_deref().filter(|_| cli.finetune_labels > 0.0);
    let classes = network.head.as_ref().map_or(0, |head| head.bias.len());
    if let Some(label) = labels.and_then(|labels| labels.iter().find(|label| **label >= classes)) {
        return Err(format!("--data: label {label}, expected 0 to {}: the network has {classes} classes", classes - 1));
    }
    let task = ColumnTuning {
        teacher: network,
        inputs: &train.inputs,
        labels,
        label_weight: cli.finetune_labels,
        variation,
        executions: budget(cli, network)?,
        survival,
        stages: cli.stages,
        seed: cli.seed,
    };
    let mut options =
        format!("{} {} {:?} {}", task.executions, task.survival, labels.map(|_| task.label_weight), task.stages);
    if let Some(variation) = variation {
        options += &format!(" {}", variation.shift());
    }
    let mut kept = Checkpoint::open(cli.checkpoint.as_deref(), small, &options)?;
    let mut state = kept.columns.take().unwrap_or_else(|| ColumnState::new(small.clone()));
    (0..state.stages).for_each(|_| progress.step());
    while state.stages < cli.stages {
        task.stage(&mut state).map_err(|error| format!("--finetune-executions: {error}"))?;
        kept.keep_columns(&state)?;
        progress.step();
    }
    *small = state.network;
    Ok(())
}

/// Factors or circuits that run for every sample.
fn samples(
    cli: &Cli,
    network: &Network,
    small: &mut Network,
    inputs: &[Vec<f64>],
    progress: &Progress,
) -> Result<(), String> {
    let task = Finetuning {
        teacher: network,
        inputs,
        gamma_weight: cli.gamma_weight(),
        shots: cli.finetune_shots,
        seed: cli.seed,
    };
    let bounds = Finetuning::bounds(small);
    let options = format!("{:?} {:?}", cli.gamma_weight(), cli.finetune_shots);
    let mut state = Checkpoint::open(cli.checkpoint.as_deref(), small, &options)?;
    if let Some(kept) = &state.network {
        *small = kept.clone();
    }
    (0..state.stages.min(cli.stages)).for_each(|_| progress.step());
    while state.stages < cli.stages {
        task.stage(small, &bounds, state.stages);
        state.keep(small)?;
        progress.step();
    }
    Ok(())
}
