//! A variational circuit as a list of real variables.

use crate::linalg::RealMatrix;
use crate::network::Variational;

/// What the gamma of a circuit for both signs cannot get below: the largest sum of moduli of a column of W, all that a shot
/// from one basis state can say.
pub(super) fn joint_bound(weight: &RealMatrix) -> f64 {
    weight.column_iter().map(|column| column.iter().map(|w| w.abs()).sum()).fold(0.0, f64::max)
}

/// ln γ, then the angles.
pub(super) fn values_of(circuit: &Variational) -> Vec<f64> {
    std::iter::once(circuit.gamma.ln()).chain(circuit.angles()).collect()
}

/// The circuit with these values in place of its own.
pub(super) fn with_values(circuit: &Variational, values: &[f64]) -> Variational {
    Variational { gamma: values[0].exp(), ..circuit.with_angles(&values[1..]) }
}
