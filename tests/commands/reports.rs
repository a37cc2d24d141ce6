//! Reports for machines: the same envelope from every command, digests of what was read, and a report of a refusal too.

use crate::support::{circuits, outcome, stdout};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a command among the bundled files.
fn command(name: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
    Command::new(path).args(arguments).current_dir(circuits("")).output().unwrap()
}

/// The report on standard output, which is one line.
fn report(output: &Output) -> Value {
    let text = stdout(output);
    assert_eq!(text.lines().count(), 1, "{text}{}", outcome(output).1);
    serde_json::from_str(&text).unwrap()
}

fn digest(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks what every report says, and that it names these files with their digests.
fn check_envelope(report: &Value, name: &str, inputs: &[&str]) {
    let said = ["format", "hqrn", "command"].map(|key| report[key].as_str().unwrap());
    assert_eq!(said, ["hqrn-report", env!("CARGO_PKG_VERSION"), name]);
    assert_eq!(report["version"], 1);
    let mut wanted: Vec<Value> = inputs
        .iter()
        .map(|path| serde_json::json!({"path": path, "sha256": digest(&circuits("").join(path))}))
        .collect();
    wanted.sort_by_key(|entry| entry["path"].as_str().unwrap().to_owned());
    assert_eq!(report["inputs"], Value::from(wanted), "{name}");
}

#[test]
fn every_command_says_what_its_report_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (counts, rho) = (at("counts.json"), at("rho.json"));
    fs::write(&counts, r#"{"000000": 10, "100000": 7}"#).unwrap();
    let (block, small, trained) = (at("b.qasm"), at("small.json"), at("trained"));
    let zero = "[[0,0,0,0],[0,0,0,0],[0,0,0,0],[0,0,0,0]]";
    fs::write(&rho, format!(r#"{{"re":{},"im":{zero}}}"#, zero.replacen("[[0", "[[1", 1))).unwrap();
    let data = ["--data", "iris.csv"];
    let few = ["--evaluations", "20", "--limit", "20"];
    let tiny = ["--blocks", "1", "--dim", "4", "--epochs", "1"];
    let cases: [(&str, Vec<&str>, Vec<&str>, &str); 7] = [
        ("hqrn-compile", vec!["four.json", "-o", &block], vec!["four.json"], "files"),
        ("hqrn-verify", vec!["four.qasm", "--weights", "four.json"], vec!["four.json", "four.qasm"], "holds"),
        ("hqrn-run", [&["iris.json", "--shots", "10"], &data[..]].concat(), vec!["iris.json", "iris.csv"], "points"),
        ("hqrn-run", vec!["four.json", "--state", &rho, "--shots", "inf"], vec!["four.json", &rho], "label"),
        (
            "hqrn-counts",
            vec!["four.qasm", "--counts", &counts, "--weights", "four.json"],
            vec!["four.qasm", "four.json", &counts],
            "estimate",
        ),
        (
            "hqrn-compress",
            [&["iris.json", "--rank", "1", "-o", &small], &data[..], &few].concat(),
            vec!["iris.json", "iris.csv"],
            "judgement",
        ),
        ("hqrn-train", [&data[..], &tiny, &["-o", &trained]].concat(), vec!["iris.csv"], "epochs"),
    ];
    let schema: Value = serde_json::from_str(&stdout(&command("hqrn-run", &["--report-schema"]))).unwrap();
    for (name, arguments, inputs, key) in cases {
        let output = command(name, &[&arguments[..], &["--json"]].concat());
        assert_eq!(outcome(&output).0, 0, "{name}: {}", outcome(&output).1);
        let report = report(&output);
        check_envelope(&report, name, &inputs);
        assert!(report.get(key).is_some(), "{name}: no {key}");
        // Some form of report in the schema has all the keys that are there.
        let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
        let forms = schema["anyOf"].as_array().unwrap().iter().map(|form| {
            let named = form["$ref"].as_str().map(|path| path.trim_start_matches('#'));
            named.map_or(form, |path| schema.pointer(path).unwrap())
        });
        let fits = |form: &Value| keys.iter().all(|key| form["properties"].get(key.as_str()).is_some());
        assert!(forms.filter(|form| fits(form)).count() >= 1, "{name}: {keys:?}");
    }
}

#[test]
fn what_is_refused_is_reported_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (torn, alone, map) = (at("torn.json"), at("alone.qasm"), at("map.json"));
    fs::write(&torn, "{\"weight\": [[1, NaN]]}").unwrap();
    fs::write(&map, "[[0,1],[1,2],[2,3],[3,4],[4,5]]").unwrap();
    assert!(command("hqrn-compile", &["iris.json", "--block", "2", "-o", &alone]).status.success());
    let (missing, bell) = (at("missing.json"), at("bell"));
    let cases: [(&str, Vec<&str>, u8, &[&str]); 8] = [
        ("hqrn-compile", vec![&missing, "-o", "x.qasm"], 2, &[]),
        ("hqrn-compile", vec![&torn, "-o", "x.qasm"], 2, &[&torn]),
        ("hqrn-run", vec!["iris.json", "--data", "iris.csv", "--shots", "few"], 2, &[]),
        ("hqrn-counts", vec![], 2, &[]),
        ("hqrn-train", vec!["entanglement", "--blocks", "0", "-o", &bell], 2, &[]),
        ("hqrn-compress", vec!["four.json", "--rank", "9", "-o", "x.json"], 2, &["four.json"]),
        ("hqrn-verify", vec![&alone, "--weights", "iris.json", "--complete"], 1, &["iris.json", &alone]),
        (
            "hqrn-verify",
            vec!["four.qasm", "--weights", "four.json", "--coupling", &map],
            1,
            &["four.json", "four.qasm", &map],
        ),
    ];
    for (name, arguments, exit, inputs) in cases {
        let output = command(name, &[&arguments[..], &["--json"]].concat());
        let (code, message) = outcome(&output);
        assert_eq!(code, i32::from(exit), "{name} {arguments:?}: {message}");
        let said: Vec<&str> = message.lines().filter(|line| !line.starts_with("note: ")).collect();
        let report = report(&output);
        check_envelope(&report, name, inputs);
        assert_eq!(report["error"]["exit"], exit);
        assert_eq!(said, [format!("error: {}", report["error"]["message"].as_str().unwrap())]);
    }
    // Without the option only people are told.
    assert_eq!(stdout(&command("hqrn-compile", &[&missing, "-o", "x.qasm"])), "");
}

#[test]
fn a_file_takes_the_report_beside_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let to_file = |name: &str| format!("--json={}", at(name));
    let read = |name: &str| serde_json::from_str::<Value>(&fs::read_to_string(at(name)).unwrap()).unwrap();
    let verify = ["four.qasm", "--weights", "four.json"];
    let output = command("hqrn-verify", &[&verify[..], &[&to_file("v.json")]].concat());
    assert_eq!(stdout(&output), stdout(&command("hqrn-verify", &verify)));
    assert_eq!(read("v.json"), report(&command("hqrn-verify", &[&verify[..], &["--json"]].concat())));
    // A check that fails is in the file, and why; bad input is, unless the file is what was refused.
    let wrong = at("wrong.json");
    fs::write(&wrong, "[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]").unwrap();
    let failed = command("hqrn-verify", &["four.qasm", "--weights", &wrong, &to_file("v.json")]);
    assert_eq!((outcome(&failed).0, read("v.json")["holds"].clone()), (1, Value::Bool(false)));
    assert!(
        outcome(&failed).1.ends_with(&format!("error: {}\n", read("v.json")["error"]["message"].as_str().unwrap()))
    );
    let refused = command("hqrn-verify", &["four.qasm", "--weights", &wrong, &format!("--json={wrong}")]);
    assert!(outcome(&refused).1.contains("is an input"), "{}", outcome(&refused).1);
    assert!(fs::read_to_string(&wrong).unwrap().starts_with("[[1,"));
    let refused = command("hqrn-verify", &["four.qasm", "--weights", &at("none.json"), &to_file("v.json")]);
    assert_eq!((outcome(&refused).0, read("v.json")["error"]["exit"].clone()), (2, 2.into()));
    assert!(read("v.json").get("holds").is_none());
    // Both kinds of table for machines go where they are told, and '-' is standard output.
    let run = ["iris.json", "--data", "iris.csv", "--shots", "10,20", "--limit", "9"];
    let csv = command("hqrn-run", &[&run[..], &["--csv", "-", &to_file("r.json")]].concat());
    let written = command("hqrn-run", &[&run[..], &[&format!("--csv={}", at("r.csv")), "--json=-"]].concat());
    assert_eq!(stdout(&csv), fs::read_to_string(at("r.csv")).unwrap());
    assert_eq!(read("r.json"), report(&written));
    assert!(!circuits("-").exists());
}

#[test]
fn a_distance_is_the_same_in_report_and_table() {
    let run = ["iris.json", "--data", "iris.csv", "--shots", "10,100,inf"];
    let points = report(&command("hqrn-run", &[&run[..], &["--json"]].concat()))["points"].clone();
    let table = stdout(&command("hqrn-run", &run));
    let csv = stdout(&command("hqrn-run", &[&run[..], &["--csv", "-"]].concat()));
    for (i, point) in points.as_array().unwrap().iter().enumerate() {
        let distance = point["distance"].as_f64().unwrap();
        assert!((0.0..1.0).contains(&distance));
        let row: Vec<&str> = table.lines().nth(i + 2).unwrap().split_whitespace().collect();
        // Behind it what was dead, and what was empty: with ten shots something is.
        assert_eq!(row[row.len() - 3], format!("{distance:.4}"));
        let cell: f64 = csv.lines().nth(i + 1).unwrap().split(',').nth(15).unwrap().parse().unwrap();
        assert_eq!(cell, distance);
    }
}

#[test]
fn complete_wants_programs_of_every_block() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert!(command("hqrn-compile", &["iris.json", "-o", &at(""), "--split"]).status.success());
    let mut files: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|name| name.ends_with(".qasm"))
        .collect();
    files.sort();
    let run = |files: &[String]| {
        let arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        outcome(&command("hqrn-verify", &[&arguments[..], &["--weights", "iris.json", "--complete"]].concat()))
    };
    let last = files.len();
    assert!(last >= 4);
    assert_eq!(run(&files), (0, String::new()));
    let (code, message) = run(&files[2..]);
    assert_eq!(code, 1);
    assert!(message.starts_with("error: --complete: no program of block 1, the weights have "), "{message}");
    assert!(run(&files[..last - 2]).1.contains(&format!("no program of block {}", last / 2)));
    // Half a block is none, with the option and without.
    assert_eq!(run(&files[1..]).0, 2);
}

#[test]
fn programs_that_are_not_where_a_manifest_has_them_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (weights, part, data) in
        [("iris.json", "block", Some("iris.csv")), ("digits-quanvolution.json", "layer", Some("digits.csv.gz"))]
    {
        let out = at(part);
        assert!(command("hqrn-compile", &[weights, "-o", &out, "-q"]).status.success());
        let [first, second] = [1, 2].map(|number| format!("{out}/{part}-0{number}.qasm"));
        fs::copy(&first, &second).unwrap();
        let wanted = format!("error: {second}: is listed as {part} 2, but says that it is {part} 1\n");
        let verify = ["--weights", weights];
        assert_eq!(outcome(&command("hqrn-verify", &[&[&out[..]], &verify[..]].concat())), (2, wanted.clone()));
        let run = [weights, "--circuits", &out, "--data", data.unwrap()];
        assert_eq!(outcome(&command("hqrn-run", &run)), (2, wanted));
        let (code, said) = outcome(&command("hqrn-verify", &[&[&first[..], "--block", "9"], &verify[..]].concat()));
        assert!(code == 2 && said.starts_with(&format!("error: --{part} 9: the weights have ")), "{said}");
        let (code, said) = outcome(&command("hqrn-verify", &[&[&out[..], "--block", "9"], &verify[..]].concat()));
        assert!(code == 2 && said.starts_with(&format!("error: --{part} 9: the weights have ")), "{said}");
        fs::remove_file(format!("{out}/manifest.json")).unwrap();
        let wanted = format!(
            "error: {out}: has no manifest.json, by which a folder is read whole: name the programs in it, or compile into it again\n"
        );
        assert_eq!(outcome(&command("hqrn-verify", &[&[&out[..]], &verify[..]].concat())), (2, wanted));
    }
}

#[test]
fn programs_that_do_not_go_together_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (whole, half, plus, minus) = (at("w.qasm"), at("h.qasm"), at("h.plus.qasm"), at("h.minus.qasm"));
    assert!(command("hqrn-compile", &["four.json", "-o", &whole]).status.success());
    assert!(command("hqrn-compile", &["four.json", "-o", &half, "--split"]).status.success());
    for (files, said) in [
        (vec!["four.qasm", &whole], "more than one program was given, though one alone is the whole block"),
        (vec![&plus, "four.qasm"], "more than one program was given, though one alone is the whole block"),
        (vec![&minus], "this is the minus half of a split program, the plus half is missing"),
        (vec![&plus, &plus], "the same half of a split program was given twice"),
    ] {
        let wanted = format!("error: {}: block 1: {said}\n", files.join(", "));
        for command_of in ["hqrn-verify", "hqrn-run"] {
            let rest: &[&str] = match command_of {
                "hqrn-verify" => &["--weights", "four.json"],
                _ => &["--state", "none.npy"],
            };
            let arguments = match command_of {
                "hqrn-verify" => [&files[..], rest].concat(),
                _ => [&["four.json", "--circuits"], &files[..], rest].concat(),
            };
            assert_eq!(outcome(&command(command_of, &arguments)), (2, wanted.clone()), "{arguments:?}");
        }
    }
}
