//! Folders of programs with their manifest.

use super::manifest::MANIFEST_NAME;
use crate::files::{FileError, in_folder, write_atomically};
use std::io;
use std::path::Path;

/// Writes programs and then their manifest into a folder, made if need be. A manifest of an earlier run is taken
/// away first, so that none ever lists programs it was not written with.
///
/// # Errors
/// The first file that cannot be written.
pub fn write_folder(folder: &Path, programs: &[(String, &str)], manifest: &str) -> Result<(), FileError> {
    in_folder(folder, || replace(folder, programs, manifest))
}

fn replace(folder: &Path, programs: &[(String, &str)], manifest: &str) -> Result<(), FileError> {
    let manifest_path = folder.join(MANIFEST_NAME);
    match std::fs::canonicalize(&manifest_path) {
        // A link stays, without anything that it stands for until the new manifest is written there.
        Ok(there) if there.is_file() || there.is_dir() => {
            std::fs::remove_file(there).map_err(FileError::at(&manifest_path))?
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(FileError::at(&manifest_path)(error)),
        _ => {}
    }
    for (name, text) in programs {
        write_atomically(&folder.join(name), text)?;
    }
    write_atomically(&manifest_path, manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_manifest_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        write_folder(&inner, &[("x.qasm".into(), "one")], "m1").unwrap();
        write_folder(&inner, &[("x.qasm".into(), "two")], "m2").unwrap();
        assert_eq!(std::fs::read_to_string(inner.join("x.qasm")).unwrap(), "two");
        assert_eq!(std::fs::read_to_string(inner.join(MANIFEST_NAME)).unwrap(), "m2");
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 2);
        #[cfg(unix)]
        {
            let kept = folder.path().join("kept.json");
            std::fs::rename(inner.join(MANIFEST_NAME), &kept).unwrap();
            std::os::unix::fs::symlink(&kept, inner.join(MANIFEST_NAME)).unwrap();
            write_folder(&inner, &[("x.qasm".into(), "three")], "m3").unwrap();
            assert!(std::fs::symlink_metadata(inner.join(MANIFEST_NAME)).unwrap().is_symlink());
            assert_eq!(std::fs::read_to_string(&kept).unwrap(), "m3");
        }
    }
}
