//! Pages of comparisons over seeds: accuracy against epoch of an ablation, and what attacks did.

use super::axis::Scale;
use super::charts::{Bars, Labels, Series, bars, lines};
use super::foot::Foot;
use super::markup::escaped;
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
pub fn ablation_page(shown: &AblationPage<'_>, foot: &Foot) -> String {
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
    page("Amplitude networks: ablation", &ablation_lead(&shown.courses), &body, foot)
}

/// Who is best after the last epoch, and whether that is more than seeds do.
fn ablation_lead(courses: &[(&str, &[Spread])]) -> String {
    let mut last: Vec<(&str, Spread)> =
        courses.iter().filter_map(|(name, spreads)| Some((*name, *spreads.last()?))).collect();
    last.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    let said = |(name, spread): &(&str, Spread)| {
        format!("{name} has {:.1} ± {:.1} % right", 100.0 * spread.mean, 100.0 * spread.deviation)
    };
    let Some((best, rest)) = last.split_first() else { return String::new() };
    let mut out = format!("After the last epoch {}", said(best));
    if let Some(next) = rest.first() {
        let apart = (best.1.mean - next.1.mean).abs() > best.1.deviation.max(next.1.deviation);
        out += &format!(
            ", and {}: {}",
            said(next),
            if apart { "more than seeds do" } else { "no more apart than seeds are" }
        );
    }
    out + " (± is one standard deviation over seeds)."
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
    /// Shares of right labels of each network.
    pub right: Vec<Spread>,
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
pub fn attack_page(shown: &AttackPage<'_>, foot: &Foot) -> String {
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
            let mut found: Vec<(f64, Spread)> = of_title.map(|point| (point.size, point.right[k])).collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            Series {
                name: (*name).to_owned(),
                points: found.iter().map(|(size, right)| (*size, 100.0 * right.mean)).collect(),
                whiskers: found.iter().map(|(_, right)| deviation(right)).collect(),
                ..Series::default()
            }
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
    page("Amplitude networks under attack", &attack_lead(shown), &body, foot)
}

/// A standard deviation over seeds to either side, in percent.
fn deviation(right: &Spread) -> (f64, f64) {
    (100.0 * (right.mean - right.deviation).max(0.0), 100.0 * (right.mean + right.deviation).min(1.0))
}

/// Who is right most often in the mean over all attacks, and who least.
fn attack_lead(shown: &AttackPage<'_>) -> String {
    let count = shown.accuracy.len() as f64;
    let mean = |k: usize| shown.accuracy.iter().map(|point| point.right[k].mean).sum::<f64>() / count;
    let mut all: Vec<(&str, f64)> = shown.networks.iter().enumerate().map(|(k, name)| (*name, mean(k))).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    match (&all[..], shown.accuracy.len()) {
        ([best, .., worst], 1..) => format!(
            "In the mean over {count} attacks {} has {:.1} % right, the most, and {} has {:.1} %, the least. Error bars are one standard deviation over seeds.",
            best.0,
            100.0 * best.1,
            worst.0,
            100.0 * worst.1
        ),
        _ => "No attack was tried.".into(),
    }
}

/// Of attacks of one size a figure for each form and noise: a group of bars a mode.
fn by_mode(shown: &AttackPage<'_>) -> Vec<String> {
    let figure = |of: &[AttackPoint]| {
        let modes: Vec<String> = of.iter().map(|point| point.mode.to_owned()).collect();
        let one = |(k, name): (usize, &&str)| Bars {
            name: (*name).to_owned(),
            values: of.iter().map(|point| Some(100.0 * point.right[k].mean)).collect(),
            whiskers: of.iter().map(|point| Some(deviation(&point.right[k]))).collect(),
        };
        let series: Vec<Bars> = shown.networks.iter().enumerate().map(one).collect();
        let title = format!("{}, size {}", of[0].kind, of[0].size);
        bars(&Labels { title: &title, x: "mode", y: "right, %" }, &modes, None, &series)
    };
    shown.accuracy.chunk_by(|a, b| a.kind == b.kind).map(figure).collect()
}
