//! `--estimate`: what programs take on an error-corrected machine.

use super::command::{COMMAND, Cli};
use super::destination::{Destination, tell};
use super::encoding::Inputs;
use crate::cli::reports::{EstimateReport, Sink};
use crate::cli::table::{Table, thousands};
use crate::compiler::BlockReport;
use crate::estimate::{LogicalCounts, PhysicalEstimate, estimate_block};
use crate::network::Network;
use crate::qasm::Program;
use crate::target::Target;
use rayon::prelude::*;

/// Targets whose text is nobody's machine, so that it may be that of an error-corrected one.
const TARGETS: [&str; 7] = ["portable", "braket", "azure", "pennylane", "qasm2", "qir", "clifford-t"];

/// Refuses an estimate for machines whose errors stay, and of programs that a shot runs several of.
pub fn check(cli: &Cli) -> Result<(), String> {
    if !cli.estimate.is_wanted() {
        return Ok(());
    }
    let machine = cli.target.machine(true)?;
    let said = cli.target.is_of_machine().then(|| "that of --machine or --coupling".to_owned());
    let target = || (!TARGETS.contains(&machine.target.name)).then(|| format!("--target {}", machine.target.name));
    if let Some(noisy) = said.or_else(target) {
        let others = TARGETS.into_iter().filter(|name| Target::named(name).is_some()).collect::<Vec<_>>().join(", ");
        return Err(format!("--estimate is of machines that correct errors, {noisy} does not: expected {others}"));
    }
    if cli.encoding.inputs() == Some(Inputs::Columns) || cli.layers.tiles.is_some() {
        return Err("--estimate is of one circuit a block: not with --inputs columns or --tiles".into());
    }
    Ok(())
}

/// The estimate of a network's blocks, if it is asked for.
///
/// # Errors
/// A block that the model does not reach.
pub fn of(cli: &Cli, network: &Network, reports: &[BlockReport]) -> Result<Option<EstimateReport>, String> {
    let Some(options) = cli.estimate.options() else { return Ok(None) };
    let of = |report: &BlockReport| {
        let programs: Vec<&Program> = report.read_back.iter().collect();
        estimate_block(&programs, &network.blocks[report.summary.block - 1], &options)
    };
    let blocks = reports.par_iter().map(of).collect::<Vec<_>>();
    let blocks = blocks.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    Ok(Some(EstimateReport {
        network: network.name.clone(),
        error_budget: options.error,
        qubit_model: options.model.name,
        seconds: blocks.iter().map(|block| block.seconds).sum(),
        qrom_seconds: blocks.iter().map(|block| block.qrom_seconds).sum(),
        blocks,
    }))
}

/// Writes the estimate to its file, if there is one, and tells it.
pub fn show(cli: &Cli, estimate: Option<&EstimateReport>, destination: &Destination) -> Result<(), String> {
    let Some(estimate) = estimate else { return Ok(()) };
    if let Some(file) = cli.estimate.file() {
        Sink::File(file).put(COMMAND, estimate)?;
    }
    if !cli.common.tells() {
        return Ok(());
    }
    tell(destination, &format!("\n{}\n{}\n", table(estimate), summary(estimate)))
}

/// A row a program, and one below it for its angles looked up.
fn table(estimate: &EstimateReport) -> String {
    let heads = [
        "block",
        "angles",
        "qubits",
        "rotations",
        "depth",
        "T states",
        "T depth",
        "distance",
        "factories",
        "physical",
        "shot",
        "shots",
        "a label",
    ];
    let mut table = Table::new(&heads, false);
    for block in &estimate.blocks {
        for program in &block.programs {
            let number = || block.block.to_string();
            let mut row = |angles: &str, logical: &LogicalCounts, t_depth: String, e: &PhysicalEstimate| {
                table.row(vec![
                    number(),
                    angles.into(),
                    logical.num_qubits.to_string(),
                    logical.rotation_count.to_string(),
                    logical.rotation_depth.to_string(),
                    thousands(e.t_states),
                    t_depth,
                    e.code_distance.to_string(),
                    e.factories.to_string(),
                    thousands(e.physical_qubits),
                    time(e.runtime as f64 * 1e-9),
                    thousands(block.shots),
                    time(e.runtime as f64 * 1e-9 * block.shots as f64),
                ]);
            };
            row("gates", &program.logical, thousands(program.t_depth), &program.physical);
            if let Some(qrom) = &program.qrom {
                row("QROM", &qrom.logical, "-".into(), &qrom.physical);
            }
        }
    }
    table.render()
}

/// What a label takes in all.
fn summary(estimate: &EstimateReport) -> String {
    let EstimateReport { error_budget, qubit_model, seconds, qrom_seconds, blocks, .. } = estimate;
    let looked_up = match blocks.iter().flat_map(|block| &block.programs).any(|program| program.qrom.is_some()) {
        true => format!(", {} with angles looked up", time(*qrom_seconds)),
        false => String::new(),
    };
    format!(
        "a label takes {}{looked_up}; {qubit_model}, a shot fails with probability {error_budget} at most",
        time(*seconds)
    )
}

/// Seconds as a person would say them.
fn time(seconds: f64) -> String {
    let units = [
        (365.25 * 86400.0, "years"),
        (86400.0, "days"),
        (3600.0, "h"),
        (60.0, "min"),
        (1.0, "s"),
        (1e-3, "ms"),
        (1e-6, "us"),
    ];
    let (unit, name) = units.into_iter().find(|(unit, _)| seconds >= *unit).unwrap_or((1e-9, "ns"));
    let value = seconds / unit;
    let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_their_units() {
        let said = [0.0, 2.5e-7, 0.0683, 9.999, 59.0, 3599.0, 90_000.0, 3.2e9].map(time);
        assert_eq!(said, ["0.00 ns", "250 ns", "68.3 ms", "10.0 s", "59.0 s", "60.0 min", "1.04 days", "101 years"]);
    }
}
