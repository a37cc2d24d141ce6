//! What was read, by path and digest, and what was written: reports say what they are of, and take nothing's place.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Files in the order in which they were first read; `None` where nobody asked.
static RECORD: Mutex<Option<Vec<InputRecord>>> = Mutex::new(None);

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InputRecord {
    /// Its path as it was given; `-` is standard input.
    pub path: PathBuf,
    /// SHA-256 of its bytes as they were read, in hexadecimal, as `sha256sum` prints it.
    pub sha256: String,
}

/// Files that were written; `None` where nobody asked.
static WRITTEN: Mutex<Option<Vec<PathBuf>>> = Mutex::new(None);

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// From now on, keeps a record of what [`read_input`](super::read_input) reads and of what
/// [`write_atomically`](super::write_atomically) writes.
pub fn keep_record() {
    if let Ok(mut record) = RECORD.lock() {
        record.get_or_insert_with(Vec::new);
    }
    if let Ok(mut written) = WRITTEN.lock() {
        written.get_or_insert_with(Vec::new);
    }
}

/// What was written, by the names it was written under.
pub fn written() -> Vec<PathBuf> {
    WRITTEN.lock().map_or_else(|_| vec![], |written| written.clone().unwrap_or_default())
}

/// Takes a file off the record of what was written.
pub fn forget_written(path: &Path) {
    if let Ok(mut written) = WRITTEN.lock()
        && let Some(files) = written.as_mut()
    {
        files.retain(|file| file != path);
    }
}

/// Puts a file that was written on record, if there is one.
pub(super) fn leave(path: &Path) {
    if let Ok(mut written) = WRITTEN.lock()
        && let Some(files) = written.as_mut()
        && !files.iter().any(|file| file == path)
    {
        files.push(path.to_owned());
    }
}

/// The record, by path: files are read by several threads, in any order.
pub fn record() -> Vec<InputRecord> {
    let mut files = RECORD.lock().map_or_else(|_| vec![], |record| record.clone().unwrap_or_default());
    files.sort();
    files.dedup();
    files
}

/// Puts a file on record, if there is one.
pub(super) fn enter(path: &Path, bytes: &[u8]) {
    if let Ok(mut record) = RECORD.lock()
        && let Some(files) = record.as_mut()
    {
        files.push(InputRecord { path: path.to_owned(), sha256: digest(bytes) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_on_record_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc.txt");
        std::fs::write(&file, "abc").unwrap();
        super::super::read_input(&file).unwrap();
        keep_record();
        super::super::read_input(&file).unwrap();
        super::super::read_input(&file).unwrap();
        let found: Vec<InputRecord> = record().into_iter().filter(|r| r.path == file).collect();
        // FIPS 180-4, the example of one block.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into();
        assert_eq!(found, [InputRecord { path: file, sha256 }]);
        let made = folder.path().join("made.txt");
        super::super::write_atomically(&made, "1").unwrap();
        super::super::write_atomically(&made, "2").unwrap();
        assert_eq!(written().iter().filter(|path| **path == made).count(), 1);
        forget_written(&made);
        assert!(!written().contains(&made));
    }
}
