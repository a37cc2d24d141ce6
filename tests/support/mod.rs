//! What several test files need: running the commands, and places.

#![allow(dead_code)] // every test file uses a part of it

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file under `circuits/`.
pub fn circuits(name: &str) -> PathBuf {
    root().join("circuits").join(name)
}

/// A file under `../shared`, or `None` with a word about it where there is no such folder.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(name);
    if !path.exists() {
        eprintln!("skipped: no {name} in ../shared");
    }
    path.exists().then_some(path)
}

/// Runs hqrn-compile.
pub fn compile<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Output {
    // No folder for caches: what an earlier run has found says nothing of this one.
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-compile"));
    command.env_remove("XDG_CACHE_HOME").env_remove("HOME").args(arguments).output().unwrap()
}

/// Runs hqrn-verify.
pub fn verify<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-verify")).args(arguments).output().unwrap()
}

/// The exit code, and standard error without what it says of long runs, which depends on the machine.
pub fn outcome(output: &Output) -> (i32, String) {
    let told = String::from_utf8_lossy(&output.stderr);
    let told = told.split_inclusive('\n').filter(|line| !is_progress(line)).collect();
    (output.status.code().expect("the command was not killed"), told)
}

/// Whether a line tells how far a long run is: `note: running: 3 of 11 steps after 5 s`.
pub fn is_progress(line: &str) -> bool {
    line.starts_with("note: ") && line.contains(" of ") && line.contains(" after ") && line.trim_end().ends_with(" s")
}

/// Standard output.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A matrix as shorthand weights JSON.
pub fn json_matrix(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> String {
    let row = |i: usize| (0..columns).map(|j| format!("{:e}", entry(i, j))).collect::<Vec<_>>().join(",");
    format!("[{}]", (0..rows).map(|i| format!("[{}]", row(i))).collect::<Vec<_>>().join(","))
}
