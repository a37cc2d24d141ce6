//! Counts that a backend returned, read by a program's contract (docs/method.md, section 10).

mod columns;
mod doubt;
mod estimate;
mod formats;
mod keys;
mod layer;
mod records;
mod segment;
mod table;
mod tiles;
mod words;

pub use columns::{ColumnsEstimate, StateEstimate, estimate_columns};
pub use doubt::{Better, Doubt, doubt};
pub use estimate::{BlockEstimate, Estimate, estimate_block};
pub use formats::{CountsFile, read_counts, read_counts_of_many};
pub use layer::{
    LayerCountsError, LayerDoubt, LayerRun, PatchEstimate, StreamEstimate, check_angles, estimate_patches,
    estimate_stream, layer_doubt, stream_of_programs,
};
pub use segment::{SegmentEstimate, estimate_segment};
pub use tiles::{counts_by_tile, pooled};
pub use words::{Counts, CountsError};
