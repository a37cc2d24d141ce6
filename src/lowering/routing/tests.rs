//! Routed circuits do what they did, on neighbours only.

use super::*;
use crate::circuit::{Cost, components, turned, validate};
use crate::linalg::random_unitary;
use crate::linalg::{Complex, max_difference};
use crate::random::{Rng, rng};
use crate::simulator::unitary_of;
use rand::RngExt;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

/// Random gates of every kind on `qubits` qubits.
fn random_circuit(qubits: usize, gates: usize, rng: &mut Rng) -> Circuit {
    let mut circuit = Circuit::new(qubits);
    for _ in 0..gates {
        let mut order: Vec<usize> = (0..qubits).collect();
        order.shuffle(rng);
        let all = [Gate::Cx, Gate::Cz, Gate::Ry(0.3), Gate::H, Gate::Swap, Gate::Ccx, Gate::T, Gate::Cx];
        let gate = all[rng.random_range(0..all.len())];
        if gate.arity() <= qubits {
            circuit.push(gate, &order[..gate.arity()]);
        }
    }
    circuit
}

/// The machines tried: a line, a ring, a star of directed pairs, a grid.
fn machines() -> Vec<Coupling> {
    let line: Vec<_> = (0..6).map(|i| (i, i + 1)).collect();
    let ring: Vec<_> = (0..8).flat_map(|i| [(i, (i + 1) % 8), ((i + 1) % 8, i)]).collect();
    let star: Vec<_> = (1..6).map(|i| (i, 0)).collect();
    let grid: Vec<_> =
        (0..9).flat_map(|i| [(i % 3 < 2).then_some((i, i + 1)), (i < 6).then_some((i, i + 3))]).collect();
    let grid: Vec<_> = grid.into_iter().flatten().collect();
    [line, ring, star, grid].iter().map(|pairs| Coupling::new(None, pairs).unwrap()).collect()
}

/// max |difference| between a circuit and its routed form, which starts and ends at other places; idle qubits stay |0>.
fn error(circuit: &Circuit, routed: &Lowered) -> f64 {
    // Qubits of the machine that nothing touches only make its unitary large.
    let touched = routed.circuit.operations().flat_map(|(_, o)| o.qubits.iter().collect::<Vec<_>>());
    let used: BTreeSet<usize> = touched.chain(routed.initial.iter().chain(&routed.last).copied()).collect();
    let place = |qubit: usize| used.range(..qubit).count();
    let mut small = Circuit::new(used.len());
    small.add_phase(routed.circuit.global_phase());
    for (_, operation) in routed.circuit.operations() {
        let places: Vec<usize> = operation.qubits.iter().map(place).collect();
        small.push(operation.gate, &places);
    }
    let (wanted, got) = (unitary_of(circuit), unitary_of(&small));
    let spread = |index: usize, places: &[usize]| {
        places.iter().enumerate().map(|(i, &p)| (index >> i & 1) << place(p)).sum::<usize>()
    };
    let all = 1 << circuit.qubit_count();
    let mut largest = 0.0f64;
    for column in 0..all {
        let from = spread(column, &routed.initial);
        let mut rest = 1.0;
        for row in 0..all {
            let entry = got[(spread(row, &routed.last), from)];
            largest = largest.max((entry - wanted[(row, column)]).norm());
            rest -= entry.norm_sqr();
        }
        largest = largest.max(f64::abs(rest));
    }
    largest
}

#[test]
fn routed_circuits_keep_their_unitary_and_the_machines_pairs() {
    let mut rng = rng(9);
    for coupling in machines() {
        for (qubits, gates) in [(1, 0), (1, 5), (2, 1), (2, 30), (4, 5), (4, 30), (5, 80)] {
            let circuit = random_circuit(qubits, gates, &mut rng);
            let routed = route(&circuit, &coupling, 1).unwrap();
            assert_eq!(validate(&routed.circuit), Ok(()));
            for (_, operation) in routed.circuit.operations().filter(|(_, o)| o.gate.arity() > 1) {
                assert_eq!(operation.gate, Gate::Cx);
                assert!(coupling.has(operation.qubits.get(0), operation.qubits.get(1)));
            }
            let error = error(&circuit, &routed);
            assert!(error < 1e-12, "{qubits} qubits, {gates} gates: {error:e}");
        }
    }
}

#[test]
fn parts_stay_apart_and_seeds_repeat() {
    let mut rng = rng(10);
    let ring: Vec<_> = (0..9).map(|i| (i, (i + 1) % 9)).collect();
    let coupling = Coupling::new(Some(12), &ring).unwrap();
    let mut circuit = Circuit::new(8);
    circuit.append(&random_circuit(4, 40, &mut rng), &[0, 2, 4, 6]);
    circuit.append(&random_circuit(4, 40, &mut rng), &[1, 3, 5, 7]);
    let routed = route(&circuit, &coupling, 3).unwrap();
    let sizes = components(&routed.circuit).iter().map(Vec::len).max().unwrap();
    assert!(sizes <= 5, "{sizes} qubits are joined");
    assert!(error(&circuit, &routed) < 1e-12);
    let again = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = again.install(|| route(&circuit, &coupling, 3).unwrap());
    assert_eq!((&again.initial, &again.last), (&routed.initial, &routed.last));
    assert!(again.circuit.operations().map(|(_, o)| o).eq(routed.circuit.operations().map(|(_, o)| o)));
}

#[test]
fn no_room_is_said() {
    let coupling = Coupling::new(Some(9), &[(0, 1), (1, 2), (3, 4), (4, 5)]).unwrap();
    let circuit = random_circuit(4, 60, &mut rng(11));
    let message = route(&circuit, &coupling, 0).unwrap_err().to_string();
    assert!(message.contains("joins 4 qubits"), "{message}");
    assert!(route(&random_circuit(3, 60, &mut rng(11)), &coupling, 0).is_ok());
}

#[test]
fn runs_on_a_pair_take_what_their_unitary_needs() {
    let mut rng = rng(12);
    let two = |gates: &[(Gate, &[usize])]| {
        let mut circuit = Circuit::new(2);
        gates.iter().for_each(|(gate, qubits)| _ = circuit.push(*gate, qubits));
        circuit
    };
    for (circuit, joins) in [
        (two(&[(Gate::Cx, &[0, 1]), (Gate::Ry(0.4), &[1]), (Gate::Swap, &[0, 1])]), 2),
        (two(&[(Gate::Swap, &[1, 0]), (Gate::Swap, &[0, 1])]), 0),
        (two(&[(Gate::Swap, &[1, 0])]), 3),
        (two(&[(Gate::Cx, &[0, 1])]), 1),
    ] {
        let merged = merge_pairs(&circuit, Pairs::Cx);
        assert_eq!(Cost::of(&merged).two_qubit_gates, joins);
        assert!(max_difference(&unitary_of(&merged), &unitary_of(&circuit)) < 1e-13);
    }
    for _ in 0..200 {
        let mut circuit = random_circuit(3, 30, &mut rng);
        Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut circuit).unwrap();
        let merged = merge_pairs(&circuit, Pairs::Cx);
        assert!(Cost::of(&merged).two_qubit_gates <= Cost::of(&circuit).two_qubit_gates);
        assert!(max_difference(&unitary_of(&merged), &unitary_of(&circuit)) < 1e-12);
        let least = merge_pairs(&circuit, Pairs::LeastTurns);
        assert!(
            Cost::of(&least).two_qubit_gates <= Cost::of(&merged).two_qubit_gates
                && turned(&least) <= turned(&merged) + 1e-9
        );
        assert!(max_difference(&unitary_of(&least), &unitary_of(&circuit)) < 1e-12);
    }
    let u = random_unitary(4, &mut rng);
    let written = crate::synthesis::exact::synthesise_pair(&u.fixed_view::<4, 4>(0, 0).into_owned());
    assert!(max_difference(&unitary_of(&written), &(u * Complex::ONE)) < 1e-12);
}
