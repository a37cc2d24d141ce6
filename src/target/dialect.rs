//! Dialects: what differs between the texts that clients read and write.

use crate::circuit::Gate;

/// How programs are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The version in the first line; version 2.0 has `qreg`, `creg` and `measure q[i] -> c[j]`.
    pub version: &'static str,
    /// The file that is included, if any.
    pub include: Option<&'static str>,
    /// Lines that follow the contract: gates that the include does not know, each as one definition.
    pub definitions: &'static [&'static str],
    /// Gates that it calls otherwise: our name, its name.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Whether each qubit is declared by itself, `qubit q0;`.
    pub scalar_qubits: bool,
    /// Whether angles may have an exponent.
    pub exponents: bool,
    /// Whether its clients write bit 0 of what was measured first, and not last.
    pub bit_0_first: bool,
}

impl Dialect {
    /// OpenQASM 3.0 with its standard gates; other dialects are written as what differs from it.
    pub const OPENQASM_3: Dialect = Dialect {
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
        bit_0_first: false,
    };

    /// What this text calls a gate.
    pub fn name_of(&self, gate: &Gate) -> &'static str {
        let ours = gate.name();
        self.renamed.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    /// The gate that this text calls by a name, with all angles zero; `None` if there is none.
    pub fn gate(&self, name: &str) -> Option<Gate> {
        let ours = match self.renamed.iter().find(|(_, theirs)| *theirs == name) {
            Some((ours, _)) => ours,
            None if self.renamed.iter().any(|(ours, _)| *ours == name) => return None,
            None => name,
        };
        Gate::from_name(ours)
    }
}
