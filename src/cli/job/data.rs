//! The rows of a job: those that decide, and those that are reported.

use crate::cli::inputs::note_samples;
use crate::data::{Samples, Split, read_samples, read_test_rows};
use crate::network::Network;
use clap::Args;
use std::path::PathBuf;

/// Where rows are.
#[derive(Args, Clone, Debug)]
pub struct DataArgs {
    /// Rows to report: CSV, IDX images (labels beside them) or NPY, gzipped or not; of a table with a column 'split' those marked 'test'
    #[arg(long, value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "data")]
    pub labels: Option<PathBuf>,
    /// Rows that decide: shots, means and refits are chosen by these alone [default: those of --data marked 'train']
    #[arg(long, value_name = "DATA")]
    pub train: Option<PathBuf>,
}

/// Both kinds of rows.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Rows that decide.
    pub training: Vec<Vec<f64>>,
    /// Rows that are reported.
    pub reported: Samples,
}

/// Training rows that are looked at, spread over all of them.
const MOST_TRAINING: usize = 6_000;

impl DataArgs {
    /// All files that are read.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.data.iter().chain(&self.labels).chain(&self.train)
    }

    /// Reads the rows.
    pub fn read(&self, network: &Network, quiet: bool) -> Result<Rows, String> {
        let Some(data) = &self.data else { return Err("expected --data DATA".into()) };
        let dim = Some(network.input_dim());
        let same = |train: &PathBuf| std::fs::canonicalize(train).ok() == std::fs::canonicalize(data).ok();
        if self.train.as_ref().is_some_and(same) {
            return Err(format!("--train {}: the rows that decide are those that are reported", data.display()));
        }
        let (training, reported) = match &self.train {
            Some(train) => (
                read_samples(train, None, dim, Split::Train),
                read_samples(data, self.labels.as_deref(), dim, Split::Test),
            ),
            None => {
                let test = read_test_rows(data, self.labels.as_deref(), dim).map_err(|error| error.to_string())?;
                let shown = data.display();
                let test = test.ok_or_else(|| {
                    format!("{shown}: no column 'split' that tells training rows: give them with --train DATA")
                })?;
                (read_samples(data, None, dim, Split::Train), Ok(test))
            }
        };
        let (training, reported) =
            (training.map_err(|error| error.to_string())?, reported.map_err(|error| error.to_string())?);
        let classes = network.head.as_ref().map_or(0, |head| head.bias.len());
        let beyond = reported.labels.iter().flatten().position(|label| *label >= classes);
        if let (Some(row), Some(labels)) = (beyond, &reported.labels) {
            let (label, shown) = (labels[row], data.display());
            return Err(format!(
                "{shown}: row {}: label {label}, the network names classes 0 to {}",
                row + 1,
                classes.max(1) - 1
            ));
        }
        if !quiet {
            note_samples(data, &reported);
        }
        let step = training.inputs.len().div_ceil(MOST_TRAINING);
        Ok(Rows { training: training.inputs.into_iter().step_by(step).collect(), reported })
    }
}
