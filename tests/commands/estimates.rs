//! `--estimate`: what a block costs once errors are corrected, told, written as JSON, and refused where it makes no sense.

use crate::support::{circuits, compile, outcome, stdout};
use std::fs;
use std::path::Path;

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

#[test]
fn estimates_are_told_and_written_and_noisy_machines_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (out, told) = (folder.path().join("four.qasm"), folder.path().join("cost.json"));
    let four = circuits("four.json");
    let estimate = format!("--estimate={}", path(&told));
    let done = compile(&[path(&four), "-o", path(&out), &estimate]);
    assert_eq!(outcome(&done), (0, String::new()));
    let shown = stdout(&done);
    assert!(shown.contains("171,720  130 us  11,250   1.46 s\n\na label takes 1.46 s; qubit_gate_ns_e3,"), "{shown}");
    let read = |file: &Path| -> serde_json::Value { serde_json::from_slice(&fs::read(file).unwrap()).unwrap() };
    let report = read(&told);
    let program = &report["blocks"][0]["programs"][0];
    // What the QDK 1.33.1 says of the same text.
    let logical = serde_json::json!({
        "numQubits": 6, "tCount": 0, "rotationCount": 4, "rotationDepth": 2, "cczCount": 0, "ccixCount": 0,
        "measurementCount": 6,
    });
    assert_eq!(program["logical"], logical);
    assert_eq!(
        (&program["physical"]["physical_qubits"], &program["physical"]["runtime"]),
        (&171_720.into(), &129_600.into())
    );
    assert_eq!(report["inputs"][0]["path"], path(&four));
    // The paper's way has multiplexed rotations of six qubits' signs, whose angles are worth looking up.
    let digits = circuits("digits.json");
    let (split, given) =
        (folder.path().join("b.qasm"), ["--block", "6", "--method", "trotter", "--label-shots", "1e4"]);
    let more = [&[path(&digits), "-o", path(&split), "--split", "--no-verify", "-q", &estimate], &given[..]].concat();
    assert_eq!(outcome(&compile(&more)), (0, String::new()));
    let report = read(&told);
    let block = &report["blocks"][0];
    assert_eq!((&block["shots"], block["programs"].as_array().unwrap().len()), (&10_000.into(), 2));
    for program in block["programs"].as_array().unwrap() {
        let states = |of: &serde_json::Value| of["physical"]["t_states"].as_u64().unwrap();
        assert!(2 * states(&program["qrom"]) < states(program), "{program}");
    }
    fs::remove_file(&out).unwrap();
    for (options, message) in [
        (
            &["--estimate", "--target", "ibm"][..],
            "--estimate is of machines that correct errors, --target ibm does not: expected ",
        ),
        (
            &["--estimate", "--inputs", "columns"],
            "--estimate is of one circuit a block: not with --inputs columns or --tiles",
        ),
        (
            &["--estimate", "--error-budget", "1"],
            "invalid value '1' for '--error-budget <E>': expected a number above 0 ",
        ),
        (
            &["--estimate", "--error-budget", "1e-30"],
            "block 1: it takes a code distance of 65, more than 50: allow a larger error",
        ),
        (&["--qubit-model", "qubit_gate_us_e3"], "the following required arguments were not provided: --estimate"),
    ] {
        let (code, said) = outcome(&compile(&[&[path(&four), "-o", path(&out)], options].concat()));
        assert!(code == 2 && said.starts_with(&format!("error: {message}")) && said.lines().count() == 1, "{said}");
        assert!(!out.exists());
    }
}
