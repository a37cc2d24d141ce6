//! A variational circuit as a list of real variables.

use crate::network::Variational;

/// ln γ, then the angles.
pub(super) fn values_of(circuit: &Variational) -> Vec<f64> {
    std::iter::once(circuit.gamma.ln()).chain(circuit.angles()).collect()
}

/// The circuit with these values in place of its own.
pub(super) fn with_values(circuit: &Variational, values: &[f64]) -> Variational {
    Variational { gamma: values[0].exp(), ..circuit.with_angles(&values[1..]) }
}
