//! The programs of a block: what each takes, with its rotations synthesised one by one or with angles looked up, and how many shots of
//! it a label takes.

use super::code::QubitModel;
use super::counts::{Counted, LogicalCounts, count};
use super::physical::{EstimateError, PhysicalEstimate};
use super::qrom::with_qrom;
use super::shots::{SHOT_ERROR, shots_of_label};
use crate::network::Block;
use crate::qasm::Program;
use crate::simulator::SimulationError;
use serde::Serialize;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EstimateOptions {
    /// How likely a shot may go wrong, above 0 and below 1.
    pub error: f64,
    /// The physical qubits.
    pub model: QubitModel,
    /// How many shots a label takes.
    pub shots: ShotRule,
}

/// How many shots of a block's programs a label takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ShotRule {
    /// As many as γ asks for, that no entry of W y has a standard deviation of more than this share of the largest |W|.
    Error(f64),
    /// So many.
    Given(u64),
}

impl Default for EstimateOptions {
    fn default() -> EstimateOptions {
        EstimateOptions { error: 1e-3, model: QubitModel::ALL[0], shots: ShotRule::Error(SHOT_ERROR) }
    }
}

/// What the programs of a block take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockEstimate {
    /// The block's number, from 1.
    pub block: usize,
    /// Its programs, in the order of the manifest.
    pub programs: Vec<ProgramEstimate>,
    /// Shots of each program for a label.
    pub shots: u64,
    /// Seconds of all shots of all programs, one after the other.
    pub seconds: f64,
    /// The same with angles looked up where that takes fewer T states.
    pub qrom_seconds: f64,
}

/// What a program takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgramEstimate {
    /// The QDK's logical counts.
    pub logical: LogicalCounts,
    /// Layers of T gates, those of rotations one after the other.
    pub t_depth: u64,
    /// Qubits, factories and time by the model.
    pub physical: PhysicalEstimate,
    /// With angles looked up; `null` where there is no multiplexed rotation for which that takes fewer T states.
    pub qrom: Option<QromEstimate>,
}

/// A program with the angles of its multiplexed rotations looked up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QromEstimate {
    /// The QDK's logical counts.
    pub logical: LogicalCounts,
    /// Qubits, factories and time by the model.
    pub physical: PhysicalEstimate,
}

/// A block without an estimate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BlockEstimateError {
    /// The model does not reach it.
    #[error("block {block}: {source}")]
    Estimate {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EstimateError,
    },
    /// Its shots cannot be told.
    #[error("block {block}: {source}")]
    Shots {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: SimulationError,
    },
}

impl ProgramEstimate {
    /// That of a program, by its circuit.
    ///
    /// # Errors
    /// As [`LogicalCounts::estimate`].
    pub fn of(program: &Program, options: &EstimateOptions) -> Result<ProgramEstimate, EstimateError> {
        let EstimateOptions { error, model, .. } = options;
        let Counted { logical, other_layers } = count(&program.circuit);
        let physical = logical.estimate(*error, model)?;
        let t_depth = logical.rotation_depth * physical.ts_per_rotation + other_layers;
        let looked_up =
            |logical: LogicalCounts| Ok(QromEstimate { logical, physical: logical.estimate(*error, model)? });
        let qrom = with_qrom(&program.circuit, physical.ts_per_rotation, *error).map(looked_up).transpose()?;
        Ok(ProgramEstimate { logical, t_depth, physical, qrom })
    }
}

/// What the programs of a block take.
///
/// # Errors
/// As [`LogicalCounts::estimate`] and [`shots_of_label`].
pub fn estimate_block(
    programs: &[&Program],
    block: &Block,
    options: &EstimateOptions,
) -> Result<BlockEstimate, BlockEstimateError> {
    let number = programs.first().map_or(0, |program| program.contract.block);
    let wrong = |source| BlockEstimateError::Estimate { block: number, source };
    let each = programs.iter().map(|program| ProgramEstimate::of(program, options).map_err(wrong));
    let each: Vec<ProgramEstimate> = each.collect::<Result<_, _>>()?;
    let shots = match options.shots {
        ShotRule::Given(shots) => shots,
        ShotRule::Error(share) => shots_of_label(programs, block, share)
            .map_err(|source| BlockEstimateError::Shots { block: number, source })?,
    };
    let seconds = |runtime: &dyn Fn(&ProgramEstimate) -> u64| {
        each.iter().map(|program| runtime(program) as f64).sum::<f64>() * 1e-9 * shots as f64
    };
    let own = seconds(&|program| program.physical.runtime);
    let looked_up = seconds(&|program| program.qrom.as_ref().map_or(&program.physical, |qrom| &qrom.physical).runtime);
    Ok(BlockEstimate { block: number, programs: each, shots, seconds: own, qrom_seconds: looked_up })
}
