//! Dialects: what each client wants to read. Everything that differs between targets stands in one table here.

use super::Basis;
use crate::circuit::Gate;

/// How programs are written for one target.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The target's name on the command line and in contracts.
    pub name: &'static str,
    /// Who reads it, in a line.
    pub about: &'static str,
    /// The version in the first line; version 2.0 has `qreg`, `creg` and `measure q[i] -> c[j]`.
    pub version: &'static str,
    /// The file that is included, if any.
    pub include: Option<&'static str>,
    /// Lines that follow the contract: gates that the include does not know, each as one definition.
    pub definitions: &'static [&'static str],
    /// The gates it takes, by our names.
    pub basis: Basis,
    /// Gates that it calls otherwise: our name, its name.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Whether each qubit is declared by itself, `qubit q0;`.
    pub scalar_qubits: bool,
    /// Whether angles may have an exponent.
    pub exponents: bool,
}

/// All dialects, the default one first. To add a target, add it here.
pub static DIALECTS: [Dialect; 8] = [
    Dialect {
        name: "portable",
        about: "OpenQASM 3 that Qiskit, Cirq, QDK and oq3 load as it is",
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        basis: Basis::PORTABLE,
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "braket",
        about: "Amazon Braket and its LocalSimulator: no include, its own gate names",
        version: "3.0",
        include: None,
        definitions: &[],
        basis: Basis {
            gates: &[
                "x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "cx", "cy", "cz",
                "swap", "ccx", "cswap",
            ],
        },
        renamed: &[
            ("cx", "cnot"),
            ("sx", "v"),
            ("p", "phaseshift"),
            ("u3", "U"),
            ("ccx", "ccnot"),
            ("id", "i"),
            ("sdg", "si"),
            ("tdg", "ti"),
        ],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "ibm",
        about: "IBM Heron gates (rz, sx, x, cz), on virtual qubits or, with --coupling, on a machine's own",
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        basis: Basis { gates: &["rz", "sx", "x", "cz", "id"] },
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "ibm-ecr",
        about: "the same for IBM Eagle (rz, sx, x, ecr)",
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &["gate ecr a, b { s a; sx b; cx a, b; x a; }"],
        basis: Basis { gates: &["rz", "sx", "x", "ecr", "id"] },
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "azure",
        about: "Azure Quantum through the QDK: portable text",
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        basis: Basis::PORTABLE,
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "ionq",
        about: "IonQ's gate set: rotations and cx, no u3",
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        basis: Basis { gates: &["x", "h", "z", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cx", "swap"] },
        renamed: &[],
        scalar_qubits: false,
        exponents: true,
    },
    Dialect {
        name: "pennylane",
        about: "PennyLane's from_qasm3: no include, a declaration for each qubit",
        version: "3.0",
        include: None,
        definitions: &[],
        basis: Basis::PORTABLE,
        renamed: &[],
        scalar_qubits: true,
        exponents: true,
    },
    Dialect {
        name: "qasm2",
        about: "OpenQASM 2.0 with the original qelib1.inc, for pytket and older tools",
        version: "2.0",
        include: Some("qelib1.inc"),
        definitions: &[],
        basis: Basis {
            gates: &[
                "x", "h", "z", "s", "sdg", "t", "tdg", "id", "rx", "ry", "rz", "p", "u3", "cx", "cy", "cz", "ch", "ccx",
            ],
        },
        renamed: &[("p", "u1")],
        scalar_qubits: false,
        exponents: false,
    },
];

impl Dialect {
    /// The default one.
    pub fn portable() -> &'static Dialect {
        &DIALECTS[0]
    }

    /// The dialect of a target.
    pub fn named(name: &str) -> Option<&'static Dialect> {
        DIALECTS.iter().find(|d| d.name == name)
    }

    /// All names, for messages.
    pub fn names() -> String {
        DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ")
    }

    /// What this target calls a gate.
    pub fn name_of(&self, gate: &Gate) -> &'static str {
        let ours = gate.name();
        self.renamed.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    /// The gate that this target calls by a name, with all angles zero; `None` if it has none.
    pub fn gate(&self, name: &str) -> Option<Gate> {
        let ours = match self.renamed.iter().find(|(_, theirs)| *theirs == name) {
            Some((ours, _)) => ours,
            None if self.renamed.iter().any(|(ours, _)| *ours == name) => return None,
            None => name,
        };
        Gate::from_name(ours).filter(|gate| self.basis.allows(gate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_gates() {
        for dialect in &DIALECTS {
            assert_eq!(Dialect::named(dialect.name), Some(dialect));
            for name in dialect.basis.gates {
                let gate = Gate::from_name(name).unwrap_or_else(|| panic!("{name} is a gate"));
                assert_eq!(dialect.gate(dialect.name_of(&gate)), Some(gate), "{} {name}", dialect.name);
            }
        }
        let braket = Dialect::named("braket").unwrap();
        assert_eq!((braket.gate("cx"), braket.gate("ch"), braket.gate("cnot")), (None, None, Some(Gate::Cx)));
        assert_eq!(Dialect::named("abacus"), None);
    }
}
