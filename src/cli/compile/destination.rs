//! Where programs go, what is theirs there, and where the report goes beside them.

use crate::cli::printing::{note, print, say};
use crate::compiler::MANIFEST_NAME;
use crate::target::Language;
use std::path::{Path, PathBuf};

/// The network that --max-cx leaves beside its programs.
pub const SMALL_NAME: &str = "small.json";

/// What pictures and pages end in, and what other files do: whoever gives such a name wants no folder that is called so. Folders may have
/// points in their names, as in out.v2.
const PICTURES: [&str; 7] = ["svg", "png", "pdf", "jpg", "jpeg", "html", "tex"];
const FILES: [&str; 15] =
    ["csv", "gz", "npy", "npz", "pt", "pth", "py", "qasm2", "qasm3", "qpy", "safetensors", "tsv", "txt", "zip", "bc"];

/// Where the programs go.
pub enum Destination {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Destination {
    /// Where `-o` says, for programs whose names end in `ending`.
    pub fn of(output: &Path, ending: &str) -> Result<Destination, String> {
        let ends_in = |ending: &str| output.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
        let other = Language::ALL.into_iter().any(|language| language.ending() != ending && ends_in(language.ending()));
        if output.as_os_str() == "-" {
            Ok(Destination::Stdout)
        } else if other && !output.is_dir() {
            Err(format!("{}: programs for this target end in .{ending}", output.display()))
        } else if ends_in(ending) {
            if output.is_dir() {
                return Err(format!("{}: is a folder, expected a file to write", output.display()));
            }
            Ok(Destination::File(output.to_owned()))
        } else if std::fs::metadata(output).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            // A pipe or a device has no name to go by.
            Ok(Destination::File(output.to_owned()))
        } else if let Some(problem) = no_folder(output).filter(|_| !output.is_dir()) {
            Err(format!("{}: {problem}: expected a name ending in .{ending}, or a folder", output.display()))
        } else if output.exists() && !output.is_dir() {
            Err(format!("{}: is a file, expected a folder or a name ending in .{ending}", output.display()))
        } else {
            Ok(Destination::Folder(output.to_owned()))
        }
    }

    /// The folder that programs go to, which is made if need be.
    pub fn folder(&self) -> Option<&Path> {
        if let Destination::Folder(folder) = self { Some(folder) } else { None }
    }

    /// Names programs of an earlier run beside those of this one: the manifest does not list them, but a pattern finds them.
    pub fn note_left_over(&self, written: &[PathBuf]) {
        let old = self
            .files(false)
            .into_iter()
            .filter(|file| file.file_name().is_some_and(|name| name != MANIFEST_NAME) && is_program(file));
        let old: Vec<String> =
            old.filter(|file| !written.contains(file)).map(|file| file.display().to_string()).collect();
        let (Destination::Folder(_), [first, others @ ..]) = (self, &old[..]) else { return };
        match others.len() {
            0 => note(&format!("{first} is of an earlier run, not in this manifest")),
            more => note(&format!("{first} and {more} more are of an earlier run, not in this manifest")),
        }
    }

    /// Whether a file would have a name that the programs, their manifest or their network take.
    pub fn takes(&self, file: &Path) -> bool {
        let Destination::Folder(folder) = self else { return false };
        let of = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
        let beside = file.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
        let name = file.file_name().and_then(|name| name.to_str());
        beside.is_some_and(|beside| of(beside) == of(folder)) && name.is_some_and(|name| is_ours(name, true))
    }

    /// Files that are there already and may be written over, with a compressed network or without.
    pub fn files(&self, with_network: bool) -> Vec<PathBuf> {
        match self {
            Destination::Stdout => vec![],
            Destination::File(path) => {
                let ending = path.extension().unwrap_or_default().to_string_lossy();
                let half = |sign| path.with_extension(format!("{sign}.{ending}"));
                let stem = path.file_stem().map_or(String::new(), |stem| format!("{}.column-", stem.to_string_lossy()));
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let columns = named(folder, |name| name.starts_with(&stem) && is_program(Path::new(name)));
                [path.clone(), half("plus"), half("minus")].into_iter().chain(columns).collect()
            }
            Destination::Folder(folder) => named(folder, |name| is_ours(name, with_network)),
        }
    }
}

/// What is wrong with the name of a folder to be that ends as files of pictures, tables or other programs do.
fn no_folder(output: &Path) -> Option<String> {
    let ending = output.extension()?.to_str()?.to_ascii_lowercase();
    if PICTURES.contains(&&*ending) {
        return Some(format!("no program ends in .{ending}, --draw svg writes pictures beside programs"));
    }
    FILES.contains(&&*ending).then(|| format!("no program ends in .{ending}"))
}

/// The files in a folder whose names are such.
fn named(folder: &Path, such: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(&such)).map(|entry| entry.path()).collect()
}

/// Whether a file in a folder of programs has a name of theirs or of their drawings, or of the compressed network.
fn is_ours(name: &str, with_network: bool) -> bool {
    let file = Path::new(name);
    let kind = is_program(file) || file.extension().is_some_and(|ending| ending == "svg");
    (["block-", "layer-", "segment-", "head."].iter().any(|stem| name.starts_with(stem)) && kind)
        || name == MANIFEST_NAME
        || (with_network && name == SMALL_NAME)
}

/// Whether a file's name ends as those of programs do, in some language.
pub fn is_program(file: &Path) -> bool {
    let found = file.extension().and_then(|ending| ending.to_str());
    found.is_some_and(|found| Language::ALL.iter().any(|language| language.ending() == found))
}

/// Prints a part of the report; standard output belongs to the program where that is written there.
pub fn tell(destination: &Destination, text: &str) -> Result<(), String> {
    if matches!(destination, Destination::Stdout) {
        say(text);
        return Ok(());
    }
    print(text)
}
