//! The options of `--estimate`.

use crate::estimate::{EstimateOptions, QubitModel, SHOT_ERROR, ShotRule};
use clap::Args;
use std::path::PathBuf;

/// What to estimate, and for which machine.
#[derive(Args, Debug)]
#[command(next_help_heading = "Estimate")]
pub struct EstimateArgs {
    /// Tell what the programs take once errors are corrected: T states, physical qubits, seconds a label; with a file also as JSON,
    /// with logical counts as the QDK takes them
    #[arg(long, value_name = "FILE.json", num_args = 0..=1, require_equals = true)]
    estimate: Option<Option<PathBuf>>,
    /// How likely a shot may go wrong, a third of it each by logical errors, by T states and by rotations
    #[arg(long, value_name = "E", default_value = "1e-3", requires = "estimate", value_parser = share)]
    error_budget: f64,
    /// The physical qubits, by the QDK's names: gates of ns or us, errors of 1e-3 or 1e-4
    #[arg(long, value_name = "MODEL", default_value = "qubit_gate_ns_e3", requires = "estimate", value_parser = model)]
    qubit_model: QubitModel,
    /// Shots of a block for a label [default: so many that entries of W y have a standard deviation of at most 1 % of the largest |W|]
    #[arg(long, value_name = "NS", requires = "estimate", value_parser = shots)]
    label_shots: Option<u64>,
}

fn share(text: &str) -> Result<f64, String> {
    let given = text.parse::<f64>().ok().filter(|value| *value > 0.0 && *value < 1.0);
    given.ok_or_else(|| "expected a number above 0 and below 1, like 1e-3".into())
}

fn model(name: &str) -> Result<QubitModel, String> {
    let names = || QubitModel::ALL.map(|model| model.name).join(", ");
    QubitModel::named(name).ok_or_else(|| format!("expected one of {}", names()))
}

/// A whole number from 1 to 1e15, which may have an exponent.
fn shots(text: &str) -> Result<u64, String> {
    let given = text.parse::<f64>().ok().filter(|value| (1.0..=1e15).contains(value) && value.fract() == 0.0);
    given.map(|value| value as u64).ok_or_else(|| "expected a whole number from 1 to 1e15, like 1e4".into())
}

impl EstimateArgs {
    /// The file that it is written to.
    pub fn file(&self) -> Option<&PathBuf> {
        self.estimate.as_ref()?.as_ref()
    }

    /// Whether it is asked for.
    pub fn is_wanted(&self) -> bool {
        self.estimate.is_some()
    }

    /// What is asked for, if anything is.
    pub fn options(&self) -> Option<EstimateOptions> {
        let shots = self.label_shots.map_or(ShotRule::Error(SHOT_ERROR), ShotRule::Given);
        self.is_wanted().then_some(EstimateOptions { error: self.error_budget, model: self.qubit_model, shots })
    }

    /// Refuses an estimate of what is no program of a residual block.
    pub fn refuse(&self, what: &str) -> Result<(), String> {
        match &self.estimate {
            Some(_) => Err(format!("--estimate is for networks of residual blocks, these are {what}")),
            None => Ok(()),
        }
    }
}
