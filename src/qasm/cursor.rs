//! The parser's way through a text: words, numbers, comments, and the place of whatever is wrong.

use super::error::{ParseError, Position};
use crate::target::Target;

/// A place in a text, and what was noticed on the way to it.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) line_start: usize,
    pub(super) contract: Option<(String, Position)>,
    pub(super) target: &'static Target,
    pub(super) verbatim: Verbatim,
}

/// Where a reader of verbatim boxes is.
#[derive(Default)]
pub(super) struct Verbatim {
    /// Whether a box is open.
    pub boxed: bool,
    /// One more than the highest qubit so far.
    pub qubits: usize,
}

impl<'a> Cursor<'a> {
    /// The start of a text, taken for a portable program until its header says otherwise.
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        let target = Target::portable();
        let verbatim = Verbatim::default();
        Cursor { text, bytes: text.as_bytes(), at: 0, line: 1, line_start: 0, contract: None, target, verbatim }
    }

    pub(super) fn integer(&mut self) -> Result<usize, ParseError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.unexpected(start, "a whole number"));
        }
        self.text[start..self.at].parse().map_err(|_| self.error(start, "a number beyond all bounds"))
    }

    /// A decimal literal, signed or not.
    pub(super) fn number(&mut self) -> Result<f64, ParseError> {
        self.skip_blank();
        let start = self.at;
        let mut after_exponent = false;
        while let Some(b) = self.peek() {
            let sign = (b == b'-' || b == b'+') && (self.at == start || after_exponent);
            if !(b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E') || sign) {
                break;
            }
            after_exponent = matches!(b, b'e' | b'E');
            self.at += 1;
        }
        match self.text[start..self.at].parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(self.error(start, "an angle beyond the range of 64-bit floats")),
            Err(_) => {
                self.at = start;
                Err(self.unexpected(start, "an angle as a decimal number"))
            }
        }
    }

    /// An identifier, empty if there is none.
    pub(super) fn word(&mut self) -> &'a str {
        let start = self.at;
        if self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return "";
        }
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), ParseError> {
        self.skip_blank();
        if self.peek() != Some(wanted) {
            return Err(self.unexpected(self.at, &format!("'{}'", wanted as char)));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes white space and comments, keeping the contract line; false at the end of the text.
    pub(super) fn skip_blank(&mut self) -> bool {
        while let Some(b) = self.peek() {
            match b {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_start = self.at;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => self.comment(),
                _ => return true,
            }
        }
        false
    }

    pub(super) fn comment(&mut self) {
        let start = self.at;
        while self.peek().is_some_and(|b| b != b'\n') {
            self.at += 1;
        }
        let line = self.text[start..self.at].trim_end();
        if let (None, Some(rest)) = (&self.contract, line.strip_prefix("// hqrn:")) {
            let json = rest.trim_start();
            self.contract = Some((json.to_owned(), self.position(start + line.len() - json.len())));
        }
    }

    /// The place of a byte on the current line.
    pub(super) fn position(&self, byte: usize) -> Position {
        let column = self.bytes[self.line_start.min(byte)..byte].iter().filter(|b| (**b & 0xC0) != 0x80).count();
        Position { line: self.line, column: column + 1 }
    }

    pub(super) fn error(&self, byte: usize, message: &str) -> ParseError {
        ParseError { at: self.position(byte), message: message.to_owned() }
    }

    pub(super) fn unexpected(&self, byte: usize, expected: &str) -> ParseError {
        let rest = self.text.get(byte..).unwrap_or("");
        let found = match rest.chars().next() {
            None => "the end of the text".to_owned(),
            Some(c) if c.is_alphanumeric() || c == '_' => {
                let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(40).collect();
                format!("'{word}'")
            }
            Some('\n') => "the end of the line".to_owned(),
            Some(c) => format!("'{}'", c.escape_default()),
        };
        self.error(byte, &format!("expected {expected}, found {found}"))
    }
}
