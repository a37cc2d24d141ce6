//! Layout by calibration: which qubits of a machine a circuit is put on, so that most of it survives.
//!
//! ```text
//!  circuit ── in the machine's gates ──▶ need: gates by qubit and pair, readings, waits
//!          ── search ──▶ the best of all placements on which its pairs are joined
//!          ── or routing, where there is none, and then the best place for what was routed
//! ```

mod need;
mod search;
mod survival;

pub use survival::Survival;

use super::{Lowered, LoweringError, Translate, finish, lower_in_place, routing, write_in};
use crate::circuit::{Circuit, GateKind};
use crate::passes::simplify;
use crate::target::{Basis, Coupling, Figures, Machine};
use need::{Need, QubitNeed};
use search::{Found, Search};
use std::collections::BTreeSet;

/// Which placement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The one of which most survives.
    #[default]
    Best,
    /// The one in the middle, by survival, of all that there are: what an average choice is worth.
    Median,
    /// Qubit i of the circuit on the i-th of these.
    Given(Vec<usize>),
}

/// A circuit on the qubits of a machine.
#[derive(Clone, Debug)]
pub struct Placed {
    /// In the machine's gates, as wide as its register, with its measurements.
    pub circuit: Circuit,
    /// Where each qubit of the circuit starts.
    pub layout: Vec<usize>,
    /// Where each ends: elsewhere only where pairs were apart and states had to be moved.
    pub last: Vec<usize>,
    /// What is left of it, by the machine's figures.
    pub survival: Survival,
    /// Whether no placement of it is better, or, where states had to be moved, of what became of it.
    pub proved: bool,
}

/// Puts a circuit on a machine by its figures: in its gates, where most of it survives. What no placement joins is routed
/// first, and what comes of that is placed. Rotations by at most `drop_tolerance` radians are dropped; the seed is of routing,
/// and the same one gives the same result.
///
/// # Errors
/// A machine without figures or without a map, or too small; a layout that does not join what gates join; no median, where
/// placements are too many or none; gates that the machine lacks.
pub fn place(
    circuit: &Circuit,
    machine: &Machine,
    layout: &Layout,
    seed: u64,
    drop_tolerance: f64,
) -> Result<Placed, LoweringError> {
    let (figures, coupling) = told(machine)?;
    let (needed, has) = (circuit.qubit_count(), coupling.qubits());
    if needed > has {
        return Err(LoweringError::TooFewQubits { needed, has });
    }
    let free = working(coupling);
    let own = in_gates(circuit, machine, drop_tolerance)?;
    let need = Need::of(&own.circuit, figures);
    let search = || Search::new(&need, figures, coupling);
    let (from, need, found) = match layout {
        Layout::Given(given) => {
            check(given, &need, machine)?;
            let found = Found { layout: given.clone(), value: 0.0, proved: true };
            (own, need, found)
        }
        Layout::Median => {
            let found = median(search().all(&free), &need)?;
            (own, need, found)
        }
        Layout::Best => match search().best(&free) {
            Some(found) => (own, need, found),
            None => {
                let (routed, used) = routed(circuit, machine, coupling, seed, drop_tolerance)?;
                let need = Need::of(&routed.circuit, figures);
                let best = Search::new(&need, figures, coupling).best(&free);
                let found = best.unwrap_or(Found { layout: used, value: 0.0, proved: false });
                (routed, need, found)
            }
        },
    };
    let on = &found.layout;
    let survival = Survival::of(&need, on, figures).ok_or(LoweringError::NoFigures)?;
    let mut wide = Circuit::new(coupling.width());
    wide.append(&from.circuit, on);
    if machine.check(&wide).is_err() {
        wide = lower_in_place(&wide, machine, false, drop_tolerance)?.circuit;
    }
    let at = |places: &[usize]| places.iter().map(|place| on[*place]).collect::<Vec<_>>();
    let mut lowered = Lowered { circuit: wide, initial: at(&from.initial), last: at(&from.last) };
    finish(circuit, machine.target.basis, &mut lowered);
    let Lowered { circuit, initial, last } = lowered;
    Ok(Placed { circuit, layout: initial, last, survival, proved: found.proved })
}

/// What is left of a circuit whose qubit i is `layout[i]`.
///
/// # Errors
/// As [`place`].
pub fn survival(circuit: &Circuit, layout: &[usize], machine: &Machine) -> Result<Survival, LoweringError> {
    let (figures, _) = told(machine)?;
    let need = Need::of(&in_gates(circuit, machine, 0.0)?.circuit, figures);
    check(layout, &need, machine)?;
    Survival::of(&need, layout, figures).ok_or(LoweringError::NoFigures)
}

/// What is left of a circuit that is on a machine's own qubits, as it is.
///
/// # Errors
/// A machine without figures; gates or readings where it has none that work.
pub fn survival_in_place(circuit: &Circuit, machine: &Machine) -> Result<Survival, LoweringError> {
    let figures = machine.figures.as_ref().ok_or(LoweringError::NoFigures)?;
    let every: Vec<usize> = (0..circuit.qubit_count()).collect();
    Survival::of(&Need::of(circuit, figures), &every, figures).ok_or(LoweringError::NoFigures)
}

/// Placements of a circuit side by side, no two on one qubit, at most so many: the best one, the best of what is left, and so
/// on. None if the circuit has to be routed.
///
/// # Errors
/// As [`place`].
pub fn tiles(circuit: &Circuit, machine: &Machine, at_most: usize) -> Result<Vec<Vec<usize>>, LoweringError> {
    let (figures, coupling) = told(machine)?;
    let need = Need::of(&in_gates(circuit, machine, 0.0)?.circuit, figures);
    let search = Search::new(&need, figures, coupling);
    let mut free = working(coupling);
    let mut tiles = vec![];
    while tiles.len() < at_most
        && let Some(found) = search.best(&free)
    {
        found.layout.iter().for_each(|q| free[*q] = false);
        tiles.push(found.layout);
    }
    Ok(tiles)
}

/// All placements of a circuit, each set of pairs once, in the better of its directions, the best first, with what is left of
/// it on each.
///
/// # Errors
/// As [`place`], and too many to look at.
pub fn placements(circuit: &Circuit, machine: &Machine) -> Result<Vec<(Vec<usize>, Survival)>, LoweringError> {
    let (figures, coupling) = told(machine)?;
    let need = Need::of(&in_gates(circuit, machine, 0.0)?.circuit, figures);
    let all = Search::new(&need, figures, coupling).all(&working(coupling)).ok_or(LoweringError::ManyPlacements)?;
    let survive = |found: Found| {
        let survival = Survival::of(&need, &found.layout, figures).ok_or(LoweringError::NoFigures)?;
        Ok((found.layout, survival))
    };
    ranked(all, &need).into_iter().map(survive).collect()
}

/// The figures and the map of a machine that has both.
fn told(machine: &Machine) -> Result<(&Figures, &Coupling), LoweringError> {
    machine.figures.as_ref().zip(machine.coupling.as_ref()).ok_or(LoweringError::NoFigures)
}

fn working(coupling: &Coupling) -> Vec<bool> {
    (0..coupling.width()).map(|q| coupling.exists(q)).collect()
}

/// A circuit in a machine's gates on its own qubits, no more than two joined by a gate.
fn in_gates(circuit: &Circuit, machine: &Machine, drop_tolerance: f64) -> Result<Lowered, LoweringError> {
    let virtually = Machine { coupling: None, ..Machine::from(machine.target) };
    if !machine.target.basis.has(GateKind::Swap) && !machine.target.basis.has(GateKind::Ccx) {
        return lower_in_place(circuit, &virtually, false, drop_tolerance);
    }
    // A machine that is told of gates on two qubits has no others, whatever its clients take.
    let mut plain = circuit.clone();
    Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut plain)?;
    lower_in_place(&plain, &virtually, false, drop_tolerance)
}

/// A circuit routed, on the qubits that it uses alone; and which those are.
fn routed(
    circuit: &Circuit,
    machine: &Machine,
    coupling: &Coupling,
    seed: u64,
    drop_tolerance: f64,
) -> Result<(Lowered, Vec<usize>), LoweringError> {
    let every: Vec<usize> = (0..circuit.qubit_count()).collect();
    let mut bare = Circuit::new(circuit.qubit_count());
    bare.append(circuit, &every);
    let mut lowered = routing::route(&bare, coupling, seed)?;
    simplify(&mut lowered.circuit, drop_tolerance);
    write_in(machine.target, &mut lowered.circuit, drop_tolerance)?;
    finish(circuit, machine.target.basis, &mut lowered);
    let touched = lowered.circuit.operations().flat_map(|(_, o)| o.qubits.iter().collect::<Vec<_>>());
    let used: BTreeSet<usize> = touched.chain(lowered.initial.iter().chain(&lowered.last).copied()).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let place = |q: usize| used.binary_search(&q).expect("a qubit that is used");
    let mut small = Circuit::with_bits(used.len(), lowered.circuit.bit_count());
    for (_, operation) in lowered.circuit.operations() {
        let places: Vec<usize> = operation.qubits.iter().map(place).collect();
        small.push(operation.gate, &places);
    }
    for bit in 0..lowered.circuit.bit_count() {
        if let Some(qubit) = lowered.circuit.writer_of(bit) {
            small.measure(place(qubit), bit).expect("each bit is written once");
        }
    }
    let at = |places: &[usize]| places.iter().map(|q| place(*q)).collect::<Vec<_>>();
    let (initial, last) = (at(&lowered.initial), at(&lowered.last));
    Ok((Lowered { circuit: small, initial, last }, used))
}

/// Whether a layout has a place of its own for each qubit, and joins what gates join.
fn check(layout: &[usize], need: &Need, machine: &Machine) -> Result<(), LoweringError> {
    let (figures, coupling) = told(machine)?;
    let wrong = |problem: String| Err(LoweringError::Layout { problem });
    if layout.len() != need.qubits.len() {
        return wrong(format!("{} qubits, the circuit has {}", layout.len(), need.qubits.len()));
    }
    // Of what nothing is asked, nothing need work.
    let missing = |(q, own): &(&usize, &QubitNeed)| {
        **q >= coupling.width() || **own != QubitNeed::default() && figures.qubit(**q).is_none()
    };
    if let Some((q, _)) = layout.iter().zip(&need.qubits).find(missing) {
        return wrong(format!("qubit {q} does not exist, or does not work"));
    }
    if let Some((i, q)) = layout.iter().enumerate().find(|(i, q)| layout[..*i].contains(q)) {
        return wrong(format!("qubit {q} is there twice, at place {}", i + 1));
    }
    match need.pairs.keys().find(|(a, b)| figures.pair(layout[*a], layout[*b]).is_none()) {
        Some(&(a, b)) => wrong(format!(
            "qubits {} and {}, which a gate joins, at places {} and {}, have no working gate",
            layout[a],
            layout[b],
            a + 1,
            b + 1
        )),
        None => Ok(()),
    }
}

/// Placements by value, the best first; of those that join the same pairs of the same qubits only the best.
fn ranked(mut all: Vec<Found>, need: &Need) -> Vec<Found> {
    all.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.layout.cmp(&b.layout)));
    let mut seen = BTreeSet::new();
    all.retain(|found| {
        let mut qubits = found.layout.clone();
        qubits.sort_unstable();
        let at = |&(a, b): &(usize, usize)| {
            let (a, b) = (found.layout[a], found.layout[b]);
            (a.min(b), a.max(b))
        };
        seen.insert((qubits, need.pairs.keys().map(at).collect::<BTreeSet<_>>()))
    });
    all
}

/// The one in the middle.
fn median(all: Option<Vec<Found>>, need: &Need) -> Result<Found, LoweringError> {
    let mut all = ranked(all.ok_or(LoweringError::ManyPlacements)?, need);
    if all.is_empty() {
        return Err(LoweringError::Layout {
            problem: "no placement joins what gates join, so there is no median".into(),
        });
    }
    let middle = all.len() / 2;
    Ok(all.swap_remove(middle))
}

#[cfg(test)]
mod tests;
