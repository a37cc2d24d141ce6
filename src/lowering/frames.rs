//! Turns about Z for machines that have none: each qubit's axes turn in place of the qubit.
//!
//! ```text
//!  Prx(θ, φ) Rz(f) = Rz(f) Prx(θ, φ - f),     CZ and Rzz commute with Rz
//! ```
//!
//! So every Rz moves on to the end of its wire, where a measurement does not see it.

use crate::circuit::{Circuit, Gate, GateKind, Operation};
use crate::target::Basis;
use std::f64::consts::{PI, TAU};

/// Whether a machine turns about axes in the equator only.
pub(super) fn has_frames(basis: Basis) -> bool {
    basis.has(GateKind::Prx) && !basis.has(GateKind::Rz)
}

/// Takes all turns about Z out of a circuit of `rz`, `prx` and gates that are diagonal. What is left of them at the end of a wire
/// that is not measured becomes two half turns.
pub(super) fn take_out_rz(circuit: &mut Circuit) {
    let width = circuit.qubit_count();
    let mut out = Circuit::with_bits(width, circuit.bit_count());
    let mut frames = vec![0.0; width];
    for (_, Operation { gate, qubits }) in circuit.operations() {
        let frame: &mut f64 = &mut frames[qubits.get(0)];
        match gate {
            Gate::Rz(angle) => *frame += angle,
            Gate::Prx(theta, phi) => _ = out.push(Gate::Prx(theta, within_a_turn(phi - *frame)), &[qubits.get(0)]),
            gate => _ = out.push(gate, &qubits.iter().collect::<Vec<_>>()),
        }
    }
    out.add_phase(circuit.global_phase());
    for (qubit, frame) in frames.into_iter().enumerate() {
        match circuit.measured_into(qubit) {
            Some(bit) => out.measure(qubit, bit).expect("measured once, as before"),
            None if frame == 0.0 => {}
            // Rz(f) = -Prx(π, f/2) Prx(π, 0).
            None => {
                out.push(Gate::Prx(PI, 0.0), &[qubit]);
                out.push(Gate::Prx(PI, frame / 2.0), &[qubit]);
                out.add_phase(PI);
            }
        }
    }
    *circuit = out;
}

/// The same direction, from -π to π.
fn within_a_turn(angle: f64) -> f64 {
    angle - (angle / TAU).round() * TAU
}
