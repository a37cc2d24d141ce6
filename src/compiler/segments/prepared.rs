//! The input of a segment, prepared in front of its gates.

use crate::circuit::{Circuit, Gate};
use crate::qasm::{Program, SegmentTerms, Spelling};
use crate::synthesis::exact::{prepare_amplitudes, spread};
use std::f64::consts::FRAC_1_SQRT_2;

/// Appends the preparation of a state of norm 1 on the input qubits, the lowest bit first, and of the reference beside it.
pub(super) fn prepare(psi: &[f64], terms: &SegmentTerms, input: &[usize], circuit: &mut Circuit) {
    if terms.encoding == Spelling::OneHot {
        return prepare_one(psi, terms.sign, input, circuit);
    }
    let side = 1 << input.len();
    let mut onto = input.to_vec();
    let mut amplitudes = psi.to_vec();
    amplitudes.resize(side, 0.0);
    if let (Some(reference), Some(sign)) = (&terms.reference, terms.sign) {
        amplitudes.extend(reference);
        amplitudes.resize(2 * side, 0.0);
        amplitudes.iter_mut().for_each(|a| *a *= FRAC_1_SQRT_2);
        onto.push(sign);
    }
    if !onto.is_empty() {
        circuit.append(&prepare_amplitudes(&amplitudes, 0.0), &onto);
    }
}

/// A one, spread over the reference's qubit, if there is one, and the input's.
fn prepare_one(psi: &[f64], sign: Option<usize>, input: &[usize], circuit: &mut Circuit) {
    let share = if sign.is_some() { FRAC_1_SQRT_2 } else { 1.0 };
    let amplitudes: Vec<f64> = sign.map(|_| share).into_iter().chain(psi.iter().map(|a| share * a)).collect();
    let qubits: Vec<usize> = sign.into_iter().chain(input.iter().copied()).collect();
    circuit.push(Gate::X, &qubits[..1]);
    spread(circuit, &qubits, &amplitudes);
}

/// The circuit of a program that leaves its input to its user, with the preparation of a state of norm 1 in front: gates of any
/// kind, not those of a machine.
///
/// # Panics
/// If the program is of no segment, or the state has not as many entries as go in.
pub fn with_input(program: &Program, psi: &[f64]) -> Circuit {
    let contract = &program.contract;
    let terms = contract.segment.as_ref().expect("a program of a segment");
    assert_eq!(psi.len(), contract.dim, "as many entries as go in");
    let own = &program.circuit;
    let mut circuit = Circuit::with_bits(own.qubit_count(), own.bit_count());
    prepare(psi, terms, contract.input(), &mut circuit);
    circuit.append(own, &(0..own.qubit_count()).collect::<Vec<_>>());
    for bit in 0..own.bit_count() {
        if let Some(qubit) = own.writer_of(bit) {
            circuit.measure(qubit, bit).expect("bits are written as often as they were");
        }
    }
    circuit
}
