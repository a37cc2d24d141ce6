//! A refusal is reported in the file of `--json`, too, lest a report of an earlier run pass for one of this: wherever the file is nothing else.

use crate::support::{circuits, outcome};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const STALE: &str = "{\"holds\": true}\n";

/// Runs a command in a folder: its exit code, and what it said.
fn run(folder: &Path, name: &str, arguments: &[&str]) -> (i32, String) {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
    outcome(&Command::new(path).args(arguments).current_dir(folder).output().unwrap())
}

/// A folder with some inputs.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["four.json", "four.qasm", "iris.json", "iris.csv", "boston-line.json"] {
        fs::copy(circuits(name), folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn a_former_report_does_not_outlive_a_refusal() {
    let folder = folder();
    let report = folder.path().join("report.json");
    let json = "--json=report.json";
    fs::write(folder.path().join("wrong.json"), "[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]").unwrap();
    for (name, arguments, exit) in [
        ("hqrn-compile", &["none.json", "-o", "x.qasm"][..], 2),
        ("hqrn-compile", &["four.json", "-o", "none/x.qasm"], 2),
        ("hqrn-compile", &["four.json", "-o", "x.qasm", "--target", "z80"], 2),
        ("hqrn-verify", &["none", "--weights", "four.json"], 2),
        ("hqrn-verify", &["four.qasm"], 2),
        ("hqrn-verify", &["four.qasm", "--weights", "wrong.json"], 1),
        ("hqrn-verify", &["four.qasm", "--weights", "iris.json", "--complete"], 1),
        ("hqrn-run", &["iris.json", "--data", "none.csv"], 2),
        ("hqrn-counts", &["four.qasm", "--weights", "four.json", "--counts", "none"], 2),
        ("hqrn-compress", &["four.json", "--rank", "9", "-o", "x.json"], 2),
        ("hqrn-train", &["--data", "none.csv", "-o", "x"], 2),
        ("hqrn-train", &["quanvolution", "--data", "none.csv", "-o", "x"], 2),
        ("hqrn-train", &["amplitudes", "--data", "none.csv", "-o", "x"], 2),
        ("hqrn-train", &["entanglement", "--blocks", "0", "-o", "x"], 2),
        ("hqrn-job", &["plan", "iris.json", "--machine", "none.json", "--data", "iris.csv", "-o", "x"], 2),
        ("hqrn-job", &["collect", "none"], 2),
        ("hqrn-job", &["rehearse", "none", "-o", "x.json"], 2),
        ("hqrn-job", &[], 2),
    ] {
        for before in [Some(STALE), None] {
            let _ = fs::remove_file(&report);
            before.into_iter().for_each(|text| fs::write(&report, text).unwrap());
            let (code, said) = run(folder.path(), name, &[arguments, &[json]].concat());
            let errors: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
            assert_eq!((code, errors.len()), (exit, 1), "{name} {arguments:?}: {said}");
            let found: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
            assert_eq!(found["format"], "hqrn-report", "{name} {arguments:?}");
            assert_eq!((&found["error"]["exit"], &found["error"]["message"]), (&exit.into(), &errors[0].into()));
            assert_eq!(found["command"], name);
        }
    }
    assert!(!folder.path().join("x").exists());
}

#[test]
fn checks_of_any_family_say_why_they_failed() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    for weights in ["iris.json", "iris-qrfnn.json", "digits-quanvolution.json"] {
        let (weights, out) = (circuits(weights), folder.path().join("out"));
        let [weights, into] = [&weights, &out].map(|path| path.to_str().unwrap());
        let _ = fs::remove_dir_all(&out);
        fs::create_dir(&out).unwrap();
        assert_eq!(run(folder.path(), "hqrn-compile", &[weights, "-o", into, "-q"]), (0, String::new()));
        let mut spoilt = 0;
        for entry in fs::read_dir(&out).unwrap() {
            let program = entry.unwrap().path();
            let text = fs::read_to_string(&program).unwrap();
            // An angle that is a number, in the circuit, not in the contract, which is a comment.
            let gates = text.find("\nqubit").unwrap_or(text.len());
            let turns = text[gates..].match_indices("r").map(|(at, _)| gates + at + 3);
            let is_angle = |at: &usize| text[at - 1..].starts_with("(0.") || text[at - 1..].starts_with("(1.");
            let Some(at) = turns.filter(|at| *at < text.len()).find(is_angle) else { continue };
            fs::write(&program, format!("{}2{}", &text[..at], &text[at + 1..])).unwrap();
            spoilt += 1;
        }
        assert!(spoilt > 0, "{weights}");
        let (code, said) = run(folder.path(), "hqrn-verify", &[into, "--weights", weights, "--json=report.json"]);
        let lines: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
        assert!(code == 1 && !lines.is_empty(), "{weights}: {code}: {said}");
        let found: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
        assert_eq!((&found["holds"], &found["error"]["exit"]), (&false.into(), &1.into()), "{weights}");
        assert_eq!(found["error"]["message"], lines.join("\n"), "{weights}");
    }
}

#[test]
fn what_is_no_report_of_ours_stays() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let original = fs::read(at("four.json")).unwrap();
    // Refused by something else, before the file was read or looked at.
    for (name, arguments, report) in [
        ("hqrn-verify", &["four.qasm", "--weights", "four.json", "--no-such"][..], "four.json"),
        ("hqrn-verify", &["four.qasm", "--weights=four.json", "--no-such"], "./four.json"),
        ("hqrn-verify", &["none.qasm", "-wfour.json", "--no-such"], "four.json"),
        ("hqrn-run", &["four.json", "--data", "iris.csv", "--csv", "iris.csv"], "four.json"),
        ("hqrn-compile", &["none.json", "--machine", "boston-line.json,four.json", "-o", "x.qasm"], "four.json"),
        ("hqrn-verify", &[".", "--weights", "none.json"], "four.json"),
        ("hqrn-verify", &["four.qasm", "--weights", "four.json"], "four.json"),
    ] {
        let (code, said) = run(folder.path(), name, &[arguments, &[&format!("--json={report}")]].concat());
        assert_eq!(code, 2, "{name} {arguments:?}: {said}");
        assert_eq!(fs::read(at("four.json")).unwrap(), original, "{name} {arguments:?}");
    }
    // A place that was refused is not written to for that.
    fs::create_dir(at("out")).unwrap();
    for report in ["out/block-01.qasm", "out/manifest.json"] {
        let (code, said) = run(folder.path(), "hqrn-compile", &["four.json", "-o", "out", &format!("--json={report}")]);
        assert!(code == 2 && said.contains("two outputs in one file"), "{said}");
        assert!(!at(report).exists());
    }
    // A report among files that are read may be one of before.
    for (before, replaced) in [(STALE, false), (r#"{"format": "hqrn-report", "version": 1, "holds": true}"#, true)] {
        fs::write(at("out/report.json"), before).unwrap();
        let (code, _) = run(folder.path(), "hqrn-verify", &["out", "--weights", "none.json", "--json=out/report.json"]);
        assert_eq!((code, fs::read_to_string(at("out/report.json")).unwrap() != before), (2, replaced));
    }
}
