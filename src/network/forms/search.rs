//! What a search by derivatives asks of a form at one place: training, finetuning, fits.

use crate::linalg::RealMatrix;

/// What a loss wants to know of a form's parameters: its derivatives by what the form computes, and what it charges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    /// By the form's map, as large as it.
    pub by_map: &'a RealMatrix,
    /// By the logarithm of what the noise of shots is multiplied with, as far as that is γ.
    pub by_noise: f64,
    /// What gamma at its bound costs, for each sign.
    pub gamma_weight: f64,
    /// The bounds on gamma, one for each sign that has entries, or one for both where they share a circuit; where there are
    /// none, nothing is charged.
    pub bounds: &'a [f64],
}

impl<'a> Demand<'a> {
    /// Derivatives by the map and nothing else.
    pub fn of_map(by_map: &'a RealMatrix) -> Demand<'a> {
        Demand { by_map, by_noise: 0.0, gamma_weight: 0.0, bounds: &[] }
    }
}

/// A form with its parameters as they are, run once.
pub(crate) trait Search: Send + Sync {
    /// The map that it computes, see [`super::Form::map`].
    fn map(&self) -> &RealMatrix;

    /// What maps a state to the variance that one shot brings to each entry of W y, but for its square: `Σ± gamma±² p±`;
    /// `None` where that depends on phases still to be chosen.
    fn variance(&self) -> Option<RealMatrix>;

    /// The charge for gamma, and the derivatives by all parameters of it and of the loss.
    fn slopes(self: Box<Self>, demand: &Demand<'_>) -> (f64, Vec<f64>);
}
