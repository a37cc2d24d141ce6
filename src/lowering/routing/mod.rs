//! Routing: a circuit on the qubits of a machine on which only neighbours can be joined.
//!
//! ```text
//!  circuit ── blocks ──▶ runs of gates on one pair ── regions ──▶ a connected piece of the machine for each part
//!          ── sabre ───▶ swaps where a pair is apart, the best of many seeded trials
//!          ── pairs ───▶ each run on one pair, swaps included, in at most 3 CX
//! ```
//!
//! Parts of a circuit that no gate joins get disjoint pieces, so that they stay apart.
//!
//! What the circuit computes is not looked at, only which qubits its gates join.

mod regions;
mod sabre;

use super::blocks::{Block, blocks_of};
use super::pairs::{Pairs, merge_pairs};
use super::{Lowered, LoweringError, Translate};
use crate::circuit::{Circuit, Gate, GateKind, components};
use crate::random::stream;
use crate::target::{Basis, Coupling};
use rayon::prelude::*;
use regions::{Region, choose};
use sabre::{Event, Problem, Route};

/// Visits of a block that all trials of one part may take together: about a second on one core.
const VISITS: usize = 1_500_000;

/// Routes a circuit: CX and one-qubit gates on the machine's qubits, each CX in a direction that the machine has; its
/// measurements are left out. The same seed gives the same result on any number of threads.
///
/// # Errors
/// If the machine has no room for a part of the circuit.
pub(super) fn route(circuit: &Circuit, coupling: &Coupling, seed: u64) -> Result<Lowered, LoweringError> {
    let (needed, has) = (circuit.qubit_count(), coupling.qubits());
    if needed > has {
        return Err(LoweringError::TooFewQubits { needed, has });
    }
    let mut plain = circuit.clone();
    Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut plain)?;
    let (blocks, rest) = blocks_of(&plain);
    let mut parts = components(&plain);
    // The largest part has the hardest time finding room.
    parts.sort_by_key(|part| (std::cmp::Reverse(part.len()), part[0]));
    let mut free: Vec<bool> = (0..coupling.width()).map(|q| coupling.exists(q)).collect();
    let mut initial = vec![0; circuit.qubit_count()];
    let mut last = initial.clone();
    let mut out = Circuit::new(coupling.width());
    for (k, part) in parts.iter().enumerate() {
        let later: Vec<usize> = parts[k + 1..].iter().map(Vec::len).collect();
        let own: Vec<&Block> = blocks.iter().filter(|block| part.contains(&block.pair.0)).collect();
        let (region, route) = best_route(part, &own, &later, &free, coupling, seed)
            .ok_or(LoweringError::NoRoom { wanted: part.len() })?;
        region.qubits.iter().for_each(|&q| free[q] = false);
        for (i, &qubit) in part.iter().enumerate() {
            (initial[qubit], last[qubit]) = (region.qubits[route.initial[i]], region.qubits[route.last[i]]);
        }
        emit(&own, &route, &region, part, &mut out);
        for operation in rest.iter().filter(|o| part.contains(&o.qubits.get(0))) {
            out.push(operation.gate, &[last[operation.qubits.get(0)]]);
        }
    }
    out.add_phase(plain.global_phase());
    let mut circuit = merge_pairs(&out, Pairs::Cx);
    // A swap that no gate could join is left as it is.
    Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut circuit)?;
    orient(&mut circuit, coupling);
    Ok(Lowered { circuit, initial, last })
}

/// The cheapest of many trials for one part, and where it lies.
fn best_route(
    part: &[usize],
    blocks: &[&Block],
    later: &[usize],
    free: &[bool],
    coupling: &Coupling,
    seed: u64,
) -> Option<(Region, Route)> {
    let local = |qubit: usize| part.binary_search(&qubit).expect("a part holds the qubits of its blocks");
    let gates: Vec<(usize, usize, usize)> =
        blocks.iter().map(|b| (local(b.pair.0), local(b.pair.1), b.joins)).collect();
    let problem = Problem::new(part.len(), &gates);
    let trials = (VISITS / (5 * gates.len().max(1))).clamp(8, 2000);
    let best = (0..trials)
        .into_par_iter()
        .filter_map(|trial| {
            let mut rng = stream(seed, (part[0] * 10_000 + trial) as u64);
            let region = choose(part.len(), later, free, coupling, &mut rng)?;
            let route = problem.solve(&region.distance, &region.edges, &mut rng);
            Some((route.cost, trial, region, route))
        })
        .min_by_key(|(cost, trial, ..)| (*cost, *trial));
    best.map(|(_, _, region, route)| (region, route))
}

/// Appends a routed part, swaps and all.
fn emit(blocks: &[&Block], route: &Route, region: &Region, part: &[usize], out: &mut Circuit) {
    let mut place = vec![usize::MAX; part.last().map_or(0, |q| q + 1)];
    part.iter().enumerate().for_each(|(i, &q)| place[q] = region.qubits[route.initial[i]]);
    for event in &route.events {
        match *event {
            Event::Block(k) => {
                for operation in &blocks[k].operations {
                    let qubits: Vec<usize> = operation.qubits.iter().map(|q| place[q]).collect();
                    out.push(operation.gate, &qubits);
                }
            }
            Event::Swap(a, b) => {
                let (a, b) = (region.qubits[a], region.qubits[b]);
                out.push(Gate::Swap, &[a, b]);
                for slot in &mut place {
                    *slot = if *slot == a {
                        b
                    } else if *slot == b {
                        a
                    } else {
                        *slot
                    };
                }
            }
        }
    }
}

/// Turns each CX that the machine has only the other way round; what acts the same on either qubit has no way round: `CX(a, b) = (H⊗H) CX(b, a) (H⊗H)`.
pub(super) fn orient(circuit: &mut Circuit, coupling: &Coupling) {
    let mut out = Circuit::with_bits(circuit.qubit_count(), circuit.bit_count());
    for (_, operation) in circuit.operations() {
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        if let [a, b] = qubits[..]
            && !coupling.has(a, b)
            && !operation.gate.symmetric_in(0, 1)
        {
            let both = [a, b];
            both.iter().for_each(|q| _ = out.push(Gate::H, &[*q]));
            out.push(operation.gate, &[b, a]);
            both.iter().for_each(|q| _ = out.push(Gate::H, &[*q]));
        } else {
            out.push(operation.gate, &qubits);
        }
    }
    out.add_phase(circuit.global_phase());
    *circuit = out;
}

#[cfg(test)]
mod tests;
