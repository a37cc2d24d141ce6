//! One circuit for both signs of W, exact, with hardly more gates than counting angles allows (docs/method.md, section 16).
//!
//! ```text
//!  W / γ ── search ──▶ sizes and starts ── brickwork ──▶ a circuit of neighbours on a line, its angles open
//!                          │                                  │
//!                          ◀── Levenberg-Marquardt ◀── equations: N² residuals and all derivatives, by sweeps
//! ```

mod brickwork;
mod equations;
mod search;
mod sweep;

pub use brickwork::{Brickwork, Turn};
pub use equations::JointEquations;
pub use search::{
    GOAL, JointOptions, JointReport, JointSynthesis, MAX_JOINT_DIM, first_size, joint_bound, synthesise_joint,
};

#[cfg(test)]
mod tests;
