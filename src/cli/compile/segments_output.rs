//! What `hqrn-compile` leaves behind of segments: files, tables, JSON.

use super::command::{COMMAND, Cli};
use super::destination::{Destination, tell};
use super::drawing;
use crate::circuit::Template;
use crate::cli::printing::print;
use crate::cli::reports::{CompiledSegment, SegmentsReport};
use crate::cli::table::Table;
use crate::compiler::{SegmentManifest, SegmentReport, write_folder};
use crate::files::{FileError, write_atomically};
use std::path::PathBuf;

/// Everything there is to report.
pub struct Outcome<'a> {
    pub network: &'a str,
    pub reports: &'a [SegmentReport],
    pub files: &'a [PathBuf],
    pub tolerance: Option<f64>,
}

/// Writes everything and returns the names of the files.
pub fn write_programs(
    network: &str,
    reports: &mut [SegmentReport],
    destination: &Destination,
    ending: &str,
) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: FileError| error.to_string();
    let digits = reports.iter().map(|r| r.summary.segment.to_string().len()).max().unwrap_or(0).max(2);
    for report in reports.iter_mut() {
        report.summary.program = match destination {
            Destination::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            _ => format!("segment-{:0digits$}.{ending}", report.summary.segment),
        };
    }
    match destination {
        Destination::Stdout => {
            reports.iter().try_for_each(|report| print(&report.text))?;
            Ok(vec![])
        }
        Destination::File(path) => {
            reports.iter().try_for_each(|report| write_atomically(path, &report.text)).map_err(wrong)?;
            Ok(vec![path.clone()])
        }
        Destination::Folder(folder) => {
            let segments = reports.iter().map(|r| r.summary.clone()).collect();
            let manifest = SegmentManifest::new(network.to_owned(), segments);
            let programs: Vec<(String, &str)> =
                reports.iter().map(|r| (r.summary.program.clone(), r.text.as_str())).collect();
            write_folder(folder, &programs, &manifest.to_json()).map_err(wrong)?;
            Ok(programs.iter().map(|(name, _)| folder.join(name)).collect())
        }
    }
}

/// Prints the report; standard output belongs to the program where that is written there.
pub fn show(cli: &Cli, outcome: &Outcome<'_>, destination: &Destination) -> Result<(), String> {
    let segments = outcome.reports.iter().map(|r| CompiledSegment {
        summary: &r.summary,
        verification: &r.verification,
        seconds: r.seconds,
    });
    let segments = segments.collect();
    let report = SegmentsReport {
        network: outcome.network,
        tolerance: outcome.tolerance,
        verified: outcome.tolerance.is_some(),
        files: outcome.files,
        segments,
    };
    cli.common.report(COMMAND, report)?;
    if cli.common.tells() {
        tell(destination, &table(outcome.reports))?;
    }
    drawing::show(cli, destination, &drawn(outcome.reports))
}

/// The programs as they are drawn.
pub fn drawn(reports: &[SegmentReport]) -> Vec<drawing::Named> {
    let one = |r: &SegmentReport| (r.summary.program.clone(), Template::new(r.read_back.circuit.clone(), vec![]));
    reports.iter().map(one).collect()
}

fn table(reports: &[SegmentReport]) -> String {
    let heads =
        ["segment", "inputs", "labels", "qubits", "CX", "CX depth", "1q gates", "gamma", "max error", "for", "seconds"];
    let mut table = Table::new(&heads, false);
    for report in reports {
        let (s, verified) = (&report.summary, report.verification.as_ref());
        table.row(vec![
            s.segment.to_string(),
            s.inputs.to_string(),
            s.labels.to_string(),
            s.qubits.to_string(),
            s.cx.to_string(),
            s.cx_depth.to_string(),
            s.one_qubit_gates.to_string(),
            format!("{:.4}", s.gamma),
            verified.and_then(|v| v.max_error).map_or("-".into(), |error| format!("{error:.1e}")),
            match verified {
                None => "not verified",
                Some(v) if v.prepared => "this input only",
                Some(_) => "every input",
            }
            .into(),
            format!("{:.2}", report.seconds),
        ]);
    }
    table.render()
}
