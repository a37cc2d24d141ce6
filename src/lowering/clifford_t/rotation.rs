//! One rotation by Clifford and T gates: Ross and Selinger's search on a grid, arXiv:1403.2975, as the crate rsgridsynth has it.
//!
//! What it returns is multiplied out here and compared with the rotation: nothing is taken on trust.

use super::error::CliffordTError;
use crate::circuit::{Gate, TwoByTwo};
use crate::linalg::Complex;

/// What stands for a rotation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Approximation {
    /// Gates on one qubit, the first one first.
    pub gates: Vec<Gate>,
    /// How far they are from it, in operator norm and up to a phase.
    pub error: f64,
}

/// Gates for Rz(angle), 0 < angle ≤ π/4, within `error` in operator norm and up to a phase. The same angle and error give the same
/// gates, whatever else is approximated at the time.
///
/// # Errors
/// If hqrn was built without the feature `clifford-t`, or what was found is no such approximation.
pub(super) fn approximate(angle: f64, error: f64) -> Result<Approximation, CliffordTError> {
    // Without any gate.
    let bare = Approximation { gates: vec![], error: distance(&[], angle) };
    if bare.error <= error {
        return Ok(bare);
    }
    // The search asks for ε that is twice the distance (its region is where cos ≥ 1 - ε²/8): the half is a second try.
    let mut nearest = f64::INFINITY;
    for asked in [2.0 * error, error] {
        let gates = search(angle, asked)?;
        let found = distance(&gates, angle);
        if found <= error {
            return Ok(Approximation { gates, error: found });
        }
        nearest = nearest.min(found);
    }
    Err(CliffordTError::NotFound { angle, found: nearest, error })
}

/// The gates that a word of the search stands for; it is written as a product of matrices, the last gate first.
#[cfg(feature = "clifford-t")]
fn gates_of(word: &str) -> Option<Vec<Gate>> {
    let gate = |letter: char| match letter {
        'H' => Some(Some(Gate::H)),
        'S' => Some(Some(Gate::S)),
        'T' => Some(Some(Gate::T)),
        'X' => Some(Some(Gate::X)),
        // A phase, and the identity.
        'W' | 'I' => Some(None),
        _ => None,
    };
    let gates = word.chars().rev().map(gate).collect::<Option<Vec<_>>>()?;
    Some(gates.into_iter().flatten().collect())
}

#[cfg(feature = "clifford-t")]
fn search(angle: f64, error: f64) -> Result<Vec<Gate>, CliffordTError> {
    use rsgridsynth::common::TAU;
    use rsgridsynth::config::config_from_theta_epsilon;
    use rsgridsynth::gridsynth::gridsynth_gates;
    use std::sync::{LazyLock, Mutex, PoisonError};

    // Its precision is one number for the whole process, and π is computed once, at the precision of that moment: here the full one.
    static ALONE: LazyLock<Mutex<()>> = LazyLock::new(|| {
        drop(TAU.clone());
        Mutex::new(())
    });
    // Whoever failed in there left nothing behind that the next one would see.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // What was found before would change what is drawn next.
    rsgridsynth::clear_caches();
    let mut config = config_from_theta_epsilon(angle, error, 0, false, false);
    // It gives up by the clock, and what it gives up on depends on that: so nothing is factored, which takes a T gate more where errors
    // are small, and nothing else ends early.
    config.diophantine_data.factoring_timeout = 0;
    config.diophantine_data.diophantine_timeout = u128::MAX;
    let word = gridsynth_gates(&mut config).gates;
    gates_of(&word).ok_or(CliffordTError::NotFound { angle, found: f64::INFINITY, error })
}

#[cfg(not(feature = "clifford-t"))]
fn search(_angle: f64, _error: f64) -> Result<Vec<Gate>, CliffordTError> {
    Err(CliffordTError::NotBuilt)
}

fn product(a: &TwoByTwo, b: &TwoByTwo) -> TwoByTwo {
    [0, 1].map(|i| [0, 1].map(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}

/// How far gates are from Rz(angle), in operator norm and up to a phase.
pub(super) fn distance(gates: &[Gate], angle: f64) -> f64 {
    // D is what undoes the rotation after the gates: e^{iφ} (cos α + i sin α n·σ), 2 sin(α/2) away from a phase. sin α comes from parts
    // that are small where α is.
    let mut d = Gate::Rz(0.0).one_qubit_matrix().expect("a gate on one qubit");
    for gate in gates.iter().chain([&Gate::Rz(-angle)]) {
        d = product(&gate.one_qubit_matrix().expect("a gate on one qubit"), &d);
    }
    let [[a, b], [_, c]] = d;
    let turn = (a * c.conj()).arg() / 2.0;
    let sine = b.norm().hypot(a.norm() * turn.sin());
    let cosine = a.norm() * turn.cos();
    2.0 * (sine.atan2(Complex::from(cosine).norm()) / 2.0).sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_operator_norms_up_to_a_phase() {
        for (gates, angle, expected) in [
            (&[][..], 0.3, 2.0 * 0.075f64.sin()),
            (&[Gate::T, Gate::Tdg], 1e-9, 0.5e-9),
            (&[Gate::T], std::f64::consts::FRAC_PI_4, 0.0),
            (&[Gate::Z, Gate::X, Gate::Z, Gate::X], 0.0, 0.0),
            (&[Gate::X], 0.7, 2f64.sqrt()),
            // A quarter of π about X and back about Z: by an angle of cosine cos²(π/8).
            (&[Gate::H, Gate::T, Gate::H], std::f64::consts::FRAC_PI_4, (1.0 - 0.5f64.sqrt()).sqrt()),
        ] {
            let got = distance(gates, angle);
            assert!((got - expected).abs() < 1e-4 * expected + 1e-15, "{gates:?}: {got} {expected}");
        }
    }

    #[cfg(feature = "clifford-t")]
    #[test]
    fn rotations_take_three_times_the_logarithm_of_one_over_the_error() {
        for error in [1e-2, 1e-4, 1e-7, 1e-10] {
            let angles = (1..=12)
                .map(|i| f64::from(i) * std::f64::consts::FRAC_PI_4 / 12.5)
                .chain([1e-3, std::f64::consts::FRAC_PI_4 - 6e-8]);
            let mut counts = vec![];
            for angle in angles {
                let found = approximate(angle, error).unwrap();
                assert!(found.error <= error && found == approximate(angle, error).unwrap());
                counts.push(found.gates.iter().filter(|gate| matches!(gate, Gate::T)).count());
            }
            let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
            // Ross and Selinger: 3 log2(1/ε) and little more.
            let expected = 3.0 * (1.0f64 / error).log2();
            assert!((mean - expected).abs() < 4.0, "{error:e}: {mean} {expected} {counts:?}");
        }
    }

    #[cfg(feature = "clifford-t")]
    #[test]
    fn tiny_and_nearly_exact_angles_are_approximated() {
        for angle in [1e-12, 3e-9, 1e-5, std::f64::consts::FRAC_PI_4 - 1e-11, std::f64::consts::FRAC_PI_4] {
            for error in [0.3, 1e-3, 1e-8] {
                assert!(approximate(angle, error).unwrap().error <= error, "{angle:e} {error:e}");
            }
        }
    }
}
