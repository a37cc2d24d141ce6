//! Programs against weights: what the text computes, by simulation, compared entry by entry (S33; docs/method.md,
//! section 7).

use super::comparison::{Check, Verification, Verified, VerifyError, compare, readout_of, tiles_of, worst_tile};
use super::verify_prepared::verify_prepared;
use crate::circuit::Circuit;
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::{Contract, Program};
use crate::simulator::{AcceptedOperator, SimulationError, transition_probabilities};

/// `gamma+ p+ - gamma- p-` as the program's circuit gives it: a row for each value the output bits can spell, a
/// column for each input m < dim. Signs that the program lacks count as zero.
///
/// # Errors
/// If the circuit is too large to simulate.
pub fn reconstruct(program: &Program) -> Result<RealMatrix, SimulationError> {
    let Program { circuit, contract, .. } = program;
    reconstruct_columns(circuit, contract, &(0..contract.dim).collect::<Vec<_>>())
}

fn reconstruct_columns(
    circuit: &Circuit,
    contract: &Contract,
    columns: &[usize],
) -> Result<RealMatrix, SimulationError> {
    let mut total = RealMatrix::zeros(0, 0);
    for (sign, read) in contract.signs.present() {
        let probabilities = transition_probabilities(circuit, &readout_of(read), columns)?;
        let signed = probabilities * (sign.factor() * read.gamma);
        total = if total.is_empty() { signed } else { total + signed };
    }
    Ok(total)
}

/// Compares what the programs of one block compute with its weights. Errors that the contracts state are allowed on top
/// of the tolerance.
///
/// # Errors
/// If the dimensions differ or a circuit is too large to simulate.
pub fn verify_block(programs: &[&Program], block: &Block, check: &Check) -> Result<Verified, VerifyError> {
    if programs.iter().any(|program| program.contract.prepared.is_some()) {
        return verify_prepared(programs, block, check);
    }
    if block.form().is_unitary() {
        return verify_unitaries(programs, block, check);
    }
    let number = programs.first().map_or(0, |program| program.contract.block);
    let columns = check.columns(number, block.dim());
    let weight = block.weight();
    let real: Vec<usize> = columns.iter().copied().filter(|m| *m < weight.ncols()).collect();
    let expected = weight.select_columns(&real);
    let whole = columns.len() == block.dim();
    let of_tile = |tile: usize| -> Result<Verified, VerifyError> {
        let mut total = RealMatrix::zeros(block.dim().next_power_of_two(), columns.len());
        for program in programs {
            total += reconstruct_columns(&program.circuit, &program.contract.tile(tile), &columns)?;
        }
        let verification = Verification { tile, ..compare(programs, block, &total, &expected, &columns, check) };
        Ok((verification, whole.then(|| total.view((0, 0), weight.shape()).into_owned())))
    };
    worst_tile(tiles_of(programs, block)?, of_tile)
}

/// The same for a block of two-qubit unitaries: what is measured of any density matrix, not of diagonal ones alone.
fn verify_unitaries(programs: &[&Program], block: &Block, check: &Check) -> Result<Verified, VerifyError> {
    let wanted = block.form().map();
    let names: Vec<usize> = (0..wanted.ncols()).collect();
    let of_tile = |tile: usize| -> Result<Verified, VerifyError> {
        let mut total = RealMatrix::zeros(wanted.nrows(), wanted.ncols());
        for program in programs {
            for (sign, read) in program.contract.tile(tile).signs.present() {
                let map = AcceptedOperator::of(&program.circuit, &readout_of(read))?.response(block.dim());
                total += map * (sign.factor() * read.gamma);
            }
        }
        let verification = compare(programs, block, &total, &wanted, &names, check);
        let verification = Verification { of: names.len(), coherent: true, tile, ..verification };
        Ok((verification, Some(total.columns(0, block.dim()).into_owned())))
    };
    worst_tile(tiles_of(programs, block)?, of_tile)
}
