//! Pages of comparisons over seeds: accuracy against epoch of an ablation, and what attacks did.

use super::axis::Scale;
use super::charts::{Bars, Labels, Series, bars, escaped, lines};
use super::page::{grid, page};
use super::table::table;
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
            reference: *name == "linear",
            ..Series::default()
        };
        shown.courses.iter().map(one).collect()
    };
    let figure = |title: &str, y: &str, series: &[Series]| {
        lines(&Labels { title, x: "epoch", y }, series, Scale::Whole, Scale::Near)
    };
    let means = figure("Accuracy on test samples, mean over seeds", "right, %", &series(&|s| s.mean));
    let deviations = figure("Its standard deviation over seeds", "points", &series(&|s| s.deviation));
    let body = format!(
        "<p class=\"soft\">{}</p>\n{}<h2>All numbers</h2>\n{}",
        escaped(shown.setting),
        grid(&[means, deviations]),
        table("All numbers", shown.table.0, &shown.table.1)
    );
    page("Amplitude networks: ablation", &body)
}

/// What came of an attack.
#[derive(Clone, Debug)]
pub struct AttackPoint {
    /// Its form and its noise.
    pub kind: String,
    /// When it comes.
    pub mode: &'static str,
    /// Its standard deviation.
    pub size: f64,
    /// The share of right labels of each network.
    pub right: Vec<f64>,
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
    /// What came of each attack.
    pub accuracy: Vec<AttackPoint>,
    /// Heads of both tables.
    pub heads: &'a [&'a str],
    /// Rows of accuracies.
    pub right: &'a [Vec<String>],
    /// Rows of losses.
    pub losses: &'a [Vec<String>],
}

/// A self-contained page.
pub fn attack_page(shown: &AttackPage<'_>) -> String {
    let title = |point: &AttackPoint| format!("{}, {}", point.kind, point.mode);
    let mut titles: Vec<String> = vec![];
    for title in shown.accuracy.iter().map(title) {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let figure = |of: &String| {
        let series = |(k, name): (usize, &&str)| {
            let of_title = shown.accuracy.iter().filter(|point| title(point) == *of);
            let mut points: Vec<(f64, f64)> = of_title.map(|point| (point.size, 100.0 * point.right[k])).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Series { name: (*name).to_owned(), points, ..Series::default() }
        };
        let series: Vec<Series> = shown.networks.iter().enumerate().map(series).collect();
        lines(&Labels { title: of, x: "size", y: "right, %" }, &series, Scale::Log, Scale::Linear)
    };
    // A point has no course.
    let (heading, figures): (&str, Vec<String>) = if shown.accuracy.windows(2).all(|pair| pair[0].size == pair[1].size)
    {
        ("By mode", by_mode(shown))
    } else {
        ("By size", titles.iter().map(figure).collect())
    };
    let body = format!(
        "<p class=\"soft\">{}; {}</p>\n<h2>% right after training</h2>\n{}<h2>{heading}</h2>\n\
         {}<h2>Loss of the last epoch</h2>\n{}",
        escaped(shown.setting),
        escaped(shown.shares),
        table("% right after training", shown.heads, shown.right),
        grid(&figures),
        table("Loss of the last epoch", shown.heads, shown.losses),
    );
    page("Amplitude networks under attack", &body)
}

/// Of attacks of one size a figure for each form and noise: a group of bars a mode.
fn by_mode(shown: &AttackPage<'_>) -> Vec<String> {
    let figure = |of: &[AttackPoint]| {
        let modes: Vec<String> = of.iter().map(|point| point.mode.to_owned()).collect();
        let bar = |k: usize| of.iter().map(|point| 100.0 * point.right[k]).collect();
        let one = |(k, name): (usize, &&str)| Bars { name: (*name).to_owned(), values: bar(k), ..Bars::default() };
        let series: Vec<Bars> = shown.networks.iter().enumerate().map(one).collect();
        let title = format!("{}, size {}", of[0].kind, of[0].size);
        bars(&Labels { title: &title, x: "mode", y: "right, %" }, &modes, None, &series)
    };
    shown.accuracy.chunk_by(|a, b| a.kind == b.kind).map(figure).collect()
}
