//! Programs in IonQ's own gates, as the JSON that its machines take, with the contract beside it.
//!
//! ```text
//! {
//! "hqrn": {"version": 1, ...},
//! "about": "...",
//! "measured": [0, 1, 2],
//! "job": {"type": "ionq.circuit.v1", "input": {"gateset": "native", "qubits": 3, "circuit": [
//! {"gate": "gpi2", "target": 0, "phase": 0.25},
//! {"gate": "zz", "targets": [0, 1], "angle": 0.25}
//! ]}}
//! }
//! ```
//!
//! Angles are in turns. IonQ measures every qubit, qubit i into bit i; those that no bit of the program reads come last.

use super::ast::{Program, Register, Statement};
use super::cursor::Cursor;
use super::error::{ParseError, Position};
use super::named_target::target_of;
use super::parser::MAX_REGISTER;
use crate::circuit::Gate;
use crate::target::{Language, Target};
use serde::de::IgnoredAny;
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::fmt::Write;

/// Digits behind the point of an angle in turns. With more, not every text would be that of the angle that it reads as.
const DIGITS: usize = 15;

pub(super) fn print(program: &Program) -> String {
    let mut gates: Vec<String> = vec![];
    let mut measured = vec![None; program.bits.as_ref().map_or(0, |bits| bits.size)];
    for statement in &program.statements {
        match *statement {
            Statement::Gate { gate, operands: [a, b, _], .. } => gates.extend(written(gate, a, b)),
            Statement::Measure { qubit, bit, .. } => measured[bit as usize] = Some(qubit),
            Statement::Turn { .. } => unreachable!("programs in this language have no inputs"),
        }
    }
    let contract = program.contract.as_ref().map_or("null", |(json, _)| json);
    let about = serde_json::Value::from(program.note.as_deref().unwrap_or_default());
    let measured: Vec<String> = measured.iter().flatten().map(u32::to_string).collect();
    let mut out = String::with_capacity(200 + 60 * gates.len());
    let head =
        format_args!("{{\n\"hqrn\": {contract},\n\"about\": {about},\n\"measured\": [{}],\n", measured.join(", "));
    out.write_fmt(head).expect("writing to a string does not fail");
    let input = format_args!("{{\"gateset\": \"native\", \"qubits\": {}, \"circuit\": [\n", program.qubits.size);
    out.write_fmt(format_args!("\"job\": {{\"type\": \"ionq.circuit.v1\", \"input\": {input}"))
        .expect("writing to a string does not fail");
    out.push_str(&gates.join(",\n"));
    out.push_str("\n]}}\n}\n");
    out
}

/// A gate as JSON; none where it is so near to doing nothing that no digit would show it.
fn written(gate: Gate, a: u32, b: u32) -> Option<String> {
    match gate {
        Gate::Prx(theta, phi) => {
            let name = if theta > 0.75 * PI { "gpi" } else { "gpi2" };
            Some(format!("{{\"gate\": \"{name}\", \"target\": {a}, \"phase\": {}}}", turns(phi)))
        }
        Gate::Rzz(theta) => {
            let angle = turns(theta);
            (angle != "0.0").then(|| format!("{{\"gate\": \"zz\", \"targets\": [{a}, {b}], \"angle\": {angle}}}"))
        }
        gate => unreachable!("{} is no gate of this language", gate.name()),
    }
}

/// An angle in radians as turns.
fn turns(angle: f64) -> String {
    let text = format!("{:.DIGITS$}", angle / TAU);
    let short = text.trim_end_matches('0');
    let short = if short.ends_with('.') { format!("{short}0") } else { short.to_owned() };
    if short == "-0.0" { "0.0".into() } else { short }
}

pub(super) fn parse(text: &str) -> Result<Program, ParseError> {
    let mut cursor = Cursor::new(text);
    let at = Position::default();
    cursor.expect(b'{')?;
    cursor.key("hqrn")?;
    let (contract, place) = cursor.json()?;
    let named = target_of(contract, place, Language::IonqJson)?;
    let target =
        named.ok_or_else(|| ParseError { at: place, message: "expected a contract that names a target".into() })?;
    cursor.next_key("about")?;
    cursor.json()?;
    cursor.next_key("measured")?;
    let (measured, measured_at) = cursor.json()?;
    cursor.next_key("job")?;
    cursor.expect(b'{')?;
    cursor.key("type")?;
    cursor.said("ionq.circuit.v1")?;
    cursor.next_key("input")?;
    cursor.expect(b'{')?;
    cursor.key("gateset")?;
    cursor.said("native")?;
    cursor.next_key("qubits")?;
    cursor.skip_blank();
    let start = cursor.at;
    let size = cursor.integer()?;
    if size == 0 || size > MAX_REGISTER {
        return Err(cursor.error(start, &format!("{size} qubits: expected 1 to {MAX_REGISTER}")));
    }
    let list: Option<Vec<usize>> = serde_json::from_str(measured).ok();
    let Some(bits) = list.filter(|list| list.len() <= size && list.iter().copied().eq(0..list.len())) else {
        let message = format!("expected qubits from 0 on in order, of {size}: IonQ measures qubit i into bit i");
        return Err(ParseError { at: measured_at, message });
    };
    let bits = bits.len();
    cursor.next_key("circuit")?;
    cursor.expect(b'[')?;
    let mut statements = vec![];
    cursor.skip_blank();
    while cursor.peek() != Some(b']') {
        if !statements.is_empty() {
            cursor.expect(b',')?;
        }
        statements.push(cursor.native_gate(target, size)?);
        cursor.skip_blank();
    }
    [b']', b'}', b'}', b'}'].into_iter().try_for_each(|end| cursor.expect(end))?;
    if cursor.skip_blank() {
        return Err(cursor.unexpected(cursor.at, "the end of the text"));
    }
    statements.extend((0..bits as u32).map(|q| Statement::Measure { qubit: q, bit: q, at: measured_at }));
    let register = |name: &str, size| Register { name: name.into(), size, at };
    Ok(Program {
        target,
        contract: Some((contract.to_owned(), place)),
        note: None,
        inputs: vec![],
        qubits: register("q", size),
        bits: (bits > 0).then(|| register("c", bits)),
        statements,
    })
}

impl<'a> Cursor<'a> {
    /// `"name":`
    fn key(&mut self, name: &str) -> Result<(), ParseError> {
        self.said(name)?;
        self.expect(b':')
    }

    /// `, "name":`
    fn next_key(&mut self, name: &str) -> Result<(), ParseError> {
        self.expect(b',')?;
        self.key(name)
    }

    /// This string.
    fn said(&mut self, text: &str) -> Result<(), ParseError> {
        self.skip_blank();
        let quoted = format!("\"{text}\"");
        if !self.text[self.at..].starts_with(&quoted) {
            return Err(self.unexpected(self.at, &quoted));
        }
        self.at += quoted.len();
        Ok(())
    }

    /// Any value, and where it begins.
    fn json(&mut self) -> Result<(&'a str, Position), ParseError> {
        self.skip_blank();
        let (start, at) = (self.at, self.position(self.at));
        let mut values = serde_json::Deserializer::from_str(&self.text[start..]).into_iter::<IgnoredAny>();
        if !matches!(values.next(), Some(Ok(_))) {
            return Err(self.unexpected(start, "a value of JSON"));
        }
        self.at = start + values.byte_offset();
        for (i, _) in self.text[start..self.at].match_indices('\n') {
            self.line += 1;
            self.line_start = start + i + 1;
        }
        Ok((&self.text[start..self.at], at))
    }

    fn native_gate(&mut self, target: &Target, size: usize) -> Result<Statement, ParseError> {
        self.expect(b'{')?;
        let start = self.at;
        let at = self.position(start);
        self.key("gate")?;
        self.skip_blank();
        let named = self.at;
        let name = ["gpi2", "gpi", "zz"].into_iter().find(|name| self.said(name).is_ok());
        let name = name.ok_or_else(|| self.unexpected(named, "\"gpi\", \"gpi2\" or \"zz\""))?;
        let (gate, operands) = if name == "zz" {
            self.next_key("targets")?;
            self.expect(b'[')?;
            let a = self.native_qubit(size)?;
            self.expect(b',')?;
            self.skip_blank();
            let second = self.at;
            let b = self.native_qubit(size)?;
            if a == b {
                return Err(self.error(second, "gate 'zz' has this qubit as two of its operands"));
            }
            self.expect(b']')?;
            self.next_key("angle")?;
            self.skip_blank();
            let place = self.at;
            let turns = self.number()?;
            let gate = Gate::Rzz(turns * TAU);
            if let (false, Some(limit)) = (target.basis.allows(&gate), target.basis.limit(gate.kind())) {
                let message = format!("gate 'zz' by {turns} turns: {} has it by {limit}", target.name);
                return Err(self.error(place, &message));
            }
            (gate, [a, b, 0])
        } else {
            self.next_key("target")?;
            let qubit = self.native_qubit(size)?;
            self.next_key("phase")?;
            let theta = if name == "gpi" { PI } else { FRAC_PI_2 };
            (Gate::Prx(theta, self.number()? * TAU), [qubit, 0, 0])
        };
        self.expect(b'}')?;
        Ok(Statement::Gate { gate, operands, at })
    }

    fn native_qubit(&mut self, size: usize) -> Result<u32, ParseError> {
        self.skip_blank();
        let start = self.at;
        let index = self.integer()?;
        if index >= size {
            return Err(self.error(start, &format!("qubit {index} does not exist: the program has {size}")));
        }
        Ok(index as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{
\"hqrn\": {\"target\":\"ionq-native\"},
\"about\": \"\",
\"measured\": [0, 1],
\"job\": {\"type\": \"ionq.circuit.v1\", \"input\": {\"gateset\": \"native\", \"qubits\": 2, \"circuit\": [
{\"gate\": \"gpi2\", \"target\": 0, \"phase\": -0.125},
{\"gate\": \"gpi\", \"target\": 1, \"phase\": 0.0},
{\"gate\": \"zz\", \"targets\": [1, 0], \"angle\": 0.25}
]}}
}
";

    #[test]
    fn texts_are_those_of_what_they_read_as() {
        let program = parse(TEXT).unwrap();
        assert_eq!(print(&program), TEXT);
        let gates: Vec<Gate> = program
            .statements
            .iter()
            .filter_map(|s| if let Statement::Gate { gate, .. } = s { Some(*gate) } else { None })
            .collect();
        assert_eq!(gates, [Gate::Prx(FRAC_PI_2, -PI / 4.0), Gate::Prx(PI, 0.0), Gate::Rzz(FRAC_PI_2)]);
        for k in 0..20_000 {
            let once = turns((k as f64 / 20_000.0 - 0.5) * 6.1 + 1e-9);
            assert_eq!(turns(once.parse::<f64>().unwrap() * TAU), once);
        }
        assert_eq!((turns(-1e-17), turns(PI), turns(-FRAC_PI_2)), ("0.0".into(), "0.5".into(), "-0.25".into()));
    }

    #[test]
    fn what_does_not_belong_has_its_place() {
        for (from, to, expected) in [
            ("0.25}", "0.26}", "line 8, column 44: gate 'zz' by 0.26 turns: ionq-native has it by an angle above 0"),
            ("0.25}", "-0.25}", "has it by an angle above 0 and at most pi/2"),
            ("[1, 0]", "[1, 1]", "line 8, column 31: gate 'zz' has this qubit as two"),
            ("[1, 0]", "[1, 2]", "qubit 2 does not exist: the program has 2"),
            ("\"gpi2\"", "\"h\"", "line 6, column 10: expected \"gpi\", \"gpi2\" or \"zz\""),
            ("-0.125", "\"x\"", "expected an angle as a decimal number"),
            ("[0, 1]", "[1, 0]", "line 4, column 13: expected qubits from 0 on in order, of 2"),
            ("[0, 1],", "[0, 1, 2],", "expected qubits from 0 on in order, of 2"),
            ("ionq-native", "ibm", "contract: target: ibm, whose programs are OpenQASM, not IonQ's JSON"),
            ("{\"target\":\"ionq-native\"}", "7", "line 2, column 9: expected a contract"),
            ("native\", \"qubits", "qis\", \"qubits", "expected \"native\""),
            ("]}}\n}\n", "]}}\n}\nx", "line 11, column 1: expected the end of the text, found 'x'"),
            ("]}}\n}\n", "]}", "expected '}', found the end of the text"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT);
            let message = parse(&text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
