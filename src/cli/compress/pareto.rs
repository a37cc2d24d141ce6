//! `--pareto`: every rank, circuits of several sizes, the exact one near the counting bound and every choice of phases, judged on the
//! same rows.

use super::command::{COMMAND, Cli};
use crate::cli::foot::foot;
use crate::cli::printing::print;
use crate::cli::progress::Progress;
use crate::cli::reports::ParetoReport;
use crate::cli::table::{Table, compact};
use crate::compression::{CompressError, Goal, Judge, Plan, compress, costs, mean_costs, ranks_below};
use crate::data::Samples;
use crate::encoding::{EncodingRule, GammaRule, Phases};
use crate::files::write_atomically;
use crate::network::Network;
use crate::report::{ParetoPoint, pareto_page};
use std::path::{Path, PathBuf};

/// A curve: its name, what is fitted to, and its networks by name.
type Way<'a> = (&'a str, Option<&'a [Vec<f64>]>, Vec<(String, Goal)>);

/// Sweeps, writes the page, prints the table.
pub fn sweep(
    cli: &Cli,
    network: &Network,
    train: Option<&[Vec<f64>]>,
    test: &Samples,
    page: &Path,
) -> Result<(), String> {
    let judge = Judge::new(network, &test.inputs);
    let dim = network.blocks[0].dim().next_power_of_two();
    let ranks = ranks_below(dim).into_iter().map(|rank| (format!("rank {rank}"), Goal::Rank(rank)));
    // A circuit for both signs, of a quarter of N to twice N gates a sign.
    let circuits = [1, 2, 4, 8].map(|times| (times * dim).div_ceil(4));
    let circuits = circuits.into_iter().map(|cx| (format!("{} CZ", 2 * cx), Goal::Circuits(cx as f64)));
    let mut ways: Vec<Way<'_>> = vec![("fitted without data", None, ranks.clone().collect())];
    if train.is_some() {
        ways.push(("fitted to the data", train, ranks.collect()));
    }
    ways.push(("one circuit for both signs", train, circuits.collect()));
    // As exact as programs are.
    let near = vec![("near the counting bound".into(), Goal::CircuitError(1e-9))];
    ways.push(("one exact circuit for both signs", train, near));
    let exact = [("nonnegative", Phases::Nonnegative), ("signs", Phases::Signs), ("complex", Phases::Complex)];
    let count = exact.len() + ways.iter().map(|(.., list)| list.len()).sum::<usize>();
    let progress = Progress::new(count, "sweeping", "networks", cli.common.quiet);
    let mut points = vec![];
    for (way, data, goals) in ways {
        for (name, goal) in goals {
            let plan = Plan { data, gamma_weight: cli.gamma_weight(), seed: cli.seed, ..Plan::to(goal) }
                .with_limit(cli.evaluations(goal));
            let (small, _) = compress(network, &plan, || {}).map_err(|error: CompressError| error.to_string())?;
            points.push(point(cli, &judge, test, &small, Phases::Signs, (way, &name))?);
            progress.step();
        }
    }
    for (name, phases) in exact {
        points.push(point(cli, &judge, test, network, phases, ("exact", name))?);
        progress.step();
    }
    progress.finish();
    let read = [&cli.weights, &cli.data, &cli.labels, &cli.test_data, &cli.test_labels];
    let read = read.into_iter().flatten().map(PathBuf::as_path);
    let made = foot(&format!("{COMMAND} --pareto"), Some(cli.seed), read);
    write_atomically(page, pareto_page(&network.name, &points, cli.disagreement, &made))
        .map_err(|error| error.to_string())?;
    cli.common.report(COMMAND, ParetoReport { network: &network.name, points: &points })?;
    if cli.common.tells() {
        let mut table = Table::new(&["network", "CX", "gamma", "labels changed", "test error", "shots"], true);
        for p in &points {
            table.row(vec![
                format!("{}, {}", p.way, p.name),
                format!("{:.0}", p.cx),
                compact(p.gamma, 2),
                format!("{:.2} %", 100.0 * p.changed),
                p.error.map_or("-".into(), |e| format!("{:.2} %", 100.0 * e)),
                p.shots.map_or("-".into(), |n| n.to_string()),
            ]);
        }
        print(&table.render())?;
    }
    Ok(())
}

/// One network, compiled and judged.
fn point(
    cli: &Cli,
    judge: &Judge,
    test: &Samples,
    network: &Network,
    phases: Phases,
    (way, name): (&str, &str),
) -> Result<ParetoPoint, String> {
    let blocks = costs(network, phases, cli.seed).map_err(|error| error.to_string())?;
    let (cx, gamma) = mean_costs(&blocks);
    let labels = judge.labels(network);
    let truth = test.labels.as_ref();
    let wrong = truth.map(|truth| labels.iter().zip(truth).filter(|(a, b)| a != b).count());
    let rule = EncodingRule { gamma: GammaRule::Own, phases, seed: cli.seed };
    let shots = judge.shots_for(network, rule, cli.disagreement, cli.seed).map_err(|error| error.to_string())?;
    let share = |count: usize| count as f64 / labels.len() as f64;
    Ok(ParetoPoint {
        way: way.to_owned(),
        name: name.to_owned(),
        cx,
        gamma,
        changed: share(judge.differing(&labels)),
        error: wrong.map(share),
        shots,
    })
}
