//! One circuit for both signs of W, exact, with hardly more gates than counting angles allows (docs/method.md, section 16).
//!
//! ```text
//!  W / γ ── search ──▶ sizes and starts ── brickwork ──▶ a circuit of neighbours on a line, its angles open
//!                          │                                  │
//!                          ◀── Levenberg-Marquardt ◀── equations: N² residuals and all derivatives, by sweeps
//! ```
//!
//! The compiler asks for exact circuits only. Compression asks for circuits [within](approximate_joint) an error, with fewer gates.

mod brickwork;
mod equations;
mod schedule;
mod search;
mod sweep;
mod watch;
mod within;

pub use brickwork::{Brickwork, Entangler, Turn};
pub use equations::JointEquations;
pub use schedule::{Expected, expected, fewest_pairs};
pub use search::{
    Ground, Joint, JointOptions, MAX_JOINT_DIM, NoJoint, continue_joint, is_fit, joint_key, synthesise_joint,
};
pub use watch::{Attempt, JointState, Unwatched, Watch};
pub use within::approximate_joint;

#[cfg(test)]
mod tests;

/// The fewest gates whose angles are as many as the equations of an N x N block on q qubits: `⌈(N² - q)/4⌉` CZ.
pub fn counting_bound(dim: usize, joins: Entangler) -> usize {
    Brickwork::least_gates(dim, joins)
}
