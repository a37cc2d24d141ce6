//! Tables of a run: what it costs, and all its numbers.

use super::axis::short;
use super::condition::Condition;
use super::markup::percent;
use super::ran::Ran;
use super::table::table;
use crate::run::{Point, Shots};

/// What a network under one condition costs, by shots.
pub(super) fn budget(points: &[&Point], parts: Ran) -> String {
    let many = |n: Option<u64>| n.map_or("∞".into(), |n| short(n as f64));
    let row = |p: &&Point| {
        let b = &p.budget;
        let gates = b.cx.map_or("not compiled".into(), |cx| cx.to_string());
        let run = match (b.cx, p.shots, parts) {
            (Some(cx), Shots::Finite(n), Ran::Blocks { .. }) => short(cx as f64 * n as f64),
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
    table("What it costs", &heads, &rows) + &format!("<p class=\"soft\">{}</p>\n", parts.cost())
}

/// All points.
pub(super) fn numbers(points: &[Point], labelled: bool) -> String {
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
    table("All numbers", &heads, &rows)
}
