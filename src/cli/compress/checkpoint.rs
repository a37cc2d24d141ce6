//! The file that keeps the stages of a finetuning, so that a killed run goes on where it was.

use crate::compression::ColumnState;
use crate::files::{Format, read_file, write_atomically};
use crate::network::{Network, read_bytes, write_json};
use crate::training::Optimiser;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How far a finetuning is.
pub struct Checkpoint {
    path: Option<PathBuf>,
    /// The network it started from, as text, and the options.
    start: String,
    /// Stages done.
    pub stages: u32,
    /// The network after them; nothing if none is done.
    pub network: Option<Network>,
    /// The same with what the optimiser remembers, where stages go on from that.
    pub columns: Option<ColumnState>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u32,
    start: String,
    stages: u32,
    network: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimiser: Option<OptimiserFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OptimiserFile {
    steps: u64,
    mean: Vec<f64>,
    square: Vec<f64>,
}

const FORMAT: Format = Format { name: "hqrn-finetuning", named: true, newest: 1 };

/// Whether a path is a pipe or a device, which has nothing to go on from, and perhaps no end.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

impl Checkpoint {
    /// Reads the file, if there is one; it must have started from this network, with these options.
    pub fn open(path: Option<&Path>, start: &Network, options: &str) -> Result<Checkpoint, String> {
        let start = write_json(start) + options;
        let new = Checkpoint { path: path.map(Path::to_owned), start, stages: 0, network: None, columns: None };
        let Some(path) = path.filter(|path| path.exists() && !is_stream(path)) else { return Ok(new) };
        let wrong = |message: String| format!("{}: {message}", path.display());
        let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let file: File = read_file(&text, &FORMAT).map_err(|error| wrong(error.to_string()))?;
        if file.start != new.start {
            return Err(wrong("is of another network or other options: remove it, or name another file".into()));
        }
        let network = read_bytes(file.network.as_bytes(), "small").map_err(|error| wrong(error.to_string()))?;
        let count = ColumnState::moving(&network);
        let columns = match file.optimiser {
            None => None,
            Some(kept) if kept.mean.len() == count && kept.square.len() == count => Some(ColumnState {
                network: network.clone(),
                stages: file.stages,
                optimiser: Optimiser { steps: kept.steps, mean: kept.mean, square: kept.square },
            }),
            Some(_) => return Err(wrong(format!("optimiser: expected {count} numbers in mean and in square"))),
        };
        Ok(Checkpoint { stages: file.stages, network: Some(network), columns, ..new })
    }

    /// One more stage is done.
    pub fn keep(&mut self, network: &Network) -> Result<(), String> {
        self.stages += 1;
        self.write(network, None)
    }

    /// The stages of this state are done.
    pub fn keep_columns(&mut self, state: &ColumnState) -> Result<(), String> {
        self.stages = state.stages;
        let Optimiser { steps, mean, square } = state.optimiser.clone();
        self.write(&state.network, Some(OptimiserFile { steps, mean, square }))
    }

    fn write(&self, network: &Network, optimiser: Option<OptimiserFile>) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let file = File {
            format: FORMAT.name.into(),
            version: 1,
            start: self.start.clone(),
            stages: self.stages,
            network: write_json(network),
            optimiser,
        };
        let text = serde_json::to_string(&file).map_err(|error| error.to_string())?;
        write_atomically(path, text).map_err(|error| error.to_string())
    }
}
