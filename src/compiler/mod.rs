//! Compiles a network to programs, verifies programs against a network, writes folders of them.
//!
//! A program is compared with its block by its text and contract alone, never by how it was made. Arguments and printing
//! are for the commands.

mod assemble;
mod choose;
mod comparison;
mod compile;
mod folder;
mod head;
mod joint;
mod layers;
mod manifest;
mod options;
mod proof;
mod report;
mod segments;
mod sign;
mod sort;
mod verify;
mod verify_prepared;
mod whole;

pub use assemble::CliffordTReport;
pub use comparison::{Check, Entry, Verification, Verified, VerifyError, readout_of};
pub use compile::{CompileError, Compiled, Part, PhaseReport, check_block, compile_block, compile_block_watched};
pub use folder::write_folder;
pub use head::{
    HeadError, HeadReport, HeadReportError, HeadVerification, ManifestHead, compile_and_check_head, compile_head,
    verify_head,
};
pub use joint::{JointOutcome, JointReport, entangler, has_joint, search_key};
pub use layers::{
    Coefficient, Grid, LayerError, LayerManifest, LayerOptions, LayerReport, LayerReportError, LayerVerification,
    ManifestLayer, PatchPart, Patches, Pieces, compile_and_prove, compile_layer, verify_layer,
};
pub use manifest::{MANIFEST_NAME, Manifest, ManifestBlock, ManifestError, manifest_version};
pub use options::{CompileOptions, Copies, InputRule, Method, OptionError, PhaseChoice};
pub use proof::{ColumnBound, Criterion, Proof, prove_block};
pub use report::{BlockReport, ReportError, compile_and_measure, compile_and_measure_watched};
pub use segments::{
    ManifestSegment, Sample, SegmentError, SegmentManifest, SegmentMethod, SegmentOptions, SegmentReport,
    SegmentReportError, SegmentVerification, Spelt, compile_and_check_segment, compile_segment, spelt_amplitudes,
    verify_segment, with_input,
};
pub use sort::group_by_block;
pub use verify::{reconstruct, verify_block};
pub use whole::{compile, prove, verify};
