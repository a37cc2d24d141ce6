//! Reports for machines: what `--json` prints or writes, the same envelope for every command.

mod amplitudes;
mod compile;
mod compress;
mod counts;
mod estimate;
mod job;
mod refused;
mod run;
mod train;
mod verify;

pub use amplitudes::{
    AblationReport, AblationRow, AmplitudesReport, AttackReport, AttackRow, AttackedRow, Beside, Front,
};
pub use compile::{
    CompileReport, CompiledBlock, CompiledHead, CompiledLayer, CompiledSegment, LayersReport, Placement, SegmentsReport,
};
pub use compress::{CompressReport, Judgement, Labels, ParetoReport};
pub use counts::{ColumnCountsReport, CountsReport, LayerCountsReport, ReadFile, SegmentCountsReport};
pub use estimate::EstimateReport;
pub use job::{CollectReport, CollectedBlock, CollectedStep, PlanReport, Source};
pub use run::{Parts, ReportedPoint, RunReport, Shares, StateReport, StateStep};
pub use train::{Baseline, Chosen, EntanglementReport, Errors, QuanvolutionReport, TrainReport};
pub use verify::{
    VerifiedBlock, VerifiedHead, VerifiedLayer, VerifiedSegment, VerifyLayersReport, VerifyReport, VerifySegmentsReport,
};

use super::figures::{FiguresRecord, entered};
pub use refused::Problem;

use self::refused::{FORMAT, Refusal, may_take};
use super::outputs::spare_all_else;
use super::printing::{Failure, print};
use crate::files::{InputRecord, forget_written, record, write_atomically};
use schemars::JsonSchema;
use serde::Serialize;
use std::ffi::OsString;
use std::path::Path;

/// What every report opens with.
#[derive(Serialize, JsonSchema)]
struct Report<T> {
    /// Always "hqrn-report".
    #[schemars(extend("const" = "hqrn-report"))]
    format: &'static str,
    /// Always 1; a later hqrn may add keys to it, and takes none away.
    #[schemars(extend("const" = 1))]
    version: u32,
    /// Version of the hqrn that wrote it.
    hqrn: &'static str,
    /// The command, like "hqrn-verify".
    command: String,
    /// The files that it read, by path, and what was in them.
    inputs: Vec<InputRecord>,
    /// The machines whose figures it read, and of which day they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    figures: Vec<FiguresRecord>,
    #[serde(flatten)]
    told: T,
}

// Only for the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(title = "hqrn reports, version 1")]
#[allow(dead_code)]
enum AnyReport {
    /// Of `hqrn-compile`.
    Compile(Report<CompileReport<'static>>),
    /// Of `hqrn-compile --estimate`, in its file.
    Estimate(Report<EstimateReport>),
    /// Of `hqrn-compile` on quanvolutions.
    CompileLayers(Report<LayersReport<'static>>),
    /// Of `hqrn-compile` on amplitude networks.
    CompileSegments(Report<SegmentsReport<'static>>),
    /// Of `hqrn-verify`.
    Verify(Report<VerifyReport<'static>>),
    /// Of `hqrn-verify` on quanvolutions.
    VerifyLayers(Report<VerifyLayersReport<'static>>),
    /// Of `hqrn-verify` on amplitude networks.
    VerifySegments(Report<VerifySegmentsReport<'static>>),
    /// Of `hqrn-run` on samples.
    Run(Report<RunReport<'static>>),
    /// Of `hqrn-run --state`.
    State(Report<StateReport<'static>>),
    /// Of `hqrn-counts`.
    Counts(Report<CountsReport<'static>>),
    /// Of `hqrn-counts` on programs of columns.
    CountColumns(Report<ColumnCountsReport<'static>>),
    /// Of `hqrn-counts` on quanvolutions.
    CountLayers(Report<LayerCountsReport<'static>>),
    /// Of `hqrn-counts` on a segment.
    CountsSegment(Report<SegmentCountsReport<'static>>),
    /// Of `hqrn-job plan`.
    Plan(Report<PlanReport<'static>>),
    /// Of `hqrn-job collect`.
    Collect(Report<CollectReport<'static>>),
    /// Of `hqrn-compress`.
    Compress(Report<CompressReport<'static>>),
    /// Of `hqrn-compress --pareto`.
    Pareto(Report<ParetoReport<'static>>),
    /// Of `hqrn-train`.
    Train(Report<TrainReport<'static>>),
    /// Of `hqrn-train entanglement`.
    Entanglement(Report<EntanglementReport<'static>>),
    /// Of `hqrn-train quanvolution`.
    Quanvolution(Report<QuanvolutionReport<'static>>),
    /// Of `hqrn-train amplitudes`.
    Amplitudes(Report<AmplitudesReport<'static>>),
    /// Of `hqrn-train amplitudes --ablation`.
    Ablation(Report<AblationReport<'static>>),
    /// Of `hqrn-train amplitudes --attack`.
    Attack(Report<AttackReport<'static>>),
    /// Of every command that refused its input, or did not end.
    Refusal(Report<Refusal>),
}

/// The JSON Schema of reports, as the repository has it in `circuits/report.schema.json`.
pub fn report_schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<AnyReport>();
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON") + "\n"
}

impl<T: Serialize> Report<T> {
    fn of(command: &str, told: T) -> Report<T> {
        let (format, version, hqrn) = (FORMAT.name, FORMAT.newest, env!("CARGO_PKG_VERSION"));
        Report { format, version, hqrn, command: command.to_owned(), inputs: record(), figures: entered(), told }
    }
}

/// Where a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink<'a> {
    /// To standard output, in place of what people read.
    Stdout,
    /// Into a file.
    File(&'a Path),
}

impl Sink<'_> {
    /// Prints or writes a report.
    pub fn put(self, command: &str, told: impl Serialize) -> Result<(), String> {
        let report = Report::of(command, told);
        let text = |written: serde_json::Result<String>| written.expect("a report is plain JSON") + "\n";
        match self {
            // A line a report, so that those of many runs can be kept in one file.
            Sink::Stdout => print(&text(serde_json::to_string(&report))),
            Sink::File(path) => {
                spare_all_else(&path.to_owned())?;
                let written = write_atomically(path, text(serde_json::to_string_pretty(&report)));
                // A failure after it may be reported in its place.
                forget_written(path);
                written.map_err(|error| error.to_string())
            }
        }
    }

    /// The same of a refusal, lest a report of an earlier run pass for one of this. The file is left alone where it may be something else.
    pub fn put_failure(self, command: &str, arguments: &[OsString], failure: &Failure) -> Result<(), String> {
        let refused = if let Failure::Place(misplaced) = failure { &misplaced.files[..] } else { &[] };
        match self {
            Sink::File(path) if !may_take(path, arguments, refused) => Ok(()),
            _ => self.put(command, Refusal::of(failure)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_in_the_repository_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/report.schema.json");
        let current = std::fs::read_to_string(&path).unwrap_or_default() == report_schema();
        assert!(current, "write the output of `hqrn-verify --report-schema` to circuits/report.schema.json");
    }
}
