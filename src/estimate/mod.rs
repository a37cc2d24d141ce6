//! What a circuit takes once errors are corrected: logical counts, then physical qubits and time by a published model.
//!
//! ```text
//! Circuit ── counts ──────▶ LogicalCounts ── physical ──▶ PhysicalEstimate
//!         ── multiplexed ─▶ qrom ─────────┘      │ code: a patch of the surface code, its distance, its cycle
//!                                                └ factories: rounds of distillation, the search among them
//! γ, W    ── shots ───────▶ shots of a label ─▶ block: seconds of a label
//! ```
//!
//! The model is that of Beverland et al., *Assessing requirements to scale to practical quantum advantage*,
//! arXiv:2211.07629 (2022), with the constants and the search for factories of the resource estimator in Microsoft's QDK, whose
//! figures come out to the digit (docs/estimates.md).

mod block;
mod code;
mod counts;
mod distillation;
mod factories;
mod multiplexed;
mod physical;
mod qrom;
mod quantile;
mod shots;

pub use block::{
    BlockEstimate, BlockEstimateError, EstimateOptions, ProgramEstimate, QromEstimate, ShotRule, estimate_block,
};
pub use code::QubitModel;
pub use counts::{Counted, LogicalCounts, count};
pub use distillation::Factory;
pub use multiplexed::{Multiplexed, multiplexed_rotations};
pub use physical::{EstimateError, PhysicalEstimate, ts_per_rotation};
pub use qrom::{QromCost, with_qrom};
pub use shots::{SHOT_ERROR, shots_of_label};
