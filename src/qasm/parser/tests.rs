//! What is read, and what is refused with its place.

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
        ("qubit[1] q; qubit[1] r;", "line 3, column 13: a second qubit register: a program has one"),
        ("", "line 3, column 1: the program declares no qubits: expected 'qubit[n] q;'"),
    ] {
        assert_eq!(message(body), expected);
    }
    assert_eq!(message(&format!("{declared}c[0] = q[0];")), "line 5, column 8: expected 'measure', found 'q'");
    assert_eq!(
        message(&format!("{declared}c[0] = measure q[0]")),
        "line 5, column 20: expected ';', found the end of the text"
    );
    assert_eq!(parse("OPENQASM 4.0;").unwrap_err().to_string(), "line 1, column 10: version '4.0': expected '3.0'");
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
