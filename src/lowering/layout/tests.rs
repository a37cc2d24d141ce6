//! Placements against all there are, and what becomes of circuits.

use super::*;
use crate::circuit::{Cost, Gate};
use crate::random::{Rng, rng};
use crate::target::{Coupling, Figures, GateFigures, PairFigures, QubitFigures, ReadoutRates, Target};
use rand::RngExt;

/// A machine that joins these pairs, its figures drawn at random.
fn machine(pairs: &[(usize, usize)], rng: &mut Rng) -> Machine {
    let width = pairs.iter().map(|&(a, b)| a.max(b) + 1).max().unwrap();
    let gate = |error: f64, length: f64, rng: &mut Rng| GateFigures {
        error: error * rng.random_range(0.2..3.0),
        length: Some(length),
    };
    let qubits = (0..width).map(|_| {
        let readout =
            ReadoutRates { one_for_zero: rng.random_range(0.0..0.02), zero_for_one: rng.random_range(0.0..0.04) };
        let (t1, t2) = (Some(rng.random_range(1e-5..3e-4)), Some(rng.random_range(1e-5..2e-5)));
        Some(QubitFigures { t1, t2, readout, readout_length: None, gate: gate(5e-4, 3e-8, rng) })
    });
    let qubits = qubits.collect();
    let mut both = std::collections::BTreeMap::new();
    for &(a, b) in pairs {
        let own = PairFigures { name: "cz".into(), gate: gate(5e-3, 1e-7, rng) };
        both.insert((a, b), own.clone());
        both.insert((b, a), own);
    }
    let joined: Vec<(usize, usize)> = both.keys().copied().collect();
    let figures = Figures { qubits, pairs: both, ..Figures::default() };
    let (coupling, calibration) = (Coupling::new(Some(width), &joined).ok(), Some(figures.mean()));
    Machine { coupling, calibration, figures: Some(figures), ..Machine::from(Target::named("ibm").unwrap()) }
}

fn grid(rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let at = |r: usize, c: usize| r * columns + c;
    let right = (0..rows).flat_map(|r| (1..columns).map(move |c| (at(r, c - 1), at(r, c))));
    let down = (1..rows).flat_map(|r| (0..columns).map(move |c| (at(r - 1, c), at(r, c))));
    right.chain(down).collect()
}

/// Layers of rotations and CZ on these pairs, some of the qubits read.
fn circuit(qubits: usize, pairs: &[(usize, usize)], gates: usize, rng: &mut Rng) -> Circuit {
    let mut circuit = Circuit::with_bits(qubits, qubits);
    for k in 0..gates {
        let (a, b) = pairs[if k < pairs.len() { k } else { rng.random_range(0..pairs.len()) }];
        circuit.push(Gate::Ry(rng.random_range(0.1..3.0)), &[a]);
        circuit.push(Gate::Ry(rng.random_range(0.1..3.0)), &[b]);
        circuit.push(Gate::Cz, &[a, b]);
    }
    (0..qubits).for_each(|q| _ = circuit.push(Gate::Ry(0.4 + q as f64), &[q]));
    (0..qubits.div_ceil(2)).for_each(|q| circuit.measure(q, q).unwrap());
    circuit
}

/// The best of all ways to choose places, one after the other, whatever they join.
fn by_force(circuit: &Circuit, machine: &Machine) -> Option<(Vec<usize>, f64)> {
    let width = machine.coupling.as_ref().unwrap().width();
    let mut best: Option<(Vec<usize>, f64)> = None;
    let count = circuit.qubit_count();
    for mut number in 0..width.pow(count as u32) {
        let layout: Vec<usize> = (0..count)
            .map(|_| {
                let q = number % width;
                number /= width;
                q
            })
            .collect();
        if let Ok(found) = survival(circuit, &layout, machine)
            && best.as_ref().is_none_or(|(_, value)| found.total() > *value)
        {
            best = Some((layout, found.total()));
        }
    }
    best
}

#[test]
fn the_best_of_all_placements_is_found() {
    let mut rng = rng(31);
    let shapes: [&[(usize, usize)]; 4] =
        [&[(0, 1), (1, 2), (2, 3)], &[(0, 2), (2, 1), (2, 3)], &[(0, 1), (1, 2), (2, 3), (3, 0)], &[(0, 1), (2, 3)]];
    for round in 0..2 {
        for shape in shapes {
            let machine = machine(&grid(2, 3 + round), &mut rng);
            let circuit = circuit(4, shape, 9, &mut rng);
            let placed = place(&circuit, &machine, &Layout::Best, 0, 0.0);
            match by_force(&circuit, &machine) {
                Some((layout, value)) => {
                    let placed = placed.unwrap();
                    assert!((placed.survival.total() - value).abs() < 1e-12, "{layout:?} {:?}", placed.layout);
                    assert!(placed.proved && machine.check(&placed.circuit).is_ok());
                    assert_eq!(placed.last, placed.layout);
                    let all = placements(&circuit, &machine).unwrap();
                    assert!((all[0].1.total() - value).abs() < 1e-12);
                    assert!(all.windows(2).all(|two| two[0].1.total() >= two[1].1.total() - 1e-12));
                    let median = place(&circuit, &machine, &Layout::Median, 0, 0.0).unwrap();
                    assert_eq!(median.layout, all[all.len() / 2].0);
                    let given = place(&circuit, &machine, &Layout::Given(placed.layout.clone()), 0, 0.0).unwrap();
                    assert_eq!((given.layout, given.survival), (placed.layout, placed.survival));
                }
                // A star on a ladder of two by three.
                None => assert_eq!(shape[1], (2, 1)),
            }
        }
    }
}

#[test]
fn what_no_placement_joins_is_routed_and_then_placed() {
    let mut rng = rng(32);
    let line: Vec<(usize, usize)> = (0..8).map(|q| (q, q + 1)).collect();
    let machine = machine(&line, &mut rng);
    let circuit = circuit(4, &[(0, 1), (1, 2), (2, 3), (3, 0)], 8, &mut rng);
    let placed = place(&circuit, &machine, &Layout::Best, 0, 0.0).unwrap();
    assert_eq!(machine.check(&placed.circuit), Ok(()));
    assert!(Cost::of(&placed.circuit).two_qubit_gates > 8 && placed.proved);
    // The value is that of what comes out, by itself, and no piece of the line is better.
    let figures = machine.figures.as_ref().unwrap();
    let every: Vec<usize> = (0..9).collect();
    let own = Survival::of(&Need::of(&placed.circuit, figures), &every, figures).unwrap();
    assert!((own.total() - placed.survival.total()).abs() < 1e-12);
    for bit in 0..2 {
        assert_eq!(placed.circuit.writer_of(bit), Some(placed.last[bit]));
    }
    assert!(tiles(&circuit, &machine, 3).unwrap().is_empty());
    let median = place(&circuit, &machine, &Layout::Median, 0, 0.0).unwrap_err().to_string();
    assert_eq!(median, "layout: no placement joins what gates join, so there is no median");
}

#[test]
fn tiles_share_no_qubit_and_come_best_first() {
    let mut rng = rng(33);
    let machine = machine(&grid(4, 5), &mut rng);
    let circuit = circuit(4, &[(0, 1), (1, 2), (2, 3)], 12, &mut rng);
    let found = tiles(&circuit, &machine, 9).unwrap();
    let all: BTreeSet<usize> = found.iter().flatten().copied().collect();
    assert!(found.len() >= 3 && found.len() <= 5 && all.len() == 4 * found.len(), "{found:?}");
    let values: Vec<f64> = found.iter().map(|layout| survival(&circuit, layout, &machine).unwrap().total()).collect();
    assert!(values.windows(2).all(|two| two[0] >= two[1]), "{values:?}");
    assert_eq!(found[0], place(&circuit, &machine, &Layout::Best, 0, 0.0).unwrap().layout);
    assert_eq!(tiles(&circuit, &machine, 2).unwrap(), found[..2]);
}

#[test]
fn layouts_that_cannot_be_are_named() {
    let mut rng = rng(34);
    let machine = machine(&[(0, 1), (1, 2), (2, 3)], &mut rng);
    let circuit = circuit(3, &[(0, 1), (1, 2)], 4, &mut rng);
    for (given, expected) in [
        (vec![0, 1], "layout: 2 qubits, the circuit has 3"),
        (vec![0, 1, 9], "layout: qubit 9 does not exist, or does not work"),
        (vec![0, 1, 0], "layout: qubit 0 is there twice, at place 3"),
        (vec![0, 1, 3], "layout: qubits 1 and 3, which a gate joins, at places 2 and 3, have no working gate"),
    ] {
        let message = place(&circuit, &machine, &Layout::Given(given), 0, 0.0).unwrap_err().to_string();
        assert_eq!(message, expected);
    }
    let message = place(&circuit, &Machine::default(), &Layout::Best, 0, 0.0).unwrap_err().to_string();
    assert_eq!(message, "the machine has no figures of its qubits, or no map of those that are joined");
}
