//! The page of a compression sweep: gates, shots and labels for every rank, size of circuit and choice of phases.

use super::axis::{Scale, short};
use super::charts::{Labels, Series, lines};
use super::foot::Foot;
use super::markup::percent;
use super::page::{grid, page};
use super::table::table;

/// One network of a sweep.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ParetoPoint {
    /// The curve it lies on: `fitted to the data`, say.
    pub way: String,
    /// Its name on the curve: `rank 4`, `128 CZ`.
    pub name: String,
    /// Mean CX of a sign.
    pub cx: f64,
    /// Mean gamma.
    pub gamma: f64,
    /// Share of the labels that differ at infinitely many shots.
    pub changed: f64,
    /// Share of wrong labels, where the true ones are known.
    pub error: Option<f64>,
    /// Shots a sign and block for the disagreement asked for; nothing where no number is enough.
    pub shots: Option<u64>,
}

/// What to do: the fewest gates that change no more labels than the share that is asked for, beside the cheapest exact network.
fn lead(points: &[ParetoPoint], disagreement: f64) -> String {
    let cost = |p: &&ParetoPoint| p.cx;
    let least = |points: &mut dyn Iterator<Item = &'_ ParetoPoint>| -> Option<ParetoPoint> {
        points.min_by(|a, b| cost(a).total_cmp(&cost(b))).cloned()
    };
    let exact = least(&mut points.iter().filter(|p| p.way == EXACT));
    // Shots that are never enough leave nothing to choose.
    let good = points.iter().filter(|p| p.way != EXACT && p.changed <= disagreement && p.shots.is_some());
    let Some(best) = least(&mut { good }) else {
        return format!(
            "No smaller network that was tried keeps all but {} of the labels: compile the network as it is, or finetune.",
            percent(disagreement)
        );
    };
    let mut out = format!("{}, {}: ", best.way, best.name);
    let first = out.remove(0).to_uppercase().to_string();
    out.insert_str(0, &first);
    out += &match &exact {
        Some(exact) if best.cx < exact.cx && best.cx > 0.0 => {
            format!("{:.0} CX a sign in place of {:.0} ({:.1} times fewer)", best.cx, exact.cx, exact.cx / best.cx)
        }
        _ => format!("{:.0} CX a sign, which is no fewer than the exact circuits have", best.cx),
    };
    out += &format!(" at {} of labels changed", percent(best.changed));
    if let Some((few, all)) = best.shots.zip(exact.and_then(|exact| exact.shots)) {
        out += &format!(", and {:.2} times the shots", few as f64 / all as f64);
    }
    out + &format!(". Of all that change at most {}, it has the fewest gates.", percent(disagreement))
}

/// The curve of networks that are not compressed.
const EXACT: &str = "exact";

/// A self-contained page; `disagreement` is the share that `shots` are for.
pub fn pareto_page(network: &str, points: &[ParetoPoint], disagreement: f64, foot: &Foot) -> String {
    let chart = |title: &str, y: &str, value: &dyn Fn(&ParetoPoint) -> Option<f64>| {
        let mut series: Vec<Series> = vec![];
        for point in points {
            let Some(value) = value(point) else { continue };
            if series.last().is_none_or(|s| s.name != point.way) {
                series.push(Series { name: point.way.clone(), ..Series::default() });
            }
            let Some(last) = series.last_mut() else { continue };
            let (at, name) =
                ((point.cx.max(1.0), value), point.name.trim_start_matches("rank ").trim_end_matches(" CZ"));
            let near = |(x, y): &(f64, f64)| (x / at.0).ln().abs() < 0.02 && (y / at.1).ln().abs() < 0.02;
            // Points in one place have one name.
            match last.names.last_mut().filter(|_| last.points.last().is_some_and(near)) {
                Some(names) => *names += &format!(", {name}"),
                None => {
                    last.points.push(at);
                    last.names.push(name.to_owned());
                }
            }
        }
        if series.is_empty() {
            return String::new();
        }
        lines(&Labels { title, x: "CX of a sign", y }, &series, Scale::Log, Scale::Log)
    };
    let at = percent(disagreement);
    let mut figures = vec![
        chart("Labels that change", "at infinite shots, %", &|p| (p.changed > 0.0).then_some(100.0 * p.changed)),
        chart(&format!("Shots for {at} of the labels to differ"), "shots a sign", &|p| p.shots.map(|n| n as f64)),
        chart("Gamma", "mean over signs", &|p| Some(p.gamma)),
        chart("CX times shots", "of a sign", &|p| p.shots.map(|n| n as f64 * p.cx)),
    ];
    figures.retain(|figure| !figure.is_empty());
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|p| {
            vec![
                format!("{}, {}", p.way, p.name),
                format!("{:.0}", p.cx),
                format!("{:.2}", p.gamma),
                percent(p.changed),
                p.error.map_or("·".into(), percent),
                p.shots.map_or("·".into(), |n| n.to_string()),
                p.shots.map_or("·".into(), |n| short(n as f64 * p.cx)),
            ]
        })
        .collect();
    let shots = format!("shots for {at}");
    let heads = ["network", "CX", "gamma", "labels changed", "test error", shots.as_str(), "CX x shots"];
    let note = "<p class=\"soft\">Numbers on the charts are ranks, or the CZ of a block's one circuit. CX and gamma are means over the signs of all blocks. A point that is missing changes no \
                label, or too many for any number of shots. Nothing here is finetuned, which takes small networks much further.</p>\n";
    let body = format!("{}<h2>Numbers</h2>\n{}{note}", grid(&figures), table("Numbers", &heads, &rows));
    page(&format!("{network}: gates, shots and labels"), &lead(points, disagreement), &body, foot)
}
