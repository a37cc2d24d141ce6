//! Reads portable programs, a byte at a time, with the place of whatever does not belong.

use super::Position;
use super::ast::{Program, Register, Statement};
use crate::circuit::Gate;

/// The largest register read: far beyond any simulator or machine, and small enough to allocate.
const MAX_REGISTER: usize = 1 << 16;

/// A text that is no portable program.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct ParseError {
    /// Where.
    pub at: Position,
    /// What was expected and what is there.
    pub message: String,
}

/// Reads a program.
///
/// # Errors
/// The first thing that is not in the portable subset, with line and column.
pub fn parse(text: &str) -> Result<Program, ParseError> {
    let mut cursor = Cursor { text, bytes: text.as_bytes(), at: 0, line: 1, line_start: 0, contract: None };
    cursor.header()?;
    let mut program = Program {
        contract: None,
        qubits: Register { name: String::new(), size: 0, at: Position::default() },
        bits: None,
        statements: vec![],
    };
    let mut has_qubits = false;
    while cursor.skip_blank() {
        let start = cursor.at;
        let at = cursor.position(start);
        let word = cursor.word();
        match word {
            "" => return Err(cursor.unexpected(start, "a statement")),
            "qubit" if has_qubits => {
                return Err(cursor.error(start, "a second qubit register: a portable program has one"));
            }
            "qubit" => {
                program.qubits = cursor.register(at)?;
                has_qubits = true;
            }
            "bit" if program.bits.is_some() => {
                return Err(cursor.error(start, "a second bit register: a portable program has one"));
            }
            "bit" => program.bits = Some(cursor.register(at)?),
            "OPENQASM" | "include" => {
                return Err(cursor.error(start, &format!("'{word}' must stand at the start, once")));
            }
            _ if program.bits.as_ref().is_some_and(|b| b.name == word) => {
                program.statements.push(cursor.measurement(start, at, &program)?);
            }
            _ => program.statements.push(cursor.gate(start, at, word, &program.qubits)?),
        }
    }
    if !has_qubits {
        return Err(cursor.error(cursor.bytes.len(), "the program declares no qubits: expected 'qubit[n] q;'"));
    }
    program.contract = cursor.contract;
    Ok(program)
}

struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    line_start: usize,
    contract: Option<(String, Position)>,
}

impl<'a> Cursor<'a> {
    /// `OPENQASM 3.0; include "stdgates.inc";`
    fn header(&mut self) -> Result<(), ParseError> {
        self.skip_blank();
        let start = self.at;
        if self.word() != "OPENQASM" {
            return Err(self.unexpected(start, "'OPENQASM 3.0;' at the start of the program"));
        }
        self.skip_blank();
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit() || b == b'.') {
            self.at += 1;
        }
        if &self.text[start..self.at] != "3.0" {
            return Err(self.error(start, &format!("version '{}': expected '3.0'", &self.text[start..self.at])));
        }
        self.expect(b';')?;
        self.skip_blank();
        let start = self.at;
        if self.word() != "include" {
            return Err(self.unexpected(start, "'include \"stdgates.inc\";' after the version"));
        }
        self.skip_blank();
        let start = self.at;
        let file = "\"stdgates.inc\"";
        if !self.bytes[start..].starts_with(file.as_bytes()) {
            return Err(self.unexpected(start, file));
        }
        self.at += file.len();
        self.expect(b';')
    }

    /// `[size] name;`
    fn register(&mut self, at: Position) -> Result<Register, ParseError> {
        self.expect(b'[')?;
        self.skip_blank();
        let start = self.at;
        let size = self.integer()?;
        if size == 0 || size > MAX_REGISTER {
            return Err(self.error(start, &format!("a register of {size}: expected 1 to {MAX_REGISTER}")));
        }
        self.expect(b']')?;
        self.skip_blank();
        let start = self.at;
        let name = self.word();
        if name.is_empty() {
            return Err(self.unexpected(start, "the register's name"));
        }
        if Gate::from_name(name).is_some() || matches!(name, "qubit" | "bit" | "measure" | "include" | "OPENQASM") {
            return Err(self.error(start, &format!("'{name}' is taken and can't name a register")));
        }
        self.expect(b';')?;
        Ok(Register { name: name.to_owned(), size, at })
    }

    /// The rest of `name(angles) q[i], q[j];`
    fn gate(&mut self, start: usize, at: Position, name: &str, qubits: &Register) -> Result<Statement, ParseError> {
        let Some(gate) = Gate::from_name(name) else {
            return Err(self.error(start, &format!("unknown gate or statement '{name}'")));
        };
        let mut angles = [0.0; 3];
        for (i, angle) in angles[..gate.angle_count()].iter_mut().enumerate() {
            self.expect(if i == 0 { b'(' } else { b',' })?;
            *angle = self.number()?;
        }
        if gate.angle_count() > 0 {
            self.expect(b')')?;
        }
        let mut operands = [0; 3];
        for i in 0..gate.arity() {
            if i > 0 {
                self.expect(b',')?;
            }
            self.skip_blank();
            let start = self.at;
            operands[i] = self.element(qubits, "qubit")?;
            if operands[..i].contains(&operands[i]) {
                return Err(self.error(start, &format!("gate '{name}' has this qubit as two of its operands")));
            }
        }
        self.expect(b';')?;
        Ok(Statement::Gate { gate: gate.with_angles(angles), operands, at })
    }

    /// The rest of `c[i] = measure q[j];`
    fn measurement(&mut self, start: usize, at: Position, program: &Program) -> Result<Statement, ParseError> {
        self.at = start;
        let bits = program.bits.as_ref().expect("the name was recognised as the bit register's");
        let bit = self.element(bits, "bit")?;
        self.expect(b'=')?;
        self.skip_blank();
        let start = self.at;
        if self.word() != "measure" {
            return Err(self.unexpected(start, "'measure'"));
        }
        let qubit = self.element(&program.qubits, "qubit")?;
        self.expect(b';')?;
        Ok(Statement::Measure { qubit, bit, at })
    }

    /// `name[index]` in a given register.
    fn element(&mut self, register: &Register, what: &str) -> Result<u32, ParseError> {
        self.skip_blank();
        let start = self.at;
        let word = self.word();
        if word != register.name || word.is_empty() {
            let expected = match register.name.as_str() {
                "" => format!("a {what} register to be declared before it is used"),
                name => format!("a {what} of register '{name}'"),
            };
            self.at = start;
            return Err(self.unexpected(start, &expected));
        }
        self.expect(b'[')?;
        self.skip_blank();
        let start = self.at;
        let index = self.integer()?;
        if index >= register.size {
            let message = format!("{what} {index} does not exist: register '{}' has {}", register.name, register.size);
            return Err(self.error(start, &message));
        }
        self.expect(b']')?;
        Ok(index as u32)
    }

    fn integer(&mut self) -> Result<usize, ParseError> {
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
    fn number(&mut self) -> Result<f64, ParseError> {
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
    fn word(&mut self) -> &'a str {
        let start = self.at;
        if self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return "";
        }
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn expect(&mut self, wanted: u8) -> Result<(), ParseError> {
        self.skip_blank();
        if self.peek() != Some(wanted) {
            return Err(self.unexpected(self.at, &format!("'{}'", wanted as char)));
        }
        self.at += 1;
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes white space and comments, keeping the contract line; false at the end of the text.
    fn skip_blank(&mut self) -> bool {
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

    fn comment(&mut self) {
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
    fn position(&self, byte: usize) -> Position {
        let column = self.bytes[self.line_start.min(byte)..byte].iter().filter(|b| (**b & 0xC0) != 0x80).count();
        Position { line: self.line, column: column + 1 }
    }

    fn error(&self, byte: usize, message: &str) -> ParseError {
        ParseError { at: self.position(byte), message: message.to_owned() }
    }

    fn unexpected(&self, byte: usize, expected: &str) -> ParseError {
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

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

    fn message(body: &str) -> String {
        parse(&format!("{HEAD}{body}")).unwrap_err().to_string()
    }

    #[test]
    fn a_program_reads_and_prints_back() {
        let text = format!(
            "{HEAD}// hqrn: {{\"a\":1}}\nqubit[3] q;\nbit[2] c;\nh q[0];\nu3(0.5, -1.5e-07, 3.0) q[2];\nccx q[0], q[2], q[1];\nc[1] = measure q[0];\nc[0] = measure q[1];\n"
        );
        let program = parse(&text).unwrap();
        assert_eq!(program.statements.len(), 5);
        assert_eq!(program.contract, Some(("{\"a\":1}".into(), Position { line: 3, column: 10 })));
        assert_eq!(super::super::print(&program), text);
    }

    #[test]
    fn errors_name_line_and_column() {
        let declared = "qubit[2] q;\nbit[2] c;\n";
        for (body, expected) in [
            ("qubit[2] q;\nfoo q[0];", "line 4, column 1: unknown gate or statement 'foo'"),
            ("qubit[2] q;\nx q[2];", "line 4, column 5: qubit 2 does not exist: register 'q' has 2"),
            ("qubit[2] q;\ncx q[1], q[1];", "line 4, column 10: gate 'cx' has this qubit as two of its operands"),
            ("qubit[2] q;\nrz(pi) q[1];", "line 4, column 4: expected an angle as a decimal number, found 'pi'"),
            ("qubit[2] q;\nrz(1e999) q[1];", "line 4, column 4: an angle beyond the range of 64-bit floats"),
            ("qubit[2] q;\nx q[0]", "line 4, column 7: expected ';', found the end of the text"),
            ("qubit[2] q;\nx q[0]\nx q[1];", "line 5, column 1: expected ';', found 'x'"),
            ("qubit[2] q;\nx r[0];", "line 4, column 3: expected a qubit of register 'q', found 'r'"),
            ("x q[0];", "line 3, column 3: expected a qubit register to be declared before it is used, found 'q'"),
            ("qubit[99999999999999999999] q;", "line 3, column 7: a number beyond all bounds"),
            ("qubit[2000000000] q;", "line 3, column 7: a register of 2000000000: expected 1 to 65536"),
            ("qubit[1] t;", "line 3, column 10: 't' is taken and can't name a register"),
            ("qubit[1] q; qubit[1] r;", "line 3, column 13: a second qubit register: a portable program has one"),
            ("", "line 3, column 1: the program declares no qubits: expected 'qubit[n] q;'"),
        ] {
            assert_eq!(message(body), expected);
        }
        assert_eq!(message(&format!("{declared}c[0] = q[0];")), "line 5, column 8: expected 'measure', found 'q'");
        assert_eq!(
            message(&format!("{declared}c[0] = measure q[0]")),
            "line 5, column 20: expected ';', found the end of the text"
        );
        assert_eq!(parse("OPENQASM 2.0;").unwrap_err().to_string(), "line 1, column 10: version '2.0': expected '3.0'");
        assert_eq!(
            parse("").unwrap_err().to_string(),
            "line 1, column 1: expected 'OPENQASM 3.0;' at the start of the program, found the end of the text"
        );
    }

    #[test]
    fn a_million_lines() {
        let mut text = format!("{HEAD}qubit[8] q;\n");
        for i in 0..1_000_000 {
            text.push_str(if i % 2 == 0 { "cx q[1], q[7];\n" } else { "u3(0.1234567890123, -1.5, 2.25) q[3];\n" });
        }
        assert_eq!(parse(&text).unwrap().statements.len(), 1_000_000);
    }
}
