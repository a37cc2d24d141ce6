//! How well a machine works.

/// The means of what a machine reports of its qubits and pairs; all rates are probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Gates on one qubit.
    pub one_qubit: GateRates,
    /// Gates on two.
    pub two_qubit: GateRates,
    /// Reading a qubit.
    pub readout: ReadoutRates,
}

/// How often a gate goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GateRates {
    /// That its qubits are left in any state at all.
    pub error: f64,
    /// That a qubit in |1> falls to |0> while it lasts.
    pub relaxation: f64,
    /// That a qubit loses its phase while it lasts, beyond what relaxation takes.
    pub dephasing: f64,
}

/// How often a qubit is misread, by what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReadoutRates {
    /// That 1 is read where it is 0.
    pub one_for_zero: f64,
    /// That 0 is read where it is 1.
    pub zero_for_one: f64,
}
