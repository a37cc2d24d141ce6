//! The whole pipeline: compile a network to programs, verify programs against a network, write files.

mod assemble;
mod compile;
mod files;
mod labels;
mod manifest;
mod report;
pub mod run;
mod verify;

pub use assemble::AssemblyError;
pub use compile::{CompileError, CompileOptions, Compiled, Method, Part, PhaseChoice, compile_block};
pub use files::{FileError, write_atomically, write_folder};
pub use labels::{Disagreement, disagreement};
pub use manifest::{MANIFEST_NAME, Manifest, ManifestBlock, ManifestError};
pub use report::{BlockReport, ReportError, compile_and_measure};
pub use verify::{Check, Entry, Verification, Verified, VerifyError, group_by_block, reconstruct, verify_block};
