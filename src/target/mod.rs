//! Machines: the gates they have, which of their qubits are joined, how well they work, and the text they read.
//!
//! ```text
//!  Target: a row of TARGETS ── basis, its gates; dialect, its text
//!  Machine ── target; coupling, the pairs it joins; calibration, how well it works on
//!             average; figures, the same of each qubit and pair, from a file
//! ```
//!
//! What is done for a machine, routing and translation, is in [`lowering`](crate::lowering).

mod basis;
mod calibration;
mod coupling;
mod dialect;
mod edges;
mod figures;
mod machine;
mod machine_file;
mod maps;
mod patch;
mod rates;
mod table;

pub use basis::{Angles, Basis};
pub use calibration::{Calibration, GateRates, ReadoutRates};
pub use coupling::Coupling;
pub use dialect::{BitOrder, Dialect, Language};
pub use edges::{Edges, EdgesError, all_pairs};
pub use figures::{Figures, GateFigures, PairFigures, QubitFigures};
pub use machine::{Machine, Misfit};
#[cfg(feature = "schema")]
pub use machine_file::machine_schema;
pub use machine_file::{MachineFileError, read_machine, write_machine};
pub use maps::CouplingError;
pub use rates::{Damping, PairRates};
pub use table::{DISCRETE, MACHINES, TARGETS};

use crate::circuit::{Gate, GateKind};

/// Who programs are written for: the gates it has and the text it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name on the command line and in contracts.
    pub name: &'static str,
    /// Who reads it, in a line.
    pub about: &'static str,
    /// The gates it has.
    pub basis: Basis,
    /// The text it reads.
    pub dialect: Dialect,
    /// The gate that joins two of its qubits, where its gates are those of a machine, whose qubits are joined in pairs: what
    /// a coupling map goes with.
    pub joins: Option<GateKind>,
    /// Whether a gate on two qubits goes wrong the more often the further it turns.
    pub pays_by_angle: bool,
}

impl Target {
    /// The default one.
    pub fn portable() -> &'static Target {
        &TARGETS[0]
    }

    /// The target of that name.
    pub fn named(name: &str) -> Option<&'static Target> {
        Target::all().find(|target| target.name == name)
    }

    /// All targets, those whose gates have no angles last.
    pub fn all() -> impl Iterator<Item = &'static Target> {
        TARGETS.iter().chain(DISCRETE)
    }

    /// Whether its gates have no angles, so that programs for it are approximations.
    pub fn is_discrete(&self) -> bool {
        self.basis.gates().all(|kind| kind.angle_count() == 0)
    }

    /// All names, for messages.
    pub fn names() -> String {
        Target::all().map(|target| target.name).collect::<Vec<_>>().join(", ")
    }

    /// The gate that it calls by a name, with all angles zero; `None` if it has none.
    pub fn gate(&self, name: &str) -> Option<Gate> {
        self.dialect.gate(name).filter(|gate| self.basis.has(gate.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_gates() {
        for target in Target::all() {
            assert_eq!(Target::named(target.name), Some(target));
            for kind in target.basis.gates() {
                let gate = kind.gate([0.0; 3]);
                assert_eq!(target.gate(target.dialect.name_of(&gate)), Some(gate), "{} {}", target.name, kind.name());
            }
        }
        let braket = Target::named("braket").unwrap();
        assert_eq!((braket.gate("cx"), braket.gate("ch"), braket.gate("cnot")), (None, None, Some(Gate::Cx)));
        assert_eq!(Target::named("abacus"), None);
    }
}
