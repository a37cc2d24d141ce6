//! How many shots γ asks for.

use crate::compiler::readout_of;
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::Program;
use crate::signs::{Sign, Signs};
use crate::simulator::{SimulationError, transition_probabilities};

/// How uncertain an entry of W y may be, as a share of the largest |W|, where nothing else is asked for.
pub const SHOT_ERROR: f64 = 0.01;

/// Shots of a block's programs after which no entry of W y, whatever y, has a standard deviation of more than `share` of the
/// largest |W|; each program takes so many.
///
/// From Ns shots `γ p` has variance `γ² p (1 - p) / Ns ≤ γ (γ p) / Ns`, and γ p is at most the largest entry of its row of W_P or W_N. Of a
/// circuit for both signs the probabilities of both count as they are, since they do not come apart as W does; blocks of unitaries, whose
/// states need not be diagonal, have `p (1 - p) ≤ 1/4`.
///
/// # Errors
/// If a circuit for both signs is too large to simulate.
pub fn shots_of_label(programs: &[&Program], block: &Block, share: f64) -> Result<u64, SimulationError> {
    let weight = block.weight();
    let goal = (share * weight.amax()).powi(2);
    if goal == 0.0 {
        return Ok(0);
    }
    let contracts = || programs.iter().map(|program| &program.contract);
    let gamma = Signs { plus: Sign::Plus, minus: Sign::Minus }
        .map(|sign| contracts().find_map(|contract| contract.signs[sign].as_ref()).map_or(0.0, |read| read.gamma));
    let variance = if block.form().is_unitary() {
        (gamma.plus * gamma.plus + gamma.minus * gamma.minus) / 4.0
    } else if let Some(both) = programs.iter().find(|program| program.contract.joint()) {
        let columns: Vec<usize> = (0..block.dim()).collect();
        let tables = both.contract.signs.present().map(|(_, read)| {
            let table = transition_probabilities(&both.circuit, &readout_of(read), &columns);
            Ok(table? * (read.gamma * read.gamma))
        });
        let tables: Vec<RealMatrix> = tables.collect::<Result<_, SimulationError>>()?;
        tables.into_iter().reduce(|sum, table| sum + table).map_or(0.0, |sum| sum.max())
    } else {
        let row = |row: usize, sign: Sign| weight.row(row).iter().fold(0.0f64, |most, w| most.max(sign.factor() * w));
        let of = |n: usize| gamma.plus * row(n, Sign::Plus) + gamma.minus * row(n, Sign::Minus);
        (0..weight.nrows()).map(of).fold(0.0, f64::max)
    };
    Ok((variance / goal).ceil() as u64)
}
