//! A circuit by Clifford and T gates: exact gates as they are, every rotation approximated within its share of an error.
//!
//! ```text
//! circuit ── two-qubit gates ─▶ rz between Clifford gates ── merged ─▶ Rz(k π/2 + r) ── Z, S, and Rz(r) by a grid search
//! ```
//!
//! Phases of the whole circuit are not kept, and neither is anything else but what is measured.

mod error;
mod rotation;

pub use error::CliffordTError;

use self::rotation::{Approximation, approximate};
use super::translate::Translate;
use crate::circuit::{Axis, Circuit, Gate, GateKind, Operation, components};
use crate::passes::{CancelCommuting, CancelInverses, MergeRotations, Pass};
use crate::target::Basis;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// Rotations are not approximated any better than this, where double precision could no longer tell.
const LEAST_ERROR: f64 = 1e-12;
/// What multiplying a rotation's gates out may round away.
const ROUNDING: f64 = 1e-13;
/// Rounds of merging after which it ends whatever happens; two or three are the rule.
const MAX_ROUNDS: usize = 20;

/// A circuit by Clifford and T gates.
#[derive(Clone, Debug)]
pub struct CliffordT {
    /// Of `x h z s sdg t tdg cx cy cz swap`, with the measurements of the original.
    pub circuit: Circuit,
    /// For each qubit a bound, in operator norm, on what is wrong with the part of the circuit that it is joined with.
    pub errors: Vec<f64>,
    /// How many rotations were approximated.
    pub rotations: usize,
}

/// Writes a circuit by Clifford and T gates. Each part of it whose qubits gates join is within `error` of the original, in operator
/// norm and up to a phase, an equal share being left to each of its rotations. The same circuit and error give the same gates.
///
/// # Errors
/// An error so small that double precision cannot tell; a library that was built without the feature `clifford-t`.
pub fn by_clifford_t(circuit: &Circuit, error: f64) -> Result<CliffordT, CliffordTError> {
    let mut simple = circuit.clone();
    let basis = Basis::PORTABLE.without(&[GateKind::Ch, GateKind::Ccx, GateKind::Cswap]);
    Translate { basis }.run(&mut simple)?;
    let mut turning = empty_like(circuit);
    simple.operations().for_each(|(_, operation)| spell(operation, &mut turning));
    merge(&mut turning);
    let mut part_of = vec![0; circuit.qubit_count()];
    for (number, part) in components(&turning).iter().enumerate() {
        part.iter().for_each(|qubit| part_of[*qubit] = number);
    }
    let mut counts = BTreeMap::<usize, usize>::new();
    for (_, Operation { gate, qubits }) in turning.operations() {
        if rest_of(&gate).is_some_and(|(_, rest)| rest != 0.0) {
            *counts.entry(part_of[qubits.get(0)]).or_default() += 1;
        }
    }
    for &rotations in counts.values() {
        let share = error / rotations as f64;
        if share < LEAST_ERROR {
            return Err(CliffordTError::TooFine { error, share, rotations });
        }
    }
    let mut known = BTreeMap::<(u64, u64), Approximation>::new();
    let mut parts = BTreeMap::<usize, f64>::new();
    let mut out = empty_like(circuit);
    for (_, Operation { gate, qubits }) in turning.operations() {
        let on: Vec<usize> = qubits.iter().collect();
        let Some((eighths, rest)) = rest_of(&gate) else {
            out.push(gate, &on);
            continue;
        };
        exact_gates(eighths).iter().for_each(|gate| _ = out.push(*gate, &on));
        if rest == 0.0 {
            continue;
        }
        let part = part_of[on[0]];
        let share = error / counts[&part] as f64;
        let key = (rest.abs().to_bits(), share.to_bits());
        let found = match known.get(&key) {
            Some(found) => found,
            None => known.entry(key).or_insert(approximate(rest.abs(), share)?),
        };
        *parts.entry(part).or_default() += found.error + ROUNDING;
        if rest > 0.0 {
            found.gates.iter().for_each(|gate| _ = out.push(*gate, &on));
        } else {
            found.gates.iter().rev().for_each(|gate| _ = out.push(gate.inverse().0, &on));
        }
    }
    CancelInverses.run(&mut out);
    let errors = part_of.iter().map(|part| parts.get(part).copied().unwrap_or(0.0)).collect();
    for qubit in 0..circuit.qubit_count() {
        if let Some(bit) = circuit.measured_into(qubit) {
            out.measure(qubit, bit).expect("measured as in the original");
        }
    }
    Ok(CliffordT { circuit: out, errors, rotations: counts.values().sum() })
}

/// A circuit of as many qubits and bits, without gates and measurements.
fn empty_like(circuit: &Circuit) -> Circuit {
    Circuit::with_bits(circuit.qubit_count(), circuit.bit_count())
}

/// Adds a gate as rotations about Z between Clifford gates, up to a phase.
fn spell(Operation { gate, qubits }: Operation, out: &mut Circuit) {
    let on: Vec<usize> = qubits.iter().collect();
    let mut each = |gates: &[Gate]| gates.iter().for_each(|gate| _ = out.push(*gate, &on));
    match gate {
        Gate::Id => {}
        Gate::P(angle) => each(&[Gate::Rz(angle)]),
        Gate::Rx(angle) => each(&[Gate::H, Gate::Rz(angle), Gate::H]),
        Gate::Sx => each(&[Gate::H, Gate::Rz(FRAC_PI_2), Gate::H]),
        // H Rz H turns about X; a quarter turn about Z makes Y of it.
        Gate::Ry(angle) => {
            each(&[Gate::Rz(-FRAC_PI_2), Gate::H, Gate::Rz(angle), Gate::H, Gate::Rz(FRAC_PI_2)]);
        }
        Gate::U3(theta, phi, lambda) => {
            let (before, after) = (Gate::Rz(lambda - FRAC_PI_2), Gate::Rz(phi + FRAC_PI_2));
            each(&[before, Gate::H, Gate::Rz(theta), Gate::H, after]);
        }
        gate => each(&[gate]),
    }
}

/// Merges what commutes, until nothing is left to merge; rotations that come to nothing go.
fn merge(circuit: &mut Circuit) {
    let passes: [&dyn Pass; 3] = [&CancelInverses, &CancelCommuting, &MergeRotations];
    for _ in 0..MAX_ROUNDS {
        if passes.iter().map(|pass| pass.run(circuit)).sum::<usize>() == 0 {
            break;
        }
    }
}

/// A rotation about Z as k times π/4, k from 0 to 7, and what is left of it; `None` for other gates. Where something is left, k is even,
/// so that no T gate is spent on it, and the rest at most π/4 either way.
fn rest_of(gate: &Gate) -> Option<(u8, f64)> {
    let angle = gate.rotation().filter(|rotation| rotation.axis == Axis::Z)?.angle;
    let nearest = (angle / FRAC_PI_4).round();
    // Angles that were merged may be off by what that rounds away.
    let exact = (angle - nearest * FRAC_PI_4).abs() <= ROUNDING;
    let k = if exact { nearest } else { 2.0 * (angle / FRAC_PI_2).round() };
    let rest = if exact { 0.0 } else { angle - k * FRAC_PI_4 };
    Some((k.rem_euclid(8.0) as u8, rest))
}

/// A rotation about Z by k times π/4.
fn exact_gates(eighths: u8) -> &'static [Gate] {
    const GATES: [&[Gate]; 8] =
        [&[], &[Gate::T], &[Gate::S], &[Gate::S, Gate::T], &[Gate::Z], &[Gate::Z, Gate::T], &[Gate::Sdg], &[Gate::Tdg]];
    GATES[usize::from(eighths)]
}
