//! Files that are there whole or not at all, under whatever name they are asked for.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
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

/// Writes a file by way of a temporary one beside it, so that whoever looks sees the old content or the new, even after
/// a power failure.
///
/// A symbolic link stays, and the file it stands for is written. The permissions of a file that is there stay. A pipe, a
/// device, or what is the program's own standard output or error is written into.
///
/// # Errors
/// If the folder is missing or not writable, or the content does not fit. A pipe whose reader has gone away is none.
pub fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> Result<(), FileError> {
    let content = content.as_ref();
    let written = match fs::metadata(path) {
        Ok(there) => write_over(path, &there, content),
        // Nothing there, or a link to nothing.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            end_of_links(path).and_then(|target| replace(&target, None, content))
        }
        Err(error) => Err(error),
    };
    written.map_err(FileError::at(path))?;
    #[cfg(feature = "cli")]
    super::record::leave(path);
    Ok(())
}

/// Keeps what was written to a file from being lost by a power failure; what is no regular file has nothing to keep.
///
/// # Errors
/// If the disk does not take it.
pub fn sync(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}

/// Takes no offence at a reader that has gone away.
///
/// # Errors
/// All others.
pub fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_over(path: &Path, there: &Metadata, content: &[u8]) -> io::Result<()> {
    if there.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if is_stream(there, &io::stdout()) {
        let mut out = io::stdout().lock();
        return unless_closed(out.write_all(content).and_then(|()| out.flush()));
    }
    if is_stream(there, &io::stderr()) {
        return unless_closed(io::stderr().lock().write_all(content));
    }
    if !there.is_file() {
        let mut file = OpenOptions::new().write(true).open(path)?;
        return unless_closed(file.write_all(content).and_then(|()| file.flush()));
    }
    replace(&fs::canonicalize(path)?, Some(there), content)
}

/// Writes a regular file, in place of one that `there` describes if there is one.
fn replace(target: &Path, there: Option<&Metadata>, content: &[u8]) -> io::Result<()> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(io::Error::new(ErrorKind::NotFound, format!("there is no folder {}", folder.display())));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hqrn-").suffix(".tmp");
    #[cfg(unix)]
    if there.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private by default; this one becomes the user's. The umask still applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(unnamed)?;
    file.as_file_mut().write_all(content)?;
    if let Some(there) = there {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            // Only root may give files away; whose it is matters less than who may read it.
            let _ = fchown(file.as_file(), Some(there.uid()), Some(there.gid()));
        }
        file.as_file().set_permissions(there.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// The error without the name of the temporary file, which nobody asked for.
fn unnamed(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|named| named.source()).and_then(|source| source.downcast_ref::<io::Error>());
    inner.and_then(io::Error::raw_os_error).map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Does what leaves files in a folder, which is made if need be; where that fails and leaves none, the folder goes again.
///
/// # Errors
/// If the folder cannot be made, and those of the writing.
pub fn in_folder<T, E: From<FileError>>(folder: &Path, write: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists()).collect();
    fs::create_dir_all(folder).map_err(FileError::at(folder)).map_err(E::from).and_then(|()| write()).inspect_err(
        |_| {
            // Takes away empty folders only.
            missing.iter().for_each(|part| _ = fs::remove_dir(part));
        },
    )
}

/// Makes a new name in a folder last.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may not be read, or a file system that does not do that: the file itself is safe.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// Where a chain of symbolic links ends, in something that need not be there.
///
/// # Errors
/// If they lead round in a circle.
pub fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut end = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&end) {
            Ok(next) => end = end.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(end),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Whether a file is what one of the program's own streams goes to.
#[cfg(unix)]
fn is_stream(there: &Metadata, stream: &impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::MetadataExt;
    let opened = stream.as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    opened.is_ok_and(|opened| (opened.dev(), opened.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_stream<S>(_: &Metadata, _: &S) -> bool {
    false
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
        assert_eq!(fs::read_to_string(inner.join("x.qasm")).unwrap(), "two");
        assert_eq!(fs::read_dir(inner).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert!(fs::metadata(inner.join("x.qasm")).unwrap().permissions().mode() & 0o600 == 0o600);
        }
        let error = write_atomically(&folder.path().join("missing/x.qasm"), "").unwrap_err();
        assert!(error.to_string().contains("missing/x.qasm"));
        assert!(write_atomically(inner, "").is_err());
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

        #[test]
        fn links_stay_and_their_targets_are_written() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("real")).unwrap();
            fs::write(at("real/old"), "old").unwrap();
            symlink("real/old", at("link")).unwrap();
            symlink(at("link"), at("link-to-link")).unwrap();
            symlink("real/new", at("dangling")).unwrap();
            for (link, target) in [("link", "real/old"), ("link-to-link", "real/old"), ("dangling", "real/new")] {
                write_atomically(&at(link), link).unwrap();
                assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
                assert_eq!(fs::read_to_string(at(target)).unwrap(), link);
            }
            assert_eq!(fs::read_dir(at("real")).unwrap().count(), 2);
            symlink("round", at("round")).unwrap();
            assert!(write_atomically(&at("round"), "").is_err());
        }

        #[test]
        fn the_mode_of_what_was_there_stays() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("private");
            for mode in [0o600, 0o640, 0o755, 0o666] {
                fs::write(&file, "old").unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
                write_atomically(&file, "new").unwrap();
                assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, mode);
                assert_eq!(fs::read_to_string(&file).unwrap(), "new");
            }
        }

        #[test]
        fn pipes_and_devices_are_written_into() {
            let folder = tempfile::tempdir().unwrap();
            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read_to_string(pipe).unwrap()
            });
            write_atomically(&pipe, "through").unwrap();
            assert_eq!(reader.join().unwrap(), "through");
            assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
            let null = Path::new("/dev/null");
            write_atomically(null, "gone").unwrap();
            assert!(fs::metadata(null).unwrap().file_type().is_char_device());
            if Path::new("/dev/full").exists() {
                let error = write_atomically(Path::new("/dev/full"), "too much").unwrap_err();
                assert_eq!(error.source.kind(), ErrorKind::StorageFull);
            }
        }
    }
}
