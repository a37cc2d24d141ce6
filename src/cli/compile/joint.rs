//! What `--method joint` may do, and what is said of its searches.

use super::command::Cli;
use super::encoding::Inputs;
use crate::cli::printing::note;
use crate::cli::table::thousands;
use crate::compiler::{BlockReport, CompileOptions, JointOutcome, JointReport, Method, entangler};
use crate::network::{Block, Network};
use crate::synthesis::joint::{Expected, JointOptions, MAX_JOINT_DIM, expected};
use crate::target::Edges;
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
    let dims = numbers.iter().map(|number| &network.blocks[number - 1]).filter(|block| block.form().is_free());
    let Some(dim) = dims.map(Block::dim).max().filter(|dim| searches(&options.method) && *dim <= MAX_JOINT_DIM) else {
        return;
    };
    let Expected { seconds, .. } = expected(dim, entangler(options.machine.target));
    if seconds >= LONG {
        let hours = (seconds + LONG / 2) / LONG;
        note(&format!("a search at {dim} x {dim} takes about {hours} h a block on two cores: --time-limit ends it"));
    }
}

/// Says which blocks have the circuits of `--method exact`, and why.
pub fn note_exact(reports: &[BlockReport]) {
    let why = [
        (JointOutcome::NoFewer, "which take no more gates".to_owned()),
        (JointOutcome::Given, "which they are given by".to_owned()),
        (
            JointOutcome::Unfit,
            format!("zero, larger than {MAX_JOINT_DIM} x {MAX_JOINT_DIM}, or of numbers without full precision"),
        ),
        (
            JointOutcome::Failed,
            "since no circuit for both was found: another --seed or a larger --slack may find one".to_owned(),
        ),
        (JointOutcome::Stopped, "since time is up: the same command goes on where the search was".to_owned()),
    ];
    for (outcome, why) in why {
        let such = reports.iter().filter(|r| r.joint.is_some_and(|joint| joint.outcome == outcome));
        let numbers: Vec<String> = such.map(|r| r.summary.block.to_string()).collect();
        if !numbers.is_empty() {
            let plural = if numbers.len() > 1 { "s" } else { "" };
            note(&format!("block{plural} {}: exact circuits for each sign, {why}", numbers.join(", ")));
        }
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
        "one circuit for both signs: {gate} on {on}, at least {bound} by counting; gamma {slack} times the least, {shots:.2} times the shots"
    ))
}

/// What one circuit for both signs would take, where nobody has asked for a method and it would take clearly less.
pub fn hint(cli: &Cli, network: &Network, reports: &[BlockReport], options: &CompileOptions) -> Option<String> {
    let quantum = cli.encoding.inputs() == Some(Inputs::Quantum);
    if cli.method.is_some() || options.method != Method::Exact || options.split || quantum {
        return None;
    }
    let free = |r: &&BlockReport| network.blocks[r.summary.block - 1].form().is_free();
    let dims = || reports.iter().filter(free).map(|r| network.blocks[r.summary.block - 1].dim());
    let largest = dims().max().filter(|dim| *dim <= MAX_JOINT_DIM)?;
    let joins = entangler(options.machine.target);
    let Expected { pairs, seconds } = expected(largest, joins);
    let theirs: usize = reports.iter().filter(free).map(|r| r.summary.cx).sum();
    if theirs < GAIN * pairs * dims().count() {
        return None;
    }
    let time = match seconds {
        0..2 => "at once".to_owned(),
        2..60 => format!("in about {seconds} s"),
        60..5400 => format!("in about {} min", (seconds + 30) / 60),
        _ => format!("in about {} h", (seconds + 1800) / 3600),
    };
    let pairs = thousands(pairs as u64);
    let gate = joins.name().to_uppercase();
    Some(format!("--method joint: about {pairs} {gate} a block for both signs, on a line, each {time}"))
}

/// The network with each block by the circuit that was found for it; the other blocks as they were.
///
/// # Errors
/// If circuits were found whose gates no form has.
pub fn network_found(network: &Network, reports: &[BlockReport]) -> Result<Network, String> {
    let mut out = network.clone();
    for report in reports.iter().filter(|r| r.joint.is_some_and(|joint| joint.outcome == JointOutcome::Found)) {
        let number = report.summary.block;
        let form = report.found.clone().ok_or_else(|| {
            format!("--network: the circuit of block {number} has gates that network files have not: expected a target that joins by cx, cz or ecr")
        })?;
        let block = &mut out.blocks[number - 1];
        *block = block.clone().with_form(form);
    }
    Ok(out)
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
