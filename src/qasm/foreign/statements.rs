//! Statements of a text that another program wrote, one after the other, in gates of ours.

use super::expression::Values;
use super::gates::known;
use super::tokens::{Kind, Token, tokens};
use crate::circuit::Gate;
use crate::qasm::{ParseError, Position};
use std::collections::{BTreeMap, HashMap};

/// The most qubits, bits or steps that a text may come to.
const MOST_WIRES: usize = 1 << 16;
const MOST_STEPS: usize = 5_000_000;

/// How deep definitions may be nested.
const MOST_LEVELS: usize = 100;

/// What a text does.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Qubits, those of several registers in the order of their declaration.
    pub qubits: usize,
    /// Gates in order.
    pub gates: Vec<(Gate, [usize; 3], Position)>,
    /// Which qubit is measured into which bit, after so many gates.
    pub measured: Vec<(usize, usize, Position, usize)>,
    /// Bits, those of several registers in the order of their declaration.
    pub bits: Vec<String>,
    /// Whether qubits are those of a machine, `$3`.
    pub physical: bool,
}

/// A register: its first wire and how many it has.
#[derive(Clone, Copy, Debug)]
struct Register {
    start: usize,
    size: usize,
}

/// A gate that the text defines.
#[derive(Clone, Debug)]
struct Definition {
    angles: Vec<String>,
    operands: Vec<String>,
    /// Where its body stands in the tokens, braces left out.
    body: (usize, usize),
    /// How many definitions came before: those that its body may use.
    number: usize,
}

/// Goes through the tokens.
pub(super) struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
    qubits: BTreeMap<String, Register>,
    bits: BTreeMap<String, Register>,
    definitions: HashMap<String, Definition>,
    /// Gates so far, those that are defined included.
    steps: usize,
    /// Definitions that the gate at hand stands in.
    level: usize,
    reading: Reading,
}

/// Reads a text.
///
/// # Errors
/// The first statement that is not understood, with its place.
pub(super) fn read(text: &str) -> Result<Reading, ParseError> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        end: tokens.len(),
        qubits: BTreeMap::new(),
        bits: BTreeMap::new(),
        definitions: HashMap::new(),
        steps: 0,
        level: 0,
        reading: Reading::default(),
    };
    reader.header()?;
    while reader.at < reader.end {
        reader.statement()?;
    }
    Ok(reader.reading)
}

impl<'a> Reader<'a> {
    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens[..self.end].get(self.at);
        self.at += usize::from(token.is_some());
        token
    }

    fn peek(&self) -> Option<&'a Kind> {
        self.tokens[..self.end].get(self.at).map(|token| &token.kind)
    }

    /// Where the next token stands, or the last where there is none.
    pub(super) fn place(&self) -> Position {
        self.tokens.get(self.at.min(self.tokens.len().saturating_sub(1))).map_or(Position::default(), |t| t.at)
    }

    pub(super) fn wrong_at(&self, at: Position, message: &str) -> ParseError {
        ParseError { at, message: message.to_owned() }
    }

    pub(super) fn wrong(&self, message: &str) -> ParseError {
        self.wrong_at(self.place(), message)
    }

    /// Passes over a sign if it is next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn needs(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.takes(sign) { Ok(()) } else { Err(self.wrong(&format!("expected '{sign}', found {}", self.shown()))) }
    }

    fn shown(&self) -> String {
        match self.peek() {
            None => "the end of the text".into(),
            Some(Kind::Word(word) | Kind::Number(word)) => format!("'{}'", word.chars().take(40).collect::<String>()),
            Some(Kind::Quoted(_)) => "text".into(),
            Some(Kind::Sign(sign)) => format!("'{sign}'"),
        }
    }

    fn word(&mut self, expected: &str) -> Result<&'a str, ParseError> {
        match self.peek() {
            Some(Kind::Word(word)) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.wrong(&format!("expected {expected}, found {}", self.shown()))),
        }
    }

    fn whole(&mut self) -> Result<usize, ParseError> {
        match self.peek() {
            Some(Kind::Number(text)) if text.parse::<usize>().is_ok_and(|n| n <= MOST_WIRES) => {
                self.at += 1;
                Ok(text.parse().unwrap_or_default())
            }
            _ => Err(self.wrong(&format!("expected a whole number up to {MOST_WIRES}, found {}", self.shown()))),
        }
    }

    fn header(&mut self) -> Result<(), ParseError> {
        if !matches!(self.peek(), Some(Kind::Word(word)) if word == "OPENQASM") {
            return Err(self.wrong("expected 'OPENQASM 3.0;' or 'OPENQASM 2.0;' at the start"));
        }
        self.at += 1;
        match self.peek() {
            Some(Kind::Number(version)) if ["2", "2.0", "3", "3.0", "3.1"].contains(&version.as_str()) => self.at += 1,
            _ => return Err(self.wrong(&format!("version {}: expected 2.0 or 3.0", self.shown()))),
        }
        self.needs(";")
    }

    fn statement(&mut self) -> Result<(), ParseError> {
        let at = self.place();
        if let Some(start) = self.assigned()? {
            return self.measurement(start, at);
        }
        match self.word("a statement")? {
            "include" => match self.next().map(|t| &t.kind) {
                Some(Kind::Quoted(file)) if matches!(&file[..], "stdgates.inc" | "qelib1.inc" | "hqslib1.inc") => {
                    self.needs(";")
                }
                _ => Err(self.wrong_at(at, "includes another file than stdgates.inc or qelib1.inc")),
            },
            word @ ("qubit" | "qreg") => self.declare(word == "qreg", true),
            word @ ("bit" | "creg") => self.declare(word == "creg", false),
            "gate" => self.define(),
            "barrier" => {
                while !self.takes(";") {
                    if self.next().is_none() {
                        return self.needs(";");
                    }
                }
                Ok(())
            }
            "gphase" => {
                self.needs("(")?;
                self.angle(&Values::new())?;
                self.needs(")")?;
                self.needs(";")
            }
            "measure" => {
                let from = self.wires(true)?;
                self.needs("->")?;
                let into = self.wires(false)?;
                self.needs(";")?;
                self.measure(&from, &into, at)
            }
            name => self.gates(name, at),
        }
    }

    /// The bits on the left of `=`, if that is what a statement starts with.
    fn assigned(&mut self) -> Result<Option<Vec<usize>>, ParseError> {
        let start = self.at;
        match self.peek() {
            Some(Kind::Word(word)) if self.bits.contains_key(word) => {
                let bits = self.wires(false)?;
                if self.takes("=") {
                    return Ok(Some(bits));
                }
                self.at = start;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn measurement(&mut self, into: Vec<usize>, at: Position) -> Result<(), ParseError> {
        if self.word("'measure'")? != "measure" {
            return Err(self.wrong_at(at, "bits are set by measurements alone"));
        }
        let from = self.wires(true)?;
        self.needs(";")?;
        self.measure(&from, &into, at)
    }

    fn measure(&mut self, from: &[usize], into: &[usize], at: Position) -> Result<(), ParseError> {
        if from.len() != into.len() {
            let message = format!("{} qubits are measured into {} bits", from.len(), into.len());
            return Err(self.wrong_at(at, &message));
        }
        let gates = self.reading.gates.len();
        self.reading.measured.extend(from.iter().zip(into).map(|(qubit, bit)| (*qubit, *bit, at, gates)));
        Ok(())
    }

    fn declare(&mut self, old: bool, quantum: bool) -> Result<(), ParseError> {
        let at = self.place();
        let mut size = None;
        if !old && self.takes("[") {
            size = Some(self.whole()?);
            self.needs("]")?;
        }
        let name = self.word("the register's name")?;
        if old {
            self.needs("[")?;
            size = Some(self.whole()?);
            self.needs("]")?;
        }
        let size = size.unwrap_or(1);
        let mut measured = None;
        if !quantum && self.takes("=") {
            if self.word("'measure'")? != "measure" {
                return Err(self.wrong_at(at, "bits are set by measurements alone"));
            }
            measured = Some(self.wires(true)?);
        }
        self.needs(";")?;
        if self.qubits.contains_key(name) || self.bits.contains_key(name) {
            return Err(self.wrong_at(at, &format!("'{name}' is declared twice")));
        }
        let start = if quantum { self.reading.qubits } else { self.reading.bits.len() };
        if size == 0 || start + size > MOST_WIRES || name.starts_with('$') {
            return Err(self.wrong_at(at, &format!("a register '{name}' of {size}: expected 1 to {MOST_WIRES}")));
        }
        let register = Register { start, size };
        if quantum {
            if self.reading.physical {
                return Err(self.wrong_at(at, "qubits of a register beside those of a machine"));
            }
            self.qubits.insert(name.to_owned(), register);
            self.reading.qubits += size;
        } else {
            self.bits.insert(name.to_owned(), register);
            let names = (0..size).map(|i| if size == 1 { name.to_owned() } else { format!("{name}[{i}]") });
            self.reading.bits.extend(names);
        }
        match measured {
            Some(from) => self.measure(&from, &(start..start + size).collect::<Vec<_>>(), at),
            None => Ok(()),
        }
    }

    /// A register, or one of it, or a qubit of a machine.
    fn wires(&mut self, quantum: bool) -> Result<Vec<usize>, ParseError> {
        let at = self.place();
        let name = self.word(if quantum { "a qubit" } else { "a bit" })?;
        if let Some(number) = name.strip_prefix('$').filter(|_| quantum) {
            let number = number.parse().ok().filter(|n| *n < MOST_WIRES);
            let number = number.ok_or_else(|| self.wrong_at(at, &format!("'{name}' is no qubit of a machine")))?;
            if !self.qubits.is_empty() {
                return Err(self.wrong_at(at, "qubits of a machine beside those of a register"));
            }
            self.reading.physical = true;
            self.reading.qubits = self.reading.qubits.max(number + 1);
            return Ok(vec![number]);
        }
        let registers = if quantum { &self.qubits } else { &self.bits };
        let Some(&Register { start, size }) = registers.get(name) else {
            return Err(self.wrong_at(at, &format!("'{name}' is not declared")));
        };
        if !self.takes("[") {
            return Ok((start..start + size).collect());
        }
        let index = self.whole()?;
        self.needs("]")?;
        if index >= size {
            return Err(self.wrong_at(at, &format!("{name}[{index}] does not exist: '{name}' has {size}")));
        }
        Ok(vec![start + index])
    }

    fn angles(&mut self, values: &Values) -> Result<Vec<f64>, ParseError> {
        let mut angles = vec![];
        if self.takes("(") && !self.takes(")") {
            loop {
                angles.push(self.angle(values)?);
                if !self.takes(",") {
                    self.needs(")")?;
                    break;
                }
            }
        }
        Ok(angles)
    }

    /// A gate on qubits, or, where registers stand in their place, on the first of each, the second, and so on.
    fn gates(&mut self, name: &str, at: Position) -> Result<(), ParseError> {
        let angles = self.angles(&Values::new())?;
        let mut operands = vec![];
        if !matches!(self.peek(), Some(Kind::Word(_))) {
            return Err(self.wrong_at(at, &format!("'{name}' is not understood")));
        }
        loop {
            operands.push(self.wires(true)?);
            if !self.takes(",") {
                break;
            }
        }
        self.needs(";")?;
        let times = operands.iter().map(Vec::len).max().unwrap_or(0);
        if operands.iter().any(|o| o.len() != 1 && o.len() != times) {
            return Err(self.wrong_at(at, &format!("gate '{name}' on registers of different sizes")));
        }
        for i in 0..times {
            let wires: Vec<usize> = operands.iter().map(|o| if o.len() == 1 { o[0] } else { o[i] }).collect();
            self.apply(name, &angles, &wires, at, self.definitions.len())?;
        }
        Ok(())
    }

    /// Appends what a gate does; of the text's own definitions the first `known_before` count.
    fn apply(
        &mut self,
        name: &str,
        angles: &[f64],
        wires: &[usize],
        at: Position,
        known_before: usize,
    ) -> Result<(), ParseError> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.level > MOST_LEVELS {
            let message = format!("more than {MOST_STEPS} gates, or definitions {MOST_LEVELS} deep");
            return Err(self.wrong_at(at, &message));
        }
        let own = self.definitions.get(name).filter(|own| own.number < known_before).cloned();
        let Some(own) = own else {
            let Some((arity, steps)) = known(name, angles) else {
                let message = format!("gate '{name}' with {} angles is not understood", angles.len());
                return Err(self.wrong_at(at, &message));
            };
            self.check_operands(name, arity, wires, at)?;
            for (gate, operands) in steps {
                let mut places = [0; 3];
                places.iter_mut().zip(operands).for_each(|(place, o)| *place = wires[*o]);
                self.reading.gates.push((gate, places, at));
            }
            return Ok(());
        };
        self.check_operands(name, own.operands.len(), wires, at)?;
        if own.angles.len() != angles.len() {
            let message = format!("gate '{name}' takes {} angles, found {}", own.angles.len(), angles.len());
            return Err(self.wrong_at(at, &message));
        }
        let values: Values = own.angles.iter().cloned().zip(angles.iter().copied()).collect();
        let (here, end) = (self.at, self.end);
        (self.at, self.end) = own.body;
        self.level += 1;
        while self.at < self.end {
            let place = self.place();
            let inner = self.word("a gate")?;
            if inner == "barrier" {
                while !self.takes(";") && self.next().is_some() {}
                continue;
            }
            let angles = self.angles(&values)?;
            if inner == "gphase" {
                self.needs(";")?;
                continue;
            }
            let mut operands = vec![];
            loop {
                let at = self.place();
                let operand = self.word("an operand of the gate")?;
                let index = own.operands.iter().position(|o| o == operand);
                let index = index.ok_or_else(|| self.wrong_at(at, &format!("'{operand}' is no operand here")))?;
                operands.push(wires[index]);
                if !self.takes(",") {
                    break;
                }
            }
            self.needs(";")?;
            self.apply(inner, &angles, &operands, place, own.number)?;
        }
        (self.at, self.end) = (here, end);
        self.level -= 1;
        Ok(())
    }

    fn check_operands(&self, name: &str, arity: usize, wires: &[usize], at: Position) -> Result<(), ParseError> {
        if wires.len() != arity {
            return Err(self.wrong_at(at, &format!("gate '{name}' takes {arity} qubits, found {}", wires.len())));
        }
        match (1..arity).find(|i| wires[..*i].contains(&wires[*i])) {
            Some(_) => Err(self.wrong_at(at, &format!("gate '{name}' has one qubit as two of its operands"))),
            None => Ok(()),
        }
    }

    fn define(&mut self) -> Result<(), ParseError> {
        let at = self.place();
        let name = self.word("the gate's name")?.to_owned();
        let mut angles = vec![];
        if self.takes("(") && !self.takes(")") {
            loop {
                angles.push(self.word("a parameter's name")?.to_owned());
                if !self.takes(",") {
                    self.needs(")")?;
                    break;
                }
            }
        }
        let mut operands = vec![];
        loop {
            operands.push(self.word("an operand's name")?.to_owned());
            if !self.takes(",") {
                break;
            }
        }
        self.needs("{")?;
        let start = self.at;
        while !self.takes("}") {
            match self.next().map(|t| &t.kind) {
                None | Some(Kind::Sign("{")) => return Err(self.wrong_at(at, "a gate definition without '}'")),
                _ => {}
            }
        }
        let definition = Definition { angles, operands, body: (start, self.at - 1), number: self.definitions.len() };
        match self.definitions.insert(name.clone(), definition) {
            Some(_) => Err(self.wrong_at(at, &format!("gate '{name}' is defined twice"))),
            None => Ok(()),
        }
    }
}
