//! Programs of columns on a machine: how each of their copies is read there, and what the machine's figures promise of it.

use super::expected::{Expected, ExpectedTile};
use super::reading::{Reading, TooManyBits};
use super::result::BlockReading;
use crate::compiler::readout_of;
use crate::network::{Block, Network};
use crate::qasm::Program;
use crate::simulator::SimulationError;
use crate::simulator::noise::{NoiseModel, ReadoutError, Trajectories, noisy_words};
use crate::target::Machine;
use rayon::prelude::*;

/// A program of which nothing can be promised.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlacedError {
    /// Its words are too many.
    #[error("block {block}: {source}")]
    Bits {
        /// The block's number, from 1.
        block: usize,
        /// How many.
        source: TooManyBits,
    },
    /// It cannot be simulated.
    #[error("block {block}: {source}")]
    Simulation {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: SimulationError,
    },
    /// The machine's file has no figures.
    #[error("{machine}: a machine without figures: nothing can be promised of it")]
    NoFigures {
        /// What it is called.
        machine: String,
    },
}

/// How the copies of every block are read on this machine, and what it promises of them.
///
/// # Errors
/// If a program reads too many bits or is too large to simulate, or the machine has no figures.
///
/// # Panics
/// If there is not one program a block.
pub fn expected_of(
    network: &Network,
    programs: &[Program],
    machine: &Machine,
) -> Result<Vec<(BlockReading, Expected)>, PlacedError> {
    assert_eq!(programs.len(), network.blocks.len(), "one program a block");
    let parts: Vec<_> = network.blocks.par_iter().zip(programs).enumerate().collect();
    parts.into_par_iter().map(|(k, (block, program))| of_block(k + 1, block, program, machine)).collect()
}

fn of_block(
    number: usize,
    block: &Block,
    program: &Program,
    machine: &Machine,
) -> Result<(BlockReading, Expected), PlacedError> {
    let Some(figures) = &machine.figures else {
        return Err(PlacedError::NoFigures { machine: machine.name.clone().into_owned() });
    };
    let columns: Vec<usize> = (0..program.contract.dim).collect();
    let (mut tiles, mut expected) = (vec![], vec![]);
    for t in 0..program.contract.tile_count() {
        let signs = program.contract.tile(t).signs;
        let reading = Reading::of(&signs, block.weight().nrows())
            .map_err(|source| PlacedError::Bits { block: number, source })?;
        let misread = |bit: &usize| -> ReadoutError {
            let of_qubit = program.circuit.writer_of(*bit).and_then(|qubit| figures.qubit(qubit));
            of_qubit.map_or_else(ReadoutError::default, |qubit| ReadoutError {
                one_for_zero: qubit.readout.one_for_zero,
                zero_for_one: qubit.readout.zero_for_one,
            })
        };
        let errors: Vec<ReadoutError> = reading.bits().iter().map(misread).collect();
        let Some((_, read)) = signs.present().next() else { continue };
        let mut readout = readout_of(read);
        (readout.output, readout.accept) = (reading.bits().to_vec(), vec![]);
        let mut gates = figures.mean();
        gates.readout = Default::default();
        let some = Trajectories { count: 100, seed: 0 };
        let mut words = noisy_words(&program.circuit, &readout, &columns, &NoiseModel::from(&gates), &some)
            .map_err(|source| PlacedError::Simulation { block: number, source })?;
        for mut column in words.column_iter_mut() {
            errors.iter().enumerate().for_each(|(bit, error)| error.apply(column.as_mut_slice(), bit));
        }
        expected.push(ExpectedTile::new(block, reading.clone(), errors.clone(), words));
        tiles.push((reading, errors));
    }
    Ok((BlockReading { bits: program.circuit.bit_count(), tiles }, Expected { tiles: expected }))
}
