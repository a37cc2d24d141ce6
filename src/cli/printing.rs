//! What goes to standard output and standard error, and exit codes.

use super::outputs::Misplaced;
use super::session;
use crate::files::{FileError, unless_closed};
use std::io::{self, Write};
use std::process::ExitCode;

/// Everything holds.
pub const HOLDS: u8 = 0;
/// A check failed.
pub const FAILED: u8 = 1;
/// The input is bad; nothing was written.
pub const BAD_INPUT: u8 = 2;

/// Writes to standard output; a reader that has gone away is no error.
///
/// # Errors
/// If the output is lost: a full disk.
pub fn print(text: &str) -> Result<(), String> {
    if session::print(text) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let written = unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    written.map_err(|error| format!("standard output: {error}"))
}

/// Writes to standard error, where nothing can be said of an error.
pub fn say(text: &str) {
    if !session::say(text) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Tells what the user may want to know, on standard error.
pub fn note(text: &str) {
    say(&format!("note: {text}\n"));
}

/// Why a command ends without having done what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The input is bad.
    Input(String),
    /// So is the place of an output.
    Place(Misplaced),
    /// A check failed.
    Check(String),
}

impl Failure {
    /// What is wrong, on a line.
    pub fn message(&self) -> &str {
        match self {
            Failure::Input(message) | Failure::Check(message) => message,
            Failure::Place(misplaced) => &misplaced.message,
        }
    }

    /// The exit code that says so.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Input(_) | Failure::Place(_) => BAD_INPUT,
            Failure::Check(_) => FAILED,
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Failure::Input(message)
    }
}

impl From<Misplaced> for Failure {
    fn from(misplaced: Misplaced) -> Failure {
        Failure::Place(misplaced)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Failure {
        Failure::Input(error.to_string())
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Failure {
        Failure::Input(message.to_owned())
    }
}

/// Reports an error on standard error and turns it into an exit code.
pub fn fail(code: u8, message: &str) -> ExitCode {
    say(&format!("error: {message}\n"));
    ExitCode::from(code)
}
