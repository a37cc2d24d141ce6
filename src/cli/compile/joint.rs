//! What `--method joint` may do, and what is said of its searches.

use super::command::Cli;
use super::encoding::Inputs;
use crate::cli::printing::note;
use crate::cli::table::thousands;
use crate::compiler::{BlockReport, CompileOptions, JointOutcome, JointReport, Method, entangler, has_joint};
use crate::network::{Block, Network};
use crate::synthesis::joint::{Entangler, Expected, JointOptions, MAX_JOINT_DIM, expected};
use crate::target::{Edges, Target};
use std::path::Path;

/// How many times the gates of one circuit others must have for it to be worth a line.
const GAIN: usize = 2;

/// What a search for one circuit may do; it chooses phases and gamma itself.
pub fn joint_options(cli: &Cli) -> Result<JointOptions, String> {
    let given =
        cli.encoding.given_for_blocks().filter(|name| !["--inputs diagonal", "--inputs columns"].contains(name));
    if let Some(name) = given.or(cli.split.then_some("--split")) {
        return Err(format!(
            "{name}: --method joint makes one circuit for both signs, with phases and gamma of its own"
        ));
    }
    let options = JointOptions::default();
    Ok(cli.joint.slack.map_or(options, |slack| options.with_slack(slack)))
}

/// From so many seconds on, a block is a matter for somebody who knows.
const LONG: u64 = 3600;

/// Says beforehand how long the search for one block is likely to take, where that is long.
pub fn note_long(network: &Network, numbers: &[usize], options: &CompileOptions) {
    let Method::Joint(joint) = &options.method else { return };
    let dims = numbers.iter().map(|number| &network.blocks[number - 1]).filter(|block| has_joint(block, joint));
    let Some(dim) = dims.map(Block::dim).max() else { return };
    let Expected { seconds, .. } = expected(dim, entangler(options.machine.target));
    if seconds >= LONG {
        let hours = (seconds + LONG / 2) / LONG;
        note(&format!("a search at {dim} x {dim} takes about {hours} h a block on two cores: --time-limit ends it"));
    }
}

/// Says which blocks have other circuits than one that was found, and why; `kept` is whether searches that were ended are.
pub fn note_exact(network: &Network, reports: &[BlockReport], kept: bool) {
    let why = |report: &BlockReport, outcome: JointOutcome| {
        let block = &network.blocks[report.summary.block - 1];
        let said = match outcome {
            JointOutcome::Found => return None,
            JointOutcome::Given => "compiled as given, by circuits or factors",
            JointOutcome::NoFewer => "exact circuits for each sign, which take no more gates",
            JointOutcome::Failed => {
                "exact circuits for each sign, since no circuit for both was found: another --seed or a larger --slack may find one"
            }
            JointOutcome::Stopped if kept => {
                "exact circuits for each sign, since time is up: the same command goes on where the search was"
            }
            JointOutcome::Stopped => "exact circuits for each sign, since time is up, and the search was not kept",
            JointOutcome::Unfit if block.dim() > MAX_JOINT_DIM => {
                return Some(format!(
                    "exact circuits for each sign: searches are of {MAX_JOINT_DIM} x {MAX_JOINT_DIM} at most"
                ));
            }
            JointOutcome::Unfit => {
                "exact circuits for each sign, its numbers being too small, or too large, for full precision"
            }
        };
        Some(said.to_owned())
    };
    let mut told: Vec<(String, Vec<String>)> = vec![];
    for report in reports {
        let Some(why) = report.joint.and_then(|joint| why(report, joint.outcome)) else { continue };
        let number = report.summary.block.to_string();
        match told.iter_mut().find(|(other, _)| *other == why) {
            Some((_, numbers)) => numbers.push(number),
            None => told.push((why, vec![number])),
        }
    }
    for (why, numbers) in told {
        let plural = if numbers.len() > 1 { "s" } else { "" };
        note(&format!("block{plural} {}: {why}", numbers.join(", ")));
    }
}

/// What gamma and edges are, of those blocks that have one circuit.
pub fn about(reports: &[BlockReport], edges: &Edges) -> Option<String> {
    let found = || reports.iter().filter_map(|r| r.joint).filter(|joint| joint.outcome == JointOutcome::Found);
    let JointReport { gate, slack, .. } = found().next()?;
    let bound = thousands(found().map(|joint| joint.bound as u64).max().unwrap_or(0));
    let on = match edges {
        Edges::Line => "a line".to_owned(),
        Edges::All => "all pairs".to_owned(),
        Edges::Of(_) => "part of the map".to_owned(),
        other => other.to_string(),
    };
    let (gate, shots) = (gate.to_uppercase(), slack * slack);
    Some(format!(
        "one circuit for both signs: {gate} on {on}, at least {bound} by counting; gamma {slack} times the least, and {shots:.2} times the shots of that"
    ))
}

/// What one circuit for both signs would take, where nobody has asked for a method and it would take clearly less.
pub fn hint(cli: &Cli, network: &Network, reports: &[BlockReport], options: &CompileOptions) -> Option<String> {
    let quantum = cli.encoding.inputs() == Some(Inputs::Quantum);
    if cli.method.is_some() || options.method != Method::Exact || options.split || quantum {
        return None;
    }
    let block = |r: &BlockReport| &network.blocks[r.summary.block - 1];
    let usual = JointOptions::default();
    let could = |r: &&BlockReport| block(r).dim() > 1 && has_joint(block(r), &usual);
    let dims = || reports.iter().filter(could).map(|r| block(r).dim());
    let largest = dims().max()?;
    let joins = entangler(options.machine.target);
    let Expected { pairs, seconds } = expected(largest, joins);
    let theirs: usize = reports.iter().filter(could).map(|r| r.summary.cx).sum();
    if theirs < GAIN * pairs * dims().count() {
        return None;
    }
    let time = match seconds {
        0 => "at once".to_owned(),
        1..10 => "in seconds".to_owned(),
        10..60 => format!("in about {seconds} s"),
        60..5400 => format!("in about {} min", (seconds + 30) / 60),
        _ => format!("in about {} h", (seconds + 1800) / 3600),
    };
    let pairs = thousands(pairs as u64);
    let gate = joins.name().to_uppercase();
    Some(format!("--method joint: about {pairs} {gate} a block for both signs, on a line, each {time}"))
}

/// Refuses `--network` where a circuit that is found could not be the form of its block.
pub fn check_network(network: &Network, numbers: &[usize], target: &Target) -> Result<(), String> {
    let free = |number: &usize| network.blocks[number - 1].form().is_free();
    if entangler(target) == Entangler::Rzz && numbers.iter().any(free) {
        return Err(format!(
            "--network: circuits for --target {} have rzz, which network files have not: expected a target that joins by cx, cz or ecr",
            target.name
        ));
    }
    let oblong = |number: &&usize| !network.blocks[**number - 1].weight().is_square();
    numbers.iter().find(oblong).map_or(Ok(()), |number| {
        let w = network.blocks[number - 1].weight();
        Err(format!(
            "--network: block {number} is {} x {}, which no circuit of a network file is: expected as many rows as columns",
            w.nrows(),
            w.ncols()
        ))
    })
}

/// The network with each block by the circuit that was found for it; the other blocks as they were.
pub fn network_found(network: &Network, reports: &[BlockReport]) -> Network {
    let mut out = network.clone();
    for report in reports.iter().filter(|r| r.joint.is_some_and(|joint| joint.outcome == JointOutcome::Found)) {
        let block = &mut out.blocks[report.summary.block - 1];
        *block = block.clone().with_form(report.found.clone().expect("checked before the search"));
    }
    out
}

/// Says which blocks of the network that was written have what they had, since they were not compiled.
pub fn note_others(file: &Path, network: &Network, compiled: &[usize]) {
    let others = (1..=network.blocks.len()).filter(|number| !compiled.contains(number));
    let others: Vec<String> = others.map(|number| number.to_string()).collect();
    if !others.is_empty() {
        let (plural, are) = if others.len() > 1 { ("s", "are") } else { ("", "is") };
        note(&format!("{}: block{plural} {} {are} as before, not compiled", file.display(), others.join(", ")));
    }
}

/// Whether a method searches.
pub fn searches(method: &Method) -> bool {
    matches!(method, Method::Joint(_))
}
