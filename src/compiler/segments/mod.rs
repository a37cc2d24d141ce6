//! Segments of amplitude networks to programs, and programs against segments, for every state (docs/method.md, section 15).

mod compile;
mod forms;
mod layered;
mod manifest;
mod one_hot;
mod parts;
mod prepared;
mod report;
mod spelt;
mod verify;

pub use compile::{Sample, SegmentMethod, SegmentOptions, compile_segment};
pub use manifest::{ManifestSegment, SegmentManifest};
pub use parts::SegmentError;
pub use prepared::with_input;
pub use report::{SegmentReport, SegmentReportError, compile_and_check_segment};
pub use spelt::{Spelt, spelt_amplitudes};
pub use verify::{SegmentVerification, verify_segment};

#[cfg(test)]
mod tests;
