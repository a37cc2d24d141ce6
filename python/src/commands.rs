//! The commands: as the console scripts run them, and within a running interpreter.

use crate::errors::{bad_input, exception};
use crate::waiting::waited;
use hqrn::cli::{self, Session};
use pyo3::prelude::*;
use std::ffi::OsString;
use std::process::ExitCode;

type Command = fn(Vec<OsString>) -> ExitCode;

/// All commands, by what comes after `hqrn-`.
const COMMANDS: [(&str, Command); 7] = [
    ("compile", cli::compile),
    ("compress", cli::compress),
    ("counts", cli::counts),
    ("job", cli::job),
    ("run", cli::run),
    ("train", cli::train),
    ("verify", cli::verify),
];

fn named(py: Python<'_>, name: &str) -> PyResult<Command> {
    let found = COMMANDS.iter().find(|(command, _)| *command == name);
    found.map(|(_, command)| *command).ok_or_else(|| bad_input(py, format!("hqrn-{name}: no such command")))
}

fn arguments(name: &str, args: Vec<OsString>) -> Vec<OsString> {
    [OsString::from(format!("hqrn-{name}"))].into_iter().chain(args).collect()
}

/// Runs a command as a console script: on this process's standard streams. Returns its exit code.
#[pyfunction]
pub fn main(py: Python<'_>, name: &str, args: Vec<OsString>) -> PyResult<u8> {
    let (command, args) = (named(py, name)?, arguments(name, args));
    let code = py.detach(|| command(args));
    // The standard library does not tell the number of an exit code.
    Ok((0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap_or(u8::MAX))
}

/// Runs a command on threads of its own. Returns its exit code, what it printed, and what it said on standard error.
#[pyfunction]
#[pyo3(signature = (name, args, threads=None, progress=None))]
pub fn call(
    py: Python<'_>,
    name: &str,
    args: Vec<OsString>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u8, String, String)> {
    let session = Session::command(named(py, name)?, arguments(name, args), threads);
    let session = session.map_err(|error| exception(py, "Error", &error.to_string()))?;
    let answer = waited(py, &session, progress.as_ref())?;
    Ok((answer.code, answer.stdout, answer.stderr))
}
