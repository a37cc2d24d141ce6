//! The report of `hqrn-run`: what a network does with finite shots, as one would show it.

use super::axis::Scale;
use super::charts::{Labels, Series, areas, bars, escaped, lines, matrix, table};
use super::page::page;
use crate::run::{Point, Shots, Tally};

/// What was run on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The network's name.
    pub network: String,
    /// The data file's name.
    pub data: String,
    /// What of the network is run.
    pub parts: Ran,
}

/// What of a network is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// Residual blocks.
    Blocks {
        /// How many.
        blocks: usize,
        /// Their dimension.
        dim: usize,
    },
    /// Quanvolutions, patch by patch.
    Patches {
        /// How many layers.
        layers: usize,
        /// Patches of all layers, an image.
        circuits: u64,
    },
    /// Segments of an amplitude network.
    Segments {
        /// How many.
        segments: usize,
        /// Entries of an input.
        dim: usize,
    },
    /// Quanvolutions, by the settings that say all of a layer.
    Settings {
        /// How many layers.
        layers: usize,
        /// Settings of all layers, for all images together.
        circuits: u64,
    },
}

impl Ran {
    fn title(self) -> String {
        match self {
            Ran::Blocks { blocks, dim } => format!("{blocks} quantum residual blocks of {dim} x {dim}"),
            Ran::Segments { segments: 1, dim } => format!("an amplitude network of {dim} inputs, one program"),
            Ran::Segments { segments, dim } => format!("an amplitude network of {dim} inputs, {segments} programs"),
            Ran::Patches { layers: 1, .. } | Ran::Settings { layers: 1, .. } => "a quanvolution".into(),
            Ran::Patches { layers, .. } | Ran::Settings { layers, .. } => format!("{layers} quanvolutions"),
        }
    }

    /// What shots are of.
    fn shots(self) -> &'static str {
        match self {
            Ran::Blocks { .. } => "shots a sign and block",
            Ran::Segments { .. } => "shots a program",
            Ran::Patches { .. } => "shots a patch",
            Ran::Settings { .. } => "shots a setting",
        }
    }

    /// The same in a sentence.
    fn sentence(self) -> String {
        match self {
            Ran::Blocks { .. } => "Shots are for p+ and again for p- of every block.".into(),
            Ran::Segments { .. } => "Shots are for each program, both signs from the same ones.".into(),
            Ran::Patches { circuits, .. } => {
                format!("Shots are for each of the {circuits} patches of an image, all layers together.")
            }
            Ran::Settings { circuits, .. } => {
                format!(
                    "Shots are for each of {circuits} settings of the pixels, which say everything of the layers, once for all images."
                )
            }
        }
    }

    /// What the numbers of a budget are, in words.
    fn cost(self) -> &'static str {
        match self {
            Ran::Blocks { .. } => {
                "A shot of a block runs the circuits of both signs side by side. Copies are those of the first state, 4 Ns, \
                 whatever the depth."
            }
            Ran::Segments { .. } => "CX are those behind the input, which takes more.",
            Ran::Patches { .. } => "CX are those of one patch of each layer.",
            Ran::Settings { .. } => "CX are those of one patch of each layer; shots are shared by all samples.",
        }
    }
}

/// What a sweep may vary beside shots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Epoch,
    Alpha,
    OverRotation,
    Rate,
}

impl Condition {
    fn of(self, point: &Point) -> Option<f64> {
        match self {
            Condition::Epoch => point.epoch.map(f64::from),
            Condition::Alpha => point.alpha,
            Condition::OverRotation => point.over_rotation,
            Condition::Rate => point.noise.map(|n| n.model.two_qubit.depolarising),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Condition::Epoch => "epoch",
            Condition::Alpha => "α",
            Condition::OverRotation => "over-rotation, radians",
            Condition::Rate => "two-qubit error rate",
        }
    }

    fn varies(self, points: &[Point]) -> bool {
        points.iter().any(|p| self.of(p) != self.of(&points[0]))
    }

    /// Whether all other conditions are the same for both points.
    fn apart_from(self, a: &Point, b: &Point) -> bool {
        let others = [Condition::Alpha, Condition::OverRotation, Condition::Rate].into_iter().filter(|c| *c != self);
        // Of another epoch, or off by another angle, it has another name.
        let renamed = [Condition::Epoch, Condition::OverRotation].contains(&self);
        others.into_iter().all(|c| c.of(a) == c.of(b)) && (renamed || a.checkpoint == b.checkpoint)
    }
}

/// The page for the points of a sweep. Charts are drawn of what varies: epochs, α, noise, shots.
pub fn run_page(subject: &Subject, points: &[Point]) -> String {
    let title = format!("{}: {}", subject.network, subject.parts.title());
    let Some(last) = points.last() else { return page(&title, "<p>No points.</p>\n") };
    let labelled = !last.tally.classes.is_empty();
    let shots = all_shots(points);
    let mut body = summary(subject, points, labelled);
    if labelled {
        body += &charts("Over the training", &over(points, &shots, Condition::Epoch));
        body += &charts("Under noise", &over(points, &shots, Condition::Rate));
        body += &charts("Angles that are off", &over(points, &shots, Condition::OverRotation));
        body += &charts("Residual weight", &over(points, &shots, Condition::Alpha));
        // From here on one network under one condition: that of the last point.
        let same = |p: &&Point| (&p.checkpoint, p.alpha, p.noise) == (&last.checkpoint, last.alpha, last.noise);
        let chosen: Vec<&Point> = points.iter().filter(same).collect();
        body += &charts(&format!("{}, as it ended", condition(last)), &at_the_end(&chosen, subject.parts));
        body += &format!("<h2>What it costs</h2>\n{}", budget(&chosen, subject.parts));
    }
    body += &format!(
        "<h2>All numbers</h2>\n<details><summary>{} points</summary>\n{}</details>\n",
        points.len(),
        numbers(points, labelled)
    );
    page(&title, &body)
}

fn charts(title: &str, figures: &[String]) -> String {
    if figures.is_empty() {
        return String::new();
    }
    format!("<h2>{}</h2>\n<div class=\"charts\">\n{}</div>\n", escaped(title), figures.concat())
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

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
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
    out += &format!(". {}</p>\n", subject.parts.sentence());
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
    let scale = if logarithmic { Scale::Log } else { Scale::Linear };
    let line = |s: Shots, value: fn(&Tally) -> f64| Series {
        name: named(s),
        points: of(s).iter().filter_map(|p| Some((x(p)?, 100.0 * value(&p.tally)))).collect(),
        names: vec![],
        reference: false,
    };
    let classical = Series {
        name: "classical".into(),
        points: of(shots[0]).iter().filter_map(|p| Some((x(p)?, 100.0 * p.tally.classical_error()))).collect(),
        names: vec![],
        reference: true,
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
            names: vec![],
            reference: name == "both wrong",
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
        let series = |name: &str, reference, value: fn(&Tally) -> f64| Series {
            name: name.into(),
            points: finite.iter().map(|(p, n)| (*n, 100.0 * value(&p.tally))).collect(),
            names: vec![],
            reference,
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
    let share = |wrong: usize, samples: usize| 100.0 * wrong as f64 / samples.max(1) as f64;
    let first = &points[0].tally.classes;
    let classical: Vec<f64> = first.iter().map(|c| share(c.classical_wrong, c.samples)).collect();
    let quantum = |p: &&Point| {
        (named(p.shots), p.tally.classes.iter().map(|c| share(c.quantum_wrong, c.samples)).collect::<Vec<f64>>())
    };
    let series: Vec<(String, Vec<f64>)> = points.iter().map(quantum).collect();
    let groups: Vec<String> = (0..classes).map(|c| c.to_string()).collect();
    figures.push(bars(
        &Labels { title: "Error by class", x: "class", y: "error, %" },
        &groups,
        Some(("classical".into(), classical)),
        &series,
    ));
    // 1e4 is what one would run; without it, the fewest shots show the most.
    let shown = points.iter().find(|p| p.shots == Shots::Finite(10_000)).unwrap_or(&points[0]);
    let title = format!("Confusions, {}", named(shown.shots));
    figures.push(matrix(&Labels { title: &title, x: "label", y: "class" }, &shown.tally.confusion));
    figures
}

fn budget(points: &[&Point], parts: Ran) -> String {
    let many = |n: Option<u64>| n.map_or("∞".into(), |n| super::axis::short(n as f64));
    let row = |p: &&Point| {
        let b = &p.budget;
        let gates = b.cx.map_or("not compiled".into(), |cx| cx.to_string());
        let run = match (b.cx, p.shots, parts) {
            (Some(cx), Shots::Finite(n), Ran::Blocks { .. }) => super::axis::short(cx as f64 * n as f64),
            _ => "·".into(),
        };
        let t = &p.tally;
        let all = [
            p.shots.to_string(),
            many(b.shots),
            many(b.copies),
            gates,
            run,
            percent(t.disagreement()),
            percent(t.error()),
        ];
        all.to_vec()
    };
    let heads = [
        "shots",
        "shots a sample",
        "copies a sample",
        "CX of all circuits",
        "CX run a sample",
        "disagreement",
        "error",
    ];
    // Layers measure numbers, and take no copies of a state.
    let shown = |column: &usize| matches!(parts, Ran::Blocks { .. }) || ![2, 4].contains(column);
    let columns: Vec<usize> = (0..heads.len()).filter(shown).collect();
    let heads: Vec<&str> = columns.iter().map(|&c| heads[c]).collect();
    let rows: Vec<Vec<String>> =
        points.iter().map(row).map(|row| columns.iter().map(|&c| row[c].clone()).collect()).collect();
    table(&heads, &rows) + &format!("<p class=\"soft\">{}</p>\n", parts.cost())
}

fn numbers(points: &[Point], labelled: bool) -> String {
    let mut heads = vec!["network", "α", "two-qubit rate", "shots", "distance"];
    if labelled {
        heads.extend([
            "error",
            "classical",
            "disagreement",
            "both right",
            "both wrong",
            "only classical",
            "only quantum",
        ]);
    }
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|p| {
            let t = &p.tally;
            let optional = |value: Option<f64>| value.map_or("·".into(), |v| v.to_string());
            let mut row = vec![
                p.checkpoint.clone(),
                optional(p.alpha),
                optional(Condition::Rate.of(p)),
                p.shots.to_string(),
                format!("{:.5}", t.distance / t.samples as f64),
            ];
            if labelled {
                row.extend([t.error(), t.classical_error(), t.disagreement()].map(percent));
                row.extend([t.both_right, t.both_wrong, t.classical_only, t.quantum_only].map(|n| n.to_string()));
            }
            row
        })
        .collect();
    table(&heads, &rows)
}
