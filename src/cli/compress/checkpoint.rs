//! The file that keeps the stages of a finetuning, so that a killed run goes on where it was.

use crate::files::{Format, read_file, write_atomically};
use crate::network::{Network, read_bytes, write_json};
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
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u32,
    start: String,
    stages: u32,
    network: String,
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
        let new = Checkpoint { path: path.map(Path::to_owned), start, stages: 0, network: None };
        let Some(path) = path.filter(|path| path.exists() && !is_stream(path)) else { return Ok(new) };
        let wrong = |message: String| format!("{}: {message}", path.display());
        let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let file: File = read_file(&text, &FORMAT).map_err(|error| wrong(error.to_string()))?;
        if file.start != new.start {
            return Err(wrong("is of another network or other options: remove it, or name another file".into()));
        }
        let network = read_bytes(file.network.as_bytes(), "small").map_err(|error| wrong(error.to_string()))?;
        Ok(Checkpoint { stages: file.stages, network: Some(network), ..new })
    }

    /// One more stage is done.
    pub fn keep(&mut self, network: &Network) -> Result<(), String> {
        self.stages += 1;
        let Some(path) = &self.path else { return Ok(()) };
        let file = File {
            format: FORMAT.name.into(),
            version: 1,
            start: self.start.clone(),
            stages: self.stages,
            network: write_json(network),
        };
        let text = serde_json::to_string(&file).map_err(|error| error.to_string())?;
        write_atomically(path, text).map_err(|error| error.to_string())
    }
}
