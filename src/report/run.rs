//! The report of `hqrn-run`: what a network does with finite shots, as one would show it.

use super::axis::Scale;
use super::charts::{Bars, Labels, Series, areas, bars, lines, matrix, standard_error};
use super::condition::Condition;
use super::foot::Foot;
use super::markup::{escaped, percent};
use super::page::{grid, page};
use super::ran::{Ran, Subject};
use super::run_tables::{budget, numbers};
use crate::run::{ClassTally, Point, Shots, Tally};

/// What error bars are.
const WHISKERS: &str = " Error bars are one standard error of a share of so many samples.";

/// The page for the points of a sweep. Charts are drawn of what varies: epochs, α, noise, shots.
pub fn run_page(subject: &Subject, points: &[Point], foot: &Foot) -> String {
    let title = format!("{}: {}", subject.network, subject.parts.title());
    let Some(last) = points.last() else { return page(&title, "Nothing was run.", "", foot) };
    let labelled = !last.tally.classes.is_empty();
    let shots = all_shots(points);
    let mut body = summary(subject, points, labelled);
    if labelled {
        body += &charts("Over the training", &over(points, &shots, Condition::Epoch));
        body += &charts("Under noise", &over(points, &shots, Condition::Rate));
        body += &charts("Angles that are off", &over(points, &shots, Condition::OverRotation));
        body += &charts("Residual weight", &over(points, &shots, Condition::Alpha));
        // From here on one network under one condition: that of the last point.
        let chosen: Vec<&Point> = points.iter().filter(|p| same_network(p, last)).collect();
        body += &charts(&format!("{}, as it ended", condition(last)), &at_the_end(&chosen, subject.parts));
        body += &format!("<h2>What it costs</h2>\n{}", budget(&chosen, subject.parts));
    }
    body += &format!(
        "<h2>All numbers</h2>\n<details><summary>{} points</summary>\n{}</details>\n",
        points.len(),
        numbers(points, labelled)
    );
    page(&title, &lead(subject, points), &body, foot)
}

/// A share of labels that may differ without anyone asking for more shots.
const FEW: f64 = 0.02;

/// How many shots to take, as the last network was run: the fewest that keep all but few labels, and what that is.
fn lead(subject: &Subject, points: &[Point]) -> String {
    let last = &points[points.len() - 1];
    if last.tally.classes.is_empty() {
        return format!(
            "The last states are {:.3} off in the mean (half the sum over all outcomes, 0 to 1), at {}.",
            last.tally.mean_distance(),
            named(last.shots)
        );
    }
    let mut finite: Vec<&Point> =
        points.iter().filter(|p| p.shots != Shots::Infinite && same_network(p, last)).collect();
    finite.sort_by_key(|p| p.shots);
    let said = |tally: &Tally| {
        let (low, high) = standard_error(tally.disagreement(), tally.samples);
        format!(
            "{} of the labels differ from the classical network's ({:.2} to {:.2} % within one standard error), and {} are wrong in place of {}",
            percent(tally.disagreement()),
            100.0 * low,
            100.0 * high,
            percent(tally.error()),
            percent(tally.classical_error())
        )
    };
    let shots = subject.parts.shots();
    match (finite.iter().find(|p| p.tally.disagreement() <= FEW), finite.last()) {
        (Some(p), _) => {
            let of = shots.trim_start_matches("shots");
            format!(
                "Take {}{of}: {}. With fewer, as far as tried, more than {} differ.",
                named(p.shots),
                said(&p.tally),
                percent(FEW)
            )
        }
        (None, Some(p)) => {
            let of = shots.trim_start_matches("shots");
            format!(
                "Take more than {}{of} to keep all but {} of the labels: with these {}.",
                named(p.shots),
                percent(FEW),
                said(&p.tally)
            )
        }
        (None, None) => format!("At infinitely many shots {}.", said(&last.tally)),
    }
}

/// Whether two points are one network under one condition.
fn same_network(a: &Point, b: &Point) -> bool {
    (&a.checkpoint, a.alpha, a.noise) == (&b.checkpoint, b.alpha, b.noise)
}

fn charts(title: &str, figures: &[String]) -> String {
    if figures.is_empty() {
        return String::new();
    }
    format!("<h2>{}</h2>\n{}", escaped(title), grid(figures))
}

fn all_shots(points: &[Point]) -> Vec<Shots> {
    let mut shots: Vec<Shots> = points.iter().map(|p| p.shots).collect();
    shots.sort_unstable();
    shots.dedup();
    shots
}

/// A point's network and condition in words.
fn condition(point: &Point) -> String {
    let mut out = point.checkpoint.clone();
    out += &point.alpha.map_or_else(String::new, |a| format!(", α = {a}"));
    out + &point.noise.map_or_else(String::new, |n| {
        let mitigated = if n.mitigate { ", readout mitigated" } else { "" };
        format!(", two-qubit error rate {}{mitigated}", n.model.two_qubit.depolarising)
    })
}

/// Where a share of all samples may lie, in percent.
fn whisker(tally: &Tally, value: fn(&Tally) -> f64) -> (f64, f64) {
    in_percent(standard_error(value(tally), tally.samples))
}

fn in_percent((low, high): (f64, f64)) -> (f64, f64) {
    (100.0 * low, 100.0 * high)
}

fn named(shots: Shots) -> String {
    match shots {
        Shots::Infinite => "infinitely many shots".into(),
        finite => format!("{finite} shots"),
    }
}

fn summary(subject: &Subject, points: &[Point], labelled: bool) -> String {
    let last = &points[points.len() - 1];
    let mut out = format!("<p class=\"soft\">{} samples of {}", last.tally.samples, escaped(&subject.data));
    if labelled {
        out +=
            &format!(". Classical error of {}: {}", escaped(&condition(last)), percent(last.tally.classical_error()));
    }
    out += &format!(". {}{}</p>\n", subject.parts.sentence(), if labelled { WHISKERS } else { "" });
    let (dead, empty) = (
        points.iter().map(|p| p.tally.quantum_dead).sum::<usize>(),
        points.iter().map(|p| p.tally.empty).sum::<usize>(),
    );
    if dead + empty > 0 {
        out += &format!(
            "<p class=\"soft\">In all runs together, a layer had only dead units {dead} times, and {empty} times no shot \
             of a sign was accepted.</p>\n"
        );
    }
    out
}

/// Error, disagreement and, over epochs, the four ways, over a condition if it varies; the others are those of the last
/// point.
fn over(points: &[Point], shots: &[Shots], condition: Condition) -> Vec<String> {
    if !condition.varies(points) {
        return vec![];
    }
    let last = &points[points.len() - 1];
    let x = |p: &Point| condition.of(p);
    let of =
        |s: Shots| -> Vec<&Point> { points.iter().filter(|p| p.shots == s && condition.apart_from(p, last)).collect() };
    let logarithmic = condition == Condition::Rate && points.iter().filter_map(x).all(|rate| rate > 0.0);
    let scale = match condition {
        _ if logarithmic => Scale::Log,
        Condition::Epoch => Scale::Whole,
        _ => Scale::Linear,
    };
    let line = |s: Shots, value: fn(&Tally) -> f64| Series {
        name: named(s),
        points: of(s).iter().filter_map(|p| Some((x(p)?, 100.0 * value(&p.tally)))).collect(),
        whiskers: of(s).iter().filter(|p| x(p).is_some()).map(|p| whisker(&p.tally, value)).collect(),
        ..Series::default()
    };
    let classical = Series {
        name: "classical".into(),
        points: of(shots[0]).iter().filter_map(|p| Some((x(p)?, 100.0 * p.tally.classical_error()))).collect(),
        reference: true,
        ..Series::default()
    };
    let errors: Vec<Series> = [classical].into_iter().chain(shots.iter().map(|s| line(*s, Tally::error))).collect();
    let disagreements: Vec<Series> = shots.iter().map(|s| line(*s, Tally::disagreement)).collect();
    let labels = |title: &'static str, y: &'static str| Labels { title, x: condition.name(), y };
    let mut figures = vec![
        lines(&labels("Test error", "error, %"), &errors, scale, Scale::Linear),
        lines(
            &labels("Disagreement with the classical network", "labels that differ, %"),
            &disagreements,
            scale,
            Scale::Linear,
        ),
    ];
    for &s in shots.iter().filter(|s| condition == Condition::Epoch && **s != Shots::Infinite) {
        let part = |name: &str, count: fn(&Tally) -> usize| Series {
            name: name.into(),
            points: of(s).iter().filter_map(|p| Some((x(p)?, 100.0 * p.tally.share(count(&p.tally))))).collect(),
            reference: name == "both wrong",
            ..Series::default()
        };
        let title = format!("Who is right, {}", named(s));
        let parts = [
            part("both right", |t| t.both_right),
            part("only the classical", |t| t.classical_only),
            part("only the quantum", |t| t.quantum_only),
            part("both wrong", |t| t.both_wrong),
        ];
        figures.push(areas(&Labels { title: &title, x: condition.name(), y: "share of samples, %" }, &parts));
    }
    figures
}

/// One network under one condition: by shots, by class, confusions.
fn at_the_end(points: &[&Point], parts: Ran) -> Vec<String> {
    let mut figures = vec![];
    let finite: Vec<(&&Point, f64)> = points
        .iter()
        .filter_map(|p| match p.shots {
            Shots::Finite(n) => Some((p, n as f64)),
            Shots::Infinite => None,
        })
        .collect();
    if finite.len() > 1 {
        let series = |name: &str, reference: bool, value: fn(&Tally) -> f64| Series {
            name: name.into(),
            points: finite.iter().map(|(p, n)| (*n, 100.0 * value(&p.tally))).collect(),
            whiskers: finite.iter().filter(|_| !reference).map(|(p, _)| whisker(&p.tally, value)).collect(),
            reference,
            ..Series::default()
        };
        let by_shots = [
            series("classical error", true, Tally::classical_error),
            series("error", false, Tally::error),
            series("disagreement", false, Tally::disagreement),
        ];
        let labels = Labels { title: "What shots buy", x: parts.shots(), y: "share of samples, %" };
        figures.push(lines(&labels, &by_shots, Scale::Log, Scale::Log));
    }
    let classes = points[0].tally.classes.len();
    let of = |name: String, tally: &Tally, wrong: fn(&ClassTally) -> usize| {
        let share = |class: &ClassTally| wrong(class) as f64 / class.samples.max(1) as f64;
        Bars {
            name,
            values: tally.classes.iter().map(|class| Some(100.0 * share(class))).collect(),
            whiskers: tally
                .classes
                .iter()
                .map(|class| Some(in_percent(standard_error(share(class), class.samples))))
                .collect(),
        }
    };
    let classical = of("classical".into(), &points[0].tally, |class| class.classical_wrong);
    let series: Vec<Bars> = points.iter().map(|p| of(named(p.shots), &p.tally, |class| class.quantum_wrong)).collect();
    let groups: Vec<String> = (0..classes).map(|c| c.to_string()).collect();
    let labels = Labels { title: "Error by class", x: "class", y: "error, %" };
    figures.push(bars(&labels, &groups, Some(classical), &series));
    // 1e4 is what one would run; without it, the fewest shots show the most.
    let shown = points.iter().find(|p| p.shots == Shots::Finite(10_000)).unwrap_or(&points[0]);
    let title = format!("Confusions, {}", named(shown.shots));
    figures.push(matrix(&Labels { title: &title, x: "label", y: "class" }, &shown.tally.confusion));
    figures
}
