//! What commands are given to read: a file, or standard input under the name `-`.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard input has been read: the second option that names it would find nothing there.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// All bytes of a file; of standard input, once, where the path is `-`.
///
/// # Errors
/// If it cannot be read, or standard input was read before.
pub fn read_input(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = bytes_of(path)?;
    #[cfg(feature = "cli")]
    super::record::enter(path, &bytes);
    Ok(bytes)
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path);
    }
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(io::Error::other("was read for another option already: only one can be -"));
    }
    let mut bytes = vec![];
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What messages call it.
pub fn shown_input(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".into() } else { path.display().to_string() }
}

/// Text without the mark that some editors put before it.
///
/// # Errors
/// If it is UTF-16, which no format here is.
pub fn without_mark(bytes: &[u8]) -> Result<&[u8], &'static str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(rest),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err("UTF-16 text, expected UTF-8"),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_passed_over_and_utf_16_is_named() {
        assert_eq!(without_mark(b"\xef\xbb\xbf[1]"), Ok(&b"[1]"[..]));
        assert_eq!(without_mark(b"\xef\xbb"), Ok(&b"\xef\xbb"[..]));
        assert_eq!(without_mark(b""), Ok(&b""[..]));
        for text in [&b"\xff\xfe[\0"[..], b"\xfe\xff\0["] {
            assert_eq!(without_mark(text), Err("UTF-16 text, expected UTF-8"));
        }
    }
}
