//! One circuit for both signs, from the commands: kept and resumed, on all targets, read by all that read programs.

use crate::support::{circuits, compile, json_matrix, outcome, stdout, verify};
use hqrn::circuit::{Cost, Gate};
use hqrn::qasm;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A network of one block with entries of both signs.
fn network(folder: &Path, dim: usize) -> PathBuf {
    let path = folder.join("weights.json");
    std::fs::write(&path, json_matrix(dim, dim, |i, j| ((i * 37 + j * 101) as f64 * 0.7).sin())).unwrap();
    path
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_search_is_kept_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let (weights, kept) = (text(&network(folder.path(), 8)), folder.path().join("kept/here"));
    let run = |name: &str, more: &[&str]| {
        let out = text(&folder.path().join(name));
        let done = outcome(&compile(&[&[&weights, "--method", "joint", "-o", &out], more].concat()));
        (done, std::fs::read_to_string(out).unwrap())
    };
    let here = text(&kept);
    let ((code, said), alone) = run("alone.qasm", &["--no-cache"]);
    assert_eq!((code, said.as_str()), (0, ""));
    // Time is up before the first step: exact circuits, and a line that says so.
    let ((code, said), exact) = run("exact.qasm", &["--cache", &here, "--time-limit", "0"]);
    assert!(code == 0 && said.contains("block 1: exact circuits for each sign, since time is up"), "{said}");
    assert_eq!(qasm::read(&exact).unwrap().contract.method, "exact");
    assert_eq!(outcome(&verify(&[&text(&folder.path().join("exact.qasm")), "--weights", &weights, "-q"])).0, 0);
    let files = || std::fs::read_dir(&kept).unwrap().map(|file| file.unwrap().path()).collect::<Vec<PathBuf>>();
    let file = &files()[0];
    assert!(files().len() == 1 && file.extension().is_some_and(|e| e == "json"));
    assert_eq!(run("resumed.qasm", &["--cache", &here]), ((0, String::new()), alone.clone()));
    // What was found is there, however little time there is.
    assert_eq!(run("again.qasm", &["--cache", &here, "--time-limit", "0"]), ((0, String::new()), alone.clone()));
    // What is broken, or of another block, is found anew.
    let whole = std::fs::read_to_string(file).unwrap();
    let numbers = whole.replace("0.1", "0.2");
    assert_ne!(numbers, whole);
    for broken in ["", "{}", &whole[..whole.len() / 2], &numbers] {
        std::fs::write(file, broken).unwrap();
        assert_eq!(run("anew.qasm", &["--cache", &here]), ((0, String::new()), alone.clone()));
    }
    // So is what says that every start led nowhere, or is of another search.
    let mut nowhere: serde_json::Value = serde_json::from_str(&whole).unwrap();
    nowhere["state"]["starts"].as_array_mut().unwrap().fill("over".into());
    let elsewhere = folder.path().join("elsewhere");
    run("other.qasm", &["--cache", &text(&elsewhere), "--seed", "1"]);
    let other = std::fs::read_dir(&elsewhere).unwrap().next().unwrap().unwrap().path();
    for wrong in [nowhere.to_string(), std::fs::read_to_string(other).unwrap()] {
        std::fs::write(file, wrong).unwrap();
        assert_eq!(run("anew.qasm", &["--cache", &here]), ((0, String::new()), alone.clone()));
    }
    // Other questions have other answers.
    run("other.qasm", &["--cache", &here, "--slack", "2"]);
    assert_eq!(files().len(), 2);
    // A folder that cannot be is said once, and costs nothing else.
    let ((code, said), found) = run("unkept.qasm", &["--cache", &weights]);
    assert!(code == 0 && said.contains("searches are not kept: ") && found == alone, "{said}");
    for unkept in [&["--no-cache"][..], &["--cache", &weights]] {
        let ((code, said), _) = run("exact.qasm", &[unkept, &["--time-limit", "0"]].concat());
        assert!(code == 0 && said.contains("since time is up, and the search was not kept"), "{said}");
    }
}

#[test]
fn every_target_takes_it_and_every_reader_reads_it() {
    let folder = TempDir::new().unwrap();
    let weights = text(&network(folder.path(), 4));
    let out = text(&folder.path().join("out.qasm"));
    for target in hqrn::target::TARGETS {
        for inputs in ["diagonal", "columns"] {
            let program = if inputs == "columns" && !target.dialect.inputs {
                folder.path().join("folder")
            } else {
                Path::new(&out).with_extension(target.dialect.language.ending())
            };
            let arguments =
                ["--method", "joint", "--no-cache", "--target", target.name, "--inputs", inputs, "-q", "-o"];
            assert_eq!(
                outcome(&compile(&[&[weights.as_str()], &arguments[..], &[&text(&program)]].concat())),
                (0, String::new())
            );
            assert_eq!(
                outcome(&verify(&[&text(&program), "--weights", &weights, "-q"])),
                (0, String::new()),
                "{}",
                target.name
            );
        }
    }
    // The fractional gate has an angle more, and needs fewer.
    let eight = text(&network(folder.path(), 8));
    let count = |target: &str| {
        let arguments = [&eight, "--method", "joint", "--no-cache", "--target", target, "-q", "-o", &out];
        assert_eq!(outcome(&compile(&arguments)), (0, String::new()));
        let program = qasm::read(&std::fs::read_to_string(&out).unwrap()).unwrap();
        assert_eq!(program.contract.method, "joint");
        let angles = program
            .circuit
            .operations()
            .filter_map(|(_, o)| if let Gate::Rzz(angle) = o.gate { Some(angle) } else { None });
        assert!(angles.into_iter().all(|angle| (0.0..=std::f64::consts::FRAC_PI_2).contains(&angle)));
        Cost::of(&program.circuit).two_qubit_gates
    };
    assert!(count("ibm") <= 21 && count("ibm-fractional") <= 17);
}

#[test]
fn no_gate_is_routed_on_a_line_of_a_machine_and_copies_lie_side_by_side() {
    let folder = TempDir::new().unwrap();
    let weights = text(&network(folder.path(), 8));
    let out = text(&folder.path().join("out.qasm"));
    let pairs = |arguments: &[&str]| {
        let base = [&weights, "--method", "joint", "--no-cache", "-q", "-o", &out];
        assert_eq!(outcome(&compile(&[&base[..], arguments].concat())), (0, String::new()), "{arguments:?}");
        assert_eq!(outcome(&verify(&[&out, "--weights", &weights, "-q"])).0, 0);
        let program = qasm::read(&std::fs::read_to_string(&out).unwrap()).unwrap();
        Cost::of(&program.circuit).two_qubit_gates
    };
    let (heron, boston) = (text(&circuits("heron-133.json")), text(&circuits("boston-line.json")));
    let alone = pairs(&[]);
    assert_eq!(pairs(&["--target", "ibm", "--coupling", &heron]), alone);
    assert_eq!(pairs(&["--machine", &boston]), alone);
    let fractional = pairs(&["--target", "ibm-fractional"]);
    assert_eq!(pairs(&["--target", "ibm-fractional", "--coupling", &heron]), fractional);
    assert_eq!(pairs(&["--tiles", "0 1 2 3; 4 5 6 7"]), 2 * alone);
    for edges in ["heavy-hex", "square", "all", &heron] {
        assert!(pairs(&["--edges", edges]) <= 21, "{edges}");
    }
    assert_eq!(pairs(&["--edges", &heron, "--target", "ibm", "--coupling", &heron]), pairs(&["--edges", &heron]));
    let small = folder.path().join("small.json");
    std::fs::write(&small, "[[0, 1], [1, 2]]").unwrap();
    let (code, said) = outcome(&compile(&[&weights, "--method", "joint", "--edges", &text(&small), "-o", "none.qasm"]));
    assert!(
        code == 2 && said.contains("block 1: --edges: 3 qubits: a block's circuit takes 4 that are joined"),
        "{said}"
    );
    for option in [&["--edges", "all"][..], &["--time-limit", "5"], &["--cache", "here"], &["--no-cache"]] {
        let (code, said) = outcome(&compile(&[&[&weights, "-o", "none.qasm"], option].concat()));
        assert!(code == 2 && said.contains(&format!("{} needs --method joint", option[0])), "{said}");
    }
}

#[test]
fn what_takes_hours_is_said_beforehand() {
    let folder = TempDir::new().unwrap();
    let (weights, out) = (folder.path().join("flat.json"), text(&folder.path().join("out.qasm")));
    for (dim, long) in [(64, false), (65, true), (128, true), (129, false)] {
        // Known before anything is compiled, which here takes no time.
        std::fs::write(&weights, json_matrix(dim, dim, |i, j| f64::from(u8::from(i == j)))).unwrap();
        let arguments = [&text(&weights), "--method", "joint", "--no-cache", "--time-limit", "0", "-o", &out];
        let (code, said) = outcome(&compile(&arguments));
        let told =
            format!("note: a search at {dim} x {dim} takes about 4 h a block on two cores: --time-limit ends it");
        assert_eq!((code, said.contains(&told)), (0, long), "{said}");
        assert!(said.contains("block 1: exact circuits for each sign"), "{said}");
    }
}

#[test]
fn it_is_run_and_recommended() {
    let folder = TempDir::new().unwrap();
    let (iris, out) = (text(&circuits("iris.json")), text(&folder.path().join("joint")));
    assert_eq!(outcome(&compile(&[&iris, "--method", "joint", "--no-cache", "-q", "-o", &out])), (0, String::new()));
    let run = Command::new(env!("CARGO_BIN_EXE_hqrn-run"))
        .args([&iris, "--data", &text(&circuits("iris.csv")), "--circuits", &out, "--shots", "inf", "--json"])
        .output()
        .unwrap();
    assert_eq!(outcome(&run), (0, String::new()));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["points"][0]["disagreement"], 0.0);
    // Where N is no power of two, shots may spell more than there are outputs.
    let five = folder.path().join("five.json");
    std::fs::write(&five, json_matrix(5, 5, |i, j| ((i * 37 + j * 101) as f64 * 0.7).sin())).unwrap();
    let (five, one) = (text(&five), text(&folder.path().join("five.qasm")));
    for inputs in ["diagonal", "columns"] {
        let arguments = [&five, "--method", "joint", "--no-cache", "--inputs", inputs, "-q", "-o", &one];
        assert_eq!(outcome(&compile(&arguments)), (0, String::new()));
        assert_eq!(outcome(&verify(&[&one, "--weights", &five, "-q"])), (0, String::new()));
        let program = qasm::read(&std::fs::read_to_string(&one).unwrap()).unwrap();
        assert!(program.contract.method == "joint" && Cost::of(&program.circuit).two_qubit_gates <= 10);
    }
    // Who asks for nothing is told what there is, where it is worth telling.
    let said = |weights: &str| stdout(&compile(&[weights, "-o", &text(&folder.path().join("exact"))]));
    assert!(said(&iris).contains("--method joint: about 4 CZ a block for both signs"), "{}", said(&iris));
    let flat = folder.path().join("flat.json");
    std::fs::write(&flat, json_matrix(8, 8, |i, j| f64::from(u8::from(i == j)))).unwrap();
    assert!(!said(&text(&flat)).contains("--method joint"));
}

#[test]
fn the_network_of_what_was_found_compiles_to_it_and_is_a_job() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let iris = text(&circuits("iris.json"));
    let joint = ["--method", "joint", "--no-cache", "--network"];
    let done = compile(&[&[&iris, "-o", &at("out")], &joint[..], &[&at("joint.json")]].concat());
    assert_eq!(outcome(&done), (0, String::new()));
    // A network of circuits, which compiles without a search to as many gates, with the same W.
    assert_eq!(outcome(&compile(&[&at("joint.json"), "-o", &at("again"), "-q"])), (0, String::new()));
    assert_eq!(outcome(&verify(&[&at("again"), "--weights", &iris, "--complete", "-q"])).0, 0);
    let pairs =
        |path: String| Cost::of(&qasm::read(&std::fs::read_to_string(path).unwrap()).unwrap().circuit).two_qubit_gates;
    assert_eq!(pairs(at("out/block-01.qasm")), pairs(at("again/block-01.qasm")));
    let machine = text(&circuits("boston-line.json"));
    let job = [
        "plan",
        &at("joint.json"),
        "--machine",
        &machine,
        "--data",
        &text(&circuits("iris.csv")),
        "--executions",
        "1e4",
    ];
    let planned =
        Command::new(env!("CARGO_BIN_EXE_hqrn-job")).args(job).args(["-q", "-o", &at("plan")]).output().unwrap();
    assert_eq!(outcome(&planned), (0, String::new()));
    // Of one block alone, the others are as they were, which is said.
    let of_one = [&iris, "--block", "1", "-o", &at("one.qasm")];
    let (code, said) = outcome(&compile(&[&of_one[..], &joint[..], &[&at("one.json")]].concat()));
    assert!(code == 0 && said == format!("note: {}: block 2 is as before, not compiled\n", at("one.json")), "{said}");
    let read = |path: &str| -> serde_json::Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let (one, before) = (read(&at("one.json")), read(&iris));
    assert!(one["blocks"][0]["circuit"].is_object() && one["blocks"][1]["weight"] == before["blocks"][1]["weight"]);
    // What it cannot be: without a search, over what it is made from, over a program, of gates that files have not.
    let refused = |more: &[&str], said: &str| {
        let (code, message) = outcome(&compile(&[&[iris.as_str(), "-o", &at("out")], more].concat()));
        assert!(code == 2 && message.contains(said), "{message}");
    };
    refused(&["--network", &at("x.json")], "--network needs --method joint");
    refused(&[&joint[..], &[&iris]].concat(), "is an input, and would be lost");
    refused(&[&joint[..], &[&at("out/manifest.json")]].concat(), "two outputs in one file");
    let nowhere = at("x.json");
    refused(
        &[&joint[..], &[&nowhere, "--target", "ibm-fractional"]].concat(),
        "circuits for --target ibm-fractional have rzz, which network files have not",
    );
    assert!(!folder.path().join("x.json").exists());
    // Where it cannot be written there are no programs either.
    std::fs::create_dir(at("taken.json")).unwrap();
    for (place, said) in [
        (at("taken.json"), "is a folder, expected a file to write"),
        (at("none/x.json"), "there is no folder"),
        (at(""), "expected a name ending in .json"),
    ] {
        let (code, message) =
            outcome(&compile(&[&[iris.as_str(), "-o", &at("unwritten")], &joint[..], &[&place]].concat()));
        assert!(code == 2 && message.contains(said) && !folder.path().join("unwritten").exists(), "{message}");
    }
}

/// A network of one block may have a W with fewer rows than columns, or the other way round.
#[test]
fn rows_and_columns_may_differ_in_number() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let (weights, out) = (at("weights.json"), at("out.qasm"));
    for (rows, columns) in [(2, 3), (3, 2), (7, 5), (1, 3), (3, 1)] {
        std::fs::write(&weights, json_matrix(rows, columns, |i, j| ((i * i * 37 + j * 101 + i * j) as f64).sin()))
            .unwrap();
        let (code, said) = outcome(&compile(&[&weights, "--method", "joint", "--no-cache", "-o", &out]));
        assert!(code == 0, "{rows} x {columns}: {said}");
        assert_eq!(outcome(&verify(&[&out, "--weights", &weights, "-q"])), (0, String::new()));
        let network = ["--method", "joint", "--no-cache", "--network", &at("n.json")];
        let (code, said) = outcome(&compile(&[&[&weights, "-o", &at("x.qasm")], &network[..]].concat()));
        let expected = format!("--network: block 1 is {rows} x {columns}, which no circuit of a network file is");
        assert!(code == 2 && said.contains(&expected) && !folder.path().join("x.qasm").exists(), "{said}");
    }
}

/// One circuit is looked for where those of two signs have no room side by side, whatever gates it takes.
#[test]
fn what_has_no_room_otherwise_is_looked_for() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let entry = |i: usize, j: usize| ((i * i * 37 + j * 101 + i * j) as f64).sin();
    let twice = |i: usize, j: usize| if i / 4 == j / 4 { entry(i % 4, j % 4) } else { 0.0 };
    let (weights, map, out) = (at("weights.json"), at("line.json"), at("out.qasm"));
    std::fs::write(&weights, json_matrix(8, 8, twice)).unwrap();
    std::fs::write(&map, "[[0, 1], [1, 2], [2, 3], [3, 4]]").unwrap();
    let run = |more: &[&str]| {
        let base = [&weights, "--method", "joint", "--no-cache", "--target", "ibm", "--coupling", &map, "-o", &out];
        outcome(&compile(&[&base[..], more].concat()))
    };
    let (code, said) = run(&["--time-limit", "0"]);
    assert_eq!(code, 2);
    let why = "; time was up before a circuit for both signs was found; without --method joint, programs of one sign fit: --split";
    assert!(said.contains("the circuit needs 8 qubits, the machine has 5") && said.contains(why), "{said}");
    // So is it where there are qubits enough, but in pieces, and where copies have qubits of their own.
    for pairs in ["[[0, 1], [1, 2], [2, 3], [3, 4]]", "[[0, 1], [1, 2], [2, 3], [4, 5], [6, 7], [8, 9]]"] {
        std::fs::write(&map, pairs).unwrap();
        assert_eq!(run(&[]), (0, String::new()));
        assert_eq!(outcome(&verify(&[&out, "--weights", &weights, "--coupling", &map, "-q"])), (0, String::new()));
    }
    let tiles = ["--method", "joint", "--no-cache", "--tiles", "0 1 2 3; 4 5 6 7", "-q", "-o", &out];
    assert_eq!(outcome(&compile(&[&[weights.as_str()], &tiles[..]].concat())), (0, String::new()));
    assert_eq!(outcome(&verify(&[&out, "--weights", &weights, "-q"])), (0, String::new()));
    // A circuit that was found may have no room, either, and copies may be given too few qubits.
    std::fs::write(&map, "[[0, 1], [1, 2]]").unwrap();
    let (code, said) = run(&[]);
    assert!(code == 2 && said.contains("the circuit needs 4 qubits, the machine has 3"), "{said}");
    assert!(!said.contains("found"), "{said}");
    let (code, said) = outcome(&compile(&[&weights, "--tiles", "0 1 2; 3 4 5", "-o", &out]));
    assert!(code == 2 && said.contains("tile 0: 3 qubits, the circuit has 8"), "{said}");
}

/// Why a block has no circuit that was found is said as it is.
#[test]
fn every_outcome_has_words_of_its_own() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let (weights, out) = (at("weights.json"), at("out"));
    let tiny = json_matrix(4, 4, |i, j| 1e-300 * ((i * i * 37 + j * 101 + i * j) as f64).sin());
    let (zero, huge) = (json_matrix(4, 4, |_, _| 0.0), "[[1.3e308, 1e307], [1e307, -1.2e308]]".to_owned());
    let unfit = "being too small, or too large, for full precision";
    for (w, why) in [(zero, "which take no more gates"), (tiny, unfit), (huge, unfit)] {
        std::fs::write(&weights, w).unwrap();
        let (code, told) = outcome(&compile(&[&weights, "--method", "joint", "--no-cache", "-o", &out]));
        assert!(code == 0 && told.contains("block 1: exact circuits for each sign, ") && told.contains(why), "{told}");
        // Nor is it recommended.
        let done = compile(&[&weights, "-o", &out]);
        assert!(outcome(&done).0 == 0 && !stdout(&done).contains("--method joint"));
    }
    std::fs::write(&weights, "[[-2]]").unwrap();
    let done = compile(&[&weights, "-o", &out]);
    assert!(outcome(&done).0 == 0 && !stdout(&done).contains("--method joint"));
    let iris = text(&circuits("iris.json"));
    let found = [&iris, "--method", "joint", "--no-cache", "-q", "--network", &at("joint.json"), "-o", &out];
    assert_eq!(outcome(&compile(&found)), (0, String::new()));
    let (code, told) = outcome(&compile(&[&at("joint.json"), "--method", "joint", "--no-cache", "-o", &at("again")]));
    assert_eq!((code, told.as_str()), (0, "note: blocks 1, 2: compiled as given, by circuits or factors\n"));
}
