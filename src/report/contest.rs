//! Pages of comparisons over seeds: accuracy against epoch of an ablation, and what attacks did.

use super::axis::Scale;
use super::charts::{Labels, Series, bars, escaped, lines, table};
use super::page::page;
use crate::training::amplitude::Spread;

/// What the page of an ablation shows.
#[derive(Clone, Debug)]
pub struct AblationPage<'a> {
    /// What all have in common.
    pub setting: &'a str,
    /// Names, and shares of right labels after every epoch.
    pub courses: Vec<(&'a str, &'a [Spread])>,
    /// Heads and rows.
    pub table: (&'a [&'a str], Vec<Vec<String>>),
}

/// A self-contained page.
pub fn ablation_page(shown: &AblationPage<'_>) -> String {
    let series = |of: &dyn Fn(&Spread) -> f64| -> Vec<Series> {
        let points = |spreads: &[Spread]| (1..).zip(spreads).map(|(k, s)| (f64::from(k), 100.0 * of(s))).collect();
        let one = |(name, spreads): &(&str, &[Spread])| Series {
            name: (*name).to_owned(),
            points: points(spreads),
            names: vec![],
            reference: *name == "linear",
        };
        shown.courses.iter().map(one).collect()
    };
    let figure = |title: &str, y: &str, series: &[Series]| {
        lines(&Labels { title, x: "epoch", y }, series, Scale::Linear, Scale::Near)
    };
    let means = figure("Accuracy on test samples, mean over seeds", "right, %", &series(&|s| s.mean));
    let deviations = figure("Its standard deviation over seeds", "points", &series(&|s| s.deviation));
    let body = format!(
        "<p class=\"soft\">{}</p>\n<div class=\"charts\">\n{means}{deviations}</div>\n<h2>All numbers</h2>\n{}",
        escaped(shown.setting),
        table(shown.table.0, &shown.table.1)
    );
    page("Amplitude networks: ablation", &body)
}

/// What the page of attacks shows.
#[derive(Clone, Debug)]
pub struct AttackPage<'a> {
    /// What all have in common.
    pub setting: &'a str,
    /// What sizes are compared with.
    pub shares: &'a str,
    /// Names of the networks.
    pub networks: Vec<&'a str>,
    /// What each attack is but for its size, its size, and the share of right labels of each network.
    pub accuracy: Vec<(String, f64, Vec<f64>)>,
    /// Heads of both tables.
    pub heads: &'a [&'a str],
    /// Rows of accuracies.
    pub right: &'a [Vec<String>],
    /// Rows of losses.
    pub losses: &'a [Vec<String>],
}

/// A self-contained page.
pub fn attack_page(shown: &AttackPage<'_>) -> String {
    let mut titles: Vec<&str> = vec![];
    for (title, _, _) in &shown.accuracy {
        if !titles.contains(&title.as_str()) {
            titles.push(title);
        }
    }
    let figure = |title: &str| {
        let series = |(k, name): (usize, &&str)| {
            let of_title = shown.accuracy.iter().filter(|(of, _, _)| of == title);
            let mut points: Vec<(f64, f64)> = of_title.map(|(_, size, right)| (*size, 100.0 * right[k])).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Series { name: (*name).to_owned(), points, names: vec![], reference: false }
        };
        let series: Vec<Series> = shown.networks.iter().enumerate().map(series).collect();
        lines(&Labels { title, x: "size", y: "right, %" }, &series, Scale::Log, Scale::Linear)
    };
    let mut sizes: Vec<f64> = shown.accuracy.iter().map(|(_, size, _)| *size).collect();
    sizes.dedup();
    let (heading, figures): (&str, String) = match sizes[..] {
        // A point has no course.
        [size] => ("By mode", by_mode(shown, size)),
        _ => ("By size", titles.into_iter().map(figure).collect()),
    };
    let body = format!(
        "<p class=\"soft\">{}; {}</p>\n<h2>% right after training</h2>\n{}<h2>{heading}</h2>\n\
         <div class=\"charts\">\n{figures}</div>\n<h2>Loss of the last epoch</h2>\n{}",
        escaped(shown.setting),
        escaped(shown.shares),
        table(shown.heads, shown.right),
        table(shown.heads, shown.losses),
    );
    page("Amplitude networks under attack", &body)
}

/// Of attacks of one size a figure for each form and noise: a group of bars a mode.
fn by_mode(shown: &AttackPage<'_>, size: f64) -> String {
    let parted = |title: &'_ str| -> (String, String) {
        let (rest, mode) = title.rsplit_once(", ").unwrap_or((title, ""));
        (format!("{rest}, size {size}"), mode.to_owned())
    };
    let all: Vec<((String, String), &Vec<f64>)> =
        shown.accuracy.iter().map(|(title, _, right)| (parted(title), right)).collect();
    let figure = |of: &[((String, String), &Vec<f64>)]| {
        let modes: Vec<String> = of.iter().map(|((_, mode), _)| mode.clone()).collect();
        let bar = |k: usize| of.iter().map(|(_, right)| 100.0 * right[k]).collect();
        let series: Vec<(String, Vec<f64>)> =
            shown.networks.iter().enumerate().map(|(k, name)| ((*name).to_owned(), bar(k))).collect();
        bars(&Labels { title: &of[0].0.0, x: "mode", y: "right, %" }, &modes, None, &series)
    };
    all.chunk_by(|a, b| a.0.0 == b.0.0).map(figure).collect()
}
