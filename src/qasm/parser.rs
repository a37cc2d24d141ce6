//! Reads programs, a byte at a time, with the place of whatever does not belong.

use super::ast::{Input, Program, Register, Statement};
use super::cursor::Cursor;
use super::error::{ParseError, Position};
use super::named_target::target_of;
use crate::circuit::{Gate, takes_input};
use crate::target::{Dialect, Language, TARGETS};

/// The largest register read: far beyond any simulator or machine, and small enough to allocate.
pub(super) const MAX_REGISTER: usize = 1 << 16;

/// Reads a program in OpenQASM.
pub(super) fn parse(text: &str) -> Result<Program, ParseError> {
    let mut cursor = Cursor::new(text);
    cursor.header()?;
    let mut program = Program {
        target: cursor.target,
        contract: None,
        note: None,
        inputs: vec![],
        qubits: Register { name: String::new(), size: 0, at: Position::default() },
        bits: None,
        statements: vec![],
    };
    let version_2 = cursor.target.dialect.version == "2.0";
    let (qubits, bits) = if version_2 { ("qreg", "creg") } else { ("qubit", "bit") };
    while cursor.skip_blank() {
        if cursor.target.dialect.verbatim && cursor.edge_of_box()? {
            continue;
        }
        let start = cursor.at;
        let at = cursor.position(start);
        let word = cursor.word();
        match word {
            "" => return Err(cursor.unexpected(start, "a statement")),
            _ if word == qubits && cursor.target.dialect.verbatim => {
                return Err(
                    cursor.error(start, "a qubit register: in a verbatim program qubits are those of the machine")
                );
            }
            _ if word == qubits && cursor.target.dialect.scalar_qubits => cursor.scalar(at, &mut program.qubits)?,
            _ if word == qubits && program.qubits.size > 0 => {
                return Err(cursor.error(start, "a second qubit register: a program has one"));
            }
            _ if word == qubits => program.qubits = cursor.register(at, &program.inputs)?,
            _ if word == bits && program.bits.is_some() => {
                return Err(cursor.error(start, "a second bit register: a program has one"));
            }
            _ if word == bits => program.bits = Some(cursor.register(at, &program.inputs)?),
            "input" if cursor.target.dialect.inputs => {
                let input = cursor.input(at, &program)?;
                program.inputs.push(input);
            }
            "gate" => cursor.definition(start)?,
            "OPENQASM" | "include" => {
                return Err(cursor.error(start, &format!("'{word}' must stand at the start, once")));
            }
            "measure" if version_2 => program.statements.push(cursor.old_measurement(at, &program)?),
            _ if !version_2 && program.bits.as_ref().is_some_and(|b| b.name == word) => {
                program.statements.push(cursor.measurement(start, at, &program)?);
            }
            _ => program.statements.push(cursor.gate(start, at, word, &program)?),
        }
    }
    if cursor.target.dialect.verbatim {
        cursor.check_box(cursor.bytes.len(), false)?;
        program.qubits = Register { name: "$".into(), size: cursor.verbatim.qubits, at: Position::default() };
    }
    if program.qubits.size == 0 {
        return Err(cursor.error(cursor.bytes.len(), "the program declares no qubits: expected 'qubit[n] q;'"));
    }
    program.contract = cursor.contract;
    Ok(program)
}

impl<'a> Cursor<'a> {
    /// The version, the include if there is one, and comments up to the first statement, which may hold the contract.
    fn header(&mut self) -> Result<(), ParseError> {
        self.skip_blank();
        let start = self.at;
        if self.word() != "OPENQASM" {
            return Err(self.unexpected(start, "'OPENQASM 3.0;' at the start of the program"));
        }
        self.skip_blank();
        let version_at = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit() || b == b'.') {
            self.at += 1;
        }
        let version = &self.text[version_at..self.at];
        // Places are told apart from here: on later lines they could not be.
        let version_place = self.position(version_at);
        let known = TARGETS.iter().find(|t| t.dialect.version == version);
        let Some(by_version) = known else {
            return Err(self.error(version_at, &format!("version '{version}': expected '3.0'")));
        };
        self.expect(b';')?;
        self.skip_blank();
        let (include_at, include_place) = (self.at, self.position(self.at));
        let found_there = self.unexpected(include_at, "'include' after the version");
        let mut included = None;
        if self.word() == "include" {
            self.skip_blank();
            let start = self.at;
            let rest = &self.text[start..];
            let known =
                TARGETS.iter().filter_map(|t| t.dialect.include).find(|file| rest.starts_with(&format!("\"{file}\"")));
            let Some(file) = known else { return Err(self.unexpected(start, "\"stdgates.inc\"")) };
            self.at += file.len() + 2;
            self.expect(b';')?;
            self.skip_blank();
            included = Some(file);
        } else {
            self.at = include_at;
        }
        let contract = self.contract.as_ref();
        let named = contract.map(|(json, at)| target_of(json, *at, Language::OpenQasm)).transpose()?.flatten();
        self.target = named.unwrap_or(by_version);
        let (name, Dialect { version: wanted, include, .. }) = (self.target.name, &self.target.dialect);
        let wrong = |at, message| Err(ParseError { at, message });
        if version != *wanted {
            return wrong(version_place, format!("version '{version}': a program for {name} has '{wanted}'"));
        }
        match (included, include) {
            (None, Some(file)) => {
                let message = found_there.message.replace("'include'", &format!("'include \"{file}\";'"));
                wrong(include_place, message)
            }
            (Some(found), other) if Some(found) != *other => {
                let wanted = other.map_or("none".to_owned(), |file| format!("\"{file}\""));
                wrong(include_place, format!("includes \"{found}\": a program for {name} includes {wanted}"))
            }
            _ => Ok(()),
        }
    }

    /// A gate definition, one of those that the dialect has.
    fn definition(&mut self, start: usize) -> Result<(), ParseError> {
        let rest = &self.text[start..];
        match self.target.dialect.definitions.iter().find(|line| rest.starts_with(**line)) {
            Some(line) => self.at = start + line.len(),
            None => {
                let wanted = match self.target.dialect.definitions {
                    [] => "none".to_owned(),
                    lines => format!("'{}'", lines.join("' or '")),
                };
                let message = format!("a gate definition: a program for {} has {wanted}", self.target.name);
                return Err(self.error(start, &message));
            }
        }
        Ok(())
    }

    /// The rest of `qubit q7;` where 7 are declared.
    fn scalar(&mut self, at: Position, qubits: &mut Register) -> Result<(), ParseError> {
        self.skip_blank();
        let start = self.at;
        let word = self.word();
        let stem = word.strip_suffix(&qubits.size.to_string()).filter(|stem| !stem.is_empty());
        match stem {
            Some(stem) if qubits.size == 0 => *qubits = Register { name: stem.to_owned(), size: 0, at },
            Some(stem) if stem == qubits.name => {}
            _ => {
                let name = if qubits.size == 0 { "q" } else { &qubits.name };
                return Err(self.unexpected(start, &format!("qubit '{name}{}'", qubits.size)));
            }
        }
        if qubits.size == MAX_REGISTER {
            return Err(self.error(start, &format!("more than {MAX_REGISTER} qubits")));
        }
        qubits.size += 1;
        self.expect(b';')
    }

    /// `[size] name;`, in version 2.0 `name[size];`
    fn register(&mut self, at: Position, inputs: &[Input]) -> Result<Register, ParseError> {
        let taken = |name: &str| inputs.iter().any(|input| input.name == name);
        let (name, size) = if self.target.dialect.version == "2.0" {
            let name = self.new_name("register", taken)?;
            (name, self.register_size()?)
        } else {
            let size = self.register_size()?;
            (self.new_name("register", taken)?, size)
        };
        self.expect(b';')?;
        Ok(Register { name: name.to_owned(), size, at })
    }

    fn register_size(&mut self) -> Result<usize, ParseError> {
        self.expect(b'[')?;
        self.skip_blank();
        let start = self.at;
        let size = self.integer()?;
        if size == 0 || size > MAX_REGISTER {
            return Err(self.error(start, &format!("a register of {size}: expected 1 to {MAX_REGISTER}")));
        }
        self.expect(b']')?;
        Ok(size)
    }

    /// The rest of `input float name;` or `input float[64] name;`
    fn input(&mut self, at: Position, program: &Program) -> Result<Input, ParseError> {
        self.skip_blank();
        let start = self.at;
        if self.word() != "float" {
            self.at = start;
            return Err(self.unexpected(start, "'float': inputs are angles"));
        }
        self.skip_blank();
        if self.peek() == Some(b'[') {
            self.register_size()?;
        }
        if program.inputs.len() == MAX_REGISTER {
            return Err(self.error(start, &format!("more than {MAX_REGISTER} inputs")));
        }
        let registers = [Some(&program.qubits), program.bits.as_ref()];
        let taken = |name: &str| {
            program.inputs.iter().any(|input| input.name == name)
                || registers.into_iter().flatten().any(|register| register.name == name)
        };
        let name = self.new_name("input", taken)?.to_owned();
        self.expect(b';')?;
        Ok(Input { name, at })
    }

    /// A name that nothing has, for a register or an input.
    fn new_name(&mut self, what: &str, is_taken: impl Fn(&str) -> bool) -> Result<&'a str, ParseError> {
        self.skip_blank();
        let start = self.at;
        let name = self.word();
        if name.is_empty() {
            return Err(self.unexpected(start, &format!("the {what}'s name")));
        }
        let words = ["qubit", "bit", "qreg", "creg", "measure", "include", "input", "float", "OPENQASM"];
        let known = Gate::from_name(name).is_some() || self.target.gate(name).is_some();
        if words.contains(&name) || known || is_taken(name) {
            return Err(self.error(start, &format!("'{name}' is taken and can't name {}", article(what))));
        }
        Ok(name)
    }

    /// The rest of `name(angles) q[i], q[j];`
    fn gate(&mut self, start: usize, at: Position, name: &str, program: &Program) -> Result<Statement, ParseError> {
        let Some(gate) = self.target.gate(name) else {
            return Err(self.error(start, &self.stranger(name)));
        };
        self.check_box(start, true)?;
        let (mut angles, mut turn) = ([0.0; 3], None);
        for (i, angle) in angles[..gate.angle_count()].iter_mut().enumerate() {
            self.expect(if i == 0 { b'(' } else { b',' })?;
            let start = self.at;
            turn = if program.inputs.is_empty() { None } else { self.turn(&program.inputs) };
            if turn.is_none() {
                *angle = self.number()?;
            } else if !takes_input(&gate) {
                return Err(self.error(start, &format!("an input is one of several angles of gate '{name}'")));
            }
            self.skip_blank();
            if !program.inputs.is_empty() && matches!(self.peek(), Some(b'+' | b'-' | b'*' | b'/')) {
                return Err(self.error(start, "an expression: expected a decimal number or an input by itself"));
            }
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
            operands[i] = self.element(&program.qubits, "qubit")?;
            if operands[..i].contains(&operands[i]) {
                return Err(self.error(start, &format!("gate '{name}' has this qubit as two of its operands")));
            }
        }
        self.expect(b';')?;
        let limit = self.target.basis.limit(gate.kind());
        match (turn, gate.with_angles(angles), limit) {
            (Some((input, negated)), _, None) => Ok(Statement::Turn { gate, input, negated, qubit: operands[0], at }),
            (_, gate, Some(limit)) if turn.is_some() || !self.target.basis.allows(&gate) => {
                let by = if turn.is_some() { "an input".to_owned() } else { angles[0].to_string() };
                Err(self.error(start, &format!("gate '{name}' by {by}: {} has it by {limit}", self.target.name)))
            }
            (_, gate, _) => Ok(Statement::Gate { gate, operands, at }),
        }
    }

    /// An input, and whether a minus stands before it; `None`, and nothing read, where there is none.
    fn turn(&mut self, inputs: &[Input]) -> Option<(u32, bool)> {
        self.skip_blank();
        let (start, line, line_start) = (self.at, self.line, self.line_start);
        let negated = self.peek() == Some(b'-');
        if negated {
            self.at += 1;
            self.skip_blank();
        }
        let word = self.word();
        let found = inputs.iter().position(|input| input.name == word);
        if found.is_none() {
            (self.at, self.line, self.line_start) = (start, line, line_start);
        }
        found.map(|input| (input as u32, negated))
    }

    /// What to say of a word that is no gate here.
    fn stranger(&self, name: &str) -> String {
        let elsewhere: Vec<&str> = TARGETS
            .iter()
            .filter(|t| t.dialect.language == Language::OpenQasm && t.gate(name).is_some())
            .map(|t| t.name)
            .collect();
        if elsewhere.is_empty() {
            return format!("unknown gate or statement '{name}'");
        }
        let (here, others) = (self.target.name, elsewhere.join(", "));
        format!("gate '{name}' in a program for {here}: it belongs to {others}")
    }

    /// The rest of `measure q[j] -> c[i];`
    fn old_measurement(&mut self, at: Position, program: &Program) -> Result<Statement, ParseError> {
        let qubit = self.element(&program.qubits, "qubit")?;
        self.expect(b'-')?;
        self.expect(b'>')?;
        let none = Register { name: String::new(), size: 0, at };
        let bit = self.element(program.bits.as_ref().unwrap_or(&none), "bit")?;
        self.expect(b';')?;
        Ok(Statement::Measure { qubit, bit, at })
    }

    /// The rest of `c[i] = measure q[j];`
    fn measurement(&mut self, start: usize, at: Position, program: &Program) -> Result<Statement, ParseError> {
        self.at = start;
        self.check_box(start, false)?;
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

    /// `name[index]` in a given register, or `name7` where qubits are declared one by one.
    fn element(&mut self, register: &Register, what: &str) -> Result<u32, ParseError> {
        self.skip_blank();
        let start = self.at;
        if self.target.dialect.verbatim && what == "qubit" {
            return self.machine_qubit();
        }
        let word = self.word();
        if self.target.dialect.scalar_qubits && what == "qubit" {
            let digits = word.strip_prefix(register.name.as_str()).filter(|_| !register.name.is_empty());
            let index = digits.and_then(|d| d.parse::<usize>().ok().filter(|i| i.to_string() == d));
            return match index.filter(|i| *i < register.size) {
                Some(index) => Ok(index as u32),
                None => {
                    self.at = start;
                    Err(self.unexpected(start, "a qubit that is declared"))
                }
            };
        }
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
}

fn article(what: &str) -> String {
    format!("{} {what}", if what.starts_with('i') { "an" } else { "a" })
}

#[cfg(test)]
mod tests;
