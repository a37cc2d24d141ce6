//! Layers of quanvolutions to programs, and programs against layers (docs/method.md, section 14).
//!
//! ```text
//!  layer ── tile ───▶ one patch: encoding, gates, which parities are <Z>
//!        ── compile ▶ as many side by side as the machine holds ── text ──▶ read back
//!        ◀── verify ─ every patch apart, at the points that prove all angles ──┘
//! ```

mod compile;
mod grid;
mod manifest;
mod options;
mod patch;
mod report;
mod tile;
mod verify;

pub use compile::{LayerError, Patches, compile_layer};
pub use grid::Grid;
pub use manifest::{LayerManifest, ManifestLayer};
pub use options::LayerOptions;
pub use patch::{PatchPart, Pieces};
pub use report::{LayerReport, LayerReportError, compile_and_prove};
pub use verify::{Coefficient, LayerVerification, verify_layer};

#[cfg(test)]
mod tests;
