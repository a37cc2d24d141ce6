//! Braket's verbatim boxes: gates that a machine runs as they are, on its own qubits, which nothing declares.
//!
//! ```text
//! #pragma braket verbatim
//! box {
//! cz $3, $7;
//! }
//! ```

use super::cursor::Cursor;
use super::error::ParseError;
use super::parser::MAX_REGISTER;

/// The line in front of a box.
const PRAGMA: &str = "#pragma braket verbatim";

/// What a box begins with.
pub(super) const BOX: &str = "#pragma braket verbatim\nbox {\n";

impl Cursor<'_> {
    /// Passes the beginning or the end of a box, if one is here.
    pub(super) fn edge_of_box(&mut self) -> Result<bool, ParseError> {
        let start = self.at;
        match self.peek() {
            Some(b'}') if self.verbatim.boxed => {
                self.at += 1;
                self.verbatim.boxed = false;
                Ok(true)
            }
            Some(b'#') if !self.verbatim.boxed => {
                let line = self.text[start..].lines().next().unwrap_or_default();
                if line.trim_end() != PRAGMA {
                    return Err(self.error(start, &format!("a pragma: a verbatim program has '{PRAGMA}'")));
                }
                self.at += line.len();
                self.skip_blank();
                let start = self.at;
                if self.word() != "box" {
                    self.at = start;
                    return Err(self.unexpected(start, "'box' after its pragma"));
                }
                self.expect(b'{')?;
                self.verbatim.boxed = true;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A qubit of the machine, `$7`.
    pub(super) fn machine_qubit(&mut self) -> Result<u32, ParseError> {
        if self.peek() != Some(b'$') {
            return Err(self.unexpected(self.at, "a qubit of the machine, like $7"));
        }
        self.at += 1;
        let start = self.at;
        let index = self.integer()?;
        if index >= MAX_REGISTER {
            return Err(self.error(start, &format!("qubit {index}: expected 0 to {}", MAX_REGISTER - 1)));
        }
        self.verbatim.qubits = self.verbatim.qubits.max(index + 1);
        Ok(index as u32)
    }

    /// Refuses what does not stand inside of a box, or outside, where it should.
    pub(super) fn check_box(&self, start: usize, inside: bool) -> Result<(), ParseError> {
        match (self.target.dialect.verbatim && self.verbatim.boxed != inside, inside) {
            (false, _) => Ok(()),
            (_, true) => {
                Err(self.error(start, &format!("a gate outside of a box: expected '{PRAGMA}' and 'box {{' first")))
            }
            (_, false) => Err(self.error(start, "not a gate inside of a verbatim box: expected '}' first")),
        }
    }
}
