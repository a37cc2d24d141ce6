//! From one sign of a block to its circuit.

use super::options::{CompileOptions, Method};
use crate::circuit::Cost;
use crate::encoding::{Contraction, PhaseSearch, Phases};
use crate::linalg::Matrix;
use crate::network::JointCircuit;
use crate::passes::simplify;
use crate::random::Rng;
use crate::signs::{Sign, Signs};
use crate::synthesis::exact::{Synthesised, synthesise_contraction, synthesise_measured_pair};
use crate::synthesis::trotter::{TrotterError, TrotterReport, Trotterised, synthesise_trotter};
use nalgebra::Matrix4;

/// The circuit of one sign: register below, ancillas on the highest qubits.
pub(super) struct SignCircuit {
    pub gamma: f64,
    /// What gamma cannot get below.
    pub bound: f64,
    pub phases: Phases,
    /// How its phases were looked for, if they were.
    pub search: Option<PhaseSearch>,
    pub parts: Synthesised,
    /// What its ancillas must read.
    pub accept: u8,
    /// What the contract states as its error.
    pub error: Option<f64>,
    pub trotter: Option<TrotterReport>,
}

impl SignCircuit {
    /// Dilates and synthesises a contraction.
    ///
    /// # Errors
    /// If product formulas cannot reach the error asked for.
    pub fn of_contraction(
        contraction: &Contraction,
        options: &CompileOptions,
        rng: &mut Rng,
    ) -> Result<SignCircuit, TrotterError> {
        let (mut parts, trotter) = match &options.method {
            Method::Exact | Method::Joint(_) => {
                (synthesise_contraction(contraction.matrix(), contraction.dilation(), rng), None)
            }
            Method::Trotter(trotter) => {
                let dilation = contraction.dilation();
                let Trotterised { circuit, report } = synthesise_trotter(dilation, trotter, rng)?;
                let n = dilation.qubits();
                (Synthesised { circuit, output: (0..n).collect(), ancillas: vec![n] }, Some(report))
            }
        };
        simplify(&mut parts.circuit, options.drop_tolerance);
        let error = trotter.as_ref().map(|report| stated(report.error));
        Ok(SignCircuit {
            gamma: contraction.gamma(),
            bound: contraction.bound(),
            phases: contraction.phases(),
            search: contraction.search(),
            parts,
            accept: 0,
            error,
            trotter,
        })
    }

    /// The circuits of two-qubit unitaries, which are exact and have no phases to choose.
    pub fn of_unitaries(unitaries: Signs<Matrix>, gamma: f64, options: &CompileOptions) -> Signs<SignCircuit> {
        unitaries.map(|u| {
            let mut circuit = synthesise_measured_pair(&Matrix4::from_fn(|i, j| u[(i, j)]));
            simplify(&mut circuit, options.drop_tolerance);
            let parts = Synthesised { circuit, output: vec![0, 1], ancillas: vec![] };
            SignCircuit::given(gamma, Phases::Nonnegative, parts, 0)
        })
    }

    /// A circuit that the network gives, which computes both signs: one qubit reads 0 for W_P and 1 for W_N.
    pub fn of_circuit(given: JointCircuit, options: &CompileOptions) -> Signs<SignCircuit> {
        let JointCircuit { mut circuit, output, sign, gamma } = given;
        simplify(&mut circuit, options.drop_tolerance);
        let parts = Synthesised { circuit, output, ancillas: vec![sign] };
        Sign::BOTH.map(|sign| {
            let accept = u8::from(sign == Sign::Minus);
            SignCircuit::given(gamma, Phases::Complex, parts.clone(), accept)
        })
    }

    /// A circuit whose gamma and phases are the network's own.
    fn given(gamma: f64, phases: Phases, parts: Synthesised, accept: u8) -> SignCircuit {
        SignCircuit { gamma, bound: gamma, phases, search: None, parts, accept, error: None, trotter: None }
    }

    /// This one, or another of the same sign that takes fewer shots times gates; of their searches, the one that was cut is
    /// remembered.
    pub fn or_cheaper(self, other: SignCircuit) -> SignCircuit {
        let search = [self.search, other.search].into_iter().flatten().max_by_key(|search| search.cut);
        SignCircuit { search, ..if other.price() < self.price() { other } else { self } }
    }

    /// Shots times gates, up to a factor: shots grow with gamma, and reading a qubit costs about as much as a gate.
    pub fn price(&self) -> f64 {
        let circuit = &self.parts.circuit;
        self.gamma * (Cost::of(circuit).two_qubit_gates + circuit.qubit_count()) as f64
    }
}

/// An error as a contract states it: three digits, rounded up.
pub(super) fn stated(error: f64) -> f64 {
    let error = error.max(1e-12);
    // Through text: a product with a power of ten would show its rounding.
    let rounded = format!("{error:.2e}").parse().unwrap_or(error);
    let digit = 10f64.powi(error.log10().floor() as i32 - 2);
    let up: f64 = if rounded < error { format!("{:.2e}", rounded + digit).parse().unwrap_or(2.0) } else { rounded };
    up.min(2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_errors_are_short_and_never_smaller() {
        for (error, short) in
            [(0.0, 1e-12), (1.2341e-3, 1.24e-3), (9.991e-5, 1e-4), (0.5, 0.5), (1.9999, 2.0), (2.1, 2.0)]
        {
            assert_eq!(stated(error), short);
        }
        for k in 1..1000 {
            let error = 1.7f64.powi(-k % 40) / k as f64;
            assert!((error..1.011 * error).contains(&stated(error)), "{error} {}", stated(error));
        }
    }
}
