//! Programs that prepare their input against W y; where each prepares a basis state, against the columns of W that they have.

use super::comparison::{Check, Verification, Verified, VerifyError, compare, readout_of, tiles_of, worst_tile};
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::{Prepared, Program};
use crate::simulator::{Readout, transition_probabilities};
use std::collections::BTreeMap;

/// Compares `gamma+ p+ - gamma- p-` with W y; programs of one block prepare one state, or basis states.
///
/// # Errors
/// If the dimensions differ, programs prepare different states that are not all basis states, or one is too large to simulate.
pub(super) fn verify_prepared(programs: &[&Program], block: &Block, check: &Check) -> Result<Verified, VerifyError> {
    let tiles = tiles_of(programs, block)?;
    let columns = match inputs_of(programs)? {
        Inputs::Columns(columns) => columns,
        Inputs::One(prepared) => {
            let of_tile =
                |tile| verify_state(programs, block, prepared, check, tile).map(|verification| (verification, None));
            return worst_tile(tiles, of_tile);
        }
    };
    let weight = block.weight();
    let of_tile = |tile| {
        let mut total = RealMatrix::zeros(block.dim().next_power_of_two(), columns.len());
        for (k, members) in columns.values().enumerate() {
            total.set_column(k, &measured(members, block, tile)?.column(0));
        }
        let names: Vec<usize> = columns.keys().copied().collect();
        let expected =
            RealMatrix::from_fn(weight.nrows(), names.len(), |n, k| weight.get((n, names[k])).copied().unwrap_or(0.0));
        let verification = Verification { tile, ..compare(programs, block, &total, &expected, &names, check) };
        let whole = names.len() == block.dim();
        Ok((verification, whole.then(|| total.view((0, 0), weight.shape()).into_owned())))
    };
    worst_tile(tiles, of_tile)
}

/// What programs of one block prepare.
pub(super) enum Inputs<'a> {
    /// Basis states, more than one: the programs of each.
    Columns(BTreeMap<usize, Vec<&'a Program>>),
    /// All of them the same.
    One(&'a Prepared),
}

/// Sorts programs that prepare their input.
///
/// # Errors
/// If they prepare different states that are not all basis states.
pub(super) fn inputs_of<'a>(programs: &[&'a Program]) -> Result<Inputs<'a>, VerifyError> {
    let different = || {
        let number = programs.first().map_or(0, |program| program.contract.block);
        VerifyError::Parts { block: number, programs: vec![], problem: "its programs prepare different inputs" }
    };
    let mut columns = BTreeMap::<usize, Vec<&Program>>::new();
    for &program in programs {
        if let Some(Prepared::Basis(m)) = program.contract.prepared {
            columns.entry(m).or_default().push(program);
        }
    }
    let each = columns.values().map(Vec::len).sum::<usize>() == programs.len();
    if columns.len() > 1 && each {
        return Ok(Inputs::Columns(columns));
    }
    let prepared = programs[0].contract.prepared.as_ref().ok_or_else(different)?;
    let same = programs.iter().all(|program| program.contract.prepared.as_ref() == Some(prepared));
    same.then_some(Inputs::One(prepared)).ok_or_else(different)
}

/// The same of one copy and one state.
fn verify_state(
    programs: &[&Program],
    block: &Block,
    prepared: &Prepared,
    check: &Check,
    tile: usize,
) -> Result<Verification, VerifyError> {
    let total = measured(programs, block, tile)?;
    let weight = block.weight();
    let y = prepared.probabilities(block.dim());
    let expected = weight * RealMatrix::from_column_slice(weight.ncols(), 1, &y[..weight.ncols()]);
    let column = if let Prepared::Basis(m) = prepared { *m } else { 0 };
    let verification = compare(programs, block, &total, &expected, &[column], check);
    Ok(Verification { of: 1, prepared: true, tile, ..verification })
}

/// `gamma+ p+ - gamma- p-` of a copy in programs of one input, a row for each value that the outputs spell.
fn measured(programs: &[&Program], block: &Block, tile: usize) -> Result<RealMatrix, VerifyError> {
    let mut total = RealMatrix::zeros(block.dim().next_power_of_two(), 1);
    for program in programs {
        for (sign, read) in program.contract.tile(tile).signs.present() {
            let readout = Readout { input: vec![], ..readout_of(read) };
            let p = transition_probabilities(&program.circuit, &readout, &[0])?;
            total += p * (sign.factor() * read.gamma);
        }
    }
    Ok(total)
}
