//! What commands write: never over what they read.

use std::path::{Path, PathBuf};

/// Refuses outputs that are inputs, by whatever name: links of either kind, other spellings of a path. Pipes and devices can
/// be both.
pub fn spare_inputs<'a>(
    inputs: impl IntoIterator<Item = &'a PathBuf>,
    outputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), String> {
    let inputs: Vec<(&PathBuf, Identity)> = inputs.into_iter().filter_map(|i| Some((i, identity(i)?))).collect();
    let outputs: Vec<&PathBuf> = outputs.into_iter().collect();
    for (i, output) in outputs.iter().enumerate() {
        if outputs[..i].iter().any(|other| is_same(other, output)) {
            return Err(format!("{}: two outputs in one file", output.display()));
        }
        let Some(there) = identity(output) else { continue };
        if let Some((input, _)) = inputs.iter().find(|(_, input)| *input == there) {
            let same = if input == output { String::new() } else { format!(" ({})", input.display()) };
            return Err(format!("{}: is an input{same}, and would be lost: write to another file", output.display()));
        }
    }
    Ok(())
}

#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// Whether two names stand for one regular file, there or to be.
fn is_same(one: &Path, two: &Path) -> bool {
    match (identity(one), identity(two)) {
        (None, None) if !one.exists() && !two.exists() => {
            std::path::absolute(one).ok().is_some_and(|one| std::path::absolute(two).ok() == Some(one))
        }
        (one, two) => one.is_some() && one == two,
    }
}

/// What tells a file from all others; `None` for what is not there or no regular file.
fn identity(path: &Path) -> Option<Identity> {
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
