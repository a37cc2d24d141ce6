//! Programs of columns on a machine: how each of their copies is read there, and what the machine's figures promise of it.

use super::expected::{Expected, ExpectedTile};
use super::reading::{Reading, TooManyBits};
use super::result::BlockReading;
use crate::circuit::Circuit;
use crate::network::{Block, Network};
use crate::qasm::Program;
use crate::simulator::noise::{MachineNoise, Trajectories, noisy_columns, reading_errors};
use crate::simulator::{Readout, SimulationError};
use crate::target::Machine;
use rayon::prelude::*;

/// Of circuits that are too wide for density matrices.
const TRAJECTORIES: Trajectories = Trajectories { count: 200, seed: 0 };

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
    /// It has no inputs that choose its basis state.
    #[error("block {block}: its program is not one of columns: no angles choose its basis state")]
    NoColumns {
        /// The block's number, from 1.
        block: usize,
    },
    /// The machine's file has no figures.
    #[error("{machine}: a machine without figures: nothing can be promised of it")]
    NoFigures {
        /// What it is called.
        machine: String,
    },
}

/// How the copies of every block are read on this machine, and what it promises of them; with `waits`, qubits that wait for others
/// relax meanwhile.
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
    waits: bool,
) -> Result<Vec<(BlockReading, Expected)>, PlacedError> {
    assert_eq!(programs.len(), network.blocks.len(), "one program a block");
    let parts: Vec<_> = network.blocks.par_iter().zip(programs).enumerate().collect();
    parts.into_par_iter().map(|(k, (block, program))| of_block(k + 1, block, program, machine, waits)).collect()
}

fn of_block(
    number: usize,
    block: &Block,
    program: &Program,
    machine: &Machine,
    waits: bool,
) -> Result<(BlockReading, Expected), PlacedError> {
    let Some(figures) = &machine.figures else {
        return Err(PlacedError::NoFigures { machine: machine.name.clone().into_owned() });
    };
    let noise = MachineNoise::new(figures.clone(), waits);
    let columns = (0..program.contract.dim).map(|m| program.column(m).map(|own| own.circuit));
    let columns: Option<Vec<Circuit>> = columns.collect();
    let columns = columns.ok_or(PlacedError::NoColumns { block: number })?;
    let (mut tiles, mut expected) = (vec![], vec![]);
    for t in 0..program.contract.tile_count() {
        let signs = program.contract.tile(t).signs;
        let reading = Reading::of(&signs, block.weight().nrows())
            .map_err(|source| PlacedError::Bits { block: number, source })?;
        let readout = Readout { input: vec![], output: reading.bits().to_vec(), accept: vec![] };
        let wrong = |source| PlacedError::Simulation { block: number, source };
        let errors = reading_errors(&program.circuit, &readout, &noise).map_err(wrong)?;
        let words = noisy_columns(&columns, &readout, &noise, &TRAJECTORIES).map_err(wrong)?;
        expected.push(ExpectedTile::new(block, reading.clone(), errors.clone(), words));
        tiles.push((reading, errors));
    }
    Ok((BlockReading { bits: program.circuit.bit_count(), tiles }, Expected { tiles: expected }))
}
