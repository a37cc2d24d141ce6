//! Plane rotations between qubits that hold a single one: what a matrix does to amplitudes, a qubit each, two CZ a rotation.
//!
//! ```text
//! a ─ H ─ ● ─ Ry( t) ─ ● ─ H ─      vacuum stays; a one is turned, (a, b) -> (a cos t - b sin t, a sin t + b cos t)
//! b ─ H ─ ● ─ Ry(-t) ─ ● ─ H ─
//! ```

use crate::circuit::{Circuit, Gate};

/// Appends the turn by t, in radians, of the amplitudes of a one on qubit a and of one on qubit b.
///
/// # Panics
/// If the qubits are none of the circuit, or one.
pub fn push_turn(circuit: &mut Circuit, a: usize, b: usize, t: f64) {
    for q in [a, b] {
        circuit.push(Gate::H, &[q]);
    }
    circuit.push(Gate::Cz, &[a, b]);
    circuit.push(Gate::Ry(t), &[a]);
    circuit.push(Gate::Ry(-t), &[b]);
    circuit.push(Gate::Cz, &[a, b]);
    for q in [a, b] {
        circuit.push(Gate::H, &[q]);
    }
}

/// Appends turns down the qubits that spread a one on the first of them as these amplitudes, of norm 1.
///
/// # Panics
/// If there are not as many qubits, or no amplitude.
pub fn spread(circuit: &mut Circuit, qubits: &[usize], amplitudes: &[f64]) {
    assert!(!qubits.is_empty() && qubits.len() == amplitudes.len(), "a qubit an amplitude");
    // What is left for those behind; the last takes its sign along.
    let rest = |from: usize| amplitudes[from..].iter().map(|a| a * a).sum::<f64>().sqrt();
    let last = qubits.len() - 1;
    if last == 0 && amplitudes[0] < 0.0 {
        circuit.push(Gate::Z, &[qubits[0]]);
    }
    for k in 0..last {
        let behind = if k + 1 == last { amplitudes[last] } else { rest(k + 1) };
        push_turn(circuit, qubits[k], qubits[k + 1], behind.atan2(amplitudes[k]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::unitary_of;
    use approx::assert_abs_diff_eq;

    #[test]
    fn a_one_is_turned_and_nothing_stays_nothing() {
        for t in [0.0, 0.3, -2.0, 3.1] {
            let mut circuit = Circuit::new(2);
            push_turn(&mut circuit, 0, 1, t);
            let u = unitary_of(&circuit);
            let (s, c) = t.sin_cos();
            for (row, column, wanted) in
                [(0, 0, 1.0), (1, 1, c), (2, 1, s), (1, 2, -s), (2, 2, c), (1, 0, 0.0), (3, 1, 0.0), (3, 3, 1.0)]
            {
                assert_abs_diff_eq!(u[(row, column)].re, wanted, epsilon = 1e-14);
                assert_abs_diff_eq!(u[(row, column)].im, 0.0, epsilon = 1e-14);
            }
        }
    }

    #[test]
    fn amplitudes_of_any_sign_are_spread() {
        for amplitudes in [vec![-1.0], vec![1.0], vec![0.6, -0.8], vec![-0.5, 0.5, -0.5, -0.5], vec![0.0, 0.0, 1.0]] {
            let n = amplitudes.len();
            let mut circuit = Circuit::new(n);
            spread(&mut circuit, &(0..n).collect::<Vec<_>>(), &amplitudes);
            let u = unitary_of(&circuit);
            for (k, a) in amplitudes.iter().enumerate() {
                assert_abs_diff_eq!(u[(1 << k, 1)].re, *a, epsilon = 1e-14);
            }
        }
    }
}
