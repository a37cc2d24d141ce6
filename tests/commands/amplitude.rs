//! Amplitude networks through the commands: compiled, verified, run and counted, and what is refused.

use crate::support::{circuits, compile, outcome, stdout, verify};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(command: &str, arguments: &[&str]) -> Output {
    let path = match command {
        "run" => env!("CARGO_BIN_EXE_hqrn-run"),
        _ => env!("CARGO_BIN_EXE_hqrn-counts"),
    };
    Command::new(path).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A file of this text.
fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// A network of three layers whose numbers are `extra`'s business too.
fn network(folder: &Path, name: &str, layers: &str, reads: &str) -> PathBuf {
    let head =
        r#"{"weight":[[1,2,3,-4],[-3,1,0.5,2],[0.3,-2,1,1]],"bias":[0,1,2],"reads":"READS"}"#.replace("READS", reads);
    let text = format!(
        r#"{{"format":"hqrn-weights","version":2,"family":"amplitude","name":"a","input":{{"dim":4}},"layers":[{layers}],"head":{head}}}"#
    );
    written(folder, name, &text)
}

const MESH: &str = r#"{"mesh":[0.1,-0.2,2.3,0.4,0.5],"residual":1.5}"#;

#[test]
fn a_network_is_one_program_of_eleven_cx() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("head.qasm");
    for depth in [1, 5] {
        let weights = network(folder.path(), "a.json", &vec![MESH; depth].join(","), "amplitudes");
        let compiled = compile(&[text(&weights), "-o", text(&program), "--json"]);
        assert_eq!(outcome(&compiled), (0, String::new()));
        let report: serde_json::Value = serde_json::from_slice(&compiled.stdout).unwrap();
        let summary = &report["segments"][0]["summary"];
        assert_eq!((summary["cx"].as_u64(), summary["qubits"].as_u64()), (Some(11), Some(4)));
        assert_eq!(outcome(&verify(&[text(&program), "--weights", text(&weights), "-q"])), (0, String::new()));
        let iris = circuits("iris.csv");
        let compiled = compile(&[text(&weights), "-o", text(&program), "--data", text(&iris), "--row", "3", "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&compiled.stdout).unwrap();
        assert_eq!(report["segments"][0]["summary"]["cx"].as_u64(), Some(17));
        assert_eq!(outcome(&verify(&[text(&program), "--weights", text(&weights), "-q"])), (0, String::new()));
        assert!(fs::read_to_string(&program).unwrap().contains("\"row\":3"));
    }
}

#[test]
fn layers_and_modes_compile_verify_and_run() {
    let folder = tempfile::tempdir().unwrap();
    let weights = network(folder.path(), "a.json", &[MESH; 2].join(","), "amplitudes");
    let program = folder.path().join("p.qasm");
    let iris = circuits("iris.csv");
    for (option, value, cx, qubits) in [("--method", "layers", 21, 6), ("--encoding", "one-hot", 2 * 26 + 14, 16)] {
        let compiled = compile(&[text(&weights), "-o", text(&program), option, value, "--json"]);
        assert_eq!(outcome(&compiled), (0, String::new()));
        let report: serde_json::Value = serde_json::from_slice(&compiled.stdout).unwrap();
        let summary = &report["segments"][0]["summary"];
        assert_eq!((summary["cx"].as_u64(), summary["qubits"].as_u64()), (Some(cx), Some(qubits)), "{value}");
        assert_eq!(outcome(&verify(&[text(&program), "--weights", text(&weights), "-q"])), (0, String::new()));
        let ran = run(
            "run",
            &[text(&weights), "--data", text(&iris), "--shots", "inf", "--circuits", text(&program), "--json"],
        );
        assert_eq!(outcome(&ran), (0, String::new()));
        let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(report["points"][0]["tally"]["disagree"].as_u64(), Some(0), "{report}");
        // Dense sums have neither.
        let dense = MESH.replace("\"residual\":1.5", "\"dense\":[1.5]");
        let weights = network(folder.path(), "d.json", &dense, "amplitudes");
        fs::remove_file(&program).unwrap();
        let (code, message) = outcome(&compile(&[text(&weights), "-o", text(&program), option, value]));
        assert!(code == 2 && message.contains("layers[0] is dense: its sum takes earlier states"), "{message}");
        assert!(!program.exists());
    }
    let four = circuits("four.json");
    for (option, value) in [("--method", "layers"), ("--encoding", "one-hot")] {
        let (code, message) = outcome(&compile(&[text(&four), "-o", text(&program), option, value]));
        assert!(code == 2 && message.contains("is for amplitude networks"), "{message}");
    }
}

#[test]
fn folders_hold_a_program_a_segment() {
    let folder = tempfile::tempdir().unwrap();
    let cut = MESH.replace("1.5}", "1.5,\"activation\":\"tanh\"}");
    let weights = network(folder.path(), "b.json", &format!("{cut},{MESH}"), "amplitudes");
    let out = folder.path().join("out");
    assert_eq!(outcome(&compile(&[text(&weights), "-o", text(&out), "-q"])), (0, String::new()));
    let verified = verify(&[text(&out), "--weights", text(&weights), "--complete"]);
    assert_eq!(outcome(&verified).0, 0);
    assert!(stdout(&verified).contains("segment-02.qasm"));
    let one = out.join("segment-01.qasm");
    let missing = verify(&[text(&one), "--weights", text(&weights), "--complete"]);
    assert_eq!(outcome(&missing), (1, "error: --complete: no program of segment 2, the weights have 2\n".into()));
    let other = verify(&[text(&one), "--weights", text(&weights), "--segment", "2"]);
    assert_eq!(outcome(&other).0, 1);
    let none = verify(&[text(&one), "--weights", text(&weights), "--segment", "9"]);
    assert_eq!(outcome(&none), (2, "error: --segment 9: the weights have 2 segments\n".into()));
    // A folder that has one segment twice does not have both.
    let two = out.join("segment-02.qasm");
    let kept = fs::read(&two).unwrap();
    fs::copy(&one, &two).unwrap();
    let wanted = format!("error: {}: is listed as segment 2, but says that it is segment 1\n", two.display());
    assert_eq!(outcome(&verify(&[text(&out), "--weights", text(&weights)])), (2, wanted.clone()));
    let iris = circuits("iris.csv");
    let ran = run("run", &[text(&weights), "--circuits", text(&out), "--data", text(&iris)]);
    assert_eq!(outcome(&ran), (2, wanted));
    fs::write(&two, kept).unwrap();
    let file = folder.path().join("x.qasm");
    let refused = outcome(&compile(&[text(&weights), "-o", text(&file)]));
    assert_eq!(refused.0, 2);
    assert!(refused.1.contains("activations cut the network into 2 segments"), "{}", refused.1);
    // Run from the programs as from the weights, with infinitely many shots without an error.
    for circuits in [vec![], vec!["--circuits", text(&out)]] {
        let ran = run(
            "run",
            &[&[text(&weights), "--data", text(&iris), "--shots", "inf,1000", "--json"], &circuits[..]].concat(),
        );
        assert_eq!(outcome(&ran), (0, String::new()));
        let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(report["points"][0]["disagreement"].as_f64(), Some(0.0));
        let share = report["points"][1]["disagreement"].as_f64().unwrap();
        assert!(share > 0.0 && share < 0.6, "{share}");
    }
}

#[test]
fn noise_points_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let weights = network(folder.path(), "c.json", MESH, "probabilities");
    let (points, page, iris) = (folder.path().join("p.jsonl"), folder.path().join("r.html"), circuits("iris.csv"));
    let arguments = [
        text(&weights),
        "--data",
        text(&iris),
        "--limit",
        "4",
        "--noise",
        "trapped-ion",
        "--shots",
        "100,inf",
        "--points",
        text(&points),
        "--report",
        text(&page),
        "--json",
    ];
    let first = run("run", &arguments);
    assert_eq!(outcome(&first), (0, String::new()));
    let again = run("run", &arguments);
    assert_eq!(stdout(&first), stdout(&again));
    assert_eq!(fs::read_to_string(&points).unwrap().lines().count(), 2);
    assert!(fs::read_to_string(&page).unwrap().contains("an amplitude network of 4 inputs, one program"));
}

#[test]
fn counts_become_scores_and_states() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| written(folder.path(), name, text);
    let cut = MESH.replace("1.5}", "1.5,\"activation\":\"relu\"}");
    let weights = network(folder.path(), "d.json", &format!("{cut},{MESH}"), "amplitudes");
    let out = folder.path().join("out");
    assert_eq!(outcome(&compile(&[text(&weights), "-o", text(&out), "-q"])).0, 0);
    // Bits 0 and 1 spell the label, bit 2 must read 0, bit 3 is the sign: words are written from bit 3 to bit 0.
    let counts = place("counts.json", r#"{"0000": 400, "1000": 100, "0001": 50, "1001": 250, "0110": 200}"#);
    let (state, next) = (place("x.json", "[3, -1, 0, 2]"), folder.path().join("next.json"));
    let (one, two) = (out.join("segment-01.qasm"), out.join("segment-02.qasm"));
    let base = ["--counts", text(&counts), "--weights", text(&weights), "--json", "-q"];
    let read = run("counts", &[&[text(&one), "--next", text(&next), "--state", text(&state)], &base[..]].concat());
    let (code, said) = outcome(&read);
    assert!(code == 0 && said.contains("away from what the weights say"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&read.stdout).unwrap();
    let estimate = &report["estimate"];
    let gamma: f64 = {
        let text = fs::read_to_string(&one).unwrap();
        text.split("\"gamma\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
    };
    assert!((estimate["out"][0]["value"].as_f64().unwrap() - 0.3 * gamma).abs() < 1e-9);
    assert_eq!(estimate["accepted"].as_f64(), Some(0.8));
    // The second entry is below 0, which the activation does not let through.
    let written: Vec<f64> = serde_json::from_slice(&fs::read(&next).unwrap()).unwrap();
    assert!((written[0] - 0.3 * gamma).abs() < 1e-9 && written[1..] == [0.0, 0.0, 0.0], "{written:?}");
    let read = run("counts", &[&[text(&two), "--state", text(&next)], &base[..]].concat());
    let report: serde_json::Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(report["estimate"]["label"].as_u64(), Some(0));
    // A later segment keeps the norm of what went in, which has to be known.
    let unknown = outcome(&run("counts", &[&[text(&two)], &base[..]].concat()));
    assert!(unknown.0 == 2 && unknown.1.contains("segment 2 keeps the norm of what goes in"), "{}", unknown.1);
    let last =
        outcome(&run("counts", &[&[text(&two), "--state", text(&state), "--next", text(&next)], &base[..]].concat()));
    assert!(last.0 == 2 && last.1.contains("there is no segment behind the last"), "{}", last.1);
}

/// A machine that turns too far is what an attack of form 1 on the trained network is.
#[test]
fn over_rotations_are_attacks_after_training() {
    use hqrn::training::amplitude::{Attack, Contender, Form, Mode, Noise, test_fault};
    let folder = tempfile::tempdir().unwrap();
    let weights = network(folder.path(), "e.json", &format!("{MESH},{MESH}"), "amplitudes");
    let iris = circuits("iris.csv");
    let of = |noise: &str, sizes: &str| {
        let chosen = ["--over-rotation", sizes, "--over-rotation-noise", noise, "--seed", "4"];
        let base = [text(&weights), "--data", text(&iris), "--split", "train", "--shots", "inf", "--json"];
        let ran = run("run", &[&base[..], &chosen[..]].concat());
        assert_eq!(outcome(&ran), (0, String::new()));
        serde_json::from_slice::<serde_json::Value>(&ran.stdout).unwrap()["points"].clone()
    };
    let points = of("gauss-asym", "0,0.5");
    assert_eq!(points[0]["disagreement"].as_f64(), Some(0.0));
    assert_eq!(points[1]["over_rotation"].as_f64(), Some(0.5));
    assert!(points[1]["checkpoint"].as_str().unwrap().ends_with(" off by 0.5 (gauss-asym)"), "{}", points[1]);
    let trained = hqrn::network::read_model(&weights).unwrap().amplitude("test").unwrap();
    let attack = Attack { form: Form::Inside, noise: Noise::named("gauss-asym").unwrap(), size: 0.5, mode: Mode::Test };
    let contender = Contender::Amplitude(trained.clone());
    let fault = test_fault(&contender, &attack, 4, 0).unwrap();
    let Contender::Amplitude(off) = contender.shifted(&fault) else { panic!() };
    let samples = hqrn::data::read_samples(&iris, None, Some(4), hqrn::data::Split::Train).unwrap();
    let (clean, hit) = (trained.scores(&samples.inputs), off.scores(&samples.inputs));
    let best = |row: Vec<f64>| hqrn::network::largest(&row).unwrap();
    let labels = |m: &hqrn::linalg::RealMatrix| {
        m.row_iter().map(|row| best(row.iter().copied().collect())).collect::<Vec<usize>>()
    };
    let changed = labels(&clean).iter().zip(labels(&hit)).filter(|(a, b)| **a != *b).count();
    assert!(changed > 0, "a fault that changes nothing says nothing");
    assert_eq!(points[1]["tally"]["disagree"].as_u64(), Some(changed as u64));
}

#[test]
fn nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let weights = network(folder.path(), "a.json", MESH, "amplitudes");
    let (program, zeros) = (folder.path().join("p.qasm"), folder.path().join("zeros.json"));
    let short = folder.path().join("short.json");
    fs::write(&zeros, "[0, 0, 0, 0]").unwrap();
    fs::write(&short, "[1, 2]").unwrap();
    let iris = circuits("iris.csv");
    for (arguments, expected) in [
        (vec!["--split"], "--split is for other families"),
        (vec!["--phases", "signs"], "--phases is for other families"),
        (vec!["--tiles", "2"], "--tiles is for other families"),
        (vec!["--segment", "2"], "--segment 2: the network has 1"),
        (vec!["--input", text(&zeros)], "all entries are 0"),
        (vec!["--input", text(&short)], "2 numbers, expected 4"),
        (vec!["--input", "basis:1"], "expected a file with a JSON array of 4 numbers"),
        (vec!["--data", text(&iris)], "choose it with --row K"),
        (vec!["--data", text(&iris), "--row", "1000"], "--row 1000:"),
        (vec!["--method", "trotter"], "--method trotter is for other families"),
    ] {
        let (code, said) = outcome(&compile(&[&[text(&weights), "-o", text(&program)], &arguments[..]].concat()));
        assert!(code == 2 && said.contains(expected) && said.lines().count() == 1, "{arguments:?}: {said}");
        assert!(!program.exists());
    }
    let dense = r#"{"mesh":[1,2,3,4,5],"dense":[1],"activation":"tanh"},{"mesh":[1,2,3,4,5],"dense":[1,2]}"#;
    let weights = network(folder.path(), "dense.json", dense, "amplitudes");
    let (code, said) = outcome(&compile(&[text(&weights), "-o", text(&program)]));
    assert!(code == 2 && said.contains("layers[1]: dense sums reach back over the activation of layers[0]"), "{said}");
    let zero = folder.path().join("zero.csv");
    fs::write(&zero, "a,b,c,d,label\n1,2,3,4,0\n0,0,0,0,1\n").unwrap();
    let weights = network(folder.path(), "a.json", MESH, "amplitudes");
    let (code, said) = outcome(&run("run", &[text(&weights), "--data", text(&zero)]));
    assert!(code == 2 && said.contains("sample 2: all entries are 0"), "{said}");
    let (code, said) = outcome(&run("run", &[text(&weights), "--data", text(&iris), "--mitigate"]));
    assert!(code == 2 && said.contains("--mitigate is for other families"), "{said}");
    // Blocks are none of its programs, and its programs none of blocks.
    let four = folder.path().join("four.qasm");
    assert_eq!(outcome(&compile(&[text(&circuits("four.json")), "-o", text(&four), "-q"])).0, 0);
    let (code, said) = outcome(&verify(&[text(&four), "--weights", text(&weights)]));
    assert!(
        code == 2 && said.contains("a program of a residual block, the weights are of an amplitude network"),
        "{said}"
    );
    assert_eq!(outcome(&compile(&[text(&weights), "-o", text(&program), "-q"])).0, 0);
    let (code, said) = outcome(&verify(&[text(&program), "--weights", text(&circuits("four.json"))]));
    assert!(code == 2 && said.contains("of another family, expected one of a residual block"), "{said}");
}

/// No label where nothing was measured, none by another network's weights, and numbers that can be worked with.
#[test]
fn what_nothing_says_is_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| written(folder.path(), name, text);
    let weights = network(folder.path(), "a.json", MESH, "amplitudes");
    let other = network(folder.path(), "b.json", &MESH.replace("1.5", "1.6"), "amplitudes");
    let program = folder.path().join("a.qasm");
    assert_eq!(outcome(&compile(&[text(&weights), "-o", text(&program), "-q"])).0, 0);
    let (none, some) = (place("none.json", r#"{"0100": 500}"#), place("some.json", r#"{"0100": 499, "0001": 1}"#));
    let counts = |file: &Path, weights: &Path| {
        run("counts", &[text(&program), "--counts", text(file), "--weights", text(weights), "--json"])
    };
    let (code, said) = outcome(&counts(&none, &weights));
    assert!(code == 2 && said.contains("none.json: none of 500 shots counts"), "{said}");
    let (code, said) = outcome(&counts(&some, &other));
    assert!(code == 2 && said.contains("a.qasm: ") && said.contains("a program of other weights"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&counts(&some, &weights).stdout).unwrap();
    assert!(report["estimate"]["scores"][2]["error"].as_f64() > Some(0.0), "{report}");

    let iris = circuits("iris.csv");
    let huge = MESH.replace("1.5", "1e100");
    let huge = network(folder.path(), "huge.json", &[&huge[..]; 2].join(","), "amplitudes");
    let tiny = fs::read_to_string(&weights).unwrap().replace("\"dim\":4", "\"dim\":4,\"gain\":5e-324");
    let tiny = place("tiny.json", &tiny);
    let null = fs::read_to_string(&weights).unwrap().replace("\"residual\":1.5", "\"residual\":null");
    let null = place("null.json", &null);
    let unnamed = fs::read_to_string(&weights).unwrap().replace("\"family\":\"amplitude\",", "");
    let unnamed = place("unnamed.json", &unnamed);
    for (bad, expected) in [
        (&huge, "huge.json: the largest entry of the map that the layers multiply to is"),
        (&tiny, "tiny.json: the largest entry of the map that the layers multiply to is"),
        (&null, "null.json: layers[0].residual: null, expected a value"),
        (&unnamed, "unnamed.json: family: missing"),
    ] {
        let refused = folder.path().join("refused");
        let by_all = [
            compile(&[text(bad), "-o", text(&refused)]),
            verify(&[text(&program), "--weights", text(bad)]),
            run("run", &[text(bad), "--data", text(&iris)]),
            run("counts", &[text(&program), "--counts", text(&some), "--weights", text(bad)]),
        ];
        for output in by_all {
            let (code, said) = outcome(&output);
            assert!(code == 2 && said.contains(expected) && said.lines().count() == 1, "{said}");
        }
        assert!(!refused.exists());
    }

    // Nothing is left of inputs that are all positive: each is told apart by the bias alone, as the weights say, too.
    let dead = r#"{"matrix":[[-1,0,0,0],[0,-1,0,0],[0,0,-1,0],[0,0,0,-1]],"activation":"relu"}"#;
    let dead = network(folder.path(), "dead.json", &format!("{dead},{MESH}"), "amplitudes");
    let ran = run("run", &[text(&dead), "--data", text(&iris), "--shots", "inf", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let point = &report["points"][0];
    assert_eq!((point["distance"].as_f64(), point["tally"]["disagree"].as_u64()), (Some(0.0), Some(0)), "{point}");
    assert_eq!(point["tally"]["quantum_dead"], point["tally"]["classical_dead"]);
    assert_eq!(point["tally"]["quantum_dead"], point["tally"]["samples"]);
    let out = folder.path().join("out");
    assert_eq!(outcome(&compile(&[text(&dead), "-o", text(&out), "-q"])).0, 0);
    let (one, next) = (out.join("segment-01.qasm"), folder.path().join("next.json"));
    let minus = place("minus.json", r#"{"1000": 100}"#);
    let base = [text(&one), "--counts", text(&minus), "--weights", text(&dead), "--next", text(&next)];
    let (code, said) = outcome(&run("counts", &base));
    assert!(code == 2 && said.contains("--next: the activation leaves 0 of every entry"), "{said}");
    assert!(!next.exists());

    let single = place(
        "single.json",
        r#"{"format":"hqrn-weights","version":2,"family":"amplitude","input":{"dim":2},"head":{"weight":[[1,2]],"bias":[0]}}"#,
    );
    let (code, said) = outcome(&compile(&[text(&single), "-o", text(&folder.path().join("single.qasm"))]));
    assert!(code == 0 && said.contains("single.json: has one class: every label is 0"), "{said}");
    // Of a state of which the layers leave nothing no shot counts: what is read all the same is something else.
    let blind = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","input":{"dim":2},"layers":[{"matrix":[[1,0],[0,0]]}],
        "head":{"weight":[[1,2],[3,4]],"bias":[0,0],"reads":"probabilities"}}"#;
    let (blind, state) = (place("blind.json", blind), place("state.json", "[0, 1]"));
    let some = place("read.json", r#"{"00": 10, "01": 5, "10": 3}"#);
    let program = folder.path().join("blind.qasm");
    assert_eq!(outcome(&compile(&[text(&blind), "--input", text(&state), "-o", text(&program), "-q"])).0, 0);
    let (code, said) = outcome(&run("counts", &[text(&program), "--counts", text(&some), "--weights", text(&blind)]));
    assert!(code == 0 && said.contains("1.00 of its length away from what the weights say"), "{said}");
    for (arguments, expected) in [
        (&[text(&weights), text(&other)][..], "of which one file is run"),
        (&[text(&weights), "--over-rotation-noise", "gauss-sym"][..], "--over-rotation <S,..>"),
    ] {
        let (code, said) = outcome(&run("run", &[arguments, &["--data", text(&iris)][..]].concat()));
        assert!(code == 2 && said.contains(expected), "{said}");
    }
}
