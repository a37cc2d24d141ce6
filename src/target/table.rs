//! The tables of targets and of machines that are known by name. A row is all that a target is: to add one, add a row.

use super::{Angles, Basis, BitOrder, Calibration, Dialect, GateRates, Language, Machine, ReadoutRates, Target};
use crate::circuit::GateKind::{
    Ccx, Ch, Cswap, Cx, Cy, Cz, Ecr, H, Id, Prx, Rx, Ry, Rz, Rzz, S, Sdg, Swap, Sx, T, Tdg, X, Z,
};
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
    pays_by_angle: false,
};

const IONQ: Target = Target {
    name: "ionq",
    about: "IonQ's gate set: rotations and cx, no u3",
    basis: Basis::of(&[X, H, Z, S, Sdg, T, Tdg, Rx, Ry, Rz, Cx, Swap]),
    // What IonQ itself returns, not through Qiskit, are numbers.
    dialect: Dialect { numbers: Some(BitOrder::Last), ..Dialect::OPENQASM_3 },
    joins: None,
    pays_by_angle: false,
};

const IQM_GATES: Basis = Basis::of(&[Prx, Cz]);

const RIGETTI_GATES: Basis = Basis::of(&[Rz, Rx, Cz]).limited(&[(Rx, Angles::QuarterTurns)]);

/// What Braket runs as it is, gate by gate.
const VERBATIM: Dialect =
    Dialect { include: None, verbatim: true, words: Some(BitOrder::First), ..Dialect::OPENQASM_3 };

const OPENQASM_2: Dialect = Dialect {
    version: "2.0",
    inputs: false,
    exponents: false,
    // Qiskit prints bit 0 last, pytket first.
    words: None,
    ..Dialect::OPENQASM_3
};

/// All targets, the default one first.
pub static TARGETS: &[Target] = &[
    Target {
        name: "portable",
        about: "OpenQASM 3 that Qiskit, Cirq, QDK and oq3 load as it is",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
        joins: None,
        pays_by_angle: false,
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
        pays_by_angle: false,
    },
    Target {
        name: "braket-iqm",
        about: "an IQM machine on Amazon Braket as it is (prx, cz): a verbatim box on its own qubits",
        basis: IQM_GATES,
        dialect: Dialect { inputs: false, ..VERBATIM },
        joins: Some(Cz),
        pays_by_angle: false,
    },
    Target {
        name: "braket-rigetti",
        about: "a Rigetti machine on Amazon Braket as it is (rz, rx by pi/2, cz): a verbatim box on its own qubits",
        basis: RIGETTI_GATES,
        dialect: VERBATIM,
        joins: Some(Cz),
        pays_by_angle: false,
    },
    IBM,
    Target {
        name: "ibm-ecr",
        about: "the same for IBM Eagle (rz, sx, x, ecr)",
        basis: Basis::of(&[Rz, Sx, X, Ecr, Id]),
        dialect: Dialect { definitions: &["gate ecr a, b { s a; sx b; cx a, b; x a; }"], ..Dialect::OPENQASM_3 },
        joins: Some(Ecr),
        pays_by_angle: false,
    },
    Target {
        name: "ibm-fractional",
        about: "the same for IBM Heron with fractional gates (rz, rx, sx, x, cz, rzz up to pi/2)",
        basis: Basis::of(&[Rz, Rx, Sx, X, Cz, Rzz, Id]).limited(&[(Rzz, Angles::UpToQuarter)]),
        dialect: Dialect { definitions: &["gate rzz(p0) a, b { cx a, b; rz(p0) b; cx a, b; }"], ..Dialect::OPENQASM_3 },
        joins: Some(Cz),
        pays_by_angle: false,
    },
    Target {
        name: "azure",
        about: "Azure Quantum through the QDK: portable text",
        basis: Basis::PORTABLE,
        dialect: Dialect::OPENQASM_3,
        joins: None,
        pays_by_angle: false,
    },
    IONQ,
    Target {
        name: "ionq-native",
        about: "IonQ's own gates (gpi, gpi2, zz) in its JSON, as a Forte machine runs them",
        basis: Basis::of(&[Prx, Rzz]).limited(&[(Prx, Angles::QuarterOrHalf), (Rzz, Angles::UpToQuarter)]),
        dialect: Dialect {
            language: Language::IonqJson,
            include: None,
            inputs: false,
            numbers: Some(BitOrder::Last),
            ..Dialect::OPENQASM_3
        },
        joins: None,
        pays_by_angle: false,
    },
    Target {
        name: "quantinuum",
        about: "Quantinuum's gates (U1q, Rz, RZZ by the least angle) as OpenQASM 2.0 with hqslib1.inc, for pytket",
        basis: Basis::of(&[Rz, Prx, Rzz]),
        dialect: Dialect {
            include: Some("hqslib1.inc"),
            renamed: &[("prx", "U1q"), ("rz", "Rz"), ("rzz", "RZZ")],
            ..OPENQASM_2
        },
        joins: None,
        pays_by_angle: true,
    },
    Target {
        name: "iqm",
        about: "IQM's gates (r, which it calls prx, and cz) for its clients of Qiskit and Cirq",
        basis: IQM_GATES,
        dialect: Dialect {
            definitions: &["gate r(p0, p1) a { rz(-p1) a; rx(p0) a; rz(p1) a; }"],
            renamed: &[("prx", "r")],
            inputs: false,
            ..Dialect::OPENQASM_3
        },
        joins: Some(Cz),
        pays_by_angle: false,
    },
    Target {
        name: "rigetti",
        about: "Rigetti's gates (rz, rx by multiples of pi/2, cz)",
        basis: RIGETTI_GATES,
        dialect: Dialect::OPENQASM_3,
        joins: Some(Cz),
        pays_by_angle: false,
    },
    Target {
        name: "pennylane",
        about: "PennyLane's from_qasm3: no include, a declaration for each qubit",
        basis: Basis::PORTABLE,
        dialect: Dialect { include: None, scalar_qubits: true, words: Some(BitOrder::First), ..Dialect::OPENQASM_3 },
        joins: None,
        pays_by_angle: false,
    },
    Target {
        name: "qasm2",
        about: "OpenQASM 2.0 with the original qelib1.inc, for pytket and older tools",
        basis: Basis::PORTABLE.without(&[Sx, Swap, Cswap]),
        dialect: Dialect { include: Some("qelib1.inc"), renamed: &[("p", "u1")], ..OPENQASM_2 },
        joins: None,
        pays_by_angle: false,
    },
    Target {
        name: "qir",
        about: "QIR in its base profile, as text that pyqir and the QDK load",
        basis: Basis::of(&[X, H, Z, S, Sdg, T, Tdg, Rx, Ry, Rz, Cx, Cz, Swap, Ccx]),
        dialect: Dialect { language: Language::Qir, include: None, inputs: false, ..Dialect::OPENQASM_3 },
        joins: None,
        pays_by_angle: false,
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
    pays_by_angle: false,
}];
