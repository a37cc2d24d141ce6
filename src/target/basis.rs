//! The gates that a machine has.

use crate::circuit::{Gate, GateKind, GateSet};

/// The gates that a target takes, whatever their angles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis(GateSet);

impl Basis {
    /// What every portable client takes: all gates of OpenQASM's `stdgates.inc` that there are here.
    pub const PORTABLE: Basis = {
        use GateKind::{Ccx, Ch, Cswap, Cx, Cy, Cz, Swap};
        Basis(Basis::ONE_QUBIT.with(GateSet::of(&[Cx, Cy, Cz, Ch, Swap, Ccx, Cswap])))
    };

    /// All gates on one qubit.
    const ONE_QUBIT: GateSet = {
        use GateKind::{H, Id, P, Rx, Ry, Rz, S, Sdg, Sx, T, Tdg, U3, X, Z};
        GateSet::of(&[X, H, Z, S, Sdg, T, Tdg, Id, Sx, Rx, Ry, Rz, P, U3])
    };

    /// The gates of a list.
    pub const fn of(gates: &[GateKind]) -> Basis {
        Basis(GateSet::of(gates))
    }

    /// These gates but those of a list.
    pub const fn without(self, gates: &[GateKind]) -> Basis {
        Basis(self.0.without(GateSet::of(gates)))
    }

    /// All gates on one qubit, and this one to join two; also rotations of two, which are in circuits for machines that have them,
    /// and stay.
    pub const fn joined_by(gate: GateKind) -> Basis {
        Basis(Basis::ONE_QUBIT.with(GateSet::of(&[gate, GateKind::Rzz])))
    }

    /// Whether the basis has this gate.
    pub fn allows(self, gate: &Gate) -> bool {
        self.has(gate.kind())
    }

    /// Whether the basis has gates of this kind.
    pub const fn has(self, kind: GateKind) -> bool {
        self.0.contains(kind)
    }

    /// The gate that others are written with where two qubits are joined; `None` if it has none of those that there are
    /// rules for.
    pub fn entangler(self) -> Option<GateKind> {
        [GateKind::Cx, GateKind::Cz, GateKind::Ecr].into_iter().find(|&kind| self.has(kind))
    }

    /// The gates, in the order of their table.
    pub fn gates(self) -> impl Iterator<Item = GateKind> {
        self.0.iter()
    }
}

/// The names, for messages: `rz, sx, x, cz`.
impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
