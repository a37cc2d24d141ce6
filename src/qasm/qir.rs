//! Programs as QIR: LLVM's text in the base profile of QIR 1.0, the contract in its first line.
//!
//! A reader of LLVM this is not: what is read is what [`print`] writes, to the byte, and every other line is refused with its number.

use super::ast::{Program, Register, Statement};
use super::error::{ParseError, Position};
use super::named_target::target_of;
use super::parser::MAX_REGISTER;
use super::printer::push_angle;
use crate::circuit::GateKind::{self, Ccx, Cx, Cz, H, Rx, Ry, Rz, S, Sdg, Swap, T, Tdg, X, Z};
use crate::target::Language;
use std::fmt::Write;

/// What functions are called, behind `__quantum__qis__`.
const NAMES: [(GateKind, &str); 14] = [
    (X, "x__body"),
    (H, "h__body"),
    (Z, "z__body"),
    (S, "s__body"),
    (Sdg, "s__adj"),
    (T, "t__body"),
    (Tdg, "t__adj"),
    (Rx, "rx__body"),
    (Ry, "ry__body"),
    (Rz, "rz__body"),
    (Cx, "cx__body"),
    (Cz, "cz__body"),
    (Swap, "swap__body"),
    (Ccx, "ccx__body"),
];

const CONTRACT: &str = "; hqrn: ";
const CALL: &str = "  call void @__quantum__qis__";
const MEASURE: &str = "mz__body";
const ATTRIBUTES: &str = "attributes #0 = { \"entry_point\" \"output_labeling_schema\" \"qir_profiles\"=\"base_profile\" \
    \"required_num_qubits\"=\"";
const RESULTS: &str = "\" \"required_num_results\"=\"";

const MODULE_FLAGS: &str = "
!llvm.module.flags = !{!0, !1, !2, !3}

!0 = !{i32 1, !\"qir_major_version\", i32 1}
!1 = !{i32 7, !\"qir_minor_version\", i32 0}
!2 = !{i32 1, !\"dynamic_qubit_management\", i1 false}
!3 = !{i32 1, !\"dynamic_result_management\", i1 false}
";

pub(super) fn print(program: &Program) -> String {
    let mut out = String::with_capacity(2000 + 90 * program.statements.len());
    let bits = program.bits.as_ref().map_or(0, |bits| bits.size);
    if let Some((contract, _)) = &program.contract {
        put(&mut out, format_args!("{CONTRACT}{contract}\n"));
    }
    if let Some(note) = &program.note {
        put(&mut out, format_args!("; {note}\n"));
    }
    out.push_str("\n%Qubit = type opaque\n%Result = type opaque\n\ndefine void @main() #0 {\nentry:\n");
    out.push_str("  call void @__quantum__rt__initialize(i8* null)\n");
    for statement in &program.statements {
        out.push_str(CALL);
        match statement {
            Statement::Gate { gate, operands, .. } => {
                out.push_str(name_of(gate.kind()));
                out.push('(');
                for angle in &gate.angles()[..gate.angle_count()] {
                    out.push_str("double ");
                    push_angle(&mut out, *angle, true);
                    out.push_str(", ");
                }
                for (i, qubit) in operands[..gate.arity()].iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    put(&mut out, format_args!("%Qubit* inttoptr (i64 {qubit} to %Qubit*)"));
                }
                out.push_str(")\n");
            }
            Statement::Measure { qubit, bit, .. } => put(
                &mut out,
                format_args!(
                    "{MEASURE}(%Qubit* inttoptr (i64 {qubit} to %Qubit*), %Result* inttoptr (i64 {bit} to %Result*))\n"
                ),
            ),
            Statement::Turn { .. } => unreachable!("programs in this language have no inputs"),
        }
    }
    put(&mut out, format_args!("  call void @__quantum__rt__array_record_output(i64 {bits}, i8* null)\n"));
    for bit in 0..bits {
        let result = format_args!("%Result* inttoptr (i64 {bit} to %Result*)");
        put(&mut out, format_args!("  call void @__quantum__rt__result_record_output({result}, i8* null)\n"));
    }
    out.push_str("  ret void\n}\n\ndeclare void @__quantum__rt__initialize(i8*)\n");
    for (kind, name) in NAMES {
        if program.statements.iter().any(|s| matches!(s, Statement::Gate { gate, .. } if gate.kind() == kind)) {
            let mut types = vec!["double"; kind.angle_count()];
            types.extend(vec!["%Qubit*"; kind.arity()]);
            put(&mut out, format_args!("declare void @__quantum__qis__{name}({})\n", types.join(", ")));
        }
    }
    put(&mut out, format_args!("declare void @__quantum__qis__{MEASURE}(%Qubit*, %Result* writeonly) #1\n"));
    out.push_str("declare void @__quantum__rt__array_record_output(i64, i8*)\n");
    out.push_str("declare void @__quantum__rt__result_record_output(%Result*, i8*)\n\n");
    put(&mut out, format_args!("{ATTRIBUTES}{}{RESULTS}{bits}\" }}\n", program.qubits.size));
    out.push_str("attributes #1 = { \"irreversible\" }\n");
    out.push_str(MODULE_FLAGS);
    out
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string does not fail");
}

fn name_of(kind: GateKind) -> &'static str {
    NAMES.iter().find(|(of, _)| *of == kind).map(|(_, name)| *name).expect("the basis of QIR has a name for each gate")
}

pub(super) fn parse(text: &str) -> Result<Program, ParseError> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let Some(contract) = first.strip_prefix(CONTRACT) else {
        return Err(wrong(1, 1, format!("expected '{CONTRACT}' and a contract")));
    };
    let place = Position { line: 1, column: CONTRACT.len() + 1 };
    let target = target_of(contract, place, Language::Qir)?
        .ok_or_else(|| ParseError { at: place, message: "expected a contract that names a target".into() })?;
    let note = lines.next().and_then(|line| line.strip_prefix("; ")).map(str::to_owned);
    let (qubits, bits) = sizes(text)?;
    let mut statements = vec![];
    for (i, line) in text.lines().enumerate() {
        if let Some(call) = line.strip_prefix(CALL) {
            statements.push(Call { line: i + 1, whole: line, rest: call }.statement(qubits, bits)?);
        }
    }
    let register = |name: &str, size| Register { name: name.into(), size, at: Position::default() };
    let mut program = Program {
        target,
        contract: Some((contract.to_owned(), place)),
        note,
        inputs: vec![],
        qubits: register("q", qubits),
        bits: (bits > 0).then(|| register("c", bits)),
        statements,
    };
    same_lines(text, &print(&program))?;
    program.note = None;
    Ok(program)
}

fn wrong(line: usize, column: usize, message: String) -> ParseError {
    ParseError { at: Position { line, column }, message }
}

/// How many qubits and results the attributes of the function ask for.
fn sizes(text: &str) -> Result<(usize, usize), ParseError> {
    let found = text.lines().enumerate().find_map(|(i, line)| Some((i + 1, line.strip_prefix(ATTRIBUTES)?)));
    let Some((line, rest)) = found else {
        let message = "no attributes of an entry point of the base profile, 'attributes #0 = { \"entry_point\" ... }'";
        return Err(wrong(text.lines().count().max(1), 1, message.into()));
    };
    let read = || {
        let (qubits, rest) = rest.split_once(RESULTS)?;
        let (results, _) = rest.split_once('"')?;
        Some((qubits.parse().ok()?, results.parse().ok()?))
    };
    match read() {
        Some((qubits, results)) if (1..=MAX_REGISTER).contains(&qubits) && results <= MAX_REGISTER => {
            Ok((qubits, results))
        }
        _ => Err(wrong(line, 1, format!("expected 1 to {MAX_REGISTER} qubits, and results up to as many"))),
    }
}

/// A call of a gate or of a measurement.
struct Call<'a> {
    line: usize,
    whole: &'a str,
    /// What is not yet read of it.
    rest: &'a str,
}

impl<'a> Call<'a> {
    fn wrong(&self, message: String) -> ParseError {
        wrong(self.line, self.whole.len() - self.rest.len() + 1, message)
    }

    fn statement(mut self, qubits: usize, bits: usize) -> Result<Statement, ParseError> {
        let at = Position { line: self.line, column: self.whole.len() - self.rest.len() + 1 };
        let name = self.until('(')?;
        if name == MEASURE {
            let qubit = self.operand("Qubit", qubits, "")?;
            let bit = self.operand("Result", bits, ", ")?;
            return Ok(Statement::Measure { qubit, bit, at });
        }
        let Some((kind, _)) = NAMES.iter().find(|(_, of)| *of == name) else {
            let known: Vec<&str> = NAMES.iter().map(|(_, name)| *name).chain([MEASURE]).collect();
            let message = format!("'__quantum__qis__{}': expected one of {}", name.escape_debug(), known.join(", "));
            return Err(ParseError { at, message });
        };
        let mut angles = [0.0; 3];
        for angle in &mut angles[..kind.angle_count()] {
            *angle = self.angle()?;
        }
        let mut operands = [0; 3];
        for i in 0..kind.arity() {
            let before = if i == 0 { "" } else { ", " };
            operands[i] = self.operand("Qubit", qubits, before)?;
            if operands[..i].contains(&operands[i]) {
                return Err(self.wrong(format!("'{name}' has this qubit as two of its operands")));
            }
        }
        Ok(Statement::Gate { gate: kind.gate(angles), operands, at })
    }

    /// What stands before a character, which is passed.
    fn until(&mut self, end: char) -> Result<&'a str, ParseError> {
        let (before, rest) = self.rest.split_once(end).ok_or_else(|| self.wrong(format!("expected '{end}'")))?;
        self.rest = rest;
        Ok(before)
    }

    fn pass(&mut self, text: &str) -> Result<(), ParseError> {
        self.rest = self.rest.strip_prefix(text).ok_or_else(|| self.wrong(format!("expected '{text}'")))?;
        Ok(())
    }

    fn angle(&mut self) -> Result<f64, ParseError> {
        self.pass("double ")?;
        let place = self.wrong("expected an angle as a decimal number".into());
        let angle: f64 = self.until(',')?.parse().map_err(|_| place.clone())?;
        self.pass(" ")?;
        if angle.is_finite() { Ok(angle) } else { Err(place) }
    }

    /// `%Qubit* inttoptr (i64 7 to %Qubit*)`
    fn operand(&mut self, of: &str, size: usize, before: &str) -> Result<u32, ParseError> {
        self.pass(&format!("{before}%{of}* inttoptr (i64 "))?;
        let place = self.wrong(format!("expected a number below {size}, as the attributes say"));
        let index = self.until(' ')?.parse::<usize>().ok().filter(|index| *index < size).ok_or(place)?;
        self.pass(&format!("to %{of}*)"))?;
        Ok(index as u32)
    }
}

/// Refuses the first line that is not as it would be written.
fn same_lines(text: &str, written: &str) -> Result<(), ParseError> {
    let mut expected = written.lines();
    for (i, line) in text.lines().enumerate() {
        match expected.next() {
            Some(wanted) if wanted == line => {}
            Some(wanted) => return Err(wrong(i + 1, 1, format!("expected '{}'", wanted.trim_start()))),
            None => return Err(wrong(i + 1, 1, "expected the end of the text".into())),
        }
    }
    match expected.next() {
        None => Ok(()),
        Some(wanted) => Err(wrong(text.lines().count() + 1, 1, format!("expected '{}'", wanted.trim_start()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Gate;
    use crate::target::Target;

    fn program() -> Program {
        let at = Position::default();
        let register = |name: &str, size| Register { name: name.into(), size, at };
        let gate = |gate, operands| Statement::Gate { gate, operands, at };
        Program {
            target: Target::named("qir").unwrap(),
            contract: Some(("{\"target\":\"qir\"}".into(), at)),
            note: Some("a note".into()),
            inputs: vec![],
            qubits: register("q", 3),
            bits: Some(register("c", 2)),
            statements: vec![
                gate(Gate::H, [2, 0, 0]),
                gate(Gate::Rz(-1.5e-7), [0, 0, 0]),
                gate(Gate::Cx, [0, 2, 0]),
                gate(Gate::Ccx, [2, 1, 0]),
                Statement::Measure { qubit: 2, bit: 0, at },
                Statement::Measure { qubit: 0, bit: 1, at },
            ],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = print(&program());
        let read = parse(&text).unwrap();
        assert_eq!(print(&Program { note: program().note, ..read.clone() }), text);
        let of = |program: &Program| {
            let bare = |s: &Statement| match *s {
                Statement::Gate { gate, operands, .. } => (Some(gate), operands),
                Statement::Measure { qubit, bit, .. } => (None, [qubit, bit, 0]),
                Statement::Turn { .. } => panic!("an input"),
            };
            program.statements.iter().map(bare).collect::<Vec<_>>()
        };
        assert_eq!(of(&read), of(&program()));
        assert!(NAMES.iter().all(|(kind, _)| program().target.basis.has(*kind)));
        assert_eq!(program().target.basis.gates().count(), NAMES.len());
    }

    #[test]
    fn every_other_line_is_refused_with_its_number() {
        let text = print(&program());
        for (from, to, expected) in [
            ("h__body(", "y__body(", "line 10, column 30: '__quantum__qis__y__body': expected one of x__body"),
            (
                "i64 2 to %Qubit*))\n  call void @__quantum__qis__ccx",
                "i64 0 to %Qubit*))\n  call void @__quantum__qis__ccx",
                "line 12, column",
            ),
            ("i64 2 to", "i64 3 to", "line 10, column 60: expected a number below 3, as the attributes say"),
            ("-1.5e-07", "nan", "line 11, column 46: expected an angle as a decimal number"),
            (
                "-1.5e-07",
                "-15.0e-08",
                "line 11, column 1: expected 'call void @__quantum__qis__rz__body(double -1.5e-07",
            ),
            ("  ret void", "  ret i64 0", "line 19, column 1: expected 'ret void'"),
            ("define void @main() #0 {\n", "define void @main() #0 {\n\n", "line 8, column 1: expected 'entry:'"),
            (
                "\"target\":\"qir\"",
                "\"target\":\"azure\"",
                "contract: target: azure, whose programs are OpenQASM, not QIR",
            ),
            ("num_qubits\"=\"3", "num_qubits\"=\"0", "expected 1 to 65536 qubits"),
            ("base_profile", "adaptive_profile", "no attributes of an entry point of the base profile"),
            ("i32 7, ", "i32 1, ", "expected '!1 = !{i32 7,"),
            ("; hqrn: ", "; ", "line 1, column 1: expected '; hqrn: ' and a contract"),
        ] {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "{from}");
            let message = parse(&other).unwrap_err().to_string();
            assert!(message.contains(expected) && message.lines().count() == 1, "{message}");
        }
        for (i, _) in text.match_indices('\n').skip(2) {
            assert!(i + 1 == text.len() || parse(&text[..i]).is_err());
        }
        assert!(parse(&format!("{text};")).unwrap_err().to_string().contains("expected the end of the text"));
    }
}
