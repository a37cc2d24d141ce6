//! Writes a syntax tree as text that the clients of its dialect load.

use super::ast::{Program, Register, Statement};
use super::verbatim::BOX;
use crate::target::Dialect;
use std::fmt::Write;
/// The program's text in its dialect, LF line ends, one statement a line.
pub(super) fn print(program: &Program) -> String {
    let dialect = &program.target.dialect;
    let version_2 = dialect.version == "2.0";
    // A gate line with angles has about 70 characters, one without 20.
    let mut out = String::with_capacity(200 + 48 * program.statements.len());
    put(&mut out, format_args!("OPENQASM {};\n", dialect.version));
    if let Some(file) = dialect.include {
        put(&mut out, format_args!("include \"{file}\";\n"));
    }
    if let Some((contract, _)) = &program.contract {
        put(&mut out, format_args!("// hqrn: {contract}\n"));
    }
    if let Some(note) = &program.note {
        put(&mut out, format_args!("// {note}\n"));
    }
    dialect.definitions.iter().for_each(|line| put(&mut out, format_args!("{line}\n")));
    program.inputs.iter().for_each(|input| put(&mut out, format_args!("input float {};\n", input.name)));
    let Register { name, size, .. } = &program.qubits;
    if dialect.verbatim {
        // Nothing declares a machine's own qubits.
    } else if dialect.scalar_qubits {
        (0..*size).for_each(|q| put(&mut out, format_args!("qubit {name}{q};\n")));
    } else if version_2 {
        put(&mut out, format_args!("qreg {name}[{size}];\n"));
    } else {
        put(&mut out, format_args!("qubit[{size}] {name};\n"));
    }
    let (name, open, close) = match dialect {
        Dialect { verbatim: true, .. } => ("$", "", ""),
        Dialect { scalar_qubits: true, .. } => (name.as_str(), "", ""),
        _ => (name.as_str(), "[", "]"),
    };
    if let Some(Register { name, size, .. }) = &program.bits {
        if version_2 {
            put(&mut out, format_args!("creg {name}[{size}];\n"));
        } else {
            put(&mut out, format_args!("bit[{size}] {name};\n"));
        }
    }
    let bits = program.bits.as_ref().map_or("", |b| &b.name);
    let mut boxed = false;
    for statement in &program.statements {
        let gate = !matches!(statement, Statement::Measure { .. });
        if dialect.verbatim && gate != boxed {
            out.push_str(if gate { BOX } else { "}\n" });
            boxed = gate;
        }
        match statement {
            Statement::Gate { gate, operands, .. } => {
                out.push_str(dialect.name_of(gate));
                for (i, angle) in gate.angles()[..gate.angle_count()].iter().enumerate() {
                    out.push_str(if i == 0 { "(" } else { ", " });
                    push_angle(&mut out, *angle, dialect.exponents);
                }
                out.push_str(if gate.angle_count() > 0 { ") " } else { " " });
                for (i, q) in operands[..gate.arity()].iter().enumerate() {
                    put(&mut out, format_args!("{}{name}{open}{q}{close}", if i == 0 { "" } else { ", " }));
                }
                out.push_str(";\n");
            }
            Statement::Turn { gate, input, negated, qubit, .. } => {
                let (gate, input) = (dialect.name_of(gate), &program.inputs[*input as usize].name);
                let sign = if *negated { "-" } else { "" };
                put(&mut out, format_args!("{gate}({sign}{input}) {name}{open}{qubit}{close};\n"));
            }
            Statement::Measure { qubit, bit, .. } if version_2 => {
                put(&mut out, format_args!("measure {name}[{qubit}] -> {bits}[{bit}];\n"))
            }
            Statement::Measure { qubit, bit, .. } => {
                put(&mut out, format_args!("{bits}[{bit}] = measure {name}{open}{qubit}{close};\n"))
            }
        }
    }
    if boxed {
        out.push_str("}\n");
    }
    out
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string does not fail");
}

/// The shortest decimal literal that reads back as the same f64, always with a point, and with one digit before
/// it where there is an exponent: other forms are misread by some client.
pub(super) fn push_angle(out: &mut String, angle: f64, exponents: bool) {
    let size = angle.abs();
    if !exponents {
        let text = format!("{angle}");
        let point = if text.contains('.') { "" } else { ".0" };
        put(out, format_args!("{text}{point}"));
    } else if size != 0.0 && !(1e-4..1e15).contains(&size) {
        let text = format!("{angle:e}");
        let (mantissa, exponent) = text.split_once('e').expect("the e format has an exponent");
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let (sign, digits) = exponent.strip_prefix('-').map_or(("", exponent), |digits| ("-", digits));
        put(out, format_args!("{mantissa}{point}e{sign}{digits:0>2}"));
    } else {
        put(out, format_args!("{angle:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(angle: f64) -> String {
        let mut out = String::new();
        push_angle(&mut out, angle, true);
        out
    }

    #[test]
    fn angles_have_a_point_and_a_tame_exponent() {
        for (angle, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-0.25, "-0.25"),
            (1.5e-7, "1.5e-07"),
            (-2e-12, "-2.0e-12"),
            (1e-5, "1.0e-05"),
            (0.0001, "0.0001"),
            (std::f64::consts::PI, "3.141592653589793"),
            (5e-324, "5.0e-324"),
            (1e300, "1.0e300"),
        ] {
            assert_eq!(text(angle), expected);
        }
    }

    proptest! {
        #[test]
        fn every_angle_reads_back(angle in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            let text = text(angle);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), angle.to_bits());
            prop_assert!(text.contains('.'));
            let before_point = text.trim_start_matches('-').find('.').unwrap();
            prop_assert!(!text.contains('e') || before_point == 1);
            let mut plain = String::new();
            push_angle(&mut plain, angle, false);
            prop_assert_eq!(plain.parse::<f64>().unwrap().to_bits(), angle.to_bits());
            prop_assert!(plain.contains('.') && !plain.contains('e'));
        }
    }
}
