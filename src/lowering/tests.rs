//! Lowered circuits do what they did, in gates and on pairs that the machine has.

use super::*;
use crate::circuit::{Cost, Gate};
use crate::linalg::max_difference;
use crate::passes::tests::random_circuit;
use crate::random::rng;
use crate::simulator::unitary_of;
use crate::target::{Coupling, TARGETS, Target};

#[test]
fn translation_reaches_the_basis_and_keeps_the_unitary() {
    let mut rng = rng(78);
    let bases = [
        Basis::PORTABLE,
        Basis::of(&[GateKind::Rz, GateKind::Sx, GateKind::X, GateKind::Cz, GateKind::Id]),
        Basis::of(&[GateKind::Rz, GateKind::Ry, GateKind::Cx]),
        Basis::of(&[GateKind::U3, GateKind::Cx]),
        Basis::of(&[GateKind::Rz, GateKind::Sx, GateKind::X, GateKind::Ecr, GateKind::Id]),
    ];
    for _ in 0..300 {
        let circuit = random_circuit(&mut rng);
        let cost = Cost::of(&circuit);
        for basis in bases {
            let mut changed = circuit.clone();
            Translate { basis }.run(&mut changed).unwrap();
            assert!(changed.operations().all(|(_, o)| basis.allows(&o.gate)));
            assert!(max_difference(&unitary_of(&changed), &unitary_of(&circuit)) < 1e-12, "{basis:?}");
            assert!(Cost::of(&changed).two_qubit_gates <= cost.two_qubit_gates);
            assert!(Cost::of(&changed).two_qubit_depth <= cost.two_qubit_depth);
        }
    }
    let mut circuit = Circuit::new(1);
    circuit.push(Gate::H, &[0]);
    let refused = Translate { basis: Basis::of(&[GateKind::Rx, GateKind::Cx]) }.run(&mut circuit).unwrap_err();
    assert_eq!(refused.to_string(), "gate 'h' cannot be written in the gates rx, cx");
}

#[test]
fn every_target_takes_what_is_lowered_to_it() {
    let mut rng = rng(79);
    for target in TARGETS {
        let machine = Machine::from(target);
        for _ in 0..40 {
            let circuit = random_circuit(&mut rng);
            let lowered = lower(&circuit, &machine, 0, 1e-14).unwrap();
            assert_eq!(machine.check(&lowered.circuit), Ok(()), "{}", target.name);
            assert_eq!(lowered.initial, lowered.last);
            assert!(max_difference(&unitary_of(&lowered.circuit), &unitary_of(&circuit)) < 1e-12, "{}", target.name);
        }
    }
}

/// Pieces of three qubits at the ends of a register whose other qubits no pair names.
fn gaps() -> Machine {
    let coupling = Coupling::new(None, &[(0, 1), (1, 2), (10, 11), (11, 12)]).unwrap();
    Machine { coupling: Some(coupling), ..Machine::from(Target::named("ibm").unwrap()) }
}

#[test]
fn qubits_that_no_pair_names_are_left_alone() {
    let machine = gaps();
    for seed in 0..20 {
        // Two joined qubits, and four that each go their own way: one-qubit gates and none.
        let mut circuit = Circuit::with_bits(6, 6);
        circuit.push(Gate::Cx, &[0, 4]);
        circuit.push(Gate::H, &[2]);
        (0..6).for_each(|q| circuit.measure(q, 5 - q).unwrap());
        let lowered = lower(&circuit, &machine, seed, 1e-14).unwrap();
        assert_eq!(machine.check(&lowered.circuit), Ok(()));
        assert_eq!(lowered.circuit.qubit_count(), 13);
        for (q, &last) in lowered.last.iter().enumerate() {
            assert!([0, 1, 2, 10, 11, 12].contains(&last));
            assert_eq!(lowered.circuit.measured_into(last), Some(5 - q));
        }
    }
}

#[test]
fn machines_without_room_say_so() {
    let message = |circuit: Circuit| lower(&circuit, &gaps(), 0, 1e-14).unwrap_err().to_string();
    assert_eq!(message(Circuit::new(7)), "the circuit needs 7 qubits, the machine has 6");
    let mut chain = Circuit::new(4);
    (0..3).for_each(|q| _ = chain.push(Gate::Cx, &[q, q + 1]));
    assert!(message(chain).starts_with("a part of the circuit joins 4 qubits"));
}
