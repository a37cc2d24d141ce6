//! Trotter-Suzuki synthesis of a dilation: the paper's way to hardware (S32), with the error chosen and measured.
//!
//! ```text
//! Dilation ── plan ──▶ X, exp(-iH)  ── pauli ──▶ H = Σ c_P P ── terms ──▶ commuting classes
//!                                                                              │
//!          circuit ◀── emit ── schedule ◀── search ◀── formula: sweeps over them
//!                                              │
//!                                   measured error, bound
//! ```
//!
//! At the size of real blocks this costs five times the CX of [`exact`](super::exact) synthesis and more, and is not
//! exact; it is here because it is what the paper does, with its price told.

mod bound;
mod emit;
mod formula;
mod pauli;
mod plan;
mod search;
mod terms;

pub use bound::{Bound, BoundKind};
pub use formula::{Formula, Sweep};
pub use pauli::{PauliString, PauliSum};
pub use plan::Generator;
pub use search::MAX_ROTATIONS;
pub use terms::{Grouping, Term, terms_of};

use crate::circuit::Circuit;
use crate::encoding::Dilation;
use crate::random::Rng;
use plan::Plan;
use search::Choice;

/// How to Trotterise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrotterOptions {
    /// What is exponentiated.
    pub generator: Generator,
    /// Commuting classes or single strings.
    pub grouping: Grouping,
    /// Strings with a coefficient below this in modulus are left out; the error counts them in.
    pub cutoff: f64,
    /// Formula and steps, or what to look for.
    pub target: Target,
}

impl TrotterOptions {
    /// The same with another formula and steps, or another error to look for.
    #[must_use]
    pub fn with_target(self, target: Target) -> Self {
        TrotterOptions { target, ..self }
    }

    /// The same exponential of another generator.
    #[must_use]
    pub fn with_generator(self, generator: Generator) -> Self {
        TrotterOptions { generator, ..self }
    }

    /// The same with strings grouped otherwise.
    #[must_use]
    pub fn with_grouping(self, grouping: Grouping) -> Self {
        TrotterOptions { grouping, ..self }
    }

    /// The same without strings whose coefficient is below this in modulus.
    #[must_use]
    pub fn with_cutoff(self, cutoff: f64) -> Self {
        TrotterOptions { cutoff, ..self }
    }
}

impl Default for TrotterOptions {
    fn default() -> Self {
        TrotterOptions {
            generator: Generator::default(),
            grouping: Grouping::default(),
            cutoff: 0.0,
            target: Target::Error { at_most: 1e-3, formulas: Formula::ALL.to_vec() },
        }
    }
}

/// What fixes the formula and the number of steps.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The cheapest of the formulas whose measured spectral error is at most this.
    Error {
        /// Spectral norm, in (0, 2].
        at_most: f64,
        /// Formulas to choose from.
        formulas: Vec<Formula>,
    },
    /// This formula with this many steps, at least 1, whatever the error.
    Steps {
        /// The formula.
        formula: Formula,
        /// r
        steps: usize,
    },
}

/// A Trotterised dilation and what is known about its error.
#[derive(Clone, Debug)]
pub struct Trotterised {
    /// Register 0..n, ancilla n, no measurements.
    pub circuit: Circuit,
    /// What was chosen and measured.
    pub report: TrotterReport,
}

/// What a product formula makes of one sign.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrotterReport {
    /// Name of the formula, like `suzuki-4`.
    pub formula: String,
    /// The order of its error.
    pub order: u8,
    /// r
    pub steps: usize,
    /// Pauli strings of the generators.
    pub strings: usize,
    /// Commuting classes that these form, or again the strings.
    pub terms: usize,
    /// Strings that the cutoff took away.
    pub truncated: usize,
    /// Pauli rotations in the circuit.
    pub rotations: usize,
    /// Spectral norm of (what the circuit does - what it should do), measured; truncation counted in.
    pub error: f64,
    /// What the error cannot exceed, from the Hamiltonian alone; truncation counted in.
    pub bound: Bound,
}

/// A target that cannot be met.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrotterError {
    /// No formula gets there.
    #[error(
        "no product formula reaches error {asked:e} with at most {MAX_ROTATIONS} Pauli rotations: the nearest is \
         {best:.1e}, by {formula} with {steps} step{s}{}",
        if *truncated > 0.0 { format!("; the strings that the cutoff leaves out have norm {truncated:.1e}") } else { String::new() },
        s = if *steps == 1 { "" } else { "s" }
    )]
    Unreachable {
        /// The error asked for.
        asked: f64,
        /// The smallest measured.
        best: f64,
        /// By which formula.
        formula: Formula,
        /// With how many steps.
        steps: usize,
        /// Spectral norm of the strings that the cutoff leaves out.
        truncated: f64,
    },
    /// A circuit too large to build.
    #[error("{steps} steps of {formula} take {rotations} Pauli rotations, more than {MAX_ROTATIONS}")]
    TooLong {
        /// The formula.
        formula: Formula,
        /// r
        steps: usize,
        /// What one sign would take.
        rotations: usize,
    },
}

/// Trotterises a dilation on n + 1 qubits.
///
/// The circuit approximates U(M) (for [`Generator::Factors`], the factored dilation with the same corner M), so that
/// its amplitude from `|0>|m>` to `|0>|n>` differs from `M_nm` by at most the reported error.
///
/// # Errors
/// If no formula within [`MAX_ROTATIONS`] is accurate enough, or the given one takes more.
///
/// # Panics
/// If a formula does not [exist](Formula::exists) or there are zero steps.
pub fn synthesise_trotter(
    dilation: &Dilation,
    options: &TrotterOptions,
    rng: &mut Rng,
) -> Result<Trotterised, TrotterError> {
    let plan = Plan::new(dilation, options.generator, options.grouping, options.cutoff, rng);
    let Choice { formula, steps, error, rotations } = match &options.target {
        Target::Error { at_most, formulas } => search::cheapest(&plan, formulas, *at_most).map_err(|closest| {
            let (best, formula, steps) =
                closest.map_or((2.0, Formula::Suzuki(1), 0), |c| (c.error, c.formula, c.steps));
            let truncated = plan.evolutions().map(|e| e.truncated_norm).sum();
            TrotterError::Unreachable { asked: *at_most, best, formula, steps, truncated }
        })?,
        &Target::Steps { formula, steps } => {
            assert!(steps > 0, "a product formula takes at least one step");
            let rotations = plan.rotations(formula, steps);
            if rotations > MAX_ROTATIONS {
                return Err(TrotterError::TooLong { formula, steps, rotations });
            }
            Choice { formula, steps, error: plan.error(formula, steps), rotations }
        }
    };
    // Whatever happens, two unitaries differ by at most 2.
    let bounds = plan.evolutions().map(|evolution| bound::bound(evolution, formula, steps, error));
    let bound = bounds
        .reduce(|a, b| Bound { value: a.value + b.value, kind: if a.value >= b.value { a.kind } else { b.kind } });
    let (strings, terms, truncated) = plan.counts();
    let report = TrotterReport {
        formula: formula.to_string(),
        order: formula.order(),
        steps,
        strings,
        terms,
        truncated,
        rotations,
        error,
        bound: bound.expect("every plan has an exponential"),
    };
    Ok(Trotterised { circuit: plan.circuit(formula, steps, options.grouping), report })
}

#[cfg(test)]
mod tests;
