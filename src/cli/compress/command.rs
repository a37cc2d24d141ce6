//! The options of hqrn-compress.

use crate::cli::arguments::{Common, slack, tolerance};
use crate::compression::{Goal, Plan};
use clap::Parser;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  hqrn-compress circuits/digits.json --rank 8 -o small.json
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --rank 4 -o small.json
  hqrn-compress net.json --data train-images-idx3-ubyte.gz --test-data t10k-images-idx3-ubyte.gz \\
      --max-cx 500 --finetune --checkpoint tuning.json -o small.json
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --max-cx 64 --variational \\
      --finetune --finetune-executions 1.92e6 -o small.json      128 CZ a block, on a line
  hqrn-compress net.json --max-error 0.01 -o small.json
  hqrn-compress net.json --max-error 0.01 --variational -o small.json   one circuit for both signs
  hqrn-compress circuits/digits.json --data circuits/digits.csv.gz --pareto pareto.html
  hqrn-compile small.json -o out/                       exact to what small.json says

Fitting uses the training rows only, the report judges on the test rows. Exit codes: 0 done, 2 bad input.";

/// The command's name.
pub const COMMAND: &str = "hqrn-compress";

/// Compress a network: factors of low rank or variational circuits for few gates, gamma held down for few shots
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Weights as JSON or .safetensors; - reads standard input
    #[arg(required_unless_present_any = ["completions", "man", "report_schema"])]
    pub weights: Option<PathBuf>,
    /// The compressed network, weights JSON
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["pareto", "completions", "man", "report_schema"])]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub goal: GoalArgs,
    /// Inputs of the kind that will be run: errors count where they bring states; CSV, IDX or NPY
    #[arg(long, value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "data")]
    pub labels: Option<PathBuf>,
    /// Inputs to judge on; rows marked 'test' of --data if left out
    #[arg(long, value_name = "DATA")]
    pub test_data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "test_data")]
    pub test_labels: Option<PathBuf>,
    /// Fit on the first N training rows only
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// What gamma at its bound weighs against the relative squared error: more for fewer shots [default: 1e-4]
    #[arg(long, value_name = "L", value_parser = tolerance)]
    pub gamma_weight: Option<f64>,
    /// Evaluations that the fit of a block may take; 3000 if left out, 500 for a variational circuit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub evaluations: Option<u32>,
    /// With --max-cx or --max-error: in place of factors, one variational circuit for both signs of a block, which does more with a
    /// gate and takes fewer shots
    #[arg(long, requires = "GoalArgs")]
    pub variational: bool,
    /// Of circuits that --max-error asks for: gamma over the least it can be [default: 1.5]
    #[arg(long, value_name = "S", requires = "variational", value_parser = slack)]
    pub slack: Option<f64>,
    /// Which qubits a variational circuit joins: line, heavy-hex, square, all, or a coupling map as JSON, of which it takes a
    /// part; what neighbours on the machine needs no routing
    #[arg(long, value_name = "EDGES", default_value = "line", requires = "variational")]
    pub edges: String,
    /// Then move all factors or angles and all biases together, towards the original network's outputs on --data; with
    /// variational circuits the head as well, for basis inputs that are measured once and serve every sample
    #[arg(long, requires = "data")]
    pub finetune: bool,
    /// Stages of that, 100,000 samples and mixtures of two each; of variational circuits the first two fifths have even shots
    /// and look at the labels, the others allot shots by what they do to the outputs
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(0..=100_000), requires = "finetune")]
    pub stages: u32,
    /// Variational circuits, fit and finetuning: so many executions in all are to do, over all basis inputs of all blocks:
    /// 6.4e5, 2e6; 3000 for each if left out
    #[arg(long, value_name = "E", requires = "variational", value_parser = executions)]
    pub finetune_executions: Option<f64>,
    /// Variational circuits: the share of shots that survive the machine's noise, above 0 and at most 1: learn with the noise
    /// of the others, which readings are scaled up for
    #[arg(long, value_name = "P", default_value_t = 1.0, requires = "finetune")]
    pub finetune_survival: f64,
    /// Variational circuits: the machine whose figures say that share, on the qubits of it that suit them best: files as
    /// hqrn-compile --machine takes them
    #[arg(long, value_name = "FILE", requires = "finetune", requires = "variational", conflicts_with_all = ["finetune_survival", "finetune_shots"])]
    pub finetune_machine: Option<PathBuf>,
    /// Variational circuits: what the labels of --data weigh against the network's outputs in the first stages, 0 to 1
    #[arg(long, value_name = "L", default_value_t = 0.3, requires = "finetune")]
    pub finetune_labels: f64,
    /// Variational circuits: inputs are square images; in the stages with allotted shots learn from rows whose pixels vary by
    /// some 30 % and that are moved by up to so many pixels, 0 to 1
    #[arg(
        long,
        value_name = "PIXELS",
        requires = "finetune",
        requires = "variational",
        conflicts_with = "finetune_shots"
    )]
    pub finetune_shift: Option<f64>,
    /// Learn with the noise of so many shots a block for each sample instead, so that fewer will do: 1e3, 1e4
    #[arg(long, value_name = "S", requires = "finetune", conflicts_with = "finetune_executions", value_parser = tolerance)]
    pub finetune_shots: Option<f64>,
    /// Keep finished stages in this file, and go on from it
    #[arg(long, value_name = "FILE", requires = "finetune")]
    pub checkpoint: Option<PathBuf>,
    /// In place of one network, a page with all: every rank, circuits of several sizes, the exact one near the counting bound, every
    /// choice of phases; their gates, shots and labels
    #[arg(long, value_name = "PAGE", conflicts_with_all = ["output", "rank", "max_error", "max_cx", "variational", "finetune"])]
    pub pareto: Option<PathBuf>,
    /// Look for the shots with which this share of the labels differs
    #[arg(long, value_name = "D", default_value_t = 0.02)]
    pub disagreement: f64,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub common: Common,
}

/// What to compress to.
#[derive(clap::Args, Debug)]
#[group(multiple = false)]
pub struct GoalArgs {
    /// Rank of every sign of every block
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u16).range(1..))]
    pub rank: Option<u16>,
    /// In every block the smallest rank, or with --variational the fewest gates that are found, with max |W' - W| at most E times
    /// max |W|
    #[arg(long, value_name = "E", value_parser = tolerance, conflicts_with = "finetune")]
    pub max_error: Option<f64>,
    /// Ranks block by block, for at most G CX a sign in the mean
    #[arg(long, value_name = "G", value_parser = tolerance)]
    pub max_cx: Option<f64>,
}

/// A whole number of executions, written as people do.
fn executions(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (1.0..=9e15).contains(&value) && value.fract() == 0.0 => Ok(value),
        _ => Err("expected a whole number from 1 to 9e15, like 1920000 or 2e6".into()),
    }
}

impl Cli {
    /// Refuses numbers that are out of range.
    pub fn check(&self) -> Result<(), String> {
        if self.variational && self.goal.rank.is_some() {
            return Err("--rank is of factors: --variational goes with --max-cx or --max-error".into());
        }
        if self.slack.is_some() && self.goal.max_error.is_none() {
            return Err("--slack goes with --max-error: with --max-cx, gamma is fitted".into());
        }
        if self.variational && self.goal.max_error.is_some() {
            let of_fits =
                [("--gamma-weight", self.gamma_weight.is_some()), ("--evaluations", self.evaluations.is_some())];
            if let Some((name, _)) = of_fits.iter().find(|(_, given)| *given) {
                return Err(format!(
                    "{name} is of fits: circuits that --max-error asks for are searched for, at the gamma of --slack"
                ));
            }
        }
        if let Some(shots) = self.finetune_shots.filter(|shots| *shots < 1.0) {
            return Err(format!("--finetune-shots {shots}: expected at least 1"));
        }
        if !(self.finetune_survival > 0.0 && self.finetune_survival <= 1.0) {
            return Err(format!("--finetune-survival {}: expected above 0, at most 1", self.finetune_survival));
        }
        if let Some(shift) = self.finetune_shift.filter(|shift| !(0.0..=1.0).contains(shift)) {
            return Err(format!("--finetune-shift {shift}: expected 0 to 1 pixels"));
        }
        if !(0.0..=1.0).contains(&self.finetune_labels) {
            return Err(format!("--finetune-labels {}: expected 0 to 1", self.finetune_labels));
        }
        Ok(())
    }

    /// What gamma weighs in a fit.
    pub fn gamma_weight(&self) -> f64 {
        self.gamma_weight.unwrap_or(Plan::default().gamma_weight)
    }

    /// What the fit of a block may take.
    pub fn evaluations(&self, goal: Goal) -> usize {
        self.evaluations.map_or(goal.usual_limit(), |limit| limit as usize)
    }
}
