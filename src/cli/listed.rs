//! Programs that a command is given: files as they are, folders by their manifest, which says of which part of a network each is.

use crate::compiler::{LayerManifest, MANIFEST_NAME, Manifest, ManifestError, SegmentManifest, manifest_version};
use crate::files::{read_input, shown_input};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Programs by their files.
pub struct Listed {
    /// Where they are.
    pub files: Vec<PathBuf>,
    /// The numbers that a manifest has them under.
    numbers: Vec<Option<usize>>,
    /// What is numbered.
    part: &'static str,
}

impl Listed {
    /// Refuses a program that is of another part than its manifest says.
    ///
    /// # Errors
    /// The first that is, with its file.
    pub fn check(&self, says: impl IntoIterator<Item = Option<usize>>) -> Result<(), String> {
        for ((file, number), says) in self.files.iter().zip(&self.numbers).zip(says) {
            if let (Some(number), Some(says)) = (number, says)
                && *number != says
            {
                let (shown, part) = (shown_input(file), self.part);
                return Err(format!("{shown}: is listed as {part} {number}, but says that it is {part} {says}"));
            }
        }
        Ok(())
    }
}

/// Programs of residual blocks; the manifest of a folder must cover the whole network.
pub fn list_programs(given: &[PathBuf], blocks: usize) -> Result<Listed, String> {
    list(given, "block", |shown, text| {
        if manifest_version(text).map_err(named(shown))? == 2 {
            return Err(format!("{shown}: lists layers of quanvolutions, the weights are of residual blocks"));
        }
        let manifest = Manifest::from_json(text).map_err(named(shown))?;
        covers(shown, "blocks", manifest.blocks.len(), blocks)?;
        Ok(numbered(manifest.blocks.into_iter().map(|block| block.programs)).collect())
    })
}

/// The same for a network of layers.
pub fn list_layers(given: &[PathBuf], layers: usize) -> Result<Listed, String> {
    list(given, "layer", |shown, text| {
        if manifest_version(text).map_err(named(shown))? == 1 {
            return Err(format!("{shown}: lists residual blocks, the weights are of quanvolutions"));
        }
        let manifest = LayerManifest::from_json(text).map_err(named(shown))?;
        covers(shown, "layers", manifest.layers.len(), layers)?;
        let listed = numbered(manifest.layers.into_iter().map(|layer| layer.programs));
        Ok(listed.chain(manifest.head.map(|head| (head.program, None))).collect())
    })
}

/// The same for an amplitude network.
pub fn list_segments(given: &[PathBuf], segments: usize) -> Result<Listed, String> {
    list(given, "segment", |shown, text| {
        if manifest_version(text).map_err(named(shown))? == 1 {
            return Err(format!("{shown}: lists residual blocks, the weights are of an amplitude network"));
        }
        let manifest = SegmentManifest::from_json(text).map_err(named(shown))?;
        covers(shown, "segments", manifest.segments.len(), segments)?;
        Ok(numbered(manifest.segments.into_iter().map(|segment| vec![segment.program])).collect())
    })
}

/// The programs of every part, with its number from 1.
fn numbered(parts: impl Iterator<Item = Vec<String>>) -> impl Iterator<Item = (String, Option<usize>)> {
    parts.enumerate().flat_map(|(k, programs)| programs.into_iter().map(move |name| (name, Some(k + 1))))
}

fn named(shown: &str) -> impl Fn(ManifestError) -> String + '_ {
    move |error| format!("{shown}: {error}")
}

fn covers(shown: &str, parts: &str, listed: usize, has: usize) -> Result<(), String> {
    if listed == has { Ok(()) } else { Err(format!("{shown}: lists {listed} {parts}, the weights have {has}")) }
}

type Names = Vec<(String, Option<usize>)>;

/// Files as they are, folders as the names that `programs` finds in their manifest.
fn list(
    given: &[PathBuf],
    part: &'static str,
    programs: impl Fn(&str, &[u8]) -> Result<Names, String>,
) -> Result<Listed, String> {
    let mut listed = Listed { files: vec![], numbers: vec![], part };
    for path in given {
        if !path.is_dir() {
            listed.files.push(path.clone());
            listed.numbers.push(None);
            continue;
        }
        let manifest = path.join(MANIFEST_NAME);
        let shown = manifest.display().to_string();
        let text = read_input(&manifest).map_err(|error| match error.kind() {
            ErrorKind::NotFound => no_manifest(path),
            _ => format!("{shown}: {error}"),
        })?;
        for (name, number) in programs(&shown, &text)? {
            listed.files.push(path.join(name));
            listed.numbers.push(number);
        }
    }
    Ok(listed)
}

fn no_manifest(folder: &Path) -> String {
    format!(
        "{}: has no {MANIFEST_NAME}, by which a folder is read whole: name the programs in it, or compile into it again",
        folder.display()
    )
}
