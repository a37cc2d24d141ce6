//! What `hqrn-compress` tells: ranks, gates, gammas, and what they cost in labels.

use super::command::{COMMAND, Cli};
use crate::cli::printing::print;
use crate::cli::reports::{CompressReport, Judgement, Labels};
use crate::cli::table::{Table, compact};
use crate::compiler::ManifestBlock;
use crate::compression::{
    Ansatz, ColumnLabels, CompressError, Compressed, Judge, costs, mean_costs, rehearse_columns, shot_noise,
};
use crate::data::Samples;
use crate::encoding::{EncodingRule, GammaRule, Phases, block_contractions};
use crate::network::Network;

/// What there is to judge.
pub struct Outcome<'a> {
    pub network: &'a Network,
    pub small: &'a Network,
    pub blocks: &'a [Compressed],
    /// Inputs that it was fitted on.
    pub training: Option<&'a [Vec<f64>]>,
    /// Executions in all, where all basis inputs are measured once.
    pub executions: u64,
    /// The share of shots that survive the machine.
    pub survival: f64,
}

/// Compiles both networks and runs them on the test samples.
pub fn judge(cli: &Cli, outcome: &Outcome<'_>, test: Option<&Samples>) -> Result<Judgement, CompressError> {
    let Outcome { network, small, .. } = *outcome;
    let rule = EncodingRule { gamma: GammaRule::Own, phases: Phases::Signs, seed: cli.seed };
    let ratios = |(k, block)| {
        let signs = block_contractions(block, rule);
        let signs = signs.map_err(|source| CompressError::Encoding { block: k + 1, source })?;
        // A zero W has neither.
        let ratio = |gamma: f64, bound: f64| if gamma == bound { 1.0 } else { gamma / bound };
        Ok(signs.present().map(|(_, c)| ratio(c.gamma(), c.bound())).collect())
    };
    let labels = |test: &Samples| {
        let judge = Judge::new(network, &test.inputs);
        let found = judge.labels(small);
        let error = |labels: &[usize]| {
            let truth = test.labels.as_ref()?;
            Some(labels.iter().zip(truth).filter(|(a, b)| a != b).count() as f64 / truth.len() as f64)
        };
        let shots = |n: &Network| judge.shots_for(n, rule, cli.disagreement, cli.seed);
        let (shots_before, shots_after) = (shots(network)?, shots(small)?);
        let some = &test.inputs[..test.inputs.len().min(1000)];
        let (after, before) = (shot_noise(small, rule, some)?, shot_noise(network, rule, some)?);
        let rehearse = |training| {
            rehearse_columns(small, training, &test.inputs, (outcome.executions, outcome.survival), cli.seed)
        };
        let columns = outcome.training.filter(|_| cli.variational).map(rehearse).transpose()?;
        Ok::<_, CompressError>(Labels {
            samples: found.len(),
            changed: judge.differing(&found),
            error_before: error(judge.wanted()),
            error_after: error(&found),
            shots_before,
            shots_after,
            shots_predicted: shots_before.map(|shots| (shots as f64 * after / before).round() as u64),
            columns,
        })
    };
    Ok(Judgement {
        before: costs(network, Phases::Signs, cli.seed)?,
        after: costs(small, Phases::Signs, cli.seed)?,
        ratios: small.blocks.iter().enumerate().map(ratios).collect::<Result<_, CompressError>>()?,
        labels: test.filter(|_| network.head.is_some()).map(labels).transpose()?,
    })
}

/// Prints it.
pub fn show(cli: &Cli, outcome: &Outcome<'_>, judgement: &Judgement) -> Result<(), String> {
    let Outcome { small, blocks, .. } = *outcome;
    cli.common.report(COMMAND, CompressReport { network: &small.name, blocks, judgement })?;
    if !cli.common.tells() {
        return Ok(());
    }
    let mut heads = vec!["block", "rank", "CX", "before", "gamma+", "/bound", "gamma-", "/bound", "error of W"];
    // Beside the error that counts, the one that was promised.
    let promised = cli.goal.max_error.is_some();
    heads.extend(promised.then_some("largest"));
    let mut table = Table::new(&heads, false);
    let rows = outcome.blocks.iter().zip(&judgement.after).zip(&judgement.before).zip(&judgement.ratios);
    for (((block, after), before), ratios) in rows {
        let gamma = |g: Option<f64>| g.map_or("-".into(), |g| compact(g, 2));
        let mut ratio = ratios.iter().map(|r| format!("{r:.3}"));
        let mut of = |g: Option<f64>| g.and_then(|_| ratio.next()).unwrap_or("-".into());
        let mut row = vec![
            after.block.to_string(),
            match block.ansatz {
                None => "full".into(),
                Some(Ansatz::Rank(rank)) => rank.to_string(),
                Some(Ansatz::Circuit(_)) => "circuit".into(),
            },
            after.cx.to_string(),
            before.cx.to_string(),
            gamma(after.gamma.plus),
            of(after.gamma.plus),
            gamma(after.gamma.minus),
            of(after.gamma.minus),
            format!("{:.2} %", 100.0 * block.relative_error),
        ];
        row.extend(promised.then(|| format!("{:.2} %", 100.0 * block.largest_error)));
        table.row(row);
    }
    print(&table.render())?;
    print(&format!("\n{}\n", totals("before", &judgement.before)))?;
    print(&format!("{}\n", totals("after ", &judgement.after)))?;
    let Some(labels) = &judgement.labels else { return Ok(()) };
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let changed = percent(labels.changed as f64 / labels.samples as f64);
    print(&format!("{} of {} labels change ({changed}), at infinite shots\n", labels.changed, labels.samples))?;
    if let (Some(before), Some(after)) = (labels.error_before, labels.error_after) {
        print(&format!("test error {} before, {} after\n", percent(before), percent(after)))?;
    }
    if let Some(columns) = &labels.columns {
        let ColumnLabels { executions, survival, even, allotted } = *columns;
        let noise = if survival < 1.0 { format!(", of which {} survive", percent(survival)) } else { String::new() };
        print(&format!(
            "every basis input measured once, {executions} executions in all{noise}: {} of its own labels change, {} with \
             shots allotted\n",
            percent(even),
            percent(allotted),
        ))?;
    }
    let shots = |n: Option<u64>| n.map_or("more than 10^8".into(), |n| n.to_string());
    print(&format!(
        "shots a sign for {} of the labels to differ: {} before, {} after (predicted {})\n",
        percent(cli.disagreement),
        shots(labels.shots_before),
        shots(labels.shots_after),
        labels.shots_predicted.map_or("unknown".into(), |n| n.to_string()),
    ))
}

/// Means over all signs.
fn totals(when: &str, blocks: &[ManifestBlock]) -> String {
    let (cx, gamma) = mean_costs(blocks);
    format!("{when}: {cx:.0} CX a sign, gamma {}, in the mean", compact(gamma, 2))
}
