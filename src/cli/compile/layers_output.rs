//! What `hqrn-compile` leaves behind of layers: files, tables, JSON.

use super::command::{COMMAND, Cli};
use super::destination::{Destination, tell};
use super::drawing;
use crate::circuit::Template;
use crate::cli::printing::print;
use crate::cli::reports::{CompiledHead, CompiledLayer, LayersReport};
use crate::cli::table::Table;
use crate::compiler::{HeadReport, LayerManifest, LayerReport, write_folder};
use crate::files::{FileError, write_atomically};
use crate::simulator::noise::NoiseModel;
use std::path::PathBuf;

/// Everything there is to report.
pub struct Outcome<'a> {
    pub network: &'a str,
    pub reports: &'a [LayerReport],
    pub head: Option<&'a HeadReport>,
    pub files: &'a [PathBuf],
    pub tolerance: Option<f64>,
    pub noise: Option<NoiseModel>,
}

impl Outcome<'_> {
    /// What fidelity to expect of a patch, in the geometric mean over all.
    fn of_patch(&self, report: &LayerReport) -> Option<f64> {
        let noise = self.noise.as_ref()?;
        let logs = report.read_back.iter().map(|program| noise.expected_fidelity(program.template.circuit()).ln());
        Some((logs.sum::<f64>() / report.summary.patches as f64).exp())
    }

    /// What fidelity to expect of the head.
    fn of_head(&self, head: &HeadReport) -> Option<f64> {
        self.noise.as_ref().map(|noise| noise.expected_fidelity(&head.read_back.circuit))
    }
}

/// Writes everything and returns the names of the files.
pub fn write_programs(
    network: &str,
    reports: &mut [LayerReport],
    head: &mut Option<HeadReport>,
    destination: &Destination,
    ending: &str,
) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: FileError| error.to_string();
    let digits = reports.iter().map(|r| r.summary.layer.to_string().len()).max().unwrap_or(0).max(2);
    for report in reports.iter_mut() {
        let stem = format!("layer-{:0digits$}", report.summary.layer);
        let parts = report.texts.len();
        let wide = parts.to_string().len();
        let name = |i: usize| {
            if parts == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{:0wide$}.{ending}", i + 1) }
        };
        report.summary.programs = match destination {
            Destination::File(path) => vec![path.file_name().unwrap_or_default().to_string_lossy().into_owned()],
            _ => (0..parts).map(name).collect(),
        };
    }
    if let Some(head) = head {
        head.summary.program = match destination {
            Destination::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            _ => format!("head.{ending}"),
        };
    }
    let mut texts = reports.iter().flat_map(|r| &r.texts).chain(head.iter().map(|head| &head.text));
    match destination {
        Destination::Stdout => {
            texts.try_for_each(|text| print(text))?;
            Ok(vec![])
        }
        Destination::File(path) => {
            texts.try_for_each(|text| write_atomically(path, text)).map_err(wrong)?;
            Ok(vec![path.clone()])
        }
        Destination::Folder(folder) => {
            let layers = reports.iter().map(|r| r.summary.clone()).collect();
            let of_head = head.as_ref().map(|head| head.summary.clone());
            let manifest = LayerManifest::new(network.to_owned(), layers, of_head);
            let named = reports.iter().flat_map(|r| r.summary.programs.iter().zip(&r.texts));
            let named = named.chain(head.iter().map(|head| (&head.summary.program, &head.text)));
            let programs: Vec<(String, &str)> = named.map(|(name, text)| (name.clone(), text.as_str())).collect();
            write_folder(folder, &programs, &manifest.to_json()).map_err(wrong)?;
            Ok(programs.iter().map(|(name, _)| folder.join(name)).collect())
        }
    }
}

/// Prints the report; standard output belongs to the program where that is written there.
pub fn show(cli: &Cli, outcome: &Outcome<'_>, destination: &Destination) -> Result<(), String> {
    cli.common.report(COMMAND, report(outcome))?;
    if cli.common.tells() {
        let tables =
            [(!outcome.reports.is_empty()).then(|| table(outcome)), outcome.head.map(|head| head_table(outcome, head))];
        tell(destination, &tables.into_iter().flatten().collect::<Vec<_>>().join("\n"))?;
    }
    drawing::show(cli, destination, &drawn(outcome.reports, outcome.head))
}

/// The programs as they are drawn, that of a head last.
pub fn drawn(reports: &[LayerReport], head: Option<&HeadReport>) -> Vec<drawing::Named> {
    let programs = reports.iter().flat_map(|report| report.read_back.iter().zip(&report.summary.programs));
    let of_layers = programs.map(|(program, name)| (name.clone(), program.template.clone()));
    let of_head = head.map(|h| (h.summary.program.clone(), Template::new(h.read_back.circuit.clone(), vec![])));
    of_layers.chain(of_head).collect()
}

fn table(outcome: &Outcome<'_>) -> String {
    let mut heads = vec![
        "layer",
        "patches",
        "qubits",
        "CX a patch",
        "CX depth",
        "1q a patch",
        "max error",
        "bound",
        "for",
        "seconds",
    ];
    heads.splice(6..6, outcome.noise.is_some().then_some("fidelity"));
    let mut table = Table::new(&heads, false);
    for report in outcome.reports {
        let s = &report.summary;
        let verified = report.verification.as_ref();
        let number = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.1e}"));
        let mut row = vec![
            s.layer.to_string(),
            s.patches.to_string(),
            s.qubits.to_string(),
            s.cx.to_string(),
            s.cx_depth.to_string(),
            format!("{:.4}", s.one_qubit_gates).trim_end_matches('0').trim_end_matches('.').to_owned(),
            number(verified.map(|v| v.max_error)),
            number(verified.map(|v| v.bound)),
            match verified {
                None => "not verified",
                Some(v) if v.fixed => "these inputs only",
                Some(_) => "every input",
            }
            .into(),
            format!("{:.2}", report.seconds),
        ];
        row.splice(6..6, outcome.of_patch(report).map(shown_fidelity));
        table.row(row);
    }
    table.render()
}

/// Of circuits that are out of reach, too.
fn shown_fidelity(fidelity: f64) -> String {
    if fidelity < 1e-3 { format!("{fidelity:.1e}") } else { format!("{fidelity:.4}") }
}

fn head_table(outcome: &Outcome<'_>, head: &HeadReport) -> String {
    let mut heads =
        vec!["head", "pixels", "qubits", "CX", "CX depth", "1q gates", "infidelity", "max error", "seconds"];
    heads.splice(6..6, outcome.noise.is_some().then_some("fidelity"));
    let mut table = Table::new(&heads, false);
    let (s, verified) = (&head.summary, head.verification.as_ref());
    let mut row = vec![
        "quantum".into(),
        s.pixels.to_string(),
        s.qubits.to_string(),
        s.cx.to_string(),
        s.cx_depth.to_string(),
        s.one_qubit_gates.to_string(),
        s.infidelity.map_or("-".into(), |lost| format!("{lost:.1e}")),
        verified.map_or("not verified".into(), |v| format!("{:.1e}", v.max_error)),
        format!("{:.2}", head.seconds),
    ];
    row.splice(6..6, outcome.of_head(head).map(shown_fidelity));
    table.row(row);
    table.render()
}

fn report<'a>(outcome: &Outcome<'a>) -> LayersReport<'a> {
    let layer = |r: &'a LayerReport| CompiledLayer {
        summary: &r.summary,
        verification: &r.verification,
        fidelity: outcome.of_patch(r),
        seconds: r.seconds,
    };
    LayersReport {
        network: outcome.network,
        tolerance: outcome.tolerance,
        verified: outcome.tolerance.is_some(),
        files: outcome.files,
        layers: outcome.reports.iter().map(layer).collect(),
        head: outcome.head.map(|head| CompiledHead {
            summary: &head.summary,
            verification: &head.verification,
            fidelity: outcome.of_head(head),
            seconds: head.seconds,
        }),
    }
}
