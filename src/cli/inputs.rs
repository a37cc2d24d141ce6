//! What commands are given to read: weights, compiled programs, coupling maps. Errors name the file.

use super::printing::note;
use crate::compiler::{MANIFEST_NAME, Manifest, VerifyError, group_by_block};
use crate::data::Samples;
use crate::files::{read_input, shown_input, without_mark};
use crate::network::{self, Network, NetworkError};
use crate::qasm::{self, Program};
use crate::target::Coupling;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads the weights for a command that takes residual networks; an error names the file it is in, and so does a note on
/// what had to be assumed.
pub fn read_weights(command: &str, path: &Path, quiet: bool) -> Result<Network, String> {
    let read = network::read_noted(path).and_then(|(model, notes)| Ok((model.residual(command)?, notes)));
    let read = read.map_err(|error| match error {
        NetworkError::Io { .. } => error.to_string(),
        _ => format!("{}: {error}", shown_input(path)),
    });
    let (network, notes) = read?;
    for text in notes.iter().filter(|_| !quiet) {
        note(&format!("{}: {text}", shown_input(path)));
    }
    Ok(network)
}

/// Reads programs; an error names the file it is in.
pub fn read_programs(files: &[PathBuf]) -> Result<Vec<Program>, String> {
    let read = |file: &PathBuf| {
        let text = read_text(file).map_err(|error| format!("{}: {error}", shown_input(file)))?;
        qasm::read(&text).map_err(|error| format!("{}: {error}", shown_input(file)))
    };
    files.par_iter().map(read).collect()
}

/// Resolves folders to the programs of their manifest, which must cover the whole network.
pub fn list_programs(given: &[PathBuf], blocks: usize) -> Result<Vec<PathBuf>, String> {
    let mut files = vec![];
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let manifest_path = path.join(MANIFEST_NAME);
        let shown = manifest_path.display();
        let text = read_input(&manifest_path).map_err(|error| format!("{shown}: {error}"))?;
        let manifest = Manifest::from_json(&text).map_err(|error| format!("{shown}: {error}"))?;
        if manifest.blocks.len() != blocks {
            let listed = manifest.blocks.len();
            return Err(format!("{shown}: lists {listed} blocks, the weights have {blocks}"));
        }
        files.extend(manifest.blocks.iter().flat_map(|b| &b.programs).map(|name| path.join(name)));
    }
    Ok(files)
}

/// Programs by block, as [`group_by_block`] sorts them; an error names the files.
pub fn group_files(files: &[PathBuf], programs: &[Program]) -> Result<BTreeMap<usize, Vec<usize>>, String> {
    group_by_block(programs).map_err(|error| match &error {
        VerifyError::Parts { programs, .. } => {
            let names: Vec<String> = programs.iter().map(|&i| shown_input(&files[i])).collect();
            format!("{}: {error}", names.join(", "))
        }
        _ => error.to_string(),
    })
}

/// Reads a coupling map; an error names the file.
pub fn read_coupling(path: &Path) -> Result<Coupling, String> {
    Coupling::from_json(&read_bytes(path)?).map_err(|error| format!("{}: {error}", shown_input(path)))
}

/// Reads any file or standard input; an error names it.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    read_input(path).map_err(|error| format!("{}: {error}", shown_input(path)))
}

/// Says so where programs were compiled from a network of another name than the weights beside them.
pub fn note_other_names<'a>(programs: impl Iterator<Item = (&'a PathBuf, &'a Program)>, network: &Network) {
    for (file, program) in programs {
        let (from, name) = (&program.contract.network, &network.name);
        if from != name {
            note(&format!("{} was compiled from '{from}', the weights are of '{name}'", shown_input(file)));
        }
    }
}

/// Says what is to be known of samples that were read.
pub fn note_samples(path: &Path, samples: &Samples) {
    for text in samples.notes.iter().cloned().chain(samples.clipped()) {
        note(&format!("{}: {text}", shown_input(path)));
    }
}

/// Reads text without a byte order mark; an error does not name the file.
pub fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_input(path).map_err(|error| error.to_string())?;
    let bytes = without_mark(&bytes)?.to_owned();
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let column = valid.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        format!("line {line}, column {column}: not UTF-8 text")
    })
}
