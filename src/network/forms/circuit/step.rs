//! The gates that variational circuits are made of.

/// A gate of a variational circuit, angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// `exp(-i θ Y / 2)` on a qubit.
    Ry(usize, f64),
    /// `exp(-i θ Z / 2)` on a qubit.
    Rz(usize, f64),
    /// Controlled Z on two qubits.
    Cz(usize, usize),
}
