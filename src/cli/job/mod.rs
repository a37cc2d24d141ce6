//! `hqrn-job`: a whole network as one job for a machine: what it will say and cost, the file to send, what came back.

mod collect;
mod data;
mod folder;
mod found;
mod origin;
mod page;
mod plan;
mod rehearse;
mod show;

use crate::cli::arguments::{Common, main_of};
use crate::cli::printing::Failure;
use crate::job::Step;
use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-job plan circuits/digits-small.json --machine circuits/boston-line.json \\
      --data circuits/digits.csv.gz --executions 6.4e5 -o plan/
  python examples/submit/run_job.py plan/ --backend ibm_boston  sends it: leaves plan/result.json
  python examples/submit/run_job.py plan/ --fake FakeBoston     the same of a fake machine, here
  hqrn-job rehearse plan/ -o rehearsed.json                     or drawn from what was promised
  hqrn-job collect plan/ --measured measured.json --report job.html

For diagonal states the machine is a table that is measured once: the N basis inputs of every block answer every sample, and all \
else is classical. Exit codes: 0 done, 1 nothing of W is to be seen in what came back, 2 bad input; of the last two nothing but \
the report of --json is written.";

/// The command's name.
pub const COMMAND: &str = "hqrn-job";

/// Plan a whole network as one job for a machine, and collect what it said
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Choose qubits, copies and shots, say what it will cost and how many labels will hold, and write the job
    #[command(mut_arg("data", |data| data.required(true)))]
    Plan(Box<plan::Args>),
    /// Read what came back: W of every block, labels, and how far all of it is from what was promised
    Collect(Box<collect::Args>),
    /// Draw a result from what was promised, in place of a machine
    Rehearse(Box<rehearse::Args>),
}

/// Steps of mitigation, each upon those before it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StepArg {
    /// Counts as they are
    Raw,
    /// Readout errors taken out, qubit by qubit
    Inverted,
    /// W multiplied with one number a block
    Scaled,
    /// Biases shifted by what is missing of the mean training state
    Shifted,
    /// Biases and head fitted to the network's own outputs on training rows
    Refitted,
}

impl StepArg {
    /// The step as the library takes it.
    fn step(self) -> Step {
        match self {
            StepArg::Raw => Step::Raw,
            StepArg::Inverted => Step::Inverted,
            StepArg::Scaled => Step::Scaled,
            StepArg::Shifted => Step::Shifted,
            StepArg::Refitted => Step::Refitted,
        }
    }
}

impl Cli {
    /// Options that every command has: those of the task, where there is one.
    fn common(&self) -> &Common {
        match &self.task {
            Some(Task::Plan(args)) => &args.common,
            Some(Task::Collect(args)) => &args.common,
            Some(Task::Rehearse(args)) => &args.common,
            None => &self.common,
        }
    }
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, Cli::common, |cli| match &cli.task {
        Some(Task::Plan(args)) => plan::run(args),
        Some(Task::Collect(args)) => collect::run(args),
        Some(Task::Rehearse(args)) => rehearse::run(args),
        None => Err(Failure::from("expected plan, collect or rehearse, see --help")),
    })
}
