//! The content of a data file, unpacked, and what is said of a file that holds no data.

use crate::files::{one_line, read_input};
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file that holds no samples. The message names file and place.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct SamplesError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong and where.
    pub problem: String,
}

impl SamplesError {
    /// Of this file; the problem becomes one line, whatever it quotes.
    pub(super) fn new(path: &Path, problem: &str) -> SamplesError {
        SamplesError { path: path.to_owned(), problem: one_line(problem) }
    }
}

/// The file's content, unpacked if it is gzipped.
pub(super) fn read_unpacked(path: &Path) -> Result<Vec<u8>, SamplesError> {
    let wrong = |problem: String| SamplesError::new(path, &problem);
    let bytes = read_input(path).map_err(|error| wrong(error.to_string()))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = vec![];
    let read = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
    read.map_err(|error| wrong(format!("damaged gzip data: {error}")))?;
    Ok(unpacked)
}
