//! What commands write: never over what they read.

use crate::files::{end_of_links, record, written};
use std::path::{Path, PathBuf};

/// Outputs that cannot be where they were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// Why, on a line.
    pub message: String,
    /// Their files, none of which may be touched.
    pub files: Vec<PathBuf>,
}

impl Misplaced {
    /// One file that more than one output would go to.
    pub fn twice(file: &Path) -> Misplaced {
        Misplaced { message: format!("{}: two outputs in one file", file.display()), files: vec![file.to_owned()] }
    }
}

impl From<Misplaced> for String {
    fn from(misplaced: Misplaced) -> String {
        misplaced.message
    }
}

/// Refuses outputs that are inputs, by whatever name: links of either kind, other spellings of a path. Pipes and devices can
/// be both. Standard input can be one input, and `-` is the name of no output here.
///
/// # Errors
/// The first that cannot be.
pub fn spare_inputs<'a>(
    inputs: impl IntoIterator<Item = &'a PathBuf>,
    outputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), Misplaced> {
    let wrong = |message: String, files: &[&PathBuf]| {
        Err(Misplaced { message, files: files.iter().map(|file| (*file).clone()).collect() })
    };
    let inputs: Vec<&PathBuf> = inputs.into_iter().collect();
    if inputs.iter().filter(|input| input.as_os_str() == "-").count() > 1 {
        return wrong("standard input is named by more than one option: only one can be -".into(), &[]);
    }
    let inputs: Vec<(&PathBuf, Identity)> = inputs.into_iter().filter_map(|i| Some((i, identity(i)?))).collect();
    let outputs: Vec<&PathBuf> = outputs.into_iter().collect();
    for (i, output) in outputs.iter().enumerate() {
        if output.as_os_str() == "-" {
            let message = "-: expected the name of a file to write: /dev/stdout is standard output, ./- is a file";
            return wrong(message.into(), &[]);
        }
        if outputs[..i].iter().any(|other| is_same(other, output)) {
            return Err(Misplaced::twice(output));
        }
        let Some(there) = identity(output) else { continue };
        if let Some((input, _)) = inputs.iter().find(|(_, input)| *input == there) {
            let same = if input == output { String::new() } else { format!(" ({})", input.display()) };
            let message = format!("{}: is an input{same}, and would be lost: write to another file", output.display());
            return wrong(message, &[output]);
        }
    }
    Ok(())
}

/// Refuses outputs that could not be written when everything is done: where a folder is in the way, or where there is none to write into.
/// `made` is a folder that is made by then.
///
/// # Errors
/// The first that cannot be.
pub fn need_places<'a>(outputs: impl IntoIterator<Item = &'a PathBuf>, made: Option<&Path>) -> Result<(), String> {
    let made = made.and_then(|made| std::path::absolute(made).ok());
    for output in outputs {
        match std::fs::metadata(output) {
            Ok(there) if there.is_dir() => {
                return Err(format!("{}: is a folder, expected a file to write", output.display()));
            }
            Ok(_) => continue,
            Err(_) => {}
        }
        let Ok(end) = end_of_links(output) else { continue };
        let folder = end.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let will_be =
            || std::path::absolute(folder).is_ok_and(|f| made.as_ref().is_some_and(|made| made.starts_with(f)));
        if !folder.is_dir() && !will_be() {
            return Err(format!("{}: there is no folder {}", output.display(), folder.display()));
        }
    }
    Ok(())
}

/// Refuses a name for JSON that ends in something else: who reads it would take it for that. Pipes and devices have no name to go by.
///
/// # Errors
/// If it is such a name, with the option that has it.
pub fn need_json(option: &str, file: &Path) -> Result<(), String> {
    let ends = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let nameless =
        file.as_os_str() == "-" || std::fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir());
    if ends || nameless { Ok(()) } else { Err(format!("{option}{}: expected a name ending in .json", file.display())) }
}

/// Refuses a report that would take the place of what the command has read or written by now: of a program in a folder, of
/// a state of a training.
///
/// # Errors
/// If it would.
pub fn spare_all_else(report: &PathBuf) -> Result<(), Misplaced> {
    if written().iter().any(|other| is_same(other, report)) {
        return Err(Misplaced::twice(report));
    }
    spare_inputs(&record().into_iter().map(|read| read.path).collect::<Vec<_>>(), [report])
}

#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// Whether two names stand for one regular file, there or to be.
pub fn is_same(one: &Path, two: &Path) -> bool {
    match (identity(one), identity(two)) {
        (None, None) if !one.exists() && !two.exists() => place(one).is_some_and(|one| place(two) == Some(one)),
        (one, two) => one.is_some() && one == two,
    }
}

/// Where a file would be made: behind links that lead to nothing yet, in a folder by its own name.
fn place(path: &Path) -> Option<PathBuf> {
    let end = end_of_links(path).ok()?;
    let (name, folder) = (end.file_name()?, end.parent().filter(|folder| !folder.as_os_str().is_empty()));
    match std::fs::canonicalize(folder.unwrap_or(Path::new("."))) {
        Ok(folder) => Some(folder.join(name)),
        // A folder that is made for it.
        Err(_) => std::path::absolute(&end).ok(),
    }
}

/// What tells a file from all others; `None` for what is not there or no regular file.
fn identity(path: &Path) -> Option<Identity> {
    // What a shell has opened as standard input.
    let path = if path.as_os_str() == "-" { Path::new("/dev/stdin") } else { path };
    let there = std::fs::metadata(path).ok().filter(|m| m.is_file())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some((there.dev(), there.ino()))
    }
    #[cfg(not(unix))]
    {
        drop(there);
        std::fs::canonicalize(path).ok()
    }
}
