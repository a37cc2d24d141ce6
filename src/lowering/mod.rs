//! Lowering: a circuit to the same circuit on a machine, on qubits that it joins and in gates that it has.
//!
//! ```text
//!  circuit ── routing ───▶ on the machine's qubits, where only neighbours can be joined
//!          ── or layout ─▶ on those of them where most of it survives, where the machine's figures are known
//!          ── translate ─▶ in the machine's gates
//!          ── passes ────▶ without what the two have left over
//!  or      ── Clifford+T ▶ with every rotation approximated, where its gates have no angles
//! ```

mod blocks;
mod chains;
mod clifford_t;
mod copies;
mod frames;
mod layout;
mod pairs;
mod routing;
mod translate;

pub use chains::disjoint_chains;
pub use clifford_t::{CliffordT, CliffordTError, by_clifford_t};
pub use copies::lower_copies;
pub use layout::{Layout, Placed, Survival, place, placements, survival, survival_in_place, tiles};
pub use translate::{Translate, TranslateError};

use crate::circuit::{Circuit, GateKind};
use crate::passes::{DropMeasuredPhases, DropRotations, Pass, simplify};
use crate::target::{Basis, Machine, Target};
use frames::{has_frames, take_out_rz};
use pairs::{Pairs, merge_pairs};

/// A circuit on a machine.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// In the machine's gates; where the machine says which of its qubits are joined, as wide as the machine.
    pub circuit: Circuit,
    /// Where each qubit of the circuit starts.
    pub initial: Vec<usize>,
    /// Where each ends.
    pub last: Vec<usize>,
}

/// A circuit that a machine cannot have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoweringError {
    /// It cannot be written in the machine's gates.
    #[error(transparent)]
    Translate(#[from] TranslateError),
    /// It cannot be approximated by Clifford and T gates.
    #[error(transparent)]
    CliffordT(#[from] CliffordTError),
    /// The machine is smaller than the circuit.
    #[error("the circuit needs {needed} qubits, the machine has {has}")]
    TooFewQubits {
        /// How many qubits the circuit has.
        needed: usize,
        /// How many the machine has that a pair names.
        has: usize,
    },
    /// A copy that cannot lie where it was put.
    #[error("tile {tile}: {problem}")]
    Copy {
        /// Which copy, from 0.
        tile: usize,
        /// What is wrong.
        problem: String,
    },
    /// More copies than the machine holds.
    #[error("{wanted} copies: the machine holds {has} on qubits that are joined as the circuit joins its own")]
    Copies {
        /// How many were asked for.
        wanted: usize,
        /// How many there is room for; none where the circuit has to be routed.
        has: usize,
    },
    /// Too few qubits hang together.
    #[error(
        "a part of the circuit joins {wanted} qubits: the coupling map has no connected piece of that many left over"
    )]
    NoRoom {
        /// How many qubits the part has.
        wanted: usize,
    },
    /// Nothing is known of the machine's qubits, so that no choice among them can be made.
    #[error("the machine has no figures of its qubits, or no map of those that are joined")]
    NoFigures,
    /// A choice of qubits that the circuit cannot have.
    #[error("layout: {problem}")]
    Layout {
        /// What is wrong with it.
        problem: String,
    },
    /// Too many placements to look at all of them.
    #[error("layout: too many placements to tell which is in the middle")]
    ManyPlacements,
}

impl LoweringError {
    /// Whether a larger machine would have had the circuit.
    pub fn is_for_want_of_room(&self) -> bool {
        matches!(self, LoweringError::TooFewQubits { .. } | LoweringError::NoRoom { .. })
    }
}

/// Writes a circuit for a machine, as [`lower`] does, on the qubits of a layout where the machine's figures are known.
///
/// # Errors
/// As [`lower`] and [`place`]; a layout other than the best one where nothing is known of single qubits.
pub fn lower_to(
    circuit: &Circuit,
    machine: &Machine,
    layout: &Layout,
    seed: u64,
    drop_tolerance: f64,
) -> Result<Lowered, LoweringError> {
    if machine.figures.is_none() || machine.coupling.is_none() {
        return match layout {
            Layout::Best => lower(circuit, machine, seed, drop_tolerance),
            _ => Err(LoweringError::NoFigures),
        };
    }
    let Placed { circuit, layout: initial, last, .. } = place(circuit, machine, layout, seed, drop_tolerance)?;
    Ok(Lowered { circuit, initial, last })
}

/// Writes a circuit for a machine; of its figures, if it has any, nothing is made. What is measured stays measured, into the same bits, and gates that no measurement
/// sees go; a circuit without measurements keeps its unitary. Rotations by at most `drop_tolerance` radians are dropped.
/// The same seed gives the same result on any number of threads.
///
/// # Errors
/// A machine with too few qubits for the circuit, or with too few that hang together; gates that lack what it takes.
pub fn lower(circuit: &Circuit, machine: &Machine, seed: u64, drop_tolerance: f64) -> Result<Lowered, LoweringError> {
    let every: Vec<usize> = (0..circuit.qubit_count()).collect();
    let mut bare = Circuit::new(circuit.qubit_count());
    bare.append(circuit, &every);
    let mut lowered = Lowered { circuit: bare, initial: every.clone(), last: every };
    if let Some(coupling) = &machine.coupling {
        lowered = routing::route(&lowered.circuit, coupling, seed)?;
        simplify(&mut lowered.circuit, drop_tolerance);
    }
    write_in(machine.target, &mut lowered.circuit, drop_tolerance)?;
    finish(circuit, machine.target.basis, &mut lowered);
    Ok(lowered)
}

/// Writes a circuit for a machine whose qubit i is the circuit's own: nothing is moved. Where not `plain`, what gates have
/// in common goes before that, and rotations by at most `drop_tolerance` radians; gates that no measurement sees go in any
/// case.
///
/// # Errors
/// Gates that lack what it takes. Gates that join what the machine does not are left for [`Machine::check`] to find.
pub fn lower_in_place(
    circuit: &Circuit,
    machine: &Machine,
    plain: bool,
    drop_tolerance: f64,
) -> Result<Lowered, LoweringError> {
    let every: Vec<usize> = (0..circuit.qubit_count()).collect();
    let mut bare = Circuit::new(circuit.qubit_count());
    bare.append(circuit, &every);
    if let Some(coupling) = &machine.coupling {
        Translate { basis: Basis::joined_by(GateKind::Cx) }.run(&mut bare)?;
        routing::orient(&mut bare, coupling);
    }
    if !plain {
        simplify(&mut bare, drop_tolerance);
    }
    write_in(machine.target, &mut bare, if plain { 0.0 } else { drop_tolerance })?;
    let mut lowered = Lowered { circuit: bare, initial: every.clone(), last: every };
    finish(circuit, machine.target.basis, &mut lowered);
    Ok(lowered)
}

/// Translates a circuit to the gates of a basis, and to turns about Z, which [`finish`] takes out where it has none.
fn write_in(target: &Target, circuit: &mut Circuit, drop_tolerance: f64) -> Result<(), TranslateError> {
    let basis = target.basis;
    if let Some(basis) = basis.with_all_turns() {
        // CX becomes the other gate between one-qubit gates: they are merged into their neighbours before those are
        // spelt out.
        Translate { basis }.run(circuit)?;
        simplify(circuit, drop_tolerance);
        if target.basis.has(GateKind::Rzz) {
            *circuit = merge_pairs(circuit, if target.pays_by_angle { Pairs::LeastTurns } else { Pairs::Turns });
            Translate { basis }.run(circuit)?;
            simplify(circuit, drop_tolerance);
        }
    }
    let basis = if has_frames(basis) { basis.with(GateKind::Rz) } else { basis };
    Translate { basis }.run(circuit)?;
    // A rotation by nothing may be left where a gate was spelt out.
    DropRotations { tolerance: drop_tolerance }.run(circuit);
    Ok(())
}

/// Measures what `circuit` measures, where it has come to lie, and takes out what a machine does by turning axes.
fn finish(circuit: &Circuit, basis: Basis, lowered: &mut Lowered) {
    if circuit.bit_count() > 0 {
        measure(circuit, lowered);
    }
    if has_frames(basis) {
        take_out_rz(&mut lowered.circuit);
    }
}

fn measure(circuit: &Circuit, lowered: &mut Lowered) {
    let width = lowered.circuit.qubit_count();
    let mut measured = Circuit::with_bits(width, circuit.bit_count());
    measured.append(&lowered.circuit, &(0..width).collect::<Vec<_>>());
    for bit in 0..circuit.bit_count() {
        if let Some(qubit) = circuit.writer_of(bit) {
            measured.measure(lowered.last[qubit], bit).expect("no two qubits end at one place");
        }
    }
    DropMeasuredPhases.run(&mut measured);
    lowered.circuit = measured;
}

#[cfg(test)]
mod tests;
