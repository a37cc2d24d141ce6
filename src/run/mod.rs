//! Runs whole networks as hardware would: circuits, shots, residual mixing, labels (Alg. 1; docs/method.md, section 2).
//!
//! Circuits come in as they are: what they do with states, and what they cost, is all that is asked of them here.

mod allotment;
mod batch;
mod counts;
mod digest;
mod labels;
mod layers;
mod segments;
mod shots;
mod state;
mod sweep;
mod tally;
mod transitions;
mod whole;

pub use allotment::{Allotment, AllotmentError, FLOOR, ScoreVariance};
pub use batch::run_quantum;
pub use counts::{
    Better, BlockEstimate, ColumnsEstimate, Counts, CountsError, CountsFile, Doubt, Estimate, LayerCountsError,
    LayerDoubt, LayerRun, PatchEstimate, SegmentEstimate, StateEstimate, StreamEstimate, check_angles, counts_by_tile,
    doubt, estimate_block, estimate_columns, estimate_patches, estimate_segment, estimate_stream, layer_doubt, pooled,
    read_counts, read_counts_of_many, stream_of_programs,
};
pub use labels::{Disagreement, disagreement};
pub use layers::{
    LayerRunError, Measuring, PatchTable, layer_keys, layer_tables, program_table, run_layers, run_layers_classically,
};
pub use segments::{SegmentRunError, SegmentRuns, run_segments_classically, segment_cost, segment_keys};
pub use shots::{Shots, ShotsError};
pub use state::{BlockOperators, SignOperator, StateRun, StateStep, run_state};
pub use sweep::{
    Budget, Checkpoint, Disturbance, OnMachine, Point, RunError, Source, Stage, Sweep, Variant, compile_all, compile_on,
};
pub use tally::{ClassTally, Tally};
pub use transitions::{BlockTransitions, Inputs, Mitigated, SignTransitions};
pub use whole::run;
