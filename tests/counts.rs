//! `hqrn-counts`: estimates from what backends return.

mod support;

use approx::assert_abs_diff_eq;
use std::path::Path;
use std::process::{Command, Output};
use support::{circuits, compile, outcome, stdout};

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
    // 25 √(0.64 · 0.36 / 1000)
    assert_abs_diff_eq!(product[0]["error"].as_f64().unwrap(), 0.379_473, epsilon = 1e-5);
    let written: Vec<f64> = serde_json::from_slice(&std::fs::read(&next).unwrap()).unwrap();
    assert_abs_diff_eq!(written.iter().sum::<f64>(), 1.0, epsilon = 1e-12);
    assert!(stdout(&counts(&start)).contains("0.6400 ± 0.0152"));
    // The same words as Braket writes them.
    let turned = r#"{"000001": 640, "010001": 160, "001001": 200}"#;
    std::fs::write(&file, turned).unwrap();
    let again = counts(&[&start[..], &["--state", &state, "--order", "first", "--json"]].concat());
    assert_eq!(stdout(&again), stdout(&output));
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
    let start = |counts: &str, weights: &str| [&program, "--counts", counts, "--weights", weights].map(str::to_owned);
    for (arguments, expected) in [
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
