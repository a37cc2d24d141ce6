//! A second opinion on our text: oq3_semantics, the OpenQASM 3 front end that Qiskit uses.

use crate::support::circuits;
use hqrn::compiler::{CompileOptions, compile_block};
use hqrn::network::read;
use hqrn::qasm;
use oq3_semantics::syntax_to_semantics::parse_source_string;
use std::fs;

/// Statements that oq3 sees in a text it accepts.
fn statements(text: &str) -> usize {
    let result = parse_source_string(text, Some("program.qasm"), None::<&[&str]>);
    assert!(!result.any_errors(), "oq3 finds errors");
    result.program().stmts().len()
}

/// Both readers see the same number of statements.
fn compare(text: &str) {
    let (ours, theirs) = (qasm::parse(text).unwrap().statements.len(), statements(text));
    // oq3 counts the include (or not) and the two declarations as well.
    assert!((ours + 2..=ours + 4).contains(&theirs), "{theirs} statements, ours {ours}");
}

#[test]
fn every_program_in_the_repository() {
    let mut seen = 0;
    for entry in fs::read_dir(circuits("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "qasm") {
            let text = fs::read_to_string(&path).unwrap();
            compare(&text);
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_trained_block_of_64x64() {
    let network = read(circuits("digits.json")).unwrap();
    let text = &compile_block(&network, 5, &CompileOptions::default()).unwrap()[0].text;
    compare(text);
}
