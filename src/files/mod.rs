//! What every file that is written has in common: it is there whole or not at all.

mod write;

pub use write::{FileError, write_atomically};
