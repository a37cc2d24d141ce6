//! Targets: every dialect is written, read back and verified; files for one are not taken for another's.

use crate::support::{circuits, compile, outcome, stdout, verify};
// The crate of that name, which the user named, beside our own module.
use ::qasm as qasm_2;
use approx::assert_abs_diff_eq;
use hqrn::circuit::{Cost, turned};
use hqrn::compiler::{Check, CompileOptions, Method, compile_block, verify_block};
use hqrn::linalg::{RealMatrix, random_orthogonal};
use hqrn::network::{Network, read, read_bytes};
use hqrn::qasm::ast::Statement;
use hqrn::qasm::{self, Prepared};
use hqrn::random::rng;
use hqrn::synthesis::trotter::TrotterOptions;
use hqrn::target::{Coupling, TARGETS, Target};
use qasm_2::{Argument, AstNode};
use serde_json::Value;
use std::path::Path;

fn networks() -> Vec<Network> {
    let mut found = vec![read(circuits("four.json")).unwrap(), read(circuits("digits.json")).unwrap()];
    let odd = random_orthogonal(8, &mut rng(5)).map(|v| 3.0 * v);
    for w in [odd, RealMatrix::zeros(3, 3), RealMatrix::identity(4, 4), -RealMatrix::identity(2, 2)] {
        let text = crate::support::json_matrix(w.nrows(), w.ncols(), |i, j| w[(i, j)]);
        found.push(read_bytes(text.as_bytes(), "n").unwrap());
    }
    found
}

#[test]
fn every_target_computes_its_weights() {
    for network in networks() {
        for target in TARGETS {
            for (method, split) in [(Method::Exact, false), (Method::Trotter(TrotterOptions::default()), true)] {
                if matches!(method, Method::Trotter(_)) && network.blocks[0].dim() > 8 {
                    continue;
                }
                let options = CompileOptions::default().with_target(target).with_split(split).with_method(method);
                let texts = compile_block(&network, 1, &options).unwrap();
                let programs: Vec<_> = texts.iter().map(|t| qasm::read(&t.text).unwrap()).collect();
                for (program, text) in programs.iter().zip(&texts) {
                    assert_eq!(program.contract.written_for(), target);
                    assert_eq!(qasm::write(program), text.text, "{} survives a round trip", target.name);
                    assert!(program.circuit.operations().all(|(_, o)| target.basis.allows(&o.gate)));
                }
                let programs: Vec<_> = programs.iter().collect();
                let (verification, _) = verify_block(&programs, &network.blocks[0], &Check::all(1e-9)).unwrap();
                assert!(verification.holds(), "{} {}: {verification:?}", network.name, target.name);
            }
        }
    }
}

#[test]
fn prepared_inputs_are_verified_in_every_target() {
    let odd = random_orthogonal(6, &mut rng(3)).map(|v| 2.0 * v);
    let text = crate::support::json_matrix(5, 6, |i, j| odd[(i, j)]);
    let positive = crate::support::json_matrix(4, 4, |i, j| if i == j { 0.0 } else { 1.0 + i as f64 });
    for text in [text, positive] {
        let network = read_bytes(text.as_bytes(), "n").unwrap();
        let block = &network.blocks[0];
        let dim = block.dim();
        let mut y: Vec<f64> = (0..dim).map(|m| (m * m % 5) as f64).collect();
        let sum: f64 = y.iter().sum();
        y.iter_mut().for_each(|p| *p /= sum);
        for input in [Prepared::Basis(dim - 1), Prepared::State(y)] {
            for target in TARGETS {
                for split in [false, true] {
                    let options =
                        CompileOptions::default().with_target(target).with_split(split).with_input(input.clone());
                    let texts = compile_block(&network, 1, &options).unwrap();
                    let programs: Vec<_> = texts.iter().map(|t| qasm::read(&t.text).unwrap()).collect();
                    let members: Vec<_> = programs.iter().collect();
                    let (verification, _) = verify_block(&members, block, &Check::all(1e-9)).unwrap();
                    assert!(verification.holds() && verification.prepared, "{}: {verification:?}", target.name);
                    // The same circuits with another promise.
                    let mut other = programs.clone();
                    other.iter_mut().for_each(|p| p.contract.prepared = Some(Prepared::Basis(0)));
                    let members: Vec<_> = other.iter().collect();
                    let (verification, _) = verify_block(&members, block, &Check::all(1e-9)).unwrap();
                    assert!(!verification.holds(), "{}", target.name);
                }
            }
        }
    }
}

/// One program that angles turn to any column, or, where the text has no inputs, one for each.
#[test]
fn columns_are_chosen_in_every_target() {
    let line: Vec<(usize, usize)> = (0..11).flat_map(|q| [(q, q + 1), (q + 1, q)]).collect();
    for network in networks().iter().filter(|network| network.blocks[0].dim() <= 8) {
        let (block, dim) = (&network.blocks[0], network.blocks[0].dim());
        for (target, split) in TARGETS.iter().zip([false, true].into_iter().cycle()) {
            let options = CompileOptions::default().with_target(target).with_split(split).with_columns();
            let options = if target.joins.is_some() {
                options.with_coupling(Coupling::new(Some(12), &line).unwrap())
            } else {
                options
            };
            let texts = compile_block(network, 1, &options).unwrap();
            let programs: Vec<_> = texts.iter().map(|t| qasm::read(&t.text).unwrap()).collect();
            let members: Vec<_> = programs.iter().collect();
            let (verification, computed) = verify_block(&members, block, &Check::all(1e-9)).unwrap();
            let (name, whole) = (target.name, computed.unwrap());
            assert!(verification.holds() && verification.columns == dim, "{name}: {verification:?}");
            assert_abs_diff_eq!(whole, block.weight().clone(), epsilon = 1e-9);
            if !target.dialect.inputs {
                assert_eq!(texts.iter().map(|t| t.column).max(), Some(Some(dim - 1)), "{name}");
                continue;
            }
            for (program, text) in programs.iter().zip(&texts) {
                assert_eq!(qasm::write(program), text.text, "{name}");
            }
            // Every setting of the angles, simulated from |0> as it is bound.
            for m in 0..dim {
                let bound: Vec<_> = programs.iter().map(|p| p.column(m).unwrap()).collect();
                let bound: Vec<_> = bound.iter().collect();
                let (verification, _) = verify_block(&bound, block, &Check::all(1e-9)).unwrap();
                assert!(verification.holds() && verification.prepared, "{name} {m}: {verification:?}");
            }
        }
    }
}

/// What the text alone shows is a check that failed; what it cannot vouch for is no program.
#[test]
fn inputs_that_choose_no_column_fail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.qasm");
    let (four, file) = (circuits("four.json"), path.to_str().unwrap());
    let four = four.to_str().unwrap();
    assert_eq!(outcome(&compile(&[four, "-o", file, "--inputs", "columns", "-q"])), (0, String::new()));
    assert_eq!(outcome(&verify(&[file, "--weights", four])).0, 0);
    let text = std::fs::read_to_string(&path).unwrap();
    for (from, to, expected) in [
        ("rx(x1) q[4];\n", "", (1, "x1 turns no gate on qubit 4, whose bit of m it should choose")),
        ("rx(x1) q[4]", "rx(x1) q[5]", (1, "x1 turns qubit 5: it is no input of the contract")),
        ("rx(x1) q[4]", "rx(x0) q[4]", (1, "x0 turns qubit 4: its bit of m is chosen by x1")),
        ("rx(x1) q[4]", "rz(x1) q[4]", (1, "rz by pi does not take its state to the opposite one there")),
        ("rx(x1) q[4]", "rx(0.5*x1) q[4]", (2, "expected a decimal number")),
        ("\"input\":[3,4]", "\"input\":[4,3]", (1, "its bit of m is chosen by")),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from}");
        std::fs::write(&path, other).unwrap();
        let (code, message) = outcome(&verify(&[file, "--weights", four]));
        assert!(code == expected.0 && message.contains(expected.1), "{from} -> {to}: {code} {message}");
        assert!(message.contains("columns.qasm: line ") && message.lines().count() == 1, "{message}");
    }
    // A program a column, where the text has no inputs.
    let one = folder.path().join("one.qasm");
    let each = [four, "--inputs", "columns", "--target", "qasm2", "-q", "-o"];
    assert_eq!(outcome(&compile(&[&each[..], &[one.to_str().unwrap()]].concat())), (0, String::new()));
    let (code, message) = outcome(&compile(&[&each[..], &["-"]].concat()));
    assert!(code == 2 && message.contains("these are 4, one for each column"), "{message}");
    let files: Vec<String> =
        (0..4).map(|m| one.with_extension(format!("column-{m:02}.qasm")).display().to_string()).collect();
    let check = |given: &[&str]| {
        let done = verify(&[given, &["--weights", four]].concat());
        (outcome(&done).0, stdout(&done) + &outcome(&done).1)
    };
    let all: Vec<&str> = files.iter().map(String::as_str).collect();
    assert_eq!(check(&[&all[..], &["--complete"]].concat()).0, 0);
    let (code, told) = check(&all[..3]);
    assert!(code == 0 && told.contains("(3 of 4 columns)"), "{told}");
    let (code, told) = check(&[&all[..3], &["--complete"]].concat());
    assert!(code == 1 && told.contains("--complete: no program of column 3 of block 1, which has 4"), "{told}");
    let (code, told) = check(&[&all[..], &all[..1]].concat());
    assert!(code == 2 && told.contains("more than one program of a basis state was given"), "{told}");
}

#[test]
fn inputs_that_cannot_be_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("y.json");
    let (four, out) = (circuits("four.json"), folder.path().join("out.qasm"));
    let message = |input: &str| {
        let output = compile(&[four.to_str().unwrap(), "-o", out.to_str().unwrap(), "--input", input]);
        let (code, message) = outcome(&output);
        assert_eq!(code, 2, "{message}");
        message
    };
    assert!(message("basis:4").contains("--input basis:4: basis state 4: dim is 4"));
    assert!(message("basis:x").contains("expected basis:M"));
    assert!(message("none.json").contains("none.json: No such file"));
    for (text, expected) in [
        ("[0.5, 0.5]", "2 probabilities: dim is 4"),
        ("[0.5, 0.5, 0.5, 0]", "the probabilities sum up to 1.5: expected 1"),
        ("[1.5, -0.5, 0, 0]", "probability 1 is -0.5: expected a number not below 0"),
        ("{}", "invalid type: map"),
    ] {
        std::fs::write(&file, text).unwrap();
        let found = message(file.to_str().unwrap());
        assert!(found.contains(expected), "{found}");
    }
    assert!(!out.exists());
}

/// The `qasm` crate has 32-bit angles and no includes; names, operands and counts must be ours.
#[test]
fn the_qasm_crate_reads_qasm2() {
    let network = read(circuits("four.json")).unwrap();
    let options = CompileOptions::default().with_target(Target::named("qasm2").unwrap());
    let text = &compile_block(&network, 1, &options).unwrap()[0].text;
    let bare: String =
        text.lines().filter(|l| !l.starts_with("include") && !l.starts_with("//")).map(|l| format!("{l}\n")).collect();
    let mut tokens = qasm_2::lex(&bare);
    let theirs = qasm_2::parse(&mut tokens).unwrap();
    let ours = qasm::parse(text).unwrap();
    let qubit = |q: u32| Argument::Qubit("q".into(), q as i32);
    assert_eq!(theirs[..2], [AstNode::QReg("q".into(), 6), AstNode::CReg("c".into(), 6)]);
    assert_eq!(theirs.len(), ours.statements.len() + 2);
    for (statement, node) in ours.statements.iter().zip(&theirs[2..]) {
        match (statement, node) {
            (Statement::Gate { gate, operands, .. }, AstNode::ApplyGate(name, on, angles)) => {
                assert_eq!(ours.target.dialect.name_of(gate), name);
                assert_eq!(on, &operands[..gate.arity()].iter().map(|q| qubit(*q)).collect::<Vec<_>>());
                for (angle, text) in gate.angles().iter().zip(angles) {
                    let text: String = text.split_whitespace().collect();
                    assert_abs_diff_eq!(*angle, text.parse::<f64>().unwrap(), epsilon = 1e-6);
                }
            }
            (Statement::Measure { qubit: q, bit, .. }, AstNode::Measure(from, into)) => {
                assert_eq!((from, into), (&qubit(*q), &Argument::Qubit("c".into(), *bit as i32)));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn one_targets_files_are_not_anothers() {
    let folder = tempfile::tempdir().unwrap();
    let four = circuits("four.json");
    let path = |name: &str| folder.path().join(name);
    for target in ["braket", "qasm2", "pennylane", "ibm"] {
        let file = path(&format!("{target}.qasm"));
        let done = compile(&[four.to_str().unwrap(), "-o", file.to_str().unwrap(), "--target", target, "-q"]);
        assert_eq!(outcome(&done), (0, String::new()));
        let check = |more: &[&str]| {
            let start = [file.to_str().unwrap(), "--weights", four.to_str().unwrap()];
            outcome(&verify(&[&start[..], more].concat()))
        };
        assert_eq!(check(&[]).0, 0);
        assert_eq!(check(&["--target", target]).0, 0);
        let (code, message) = check(&["--target", "azure"]);
        assert_eq!(code, 2);
        assert!(message.contains(&format!("written for {target}, expected azure")), "{message}");
    }
    let braket = std::fs::read_to_string(path("braket.qasm")).unwrap();
    let head = "OPENQASM 3.0;\n";
    let message = |text: &str| qasm::read(text).unwrap_err().to_string();
    // The same text with its contract pretending otherwise.
    let claimed = |target: &str| braket.replace("\"target\":\"braket\"", &format!("\"target\":\"{target}\""));
    assert_eq!(message(&claimed("qasm2")), "line 1, column 10: version '3.0': a program for qasm2 has '2.0'");
    assert!(
        message(&claimed("ibm"))
            .starts_with("line 4, column 1: expected 'include \"stdgates.inc\";' after the version")
    );
    assert!(message(&claimed("abacus")).contains("contract: target: 'abacus', expected one of portable, braket"));
    assert_eq!(message(&claimed("aba\\ncus")).trim_end().lines().count(), 1);
    assert!(
        message(&claimed("pennylane")).contains("expected qubit 'q0', found '['"),
        "{}",
        message(&claimed("pennylane"))
    );
    let included = claimed("ionq").replacen(head, &format!("{head}include \"stdgates.inc\";\n"), 1);
    assert!(
        message(&included).contains("gate 'U' in a program for ionq: it belongs to braket"),
        "{}",
        message(&included)
    );
    let included = braket.replacen(head, &format!("{head}include \"stdgates.inc\";\n"), 1);
    assert!(message(&included).contains("includes \"stdgates.inc\": a program for braket includes none"));
}

/// Real dilations of random matrices: a rotation of two qubits is one gate, or two CX. Figures of benches/README.md.
#[test]
fn rotations_of_two_qubits_save_gates() {
    let mut rng = rng(8);
    for (n, by_cx, by_turns) in [(4, 14, 14), (16, 338, 274)] {
        let w = random_orthogonal(n, &mut rng) + random_orthogonal(n, &mut rng);
        let text = crate::support::json_matrix(n, n, |i, j| w[(i, j)]);
        let network = read_bytes(text.as_bytes(), "n").unwrap();
        for (target, expected) in [
            ("portable", by_cx),
            ("rigetti", by_cx),
            ("iqm", by_cx),
            ("ibm-fractional", by_turns),
            ("ionq-native", by_turns),
            ("quantinuum", by_turns),
        ] {
            let options = CompileOptions::default().with_target(Target::named(target).unwrap());
            let program = qasm::read(&compile_block(&network, 1, &options).unwrap()[0].text).unwrap();
            let joins = program.circuit.operations().filter(|(_, o)| o.gate.arity() == 2).count();
            assert_eq!(joins, expected, "{target}");
        }
    }
}

#[test]
fn targets_are_listed_and_strangers_refused() {
    let listed = compile(&["--target", "list"]);
    assert_eq!(outcome(&listed).0, 0);
    assert!(Target::all().all(|d| stdout(&listed).contains(d.about)));
    let (code, message) = outcome(&compile(&["x.json", "-o", "y", "--target", "abacus"]));
    assert_eq!(code, 2);
    assert!(message.contains("expected list or one of portable, braket"), "{message}");
}

#[test]
fn errors_of_synthesis_that_cannot_be_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.qasm");
    let refused = |weights: &str, more: &[&str], expected: &str| {
        let weights = circuits(weights);
        let start = [weights.to_str().unwrap(), "-o", out.to_str().unwrap(), "--quiet"];
        let (code, message) = outcome(&compile(&[&start[..], more].concat()));
        assert_eq!((code, message.trim_end().lines().count()), (2, 1), "{more:?}: {message}");
        assert!(message.contains(expected) && !out.exists(), "{more:?}: {message}");
    };
    let target = ["--target", "clifford-t"];
    for error in ["0", "1", "2", "-1e-3", "nan", "inf", "1e-400", "small", ""] {
        let given = [target[0], target[1], "--synthesis-error", error];
        refused("four.json", &given, "expected a number above 0 and below 1");
    }
    refused("four.json", &target, "expected --synthesis-error E");
    let given = ["--synthesis-error", "1e-3"];
    refused("four.json", &given, "goes with --target clifford-t");
    refused("four.json", &[&given[..], &["--target", "ibm"]].concat(), "goes with --target clifford-t");
    let both = [target, given].concat();
    refused("digits-quanvolution.json", &both, "for networks of residual blocks, these are quanvolutions");
    refused("iris-qrfnn.json", &both, "for networks of residual blocks, these are segments");
    let too_fine = [&target[..], &["--synthesis-error", "1e-13"]].concat();
    refused("four.json", &too_fine, "allow a larger error");
    if !cfg!(feature = "clifford-t") {
        refused("four.json", &both, "without Clifford+T synthesis");
    }
}

/// Of programs for each column, the table counts the dearest: its angles as well as its gates.
#[test]
fn angles_are_of_the_programs_whose_gates_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let flat = folder.path().join("flat.json");
    std::fs::write(&flat, "[[1, 0], [0, 1]]").unwrap();
    let iris = circuits("iris.json");
    let [iris, flat] = [&iris, &flat].map(|path| path.to_str().unwrap());
    let compiled = |weights: &str, more: &[&str], out: &Path| {
        let done = compile(&[&[weights, "--target", "quantinuum", "-o", out.to_str().unwrap()], more].concat());
        assert_eq!(outcome(&done), (0, String::new()));
        stdout(&done)
    };
    for method in ["exact", "joint"] {
        let cache: &[&str] = if method == "joint" { &["--no-cache"] } else { &[] };
        let columns = [&["--method", method, "--inputs", "columns"], cache].concat();
        let out = folder.path().join(method);
        let report = compiled(iris, &[&columns[..], &["--json"]].concat(), &out);
        let report: Value = serde_json::from_str(&report).unwrap();
        let told = compiled(iris, &columns, &out);
        for (block, row) in report["blocks"].as_array().unwrap().iter().zip(told.lines().skip(2)) {
            let text = |name: &Value| std::fs::read_to_string(out.join(name.as_str().unwrap())).unwrap();
            let programs = block["summary"]["programs"].as_array().unwrap().iter();
            let programs: Vec<_> = programs.map(|name| qasm::read(&text(name)).unwrap().circuit).collect();
            let (cx, turns) = (block["summary"]["cx"].as_u64().unwrap() as usize, block["turned"].as_f64().unwrap());
            let dearest = programs.iter().filter(|program| Cost::of(program).two_qubit_gates == cx).map(turned);
            assert!(programs.len() >= 4 && dearest.into_iter().any(|found| found == turns), "{method}: {block}");
            assert_eq!(row.split_whitespace().nth(4), Some(&*format!("{turns:.2}")), "{told}");
        }
    }
    // Nothing to turn is nothing, without a sign.
    let told = compiled(flat, &[], &folder.path().join("flat"));
    assert!(told.contains("  0.00  ") && !told.contains("-0.00"), "{told}");
    let report: Value = serde_json::from_str(&compiled(flat, &["--json"], &folder.path().join("flat"))).unwrap();
    assert!(report["blocks"][0]["turned"].as_f64().is_some_and(|turns| turns == 0.0 && turns.is_sign_positive()));
}
