//! Statements of a text that another program wrote, one after the other, in gates of ours.

use super::expression::Values;
use super::gates::known;
use super::stream::{MOST, Stream};
use super::tokens::{Kind, tokens};
use crate::circuit::Gate;
use crate::qasm::{ParseError, Position};
use std::collections::{BTreeMap, HashMap};

/// The most gates that a text may come to, those that are defined included.
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

/// What is known of a text as far as it has been read.
struct Reader<'a> {
    stream: Stream<'a>,
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
        stream: Stream::new(&tokens),
        qubits: BTreeMap::new(),
        bits: BTreeMap::new(),
        definitions: HashMap::new(),
        steps: 0,
        level: 0,
        reading: Reading::default(),
    };
    reader.header()?;
    while !reader.stream.is_done() {
        reader.statement()?;
    }
    Ok(reader.reading)
}

impl<'a> Reader<'a> {
    fn header(&mut self) -> Result<(), ParseError> {
        if !matches!(self.stream.peek(), Some(Kind::Word(word)) if word == "OPENQASM") {
            return Err(self.stream.wrong("expected 'OPENQASM 3.0;' or 'OPENQASM 2.0;' at the start"));
        }
        self.stream.at += 1;
        match self.stream.peek() {
            Some(Kind::Number(version)) if ["2", "2.0", "3", "3.0", "3.1"].contains(&version.as_str()) => {
                self.stream.at += 1;
                self.stream.whole_division = version.starts_with('3');
            }
            _ => return Err(self.stream.wrong(&format!("version {}: expected 2.0 or 3.0", self.stream.shown()))),
        }
        self.stream.needs(";")
    }

    fn statement(&mut self) -> Result<(), ParseError> {
        let at = self.stream.place();
        if let Some(into) = self.assigned()? {
            let from = self.measured(at)?;
            self.stream.needs(";")?;
            return self.measure(&from, &into, at);
        }
        match self.stream.word("a statement")? {
            "include" => match self.stream.next().map(|t| &t.kind) {
                Some(Kind::Quoted(file)) if matches!(&file[..], "stdgates.inc" | "qelib1.inc" | "hqslib1.inc") => {
                    self.stream.needs(";")
                }
                _ => Err(self.stream.wrong_at(at, "includes another file than stdgates.inc or qelib1.inc")),
            },
            word @ ("qubit" | "qreg") => self.declare(word == "qreg", true),
            word @ ("bit" | "creg") => self.declare(word == "creg", false),
            "gate" => self.define(),
            "barrier" => {
                while !self.stream.takes(";") {
                    if self.stream.next().is_none() {
                        return self.stream.needs(";");
                    }
                }
                Ok(())
            }
            "gphase" => {
                self.stream.needs("(")?;
                self.stream.angle(&Values::new())?;
                self.stream.needs(")")?;
                self.stream.needs(";")
            }
            "measure" => {
                let from = self.wires(true)?;
                self.stream.needs("->")?;
                let into = self.wires(false)?;
                self.stream.needs(";")?;
                self.measure(&from, &into, at)
            }
            name => self.gates(name, at),
        }
    }

    /// The bits on the left of `=`, if that is what a statement starts with.
    fn assigned(&mut self) -> Result<Option<Vec<usize>>, ParseError> {
        let start = self.stream.at;
        match self.stream.peek() {
            Some(Kind::Word(word)) if self.bits.contains_key(word) => {
                let bits = self.wires(false)?;
                if self.stream.takes("=") {
                    return Ok(Some(bits));
                }
                self.stream.at = start;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The qubits of `measure q`, on the right of `=`.
    fn measured(&mut self, at: Position) -> Result<Vec<usize>, ParseError> {
        if self.stream.word("'measure'")? != "measure" {
            return Err(self.stream.wrong_at(at, "bits are set by measurements alone"));
        }
        self.wires(true)
    }

    fn measure(&mut self, from: &[usize], into: &[usize], at: Position) -> Result<(), ParseError> {
        if from.len() != into.len() {
            let message = format!("{} qubits are measured into {} bits", from.len(), into.len());
            return Err(self.stream.wrong_at(at, &message));
        }
        let gates = self.reading.gates.len();
        self.reading.measured.extend(from.iter().zip(into).map(|(qubit, bit)| (*qubit, *bit, at, gates)));
        Ok(())
    }

    fn declare(&mut self, old: bool, quantum: bool) -> Result<(), ParseError> {
        let at = self.stream.place();
        let mut size = None;
        if !old && self.stream.takes("[") {
            size = Some(self.stream.whole()?);
            self.stream.needs("]")?;
        }
        let name = self.stream.word("the register's name")?;
        if old {
            self.stream.needs("[")?;
            size = Some(self.stream.whole()?);
            self.stream.needs("]")?;
        }
        let size = size.unwrap_or(1);
        let mut measured = None;
        if !quantum && self.stream.takes("=") {
            measured = Some(self.measured(at)?);
        }
        self.stream.needs(";")?;
        if self.qubits.contains_key(name) || self.bits.contains_key(name) {
            return Err(self.stream.wrong_at(at, &format!("'{name}' is declared twice")));
        }
        let start = if quantum { self.reading.qubits } else { self.reading.bits.len() };
        if size == 0 || start + size > MOST || name.starts_with('$') {
            return Err(self.stream.wrong_at(at, &format!("a register '{name}' of {size}: expected 1 to {MOST}")));
        }
        let register = Register { start, size };
        if quantum {
            if self.reading.physical {
                return Err(self.stream.wrong_at(at, "qubits of a register beside those of a machine"));
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
        let at = self.stream.place();
        let name = self.stream.word(if quantum { "a qubit" } else { "a bit" })?;
        if let Some(number) = name.strip_prefix('$').filter(|_| quantum) {
            let number = number.parse().ok().filter(|n| *n < MOST);
            let number =
                number.ok_or_else(|| self.stream.wrong_at(at, &format!("'{name}' is no qubit of a machine")))?;
            if !self.qubits.is_empty() {
                return Err(self.stream.wrong_at(at, "qubits of a machine beside those of a register"));
            }
            self.reading.physical = true;
            self.reading.qubits = self.reading.qubits.max(number + 1);
            return Ok(vec![number]);
        }
        let registers = if quantum { &self.qubits } else { &self.bits };
        let Some(&Register { start, size }) = registers.get(name) else {
            return Err(self.stream.wrong_at(at, &format!("'{name}' is not declared")));
        };
        if !self.stream.takes("[") {
            return Ok((start..start + size).collect());
        }
        let index = self.stream.whole()?;
        self.stream.needs("]")?;
        if index >= size {
            return Err(self.stream.wrong_at(at, &format!("{name}[{index}] does not exist: '{name}' has {size}")));
        }
        Ok(vec![start + index])
    }

    fn angles(&mut self, values: &Values) -> Result<Vec<f64>, ParseError> {
        let mut angles = vec![];
        if self.stream.takes("(") && !self.stream.takes(")") {
            loop {
                angles.push(self.stream.angle(values)?);
                if !self.stream.takes(",") {
                    self.stream.needs(")")?;
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
        if !matches!(self.stream.peek(), Some(Kind::Word(_))) {
            return Err(self.stream.wrong_at(at, &format!("'{name}' is not understood")));
        }
        loop {
            operands.push(self.wires(true)?);
            if !self.stream.takes(",") {
                break;
            }
        }
        self.stream.needs(";")?;
        let times = operands.iter().map(Vec::len).max().unwrap_or(0);
        if operands.iter().any(|o| o.len() != 1 && o.len() != times) {
            return Err(self.stream.wrong_at(at, &format!("gate '{name}' on registers of different sizes")));
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
            return Err(self.stream.wrong_at(at, &message));
        }
        let own = self.definitions.get(name).filter(|own| own.number < known_before).cloned();
        let Some(own) = own else {
            let Some((arity, steps)) = known(name, angles) else {
                let message = format!("gate '{name}' with {} angles is not understood", angles.len());
                return Err(self.stream.wrong_at(at, &message));
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
            return Err(self.stream.wrong_at(at, &message));
        }
        let values: Values = own.angles.iter().cloned().zip(angles.iter().copied()).collect();
        let (here, end) = (self.stream.at, self.stream.end);
        (self.stream.at, self.stream.end) = own.body;
        self.level += 1;
        while self.stream.at < self.stream.end {
            let place = self.stream.place();
            let inner = self.stream.word("a gate")?;
            if inner == "barrier" {
                while !self.stream.takes(";") && self.stream.next().is_some() {}
                continue;
            }
            let angles = self.angles(&values)?;
            if inner == "gphase" {
                self.stream.needs(";")?;
                continue;
            }
            let mut operands = vec![];
            loop {
                let at = self.stream.place();
                let operand = self.stream.word("an operand of the gate")?;
                let index = own.operands.iter().position(|o| o == operand);
                let index =
                    index.ok_or_else(|| self.stream.wrong_at(at, &format!("'{operand}' is no operand here")))?;
                operands.push(wires[index]);
                if !self.stream.takes(",") {
                    break;
                }
            }
            self.stream.needs(";")?;
            self.apply(inner, &angles, &operands, place, own.number)?;
        }
        (self.stream.at, self.stream.end) = (here, end);
        self.level -= 1;
        Ok(())
    }

    fn check_operands(&self, name: &str, arity: usize, wires: &[usize], at: Position) -> Result<(), ParseError> {
        if wires.len() != arity {
            return Err(self
                .stream
                .wrong_at(at, &format!("gate '{name}' takes {arity} qubits, found {}", wires.len())));
        }
        match (1..arity).find(|i| wires[..*i].contains(&wires[*i])) {
            Some(_) => Err(self.stream.wrong_at(at, &format!("gate '{name}' has one qubit as two of its operands"))),
            None => Ok(()),
        }
    }

    fn define(&mut self) -> Result<(), ParseError> {
        let at = self.stream.place();
        let name = self.stream.word("the gate's name")?.to_owned();
        let mut angles = vec![];
        if self.stream.takes("(") && !self.stream.takes(")") {
            loop {
                angles.push(self.stream.word("a parameter's name")?.to_owned());
                if !self.stream.takes(",") {
                    self.stream.needs(")")?;
                    break;
                }
            }
        }
        let mut operands = vec![];
        loop {
            operands.push(self.stream.word("an operand's name")?.to_owned());
            if !self.stream.takes(",") {
                break;
            }
        }
        self.stream.needs("{")?;
        let start = self.stream.at;
        while !self.stream.takes("}") {
            match self.stream.next().map(|t| &t.kind) {
                None | Some(Kind::Sign("{")) => return Err(self.stream.wrong_at(at, "a gate definition without '}'")),
                _ => {}
            }
        }
        let definition =
            Definition { angles, operands, body: (start, self.stream.at - 1), number: self.definitions.len() };
        match self.definitions.insert(name.clone(), definition) {
            Some(_) => Err(self.stream.wrong_at(at, &format!("gate '{name}' is defined twice"))),
            None => Ok(()),
        }
    }
}
