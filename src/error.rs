//! One error for those who use the library by its front door.

use crate::compiler::{CompileError, ManifestError, ReportError, VerifyError};
use crate::compression::CompressError;
use crate::files::FileError;
use crate::network::NetworkError;
use crate::qasm::ProgramError;
use crate::run::{CountsError, RunError, ShotsError};
use crate::target::CouplingError;

/// Whatever can go wrong between weights and counts. The message is that of the station where it happened: it names the
/// place and what was expected.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Error {
    /// Weights that cannot be read.
    Network(#[from] NetworkError),
    /// Samples that cannot be read.
    #[cfg(feature = "data")]
    Samples(#[from] crate::data::SamplesError),
    /// A coupling map that cannot be read.
    Coupling(#[from] CouplingError),
    /// A block that cannot be compiled.
    Compile(#[from] CompileError),
    /// A block whose text cannot be read back or simulated.
    Report(#[from] ReportError),
    /// A network that cannot be compressed.
    Compress(#[from] CompressError),
    /// A program that cannot be read.
    Program(#[from] ProgramError),
    /// A manifest that cannot be read.
    Manifest(#[from] ManifestError),
    /// Programs that cannot be compared with weights.
    Verify(#[from] VerifyError),
    /// A network that cannot be run.
    Run(#[from] RunError),
    /// A text that is no number of shots.
    Shots(#[from] ShotsError),
    /// Counts that are not those of a program.
    Counts(#[from] CountsError),
    /// A file that cannot be written.
    File(#[from] FileError),
}
