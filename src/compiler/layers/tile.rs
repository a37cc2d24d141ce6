//! One patch: four qubits, the encoding of four pixels, the gates of a layer, and the parities that are `<Z>`.
//!
//! ```text
//!  q_i ─ ry(x_i) ─ V ─ M          where the machine has ry
//!  q_i ─ sx ─ rz(x_i) ─ rx(-π/2) V ─ M      where it has rz alone: the input stands by itself in either
//! ```

use super::options::LayerOptions;
use crate::circuit::{Circuit, Gate, GateKind, Template, Turn};
use crate::lowering::{Lowered, LoweringError, lower, lower_in_place};
use crate::network::quanvolution::{Axis, Layer, Step};
use crate::qasm::PATCH;
use crate::target::{Coupling, Machine};
use std::f64::consts::FRAC_PI_2;

/// One patch on four qubits of its own.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Qubit i measured into bit i, but where routing moved it; inputs 0 to 3, or none.
    pub template: Template,
    /// The qubit that takes each pixel.
    pub start: [usize; PATCH],
    /// For each `<Z>` the bits whose parity is its sign.
    pub output: [Vec<usize>; PATCH],
}

impl Tile {
    /// A patch whose pixels are inputs, or these angles. `coupling` has the four qubits that it is put on.
    pub fn new(
        layer: &Layer,
        pixels: Option<[f64; PATCH]>,
        coupling: Option<Coupling>,
        options: &LayerOptions,
    ) -> Result<Tile, LoweringError> {
        let machine = Machine { coupling, ..options.machine.clone() };
        let mut rounds = layer.ansatz.rounds();
        let parities = match rounds.last_mut() {
            Some(last) if !options.keep_chain => without_last_parities(last),
            _ => std::array::from_fn(|j| vec![j]),
        };
        let (pieces, turn) = match pixels {
            Some(angles) => (vec![fixed(&rounds, angles)], None),
            None if machine.target.basis.has(GateKind::Ry) => (with_ry(&rounds), Some(Gate::Ry(0.0))),
            None => (with_rz(&rounds), Some(Gate::Rz(0.0))),
        };
        let names = if turn.is_some() { (0..PATCH).map(|i| format!("x{i}")).collect() } else { vec![] };
        let (last, before) = pieces.split_last().expect("there is a piece behind the last encoding");
        let last = place(&measured(last), &machine, options)?;
        let start: [usize; PATCH] = std::array::from_fn(|q| last.initial[q]);
        let mut template = Template::new(Circuit::with_bits(PATCH, PATCH), names);
        for piece in before {
            let lowered = lower_in_place(piece, &machine, options.keep_chain, options.drop_tolerance)?;
            template.append(&Template::new(lowered.circuit, vec![]), &start, 0);
            if let Some(gate) = turn {
                for (input, &qubit) in start.iter().enumerate() {
                    template.try_push_turn(gate, qubit, Turn { input, negated: false }).expect("the qubit is there");
                }
            }
        }
        template.append(&Template::new(last.circuit, vec![]), &[0, 1, 2, 3], 0);
        (0..PATCH).for_each(|q| template.measure(last.last[q], q).expect("no two qubits end at one place"));
        Ok(Tile { template, start, output: parities })
    }
}

/// Writes a piece for the machine, on the qubits it names wherever all that it joins are neighbours.
fn place(piece: &Circuit, machine: &Machine, options: &LayerOptions) -> Result<Lowered, LoweringError> {
    let apart = machine.coupling.as_ref().is_some_and(|coupling| {
        piece.operations().any(|(_, operation)| {
            let qubits: Vec<usize> = operation.qubits.iter().collect();
            qubits.len() == 2 && !coupling.neighbours(qubits[0]).contains(&qubits[1])
        })
    });
    if apart {
        return lower(piece, machine, options.seed, options.drop_tolerance);
    }
    lower_in_place(piece, machine, options.keep_chain, options.drop_tolerance)
}

/// Takes away what only changes which parities are read: the gates at the end that are CX, CZ or rotations about Z and
/// have nothing else behind them. Returns for each qubit the qubits whose parity its Z is then.
fn without_last_parities(steps: &mut Vec<Step>) -> [Vec<usize>; PATCH] {
    let mut masks: [usize; PATCH] = std::array::from_fn(|j| 1 << j);
    let (mut blocked, mut kept) = ([false; PATCH], vec![]);
    for step in steps.drain(..).rev() {
        match step {
            Step::Cx(control, target) if !blocked[control] && !blocked[target] => {
                // Z of the target becomes the product of both.
                let spread = |mask: &mut usize| *mask ^= (*mask >> target & 1) << control;
                masks.iter_mut().for_each(spread);
            }
            Step::Cz(one, other) if !blocked[one] && !blocked[other] => {}
            Step::Turn(Axis::Z, qubit, _) if !blocked[qubit] => {}
            Step::Turn(_, qubit, _) => {
                blocked[qubit] = true;
                kept.push(step);
            }
            Step::Cx(a, b) | Step::Cz(a, b) => {
                (blocked[a], blocked[b]) = (true, true);
                kept.push(step);
            }
        }
    }
    kept.reverse();
    *steps = kept;
    masks.map(|mask| (0..PATCH).filter(|q| mask >> q & 1 == 1).collect())
}

/// Nothing, and the gates behind each encoding.
fn with_ry(rounds: &[Vec<Step>]) -> Vec<Circuit> {
    std::iter::once(Circuit::new(PATCH)).chain(rounds.iter().map(|round| circuit_of(round))).collect()
}

/// The same where Ry is written `Rx(-π/2) Rz √X`: what stands before an encoding ends in √X, what stands behind it begins
/// with the other.
fn with_rz(rounds: &[Vec<Step>]) -> Vec<Circuit> {
    let mut pieces = vec![];
    for k in 0..=rounds.len() {
        let mut piece = Circuit::new(PATCH);
        if k > 0 {
            (0..PATCH).for_each(|q| _ = piece.push(Gate::Rx(-FRAC_PI_2), &[q]));
            push_all(&mut piece, &rounds[k - 1]);
        }
        if k < rounds.len() {
            (0..PATCH).for_each(|q| _ = piece.push(Gate::Sx, &[q]));
        }
        pieces.push(piece);
    }
    pieces
}

/// All of it with numbers for the pixels.
fn fixed(rounds: &[Vec<Step>], angles: [f64; PATCH]) -> Circuit {
    let mut whole = Circuit::new(PATCH);
    for round in rounds {
        angles.iter().enumerate().for_each(|(q, &angle)| _ = whole.push(Gate::Ry(angle), &[q]));
        push_all(&mut whole, round);
    }
    whole
}

fn circuit_of(steps: &[Step]) -> Circuit {
    let mut circuit = Circuit::new(PATCH);
    push_all(&mut circuit, steps);
    circuit
}

fn push_all(circuit: &mut Circuit, steps: &[Step]) {
    for step in steps {
        match *step {
            Step::Turn(Axis::X, q, angle) => circuit.push(Gate::Rx(angle), &[q]),
            Step::Turn(Axis::Y, q, angle) => circuit.push(Gate::Ry(angle), &[q]),
            Step::Turn(Axis::Z, q, angle) => circuit.push(Gate::Rz(angle), &[q]),
            Step::Cx(control, target) => circuit.push(Gate::Cx, &[control, target]),
            Step::Cz(one, other) => circuit.push(Gate::Cz, &[one, other]),
        };
    }
}

/// The same with every qubit measured.
fn measured(circuit: &Circuit) -> Circuit {
    let mut out = Circuit::with_bits(PATCH, PATCH);
    out.append(circuit, &[0, 1, 2, 3]);
    (0..PATCH).for_each(|q| out.measure(q, q).expect("every qubit is measured once, into a bit of its own"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parities_at_the_end_are_not_gates() {
        let chain = [Step::Cx(0, 1), Step::Cx(1, 2), Step::Cx(2, 3)];
        let mut steps = chain.to_vec();
        assert_eq!(without_last_parities(&mut steps), [vec![0], vec![0, 1], vec![0, 1, 2], vec![0, 1, 2, 3]]);
        assert_eq!(steps, []);
        let turn = Step::Turn(Axis::X, 1, 0.5);
        let mut steps = vec![Step::Cx(3, 1), turn, Step::Cx(0, 1), Step::Cz(2, 3), Step::Turn(Axis::Z, 0, 1.0)];
        assert_eq!(without_last_parities(&mut steps), [vec![0], vec![0, 1], vec![2], vec![3]]);
        assert_eq!(steps, [Step::Cx(3, 1), turn]);
        // CX behind which a qubit is turned stays.
        let mut steps = vec![Step::Cx(0, 1), Step::Turn(Axis::Y, 0, 0.1), Step::Cx(1, 2)];
        assert_eq!(without_last_parities(&mut steps)[2], [1, 2]);
        assert_eq!(steps.len(), 2);
    }
}
