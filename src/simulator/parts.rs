//! Parts of a circuit that no gate joins are simulated apart; here they are put together.

use super::error::{MAX_QUBITS, SimulationError, check_table};
use super::readout::{Readout, Reads, unwritten};
use crate::circuit::{Circuit, components};
use crate::linalg::RealMatrix;
use std::ops::Range;

/// Amplitudes held at once by one thread: 2^22 of 16 bytes are 64 MiB.
const AMPLITUDES_AT_ONCE: usize = 1 << 22;

/// The table of a circuit as the product of those of its parts: `table(reads, part, starts)` has a row for everything the
/// part's output bits spell and a column for each of its basis states `starts`.
///
/// # Errors
/// If the output bits spell too much, a part has more than [`MAX_QUBITS`] qubits or a bit that is read is never written.
///
/// # Panics
/// If an input exceeds what the input qubits can hold.
pub(super) fn by_parts(
    circuit: &Circuit,
    readout: &Readout,
    inputs: &[usize],
    table: impl Fn(&Reads, &[usize], &[usize]) -> RealMatrix,
) -> Result<RealMatrix, SimulationError> {
    assert!(inputs.iter().all(|m| m >> readout.input.len() == 0), "an input is more than its qubits can hold");
    check_table(readout.output.len(), inputs.len())?;
    let mut result = RealMatrix::from_element(1 << readout.output.len(), inputs.len(), 1.0);
    for part in components(circuit) {
        let reads = Reads::of_part(circuit, readout, &part)?;
        if reads.output.is_empty() && reads.accept.is_empty() {
            continue;
        }
        if part.len() > MAX_QUBITS {
            return Err(SimulationError::TooManyQubits { qubits: part.len() });
        }
        // Inputs that differ only in other parts' qubits share a column here.
        let local = |m: usize| reads.input.iter().map(|&(i, place)| (m >> i & 1) << place).sum::<usize>();
        let mut starts: Vec<usize> = inputs.iter().map(|m| local(*m)).collect();
        starts.sort_unstable();
        starts.dedup();
        let table = table(&reads, &part, &starts);
        for (k, m) in inputs.iter().enumerate() {
            let column = starts.binary_search(&local(*m)).expect("every input was listed");
            for n in 0..result.nrows() {
                let spelt = reads.output.iter().enumerate().map(|(k, &(i, _))| (n >> i & 1) << k).sum::<usize>();
                result[(n, k)] *= table[(spelt, column)];
            }
        }
    }
    match unwritten(circuit, readout) {
        Some(bit) => Err(SimulationError::UnwrittenBit { bit }),
        None => Ok(result),
    }
}

/// What is kept of a column of a part's table as soon as it is known: the rows returned, after changes.
pub(super) type Keep<'a> = &'a (dyn Fn(&mut [f64]) -> Range<usize> + Sync);

/// Everything.
pub(super) fn all(column: &mut [f64]) -> Range<usize> {
    0..column.len()
}

/// What is kept of all columns of a table of `rows` rows.
pub(super) fn kept(mut table: Vec<f64>, rows: usize, keep: Keep<'_>) -> Vec<f64> {
    let mut out = Vec::new();
    for column in table.chunks_exact_mut(rows) {
        let range = keep(column);
        out.extend_from_slice(&column[range]);
    }
    out
}

/// A table of `columns` columns from its pieces, side by side.
pub(super) fn side_by_side(pieces: &[Vec<f64>], columns: usize) -> RealMatrix {
    let numbers = pieces.concat();
    RealMatrix::from_vec(numbers.len() / columns.max(1), columns, numbers)
}

/// Columns that one thread takes at a time, of `count` states on `qubits` qubits.
pub(super) fn columns_at_once(qubits: usize, count: usize) -> usize {
    (AMPLITUDES_AT_ONCE >> qubits).clamp(1, count.div_ceil(2).max(32))
}
