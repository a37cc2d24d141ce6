//! Test rows: used where there are any, done without where there are none, and never dropped because one is wrong.

use crate::support::{circuits, outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(name: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-train")).with_file_name(name);
    Command::new(path).args(arguments).output().unwrap()
}

/// The iris flowers with a change, under a name of any kind.
fn iris(folder: &Path, name: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, change(&fs::read_to_string(circuits("iris.csv")).unwrap())).unwrap();
    path
}

fn train(folder: &Path, data: &Path) -> Output {
    let out = folder.join("trained");
    _ = fs::remove_dir_all(&out);
    let few = ["--blocks", "1", "--dim", "4", "--epochs", "1", "--json"];
    run("hqrn-train", &[&["--data", data.to_str().unwrap(), "-o", out.to_str().unwrap()][..], &few].concat())
}

fn compress(folder: &Path, data: &Path) -> Output {
    let (weights, out) = (circuits("iris.json"), folder.join("small.json"));
    let files = [weights.to_str().unwrap(), "--data", data.to_str().unwrap(), "-o", out.to_str().unwrap()];
    run("hqrn-compress", &[&files[..], &["--rank", "1", "--evaluations", "20", "--json"]].concat())
}

/// Changes the first row of a split that has the text.
fn first_test_row(text: &str, from: &str, to: &str) -> String {
    let row = text.lines().find(|line| line.ends_with(",test")).unwrap();
    text.replacen(row, &row.replacen(from, to, 1), 1)
}

#[test]
fn a_bad_test_row_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    type Change = dyn Fn(&str) -> String;
    let bad: [(&str, &Change, &str); 3] = [
        (
            "number.csv",
            &|text| first_test_row(text, "4.7", "4,7x").replace("4,7x", "4.7x"),
            "'4.7x', expected a number",
        ),
        ("label.csv", &|text| first_test_row(text, ",0,test", ",setosa,test"), "label 'setosa'"),
        ("cells.csv", &|text| first_test_row(text, "4.7,", ""), "line: 4"),
    ];
    for (name, change, expected) in bad {
        let data = iris(folder, name, change);
        for output in [train(folder, &data), compress(folder, &data)] {
            let (code, message) = outcome(&output);
            assert_eq!(code, 2, "{name}: {message}");
            assert!(message.contains(name) && message.contains(expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
        assert!(!folder.join("small.json").exists() && !folder.join("trained").exists());
    }
}

#[test]
fn no_test_rows_are_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let judged = |output: &Output| {
        assert_eq!(outcome(output), (0, String::new()));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let test_error = report["epochs"].as_array().map(|epochs| epochs[0]["test_error"].clone());
        !test_error.unwrap_or_else(|| report["judgement"]["labels"].clone()).is_null()
    };
    let only_train = |text: &str| text.lines().filter(|line| !line.ends_with(",test")).collect::<Vec<_>>().join("\n");
    let no_split = |text: &str| text.replace(",split", "").replace(",train", "").replace(",test", "");
    // What the rows are is in the file, not in its name.
    for (name, rows, expected) in [
        ("whole.csv", &(|text: &str| text.to_owned()) as &dyn Fn(&str) -> String, true),
        ("whole.txt", &|text: &str| text.to_owned(), true),
        ("train.csv", &only_train, false),
        ("bare.csv", &no_split, false),
    ] {
        let data = iris(folder, name, rows);
        assert_eq!(judged(&train(folder, &data)), expected, "{name}");
        assert_eq!(judged(&compress(folder, &data)), expected, "{name}");
    }
    // A folder that is called like a table makes no table of an array.
    let odd = folder.join("x.csv.d");
    fs::create_dir(&odd).unwrap();
    let data = iris(&odd, "bare", no_split);
    assert!(!judged(&compress(folder, &data)));
}
