//! What CI jobs rely on: a program that no longer computes its weights is caught, one that is damaged is refused.

use crate::support::{circuits, compile, json_matrix, outcome, verify};
use hqrn::compiler::{Check, CompileOptions, Criterion, InputRule, compile_block, prove_block, verify_block};
use hqrn::network::read_bytes;
use hqrn::qasm::{self, Prepared};
use hqrn::random::rng;
use hqrn::target::{Machine, Target};
use rand::RngExt;
use std::fs;

/// Runs hqrn-verify on a changed text of digits block 2.
struct Bench {
    folder: tempfile::TempDir,
    text: String,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.qasm");
        let digits = circuits("digits.json");
        let done = compile(&[digits.to_str().unwrap(), "--block", "2", "-o", file.to_str().unwrap()]);
        assert_eq!(outcome(&done).0, 0);
        Bench { text: fs::read_to_string(&file).unwrap(), folder }
    }

    fn verify(&self, text: &str) -> (i32, String) {
        let file = self.folder.path().join("changed.qasm");
        fs::write(&file, text).unwrap();
        outcome(&verify(&[file.to_str().unwrap(), "--weights", circuits("digits.json").to_str().unwrap()]))
    }

    /// The text with line `i` replaced.
    fn with_line(&self, i: usize, line: &str) -> String {
        let mut lines: Vec<&str> = self.text.lines().collect();
        lines[i] = line;
        lines.join("\n") + "\n"
    }

    /// Indices of lines that start so.
    fn lines(&self, start: &str) -> Vec<usize> {
        self.text.lines().enumerate().filter(|(_, l)| l.starts_with(start)).map(|(i, _)| i).collect()
    }
}

#[test]
fn every_kind_of_damage_is_noticed() {
    let bench = Bench::new();
    assert_eq!(bench.verify(&bench.text).0, 0);
    let line = |i: usize| bench.text.lines().nth(i).unwrap();

    // An angle off by 1e-3, for rotations from start to end.
    let rotations = bench.lines("rz(");
    for &i in rotations.iter().step_by(rotations.len() / 5) {
        let (angle, rest) = line(i)[3..].split_once(')').unwrap();
        let changed = format!("rz({:?}){rest}", angle.parse::<f64>().unwrap() + 1e-3);
        let (code, message) = bench.verify(&bench.with_line(i, &changed));
        assert_eq!(code, 1, "{message}");
        assert!(message.contains("W_rec[") && message.contains("expected"), "{message}");
    }
    // A gate removed, two qubits swapped.
    let cxs = bench.lines("cx ");
    for &i in cxs.iter().step_by(cxs.len() / 5) {
        assert_eq!(bench.verify(&bench.with_line(i, "")).0, 1);
        let (control, target) = line(i)[3..].trim_end_matches(';').split_once(", ").unwrap();
        assert_eq!(bench.verify(&bench.with_line(i, &format!("cx {target}, {control};"))).0, 1);
    }
    let exchanged = bench.text.replace("q[2]", "q[*]").replace("q[3]", "q[2]").replace("q[*]", "q[3]");
    assert_eq!(bench.verify(&exchanged).0, 1);
    // The contract: accept bits, gamma, outputs.
    for (from, to) in [("{\"6\":0}", "{\"6\":1}"), ("{\"13\":0}", "{\"13\":1}"), ("\"output\":[0,1", "\"output\":[1,0")]
    {
        assert_ne!(bench.text.replace(from, to), bench.text);
        assert_eq!(bench.verify(&bench.text.replace(from, to)).0, 1, "{from}");
    }
    assert_eq!(bench.verify(&bench.text.replace("\"block\":2,", "\"block\":3,")).0, 1);
}

#[test]
fn other_weights_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let digits = fs::read_to_string(circuits("digits.json")).unwrap();
    let done = compile(&[circuits("digits.json").to_str().unwrap(), "--block", "3", "-o", file.to_str().unwrap()]);
    assert_eq!(outcome(&done).0, 0);
    // The network a training step later: every weight moved by a little.
    let mut network = read_bytes(digits.as_bytes(), "digits").unwrap();
    network.blocks[2].scale(1.0 + 1e-6);
    let later = folder.path().join("later.json");
    fs::write(&later, hqrn::network::write_json(&network)).unwrap();
    assert_eq!(outcome(&verify(&[file.to_str().unwrap(), "--weights", later.to_str().unwrap()])).0, 1);
    if let (Some(one), Some(other)) = (
        crate::support::shared("weights/mnist-epochs/epoch-290.safetensors"),
        crate::support::shared("weights/mnist-epochs/epoch-300.safetensors"),
    ) {
        let done = compile(&[one.to_str().unwrap(), "--block", "1", "-o", file.to_str().unwrap()]);
        assert_eq!(outcome(&done).0, 0);
        assert_eq!(outcome(&verify(&[file.to_str().unwrap(), "--weights", other.to_str().unwrap()])).0, 1);
    }
}

/// What examples/check_certificate.py makes of certificates is in tests/clients/check_certificates.py.
#[test]
fn certificates_are_of_what_holds_and_take_the_place_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, programs, certificate) = (circuits("iris.json"), path("iris"), path("certificate.json"));
    let weights = weights.to_str().unwrap();
    assert_eq!(outcome(&compile(&[weights, "-o", &programs])).0, 0);
    let certify = |programs: &[&str], more: &[&str]| {
        outcome(&verify(&[programs, &["--weights", weights, "--certify"], more].concat()))
    };
    assert_eq!(certify(&[&programs], &[&certificate]).0, 0);
    let text = fs::read_to_string(&certificate).unwrap();
    assert_eq!(text.matches("\"criterion\":\"basis map\"").count(), 2, "{text}");
    let [first, second] = ["block-01.qasm", "block-02.qasm"].map(|name| format!("{programs}/{name}"));
    let before = fs::read_to_string(&first).unwrap();

    // A program in a folder, a manifest, what has no name, a file that is there, two programs of one name, options under which nothing is proved of all of W.
    let (twin, gone) = (path("block-01.qasm"), path("gone/certificate.json"));
    fs::copy(&second, &twin).unwrap();
    for (programs, more, expected) in [
        (&[&programs[..]][..], &[&first[..]][..], "is an input, and would be lost"),
        (&[&programs], &[weights], "is an input, and would be lost"),
        (&[&programs], &[&format!("{programs}/manifest.json")], "is an input, and would be lost"),
        (&["-"], &[&gone], "expected a file in place of -"),
        (&[&programs], &[&gone], "there is no folder"),
        (&[&programs], &["-"], "expected the name of a file"),
        (&[&first, &twin], &[&gone], "two programs are called block-01.qasm"),
        (&[&programs], &[&certificate, "--sample", "2"], "cannot be used with"),
        (&[&first], &[&certificate, "--contract", &first], "cannot be used with"),
    ] {
        let (code, message) = certify(programs, more);
        assert_eq!((code, message.lines().count()), (2, 1), "{message}");
        assert!(message.contains(expected), "expected '{expected}' in: {message}");
    }
    // Nothing comes of what does not hold, and what was there before stays.
    fs::write(&twin, before.replace("x q[0];", "")).unwrap();
    assert_eq!(certify(&[&twin], &[&certificate]).0, 1);
    assert_eq!(certify(&[&programs], &[&certificate, "--tolerance", "1e-18"]).0, 1);
    assert_eq!((fs::read_to_string(&certificate).unwrap(), fs::read_to_string(&first).unwrap()), (text, before));
}

#[test]
fn programs_of_two_qubit_blocks_in_openqasm_have_a_proof() {
    let network = read_bytes(&fs::read(circuits("entanglement.json")).unwrap(), "entanglement").unwrap();
    let state = Prepared::State(vec![0.1, 0.2, 0.3, 0.4]);
    let ways = [
        (Criterion::DensityMap, 16, InputRule::User),
        (Criterion::BasisMap, 4, InputRule::Columns),
        (Criterion::BasisMap, 1, InputRule::Prepared(Prepared::Basis(1))),
        (Criterion::State, 1, InputRule::Prepared(state)),
    ];
    for (criterion, columns, input) in ways {
        let mut options = CompileOptions::default();
        options.input = input;
        let compiled = compile_block(&network, 1, &options).unwrap();
        let programs: Vec<_> = compiled.iter().map(|c| qasm::read(&c.text).unwrap()).collect();
        let proof = prove_block(&programs.iter().collect::<Vec<_>>(), &network.blocks[0]).unwrap();
        assert_eq!((proof.criterion, proof.columns.len()), (criterion, columns));
        assert!(
            proof.bound < 1e-11 * proof.largest && proof.columns.iter().all(|c| c.most <= proof.bound),
            "{proof:?}"
        );
    }
    for target in ["ionq-native", "qir"] {
        let mut options = CompileOptions::default();
        options.machine = Machine::from(Target::named(target).unwrap());
        let compiled = compile_block(&network, 1, &options).unwrap();
        let program = qasm::read(&compiled[0].text).unwrap();
        let error = prove_block(&[&program], &network.blocks[0]).unwrap_err().to_string();
        assert!(error.starts_with("no proof is known for programs in"), "{error}");
    }
}

#[test]
fn damaged_programs_are_refused_with_line_and_column() {
    let bench = Bench::new();
    let refused = |text: &str, expected: &str| {
        let (code, message) = bench.verify(text);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(expected), "expected '{expected}' in: {message}");
        assert!(message.contains("line ") && message.contains("column "), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    };
    refused(&bench.text[..bench.text.len() / 2], "line ");
    refused(&bench.text[..bench.text.len() - 30], "line ");
    refused(&bench.with_line(9, "foo q[0];"), "line 10, column 1: unknown gate or statement 'foo'");
    refused(&bench.with_line(9, "cx q[0], q[99];"), "line 10, column 12: qubit 99 does not exist");
    let measurement = bench.lines("c[5]")[0];
    refused(&bench.with_line(measurement, ""), "line 6, column 1: bit 5 of 'c' is never written");
    refused(&bench.text.replace("bit[14]", "bit[13]"), "bit 13 does not exist");
    refused(&bench.text.replace("qubit[14]", "qubit[13]"), "qubit 13 does not exist");
    refused(&bench.with_line(2, ""), "no '// hqrn:' line");
    refused(&bench.text.replace("\"dim\":64", "\"dim\":\"64\""), "line 3, column");
    refused(&bench.text.replace("OPENQASM 3.0", "OPENQASM 2.0"), "line 1, column 10");
    let (code, message) = bench.verify("\u{0}");
    assert_eq!((code, message.contains("line 1, column 1")), (2, true), "{message}");
}

/// On a small generic block every gate matters, so every single-gate change must show.
#[test]
fn no_gate_of_a_generic_block_is_idle() {
    let mut rng = rng(55);
    let entries: Vec<f64> = (0..64).map(|_| rng.random_range(-1.0..1.0)).collect();
    let weights = json_matrix(8, 8, |i, j| entries[8 * i + j]);
    let network = read_bytes(weights.as_bytes(), "generic").unwrap();
    let text = &compile_block(&network, 1, &CompileOptions::default()).unwrap()[0].text;
    let lines: Vec<&str> = text.lines().collect();
    let holds = |text: &str| {
        let program = qasm::read(text).unwrap();
        verify_block(&[&program], &network.blocks[0], &Check::all(1e-9)).unwrap().0.holds()
    };
    assert!(holds(text));
    let mut tried = 0;
    for (i, line) in lines.iter().enumerate() {
        if line.starts_with("cx") || line.starts_with('r') || line.starts_with("u3") {
            let mut changed = lines.clone();
            changed.remove(i);
            assert!(!holds(&changed.join("\n")), "line {} '{line}' can be left out", i + 1);
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}
