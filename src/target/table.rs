//! The tables of targets and of machines that are known by name. A row is all that a target is: to add one, add a row.

use super::{Basis, BitOrder, Calibration, Dialect, GateRates, Machine, ReadoutRates, Target};
use crate::circuit::GateKind::{Ch, Cswap, Cx, Cy, Cz, Ecr, H, Id, Rx, Ry, Rz, Rzz, S, Sdg, Swap, Sx, T, Tdg, X, Z};
use std::borrow::Cow;

/// Machines known by name. Their rates are of the order of what machines of that kind report, not those of one machine.
pub static MACHINES: &[Machine] = &[
    // Two-qubit gates at 5e-3, damping, 1 to 2 % misread.
    Machine {
        name: Cow::Borrowed("superconducting"),
        target: &IBM,
        coupling: None,
        calibration: Some(Calibration {
            one_qubit: GateRates { error: 3e-4, relaxation: 2e-4, dephasing: 2e-4 },
            two_qubit: GateRates { error: 5e-3, relaxation: 1e-3, dephasing: 1e-3 },
            readout: ReadoutRates { one_for_zero: 0.01, zero_for_one: 0.02 },
        }),
        figures: None,
    },
    // Two-qubit gates at 2e-3, 0.3 % misread.
    Machine {
        name: Cow::Borrowed("trapped-ion"),
        target: &IONQ,
        coupling: None,
        calibration: Some(Calibration {
            one_qubit: GateRates { error: 5e-5, relaxation: 0.0, dephasing: 1e-5 },
            two_qubit: GateRates { error: 2e-3, relaxation: 0.0, dephasing: 1e-4 },
            readout: ReadoutRates { one_for_zero: 0.003, zero_for_one: 0.003 },
        }),
        figures: None,
    },
];

const IBM: Target = Target {
    name: "ibm",
    about: "IBM Heron gates (rz, sx, x, cz), on virtual qubits or, with --coupling, on a machine's own",
    basis: Basis::of(&[Rz, Sx, X, Cz, Id]),
    dialect: Dialect::OPENQASM_3,
    joins: Some(Cz),
};

const IONQ: Target = Target {
    name: "ionq",
    about: "IonQ's gate set: rotations and cx, no u3",
    basis: Basis::of(&[X, H, Z, S, Sdg, T, Tdg, Rx, Ry, Rz, Cx, Swap]),
    // What IonQ itself returns, not through Qiskit, are numbers.
    dialect: Dialect { numbers: Some(BitOrder::Last), ..Dialect::OPENQASM_3 },
    joins: None,
};

/// All targets, the default one first.
pub static TARGETS: &[Target] = &[
    Target {
        name: "portable",
        about: "OpenQASM 3 that Qiskit, Cirq, QDK and oq3 load as it is",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
        joins: None,
    },
    Target {
        name: "braket",
        about: "Amazon Braket and its LocalSimulator: no include, its own gate names",
        basis: Basis::PORTABLE.without(&[Ch]),
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
            words: Some(BitOrder::First),
            ..Dialect::OPENQASM_3
        },
        joins: None,
    },
    IBM,
    Target {
        name: "ibm-ecr",
        about: "the same for IBM Eagle (rz, sx, x, ecr)",
        basis: Basis::of(&[Rz, Sx, X, Ecr, Id]),
        dialect: Dialect { definitions: &["gate ecr a, b { s a; sx b; cx a, b; x a; }"], ..Dialect::OPENQASM_3 },
        joins: Some(Ecr),
    },
    Target {
        name: "ibm-fractional",
        about: "the same for IBM Heron with fractional gates (rz, sx, x, cz, rzz)",
        basis: Basis::of(&[Rz, Sx, X, Cz, Rzz, Id]),
        dialect: Dialect { definitions: &["gate rzz(p0) a, b { cx a, b; rz(p0) b; cx a, b; }"], ..Dialect::OPENQASM_3 },
        joins: Some(Cz),
    },
    Target {
        name: "azure",
        about: "Azure Quantum through the QDK: portable text",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
        joins: None,
    },
    IONQ,
    Target {
        name: "pennylane",
        about: "PennyLane's from_qasm3: no include, a declaration for each qubit",
        basis: Basis::PORTABLE,
        dialect: Dialect { include: None, scalar_qubits: true, words: Some(BitOrder::First), ..Dialect::OPENQASM_3 },
        joins: None,
    },
    Target {
        name: "qasm2",
        about: "OpenQASM 2.0 with the original qelib1.inc, for pytket and older tools",
        basis: Basis::PORTABLE.without(&[Sx, Swap, Cswap]),
        dialect: Dialect {
            version: "2.0",
            include: Some("qelib1.inc"),
            renamed: &[("p", "u1")],
            inputs: false,
            exponents: false,
            // Qiskit prints bit 0 last, pytket first.
            words: None,
            ..Dialect::OPENQASM_3
        },
        joins: None,
    },
];

/// Targets whose gates have no angles: programs for them are approximations, and whoever goes through all targets does not want
/// them.
pub static DISCRETE: &[Target] = &[Target {
    name: "clifford-t",
    about: "error-corrected machines: Clifford and T gates, every rotation approximated",
    basis: Basis::of(&[X, H, Z, S, Sdg, T, Tdg, Cx, Cy, Cz, Swap]),
    dialect: Dialect { inputs: false, ..Dialect::OPENQASM_3 },
    joins: None,
}];
