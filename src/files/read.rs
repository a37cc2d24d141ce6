//! What commands are given to read: a file, or standard input under the name `-`.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;

/// What standard input had: some files are looked into more than once, such as for rows of one split and then of the other.
static STDIN: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// All bytes of a file; of standard input where the path is `-`, the same ones every time.
///
/// # Errors
/// If it cannot be read.
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
    let mut kept = STDIN.lock().map_err(|_| io::Error::other("cannot be read any more"))?;
    if kept.is_none() {
        let mut bytes = vec![];
        io::stdin().lock().read_to_end(&mut bytes)?;
        *kept = Some(bytes);
    }
    Ok(kept.clone().unwrap_or_default())
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
