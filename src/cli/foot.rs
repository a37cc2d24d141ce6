//! The foot of a page: command, seed, machines, and digests of what was read.

use super::figures::entered;
use crate::files::{digest, record};
use crate::report::Foot;
use std::path::Path;

/// The name of a file that was read, without its folder, and SHA-256 of its bytes, where it can be read again.
pub fn digest_of(path: &Path) -> (String, Option<String>) {
    let name = match path.file_name() {
        Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
        _ => "standard input".to_owned(),
    };
    let known = record().into_iter().find(|read| read.path == path).map(|read| read.sha256);
    // A pipe has been emptied.
    let again = || path.is_file().then(|| std::fs::read(path).ok().map(|bytes| digest(&bytes))).flatten();
    (name, known.or_else(again))
}

/// The foot for what a command read, in this order, each once.
pub fn foot<'a>(command: &str, seed: Option<u64>, inputs: impl IntoIterator<Item = &'a Path>) -> Foot {
    let mut files: Vec<(String, Option<String>)> = vec![];
    // What is no file was no input: a noise model can be said in words.
    for path in inputs.into_iter().filter(|path| path.as_os_str() == "-" || path.exists()) {
        let file = digest_of(path);
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let machines = entered().into_iter().map(|figures| (figures.machine, figures.date)).collect();
    Foot { command: command.to_owned(), seed, machines, inputs: files }
}
