//! One circuit for both signs of W, exact, with hardly more gates than counting angles allows (docs/method.md, section 16).
//!
//! ```text
//!  W / γ ── search ──▶ sizes and starts ── brickwork ──▶ a circuit of neighbours on a line, its angles open
//!                          │                                  │
//!                          ◀── Levenberg-Marquardt ◀── equations: N² residuals and all derivatives, by sweeps
//! ```

mod brickwork;
mod equations;
mod schedule;
mod search;
mod sweep;

pub use brickwork::{Brickwork, Turn};
pub use equations::JointEquations;
pub use schedule::fewest_pairs;
pub use search::{Attempt, Joint, JointOptions, MAX_JOINT_DIM, synthesise_joint};

#[cfg(test)]
mod tests;

/// The fewest CZ whose angles are as many as the equations of an N x N block on q qubits, `2^(q-1) N` of them: `⌈(N² - q)/4⌉`
/// where N is a power of two.
pub fn counting_bound(dim: usize) -> usize {
    Brickwork::least_gates(dim)
}
