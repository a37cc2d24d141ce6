//! Lowered circuits do what they did, in gates and on pairs that the machine has.

use super::*;
use crate::circuit::{Cost, Gate, Operation};
use crate::linalg::max_difference;
use crate::passes::tests::random_circuit;
use crate::random::rng;
use crate::simulator::{Readout, transition_probabilities, unitary_of};
use crate::target::{Coupling, TARGETS, Target};
use rand::RngExt;
use std::f64::consts::FRAC_PI_2;

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

/// Rotations of two qubits by any angle, on machines that have them by some.
#[test]
fn turns_of_two_qubits_are_by_as_little_as_can_be() {
    let mut rng = rng(80);
    for target in TARGETS.iter().filter(|target| target.basis.has(GateKind::Rzz)) {
        let machine = Machine::from(target);
        for _ in 0..40 {
            let mut circuit = Circuit::new(3);
            for k in 0..12 {
                let angle = if k % 4 == 0 { f64::from(k - 6) * FRAC_PI_2 } else { rng.random_range(-9.0..9.0) };
                circuit.push(Gate::Rzz(angle), &[k as usize % 3, (k as usize + 1) % 3]);
                circuit.push(Gate::U3(angle, 0.3, 1.0 - angle), &[k as usize % 3]);
            }
            let lowered = lower(&circuit, &machine, 0, 1e-14).unwrap().circuit;
            assert_eq!(machine.check(&lowered), Ok(()), "{}", target.name);
            assert!(max_difference(&unitary_of(&lowered), &unitary_of(&circuit)) < 1e-12, "{}", target.name);
            let turns = |circuit: &Circuit| Cost::of(circuit).two_qubit_gates;
            assert!(turns(&lowered) <= turns(&circuit));
            let far = |(_, o): (_, Operation)| matches!(o.gate, Gate::Rzz(angle) if angle.abs() > FRAC_PI_2);
            assert!(!lowered.operations().any(far));
        }
    }
}

/// Turns about Z are no gates where axes can turn in their place, and a measurement sees none of them.
#[test]
fn axes_turn_in_place_of_qubits() {
    let mut rng = rng(81);
    let machine = Machine::from(Target::named("iqm").unwrap());
    for _ in 0..40 {
        let gates = random_circuit(&mut rng);
        let n = gates.qubit_count();
        let mut circuit = Circuit::with_bits(n, n);
        circuit.append(&gates, &(0..n).collect::<Vec<_>>());
        (0..n).for_each(|q| circuit.measure(q, n - 1 - q).unwrap());
        let lowered = lower(&circuit, &machine, 0, 1e-14).unwrap().circuit;
        assert_eq!(machine.check(&lowered), Ok(()));
        let readout = Readout { input: (0..n).collect(), output: (0..n).collect(), accept: vec![] };
        let inputs: Vec<usize> = (0..1 << n).collect();
        let probabilities = |circuit: &Circuit| transition_probabilities(circuit, &readout, &inputs).unwrap();
        assert!((probabilities(&circuit) - probabilities(&lowered)).amax() < 1e-12);
        // At most one gate for each run of gates on a qubit.
        let Cost { two_qubit_gates, gates, .. } = Cost::of(&lowered);
        assert!(gates <= 3 * two_qubit_gates + n, "{gates} gates");
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
