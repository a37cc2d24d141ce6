//! The gates of a patch.

use serde::{Deserialize, Serialize};

/// Qubits of a patch.
pub(super) const QUBITS: usize = 4;

/// What a layer's own rotations turn about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// RX, as the paper's method has it (Eq. 3).
    #[default]
    X,
    /// RY, as in its motivating study (Fig. 2).
    Y,
}

/// A gate; an angle is a place in a list of angles, in radians.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// `exp(-i θ P / 2)` with P the axis.
    Turn { axis: Axis, qubit: usize, angle: usize },
    /// Controlled X.
    Cx { control: usize, target: usize },
}
