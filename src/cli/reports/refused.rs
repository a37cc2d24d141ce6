//! What is reported where there is no result or none that holds, and where that may go: the command may have come to an end before
//! it knew what its files are.

use crate::cli::outputs::is_same;
use crate::cli::printing::{FAILED, Failure};
use crate::files::{Format, version_of};
use schemars::JsonSchema;
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a report says that it is.
pub const FORMAT: Format = Format { name: "hqrn-report", named: true, newest: 1 };

/// What is reported in place of a result, where there is none.
#[derive(Serialize, JsonSchema)]
pub struct Refusal {
    error: Problem,
}

impl Refusal {
    /// Of what ended the command.
    pub fn of(failure: &Failure) -> Refusal {
        Refusal { error: Problem { message: failure.message().to_owned(), exit: failure.code() } }
    }
}

/// Why the exit code is not 0.
#[derive(Serialize, JsonSchema)]
pub struct Problem {
    /// The line on standard error, without `error: `; of several checks that failed their lines, one below the other.
    message: String,
    /// 1 where a check failed, 2 where the input is bad.
    exit: u8,
}

impl Problem {
    /// Of checks that failed, if any did.
    pub fn of(failed: &[String]) -> Option<Problem> {
        (!failed.is_empty()).then(|| Problem { message: failed.join("\n"), exit: FAILED })
    }
}

/// Whether a file can take the report of a refusal: not where it was `refused` as a place, nor where the command line names it once
/// more, nor where it lies in a folder that is named there, unless it is a report of an earlier run.
pub fn may_take(report: &Path, arguments: &[OsString], refused: &[PathBuf]) -> bool {
    let folder = std::fs::canonicalize(report).ok().and_then(|file| Some(file.parent()?.to_owned()));
    let beside = |named: &Path| folder.is_some() && std::fs::canonicalize(named).ok() == folder;
    let taken = |named: &Path| is_same(named, report) || (beside(named) && report.is_file() && !is_report(report));
    !refused.iter().any(|file| taken(file)) && !named_by(arguments).any(|named| taken(Path::new(named)))
}

/// All that arguments may name: they themselves, values in one word with their option, several with commas between.
fn named_by(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    let texts = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    texts.filter(|text| !text.starts_with("--json=")).flat_map(|text| {
        let short = text.strip_prefix('-').filter(|short| !short.starts_with('-'));
        let value = text.split_once('=').map(|(_, value)| value).or(short.and_then(|short| short.get(1..)));
        [Some(text), value].into_iter().flatten().flat_map(|text| text.split(',').chain([text]))
    })
}

fn is_report(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|text| version_of(&text, &FORMAT).is_ok())
}
