//! A variational circuit as a list of real variables, and derivatives in them.

use crate::linalg::RealMatrix;
use crate::network::{Variational, VariationalRun};

/// ln γ, then the angles.
pub(super) fn values_of(circuit: &Variational) -> Vec<f64> {
    std::iter::once(circuit.gamma.ln()).chain(circuit.angles()).collect()
}

/// The circuit with these values in place of its own.
pub(super) fn with_values(circuit: &Variational, values: &[f64]) -> Variational {
    Variational { gamma: values[0].exp(), ..circuit.with_angles(&values[1..]) }
}

/// The charge for gamma, `2 gamma_weight · gamma / bound` as for two signs, and the derivatives by [`values_of`] of it and of
/// a function of W, from those by W.
pub(super) fn charged_slopes(
    run: VariationalRun<'_>,
    weight: &RealMatrix,
    by_weight: &RealMatrix,
    gamma_weight: f64,
    bound: f64,
) -> (f64, Vec<f64>) {
    let charge = 2.0 * gamma_weight * run.gamma() / bound.max(f64::MIN_POSITIVE);
    // W and the charge grow with gamma.
    let by_gamma = by_weight.dot(weight) + charge;
    (charge, std::iter::once(by_gamma).chain(run.slopes(by_weight)).collect())
}
