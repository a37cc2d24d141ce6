//! The table of targets. A row is all that a target is: to add one, add a row.

use super::{Basis, Dialect, Target};

/// All targets, the default one first.
pub static TARGETS: &[Target] = &[
    Target {
        name: "portable",
        about: "OpenQASM 3 that Qiskit, Cirq, QDK and oq3 load as it is",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
    },
    Target {
        name: "braket",
        about: "Amazon Braket and its LocalSimulator: no include, its own gate names",
        basis: Basis {
            gates: &[
                "x", "h", "z", "s", "sdg", "t", "tdg", "id", "sx", "rx", "ry", "rz", "p", "u3", "cx", "cy", "cz",
                "swap", "ccx", "cswap",
            ],
        },
        dialect: Dialect {
            include: None,
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
            bit_0_first: true,
            ..Dialect::OPENQASM_3
        },
    },
    Target {
        name: "ibm",
        about: "IBM Heron gates (rz, sx, x, cz), on virtual qubits or, with --coupling, on a machine's own",
        basis: Basis { gates: &["rz", "sx", "x", "cz", "id"] },
        dialect: Dialect::OPENQASM_3,
    },
    Target {
        name: "ibm-ecr",
        about: "the same for IBM Eagle (rz, sx, x, ecr)",
        basis: Basis { gates: &["rz", "sx", "x", "ecr", "id"] },
        dialect: Dialect { definitions: &["gate ecr a, b { s a; sx b; cx a, b; x a; }"], ..Dialect::OPENQASM_3 },
    },
    Target {
        name: "azure",
        about: "Azure Quantum through the QDK: portable text",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
    },
    Target {
        name: "ionq",
        about: "IonQ's gate set: rotations and cx, no u3",
        basis: Basis { gates: &["x", "h", "z", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cx", "swap"] },
        dialect: Dialect::OPENQASM_3,
    },
    Target {
        name: "pennylane",
        about: "PennyLane's from_qasm3: no include, a declaration for each qubit",
        basis: Basis::PORTABLE,
        dialect: Dialect { include: None, scalar_qubits: true, ..Dialect::OPENQASM_3 },
    },
    Target {
        name: "qasm2",
        about: "OpenQASM 2.0 with the original qelib1.inc, for pytket and older tools",
        basis: Basis {
            gates: &[
                "x", "h", "z", "s", "sdg", "t", "tdg", "id", "rx", "ry", "rz", "p", "u3", "cx", "cy", "cz", "ch", "ccx",
            ],
        },
        dialect: Dialect {
            version: "2.0",
            include: Some("qelib1.inc"),
            renamed: &[("p", "u1")],
            exponents: false,
            ..Dialect::OPENQASM_3
        },
    },
];
