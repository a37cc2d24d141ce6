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

/// How files begin that others pack otherwise.
const OTHERS: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "a zip archive, like .npz: unpack it"),
    (b"BZh", "packed by bzip2"),
    (b"\xfd7zXZ\0", "packed by xz"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd"),
    (b"\x89HDF", "an HDF5 file"),
];

/// The file's content, unpacked if it is gzipped.
pub(super) fn read_unpacked(path: &Path) -> Result<Vec<u8>, SamplesError> {
    let wrong = |problem: String| SamplesError::new(path, &problem);
    let bytes = read_input(path).map_err(|error| wrong(error.to_string()))?;
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(wrong(format!("{what}, expected data as it is or packed by gzip")));
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = vec![];
    let read = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
    read.map_err(|error| wrong(format!("damaged gzip data: {error}")))?;
    Ok(unpacked)
}
