//! The page of a job: the machine and the qubits taken, what each step of mitigation brings, block by block what came back.

use super::charts::{Bars, Labels, bars, standard_error};
use super::chip::{Chip, chip};
use super::foot::Foot;
use super::heat::{Pair, heat};
use super::markup::{escaped, percent};
use super::page::{grid, page};
use super::table::table;

/// A step of mitigation, on the rows that are reported; shares in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct JobStep {
    /// What it is called.
    pub name: String,
    /// Labels changed, as promised, and the error of that.
    pub promised: Option<(f64, f64)>,
    /// How far that goes up and down from job to job: a standard deviation.
    pub spread: Option<f64>,
    /// Labels changed by infinitely many shots.
    pub unlimited: Option<f64>,
    /// Labels changed by what came back.
    pub collected: Option<f64>,
    /// Labels wrong by what came back, or as promised where nothing has.
    pub wrong: Option<f64>,
    /// Labels that are not those of the network to compare with.
    pub strayed: Option<f64>,
    /// The largest error of W of any block.
    pub distance: Option<f64>,
}

/// Where a block's signal goes, and what came back of it; shares in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct JobBlock {
    /// W and what came back of it, one number a block being put right.
    pub weights: Option<Pair>,
    /// Its share of all executions.
    pub share: f64,
    /// What gates take of the signal, by the machine's figures.
    pub gates: Option<f64>,
    /// What waits take.
    pub waits: Option<f64>,
    /// What readings take.
    pub reading: Option<f64>,
    /// How far W is off at infinitely many shots, readout errors out and scaled.
    pub left: Option<f64>,
    /// The same with the shots that it has.
    pub with_shots: Option<f64>,
    /// How much W had to be multiplied with, as promised.
    pub promised: f64,
    /// The same by what came back.
    pub collected: Option<f64>,
    /// How far the counts are from what was promised, in standard deviations.
    pub sigma: Option<f64>,
}

/// A page's contents.
#[derive(Clone, Debug)]
pub struct JobPage {
    /// Whose.
    pub title: String,
    /// What is to be known in front, a paragraph each.
    pub about: Vec<String>,
    /// The machine.
    pub chip: Chip,
    /// Rows that labels are counted over, where something came back.
    pub rows: Option<usize>,
    /// In order.
    pub steps: Vec<JobStep>,
    /// In order.
    pub blocks: Vec<JobBlock>,
    /// The step that labels are taken from.
    pub step: String,
    /// Who made the page of what.
    pub foot: Foot,
}

/// Standard deviations beyond which counts are not those of the machine that was promised.
const SURPRISING: f64 = 3.0;

/// Whether the job is worth sending, or what came of it.
fn lead(shown: &JobPage) -> String {
    let Some(step) = shown.steps.iter().find(|step| step.name == shown.step).or(shown.steps.last()) else {
        return String::new();
    };
    let promised = step.promised.zip(step.spread);
    let promised = promised.map(|((mean, _), spread)| format!("{} ± {} of the labels", percent(mean), percent(spread)));
    let raw = shown.steps.first().and_then(|raw| raw.collected.or(raw.promised.map(|p| p.0)));
    let raw = raw.filter(|_| shown.steps.len() > 1).map(|raw| format!(" ({} with raw counts)", percent(raw)));
    let raw = raw.unwrap_or_default();
    let Some(collected) = step.collected else {
        let promised = promised.unwrap_or_else(|| "nothing".into());
        return format!(
            "Expect {promised} to be other than the network's own once counts are {}{raw}; ± is from job to job.",
            step.name
        );
    };
    let mut out =
        format!("Once counts are {}, {} of the labels are not the network's own{raw}", step.name, percent(collected));
    out += &promised.map_or_else(String::new, |promised| format!("; promised were {promised}, ± from job to job"));
    let worst = shown.blocks.iter().enumerate().filter_map(|(k, block)| Some((k + 1, block.sigma?)));
    let worst = worst.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    out + &match worst {
        Some((k, sigma)) if sigma.abs() > SURPRISING => {
            format!(
                ". Block {k} is {sigma:+.1} sigma off: the machine is not what its figures say, look at it before you trust the labels."
            )
        }
        Some((_, sigma)) => {
            format!(". No block is further than {:.1} sigma from what the machine's figures promise.", sigma.abs())
        }
        None => ".".into(),
    }
}

/// What error bars are of the bars that are drawn, and which bars there are none of.
fn of_error_bars(shown: &JobPage, found: &[Bars]) -> String {
    let known = |of: &dyn Fn(&JobStep) -> bool| shown.steps.iter().any(of);
    let promised = known(&|step| step.spread.is_some())
        .then(|| "of what is promised one standard deviation from job to job".into());
    let rows = shown.rows.filter(|_| known(&|step| step.collected.is_some()));
    let collected = rows.map(|rows| format!("of what came back one standard error of a share of {rows} rows"));
    let parts: Vec<String> = promised.into_iter().chain(collected).collect();
    if parts.is_empty() {
        return String::new();
    }
    let zero = found.iter().flat_map(|bars| bars.whiskers.iter().flatten()).any(|(low, high)| low == high);
    let mut out =
        format!("Error bars: {}{}.", parts.join(", "), if zero { "; a dash alone is one of zero" } else { "" });
    let missing: Vec<&str> =
        shown.steps.iter().filter(|step| step.promised.is_none()).map(|step| step.name.as_str()).collect();
    if !missing.is_empty() {
        out += &format!(" The plan promises nothing of {}.", missing.join(", "));
    }
    out
}

/// A self-contained page.
pub fn job_page(shown: &JobPage) -> String {
    let or_dot = |value: Option<String>| value.unwrap_or_else(|| "·".into());
    let mut body: String = shown.about.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect();
    body = format!("<ul class=\"about\">\n{body}</ul>\n");
    let names: Vec<String> = shown.steps.iter().map(|step| step.name.clone()).collect();
    let shares =
        |name: &str, of: &dyn Fn(&JobStep) -> Option<f64>, off: &dyn Fn(&JobStep) -> Option<(f64, f64)>| Bars {
            name: name.to_owned(),
            values: shown.steps.iter().map(|step| of(step).map(|share| 100.0 * share)).collect(),
            whiskers: shown.steps.iter().map(|step| off(step).map(|(low, high)| (100.0 * low, 100.0 * high))).collect(),
        };
    let from_job_to_job = |step: &JobStep| {
        let (mean, spread) = (step.promised?.0, step.spread?);
        Some(((mean - spread).max(0.0), mean + spread))
    };
    let found: Vec<Bars> = [
        shares("promised", &|step| step.promised.map(|p| p.0), &from_job_to_job),
        shares("at infinite shots", &|step| step.unlimited, &|_| None),
        shares("came back", &|step| step.collected, &|step| Some(standard_error(step.collected?, shown.rows?))),
    ]
    .into_iter()
    .filter(|bars| bars.values.iter().any(Option::is_some))
    .collect();
    body += "<h2>What each step brings</h2>\n";
    let labels = Labels { title: "Labels that are not the network's own", x: "step of mitigation", y: "%" };
    let by_step = bars(&labels, &names, None, &found);
    let shares = shown.blocks.iter().map(|block| Some(100.0 * block.share)).collect();
    let numbers: Vec<String> = (1..=shown.blocks.len()).map(|k| k.to_string()).collect();
    let labels = Labels { title: "Where executions go", x: "block", y: "% of all" };
    let executions = Bars { name: "executions".into(), values: shares, ..Bars::default() };
    body += &grid(&[by_step, bars(&labels, &numbers, None, &[executions])]);
    body += &format!("<p class=\"soft\">{}</p>\n", escaped(&of_error_bars(shown, &found)));
    let compared = shown.steps.iter().any(|step| step.strayed.is_some());
    let rows: Vec<Vec<String>> = (shown.steps.iter())
        .map(|step| {
            let mut row = vec![
                step.name.clone(),
                or_dot(step.promised.map(|(mean, error)| format!("{:.2} ± {:.2} %", 100.0 * mean, 100.0 * error))),
                or_dot(step.spread.map(|spread| format!("± {:.2} %", 100.0 * spread))),
                or_dot(step.unlimited.map(percent)),
                or_dot(step.collected.map(percent)),
                or_dot(step.wrong.map(percent)),
                or_dot(step.distance.map(percent)),
            ];
            row.extend(compared.then(|| or_dot(step.strayed.map(percent))));
            row
        })
        .collect();
    let mut heads = vec![
        "step",
        "promised, ± of the mean",
        "from job to job",
        "at infinite shots",
        "came back",
        "labels wrong",
        "largest error of W",
    ];
    heads.extend(compared.then_some("not the reference's"));
    body += &table("What each step brings", &heads, &rows);
    body += "<h2>Where the signal goes</h2>\n<p class=\"soft\">What gates, waits and readings take of it by the machine's figures, and how far W is off (|W_rec - W| / |W|) behind one scale a block: at infinitely many shots, which is the machine, and with its shots.</p>\n";
    let rows: Vec<Vec<String>> = (shown.blocks.iter().enumerate())
        .map(|(k, block)| {
            vec![
                (k + 1).to_string(),
                percent(block.share),
                or_dot(block.gates.map(percent)),
                or_dot(block.waits.map(percent)),
                or_dot(block.reading.map(percent)),
                or_dot(block.left.map(percent)),
                or_dot(block.with_shots.map(percent)),
                format!("{:.3}", block.promised),
                or_dot(block.collected.map(|scale| format!("{scale:.3}"))),
                or_dot(block.sigma.map(|sigma| format!("{sigma:+.1}"))),
            ]
        })
        .collect();
    let heads = [
        "block",
        "executions",
        "gates",
        "waits",
        "readings",
        "W off, infinite shots",
        "W off, its shots",
        "scale promised",
        "scale found",
        "sigma off",
    ];
    body += &table("Where the signal goes", &heads, &rows);
    let weights = shown.blocks.iter().enumerate().filter_map(|(k, block)| Some((k + 1, block.weights.as_ref()?)));
    let maps: Vec<String> = weights.map(|(k, pair)| heat(&format!("Block {k}"), pair)).collect();
    if !maps.is_empty() {
        body += &format!(
            "<h2>What was measured</h2>\n<p class=\"soft\">W, and W_rec as it came back behind one scale a block. Blue is below zero, orange above; the darkest shade is \
             the largest entry of W, in all three, and shades go by the root, so that small entries are seen.</p>\n{}",
            grid(&maps)
        );
    }
    body += "<h2>The machine</h2>\n<p class=\"soft\">A line a pair of qubits, the thicker the oftener its gate goes wrong; in colour what the job takes.</p>\n";
    body += &chip(&shown.chip, "Qubits");
    page(&shown.title, &lead(shown), &body, &shown.foot)
}
