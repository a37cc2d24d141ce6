//! `--state`: one density matrix through the network, block by block (Alg. 1).

use super::command::{COMMAND, Cli};
use super::settings::{check_machine, disturbances, on_machine};
use crate::cli::printing::{note, print};
use crate::cli::reports::{Parts, StateReport, StateStep};
use crate::cli::table::Table;
use crate::data::read_state;
use crate::linalg::{Complex, Matrix};
use crate::network::{Block, Network};
use crate::qasm::Program;
use crate::run::{BlockOperators, Checkpoint, OnMachine, Source, StateRun, compile_all, compile_on, run_state};
use crate::simulator::noise::{Noise, NoiseModel};
use std::path::Path;
use std::sync::Arc;

/// Runs the state and shows what became of it.
pub fn run(cli: &Cli, path: &Path, checkpoints: &[Checkpoint], source: &Source) -> Result<(), String> {
    let [Checkpoint { network, .. }] = checkpoints else {
        return Err("--state runs one network: name one weights file".into());
    };
    let &[shots] = &cli.shots[..] else { return Err("--state takes one number of shots".into()) };
    if cli.noise.mitigate {
        return Err("--mitigate works on samples, not with --state".into());
    }
    let rho = read_state(path, network.blocks[0].dim()).map_err(|error| error.to_string())?;
    let on = on_machine(cli)?;
    let noise: Option<Arc<dyn Noise>> = match &on {
        Some(on) => {
            check_machine(cli, source, on)?;
            Some(Arc::new(on.noise.clone()))
        }
        None => match disturbances(&cli.noise)?[..] {
            [None] => None,
            [Some(disturbance)] => Some(disturbance.model)
                .filter(|model| *model != NoiseModel::default())
                .map(|model| Arc::new(model) as Arc<dyn Noise>),
            _ => return Err("--state takes one noise model".into()),
        },
    };
    if has_coherences(&rho) {
        note_phases(cli, source, checkpoints);
    }
    let operators = operators(network, source, noise.as_ref(), on.as_ref())?;
    let run = run_state(network, &operators, &rho, shots, cli.seed).map_err(|error| error.to_string())?;
    cli.common.report(COMMAND, report(network, &run))?;
    if cli.common.tells() {
        print(&as_tables(&run))?;
    }
    Ok(())
}

/// Warns of programs whose phases were chosen for diagonal states, where other states come to them: given ones, or those that
/// the weights make.
pub fn note_phases(cli: &Cli, source: &Source, checkpoints: &[Checkpoint]) {
    let has_phases = |k: usize, block: &Block| match source {
        Source::Programs(programs) => {
            let mut signs = programs[k].iter().flat_map(|program| program.contract.signs.present());
            signs.any(|(_, sign)| sign.phases.is_some())
        }
        Source::Weights(rule) | Source::Compiled(rule) => rule.is_for_diagonal_states(block),
    };
    // Behind blocks of unitaries the state is measured.
    let unmeasured = |network: &Network| network.blocks.iter().take_while(|block| !block.form().is_unitary()).count();
    let sees = |Checkpoint { network, .. }: &Checkpoint| {
        network.blocks[..unmeasured(network)].iter().enumerate().any(|(k, block)| has_phases(k, block))
    };
    if !cli.common.quiet && checkpoints.iter().any(sees) {
        note("these programs have phases for diagonal states, which other states see");
    }
}

/// Whether a state has coherences: what is not diagonal sees phases.
fn has_coherences(rho: &Matrix) -> bool {
    (0..rho.nrows()).any(|i| (0..i).any(|j| rho[(i, j)] != Complex::default()))
}

fn operators(
    network: &Network,
    source: &Source,
    noise: Option<&Arc<dyn Noise>>,
    on: Option<&OnMachine>,
) -> Result<Vec<BlockOperators>, String> {
    let compiled;
    let programs = match source {
        Source::Weights(rule) if noise.is_none() => {
            let of = |block| BlockOperators::of_weights(block, *rule).map_err(|error| error.to_string());
            return network.blocks.iter().map(of).collect();
        }
        Source::Programs(programs) => programs,
        Source::Weights(rule) | Source::Compiled(rule) => {
            let programs = match on {
                Some(on) => compile_on(network, *rule, &on.machine, &on.layout),
                None => compile_all(network, *rule),
            };
            compiled = programs.map_err(|error| error.to_string())?;
            &compiled
        }
    };
    let of = |(block, programs): (_, &Vec<Program>)| {
        let programs: Vec<&Program> = programs.iter().collect();
        BlockOperators::of_programs(&programs, block, noise).map_err(|error| error.to_string())
    };
    network.blocks.iter().zip(programs).map(of).collect()
}

fn as_tables(run: &StateRun) -> String {
    let mut out = String::new();
    for (k, step) in run.steps.iter().enumerate() {
        let mut table = Table::new(&["n", "p+", "p-", "h", "<n|rho|n>"], false);
        for n in 0..step.h.len() {
            let shown = |p: &[f64]| p.get(n).map_or("0".into(), |p| format!("{p:.6}"));
            table.row(vec![
                n.to_string(),
                shown(&step.p.plus),
                shown(&step.p.minus),
                shown(&step.h),
                format!("{:.6}", step.state[(n, n)].re),
            ]);
        }
        let dead = if step.dead { ", all units dead" } else { "" };
        out.push_str(&format!("block {}{dead}\n{}\n", k + 1, table.render()));
    }
    if let Some(label) = run.label {
        let scores: Vec<String> = run.scores.iter().map(|s| format!("{s:.4}")).collect();
        out.push_str(&format!("label {label}, scores {}\n", scores.join(" ")));
    }
    out
}

fn report<'a>(network: &'a Network, run: &'a StateRun) -> StateReport<'a> {
    let steps = run.steps.iter().enumerate().map(|(k, step)| {
        let part = |f: fn(&Complex) -> f64| -> Vec<Vec<f64>> {
            step.state.row_iter().map(|row| row.iter().map(f).collect()).collect()
        };
        let state = Parts { re: part(|z| z.re), im: part(|z| z.im) };
        StateStep { block: k + 1, plus: &step.p.plus, minus: &step.p.minus, h: &step.h, dead: step.dead, state }
    });
    StateReport { network: &network.name, blocks: steps.collect(), scores: &run.scores, label: run.label }
}
