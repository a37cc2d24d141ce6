//! A whole network to factors, under a rank, an error or a budget of CX.

use super::ansatz::Ansatz;
use super::fit::{Fit, FitError, FitOptions, Metric, fit_block};
use super::outcome::{Compressed, promised};
use super::ranks::{Choice, choose_ranks};
use super::states::block_states;
use super::within::{Promise, circuit_within};
use crate::compiler::{CompileOptions, ManifestBlock, PhaseChoice, ReportError, compile_and_measure};
use crate::encoding::{EncodingError, Phases};
use crate::linalg::RealMatrix;
use crate::network::{Block, Network};
use crate::run::AllotmentError;
use crate::synthesis::joint::JointOptions;
use crate::target::Edges;
use rayon::prelude::*;
use std::borrow::Cow;

/// Shots for each basis input that circuits are made for, if nobody says anything else: 1.92 million executions for ten blocks
/// of 64 x 64.
pub const COLUMN_SHOTS: f64 = 3000.0;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Every sign of every block has this rank.
    Rank(usize),
    /// In every block the smallest rank with max |W' - W| at most this times max |W|; blocks that no rank takes there, or
    /// that take fewer CX as they are, stay as they are.
    Error(f64),
    /// Ranks block by block so that a sign takes at most this many CX in the mean.
    Cx(f64),
    /// Every block becomes one variational circuit for both signs, of at most this many CX a sign.
    Circuits(f64),
    /// Every block becomes one circuit for both signs with max |W' - W| at most this times max |W|, of as few gates as are found;
    /// blocks that take no more gates as they are, or for which none is found, stay as they are.
    CircuitError(f64),
}

impl Goal {
    /// Evaluations that a fit is worth: those of a circuit take longer, and gain little after a while.
    pub fn usual_limit(self) -> usize {
        if matches!(self, Goal::Circuits(_)) { 500 } else { 3000 }
    }
}

/// How to get there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan<'a> {
    /// What is asked for.
    pub goal: Goal,
    /// Inputs of the kind that will be run: errors count on the states that they bring about.
    pub data: Option<&'a [Vec<f64>]>,
    /// See [`FitOptions`].
    pub gamma_weight: f64,
    /// Evaluations a fit may take.
    pub limit: usize,
    /// Seed of fits.
    pub seed: u64,
    /// Which qubits circuits join.
    pub edges: Edges,
    /// Shots for each basis input of a circuit: their noise counts as errors do; infinitely many if left out.
    pub shots: Option<f64>,
    /// gamma over the least that it can be, of circuits within an error.
    pub slack: f64,
}

impl<'a> Plan<'a> {
    /// What a goal usually takes.
    pub fn to(goal: Goal) -> Self {
        Plan { goal, limit: goal.usual_limit(), ..Plan::default() }
    }

    /// The same on the states that these inputs bring about.
    #[must_use]
    pub fn with_data(self, data: &'a [Vec<f64>]) -> Self {
        Plan { data: Some(data), ..self }
    }

    /// The same with another limit of evaluations a fit.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Plan { limit, ..self }
    }

    /// The same with circuits on other edges.
    #[must_use]
    pub fn with_edges(self, edges: Edges) -> Self {
        Plan { edges, ..self }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Plan { seed, ..self }
    }
}

impl Default for Plan<'_> {
    fn default() -> Self {
        let goal = Goal::Rank(8);
        let (limit, edges, shots) = (goal.usual_limit(), Edges::Line, Some(COLUMN_SHOTS));
        let slack = JointOptions::default().slack;
        Plan { goal, data: None, gamma_weight: 1e-4, limit, seed: 0, edges, shots, slack }
    }
}

/// A network that cannot be compressed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompressError {
    /// A block cannot be fitted.
    #[error("block {block}: {source}")]
    Fit {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: FitError,
    },
    /// A block cannot be encoded.
    #[error("block {block}: {source}")]
    Encoding {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EncodingError,
    },
    /// Executions do not do.
    #[error(transparent)]
    Allotment(#[from] AllotmentError),
    /// What came out cannot be compiled.
    #[error(transparent)]
    Compile(#[from] ReportError),
    /// No ranks keep the budget.
    #[error(
        "at most {asked} CX a sign: factors take {least:.0} in the mean, at rank 1; circuits can take fewer (--variational)"
    )]
    Budget {
        /// CX a sign that were asked for.
        asked: f64,
        /// What rank 1 takes everywhere.
        least: f64,
    },
}

/// Compresses a network; `done` is called after each of its blocks. The same plan gives the same network.
///
/// # Errors
/// If a block cannot be fitted or compiled.
pub fn compress(
    network: &Network,
    plan: &Plan<'_>,
    done: impl Fn() + Sync,
) -> Result<(Network, Vec<Compressed>), CompressError> {
    let count = network.blocks.len();
    // What is promised of every entry is fitted to every entry, and told of the states.
    let entries = matches!(plan.goal, Goal::Error(_) | Goal::CircuitError(_));
    let metrics: Vec<Metric> = match plan.data {
        Some(data) => block_states(network, data).into_iter().take(count).map(Metric::States).collect(),
        None => vec![if entries { Metric::Entries } else { Metric::Uniform }; count],
    };
    let fit = |k: usize, ansatz: Ansatz| {
        let options = FitOptions {
            ansatz,
            gamma_weight: plan.gamma_weight,
            limit: plan.limit,
            seed: plan.seed,
            edges: plan.edges.clone(),
            shots: plan.shots,
        };
        let metric = if entries { &Metric::Entries } else { &metrics[k] };
        fit_block(&network.blocks[k], metric, &options).map_err(wrong(k))
    };
    let ranks = ranks_below(network.blocks[0].dim());
    let all = |ansatz: &(dyn Fn(usize) -> Ansatz + Sync)| {
        each_block(count, &done, |k| {
            let fit = fit(k, ansatz(k))?;
            let outcome = Compressed::of(&fit, ansatz(k));
            Ok((Some(fit.block), outcome))
        })
    };
    let found: Vec<(Option<Block>, Compressed)> = match plan.goal {
        Goal::Rank(rank) => all(&|_| Ansatz::Rank(rank))?,
        Goal::Circuits(most) => {
            all(&|k| Ansatz::Circuit((most * signs_of(network.blocks[k].weight()) as f64) as usize))?
        }
        Goal::Error(most) => each_block(count, &done, |k| {
            for &rank in &ranks {
                let fit = fit(k, Ansatz::Rank(rank))?;
                if fit.largest_error <= most {
                    let form = fit.block.form().clone();
                    // Larger ranks take more still.
                    if cx_of(network, k, Some(&fit.block), plan)? > cx_of(network, k, None, plan)? {
                        break;
                    }
                    let (block, outcome) = promised(&network.blocks[k], form, &metrics[k], Ansatz::Rank(rank));
                    return Ok((Some(block), outcome));
                }
            }
            Ok((None, Compressed::untouched()))
        })?,
        // A search takes all cores by itself, and much memory.
        Goal::CircuitError(most) => (0..count)
            .map(|k| {
                let below = cx_of(network, k, None, plan)?;
                let promise = Promise { most, below, slack: plan.slack, seed: plan.seed, edges: &plan.edges };
                let found = circuit_within(&network.blocks[k], &promise, &metrics[k]).map_err(wrong(k))?;
                done();
                Ok(found)
            })
            .collect::<Result<_, CompressError>>()?,
        Goal::Cx(most) => {
            let signs: usize = network.blocks.iter().map(|b| signs_of(b.weight())).sum();
            let whole = check_budget(network, most, signs, plan)?;
            let candidates = each_block(count, &done, |k| {
                let mut list = vec![];
                for &rank in &ranks {
                    let fit = fit(k, Ansatz::Rank(rank))?;
                    let outcome = Compressed::of(&fit, Ansatz::Rank(rank));
                    let choice = price(network, k, Some((rank, &fit)), plan)?;
                    list.push((Some(fit), outcome, choice));
                }
                list.push((None, Compressed::untouched(), whole[k]));
                Ok(list)
            })?;
            let choices: Vec<Vec<Choice>> =
                candidates.iter().map(|list| list.iter().map(|(_, _, choice)| *choice).collect()).collect();
            let chosen = choose_ranks(&choices, (most * signs as f64) as usize);
            let pick = |(list, i): (Vec<(Option<Fit>, Compressed, Choice)>, usize)| {
                let (fit, outcome, _) = list.into_iter().nth(i).expect("a choice is one of the list");
                (fit.map(|fit| fit.block), outcome)
            };
            candidates.into_iter().zip(chosen).map(pick).collect()
        }
    };
    // Another function: what was expected of the network is not expected of it.
    let mut small = Network { expect: None, ..network.clone() };
    let mut outcomes = vec![];
    for (block, (changed, outcome)) in small.blocks.iter_mut().zip(found) {
        if let Some(changed) = changed {
            *block = changed;
        }
        outcomes.push(outcome);
    }
    Ok((small, outcomes))
}

/// Compiles every block and counts: CX, gammas, qubits.
///
/// # Errors
/// If a block cannot be compiled.
pub fn costs(network: &Network, phases: Phases, seed: u64) -> Result<Vec<ManifestBlock>, CompressError> {
    let one = |k| Ok(compile_and_measure(network, k, &options(phases, seed), None)?.summary);
    (1..=network.blocks.len()).into_par_iter().map(one).collect()
}

/// CX and gamma of a sign, in the mean over all signs.
pub fn mean_costs(blocks: &[ManifestBlock]) -> (f64, f64) {
    let gammas: Vec<f64> =
        blocks.iter().flat_map(|b| b.gamma.present().map(|(_, gamma)| *gamma).collect::<Vec<_>>()).collect();
    let signs = gammas.len().max(1) as f64;
    (blocks.iter().map(|b| b.cx).sum::<usize>() as f64 / signs, gammas.iter().sum::<f64>() / signs)
}

/// What is wrong with block k.
fn wrong(k: usize) -> impl Fn(FitError) -> CompressError {
    move |source| CompressError::Fit { block: k + 1, source }
}

/// How many signs have entries.
fn signs_of(weight: &RealMatrix) -> usize {
    usize::from(weight.iter().any(|w| *w > 0.0)) + usize::from(weight.iter().any(|w| *w < 0.0))
}

fn options(phases: Phases, seed: u64) -> CompileOptions {
    CompileOptions { phases: PhaseChoice::Fixed(phases), seed, ..CompileOptions::default() }
}

/// The ranks with circuits of their own: powers of two up to half the dimension.
pub fn ranks_below(dim: usize) -> Vec<usize> {
    let half = dim.next_power_of_two() / 2;
    (0..usize::BITS).map(|k| 1 << k).take_while(|rank| *rank <= half.max(1)).collect()
}

fn each_block<T: Send>(
    count: usize,
    done: &(impl Fn() + Sync),
    of: impl Fn(usize) -> Result<T, CompressError> + Sync,
) -> Result<Vec<T>, CompressError> {
    let one = |k| {
        let out = of(k);
        done();
        out
    };
    (0..count).into_par_iter().map(one).collect()
}

/// Refuses a budget that rank 1 exceeds, before any fit takes its time: what a rank costs depends little on the fit. Gives
/// what the blocks cost as they are.
fn check_budget(network: &Network, most: f64, signs: usize, plan: &Plan<'_>) -> Result<Vec<Choice>, CompressError> {
    let rough = FitOptions {
        ansatz: Ansatz::Rank(1),
        gamma_weight: plan.gamma_weight,
        limit: 2,
        seed: plan.seed,
        edges: Edges::All,
        shots: None,
    };
    let costs = |k: usize| {
        let whole = price(network, k, None, plan)?;
        let fit = fit_block(&network.blocks[k], &Metric::Uniform, &rough).map_err(wrong(k))?;
        let small = price(network, k, Some((1, &fit)), &Plan { data: None, ..plan.clone() })?;
        Ok((whole, whole.cx.min(small.cx)))
    };
    let (whole, cx): (Vec<Choice>, Vec<usize>) = each_block(network.blocks.len(), &|| (), costs)?.into_iter().unzip();
    let least: usize = cx.into_iter().sum();
    if least > (most * signs as f64) as usize {
        return Err(CompressError::Budget { asked: most, least: least as f64 / signs.max(1) as f64 });
    }
    Ok(whole)
}

/// The network with another block in the place of block k.
fn with_block(network: &Network, k: usize, block: &Block) -> Network {
    let mut changed = network.clone();
    changed.blocks[k] = block.clone();
    changed
}

/// The CX of block k as it is, or of another in its place.
fn cx_of(network: &Network, k: usize, instead: Option<&Block>, plan: &Plan<'_>) -> Result<usize, CompressError> {
    let network = instead.map_or(Cow::Borrowed(network), |block| Cow::Owned(with_block(network, k, block)));
    Ok(compile_and_measure(&network, k + 1, &options(Phases::Signs, plan.seed), None)?.summary.cx)
}

/// What block k costs with a fit of some rank in its place, and how much it moves the last states of the data.
fn price(network: &Network, k: usize, fit: Option<(usize, &Fit)>, plan: &Plan<'_>) -> Result<Choice, CompressError> {
    let cx = cx_of(network, k, fit.map(|(_, fit)| &fit.block), plan)?;
    let loss = match (fit, plan.data) {
        (None, _) => 0.0,
        (Some((_, fit)), None) => fit.relative_error.powi(2),
        (Some((_, fit)), Some(data)) => {
            let some = &data[..data.len().min(1000)];
            let last = |n: &Network| block_states(n, some).pop().unwrap_or_default();
            (last(&with_block(network, k, &fit.block)) - last(network)).norm_squared() / some.len() as f64
        }
    };
    Ok(Choice { rank: fit.map_or(network.blocks[k].dim(), |(rank, _)| rank), cx, loss })
}
