//! What all files have in common: they say what they are, and are there whole or not at all.
//!
//! What is in a file is for those who read and write it.

mod envelope;
mod read;
#[cfg(feature = "cli")]
mod record;
mod write;

pub(crate) use envelope::typed;
pub use envelope::{Format, JsonError, check_json, check_no_null, one_line, read_file, read_json, version_of};
pub use read::{read_input, shown_input, without_mark};
#[cfg(feature = "cli")]
pub use record::{InputRecord, digest, forget_written, keep_record, record, written};
pub use write::{FileError, end_of_links, in_folder, sync, unless_closed, write_atomically};
