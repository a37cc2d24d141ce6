//! The rows of a job: those that decide, and those that are reported.

use super::COMMAND;
use crate::cli::inputs::{note_samples, read_weights};
use crate::data::{Samples, Split, read_samples, read_test_rows};
use crate::job::Ground;
use crate::network::{FirstStates, Network, run_classically};
use clap::Args;
use std::path::{Path, PathBuf};

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
    /// Network whose labels are compared with, too: the one that this was compressed from
    #[arg(long, value_name = "WEIGHTS")]
    pub reference: Option<PathBuf>,
}

/// Both kinds of rows.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Rows that decide.
    pub training: Vec<Vec<f64>>,
    /// Rows that are reported.
    pub reported: Samples,
    /// Labels of them by the network to compare with, if there is one.
    reference: Option<Vec<usize>>,
}

/// Training rows that are looked at, spread over all of them.
const MOST_TRAINING: usize = 6_000;

impl Rows {
    /// What a network says of these rows, and what there is to compare it with.
    pub fn ground<'a>(&'a self, network: &'a Network) -> Ground<'a> {
        let ground = Ground::new(network, &self.training, &self.reported.inputs, self.reported.labels.as_deref());
        match &self.reference {
            Some(labels) => ground.with_reference(labels.clone()),
            None => ground,
        }
    }
}

impl DataArgs {
    /// All files that are read.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.data.iter().chain(&self.labels).chain(&self.train).chain(&self.reference)
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
        let reference = self.reference.as_ref().map(|path| labels_by(path, network, &reported)).transpose()?;
        let step = training.inputs.len().div_ceil(MOST_TRAINING);
        Ok(Rows { training: training.inputs.into_iter().step_by(step).collect(), reported, reference })
    }
}

/// What another network says of the rows; it has to take the same inputs and to name the same classes.
fn labels_by(path: &Path, network: &Network, rows: &Samples) -> Result<Vec<usize>, String> {
    let other = read_weights(COMMAND, path, true).map_err(|failure| failure.message().to_owned())?;
    let shape = |network: &Network| (network.input_dim(), network.head.as_ref().map_or(0, |head| head.bias.len()));
    let ((inputs, classes), (of, wanted)) = (shape(&other), shape(network));
    if (inputs, classes) != (of, wanted) {
        return Err(format!(
            "--reference {}: takes {inputs} inputs and names {classes} classes, the network {of} and {wanted}",
            path.display()
        ));
    }
    Ok(run_classically(&other, &FirstStates::of(&other, &rows.inputs).states).labels)
}
