//! `hqrn-train`: labelled data in, checkpoints of a network of residual blocks out.

mod amplitudes;
mod entanglement;
mod epochs;
mod quanvolution;

use self::epochs::{Pace, epoch_table, epochs};
use crate::cli::arguments::{Common, main_of, tolerance};
use crate::cli::inputs::{note_dead, note_samples, note_untaught};
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, print};
use crate::cli::reports::TrainReport;
use crate::data::{Samples, Split, read_samples, read_test_rows};
use crate::files::{in_folder, write_atomically};
use crate::network::{Activation, Network, write_json, write_tensors};
use crate::training::{Architecture, EpochRecord, Recipe, Rule, Trained, TrainingSet, TrainingState, error_on};
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::json;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-train --data circuits/digits.csv.gz -o digits/
  hqrn-train --data train-images-idx3-ubyte.gz --test-data t10k-images-idx3-ubyte.gz \\
      --fraction 0.1 -o mnist/
  hqrn-train --data digits.csv --optimizer adam --rate 1e-3 --blocks 4 --epochs 100 -o small/
  hqrn-train entanglement --blocks 2 -o bell/

The folder gets a checkpoint every --every epochs, log.csv, and training.json, from which the same command goes on where it was \
killed. Exit codes: 0 trained, 1 the training diverged, 2 bad input.";

/// The command's name.
pub const COMMAND: &str = "hqrn-train";

/// Train a network of residual blocks on labelled data
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    #[command(subcommand)]
    task: Option<Task>,
    /// Labelled inputs: CSV (rows marked 'train' where there is a column 'split'), IDX images or NPY, gzipped or not
    #[arg(long, value_name = "DATA", required_unless_present_any = ["completions", "man", "report_schema"])]
    data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Inputs to test on; rows marked 'test' of --data if left out
    #[arg(long, value_name = "DATA")]
    test_data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "test_data")]
    test_labels: Option<PathBuf>,
    /// Folder for checkpoints
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["completions", "man", "report_schema"])]
    output: Option<PathBuf>,
    /// Name of the network; the folder's if left out
    #[arg(long)]
    name: Option<String>,
    /// Residual blocks
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    blocks: u16,
    /// Dimension of the blocks; inputs of another size are projected to it
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    dim: u16,
    /// Share of the old state in the new
    #[arg(long, value_name = "A", default_value_t = 0.5, value_parser = share)]
    alpha: f64,
    /// The nonlinearity: relu, sigmoid, softplus, exp, square
    #[arg(long, value_name = "F", default_value = "relu", value_parser = activation)]
    activation: Activation,
    /// Which way weights follow gradients
    #[arg(long, value_enum, default_value_t = Optimizer::Rmsprop)]
    optimizer: Optimizer,
    /// Step size
    #[arg(long, value_name = "R", default_value = "3e-3", value_parser = tolerance)]
    rate: f64,
    /// Penalty on the squares of the weights
    #[arg(long, value_name = "L", default_value = "1e-4", value_parser = tolerance)]
    weight_decay: f64,
    /// Samples a step
    #[arg(long, value_name = "B", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Passes through the data
    #[arg(long, value_name = "E", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Train on this share of the data, chosen by the seed
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = fraction)]
    fraction: f64,
    /// Write a checkpoint every so many epochs, and after the first and the last
    #[arg(long, value_name = "E", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Format of checkpoints
    #[arg(long, value_enum, default_value_t = Format::Safetensors)]
    format: Format,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Train the entanglement classifier: blocks of two-qubit unitaries on quantum states
    Entanglement(entanglement::Args),
    /// Train quanvolutions with residual wiring: circuits on patches of images, and a head
    Quanvolution(Box<quanvolution::Args>),
    /// Train meshes of rotations on amplitudes (QRFNN, QDFNN), compare them, and attack them
    Amplitudes(Box<amplitudes::Args>),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Optimizer {
    /// RMSProp, as in the paper
    Rmsprop,
    /// Adam
    Adam,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// epoch-010.safetensors
    Safetensors,
    /// epoch-010.json
    Json,
}

/// The table of epochs in the folder.
const LOG_NAME: &str = "log.csv";
/// The page that some trainings leave.
const PAGE_NAME: &str = "report.html";
/// Those of comparisons, which may stand beside it.
const ABLATION_PAGE: &str = "ablation.html";
const ATTACKS_PAGE: &str = "attacks.html";

/// What a training goes on from.
const STATE_NAME: &str = "training.json";

impl Cli {
    /// Options that every command has: those of the task, where there is one.
    fn common(&self) -> &Common {
        match &self.task {
            Some(Task::Entanglement(args)) => &args.common,
            Some(Task::Quanvolution(args)) => &args.common,
            Some(Task::Amplitudes(args)) => &args.common,
            None => &self.common,
        }
    }
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, Cli::common, |cli| match &cli.task {
        Some(Task::Entanglement(args)) => entanglement::run(args),
        Some(Task::Quanvolution(args)) => quanvolution::run(args),
        Some(Task::Amplitudes(args)) => amplitudes::run(args),
        None => run(cli),
    })
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let (Some(data), Some(folder)) = (&cli.data, &cli.output) else {
        return Err("expected --data DATA and -o DIR".into());
    };
    let inputs = [&cli.data, &cli.labels, &cli.test_data, &cli.test_labels].into_iter().flatten();
    let written = written_over(folder).into_iter().chain(cli.common.report_file());
    spare_inputs(inputs, &written.collect::<Vec<_>>())?;
    need_places(&cli.common.report_file(), Some(folder))?;
    let training = labelled(data, cli.labels.as_deref(), Split::Train, None)?;
    let inputs = training.inputs[0].len();
    if !cli.common.quiet {
        note_samples(data, &training);
    }
    let test = match &cli.test_data {
        Some(path) => Some(labelled(path, cli.test_labels.as_deref(), Split::Test, Some(inputs))?),
        None => read_test_rows(data, cli.labels.as_deref(), Some(inputs)).map_err(|error| error.to_string())?,
    };
    let of_test = test.iter().flat_map(|t| t.labels.iter().flatten());
    let classes = training.labels.iter().flatten().chain(of_test).max().map_or(1, |top| top + 1);
    if classes > 4096 {
        return Err(format!(
            "{}: a label is {}, expected classes counted from 0, at most 4096",
            data.display(),
            classes - 1
        )
        .into());
    }
    let architecture = Architecture {
        inputs,
        dim: cli.dim.into(),
        blocks: cli.blocks.into(),
        classes,
        alpha: cli.alpha,
        activation: cli.activation,
    };
    let recipe = Recipe {
        rule: match cli.optimizer {
            Optimizer::Rmsprop => Rule::RmsProp,
            Optimizer::Adam => Rule::Adam,
        },
        rate: cli.rate,
        weight_decay: cli.weight_decay,
        batch: cli.batch as usize,
        epochs: cli.epochs,
        fraction: cli.fraction,
        seed: cli.seed,
    };
    let name = name_of(cli.name.as_ref(), folder);
    let mut state = resumed(folder, &name, &architecture, &recipe)?;
    bind(&mut state, folder, &[&training])?;
    if !cli.common.quiet {
        note_untaught(data, &training, classes);
    }
    let set = TrainingSet::choose(&training, recipe.fraction, recipe.seed);
    let keep = |state: &TrainingState| save(cli, folder, state, &architecture, &recipe);
    let pace = Pace { every: cli.every, quiet: cli.common.quiet };
    let test_error = |network: &Network| test.as_ref().map(|test| error_on(network, test));
    in_folder(folder, || epochs(&pace, &recipe, &mut state, &set, test_error, keep))?;
    if !cli.common.quiet {
        note_dead(&name, &state.network, test.as_ref().unwrap_or(&training));
    }
    show(cli, &state, set.len())?;
    Ok(ExitCode::from(HOLDS))
}

/// Refuses to go on with a training on other samples, and remembers which these are.
fn bind<N: Trained>(state: &mut TrainingState<N>, folder: &Path, samples: &[&Samples]) -> Result<(), String> {
    let digest = digest(samples);
    if state.data.as_ref().is_some_and(|data| *data != digest) {
        let path = folder.join(STATE_NAME);
        return Err(format!("{}: belongs to a training on other data: choose another folder", path.display()));
    }
    state.data = Some(digest);
    Ok(())
}

/// The name of the network: that of the folder, if none is given.
fn name_of(given: Option<&String>, folder: &Path) -> String {
    given.cloned().unwrap_or_else(|| {
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        whole.file_name().map_or("network".into(), |name| name.to_string_lossy().into_owned())
    })
}

/// A number that tells these samples from others, FNV-1a of 64 bits over all entries and labels, in hexadecimal.
fn digest(samples: &[&Samples]) -> String {
    let entries = samples.iter().flat_map(|samples| samples.inputs.iter().flatten()).map(|v| v.to_bits());
    let labels = samples.iter().flat_map(|samples| samples.labels.iter().flatten()).map(|label| *label as u64);
    let bytes = entries.chain(labels).flat_map(u64::to_le_bytes);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// What the folder has already and a training writes over.
fn written_over(folder: &Path) -> Vec<PathBuf> {
    let names = [LOG_NAME, STATE_NAME, PAGE_NAME, ABLATION_PAGE, ATTACKS_PAGE];
    let written = |name: &str| names.contains(&name) || name.starts_with("epoch-");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|e| e.file_name().to_str().is_some_and(written)).map(|e| e.path()).collect()
}

/// Samples with labels, of the size given or whatever size they have.
fn labelled(path: &Path, labels: Option<&Path>, split: Split, inputs: Option<usize>) -> Result<Samples, String> {
    let samples = read_samples(path, labels, inputs, split).map_err(|error| error.to_string())?;
    if samples.labels.is_none() {
        return Err(format!("{}: no labels: name their file with --labels or --test-labels", path.display()));
    }
    Ok(samples)
}

/// The state in the folder, or a new one.
fn resumed<N: Trained>(
    folder: &Path,
    name: &str,
    shape: &N::Shape,
    recipe: &Recipe,
) -> Result<TrainingState<N>, String> {
    let path = folder.join(STATE_NAME);
    match std::fs::read(&path) {
        Ok(text) => {
            TrainingState::from_json(&text, name, shape, recipe).map_err(|error| format!("{}: {error}", path.display()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(TrainingState::new(name, shape, recipe)),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Writes checkpoint, log and state, the state last: what it counts as done is there.
fn save(
    cli: &Cli,
    folder: &Path,
    state: &TrainingState,
    architecture: &Architecture,
    recipe: &Recipe,
) -> Result<(), String> {
    let (ending, content) = match cli.format {
        Format::Safetensors => {
            ("safetensors", write_tensors(&state.network).expect("all blocks were made with one alpha"))
        }
        Format::Json => ("json", write_json(&state.network).into_bytes()),
    };
    keep(folder, state, ending, content, state.to_json(architecture, recipe))
}

/// Writes a checkpoint, the log and the state.
fn keep<N>(
    folder: &Path,
    state: &TrainingState<N>,
    ending: &str,
    checkpoint: Vec<u8>,
    text: String,
) -> Result<(), String> {
    let files = [
        (format!("epoch-{:03}.{ending}", state.epoch), checkpoint),
        (LOG_NAME.into(), log(&state.records).into_bytes()),
        (STATE_NAME.into(), text.into_bytes()),
    ];
    files.iter().try_for_each(|(name, content)| {
        write_atomically(&folder.join(name), content).map_err(|error| error.to_string())
    })
}

fn log(records: &[EpochRecord]) -> String {
    let mut out = String::from("epoch,loss,training_error,test_error");
    (1..=records[0].norms.len()).for_each(|layer| out.push_str(&format!(",gradient_{layer}")));
    out.push('\n');
    for r in records {
        let test = r.test_error.map_or_else(String::new, |e| e.to_string());
        let norms: String = r.norms.iter().map(|norm| format!(",{norm}")).collect();
        out.push_str(&format!("{},{},{},{test}{norms}\n", r.epoch, r.loss, r.training_error));
    }
    out
}

fn show(cli: &Cli, state: &TrainingState, samples: usize) -> Result<(), String> {
    let parameters = state.network.parameters().len();
    let network = &state.network.name;
    cli.common.report(COMMAND, TrainReport { network, samples, parameters, epochs: &state.records })?;
    if cli.common.tells() {
        print(&format!("{}\n{samples} samples, {parameters} parameters\n", epoch_table(&state.records, 20)))?;
    }
    Ok(())
}

fn share(text: &str) -> Result<f64, String> {
    tolerance(text).ok().filter(|a| 0.0 < *a && *a < 1.0).ok_or("expected a number strictly between 0 and 1".into())
}

fn fraction(text: &str) -> Result<f64, String> {
    tolerance(text).ok().filter(|s| 0.0 < *s && *s <= 1.0).ok_or("expected a number above 0, at most 1".into())
}

fn activation(text: &str) -> Result<Activation, String> {
    serde_json::from_value(json!(text)).map_err(|_| "expected relu, sigmoid, softplus, exp or square".into())
}
