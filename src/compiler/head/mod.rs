//! Quantum heads behind quanvolutions to programs of one image, and programs against heads (docs/method.md, section 14).

mod compile;
mod report;
mod verify;

pub use compile::{HeadError, compile_head};
pub use report::{HeadReport, HeadReportError, ManifestHead, compile_and_check_head};
pub use verify::{HeadVerification, verify_head};

#[cfg(test)]
mod tests;
