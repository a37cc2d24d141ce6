//! Counts that a backend returned, read by a program's contract (docs/method.md, section 10).

mod doubt;
mod estimate;
mod formats;
mod keys;
mod records;
mod table;
mod words;

pub use doubt::{Better, Doubt, doubt};
pub use estimate::{BlockEstimate, Estimate, estimate_block};
pub use formats::{CountsFile, read_counts};
pub use words::{Counts, CountsError};
