//! What `hqrn-compile` leaves behind: files, tables, JSON.

use super::command::{COMMAND, Cli};
use super::destination::{Destination, tell};
use super::drawing;
use super::joint::{about, hint};
use crate::cli::printing::{note, print};
use crate::cli::reports::{CompileReport, CompiledBlock, EstimateReport, Placement};
use crate::cli::table::{Table, compact, shown_error, thousands};
use crate::compiler::{
    BlockReport, Check, CliffordTReport, CompileOptions, Manifest, ManifestBlock, PhaseReport, write_folder,
};
use crate::files::{FileError, write_atomically};
use crate::lowering::survival_in_place;
use crate::network::Network;
use crate::qasm::Program;
use crate::run::Disagreement;
use crate::signs::Sign;
use crate::target::Machine;
use std::path::PathBuf;

/// What the table shows as 0.000.
const LOST: f64 = 5e-4;

/// Everything there is to report.
pub struct Outcome<'a> {
    pub network: &'a Network,
    pub reports: &'a [BlockReport],
    pub files: &'a [PathBuf],
    pub check: Option<Check>,
    pub labels: Option<Disagreement>,
    pub options: &'a CompileOptions,
    pub estimate: Option<&'a EstimateReport>,
}

/// Writes everything and returns the names of the files.
pub fn write_programs(
    network: &Network,
    reports: &mut [BlockReport],
    destination: &Destination,
    ending: &str,
) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: FileError| error.to_string();
    let digits = reports.len().to_string().len().max(2);
    for report in reports.iter_mut() {
        let stem = match destination {
            Destination::File(path) => path.file_stem().map_or("block".into(), |s| s.to_string_lossy().into_owned()),
            _ => format!("block-{:0digits$}", report.summary.block),
        };
        report.summary.programs = report.programs.iter().map(|p| format!("{stem}{}.{ending}", p.suffix())).collect();
    }
    let named = reports.iter().flat_map(|r| r.summary.programs.iter().zip(&r.programs));
    match destination {
        Destination::Stdout => {
            reports.iter().flat_map(|r| &r.programs).try_for_each(|p| print(&p.text))?;
            Ok(vec![])
        }
        Destination::File(path) => {
            let mut files = vec![];
            for (name, program) in named {
                let file = if program.suffix().is_empty() { path.clone() } else { path.with_file_name(name) };
                write_atomically(&file, &program.text).map_err(wrong)?;
                files.push(file);
            }
            Ok(files)
        }
        Destination::Folder(folder) => {
            let blocks: Vec<ManifestBlock> = reports.iter().map(|r| r.summary.clone()).collect();
            let manifest = Manifest::new(network.name.clone(), network.blocks[0].dim(), blocks);
            let programs: Vec<(String, &str)> = named.map(|(name, p)| (name.clone(), p.text.as_str())).collect();
            write_folder(folder, &programs, &manifest.to_json()).map_err(wrong)?;
            Ok(programs.iter().map(|(name, _)| folder.join(name)).collect())
        }
    }
}

/// Prints the report.
pub fn show(cli: &Cli, outcome: &Outcome, destination: &Destination) -> Result<(), String> {
    let tell = |text: &str| tell(destination, text);
    cli.common.report(COMMAND, report(outcome))?;
    if cli.common.tells() {
        tell(&table(outcome.reports, outcome.options.machine.target.pays_by_angle))?;
        if outcome.reports.iter().any(|r| !r.trotter.is_empty()) {
            tell(&format!("\n{}", trotter_table(outcome.reports)))?;
        }
        if let Some(line) = about(outcome.reports, &outcome.options.edges)
            .or_else(|| hint(cli, outcome.network, outcome.reports, outcome.options))
        {
            tell(&format!("\n{line}\n"))?;
        }
        let machine = &outcome.options.machine;
        if let Some(figures) = &machine.figures {
            let rows = placement_table(outcome.reports, machine);
            tell(&format!("\n{rows}{}, figures of {}\n", machine.name, figures.date))?;
        }
        if outcome.reports.iter().any(|r| !r.clifford_t.is_empty()) {
            tell(&format!("\n{}", clifford_t_table(outcome.reports)))?;
        }
        for report in outcome.reports.iter().filter(|r| r.phases.iter().any(|phases| phases.cut)) {
            tell(&format!("\n{}\n", cut_short(report)))?;
        }
        if let Some(labels) = outcome.labels {
            let Disagreement { changed, of } = labels;
            let percent = 100.0 * labels.share();
            tell(&format!(
                "\n{changed} of {of} labels differ from the network's ({percent:.2} %), at infinite shots\n"
            ))?;
        }
    }
    drawing::show(cli, destination, &drawn(outcome.reports))
}

/// The programs as they are drawn.
pub fn drawn(reports: &[BlockReport]) -> Vec<drawing::Named> {
    let programs = reports.iter().flat_map(|report| report.read_back.iter().zip(&report.summary.programs));
    programs.map(|(program, name)| (name.clone(), program.template())).collect()
}

/// A row a block; where a machine pays for the angles of its gates on two qubits, with their sum.
fn table(reports: &[BlockReport], pays_by_angle: bool) -> String {
    let heads =
        ["block", "qubits", "CX", "CX depth", TURNS, "1q gates", "gamma+", "gamma-", "max |W_rec - W|", "seconds"];
    let heads: Vec<&str> = heads.into_iter().filter(|head| pays_by_angle || *head != TURNS).collect();
    let mut table = Table::new(&heads, false);
    let gamma = |g: Option<f64>| g.map_or("-".into(), |g| compact(g, 4));
    for report in reports {
        let s = &report.summary;
        let mut row = vec![s.block.to_string(), s.qubits.to_string(), s.cx.to_string(), s.cx_depth.to_string()];
        row.extend(pays_by_angle.then(|| format!("{:.2}", report.turned())));
        row.extend([
            s.one_qubit_gates.to_string(),
            gamma(s.gamma.plus),
            gamma(s.gamma.minus),
            report.verification.as_ref().map_or("not verified".into(), shown_error),
            format!("{:.2}", report.seconds),
        ]);
        table.row(row);
    }
    table.render()
}

/// The head of the column of angles.
const TURNS: &str = "Σ|θ|";

/// That a search for phases ended before its time, and what that costs at most.
fn cut_short(report: &BlockReport) -> String {
    let of = |p: &PhaseReport| format!("gamma of {} is {:.2} times its bound", p.sign, p.gamma / p.bound);
    let cut: Vec<String> = report.phases.iter().filter(|phases| phases.cut).map(of).collect();
    let block = report.summary.block;
    format!("block {block}: the search for phases ended early, out of the work that it may take: {}", cut.join(", "))
}

/// One row a sign: what the product formula is, and how wrong.
fn trotter_table(reports: &[BlockReport]) -> String {
    let heads = ["block", "sign", "strings", "classes", "formula", "steps", "rotations", "error", "bound", "by"];
    let mut table = Table::new(&heads, true);
    for report in reports {
        let present = report.summary.gamma.present().map(|(sign, _)| if sign == Sign::Plus { "+" } else { "-" });
        for (sign, t) in present.zip(&report.trotter) {
            let kind = serde_json::to_value(t.bound.kind).ok();
            table.row(vec![
                report.summary.block.to_string(),
                sign.into(),
                t.strings.to_string(),
                t.terms.to_string(),
                t.formula.clone(),
                t.steps.to_string(),
                t.rotations.to_string(),
                format!("{:.1e}", t.error),
                format!("{:.1e}", t.bound.value),
                kind.as_ref().and_then(|k| k.as_str()).unwrap_or("").into(),
            ]);
        }
    }
    table.render()
}

/// One row a program: what approximating its rotations took, and how far it may be off.
fn clifford_t_table(reports: &[BlockReport]) -> String {
    let mut table = Table::new(&["block", "rotations", "T gates", "a rotation", "error"], false);
    for report in reports {
        for CliffordTReport { rotations, t_gates, bound } in &report.clifford_t {
            let each = if *rotations == 0 { 0.0 } else { *t_gates as f64 / *rotations as f64 };
            table.row(vec![
                report.summary.block.to_string(),
                thousands(*rotations as u64),
                thousands(*t_gates as u64),
                format!("{each:.1}"),
                format!("{bound:.1e}"),
            ]);
        }
    }
    table.render()
}

/// Where a block's programs lie on a machine, each of their copies; nothing where no figures are known.
fn placements(report: &BlockReport, machine: &Machine) -> Vec<Placement> {
    let of = |program: &Program, tile: usize| {
        let circuit = program.tile(tile);
        let survival = survival_in_place(&circuit, machine).ok()?;
        let qubits = (0..circuit.bit_count()).filter_map(|bit| circuit.writer_of(bit)).collect();
        Some(Placement { tile, qubits, survives: survival.total(), survival })
    };
    let copies =
        report.read_back.iter().flat_map(|program| (0..program.contract.tile_count()).map(move |t| (program, t)));
    copies.filter_map(|(program, tile)| of(program, tile)).collect()
}

/// Says so where nothing is left of a block on the machine, whatever copy of it is looked at.
pub fn note_lost(reports: &[BlockReport], machine: &Machine) {
    let best = |report: &BlockReport| placements(report, machine).iter().map(|copy| copy.survives).reduce(f64::max);
    let survives: Vec<f64> = reports.iter().filter_map(best).collect();
    let lost: Vec<f64> = survives.iter().copied().filter(|share| *share < LOST).collect();
    if let Some(most) = lost.iter().copied().reduce(f64::max) {
        let (few, all, machine) = (lost.len(), survives.len(), &machine.name);
        note(&format!(
            "nothing of {few} of {all} blocks would survive on {machine}, {most:.0e} at most: hqrn-compress --variational makes a network whose blocks do"
        ));
    }
}

/// A row a copy of a program: what is left of it on the machine, and where it lies.
fn placement_table(reports: &[BlockReport], machine: &Machine) -> String {
    let several = reports.iter().flat_map(|report| &report.read_back).any(|program| program.contract.tile_count() > 1);
    let heads = ["block", "tile", "survives", "gates", "waits", "reading", "on qubits"];
    let shown_heads: Vec<&str> = heads.into_iter().filter(|head| several || *head != "tile").collect();
    let mut table = Table::new(&shown_heads, true);
    for report in reports {
        for Placement { tile, qubits, survival, survives } in placements(report, machine) {
            let mut row = vec![report.summary.block.to_string()];
            row.extend(several.then(|| tile.to_string()));
            let shares = [survives, survival.gates, survival.waits, survival.reading];
            row.extend(shares.map(|share| format!("{share:.3}")));
            row.push(qubits.iter().map(usize::to_string).collect::<Vec<_>>().join(" "));
            table.row(row);
        }
    }
    table.render()
}

fn report<'a>(outcome: &Outcome<'a>) -> CompileReport<'a> {
    let machine = &outcome.options.machine;
    let block = |r: &'a BlockReport| CompiledBlock {
        summary: &r.summary,
        verification: &r.verification,
        seconds: r.seconds,
        turned: r.turned(),
        trotter: &r.trotter,
        phases: &r.phases,
        joint: &r.joint,
        clifford_t: &r.clifford_t,
        placements: placements(r, machine),
    };
    CompileReport {
        network: &outcome.network.name,
        tolerance: outcome.check.map(|c| c.tolerance),
        verified: outcome.check.is_some(),
        files: outcome.files,
        labels: outcome.labels,
        blocks: outcome.reports.iter().map(block).collect(),
        estimate: outcome.estimate,
    }
}
