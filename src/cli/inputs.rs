//! What commands are given to read: weights, compiled programs, coupling maps. Errors name the file.

use crate::compiler::{MANIFEST_NAME, Manifest};
use crate::network::{self, Network, NetworkError};
use crate::qasm::{self, Program};
use crate::target::Coupling;
use rayon::prelude::*;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads the weights; an error names the file it is in.
pub fn read_weights(path: &Path) -> Result<Network, String> {
    network::read(path).map_err(|error| match error {
        NetworkError::Io { .. } => error.to_string(),
        _ if path.as_os_str() == "-" => format!("standard input: {error}"),
        _ => format!("{}: {error}", path.display()),
    })
}

/// Reads programs; an error names the file it is in.
pub fn read_programs(files: &[PathBuf]) -> Result<Vec<Program>, String> {
    let read = |file: &PathBuf| {
        let text = read_text(file).map_err(|error| format!("{}: {error}", file.display()))?;
        qasm::read(&text).map_err(|error| format!("{}: {error}", file.display()))
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
        let text = std::fs::read(&manifest_path).map_err(|error| format!("{shown}: {error}"))?;
        let manifest = Manifest::from_json(&text).map_err(|error| format!("{shown}: {error}"))?;
        if manifest.blocks.len() != blocks {
            let listed = manifest.blocks.len();
            return Err(format!("{shown}: lists {listed} blocks, the weights have {blocks}"));
        }
        files.extend(manifest.blocks.iter().flat_map(|b| &b.programs).map(|name| path.join(name)));
    }
    Ok(files)
}

/// Reads a coupling map; an error names the file.
pub fn read_coupling(path: &Path) -> Result<Coupling, String> {
    let json = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Coupling::from_json(&json).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = vec![];
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    read.map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let column = valid.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        format!("line {line}, column {column}: not UTF-8 text")
    })
}
