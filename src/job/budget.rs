//! Where a block's signal is lost on a machine, by its figures: in gates, while qubits wait, in reading.

use crate::lowering::{Survival, survival};
use crate::qasm::Program;
use crate::target::Machine;

/// What is left of a program of columns on the machine's qubits behind all gates, all waits and all readings, each by itself; in the mean of
/// its copies. Without `waits` they take nothing. `None` where the machine's figures do not tell.
pub(super) fn budget(program: &Program, machine: &Machine, waits: bool) -> Option<Survival> {
    // The column with the most pulses.
    let column = program.column(program.contract.dim.checked_sub(1)?)?;
    let layout: Vec<usize> = (0..column.circuit.qubit_count()).collect();
    let all = survival(&column.circuit, &layout, machine).ok()?;
    let copies = program.contract.tile_count() as f64;
    let mean = |share: f64| share.powf(1.0 / copies);
    Some(Survival {
        gates: mean(all.gates),
        waits: if waits { mean(all.waits) } else { 1.0 },
        reading: mean(all.reading),
    })
}
