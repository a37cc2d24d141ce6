//! Inputs of a program that choose its basis state: half a turn of a qubit, or none (docs/method.md, section 10).
//!
//! ```text
//!  |0> ── rx(x_i) ── U                        where the target has rx, or ry
//!  |0> ── sx ── rz(x_i) ── rx(-π/2) U         where it has rz alone: the input stands by itself in either
//! ```

use crate::circuit::{Circuit, Gate, GateKind, Template, Turn};
use crate::qasm::{ColumnTerms, Contract};
use crate::target::Target;
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

/// How an input turns a qubit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Chooser {
    /// By this gate, whose angle is the input.
    Direct(Gate),
    /// By Rz between two quarter turns, the first of which is this gate, and the second a part of what follows.
    AboutZ(Gate),
}

impl Chooser {
    /// How inputs turn qubits in programs for a target; none if its text has no inputs, or it no gate for them.
    pub fn of(target: &Target) -> Option<Chooser> {
        let has = |kind| target.basis.has_all(kind);
        if !target.dialect.inputs {
            return None;
        }
        let direct = [(GateKind::Rx, Gate::Rx(0.0)), (GateKind::Ry, Gate::Ry(0.0))].into_iter();
        let direct = direct.filter(|(kind, _)| has(*kind)).map(|(_, gate)| Chooser::Direct(gate)).next();
        let quarter = [Gate::Sx, Gate::Rx(FRAC_PI_2)].into_iter().find(|gate| target.basis.allows(gate));
        direct.or_else(|| quarter.filter(|_| has(GateKind::Rz)).map(Chooser::AboutZ))
    }

    /// Appends what stands between an input and the circuit, before that is written for a machine.
    pub fn begin(self, circuit: &mut Circuit, qubits: &[usize]) {
        if let Chooser::AboutZ(_) = self {
            qubits.iter().for_each(|&qubit| _ = circuit.push(Gate::Rx(-FRAC_PI_2), &[qubit]));
        }
    }

    /// The inputs in front of a circuit that is written for its machine, and begins as [`begin`](Chooser::begin) says on the input
    /// qubits of the contract, which gets its columns.
    pub fn complete(self, circuit: &Circuit, contract: &mut Contract) -> Template {
        let chosen: BTreeMap<usize, usize> = contract.chosen_qubits().into_iter().collect();
        let inputs = contract.signs.present().map(|(_, read)| read.input.len()).max().unwrap_or(0);
        let columns = ColumnTerms::of(inputs);
        let (width, bits) = (circuit.qubit_count(), circuit.bit_count());
        let mut template = Template::new(Circuit::with_bits(width, bits), columns.angles.clone());
        for (&qubit, &input) in &chosen {
            let gate = match self {
                Chooser::Direct(gate) => gate,
                Chooser::AboutZ(quarter) => {
                    template.try_push(quarter, &[qubit]).expect("the qubit is there");
                    Gate::Rz(0.0)
                }
            };
            template.try_push_turn(gate, qubit, Turn { input, negated: false }).expect("the qubit is there");
        }
        template.append(&Template::new(circuit.clone(), vec![]), &(0..width).collect::<Vec<_>>(), 0);
        for bit in 0..bits {
            if let Some(qubit) = circuit.writer_of(bit) {
                template.measure(qubit, bit).expect("measured once, as before");
            }
        }
        contract.columns = Some(columns);
        template
    }
}
