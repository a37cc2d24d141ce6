//! The gates that a machine has.

use crate::circuit::Gate;

/// The gates a target takes, by their OpenQASM names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Names, as [`Gate::name`] gives them.
    pub gates: &'static [&'static str],
}

impl Basis {
    /// What every portable client takes: all gates of the IR.
    pub const PORTABLE: Basis = Basis {
        gates: &[
            "x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "cx", "cy", "cz", "ch",
            "swap", "ccx", "cswap",
        ],
    };

    /// All gates on one qubit, and CZ alone to join two.
    pub const WITH_CZ: Basis =
        Basis { gates: &["x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "cz"] };

    /// All gates on one qubit, and IBM's ECR alone to join two.
    pub const WITH_ECR: Basis =
        Basis { gates: &["x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "ecr"] };

    /// All gates on one qubit, and CX alone to join two.
    pub const WITH_CX: Basis =
        Basis { gates: &["x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "cx"] };

    /// Whether the basis has this gate.
    pub fn allows(&self, gate: &Gate) -> bool {
        self.has(gate.name())
    }

    /// Whether the basis has the gate of this name.
    pub fn has(&self, name: &str) -> bool {
        self.gates.contains(&name)
    }
}
