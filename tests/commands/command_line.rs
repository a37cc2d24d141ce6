//! The commands as a user meets them: destinations, reports, messages, exit codes, and nothing written on bad input.

use crate::support::{circuits, compile, json_matrix, outcome, stdout, verify};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

#[test]
fn a_folder_gets_every_block_and_a_manifest_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("digits");
    let digits = circuits("digits.json");
    let done = compile(&[path(&digits), "-o", path(&out), "--json"]);
    assert_eq!(outcome(&done), (0, String::new()));
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["blocks"].as_array().unwrap().len(), 10);
    assert_eq!(report["verified"], true);
    let names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 11, "{names:?}");
    assert!(names.contains(&"block-01.qasm".into()) && names.contains(&"manifest.json".into()));

    let checked = verify(&[path(&out), "--weights", path(&digits), "--json"]);
    assert_eq!(outcome(&checked), (0, String::new()));
    let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!((report["holds"].clone(), report["blocks"].as_array().unwrap().len()), (true.into(), 10));

    fs::remove_file(out.join("block-07.qasm")).unwrap();
    let (code, message) = outcome(&verify(&[path(&out), "--weights", path(&digits)]));
    assert_eq!(code, 2);
    assert!(message.contains("block-07.qasm"), "{message}");
}

#[test]
fn one_block_of_several_has_to_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("block.qasm");
    let digits = circuits("digits.json");
    let (code, message) = outcome(&compile(&[path(&digits), "-o", path(&file)]));
    assert_eq!(code, 2);
    assert_eq!(message, "error: the network has 10 blocks: choose one with --block K, or give a folder with -o\n");
    let (code, message) = outcome(&compile(&[path(&digits), "-o", path(&file), "--block", "11"]));
    assert_eq!((code, message.as_str()), (2, "error: --block 11: the network has 10 blocks\n"));
    assert!(!file.exists());
    assert_eq!(outcome(&compile(&[path(&digits), "-o", path(&file), "--block", "4", "--quiet"])).0, 0);
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&digits)])).0, 0);
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&digits), "--block", "5"])).0, 1);
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&digits), "--block", "12"])).0, 2);
}

#[test]
fn halves_verify_together_and_only_together() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let four = circuits("four.json");
    assert_eq!(outcome(&compile(&[path(&four), "-o", path(&file), "--split"])).0, 0);
    assert!(!file.exists());
    let (plus, minus) = (folder.path().join("b.plus.qasm"), folder.path().join("b.minus.qasm"));
    assert_eq!(outcome(&verify(&[path(&plus), path(&minus), "--weights", path(&four)])).0, 0);
    let (code, message) = outcome(&verify(&[path(&plus), "--weights", path(&four)]));
    assert_eq!((code, message.contains("the minus half is missing")), (2, true), "{message}");
    let (code, message) = outcome(&verify(&[path(&plus), path(&plus), "--weights", path(&four)]));
    assert_eq!((code, message.contains("given twice")), (2, true), "{message}");
    let out = folder.path().join("all");
    assert_eq!(outcome(&compile(&[path(&four), "-o", path(&out), "--split"])).0, 0);
    assert!(out.join("block-01.plus.qasm").exists() && out.join("block-01.minus.qasm").exists());
    assert_eq!(outcome(&verify(&[path(&out), "--weights", path(&four)])).0, 0);
}

#[test]
fn standard_input_and_output() {
    let run = |command: &str, arguments: &[&str], input: &[u8]| {
        let mut child = Command::new(command)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    };
    let compiled =
        run(env!("CARGO_BIN_EXE_hqrn-compile"), &["-", "-o", "-"], &fs::read(circuits("four.json")).unwrap());
    assert_eq!(compiled.status.code(), Some(0));
    assert_eq!(stdout(&compiled), fs::read_to_string(circuits("four.qasm")).unwrap());
    let four = circuits("four.json");
    let checked = run(env!("CARGO_BIN_EXE_hqrn-verify"), &["-", "--weights", path(&four)], &compiled.stdout);
    assert_eq!(checked.status.code(), Some(0));
    let refused = compile(&[path(&four), "-o", "-", "--json"]);
    assert_eq!(outcome(&refused).0, 2);
}

#[test]
fn gamma_shared_is_one_gamma() {
    let done = compile(&[path(&circuits("four.json")), "-o", "-", "--gamma", "shared"]);
    assert_eq!(stdout(&done).matches("\"gamma\":25.0").count(), 2);
}

#[test]
fn bad_weights_are_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let ragged = |text: &str| text.replacen("[1e0,1e0]", "[1e0]", 1);
    let header = br#"{"blocks.0.weight":{"dtype":"F64","shape":[16384,16384],"data_offsets":[0,2147483648]}}"#;
    let claim = [&(header.len() as u64).to_le_bytes()[..], header].concat();
    let ones = json_matrix(3, 2, |_, _| 1.0);
    let network = r#"{"format":"hqrn-weights","version":1,"blocks":[{"weight":[[1]],"alpha":0.5}]}"#;
    let cases: [(&str, Vec<u8>, &str); 14] = [
        ("nan", b"[[1, NaN]]".to_vec(), "[0][1]: 'NaN': JSON has no such number at line 1 column 6"),
        ("infinite", b"[[1, 1e400]]".to_vec(), "[0][1]: number out of range"),
        ("ragged", ragged(&ones).into_bytes(), "weight[0]: 1 entries, expected 2"),
        ("sizes", br#"{"weight":[[1,2],[3,4]],"bias":[1]}"#.to_vec(), "bias: 1 entries, expected 2"),
        (
            "alpha",
            network.replace("0.5", "1.5").into_bytes(),
            "blocks[0].alpha: 1.5, expected a number strictly between 0 and 1",
        ),
        ("key", network.replace("alpha", "alfa").into_bytes(), "unknown field `alfa`"),
        (
            "activation",
            network.replace("\"alpha\":0.5", "\"activation\":\"gelu\"").into_bytes(),
            "unknown variant `gelu`",
        ),
        ("empty", b"".to_vec(), "empty, expected weights"),
        ("claim", claim, "not a readable safetensors file"),
        (
            "dim",
            network.replace("\"blocks\"", "\"input\":{\"dim\":2000000000},\"blocks\"").into_bytes(),
            "input.dim: 2000000000, expected 1",
        ),
        ("overflow", b"[[1e308,1e308],[1e308,1e308]]".to_vec(), "the entries are too large"),
        ("long", json_matrix(1, 100_000, |_, j| j as f64).into_bytes(), "the weight is 1 x 100000: at most 4096 rows"),
        ("deep", "[".repeat(100_000).into_bytes(), "[0][0]…: recursion limit exceeded"),
        ("text", b"weights".to_vec(), "neither JSON (which starts with '{' or '[') nor safetensors"),
    ];
    for (name, content, expected) in cases {
        let weights = folder.path().join(format!("{name}.json"));
        fs::write(&weights, &content).unwrap();
        for out in ["o.qasm", "o"] {
            let out = folder.path().join(out);
            let (code, message) = outcome(&compile(&[path(&weights), "-o", path(&out)]));
            assert_eq!(code, 2, "{name}: {message}");
            assert!(message.contains(expected), "{name}: {message}");
            assert!(message.contains(path(&weights)) && message.lines().count() == 1, "{name}: {message}");
            assert!(!out.exists(), "{name} wrote something");
        }
    }
    let (code, message) = outcome(&compile(&["missing.json", "-o", "o.qasm"]));
    assert_eq!((code, message.starts_with("error: missing.json: ")), (2, true), "{message}");
}

#[test]
fn bad_destinations_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let four = circuits("four.json");
    let file = folder.path().join("taken");
    fs::write(&file, "x").unwrap();
    let (code, message) = outcome(&compile(&[path(&four), "-o", path(&file)]));
    assert_eq!((code, message.contains("is a file, expected a folder")), (2, true), "{message}");
    let (code, message) = outcome(&compile(&[path(&four), "-o", path(&folder.path().join("no/such/b.qasm"))]));
    assert_eq!((code, message.contains("no/such/b.qasm")), (2, true), "{message}");
    assert_eq!(outcome(&compile(&[path(&four), "-o", path(folder.path()), "--block", "1"])).0, 2);
    assert_eq!(outcome(&compile(&[path(&four)])).0, 2);
    assert_eq!(outcome(&compile(&[path(&four), "-o", "x.qasm", "--tolerance", "NaN"])).0, 2);
    assert_eq!(outcome(&compile(&[path(&four), "-o", "x.qasm", "--threads", "0"])).0, 2);
}

#[test]
fn a_tolerance_that_cannot_be_met_fails_the_check_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let (code, message) =
        outcome(&compile(&[path(&circuits("digits.json")), "--block", "1", "-o", path(&file), "--tolerance", "1e-18"]));
    assert_eq!(code, 1);
    assert!(message.contains("block 1: W_rec[") && message.contains("nothing was written"), "{message}");
    assert!(!file.exists());
    let skipped = compile(&[path(&circuits("four.json")), "-o", path(&file), "--no-verify"]);
    assert!(stdout(&skipped).contains("not verified") && file.exists());
}

#[test]
fn helpful_extras() {
    let help = stdout(&compile(&["--help"]));
    assert!(help.contains("Examples:") && help.contains("Exit codes"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&compile(&["--completions", shell])).contains("hqrn-compile"));
        assert!(stdout(&verify(&["--completions", shell])).contains("hqrn-verify"));
    }
    assert!(stdout(&verify(&["--man"])).starts_with(".ie"));
    assert!(stdout(&compile(&["--schema"])).contains("\"hqrn-weights\""));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let drawn = stdout(&compile(&[path(&circuits("four.json")), "-o", path(&file), "--draw"]));
    assert!(drawn.contains("q[0] ─") && drawn.contains("M c[5]"), "{drawn}");
}

/// Help is wrapped at a hundred columns: a line of an example that is longer breaks in the middle, and so does prose that has breaks of
/// its own.
#[test]
fn help_breaks_where_it_was_meant_to() {
    for words in [
        &["hqrn-compile"][..],
        &["hqrn-verify"],
        &["hqrn-run"],
        &["hqrn-counts"],
        &["hqrn-compress"],
        &["hqrn-job"],
        &["hqrn-train"],
        &["hqrn-train", "entanglement"],
        &["hqrn-train", "quanvolution"],
        &["hqrn-train", "amplitudes"],
    ] {
        let command = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(words[0]);
        let help = stdout(&Command::new(command).args(&words[1..]).arg("--help").output().unwrap());
        let (_, examples) = help.split_once("\nExamples:\n").expect(words[0]);
        let lines: Vec<&str> = examples.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let goes_on = i > 0 && lines[i - 1].ends_with(" \\");
            let starts = ["  hqrn-", "  python ", "  cat "].iter().any(|start| line.starts_with(start)) && !goes_on;
            let next = lines.get(i + 1).and_then(|next| next.split_whitespace().next());
            let whole = match line.strip_prefix("  ") {
                Some(_) => starts || (goes_on && line.starts_with("      ")),
                None => line.is_empty() || next.is_none_or(|word| line.chars().count() + word.len() + 1 > 100),
            };
            assert!(whole, "{words:?}: {line}");
        }
    }
}

#[test]
fn circuits_are_drawn_beside_their_programs() {
    let folder = tempfile::tempdir().unwrap();
    let [file, picture] = ["b.qasm", "b.svg"].map(|name| folder.path().join(name));
    let said = stdout(&compile(&[path(&circuits("four.json")), "-o", path(&file), "--draw", "svg"]));
    let drawn = fs::read_to_string(&picture).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("b.qasm") && drawn.contains("c[5]") && !said.contains("q[0]"));
    // Never over an input, whatever it is called, nor where there is nothing beside which it would be.
    fs::write(&picture, "[0.1, 0.2, 0.3, 0.4]").unwrap();
    let input = ["--draw", "svg", "--input", path(&picture)];
    let (code, error) = outcome(&compile(&[&[path(&circuits("four.json")), "-o", path(&file)], &input[..]].concat()));
    assert!(code == 2 && error.contains("is an input"), "{error}");
    assert_eq!(fs::read_to_string(&picture).unwrap(), "[0.1, 0.2, 0.3, 0.4]");
    let (code, error) = outcome(&compile(&[path(&circuits("four.json")), "-o", "-", "--draw", "svg"]));
    assert!(code == 2 && error.contains("beside the program"), "{error}");
    // What is too large is said to be, and has none.
    let large = folder.path().join("large.qasm");
    let block = ["--block", "10", "--no-verify", "-o", path(&large), "--draw", "svg"];
    let said = stdout(&compile(&[&[path(&circuits("digits.json"))], &block[..]].concat()));
    assert!(said.contains("too many to draw") && !large.with_extension("svg").exists(), "{said}");
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<Vec<u8>> = ["1", "2", "5"]
        .iter()
        .map(|threads| {
            let out = folder.path().join(threads);
            assert_eq!(
                outcome(&compile(&[path(&circuits("digits.json")), "-o", path(&out), "--threads", threads])).0,
                0
            );
            let mut names: Vec<_> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).collect();
            names.sort();
            names.iter().flat_map(|n| fs::read(n).unwrap()).collect()
        })
        .collect();
    assert!(texts[0] == texts[1] && texts[1] == texts[2]);
}

#[test]
fn a_sample_of_columns_is_reported_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let weights = folder.path().join("w.json");
    fs::write(&weights, json_matrix(128, 128, |i, j| ((i * 37 + j * 101) as f64).sin())).unwrap();
    let done = compile(&[path(&weights), "-o", path(&file), "--sample", "5"]);
    assert_eq!(outcome(&done), (0, String::new()));
    assert!(stdout(&done).contains("(5 of 128 columns)"), "{}", stdout(&done));
    let checked = verify(&[path(&file), "--weights", path(&weights), "--sample", "3", "--seed", "9", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    let verification = &report["blocks"][0]["verification"];
    assert_eq!((verification["columns"].as_u64(), verification["of"].as_u64()), (Some(3), Some(128)));
    // A sample as large as W is all of it.
    let all = stdout(&verify(&[path(&file), "--weights", path(&weights), "--sample", "1000"]));
    assert!(!all.contains("columns)"), "{all}");

    // A CX that is gone changes every column of a dense block, so three are enough to see it.
    let text = fs::read_to_string(&file).unwrap();
    let without: Vec<&str> = text.split("\ncx ").collect();
    let rest = without[1].split_once('\n').unwrap().1;
    fs::write(
        &file,
        [&[without[0], "\n", rest, "\ncx "].concat(), &without[2..].join("\ncx ")].map(String::as_str).concat(),
    )
    .unwrap();
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&weights), "--sample", "3"])).0, 1);
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&weights), "--sample", "0"])).0, 2);
}

/// Options that were ignored once: the contract then said something else than what had been asked for.
#[test]
fn options_that_a_block_would_ignore_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let factors = folder.path().join("factors.json");
    let side = r#"[[[1, 0.5]], [[0.25, 1]]]"#;
    let text = format!(r#"{{"factors": {{"plus": {{"a": {side}, "b": {side}}}}}, "bias": [0, 0], "alpha": 0.5}}"#);
    fs::write(&factors, text).unwrap();
    let (unitaries, joint) = (circuits("entanglement.json"), circuits("digits-small.json"));
    let out = folder.path().join("out");
    let trotter = "trotter, by --method or a preset: it is given by";
    let nonnegative = "phases nonnegative, by --phases or a preset: it is given by";
    let own = "--gamma own: block 1 is given by";
    for (weights, options, expected) in [
        (
            &factors,
            &["--phases", "nonnegative"][..],
            format!("block 1: {nonnegative} factors, whose phases are complex"),
        ),
        (&factors, &["--preset", "paper"], format!("block 1: {nonnegative} factors, whose phases are complex")),
        (&joint, &["--phases", "signs"], "block 1: phases signs, by --phases".to_owned()),
        (&joint, &["--method", "trotter"], format!("block 1: {trotter} a circuit, which leaves nothing")),
        (
            &joint,
            &["--method", "trotter", "--gamma", "shared", "--phases", "nonnegative"],
            format!("block 1: {nonnegative} a circuit, whose phases are complex"),
        ),
        (&joint, &["--gamma", "own"], format!("{own} a circuit, which comes with one gamma for both signs")),
        (&unitaries, &["--phases", "nonnegative"], format!("block 1: {nonnegative} unitaries")),
        (&unitaries, &["--method", "trotter"], format!("block 1: {trotter} unitaries")),
        (&unitaries, &["--gamma", "own"], format!("{own} unitaries")),
    ] {
        let found = outcome(&compile(&[&[path(weights), "-o", path(&out)], options].concat()));
        assert!(found.0 == 2 && found.1.contains(&expected), "{options:?}: {found:?}");
        assert_eq!(found.1.lines().count(), 1);
        assert!(!out.exists());
    }
    for (weights, options) in
        [(&factors, &["--phases", "complex", "--gamma", "shared"][..]), (&joint, &["--gamma", "shared"])]
    {
        assert_eq!(
            outcome(&compile(&[&[path(weights), "-o", path(&out), "-q"], options].concat())),
            (0, String::new())
        );
    }
}

/// Factors that compression leaves are no more for any input than factors that were there before.
#[test]
fn compression_leaves_nothing_for_quantum_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let (iris, out) = (circuits("iris.json"), folder.path().join("out"));
    let (code, message) =
        outcome(&compile(&[path(&iris), "-o", path(&out), "--max-cx", "5", "--inputs", "quantum", "-q"]));
    assert!(code == 2 && message.contains("--inputs quantum needs weights: block 1"), "{message}");
    assert!(!out.exists());
}
