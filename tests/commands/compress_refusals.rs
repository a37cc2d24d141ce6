//! What hqrn-compress refuses, and hqrn-compile where it compresses first.

use crate::support::{circuits, compile, outcome};
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-compress")).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small.json");
    let iris = circuits("iris.json");
    let base = [text(&iris), "-o", text(&small)];
    for (more, expected) in [
        (&["--rank", "5"][..], "--rank 5: the blocks have dimension 4"),
        (&[], "expected one of --rank, --max-error and --max-cx"),
        (&["--rank", "1", "--max-cx", "3"], "cannot be used with"),
        (&["--rank", "1", "--finetune"], "--data"),
        (&["--rank", "0"], "0 is not in 1.."),
        (&["--variational"], "--max-cx"),
        (&["--rank", "1", "--finetune-shots", "10"], "--finetune"),
        (
            &["--rank", "1", "--finetune-shots", "0.5", "--finetune", "--data", "x"],
            "--finetune-shots 0.5: expected at least 1",
        ),
        (
            &["--max-cx", "9", "--variational", "--finetune", "--data", "x", "--finetune-shift", "1.5"],
            "--finetune-shift 1.5: expected 0 to 1 pixels",
        ),
        (&["--rank", "1", "--finetune", "--data", "x", "--finetune-shift", "1"], "--variational"),
        (&["--max-cx", "-1"], "invalid value '-1' for '--max-cx <G>': expected a finite number, not negative"),
        (&["--rank", "1", "--data", "none.csv"], "none.csv"),
        (&["--rank", "1", "--disagreement", "7"], "--disagreement 7: expected a share from 0 to 1"),
        (&["--rank", "1", "--variational"], "--rank is of factors: --variational goes with"),
        (&["--max-error", "nan", "--variational"], "expected a finite number, not negative"),
        (&["--max-error", "0.1", "--variational", "--finetune", "--data", "x"], "cannot be used with"),
        (&["--max-error", "0.1", "--slack", "2"], "--variational"),
        (&["--max-cx", "9", "--variational", "--slack", "2"], "--slack goes with --max-error"),
        (&["--max-error", "0.1", "--variational", "--slack", "0.9"], "expected a number from 1 to 100"),
        (&["--max-error", "0.1", "--variational", "--edges", "none.json"], "none.json"),
        (&["--max-error", "0.1", "--variational", "--gamma-weight", "1e-4"], "error: --gamma-weight is of fits: "),
        (&["--max-error", "0.1", "--variational", "--evaluations", "500"], "error: --evaluations is of fits: "),
    ] {
        let (code, message) = outcome(&run(&[&base[..], more].concat()));
        assert_eq!(code, 2, "{more:?}: {message}");
        assert!(message.contains(expected), "{more:?}: {message}");
        assert!(!small.exists());
    }
    let zero = folder.path().join("zero.json");
    std::fs::write(&zero, "[[0, 0], [0, 0]]").unwrap();
    let (code, message) = outcome(&run(&[text(&zero), "--rank", "1", "-o", text(&small)]));
    assert_eq!(code, 2);
    assert!(message.contains("block 1: the weight is zero"), "{message}");
    for (factors, expected) in [
        (
            r#"{"plus": {"a": [[[1, 0]]], "b": [[[1, 0], [0, 0]]]}}"#,
            "factors.plus: a is 1 x 1, b is 1 x 2: expected the same",
        ),
        (r#"{}"#, "factors: 0 signs of [] rows: expected at least one, all of N rows"),
        (r#"{"plus": {"a": [], "b": []}}"#, "factors.plus.a: no rows, expected at least one"),
    ] {
        std::fs::write(&zero, format!(r#"{{"factors": {factors}}}"#)).unwrap();
        let (code, message) = outcome(&compile(&[text(&zero), "-o", "-"]));
        assert_eq!((code, message.contains(expected)), (2, true), "{message}");
    }
}

#[test]
fn budgets_that_no_rank_keeps_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small.json");
    let (iris, digits) = (circuits("iris.json"), circuits("digits.json"));
    for (weights, most) in [(&digits, "0"), (&digits, "113.9"), (&iris, "1")] {
        let (code, message) = outcome(&run(&[text(weights), "--max-cx", most, "-o", text(&small)]));
        assert_eq!((code, small.exists()), (2, false), "{message}");
        let wanted = format!("error: {}: at most {most} CX a sign: factors take ", text(weights));
        assert!(
            message.starts_with(&wanted) && message.ends_with("circuits can take fewer (--variational)\n"),
            "{message}"
        );
        let out = folder.path().join("out");
        let (code, message) = outcome(&compile(&[text(weights), "--max-cx", most, "-o", text(&out)]));
        assert!(code == 2 && message.contains("factors take ") && !out.exists(), "{message}");
    }
    // What is enough is kept to.
    for most in ["3", "5", "7"] {
        let done = run(&[text(&iris), "--max-cx", most, "-o", text(&small), "--json", "--evaluations", "50"]);
        let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let after = report["judgement"]["after"].as_array().unwrap();
        let cx: f64 = after.iter().map(|block| block["cx"].as_f64().unwrap()).sum();
        assert!(cx / 4.0 <= most.parse().unwrap(), "{cx}");
    }
}

/// What a search needs, compression takes away: neither is dropped without a word.
#[test]
fn a_search_for_a_circuit_and_a_budget_of_gates_exclude_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (iris, out) = (circuits("iris.json"), folder.path().join("out"));
    let base = [text(&iris), "--method", "joint", "--no-cache", "--max-cx", "2", "-o", text(&out)];
    for more in [&[][..], &["--variational"], &["--network", "joint.json"]] {
        let (code, message) = outcome(&compile(&[&base[..], more].concat()));
        assert!(code == 2 && message.starts_with("error: --max-cx makes factors, "), "{more:?}: {message}");
        assert!(message.lines().count() == 1 && !out.exists() && !Path::new("joint.json").exists(), "{message}");
    }
}
