//! The file of `--certify`: what is proved, and of what (docs/certificates.md).
//!
//! Its last key is the SHA-256 of everything before the comma and line feed in front of it, so that no part of it is lost or changed
//! unnoticed. Who changed it on purpose can make a new one: what it then says is true, or whoever checks it finds that it is not.

use super::Outcome;
use crate::cli::outputs::spare_inputs;
use crate::cli::printing::Failure;
use crate::compiler::{Criterion, MANIFEST_NAME, Proof};
use crate::files::{digest, read_input, shown_input, write_atomically};
use crate::qasm::{Contract, Program};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What was read.
pub struct Files<'a> {
    pub weights: &'a Path,
    pub names: &'a [PathBuf],
    pub programs: &'a [Program],
    /// SHA-256 of the programs.
    pub digests: &'a [String],
}

#[derive(Serialize)]
struct CertifiedFile<'a> {
    /// Without its folder; `-` is standard input.
    file: String,
    sha256: &'a str,
}

/// A block with its programs and what is proved of them.
#[derive(Serialize)]
struct CertifiedBlock<'a> {
    block: usize,
    dim: usize,
    criterion: Criterion,
    programs: Vec<CertifiedProgram<'a>>,
    largest: f64,
    bound: f64,
    /// m, then what `max_n |W_rec[n][m] - W[n][m]|` is at least and at most.
    columns: Vec<(usize, f64, f64)>,
}

#[derive(Serialize)]
struct CertifiedProgram<'a> {
    #[serde(flatten)]
    file: CertifiedFile<'a>,
    contract: &'a Contract,
}

/// Refuses a certificate that would take the place of a program or of a manifest, which may have been in a folder that was `given`, and
/// programs that it could not tell apart or that have no name.
pub fn check_names(path: &PathBuf, files: &[PathBuf], given: &[PathBuf]) -> Result<(), Failure> {
    let manifests: Vec<PathBuf> = given.iter().map(|folder| folder.join(MANIFEST_NAME)).collect();
    spare_inputs(files.iter().chain(&manifests), [path])?;
    if files.iter().any(|file| file.as_os_str() == "-") {
        return Err("--certify names programs by their files: expected a file in place of -".into());
    }
    let mut names: Vec<String> = files.iter().map(|file| name(file)).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(format!("two programs are called {}: a certificate tells them apart by name", pair[0]).into())
        }
        None => Ok(()),
    }
}

/// Writes the certificate of blocks that all have a proof.
pub fn write(path: &Path, network: &str, read: &Files<'_>, outcomes: &[Outcome]) -> Result<(), String> {
    let weights = read_input(read.weights).map_err(|error| format!("{}: {error}", shown_input(read.weights)))?;
    let weights = digest(&weights);
    let blocks = outcomes.iter().filter_map(|outcome| Some(line(&block(read, outcome, outcome.proof.as_ref()?))));
    let head = [
        ("format", line(&"hqrn-certificate")),
        ("version", line(&1)),
        ("network", line(&network)),
        ("weights", line(&CertifiedFile { file: name(read.weights), sha256: &weights })),
        ("blocks", format!("[\n{}\n]", blocks.collect::<Vec<_>>().join(",\n"))),
    ];
    let text = head.map(|(key, value)| format!("\"{key}\": {value}")).join(",\n");
    let text = format!("{{\n{text}");
    let text = format!("{text},\n\"digest\": \"{}\"\n}}\n", digest(text.as_bytes()));
    write_atomically(path, &text).map_err(|error| error.to_string())
}

fn block<'a>(read: &Files<'a>, outcome: &Outcome, proof: &Proof) -> CertifiedBlock<'a> {
    let program = |&i: &usize| CertifiedProgram {
        file: CertifiedFile { file: name(&read.names[i]), sha256: &read.digests[i] },
        contract: &read.programs[i].contract,
    };
    CertifiedBlock {
        block: outcome.block,
        dim: outcome.members.first().map_or(0, |&i| read.programs[i].contract.dim),
        criterion: proof.criterion,
        programs: outcome.members.iter().map(program).collect(),
        largest: proof.largest,
        bound: proof.bound,
        columns: proof.columns.iter().map(|bound| (bound.column, bound.least, bound.most)).collect(),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a certificate has only finite numbers and string keys")
}
