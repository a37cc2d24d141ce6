//! Factories of T states: rounds of 15-to-1 distillation, each of so many units side by side that enough of them succeed.

use super::code::{Patch, QubitModel};
use super::quantile::successes;
use serde::Serialize;

/// How often a factory may yield too few states (arXiv:2211.07629, appendix C).
const FAILURE: f64 = 0.01;
/// T states that go into a unit; one comes out.
const INPUTS: u64 = 15;
/// No round has so many units.
const MOST_UNITS: u64 = 1_000_000_000_000_000;

/// How a unit distils: qubits and cycles, on bare physical qubits and on logical ones.
#[derive(Clone, Copy, Debug)]
struct Kind {
    physical: (u64, u64),
    logical: (u64, u64),
}

/// 15-to-1 by a Reed-Muller code prepared at once, and the same in little space.
const KINDS: [Kind; 2] =
    [Kind { physical: (31, 24), logical: (31, 11) }, Kind { physical: (12, 45), logical: (20, 13) }];

/// How many kinds of units there are.
pub(super) const KIND_COUNT: usize = KINDS.len();

/// A unit of a round: what it takes, and what its Clifford gates do wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    qubits: u64,
    duration: u64,
    distance: u64,
    clifford_error: f64,
}

impl Unit {
    /// A unit of bare physical qubits, which only a first round can have.
    pub fn physical(kind: usize, model: &QubitModel) -> Unit {
        let (qubits, cycles) = KINDS[kind].physical;
        let duration = cycles * model.gate_time;
        Unit { qubits, duration, distance: 1, clifford_error: model.clifford_error }
    }

    /// A unit of logical qubits.
    pub fn logical(kind: usize, patch: &Patch) -> Unit {
        let (qubits, cycles) = KINDS[kind].logical;
        Unit {
            qubits: qubits * patch.qubits,
            duration: cycles * patch.cycle_time,
            distance: patch.distance,
            clifford_error: patch.error,
        }
    }

    /// Whether its Clifford gates are good enough for states that fail so often.
    pub fn is_fit_for(&self, t_error: f64) -> bool {
        self.clifford_error <= 0.1 * t_error
    }

    fn failure(&self, input_error: f64) -> f64 {
        15.0 * input_error + 356.0 * self.clifford_error
    }

    fn output_error(&self, input_error: f64) -> f64 {
        35.0 * input_error.powi(3) + 7.1 * self.clifford_error
    }
}

/// Why units make no factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Nothing that a larger distance mends.
    NeverFails,
    /// A round that makes states worse, always fails, or takes more units than there can be: a larger distance may mend it.
    TooPoor,
}

/// A factory of T states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Factory {
    /// Physical qubits, which its rounds share.
    pub physical_qubits: u64,
    /// Nanoseconds of a run.
    pub runtime: u64,
    /// T states of a run.
    pub states: u64,
    /// How often a state fails.
    pub error: f64,
    /// Units of each round.
    pub units: Vec<u64>,
    /// Code distance of each round.
    pub distances: Vec<u64>,
}

impl Factory {
    /// A factory of these units, a round each, for states that fail so often before the first.
    pub(super) fn build(units: &[Unit], t_error: f64) -> Result<Factory, Unfit> {
        let share = FAILURE / units.len() as f64;
        let mut errors = vec![t_error];
        for unit in units {
            let before = errors[errors.len() - 1];
            let after = unit.output_error(before);
            if after > before {
                return Err(Unfit::TooPoor);
            }
            errors.push(after);
        }
        let mut counts = vec![0; units.len()];
        let (mut needed, mut states) = (1, 1);
        for (round, unit) in units.iter().enumerate().rev() {
            let failure = unit.failure(errors[round]);
            if failure <= 0.0 {
                return Err(Unfit::NeverFails);
            }
            if failure >= 1.0 {
                return Err(Unfit::TooPoor);
            }
            counts[round] = units_for(needed, failure, share).ok_or(Unfit::TooPoor)?;
            if round + 1 == units.len() {
                states = successes(counts[round], failure, share);
            }
            needed = INPUTS * counts[round];
        }
        let qubits = units.iter().zip(&counts).map(|(unit, count)| unit.qubits * count);
        Ok(Factory {
            physical_qubits: qubits.max().unwrap_or(0),
            runtime: units.iter().map(|unit| unit.duration).sum(),
            states,
            error: errors[units.len()],
            units: counts,
            distances: units.iter().map(|unit| unit.distance).collect(),
        })
    }

    /// A patch as it is, where physical T gates are good enough.
    pub(super) fn trivial(patch: &Patch) -> Factory {
        Factory {
            physical_qubits: patch.qubits,
            runtime: patch.cycle_time,
            states: 1,
            error: patch.error,
            units: vec![1],
            distances: vec![patch.distance],
        }
    }

    /// Qubits a state of a run.
    pub(super) fn width(&self) -> f64 {
        self.physical_qubits as f64 / self.states as f64
    }

    /// Qubits times nanoseconds a state.
    pub(super) fn volume(&self) -> f64 {
        (self.physical_qubits * self.runtime) as f64 / self.states as f64
    }
}

/// How many units side by side yield so many states, but for a share of the runs.
fn units_for(needed: u64, failure: f64, share: f64) -> Option<u64> {
    let mut upper = needed;
    while successes(upper, failure, share) < needed {
        upper *= 2;
        if upper >= MOST_UNITS {
            return None;
        }
    }
    let mut lower = upper / 2;
    while lower < upper {
        let middle = u64::midpoint(lower, upper);
        if successes(middle, failure, share) >= needed { upper = middle } else { lower = middle + 1 }
    }
    Some(upper)
}
