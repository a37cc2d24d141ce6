//! How far inputs that choose basis states are from choosing them.
//!
//! In front of everything else, input i stands in a rotation G of its qubit, behind gates P on it alone. For x = 0 the qubit is
//! then in `s0 = G(0) P |0>`, for x = π in `s1 = G(π) P |0>`. What is simulated for a 1 is X in front, `G(0) P |1>`, which is
//! orthogonal to s0; of one qubit, s1 is that up to a phase and to `√(2 - 2 √(1 - ε²)) <= 1.01 ε`, with `ε = |<s0|s1>|` up to 0.2.

use crate::circuit::{Circuit, Gate};
use crate::qasm::Program;
use crate::simulator::{EnclosedAmplitudes, Readout, SimulationError, enclose};
use std::f64::consts::PI;

/// How far, in the 2-norm, the state that inputs of 0 and π set on these qubits is from the one that is simulated; zero for a
/// program without inputs.
pub(super) fn unset(program: &Program, qubits: &[usize]) -> Result<f64, SimulationError> {
    if program.contract.columns.is_none() {
        return Ok(0.0);
    }
    let template = program.template();
    let mut before: Vec<Vec<Gate>> = vec![vec![]; template.circuit().qubit_count()];
    let (mut off, mut is_set) = (0.0, vec![false; before.len()]);
    for (node, operation) in template.circuit().operations() {
        let qubit = operation.qubits.get(0);
        if operation.gate.arity() > 1 || is_set[qubit] || !qubits.contains(&qubit) {
            continue;
        }
        match template.turn(node) {
            None => before[qubit].push(operation.gate),
            Some(turn) => {
                // The double nearest to π reads as any decimal that is nearest to it, of which π itself is one.
                let angle = if turn.negated { -PI } else { PI };
                let state = |angle: f64| alone(&before[qubit], operation.gate.with_angles([angle, 0.0, 0.0]));
                let overlap = state(0.0)?.overlap(&state(angle)?);
                off += if overlap < 0.2 { 1.01 * overlap } else { f64::INFINITY };
                is_set[qubit] = true;
            }
        }
    }
    Ok(off)
}

/// A qubit behind gates on it alone.
fn alone(before: &[Gate], last: Gate) -> Result<EnclosedAmplitudes, SimulationError> {
    let mut circuit = Circuit::new(1);
    before.iter().chain([&last]).for_each(|gate| _ = circuit.push(*gate, &[0]));
    enclose(&circuit.measured(), &Readout { input: vec![], output: vec![0], accept: vec![] }, &[0])
}
