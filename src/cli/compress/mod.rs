//! `hqrn-compress`: a network in, a network that small circuits run out.

mod checkpoint;
mod pareto;
mod report;

use self::checkpoint::Checkpoint;
use self::report::{Outcome, judge, show};
use crate::cli::arguments::{Common, refuse, start, tolerance};
use crate::cli::inputs::read_weights;
use crate::cli::printing::HOLDS;
use crate::cli::progress::Progress;
use crate::compression::{CompressError, Compressed, Finetuning, Goal, Plan, compress};
use crate::data::{Samples, Split, read_samples, read_test_rows};
use crate::files::write_atomically;
use crate::network::{Network, write_json};
use clap::Parser;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-compress circuits/digits.json --rank 8 -o small.json
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --rank 4 -o small.json
  hqrn-compress net.json --data train-images-idx3-ubyte.gz --test-data t10k-images-idx3-ubyte.gz \\
      --max-cx 500 --finetune --checkpoint tuning.json -o small.json
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --max-cx 65 --variational --finetune -o small.json
  hqrn-compress net.json --max-error 0.01 -o small.json
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --pareto pareto.html
  hqrn-compile small.json -o out/                       exact to what small.json says

Fitting uses the training rows only, the report judges on the test rows.
Exit codes: 0 done, 2 bad input.";

/// Compress a network: factors of low rank or variational circuits for few gates, gamma held down for few shots
#[derive(Parser, Debug)]
#[command(name = "hqrn-compress", version, after_help = EXAMPLES)]
struct Cli {
    /// Weights as JSON or .safetensors; - reads standard input
    #[arg(required_unless_present_any = ["completions", "man"])]
    weights: Option<PathBuf>,
    /// The compressed network, weights JSON
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["pareto", "completions", "man"])]
    output: Option<PathBuf>,
    #[command(flatten)]
    goal: GoalArgs,
    /// Inputs of the kind that will be run: errors count where they bring states; CSV, IDX or NPY
    #[arg(long, value_name = "DATA")]
    data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "data")]
    labels: Option<PathBuf>,
    /// Inputs to judge on; rows marked 'test' of --data if left out
    #[arg(long, value_name = "DATA")]
    test_data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "test_data")]
    test_labels: Option<PathBuf>,
    /// Fit on the first N training rows only
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// What gamma at its bound weighs against the relative squared error: more for fewer shots
    #[arg(long, value_name = "L", default_value = "1e-4", value_parser = tolerance)]
    gamma_weight: f64,
    /// Evaluations that the fit of a block may take; 3000 if left out, 500 for a variational circuit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    evaluations: Option<u32>,
    /// With --max-cx: in place of factors, one variational circuit for both signs of a block, which does more with a gate
    /// and takes fewer shots
    #[arg(long, requires = "max_cx")]
    variational: bool,
    /// Then move all factors or angles and all biases together, towards the original network's outputs on --data
    #[arg(long, requires = "data")]
    finetune: bool,
    /// Stages of that, 100,000 mixtures of two inputs each
    #[arg(long, value_name = "N", default_value_t = 15, requires = "finetune")]
    stages: u32,
    /// Learn with the noise of so many shots a block, so that fewer will do: 1e3, 1e4
    #[arg(long, value_name = "S", requires = "finetune", value_parser = tolerance)]
    finetune_shots: Option<f64>,
    /// Keep finished stages in this file, and go on from it
    #[arg(long, value_name = "FILE", requires = "finetune")]
    checkpoint: Option<PathBuf>,
    /// In place of one network, a page with all: every rank, circuits of several sizes, every choice of phases; their gates,
    /// shots and labels
    #[arg(long, value_name = "PAGE", conflicts_with_all = ["output", "rank", "max_error", "max_cx", "variational", "finetune"])]
    pareto: Option<PathBuf>,
    /// Look for the shots with which this share of the labels differs
    #[arg(long, value_name = "D", default_value_t = 0.02)]
    disagreement: f64,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args, Debug)]
#[group(multiple = false)]
struct GoalArgs {
    /// Rank of every sign of every block
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u16).range(1..))]
    rank: Option<u16>,
    /// In every block the smallest rank with max |W' - W| at most E times max |W|
    #[arg(long, value_name = "E", value_parser = tolerance, conflicts_with = "data")]
    max_error: Option<f64>,
    /// Ranks block by block, for at most G CX a sign in the mean
    #[arg(long, value_name = "G", value_parser = tolerance)]
    max_cx: Option<f64>,
}

impl Cli {
    /// What the fit of a block may take.
    fn evaluations(&self, goal: Goal) -> usize {
        self.evaluations.map_or(goal.usual_limit(), |limit| limit as usize)
    }
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    start::<Cli>(&cli.common, || run(&cli).map(|()| ExitCode::from(HOLDS)))
}

fn run(cli: &Cli) -> Result<(), String> {
    let (Some(weights), Some(output)) = (&cli.weights, cli.output.as_ref().or(cli.pareto.as_ref())) else {
        return Err("expected WEIGHTS and -o OUT, see --help".into());
    };
    if output.is_dir() {
        return Err(format!("{}: is a folder, expected a file to write", output.display()));
    }
    if !(0.0..1.0).contains(&cli.disagreement) {
        return Err(format!("--disagreement {}: expected a share from 0 to 1", cli.disagreement));
    }
    if let Some(shots) = cli.finetune_shots.filter(|shots| *shots < 1.0) {
        return Err(format!("--finetune-shots {shots}: expected at least 1"));
    }
    let network = read_weights(weights)?;
    let goal = match (cli.goal.rank, cli.goal.max_error, cli.goal.max_cx) {
        (Some(rank), ..) if usize::from(rank) > network.blocks[0].dim() => {
            return Err(format!("--rank {rank}: the blocks have dimension {}", network.blocks[0].dim()));
        }
        (Some(rank), ..) => Goal::Rank(rank.into()),
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
        path.as_deref().map(read).transpose().map_err(|error| error.to_string())
    };
    let train = read(&cli.data, &cli.labels, Split::Train)?.map(|mut samples: Samples| {
        samples.inputs.truncate(cli.limit as usize);
        samples.inputs
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
        return pareto::sweep(cli, &network, train.as_deref(), &test, page);
    }
    let plan = Plan {
        goal,
        data: train.as_deref(),
        gamma_weight: cli.gamma_weight,
        limit: cli.evaluations(goal),
        seed: cli.seed,
    };
    let wrong = |error: CompressError| format!("{}: {error}", weights.display());
    let progress = Progress::new(network.blocks.len(), "fitting", "blocks", cli.common.quiet);
    let fitted = compress(&network, &plan, || progress.step());
    progress.finish();
    let (mut small, blocks) = fitted.map_err(wrong)?;
    small.name = format!("{}-small", network.name);
    if cli.finetune {
        finetune(cli, &network, &mut small, train.as_deref().unwrap_or_default(), &blocks)?;
    }
    let outcome = Outcome { network: &network, small: &small, blocks: &blocks };
    // Nobody would read it.
    let told = cli.common.json || !cli.common.quiet;
    let judgement = told.then(|| judge(cli, &outcome, test.as_ref())).transpose();
    let judgement = judgement.map_err(|error| format!("{}: {error}", weights.display()))?;
    write_atomically(output, write_json(&small)).map_err(|error| error.to_string())?;
    if let Some(judgement) = judgement {
        show(cli, &outcome, &judgement)?;
    }
    Ok(())
}

/// All factors and biases together, stage by stage.
fn finetune(
    cli: &Cli,
    network: &Network,
    small: &mut Network,
    inputs: &[Vec<f64>],
    blocks: &[Compressed],
) -> Result<(), String> {
    if let Some(k) = blocks.iter().position(|b| b.ansatz.is_none()) {
        return Err(format!("--finetune moves factors and angles: block {} kept its weights, ask for fewer CX", k + 1));
    }
    let task = Finetuning {
        teacher: network,
        inputs,
        gamma_weight: cli.gamma_weight,
        shots: cli.finetune_shots,
        seed: cli.seed,
    };
    let bounds = Finetuning::bounds(small);
    let options = format!("{:?} {:?}", cli.gamma_weight, cli.finetune_shots);
    let mut state = Checkpoint::open(cli.checkpoint.as_deref(), small, &options)?;
    if let Some(kept) = &state.network {
        *small = kept.clone();
    }
    let progress = Progress::new(cli.stages as usize, "finetuning", "stages", cli.common.quiet);
    (0..state.stages.min(cli.stages)).for_each(|_| progress.step());
    while state.stages < cli.stages {
        task.stage(small, &bounds, state.stages);
        state.keep(small)?;
        progress.step();
    }
    progress.finish();
    Ok(())
}
