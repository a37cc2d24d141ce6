//! `hqrn-compress`: a network in, a network that small circuits run out.

mod checkpoint;
mod command;
mod finetune;
mod pareto;
mod report;

use self::command::{COMMAND, Cli};
use self::finetune::{budget, finetune, survival, variation};
use self::report::{Outcome, judge, show};
use crate::cli::arguments::main_of;
use crate::cli::edges::{edges, edges_file};
use crate::cli::inputs::{machine_files, note_samples, read_machine, read_weights};
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS};
use crate::cli::progress::Progress;
use crate::compression::{CompressError, Goal, Plan, compress};
use crate::data::{Samples, Split, read_samples, read_test_rows};
use crate::files::write_atomically;
use crate::network::write_json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, |cli: &Cli| &cli.common, |cli| run(cli).map(|()| ExitCode::from(HOLDS)))
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let (Some(weights), Some(output)) = (&cli.weights, cli.output.as_ref().or(cli.pareto.as_ref())) else {
        return Err("expected WEIGHTS and -o OUT, see --help".into());
    };
    if !(0.0..1.0).contains(&cli.disagreement) {
        return Err(format!("--disagreement {}: expected a share from 0 to 1", cli.disagreement).into());
    }
    cli.check()?;
    let edges = edges(&cli.edges)?;
    let report = cli.common.report_file();
    let written: Vec<&PathBuf> = [&cli.output, &cli.pareto, &cli.checkpoint, &report].into_iter().flatten().collect();
    let inputs = [&cli.weights, &cli.data, &cli.labels, &cli.test_data, &cli.test_labels, &edges_file(&cli.edges)];
    let machine = cli.finetune_machine.as_deref().map(machine_files).transpose()?.unwrap_or_default();
    let inputs = inputs.into_iter().flatten().chain(&machine);
    spare_inputs(inputs, written.iter().copied())?;
    need_places(written, None)?;
    let network = read_weights(COMMAND, weights, cli.common.quiet)?;
    let machine = cli.finetune_machine.as_deref().map(|given| read_machine(given, cli.common.quiet)).transpose()?;
    let goal = match (cli.goal.rank, cli.goal.max_error, cli.goal.max_cx) {
        (Some(rank), ..) if usize::from(rank) > network.blocks[0].dim() => {
            return Err(format!("--rank {rank}: the blocks have dimension {}", network.blocks[0].dim()).into());
        }
        (Some(rank), ..) => Goal::Rank(rank.into()),
        (_, Some(most), _) if cli.variational => Goal::CircuitError(most),
        (_, Some(most), _) => Goal::Error(most),
        (.., Some(most)) if cli.variational => Goal::Circuits(most),
        (.., Some(most)) => Goal::Cx(most),
        _ if cli.pareto.is_some() => Goal::Rank(1),
        _ => return Err("expected one of --rank, --max-error and --max-cx".into()),
    };
    if cli.finetune && network.head.is_none() {
        return Err("--finetune follows the outputs of a head: the network has none".into());
    }
    let read = |path: &Option<PathBuf>, labels: &Option<PathBuf>, split| {
        let read = |path: &Path| read_samples(path, labels.as_deref(), Some(network.input_dim()), split);
        let samples = path.as_deref().map(read).transpose().map_err(|error| error.to_string())?;
        if let (Some(path), Some(samples), false) = (path, &samples, cli.common.quiet) {
            note_samples(path, samples);
        }
        Ok::<_, String>(samples)
    };
    let train = read(&cli.data, &cli.labels, Split::Train)?.map(|mut samples: Samples| {
        samples.inputs.truncate(cli.limit as usize);
        samples.labels.iter_mut().for_each(|labels| labels.truncate(cli.limit as usize));
        samples
    });
    let test = match (&cli.test_data, &cli.data) {
        (Some(_), _) => read(&cli.test_data, &cli.test_labels, Split::Test)?,
        // A file without splits has no test rows, and what was fitted on is no judge.
        (None, Some(path)) => {
            read_test_rows(path, None, Some(network.input_dim())).map_err(|error| error.to_string())?
        }
        (None, None) => None,
    };
    if let Some(page) = &cli.pareto {
        let Some(test) = test.filter(|_| network.head.is_some()) else {
            return Err("--pareto compares labels: expected --test-data, or --data with test rows, and a head".into());
        };
        return Ok(pareto::sweep(cli, &network, inputs_of(train.as_ref()), &test, page)?);
    }
    let executions = budget(cli, &network)?;
    // Refused before the fit, which takes minutes.
    let variation = variation(cli, &network)?;
    let columns: usize = network.blocks.iter().map(|block| block.weight().ncols()).sum();
    let plan = Plan {
        data: inputs_of(train.as_ref()),
        gamma_weight: cli.gamma_weight(),
        seed: cli.seed,
        edges,
        shots: Some(executions as f64 / columns as f64),
        slack: cli.slack.unwrap_or(Plan::default().slack),
        ..Plan::to(goal).with_limit(cli.evaluations(goal))
    };
    let wrong = |error: CompressError| format!("{}: {error}", weights.display());
    let progress = Progress::new(network.blocks.len(), "fitting", "blocks", cli.common.quiet);
    let fitted = compress(&network, &plan, || progress.step());
    progress.finish();
    let (mut small, blocks) = fitted.map_err(wrong)?;
    small.name = format!("{}-small", network.name);
    let survival = match &machine {
        None => cli.finetune_survival,
        Some(machine) => survival(&small, machine, cli.seed).map_err(|error| format!("{}: {error}", machine.name))?,
    };
    if cli.finetune {
        let train = train.as_ref().ok_or("--finetune moves along data: expected --data")?;
        finetune(cli, &network, &mut small, (train, survival), variation, &blocks)?;
    }
    let training = inputs_of(train.as_ref());
    let outcome = Outcome { network: &network, small: &small, blocks: &blocks, training, executions, survival };
    // Nobody would read it.
    let judgement = cli.common.reports().then(|| judge(cli, &outcome, test.as_ref())).transpose();
    let judgement = judgement.map_err(|error| format!("{}: {error}", weights.display()))?;
    write_atomically(output, write_json(&small)).map_err(|error| error.to_string())?;
    if let Some(judgement) = judgement {
        show(cli, &outcome, &judgement)?;
    }
    Ok(())
}

fn inputs_of(samples: Option<&Samples>) -> Option<&[Vec<f64>]> {
    samples.map(|samples| samples.inputs.as_slice())
}
