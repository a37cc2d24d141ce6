//! The page of a training, of quanvolutions or of meshes: errors and loss by epoch, and how far gradients reach.

use super::axis::Scale;
use super::charts::{Labels, Series, lines, standard_error};
use super::foot::Foot;
use super::markup::escaped;
use super::page::{grid, page};
use super::table::table;
use crate::training::EpochRecord;

/// What the errors of an epoch are errors of.
pub const IN_PASSING: &str =
    "training errors are met as batches come, while the network moves; test errors behind the epoch";

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Curves<'a> {
    /// The network and its wiring.
    pub title: String,
    /// Checkpoints, first to last: at least one.
    pub records: &'a [EpochRecord],
    /// How many samples it is tested on, where there are any.
    pub test_samples: Option<usize>,
    /// What stands over the others.
    pub heading: &'a str,
    /// What is to be known of them.
    pub note: &'a str,
    /// What others do, a linear map first: what they are called, shares of wrong labels on training and test samples.
    pub linear: Vec<(String, f64, Option<f64>)>,
    /// Figures of every class; none where nobody asks.
    pub classes: Option<ClassTable<'a>>,
}

/// Figures of every class, as cells.
#[derive(Clone, Debug)]
pub struct ClassTable<'a> {
    /// What they are of.
    pub heading: String,
    /// What each is called.
    pub heads: &'a [&'a str],
    /// A row a class.
    pub rows: Vec<Vec<String>>,
}

/// How good it is after the last epoch, whether an earlier one was better, and what a linear map does.
fn lead(records: &[EpochRecord], linear: &[(String, f64, Option<f64>)], test_samples: Option<usize>) -> String {
    let error = |r: &EpochRecord| r.test_error.unwrap_or(r.training_error);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let last = &records[records.len() - 1];
    let of = if last.test_error.is_some() { "test" } else { "training" };
    let mut out = format!("After {} epochs {} of the {of} samples are wrong", last.epoch, percent(error(last)));
    if let Some((low, high)) = test_samples.map(|n| standard_error(error(last), n)).filter(|_| of == "test") {
        out += &format!(" ({} to {} within one standard error, error bars as well)", percent(low), percent(high));
    }
    if let Some((name, training, test)) = linear.first() {
        let value = if of == "test" { *test } else { Some(*training) };
        out += &value.map_or_else(String::new, |value| format!("; {name}: {}", percent(value)));
    }
    let best = records.iter().min_by(|a, b| error(a).total_cmp(&error(b))).filter(|best| error(best) < error(last));
    out += &best.map_or_else(String::new, |best| {
        format!(". Epoch {} had {}: what chooses it has to be other samples", best.epoch, percent(error(best)))
    });
    out + "."
}

/// A self-contained page.
///
/// # Panics
/// If there are no records.
pub fn training_page(curves: &Curves<'_>, foot: &Foot) -> String {
    let Curves { title, records, test_samples, heading, note, linear, classes } = curves;
    let series = |name: &str, value: &dyn Fn(&EpochRecord) -> Option<f64>| Series {
        name: name.to_owned(),
        points: records.iter().filter_map(|r| Some((f64::from(r.epoch), value(r)?))).collect(),
        ..Series::default()
    };
    let right = |share: f64| 100.0 * (1.0 - share);
    let (first, last) = (f64::from(records[0].epoch), f64::from(records[records.len() - 1].epoch));
    let mut accuracy = vec![series("training", &|r| Some(right(r.training_error)))];
    let whisker = |error: f64, samples: usize| {
        let (low, high) = standard_error(1.0 - error, samples);
        (100.0 * low, 100.0 * high)
    };
    let whiskers = test_samples.map(|n| records.iter().filter_map(|r| Some(whisker(r.test_error?, n))).collect());
    // More of them would be a band of ink.
    let whiskers = whiskers.filter(|_| records.len() <= 40).unwrap_or_default();
    accuracy.push(Series { whiskers, ..series("test", &|r| r.test_error.map(right)) });
    accuracy.extend(linear.first().and_then(|(name, _, test)| {
        let level = right((*test)?);
        Some(Series {
            name: format!("{name}, test"),
            points: vec![(first, level), (last, level)],
            reference: true,
            ..Series::default()
        })
    }));
    accuracy.retain(|series| !series.points.is_empty());
    let figure = |title: &str, y: &str, series: &[Series], scale: Scale| {
        lines(&Labels { title, x: "epoch", y }, series, Scale::Whole, scale)
    };
    let mut figures = vec![figure("Accuracy", "right, %", &accuracy, Scale::Near)];
    figures.push(figure("Loss", "cross-entropy, nats", &[series("training", &|r| Some(r.loss))], Scale::Near));
    // A logarithm shows how much less an earlier layer gets; a zero has none, and is said below.
    let layers = records[0].norms.len();
    let gradients: Vec<Series> = (0..layers)
        .map(|k| series(&format!("layer {}", k + 1), &|r| r.norms.get(k).copied().filter(|norm| *norm > 0.0)))
        .collect();
    if gradients.iter().any(|series| !series.points.is_empty()) {
        let some: Vec<Series> = gradients.iter().filter(|series| !series.points.is_empty()).cloned().collect();
        figures.push(figure("Gradients by layer", "1-norm, mean over batches", &some, Scale::Log));
    }
    let mut body = grid(&figures);
    let without: Vec<String> =
        gradients.iter().filter(|series| series.points.is_empty()).map(|series| series.name.clone()).collect();
    if !without.is_empty() {
        body += &format!("<p class=\"soft\">No gradient reaches {}.</p>\n", escaped(&without.join(", ")));
    }
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let rows: Vec<Vec<String>> = linear
        .iter()
        .map(|(name, training, test)| vec![name.clone(), percent(*training), test.map_or("·".into(), percent)])
        .collect();
    body += &format!("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", escaped(heading), escaped(note));
    body += &table(heading, &["compared with", "training error", "test error"], &rows);
    if let Some(ClassTable { heading, heads, rows }) = classes {
        body += &format!("<h2>{}</h2>\n{}", escaped(heading), table(heading, heads, rows));
    }
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|r| {
            let test = r.test_error.map_or("·".into(), percent);
            let cells = [r.epoch.to_string(), format!("{:.4}", r.loss), percent(r.training_error), test];
            cells.into_iter().chain(r.norms.iter().map(|norm| format!("{norm:.2e}"))).collect()
        })
        .collect();
    let names: Vec<String> = (1..=layers).map(|layer| format!("gradient of {layer}")).collect();
    let heads: Vec<&str> =
        ["epoch", "loss", "training error", "test error"].into_iter().chain(names.iter().map(String::as_str)).collect();
    body +=
        &format!("<h2>All numbers</h2>\n<p class=\"soft\">{IN_PASSING}.</p>\n{}", table("All numbers", &heads, &rows));
    page(title, &lead(records, linear, *test_samples), &body, foot)
}
