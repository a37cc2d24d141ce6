//! `hqrn-run`: what a network will do on hardware, before anyone pays for it.

mod output;
mod points;
mod settings;
mod state;

use self::points::Points;
use self::settings::{NoiseArgs, checkpoints, source, variants};
use crate::cli::arguments::{Common, Gamma, PhaseArg, refuse, start};
use crate::cli::printing::HOLDS;
use crate::cli::progress::Progress;
use crate::data::{Samples, Split, read_samples_or_states};
use crate::encoding::EncodingRule;
use crate::run::{Checkpoint, Point, Shots, Sweep, Variant};
use clap::{Parser, ValueEnum};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-run circuits/digits.json --data circuits/digits.csv.gz --shots 10000
  hqrn-run net.json --data digits.csv --circuits out/     run what is in compiled files
  hqrn-run net.json --data t10k-images-idx3-ubyte.gz --shots 1e3,1e4,inf --report run.html
  hqrn-run epochs/*.safetensors --data images.npy --labels labels.npy --points points.jsonl
  hqrn-run net.json --data digits.csv --noise trapped-ion --two-qubit-rate 1e-4,1e-3 --shots inf
  hqrn-run net.json --state rho.npy                       one density matrix, block by block
  hqrn-run bell/network.json --data bell/test.json        5,000 of them

Exit codes: 0 done, 2 bad input.";

/// Run networks as hardware would: circuits, finite shots, noise, labels, beside the classical network
#[derive(Parser, Debug)]
#[command(name = "hqrn-run", version, after_help = EXAMPLES)]
struct Cli {
    /// Weights as JSON or .safetensors; several are checkpoints of one network
    #[arg(required_unless_present_any = ["completions", "man"])]
    weights: Vec<PathBuf>,
    /// Labelled inputs: CSV, IDX images (labels beside them) or NPY, gzipped or not; or density matrices: complex NPY of
    /// shape [S, N, N], or JSON as hqrn-train entanglement writes it
    #[arg(long, value_name = "DATA", required_unless_present_any = ["state", "completions", "man"])]
    data: Option<PathBuf>,
    /// The labels, if they are in a file of their own: IDX, NPY, or CSV with a column 'label'
    #[arg(long, value_name = "FILE", requires = "data")]
    labels: Option<PathBuf>,
    /// Rows of a CSV with a column 'split'
    #[arg(long, value_enum, default_value_t = Rows::Test)]
    split: Rows,
    /// Run the first N samples only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Shots for p+ and again for p- of every block, or inf; several separated by commas
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_value = "1e4")]
    shots: Vec<Shots>,
    /// Compiled programs to run in place of the weights: a folder with a manifest, or .qasm files
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with = "gamma")]
    circuits: Vec<PathBuf>,
    /// How the normalisation gamma is chosen
    #[arg(long, value_enum, default_value_t = Gamma::Own)]
    gamma: Gamma,
    /// Which phases the entries of M have: other than nonnegative, fewer shots, as hqrn-compile chooses them
    #[arg(long, value_enum, default_value_t = PhaseArg::Nonnegative, conflicts_with_all = ["circuits", "state"])]
    phases: PhaseArg,
    /// Residual weights α to run in place of the network's own
    #[arg(long, value_name = "A,..", value_delimiter = ',', value_parser = share)]
    alpha: Vec<f64>,
    /// Run this density matrix, .npy or .json, instead of samples
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "points", "report", "csv", "alpha", "limit"])]
    state: Option<PathBuf>,
    /// Keep finished points in this file, and take from it those that are finished already
    #[arg(long, value_name = "FILE")]
    points: Option<PathBuf>,
    /// Write a page with plots
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the numbers as a table
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Seed of everything random; the same seed gives the same numbers
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    noise: NoiseArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rows {
    /// Rows marked 'train'
    Train,
    /// Rows marked 'test'
    Test,
}

impl Cli {
    /// How weights become contractions.
    fn encoding(&self) -> EncodingRule {
        EncodingRule { gamma: self.gamma.rule(), phases: self.phases.phases(), seed: self.seed }
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
    let checkpoints = checkpoints(&cli.weights)?;
    let source = source(cli, &checkpoints)?;
    if let Some(path) = &cli.state {
        return state::run(cli, path, &checkpoints, &source);
    }
    let Some(data) = &cli.data else { return Err("expected --data DATA".into()) };
    // Found out now, not after an hour of running.
    for file in [&cli.report, &cli.csv, &cli.points].into_iter().flatten() {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) || file.is_dir() {
            return Err(format!("{}: expected a file in a folder that is there", file.display()));
        }
    }
    let samples = samples(cli, data, &checkpoints[0])?;
    if samples.density {
        state::note_phases(&source, &checkpoints[0].network);
    }
    let variants = variants(cli, &checkpoints)?;
    let sweep = Sweep::new(&samples, &source, &cli.shots, cli.seed);
    let points = run_all(cli, &sweep, &variants)?;
    output::write_files(cli, &checkpoints, data, &points)?;
    output::show(cli, &checkpoints[0].network, &points)
}

/// All points in order, from the file of finished ones or run now.
fn run_all(cli: &Cli, sweep: &Sweep<'_>, variants: &[Variant<'_>]) -> Result<Vec<Point>, String> {
    let keys: Vec<Vec<String>> = variants.iter().map(|variant| sweep.keys(variant)).collect();
    let mut finished = Points::open(cli.points.as_deref())?;
    let missing: Vec<Vec<usize>> =
        keys.iter().map(|keys| (0..keys.len()).filter(|&i| !finished.has(&keys[i])).collect()).collect();
    let progress = Progress::new(missing.iter().map(Vec::len).sum(), "running", "points", cli.common.quiet);
    for (variant, wanted) in variants.iter().zip(&missing) {
        let mut kept = Ok(());
        let ran = sweep.run(variant, wanted, |point| {
            progress.step();
            if kept.is_ok() {
                kept = finished.keep(point);
            }
        });
        ran.map_err(|error| format!("{}: {error}", variant.checkpoint.name))
            .and(kept)
            .inspect_err(|_| progress.finish())?;
    }
    progress.finish();
    Ok(keys.iter().flatten().filter_map(|key| finished.get(key)).collect())
}

/// The samples, which must have a label each if the network names classes.
fn samples(cli: &Cli, data: &Path, checkpoint: &Checkpoint) -> Result<Samples, String> {
    let network = &checkpoint.network;
    let split = match cli.split {
        Rows::Train => Split::Train,
        Rows::Test => Split::Test,
    };
    let read = read_samples_or_states(data, cli.labels.as_deref(), Some(network.input_dim()), split);
    let mut samples = read.map_err(|error| error.to_string())?;
    if let Some(limit) = cli.limit {
        samples.truncate(limit as usize);
    }
    let Some(head) = &network.head else { return Ok(samples) };
    let classes = head.bias.len();
    match &samples.labels {
        None => Err(format!("{}: no labels: name their file with --labels", data.display())),
        Some(labels) => match labels.iter().position(|label| *label >= classes) {
            Some(i) => Err(format!(
                "{}: sample {i} has label {}, the network has {classes} classes",
                data.display(),
                labels[i]
            )),
            None => Ok(samples),
        },
    }
}

/// Parses an α: strictly between 0 and 1.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("expected a number strictly between 0 and 1".into()),
    }
}
