//! From what is measured of a machine to channels: fidelities, lengths and coherence times to probabilities.
//!
//! A gate of average infidelity e on k qubits is followed by `ρ -> (1 - p) ρ + p I/2^k`, then by relaxation for as long as it
//! lasts, such that both together have infidelity e, as the device models of Qiskit Aer do.

use super::calibration::GateRates;

/// What becomes of a qubit in time; both are probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Damping {
    /// γ: that |1> falls to |0>.
    pub relaxation: f64,
    /// λ: that its phase is lost, beyond what relaxation takes: `ρ_01` shrinks by `√((1-γ)(1-λ))`.
    pub dephasing: f64,
}

/// What follows a gate on two qubits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairRates {
    /// p: that both are left in any state at all.
    pub error: f64,
    /// What then becomes of each, in the order of the gate's operands.
    pub during: [Damping; 2],
}

impl From<Damping> for GateRates {
    fn from(damping: Damping) -> GateRates {
        GateRates { error: 0.0, relaxation: damping.relaxation, dephasing: damping.dephasing }
    }
}

impl Damping {
    /// The entanglement fidelity, `(2 + 2 √((1-γ)(1-λ)) - γ) / 4`.
    pub fn entanglement_fidelity(self) -> f64 {
        let across = ((1.0 - self.relaxation) * (1.0 - self.dephasing)).sqrt();
        (2.0 + 2.0 * across - self.relaxation) / 4.0
    }
}

/// What becomes of a qubit in so many seconds: `1 - γ = e^{-t/T1}`, and `ρ_01` shrinks by `e^{-t/T2}`. A time that is not
/// told is infinite, but for T2 beside T1, which is then twice that, as it is at most.
pub(super) fn damping(t1: Option<f64>, t2: Option<f64>, seconds: f64) -> Damping {
    let relaxing = t1.map_or(0.0, |t1| seconds / t1);
    let across = t2.map_or(relaxing / 2.0, |t2| (seconds / t2).max(relaxing / 2.0));
    Damping { relaxation: -(-relaxing).exp_m1(), dephasing: -(relaxing - 2.0 * across).exp_m1() }
}

/// p of a gate of this infidelity, of which the qubits' damping is a part: `p = d (F_damping - F) / (d F_damping - 1)` with the
/// average fidelities of both, `d = 2^k`; 0 where damping alone is worse than what is told.
pub(super) fn depolarising(infidelity: f64, during: &[Damping]) -> f64 {
    let d = (1usize << during.len()) as f64;
    let entanglement: f64 = during.iter().map(|damping| damping.entanglement_fidelity()).product();
    let damped = (d * entanglement + 1.0) / (d + 1.0);
    (d * (damped - (1.0 - infidelity)) / (d * damped - 1.0)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_comes_back_as_the_fidelity_of_what_follows() {
        for (t1, t2, length, infidelity) in
            [(250e-6, 130e-6, 68e-9, 1.3e-3), (20e-6, 40e-6, 500e-9, 0.03), (1e-3, 1e-3, 0.0, 0.2)]
        {
            let each = damping(Some(t1), Some(t2), length);
            let across = ((1.0 - each.relaxation) * (1.0 - each.dephasing)).sqrt();
            assert!((across - (-length / t2).exp()).abs() < 1e-15);
            assert!((1.0 - each.relaxation - (-length / t1).exp()).abs() < 1e-15);
            // F_e of both one after the other: the identity string keeps 1, all others shrink by 1 - p.
            let p = depolarising(infidelity, &[each, each]);
            let entanglement = (1.0 + (1.0 - p) * (16.0 * each.entanglement_fidelity().powi(2) - 1.0)) / 16.0;
            assert!((1.0 - (4.0 * entanglement + 1.0) / 5.0 - infidelity).abs() < 1e-14);
        }
        assert_eq!(depolarising(1e-6, &[damping(Some(1e-6), None, 1e-6)]), 0.0);
        assert_eq!(damping(None, None, 1.0), Damping::default());
        // T2 without T1 is pure dephasing; T1 alone has T2 = 2 T1, and no more.
        assert_eq!(damping(None, Some(1.0), 1.0).relaxation, 0.0);
        assert_eq!(damping(Some(1.0), None, 1.0).dephasing, 0.0);
        assert_eq!(damping(Some(1.0), Some(5.0), 1.0), damping(Some(1.0), None, 1.0));
    }
}
