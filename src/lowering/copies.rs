//! Copies of a circuit side by side, each on qubits of a machine that the caller chose: nothing is moved.

use super::{LoweringError, Translate, lower_in_place};
use crate::circuit::{Circuit, GateKind};
use crate::target::{Basis, Machine};
use std::collections::BTreeMap;

/// Writes copies of a circuit for a machine: qubit i of copy t is the machine's qubit `layouts[t][i]`, and its bit b is bit
/// `t * bits + b`, bits those of one copy. As wide as the coupling map, or as the largest qubit asks for where there is none.
///
/// # Errors
/// A layout that has not one qubit for each of the circuit's, qubits that the machine lacks, one that is named twice, a pair that
/// the circuit joins and the machine does not; gates that lack what it takes.
pub fn lower_copies(
    circuit: &Circuit,
    layouts: &[Vec<usize>],
    machine: &Machine,
    drop_tolerance: f64,
) -> Result<Circuit, LoweringError> {
    let width = match &machine.coupling {
        Some(coupling) => coupling.width(),
        None => layouts.iter().flatten().max().map_or(0, |most| most + 1),
    };
    let mut plain = circuit.clone();
    Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut plain)?;
    let bits = circuit.bit_count();
    let mut whole = Circuit::with_bits(width, bits * layouts.len());
    let mut taken = BTreeMap::new();
    for (tile, layout) in layouts.iter().enumerate() {
        if let Some(problem) = problem(&plain, layout, machine, &mut taken, tile) {
            return Err(LoweringError::Copy { tile, problem });
        }
        whole.append(circuit, layout);
        for bit in 0..bits {
            if let Some(qubit) = circuit.writer_of(bit) {
                whole.measure(layout[qubit], tile * bits + bit).expect("copies are on qubits of their own");
            }
        }
    }
    Ok(lower_in_place(&whole, machine, false, drop_tolerance)?.circuit)
}

/// What keeps a copy from lying there; `taken` are the qubits of copies before it.
fn problem(
    plain: &Circuit,
    layout: &[usize],
    machine: &Machine,
    taken: &mut BTreeMap<usize, usize>,
    tile: usize,
) -> Option<String> {
    let wanted = plain.qubit_count();
    if layout.len() != wanted {
        return Some(format!("{} qubits, the circuit has {wanted}", layout.len()));
    }
    for &qubit in layout {
        if machine.coupling.as_ref().is_some_and(|coupling| !coupling.exists(qubit)) {
            return Some(format!("qubit {qubit}: no pair of the coupling map names it"));
        }
        if let Some(other) = taken.insert(qubit, tile) {
            return Some(format!("qubit {qubit} is taken by tile {other}"));
        }
    }
    let coupling = machine.coupling.as_ref()?;
    plain.operations().find_map(|(_, operation)| {
        let own: Vec<usize> = operation.qubits.iter().collect();
        let (&[a, b], true) = (&own[..], own.len() == 2) else { return None };
        let (p, q) = (layout[a], layout[b]);
        let joined = coupling.has(p, q) || coupling.has(q, p);
        (!joined).then(|| format!("the circuit joins its qubits {a} and {b}, the machine does not join {p} and {q}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::target::{Coupling, Target};

    #[test]
    fn copies_stay_where_they_are_put() {
        let mut circuit = Circuit::with_bits(3, 3);
        for (a, b) in [(0, 1), (2, 1), (0, 1)] {
            circuit.push(Gate::Ry(0.3), &[a]);
            circuit.push(Gate::Cz, &[a, b]);
            circuit.push(Gate::Rx(0.4), &[b]);
        }
        (0..3).for_each(|q| circuit.measure(q, q).unwrap());
        let pairs: Vec<(usize, usize)> = (0..7).map(|q| (q, q + 1)).collect();
        let machine = Machine {
            coupling: Some(Coupling::new(Some(10), &pairs).unwrap()),
            ..Machine::from(Target::named("ibm").unwrap())
        };
        let put = |layouts: &[Vec<usize>]| lower_copies(&circuit, layouts, &machine, 0.0);
        let two = put(&[vec![2, 1, 0], vec![5, 6, 7]]).unwrap();
        assert_eq!((two.qubit_count(), two.bit_count(), two.writer_of(3)), (10, 6, Some(5)));
        let pairs = |circuit: &Circuit| circuit.operations().filter(|(_, o)| o.gate == Gate::Cz).count();
        assert_eq!((pairs(&two), machine.check(&two)), (6, Ok(())));
        for (layouts, expected) in [
            (vec![vec![0, 1]], "tile 0: 2 qubits, the circuit has 3"),
            (vec![vec![0, 1, 2], vec![2, 3, 4]], "tile 1: qubit 2 is taken by tile 0"),
            (vec![vec![0, 1, 0]], "tile 0: qubit 0 is taken by tile 0"),
            (vec![vec![0, 1, 9]], "tile 0: qubit 9: no pair of the coupling map names it"),
            (vec![vec![0, 1, 3]], "tile 0: the circuit joins its qubits 2 and 1, the machine does not join 3 and 1"),
        ] {
            assert_eq!(put(&layouts).unwrap_err().to_string(), expected);
        }
        let free = lower_copies(&circuit, &[vec![4, 0, 2]], &Machine::default(), 0.0).unwrap();
        assert_eq!((free.qubit_count(), free.writer_of(0)), (5, Some(4)));
    }
}
