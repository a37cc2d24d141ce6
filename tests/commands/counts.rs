//! `hqrn-counts`: estimates from what backends return.

use crate::support::{circuits, compile, outcome, stdout};
use approx::assert_abs_diff_eq;
use hqrn::simulator::{Readout, transition_probabilities};
use hqrn::target::Target;
use std::path::Path;
use std::process::{Command, Output};

fn counts(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-counts")).args(arguments).output().unwrap()
}

/// 1,000 shots of four.qasm without phases from basis state 0, whose first column is W = (16, 0, 4, 0) of gamma+ 25, and
/// of the minus circuit nothing: bits 0, 1 spell n, bit 2 must be 0; bit 5 must be 0.
fn four(folder: &Path) -> (String, String, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let program = path("four.qasm");
    let done = compile(&[circuits("four.json").to_str().unwrap(), "-o", &program, "--phases", "nonnegative", "-q"]);
    assert_eq!(outcome(&done).0, 0);
    let text = r#"{"100000": 640, "100010": 160, "100100": 200}"#;
    std::fs::write(path("counts.json"), text).unwrap();
    (program, path("counts.json"), circuits("four.json").to_str().unwrap().to_owned())
}

/// A report but for the files that it is of.
fn said(output: &Output) -> String {
    let mut report: serde_json::Value = serde_json::from_str(&stdout(output)).unwrap();
    report.as_object_mut().unwrap().remove("inputs").unwrap();
    report.to_string()
}

#[test]
fn counts_become_states() {
    let folder = tempfile::tempdir().unwrap();
    let (program, file, weights) = four(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("y.json"), "[1, 0, 0, 0]").unwrap();
    let (state, next) = (path("y.json"), path("next.json"));
    let start = [program.as_str(), "--counts", &file, "--weights", &weights];
    let output = counts(&[&start[..], &["--state", &state, "--next", &next, "--json"]].concat());
    assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let product = &report["estimate"]["product"];
    assert_abs_diff_eq!(product[0]["value"].as_f64().unwrap(), 16.0, epsilon = 1e-9);
    assert_abs_diff_eq!(product[2]["value"].as_f64().unwrap(), 4.0, epsilon = 1e-9);
    // √((<w²> - <w>²) / 1000) of 640 shots worth 25, 360 worth 0, and one more worth 25, one -4.
    assert_abs_diff_eq!(product[0]["error"].as_f64().unwrap(), 0.379_727, epsilon = 1e-5);
    let written: Vec<f64> = serde_json::from_slice(&std::fs::read(&next).unwrap()).unwrap();
    assert_abs_diff_eq!(written.iter().sum::<f64>(), 1.0, epsilon = 1e-12);
    assert!(stdout(&counts(&start)).contains("0.6400 ± 0.0152"));
    // The same words as Braket writes them.
    let turned = r#"{"000001": 640, "010001": 160, "001001": 200}"#;
    std::fs::write(&file, turned).unwrap();
    let again = counts(&[&start[..], &["--state", &state, "--order", "first", "--json"]].concat());
    assert_eq!(said(&again).replace(r#""bit_0":"first""#, r#""bit_0":"last""#), said(&output));
}

/// What each target's clients write of 1,000 shots of the first two rows of four.json from basis state 1: p+[0] = 0.04,
/// p+[1] = 0.64, which no default may turn around.
#[test]
fn bit_0_is_where_the_clients_of_the_target_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let weights = circuits("four.json").to_str().unwrap().to_owned();
    // Qubits 0, 1 spell n, qubit 2 reads 0 where a shot counts; the minus circuit reads 3.
    let last = r#"{"011001": 640, "011000": 40, "011111": 320}"#;
    let first = r#"{"100110": 640, "000110": 40, "111110": 320}"#;
    let numbers = r#"{"25": 640, "24": 40, "31": 320}"#;
    for (target, text, order) in [
        ("portable", last, None),
        ("ibm", last, None),
        ("azure", last, None),
        ("ionq", last, None),
        ("ionq", numbers, None),
        ("ionq-native", numbers, None),
        ("braket", first, None),
        ("pennylane", first, None),
        ("qasm2", last, Some("last")),
        ("qasm2", first, Some("first")),
        ("portable", numbers, Some("last")),
    ] {
        let ending = Target::named(target).unwrap().dialect.language.ending();
        let program = path(&format!("{target}.{ending}"));
        let options = ["--phases", "nonnegative", "--input", "basis:1", "--target", target, "-q"];
        assert_eq!(outcome(&compile(&[&[&weights, "-o", &program][..], &options].concat())), (0, String::new()));
        let file = path("counts.json");
        std::fs::write(&file, text).unwrap();
        let mut arguments = vec![program.as_str(), "--counts", &file, "--weights", &weights, "--json"];
        if order.is_none() || target == "qasm2" {
            // Nobody says it for qasm2, and for numbers IonQ alone does.
            let (code, message) = outcome(&counts(&arguments));
            assert_eq!(code, if target == "qasm2" { 2 } else { 0 }, "{target}: {message}");
            assert!(code == 0 || message.contains("whose order differs between clients: say --order"), "{message}");
        }
        arguments.extend(order.iter().flat_map(|order| ["--order", order]));
        let done = counts(&arguments);
        assert_eq!(outcome(&done), (0, String::new()), "{target}");
        let report: serde_json::Value = serde_json::from_str(&stdout(&done)).unwrap();
        let p = |sign: &str, n: usize| report["estimate"][sign][n]["value"].as_f64().unwrap();
        assert_eq!((p("plus", 0), p("plus", 1)), (0.04, 0.64), "{target}");
        assert_eq!(report["counts"][0]["bit_0"], order.unwrap_or(if text == first { "first" } else { "last" }));
        // The other end of words is noticed.
        let other = if arguments.contains(&"first") || text == first { "last" } else { "first" };
        let wrong = counts(&[&program, "--counts", &file, "--weights", &weights, "--order", other]);
        let (code, message) = outcome(&wrong);
        assert_eq!((code, message.contains("with the other --order it fits")), (0, true), "{target}: {message}");
    }
}

#[test]
fn counts_can_come_through_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let (program, file, weights) = four(folder.path());
    let mut run = Command::new(env!("CARGO_BIN_EXE_hqrn-counts"));
    run.args([&program, "--counts", "-", "--weights", &weights, "--json"]);
    let piped = run.stdin(std::fs::File::open(&file).unwrap()).output().unwrap();
    assert_eq!(outcome(&piped), (0, String::new()));
    assert_eq!(said(&piped), said(&counts(&[&program, "--counts", &file, "--weights", &weights, "--json"])));
    let mut run = Command::new(env!("CARGO_BIN_EXE_hqrn-counts"));
    run.args([&program, "--counts", "-", "--weights", "-"]);
    let (code, message) = outcome(&run.stdin(std::fs::File::open(&weights).unwrap()).output().unwrap());
    assert!(code == 2 && message.contains("only one can be -"), "{message}");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (program, file, weights) = four(folder.path());
    let digits = circuits("digits.json").to_str().unwrap().to_owned();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let short = write("short.json", r#"{"01": 3}"#);
    let long = write("state.json", "[0.5, 0.5]");
    let heavy = write("heavy.json", "[1, 1, 0, 0]");
    let other = write("other.json", "[0.25, 0.25, 0.25, 0.25]");
    let prepared = folder.path().join("prepared.qasm").to_str().unwrap().to_owned();
    assert_eq!(outcome(&compile(&[&weights, "-o", &prepared, "--input", "basis:1", "-q"])).0, 0);
    let renamed = std::fs::read_to_string(&weights).unwrap().replace("\"four\"", "\"fore\"");
    let renamed = write("renamed.json", &renamed);
    let (code, message) = outcome(&counts(&[&program, "--counts", &file, "--weights", &renamed]));
    assert!(code == 0 && message.contains("was compiled from 'four', the weights are of 'fore'"), "{message}");
    let start = |counts: &str, weights: &str| [&program, "--counts", counts, "--weights", weights].map(str::to_owned);
    for (arguments, expected) in [
        (
            vec![
                prepared,
                "--counts".into(),
                file.clone(),
                "--weights".into(),
                weights.clone(),
                "--state".into(),
                other,
            ],
            "other.json: [0]: 0.25, but the program prepares a state with 0 there",
        ),
        (start(&short, &weights).to_vec(), "short.json: '01' has 2 bits, the program reads 6"),
        (start("none.json", &weights).to_vec(), "none.json: No such file"),
        (start(&file, &digits).to_vec(), "computes a block of dimension 4, the weights have 64"),
        ([&start(&file, &weights)[..], &["--state".into(), long]].concat(), "state.json: 2 entries, expected 4"),
        ([&start(&file, &weights)[..], &["--state".into(), heavy]].concat(), "the entries sum up to 2, expected 1"),
        (
            [&start(&file, &weights)[..], &["--counts".into(), file.clone()]].concat(),
            "1 programs, but 2 files of counts",
        ),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (code, message) = outcome(&counts(&arguments));
        assert_eq!(code, 2, "{arguments:?}");
        assert!(message.contains(expected), "{message}");
    }
}

/// Counts of 10^7 shots of each column, as many of each word as there should be.
fn columns(programs: &[String]) -> Vec<String> {
    let read = |path: &String| hqrn::qasm::read(&std::fs::read_to_string(path).unwrap()).unwrap();
    let table = |program: &hqrn::qasm::Program| {
        let bits = program.circuit.bit_count();
        let readout = Readout { input: vec![], output: (0..bits).collect(), accept: vec![] };
        let p = transition_probabilities(&program.circuit, &readout, &[0]).unwrap();
        let words = p.iter().enumerate().map(|(word, p)| (format!("{word:0bits$b}"), (1e7 * p).round() as u64));
        let words: serde_json::Map<String, serde_json::Value> =
            words.filter(|(_, count)| *count > 0).map(|(word, count)| (word, count.into())).collect();
        serde_json::Value::from(words).to_string()
    };
    let programs: Vec<_> = programs.iter().map(read).collect();
    match &programs[..] {
        [program] => (0..program.contract.dim).map(|m| table(&program.column(m).unwrap())).collect(),
        several => several.iter().map(table).collect(),
    }
}

#[test]
fn counts_of_all_columns_are_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let weights = circuits("four.json").to_str().unwrap().to_owned();
    let network = hqrn::read_network(&weights).unwrap();
    let block = &network.blocks[0];
    let y = [0.1, 0.2, 0.3, 0.4];
    std::fs::write(path("y.json"), "[0.1, 0.2, 0.3, 0.4]").unwrap();
    let (next, _) = block.apply(&y);
    for (options, copies) in [
        (&[][..], 1),
        (&["--tiles", "0 1 2 3 4 5; 11 10 9 8 7 6"][..], 2),
        (&["--target", "ibm", "--split"][..], 1),
        (&["--target", "qasm2"][..], 1),
    ] {
        let program = path("b.qasm");
        let done = compile(&[&[&*weights, "-o", &program, "--inputs", "columns", "-q"][..], options].concat());
        assert_eq!(outcome(&done), (0, String::new()), "{options:?}");
        let programs: Vec<String> = match options {
            ["--target", "qasm2"] => (0..4).map(|m| path(&format!("b.column-{m:02}.qasm"))).collect(),
            [.., "--split"] => ["b.plus.qasm", "b.minus.qasm"].map(path).to_vec(),
            _ => vec![program],
        };
        let files: Vec<String> = if options.contains(&"--split") {
            let file = |p: &String| {
                let file = p.replace(".qasm", ".json");
                std::fs::write(&file, format!("[{}]", columns(std::slice::from_ref(p)).join(","))).unwrap();
                file
            };
            programs.iter().map(file).collect()
        } else {
            std::fs::write(path("columns.json"), format!("[{}]", columns(&programs).join(","))).unwrap();
            vec![path("columns.json")]
        };
        let given: Vec<&str> =
            programs.iter().map(String::as_str).chain(["--counts"]).chain(files.iter().map(String::as_str)).collect();
        let state = path("y.json");
        let more = ["--weights", &weights, "--state", &state, "--order", "last", "--json"];
        let done = counts(&[&given[..], &more].concat());
        assert_eq!(outcome(&done), (0, String::new()), "{options:?}");
        let report: serde_json::Value = serde_json::from_str(&stdout(&done)).unwrap();
        for n in 0..4 {
            for m in 0..4 {
                let entry = &report["weight"][n][m];
                let off = (entry["value"].as_f64().unwrap() - block.weight()[(n, m)]).abs();
                assert!(off < 1e-5 && entry["error"].as_f64().unwrap() < 0.01, "{options:?} [{n}][{m}]: {entry}");
            }
            assert_abs_diff_eq!(report["state"]["next"][n]["value"].as_f64().unwrap(), next[n], epsilon = 1e-5);
        }
        let shots = report["shots"][0].as_array().unwrap().iter().map(|shots| shots.as_f64().unwrap());
        assert!(shots.clone().all(|shots| (shots / 1e7 / f64::from(copies) - 1.0).abs() < 1e-3), "{options:?}");
        // As a table, and with the other end of words.
        let done = counts(&[&given[..], &["--weights", &weights, "--order", "last"]].concat());
        assert!(stdout(&done).contains("block 1, 4 columns, "), "{}", stdout(&done));
        let done = counts(&[&given[..], &["--weights", &weights, "--order", "first"]].concat());
        assert!(outcome(&done).1.contains("with the other --order it fits"), "{options:?}: {}", outcome(&done).1);
        // One column too few.
        let text = std::fs::read_to_string(&files[0]).unwrap();
        let short = format!("{}]", &text[..text.rfind(",{").unwrap()]);
        std::fs::write(&files[0], short).unwrap();
        let (code, message) = outcome(&counts(&[&given[..], &["--weights", &weights, "--order", "last"]].concat()));
        let expected = if programs.len() == 4 {
            "4 programs, but 3 tables of counts"
        } else {
            "3 tables of counts, expected 4, one"
        };
        assert!(code == 2 && message.contains(expected), "{message}");
    }
}
