//! The gates that a machine has, and by which angles they turn.

use crate::circuit::{Gate, GateKind, GateSet};
use std::f64::consts::{FRAC_PI_2, PI};

/// How far from a quarter turn an angle may be that is one: what is lost in text with twelve digits.
const NEAR: f64 = 1e-12;

/// The gates that a target takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    gates: GateSet,
    /// Gates whose first angle may not be any.
    limits: &'static [(GateKind, Angles)],
}

/// The angles that a gate may turn by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Angles {
    /// Above 0, and at most π/2.
    UpToQuarter,
    /// Multiples of π/2.
    QuarterTurns,
    /// π/2 or π.
    QuarterOrHalf,
}

impl Angles {
    /// Whether an angle in radians is one of them.
    pub fn allow(self, angle: f64) -> bool {
        match self {
            Angles::UpToQuarter => angle > 0.0 && angle <= FRAC_PI_2,
            Angles::QuarterOrHalf => (angle - FRAC_PI_2).abs() <= NEAR || (angle - PI).abs() <= NEAR,
            Angles::QuarterTurns => (angle - (angle / FRAC_PI_2).round() * FRAC_PI_2).abs() <= NEAR,
        }
    }
}

/// For messages: what is expected.
impl std::fmt::Display for Angles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Angles::UpToQuarter => "an angle above 0 and at most pi/2",
            Angles::QuarterTurns => "a multiple of pi/2",
            Angles::QuarterOrHalf => "pi/2 or pi",
        })
    }
}

impl Basis {
    /// What every portable client takes: all gates of OpenQASM's `stdgates.inc` that there are here.
    pub const PORTABLE: Basis = {
        use GateKind::{Ccx, Ch, Cswap, Cx, Cy, Cz, Swap};
        Basis::free(Basis::ONE_QUBIT.with(GateSet::of(&[Cx, Cy, Cz, Ch, Swap, Ccx, Cswap])))
    };

    /// All gates on one qubit that OpenQASM has.
    const ONE_QUBIT: GateSet = {
        use GateKind::{H, Id, P, Rx, Ry, Rz, S, Sdg, Sx, T, Tdg, U3, X, Z};
        GateSet::of(&[X, H, Z, S, Sdg, T, Tdg, Id, Sx, Rx, Ry, Rz, P, U3])
    };

    const fn free(gates: GateSet) -> Basis {
        Basis { gates, limits: &[] }
    }

    /// The gates of a list, whatever their angles.
    pub const fn of(gates: &[GateKind]) -> Basis {
        Basis::free(GateSet::of(gates))
    }

    /// These gates but those of a list.
    pub const fn without(self, gates: &[GateKind]) -> Basis {
        Basis { gates: self.gates.without(GateSet::of(gates)), ..self }
    }

    /// These gates and another, whatever its angle.
    pub const fn with(self, gate: GateKind) -> Basis {
        Basis { gates: self.gates.with(GateSet::of(&[gate])), ..self }
    }

    /// The same where these gates have no other angles than these.
    pub const fn limited(self, limits: &'static [(GateKind, Angles)]) -> Basis {
        Basis { limits, ..self }
    }

    /// All gates on one qubit, and this one to join two; also rotations of two, which are in circuits for machines that have them,
    /// and stay.
    pub const fn joined_by(gate: GateKind) -> Basis {
        Basis::free(Basis::ONE_QUBIT.with(GateSet::of(&[gate, GateKind::Rzz])))
    }

    /// The gate that joins two qubits here, by the angles that it has here, and all gates on one qubit; `None` where that is `cx`, or
    /// there is none.
    pub fn with_all_turns(self) -> Option<Basis> {
        let gate = self.entangler().filter(|gate| *gate != GateKind::Cx)?;
        Some(Basis { limits: self.limits, ..Basis::joined_by(gate) })
    }

    /// Whether the basis has this gate, with its angles.
    pub fn allows(self, gate: &Gate) -> bool {
        self.has(gate.kind()) && self.limit(gate.kind()).is_none_or(|angles| angles.allow(gate.angles()[0]))
    }

    /// Whether the basis has gates of this kind, though maybe not with every angle.
    pub const fn has(self, kind: GateKind) -> bool {
        self.gates.contains(kind)
    }

    /// Whether the basis has gates of this kind with every angle.
    pub fn has_all(self, kind: GateKind) -> bool {
        self.has(kind) && self.limit(kind).is_none()
    }

    /// The angles that gates of this kind may have; `None` where they may have any.
    pub fn limit(self, kind: GateKind) -> Option<Angles> {
        self.limits.iter().find(|(limited, _)| *limited == kind).map(|(_, angles)| *angles)
    }

    /// The gate that others are written with where two qubits are joined; `None` if it has none of those that there are
    /// rules for.
    pub fn entangler(self) -> Option<GateKind> {
        [GateKind::Cx, GateKind::Cz, GateKind::Ecr, GateKind::Rzz].into_iter().find(|&kind| self.has(kind))
    }

    /// The gates, in the order of their table.
    pub fn gates(self) -> impl Iterator<Item = GateKind> {
        self.gates.iter()
    }
}

/// The names, for messages: `rz, sx, x, cz`.
impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.gates.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_that_a_gate_may_not_have_are_none_of_the_basis() {
        let basis = Basis::of(&[GateKind::Rx, GateKind::Rzz])
            .limited(&[(GateKind::Rx, Angles::QuarterTurns), (GateKind::Rzz, Angles::UpToQuarter)]);
        for (gate, expected) in [
            (Gate::Rx(-FRAC_PI_2), true),
            (Gate::Rx(4.0 * FRAC_PI_2), true),
            (Gate::Rx(0.0), true),
            (Gate::Rx(1.0), false),
            (Gate::Rx(f64::NAN), false),
            (Gate::Rzz(FRAC_PI_2), true),
            (Gate::Rzz(1e-9), true),
            (Gate::Rzz(0.0), false),
            (Gate::Rzz(-0.1), false),
            (Gate::Rzz(1.6), false),
            (Gate::Rz(0.1), false),
        ] {
            assert_eq!(basis.allows(&gate), expected, "{gate:?}");
        }
        let own = Basis::of(&[GateKind::Prx]).limited(&[(GateKind::Prx, Angles::QuarterOrHalf)]);
        let allowed = |angle| own.allows(&Gate::Prx(angle, 0.7));
        assert!(allowed(FRAC_PI_2) && allowed(PI) && !allowed(-PI) && !allowed(0.0) && !allowed(3.0 * FRAC_PI_2));
        assert!(basis.has(GateKind::Rx) && !basis.has_all(GateKind::Rx) && Basis::PORTABLE.has_all(GateKind::Rx));
    }
}
