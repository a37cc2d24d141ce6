//! What `hqrn-run` leaves behind: tables, JSON, CSV, the report.

use super::command::{COMMAND, Cli};
use crate::circuit::Cost;
use crate::cli::printing::print;
use crate::cli::reports::{ReportedPoint, RunReport, Shares};
use crate::cli::table::{Table, number, thousands};
use crate::files::write_atomically;
use crate::report::{Ran, Subject, run_page};
use crate::run::{Checkpoint, ClassTally, Point, compile_all};
use std::borrow::Cow;
use std::path::Path;

/// Writes the files asked for, of a network of this name and these parts; the page has the points as `drawn` gives them.
pub fn write_files<'a>(
    cli: &Cli,
    (network, parts): (String, Ran),
    data: &Path,
    points: &'a [Point],
    drawn: impl FnOnce(&'a [Point]) -> Result<Cow<'a, [Point]>, String>,
) -> Result<(), String> {
    if let Some(path) = cli.csv.as_ref().filter(|_| !cli.csv_to_stdout()) {
        write_atomically(path, as_csv(points)).map_err(|error| error.to_string())?;
    }
    if let Some(path) = &cli.report {
        let data = data.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let page = run_page(&Subject { network, data, parts }, &drawn(points)?, &cli.foot());
        write_atomically(path, page).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The points of networks of residual blocks, with the CX of the last network's circuits where it was run from its weights alone:
/// the page says what a run costs.
pub fn with_gates<'a>(cli: &Cli, last: &Checkpoint, points: &'a [Point]) -> Result<Cow<'a, [Point]>, String> {
    let bare = |p: &Point| p.checkpoint == last.name && p.budget.cx.is_none();
    if !points.iter().any(bare) {
        return Ok(points.into());
    }
    let programs = compile_all(&last.network, cli.encoding()).map_err(|error| error.to_string())?;
    let cx = programs.iter().flatten().map(|p| Cost::of(&p.circuit).two_qubit_gates).sum();
    let mut points = points.to_vec();
    points.iter_mut().filter(|p| bare(p)).for_each(|p| p.budget.cx = Some(cx));
    Ok(points.into())
}

/// Shows the points on standard output, `labelled` or not; `end` is what is said below them.
pub fn show(
    cli: &Cli,
    network: &str,
    points: &[Point],
    labelled: bool,
    end: impl FnOnce() -> Option<String>,
) -> Result<(), String> {
    let report = RunReport { network, points: points.iter().map(reported).collect() };
    cli.common.report(COMMAND, report)?;
    if cli.csv_to_stdout() {
        return print(&as_csv(points));
    }
    if !cli.common.tells() {
        return Ok(());
    }
    print(&overview(cli, points, labelled))?;
    if let ([point], true) = (points, labelled) {
        print(&format!("\n{}\n{}{}", classes(point), families(point), confusion(point)))?;
    }
    end().map_or(Ok(()), |end| print(&format!("\n{end}\n")))
}

/// What one point of a network of residual blocks takes.
pub fn takes(points: &[Point]) -> Option<String> {
    let [point] = points else { return None };
    let budget = &point.budget;
    let many = |n: Option<u64>| n.map_or("infinitely many".into(), thousands);
    let (shots, copies) = (many(budget.shots), many(budget.copies));
    let gates = budget.cx.map(|cx| format!(", {} CX in all circuits", thousands(cx as u64)));
    Some(format!("{shots} shots and {copies} copies of its state a sample{}", gates.unwrap_or_default()))
}

/// A row a point.
fn overview(cli: &Cli, points: &[Point], labelled: bool) -> String {
    let several = !cli.over_rotation.is_empty() || points.iter().any(|p| p.checkpoint != points[0].checkpoint);
    let alpha = !cli.alpha.is_empty();
    // Of a machine every pair has a rate of its own.
    let noise = cli.noise.machine.is_none() && points.iter().any(|p| p.noise.is_some());
    let mut heads = vec![];
    let mut push = |condition: bool, names: &[&'static str]| heads.extend(names.iter().copied().filter(|_| condition));
    push(several, &["network"]);
    push(alpha, &["alpha"]);
    push(noise, &["two-qubit rate"]);
    push(true, &["shots", "samples"]);
    push(labelled, &["error", "classical", "disagree", "both right", "both wrong", "classical only", "quantum only"]);
    push(true, &["distance", "dead"]);
    // Where no shot counts there is an answer all the same: what is left of it is the bias.
    let empty = points.iter().any(|p| p.tally.empty > 0);
    push(empty, &["empty"]);
    let mut table = Table::new(&heads, false);
    for point in points {
        let tally = &point.tally;
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let mut cells = vec![];
        if several {
            cells.push(point.checkpoint.clone());
        }
        if alpha {
            cells.push(point.alpha.map_or_else(String::new, number));
        }
        if noise {
            cells.push(point.noise.map_or_else(String::new, |n| number(n.model.two_qubit.depolarising)));
        }
        cells.extend([point.shots.to_string(), tally.samples.to_string()]);
        if labelled {
            cells.extend([tally.error(), tally.classical_error(), tally.disagreement()].map(percent));
            cells.extend(
                [tally.both_right, tally.both_wrong, tally.classical_only, tally.quantum_only].map(|n| n.to_string()),
            );
        }
        cells.extend([format!("{:.4}", tally.mean_distance()), tally.quantum_dead.to_string()]);
        if empty {
            cells.push(tally.empty.to_string());
        }
        table.row(cells);
    }
    let machine = points.iter().find_map(|p| p.machine.as_ref());
    let machine = machine.map_or_else(String::new, |machine| {
        let waits = if cli.noise.waits { "with" } else { "without" };
        format!("noise of {machine}, {waits} waits; the rate is the mean of its pairs\n")
    });
    if empty {
        return table.render() + "empty: how often no shot of a sign counted; what was read there is 0\n" + &machine;
    }
    table.render() + &machine
}

fn classes(point: &Point) -> String {
    let classes = point.tally.classes.iter().enumerate();
    shares("class", classes.map(|(class, tally)| (class.to_string(), *tally)))
}

/// Family by family, where the samples say theirs.
fn families(point: &Point) -> String {
    if point.tally.families.is_empty() {
        return String::new();
    }
    shares("family", point.tally.families.iter().cloned()) + "\n"
}

fn shares(kind: &str, groups: impl Iterator<Item = (String, ClassTally)>) -> String {
    let mut table = Table::new(&[kind, "samples", "error", "classical", "disagree"], false);
    for (name, tally) in groups {
        let share = |n: usize| format!("{:.1} %", 100.0 * n as f64 / tally.samples.max(1) as f64);
        table.row(vec![
            name,
            tally.samples.to_string(),
            share(tally.quantum_wrong),
            share(tally.classical_wrong),
            share(tally.disagree),
        ]);
    }
    table.render()
}

fn confusion(point: &Point) -> String {
    let labels: Vec<String> = (0..point.tally.confusion.len()).map(|c| c.to_string()).collect();
    let heads: Vec<&str> = ["class \\ label"].into_iter().chain(labels.iter().map(String::as_str)).collect();
    let mut table = Table::new(&heads, false);
    for (class, row) in point.tally.confusion.iter().enumerate() {
        let shown = |n: &usize| if *n == 0 { "·".into() } else { n.to_string() };
        table.row([class.to_string()].into_iter().chain(row.iter().map(shown)).collect());
    }
    table.render()
}

/// A point with its shares.
fn reported(point: &Point) -> ReportedPoint {
    let tally = &point.tally;
    let shares = (!tally.classes.is_empty()).then(|| Shares {
        error: tally.error(),
        balanced_error: tally.balanced_error(),
        classical_error: tally.classical_error(),
        disagreement: tally.disagreement(),
    });
    ReportedPoint { point: point.clone(), distance: tally.mean_distance(), shares }
}

/// A row a point, with the error of every class.
fn as_csv(points: &[Point]) -> String {
    let classes = points.first().map_or(0, |p| p.tally.classes.len());
    let mut out = String::from(
        "checkpoint,epoch,alpha,two_qubit_rate,mitigated,shots,seed,samples,error,classical_error,disagreement,\
         both_right,both_wrong,classical_only,quantum_only,distance,classical_dead,quantum_dead,empty,\
         shots_per_sample,copies_per_sample,cx,gamma",
    );
    (0..classes).for_each(|c| out.push_str(&format!(",error_{c},classical_error_{c}")));
    out.push('\n');
    for point in points {
        let (t, b) = (&point.tally, &point.budget);
        let noise = point.noise.as_ref();
        let optional = |value: Option<String>| value.unwrap_or_default();
        let labelled = |share: f64| if classes > 0 { share.to_string() } else { String::new() };
        let mut cells = vec![
            quoted(&point.checkpoint),
            optional(point.epoch.map(|e| e.to_string())),
            optional(point.alpha.map(|a| a.to_string())),
            optional(noise.map(|n| n.model.two_qubit.depolarising.to_string())),
            optional(noise.map(|n| n.mitigate.to_string())),
            point.shots.to_string(),
            point.seed.to_string(),
            t.samples.to_string(),
            labelled(t.error()),
            labelled(t.classical_error()),
            labelled(t.disagreement()),
        ];
        cells.extend([t.both_right, t.both_wrong, t.classical_only, t.quantum_only].map(|n| n.to_string()));
        cells.push((t.mean_distance()).to_string());
        cells.extend([t.classical_dead, t.quantum_dead, t.empty].map(|n| n.to_string()));
        cells.extend([b.shots, b.copies, b.cx.map(|cx| cx as u64)].map(|n| optional(n.map(|n| n.to_string()))));
        cells.push(b.gamma.to_string());
        for class in &t.classes {
            let share = |wrong: usize| (wrong as f64 / class.samples.max(1) as f64).to_string();
            cells.extend([share(class.quantum_wrong), share(class.classical_wrong)]);
        }
        out.push_str(&(cells.join(",") + "\n"));
    }
    out
}

/// A name as a CSV cell.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}
