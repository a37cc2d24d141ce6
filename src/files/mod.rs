//! What all files have in common: they say what they are, and are there whole or not at all.

mod envelope;
mod write;

pub use envelope::{Format, JsonError, check_json, read_file, read_json, version_of};
pub use write::{FileError, write_atomically};
