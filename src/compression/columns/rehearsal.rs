//! What becomes of labels where all basis inputs of a network's circuits are measured once, with so many executions in all.

use crate::encoding::GammaRule;
use crate::linalg::RealMatrix;
use crate::network::{Block, FirstStates, Network, run_classically};
use crate::random::stream;
use crate::run::{Allotment, AllotmentError, BlockTransitions, Inputs, ScoreVariance, SignTransitions};
use crate::signs::Signs;
use crate::simulator::Multinomial;
use rayon::prelude::*;

/// Measurements of all columns.
const DRAWS: u64 = 8;

/// Shares of labels that differ from those of the network itself, in the mean of several measurements.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ColumnLabels {
    /// Executions in all.
    pub executions: u64,
    /// The share of shots that survive the machine's noise.
    pub survival: f64,
    /// With the same shots for every basis input of every block.
    pub even: f64,
    /// With shots allotted by what they do to the outputs.
    pub allotted: f64,
}

/// Rehearses measurements of a network whose blocks are circuits: shots by training inputs, labels of others. Counts are
/// drawn; of the shots a share survives, the others spell anything, and readings are scaled up for that.
///
/// # Errors
/// If there are too few executions or a block cannot be encoded.
///
/// # Panics
/// If the network has no head, a block's signs are not one circuit's, or inputs do not fit.
pub fn rehearse_columns(
    network: &Network,
    training: &[Vec<f64>],
    inputs: &[Vec<f64>],
    (executions, survival): (u64, f64),
    seed: u64,
) -> Result<ColumnLabels, AllotmentError> {
    let table = |(k, block)| {
        let wrong = |source| AllotmentError::Encoding { block: k + 1, source };
        BlockTransitions::of_weights(block, GammaRule::Own, Inputs::Diagonal).map_err(wrong)
    };
    let mut tables: Vec<BlockTransitions> = network.blocks.iter().enumerate().map(table).collect::<Result<_, _>>()?;
    for sign in tables.iter_mut().flat_map(|table| table.signs.present_mut()).map(|(_, sign)| sign) {
        let evenly = (1.0 - survival) / (2 * sign.probabilities.nrows()) as f64;
        sign.probabilities.apply(|p| *p = survival * *p + evenly);
        sign.gamma /= survival;
    }
    let variance = ScoreVariance::of(network, &tables, training);
    let first = FirstStates::of(network, inputs).states;
    let own = run_classically(network, &first).labels;
    let share = |allotment: &Allotment| {
        let changed = |draw: u64| {
            let blocks = network.blocks.iter().zip(&tables).zip(&allotment.shots).enumerate();
            let measured = blocks.map(|(k, ((block, table), shots))| {
                let signs = table.signs.as_options().both().expect("both signs are one circuit's");
                measure(block, signs, shots, seed.wrapping_add(draw << 32 | k as u64))
            });
            let noisy = Network { blocks: measured.collect(), ..network.clone() };
            let labels = run_classically(&noisy, &first).labels;
            labels.iter().zip(&own).filter(|(a, b)| a != b).count()
        };
        let all: usize = (0..DRAWS).into_par_iter().map(changed).sum();
        all as f64 / (DRAWS as usize * own.len()) as f64
    };
    let even = share(&Allotment::even(&variance, executions)?);
    Ok(ColumnLabels { executions, survival, even, allotted: share(&Allotment::by(&variance, executions)?) })
}

/// A block with the W that shots of each of its columns say.
fn measure(block: &Block, signs: Signs<&SignTransitions>, shots: &[u64], seed: u64) -> Block {
    let rows = block.weight().nrows();
    let mut weight = RealMatrix::zeros(rows, shots.len());
    let mut multinomial = Multinomial::default();
    for (m, &shots) in shots.iter().enumerate() {
        let p = signs.map(|sign| sign.probabilities.column(m));
        let both: Vec<f64> = p.plus.iter().chain(p.minus.iter()).copied().collect();
        let mut counts = vec![0.0; both.len()];
        multinomial.draw(shots, &both, &mut counts, &mut stream(seed, m as u64));
        let gamma = signs.plus.gamma / shots as f64;
        (0..rows).for_each(|n| weight[(n, m)] = gamma * (counts[n] - counts[both.len() / 2 + n]));
    }
    block.clone().with_form(weight)
}
