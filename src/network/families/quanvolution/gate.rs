//! The gates of a patch.

use serde::{Deserialize, Serialize};

/// Qubits of a patch.
pub(super) const QUBITS: usize = 4;

/// What a rotation turns about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// RX, as the paper's method has it (Eq. 3).
    #[default]
    X,
    /// RY, as in its motivating study (Fig. 2).
    Y,
    /// RZ, which other ansatzes have.
    Z,
}

/// A gate of a patch's circuit, its qubits 0 to 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// `exp(-i θ P / 2)` with P the axis, on a qubit, θ in radians.
    Turn(Axis, usize, f64),
    /// Controlled X, the control first.
    Cx(usize, usize),
    /// Controlled Z.
    Cz(usize, usize),
}

/// Gates of every kind on any qubits.
#[cfg(test)]
pub(crate) fn random_steps(count: usize, rng: &mut crate::random::Rng) -> Vec<Step> {
    use rand::RngExt;
    let mut step = || {
        let (a, shift, angle) = (rng.random_range(0..4), rng.random_range(1..4), rng.random_range(-3.2..3.2));
        match rng.random_range(0..5) {
            0 => Step::Turn(Axis::X, a, angle),
            1 => Step::Turn(Axis::Y, a, angle),
            2 => Step::Turn(Axis::Z, a, angle),
            3 => Step::Cx(a, (a + shift) % 4),
            _ => Step::Cz(a, (a + shift) % 4),
        }
    };
    (0..count).map(|_| step()).collect()
}

/// The same with the place of an angle in a list in place of the angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// `exp(-i θ P / 2)` with P the axis.
    Turn { axis: Axis, qubit: usize, angle: usize },
    /// Controlled X.
    Cx { control: usize, target: usize },
    /// Controlled Z.
    Cz { one: usize, other: usize },
}
