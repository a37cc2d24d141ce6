//! Files that are there whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct FileError {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl FileError {
    /// What turns an error of the system into one that names the file.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> FileError + '_ {
        move |source| FileError { path: path.to_owned(), source }
    }
}

/// Writes a file by way of a temporary one beside it, so that whoever looks sees the old content or the new.
///
/// # Errors
/// If the folder is missing or not writable.
pub fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> Result<(), FileError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hqrn-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private by default; this one becomes the user's. The umask still applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(FileError::at(path))?;
    file.write_all(content.as_ref()).map_err(FileError::at(path))?;
    file.persist(path).map_err(|error| FileError::at(path)(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_whole_and_readable() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path();
        write_atomically(&inner.join("x.qasm"), "one").unwrap();
        write_atomically(&inner.join("x.qasm"), "two").unwrap();
        assert_eq!(std::fs::read_to_string(inner.join("x.qasm")).unwrap(), "two");
        assert_eq!(std::fs::read_dir(inner).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert!(std::fs::metadata(inner.join("x.qasm")).unwrap().permissions().mode() & 0o600 == 0o600);
        }
        let error = write_atomically(&folder.path().join("missing/x.qasm"), "").unwrap_err();
        assert!(error.to_string().contains("missing/x.qasm"));
    }
}
