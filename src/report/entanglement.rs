//! The page of the entanglement classifier: accuracy against the number of blocks, and the simplex that states move in.

use super::axis::Scale;
use super::charts::{Labels, Series, lines, standard_error};
use super::foot::Foot;
use super::markup::percent;
use super::page::{grid, page};
use super::simplex::{Cloud, simplices};
use super::table::table;
use crate::entanglement::{Campaign, Family, Outcome, advance, coordinates_of};
use crate::linalg::RealMatrix;

/// States of a class and family that a simplex shows: more would hide each other.
const SHOWN: usize = 120;

/// A self-contained page of a campaign that is done.
///
/// # Panics
/// If no stage is done.
pub fn entanglement_page(campaign: &Campaign, foot: &Foot) -> String {
    let outcomes: Vec<&Outcome> = campaign.done().iter().map(|(outcome, _)| outcome).collect();
    let greedy: Vec<&Outcome> = outcomes.iter().copied().filter(|o| !o.finetuned).collect();
    let tuned: Vec<&Outcome> = outcomes.iter().copied().filter(|o| o.finetuned).collect();
    let states = campaign.test().len();
    let mut figures =
        vec![accuracy("Trained one by one", &greedy, None, states), families("By family, one by one", &greedy)];
    if !tuned.is_empty() {
        let before = Series { reference: true, ..curve("accuracy, one by one", &greedy, |o| Some(o.test.accuracy)) };
        figures.push(accuracy("All blocks together", &tuned, Some(before), states));
        figures.push(families("By family, together", &tuned));
    }
    let mut body = summary(campaign);
    body += &format!("<h2>Accuracy</h2>\n{}", grid(&figures));
    body += "<h2>What is measured</h2>\n<p class=\"soft\">Probabilities (p00, p01, p10) of the test states before the first \
             block (M = 0) and after each, blocks trained one by one. The corners are the four outcomes.</p>\n";
    body += &clouds(campaign);
    let rows: Vec<Vec<String>> = outcomes.iter().map(|outcome| outcome.row()).collect();
    body += &format!("<h2>All numbers</h2>\n{}", table("All numbers", &Outcome::HEADS, &rows));
    page("Entanglement classifier", &lead(campaign), &body, foot)
}

/// The classifier to take.
fn lead(campaign: &Campaign) -> String {
    let Some((outcome, _)) = campaign.chosen(true).or(campaign.chosen(false)) else { return String::new() };
    let count = if outcome.blocks == 1 { "1 block".to_owned() } else { format!("{} blocks", outcome.blocks) };
    format!(
        "Take {count}, trained {}: {} of the test states are told right, {} of the entangled are found.",
        if outcome.finetuned { "together" } else { "one by one" },
        percent(outcome.test.accuracy),
        percent(outcome.test.recall)
    )
}

fn summary(campaign: &Campaign) -> String {
    let mut out = format!(
        "<p class=\"soft\">{} states to train on, {} to test on, {} of them entangled. Error bars of the accuracy are one standard error of a share of the test states.</p>\n",
        campaign.training().len(),
        campaign.test().len(),
        campaign.test().iter().filter(|s| s.entangled).count()
    );
    for (way, chosen) in [("one by one", campaign.chosen(false)), ("together", campaign.chosen(true))] {
        let Some((outcome, _)) = chosen else { continue };
        out += &format!(
            "<p>Trained {way}, {} did best on the training states. On the test states: accuracy {}, balanced {}, \
             {} of the entangled found, {} of the adversarial right.</p>\n",
            if outcome.blocks == 1 { "1 block".to_owned() } else { format!("{} blocks", outcome.blocks) },
            percent(outcome.test.accuracy),
            percent(outcome.test.balanced),
            percent(outcome.test.recall),
            outcome.test.family(Family::Adversarial).map_or("none".into(), percent)
        );
    }
    out
}

fn curve(name: &str, outcomes: &[&Outcome], value: impl Fn(&Outcome) -> Option<f64>) -> Series {
    let points = outcomes.iter().filter_map(|o| Some((o.blocks as f64, 100.0 * value(o)?))).collect();
    Series { name: name.to_owned(), points, ..Series::default() }
}

fn accuracy(title: &str, outcomes: &[&Outcome], before: Option<Series>, states: usize) -> String {
    let whiskers = outcomes.iter().map(|o| standard_error(o.test.accuracy, states));
    let whiskers = whiskers.map(|(low, high)| (100.0 * low, 100.0 * high)).collect();
    let mut series = vec![
        Series { whiskers, ..curve("accuracy", outcomes, |o| Some(o.test.accuracy)) },
        curve("balanced", outcomes, |o| Some(o.test.balanced)),
        curve("recall of the entangled", outcomes, |o| Some(o.test.recall)),
    ];
    series.extend(before);
    chart(title, &series)
}

fn families(title: &str, outcomes: &[&Outcome]) -> String {
    chart(title, &Family::ALL.map(|f| curve(f.name(), outcomes, |o| o.test.family(f))))
}

fn chart(title: &str, series: &[Series]) -> String {
    let labels = Labels { title, x: "blocks of unitaries, M", y: "right on the test states, %" };
    lines(&labels, series, Scale::Whole, Scale::Near)
}

/// Small multiples: a row of simplices for each family.
fn clouds(campaign: &Campaign) -> String {
    let (mut states, _) = coordinates_of(campaign.test());
    let greedy: Vec<_> = campaign.done().iter().filter(|(outcome, _)| !outcome.finetuned).collect();
    let Some((outcome, deepest)) = greedy.last() else { return String::new() };
    let mut after: Vec<RealMatrix> = vec![states.clone()];
    for block in &deepest.blocks[..outcome.blocks] {
        states = advance(block, &states);
        after.push(states.clone());
    }
    let of_family = |family: Family| {
        let of_class = |entangled: bool| -> Vec<usize> {
            let all = campaign.test().iter().enumerate();
            let of = all.filter(|(_, s)| s.family == family && s.entangled == entangled).map(|(i, _)| i);
            of.take(SHOWN).collect()
        };
        let classes = [of_class(false), of_class(true)];
        let cloud = |(m, states): (usize, &RealMatrix)| Cloud {
            name: format!("M = {m}"),
            points: classes.clone().map(|c| c.iter().map(|&i| [0, 1, 2].map(|n| states[(n, i)])).collect()),
        };
        let clouds: Vec<Cloud> = after.iter().enumerate().map(cloud).collect();
        let mut name = family.name().to_owned();
        name[..1].make_ascii_uppercase();
        simplices(&format!("{name} states"), &clouds, ["separable", "entangled"])
    };
    Family::ALL.map(of_family).concat()
}
