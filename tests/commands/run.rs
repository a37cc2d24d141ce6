//! `hqrn-run`: figures, files, resumption, refusals.

use crate::support::{circuits, compile, json_matrix, outcome, shared, stdout};
use approx::assert_abs_diff_eq;
use hqrn::encoding::GammaRule;
use hqrn::network::read;
use hqrn::qasm::Program;
use hqrn::run::{BlockTransitions, Inputs, compile_all};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-run")).args(arguments).output().unwrap()
}

/// Runs the bundled digits with these options added.
fn digits(options: &[&str]) -> Output {
    let (weights, data) = (circuits("digits.json"), circuits("digits.csv.gz"));
    let start = [weights.to_str().unwrap(), "--data", data.to_str().unwrap()];
    run(&[&start[..], options].concat())
}

fn points(output: &Output) -> Vec<Value> {
    assert_eq!(outcome(output).0, 0, "{}", outcome(output).1);
    serde_json::from_str::<Value>(&stdout(output)).unwrap()["points"].as_array().unwrap().clone()
}

#[test]
fn digits_with_finite_and_infinite_shots() {
    let points = points(&digits(&["--shots", "1e3,1e4,1e6,inf", "--json"]));
    let share = |i: usize, name: &str| points[i][name].as_f64().unwrap();
    assert_eq!(share(3, "disagreement"), 0.0);
    assert_abs_diff_eq!(share(3, "error"), 20.0 / 597.0, epsilon = 1e-12);
    assert!(share(0, "disagreement") > share(1, "disagreement") && share(1, "disagreement") > share(2, "disagreement"));
    let tally = &points[1]["tally"];
    let count = |name: &str| tally[name].as_u64().unwrap();
    assert_eq!(count("both_right") + count("both_wrong") + count("classical_only") + count("quantum_only"), 597);
    let confused: u64 = tally["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(confused, 597);
    assert_eq!(
        (points[1]["budget"]["shots"].as_u64(), points[1]["budget"]["copies"].as_u64()),
        (Some(200_000), Some(40_000))
    );
}

/// What a block's form fixes cannot be asked for otherwise; where nothing is asked for, it has its own.
#[test]
fn options_that_a_block_would_ignore_are_named() {
    let (joint, unitaries) = (circuits("digits-small.json"), circuits("entanglement.json"));
    let data = circuits("digits.csv.gz");
    for (weights, options, expected) in [
        (&joint, ["--phases", "nonnegative"], "block 1: phases nonnegative"),
        (&joint, ["--phases", "signs"], "block 1: phases signs"),
        (&joint, ["--gamma", "own"], "--gamma own: block 1 is given by a circuit"),
        (&unitaries, ["--phases", "nonnegative"], "block 1: phases nonnegative"),
        (&unitaries, ["--gamma", "own"], "--gamma own: block 1 is given by unitaries"),
    ] {
        let base = [weights.to_str().unwrap(), "--data", data.to_str().unwrap()];
        let (code, message) = outcome(&run(&[&base[..], &options].concat()));
        assert!(code == 2 && message.contains(expected) && message.lines().count() == 1, "{options:?}: {message}");
    }
    let base = [joint.to_str().unwrap(), "--data", data.to_str().unwrap(), "--limit", "3", "--json"];
    for options in [&[][..], &["--phases", "complex"], &["--gamma", "shared"]] {
        assert_eq!(points(&run(&[&base[..], options].concat())).len(), 1);
    }
}

/// Checkpoints of one training share a name and shapes: programs of one do not run for another.
#[test]
fn programs_of_other_weights_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, data) = (circuits("iris.json"), circuits("iris.csv"));
    let (weights, data) = (weights.to_str().unwrap(), data.to_str().unwrap());
    let out = path("out");
    assert_eq!(outcome(&compile(&[weights, "-o", &out, "-q"])), (0, String::new()));
    let base = ["--data", data, "--shots", "inf", "--limit", "5", "--circuits", &out];
    assert_eq!(outcome(&run(&[&[weights], &base[..]].concat())).0, 0);
    let mut network = read(weights).unwrap();
    network.blocks.swap(0, 1);
    for (name, changed) in [
        ("swapped.json", network.clone()),
        ("scaled.json", {
            let mut other = read(weights).unwrap();
            other.blocks[1].scale(1.01);
            other
        }),
    ] {
        let file = path(name);
        std::fs::write(&file, hqrn::network::write_json(&changed)).unwrap();
        let (code, message) = outcome(&run(&[&[file.as_str()], &base[..]].concat()));
        assert!(code == 2 && message.contains("by the weights: programs of other weights"), "{name}: {message}");
        assert_eq!(message.lines().count(), 1);
    }
    // What a product formula states is allowed to it.
    let rough = path("rough");
    let trotter = ["--method", "trotter", "--trotter-error", "0.05"];
    assert_eq!(outcome(&compile(&[&[weights, "-o", &rough, "-q"], &trotter[..]].concat())).0, 0);
    let base = ["--data", data, "--shots", "inf", "--limit", "5", "--circuits", &rough];
    assert_eq!(outcome(&run(&[&[weights], &base[..]].concat())).0, 0);
}

#[test]
fn threads_change_nothing_and_seeds_do() {
    let of = |options: &[&str]| stdout(&digits(&[options, &["--shots", "1e3", "--json"]].concat()));
    let once = of(&["--threads", "1"]);
    assert_eq!(once, of(&["--threads", "3"]));
    assert_ne!(once, of(&["--seed", "1"]));
}

#[test]
fn circuits_and_matrices_give_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut networks = vec![(circuits("digits.json"), circuits("digits.csv.gz"))];
    let mnist = (shared("weights/mnist.json"), shared("data/mnist/t10k-images-idx3-ubyte.gz"));
    networks.extend(mnist.0.zip(mnist.1));
    for (weights, data) in networks {
        let network = read(&weights).unwrap();
        for (block, programs) in network.blocks.iter().zip(compile_all(&network, GammaRule::Own).unwrap()) {
            let programs: Vec<&Program> = programs.iter().collect();
            let of_circuits = BlockTransitions::of_programs(&programs, block, Inputs::Diagonal).unwrap();
            let of_weights = BlockTransitions::of_weights(block, GammaRule::Own, Inputs::Diagonal).unwrap();
            for ((_, a), (_, b)) in of_circuits.signs.present().zip(of_weights.signs.present()) {
                assert!((&a.probabilities - &b.probabilities).amax() < 1e-9);
            }
        }
        let out = folder.path().join(&network.name);
        let mut arguments = vec![weights.as_os_str(), OsStr::new("-o"), out.as_os_str()];
        arguments.extend(["-q", "--phases", "nonnegative"].map(OsStr::new));
        assert_eq!(outcome(&compile(&arguments)).0, 0);
        let shots = ["--shots", "inf,1e4", "--json"].map(OsStr::new);
        let start = [weights.as_os_str(), OsStr::new("--data"), data.as_os_str()];
        let from_files = points(&run(&[&start[..], &[OsStr::new("--circuits"), out.as_os_str()], &shots].concat()));
        let from_weights = points(&run(&[&start[..], &shots].concat()));
        assert_eq!(from_files[0]["tally"]["disagree"], 0);
        assert_eq!(from_files[0]["tally"]["confusion"], from_weights[0]["tally"]["confusion"]);
        assert!(from_files[0]["budget"]["cx"].as_u64() > Some(30_000));
        // Rounding moves a count now and then, no more.
        let differ = |name: &str| from_files[1][name].as_f64().unwrap() - from_weights[1][name].as_f64().unwrap();
        assert!(differ("disagreement").abs() < 0.01);
    }
}

/// A NumPy reference, measured as a mean of three seeds on 10,000 images, phi = 0 and one gamma.
#[test]
fn disagreement_is_that_of_the_reference() {
    let (Some(weights), Some(data)) =
        (shared("weights/mnist-epochs/epoch-300.safetensors"), shared("data/mnist/t10k-images-idx3-ubyte.gz"))
    else {
        return;
    };
    let fixed = ["--gamma", "shared", "--shots", "1e3,1e4,1e5,1e6", "--json"].map(OsStr::new);
    let points = points(&run(&[&[weights.as_os_str(), OsStr::new("--data"), data.as_os_str()][..], &fixed].concat()));
    for (point, wanted) in points.iter().zip([0.398, 0.047, 0.014, 0.0040]) {
        let found = point["disagreement"].as_f64().unwrap();
        // Ours is one run, the reference a mean of three.
        let sigma = (wanted * (1.0 - wanted) / 1e4 * (4.0 / 3.0f64)).sqrt();
        assert!((found - wanted).abs() < 3.0 * sigma, "{found} for {wanted} ± {sigma}");
    }
}

#[test]
fn finished_points_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("points.jsonl");
    let sweep = || {
        let options = [
            "--shots",
            "100,1e3,inf",
            "--alpha",
            "0.4,0.5",
            "--limit",
            "60",
            "--json",
            "--points",
            file.to_str().unwrap(),
        ];
        let output = digits(&options);
        assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
        stdout(&output)
    };
    let whole = sweep();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(kept.lines().count(), 6);
    // A kill in the middle of the fourth line.
    let cut: usize = kept.split_inclusive('\n').take(3).map(str::len).sum::<usize>() + 40;
    std::fs::write(&file, &kept[..cut]).unwrap();
    assert_eq!(sweep(), whole);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), kept);
    // What is there is not run again: a point that was tampered with stays as it is.
    std::fs::write(&file, kept.replacen("\"samples\":60", "\"samples\":61", 1)).unwrap();
    assert!(sweep().contains("\"samples\":61"));
    std::fs::write(&file, "{}\n").unwrap();
    let (code, message) = outcome(&digits(&["--points", file.to_str().unwrap()]));
    assert_eq!(code, 2);
    assert!(message.contains("line 1: not a point of hqrn-run: missing field"), "{message}");
}

#[test]
fn noise_changes_labels_and_mitigation_brings_some_back() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("noise.json");
    std::fs::write(&model, r#"{"readout": {"one_for_zero": 0.02, "zero_for_one": 0.04}}"#).unwrap();
    let noisy = |more: &[&str]| {
        points(&digits(&[&["--noise", model.to_str().unwrap(), "--shots", "inf,1e6", "--json"], more].concat()))
    };
    let (plain, mitigated) = (noisy(&[]), noisy(&["--mitigate"]));
    assert!(plain[0]["disagreement"].as_f64() > Some(0.1));
    assert_eq!(mitigated[0]["disagreement"].as_f64(), Some(0.0));
    assert!(mitigated[1]["disagreement"].as_f64() < Some(0.05));
    assert!(plain[0]["budget"]["cx"].as_u64() > Some(30_000));
}

#[test]
fn one_state_through_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let rho = folder.path().join("rho.json");
    std::fs::write(&rho, r#"{"re": [[0.5,0.5,0,0],[0.5,0.5,0,0],[0,0,0,0],[0,0,0,0]]}"#).unwrap();
    let weights = circuits("four.json");
    let go = |more: &[&str]| {
        let start = [weights.to_str().unwrap(), "--state", rho.to_str().unwrap(), "--shots", "inf", "--json"];
        let output = run(&[&start[..], more].concat());
        assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()
    };
    let exact = go(&[]);
    let h: Vec<f64> = exact["blocks"][0]["h"].as_array().unwrap().iter().map(|h| h.as_f64().unwrap()).collect();
    assert_abs_diff_eq!(h.iter().sum::<f64>(), 1.0, epsilon = 1e-12);
    // The coherence between |0> and |1> stays, halved by the mixing.
    assert_abs_diff_eq!(exact["blocks"][0]["state"]["re"][0][1].as_f64().unwrap(), 0.25, epsilon = 1e-12);
    assert_ne!(go(&["--noise", "superconducting"])["blocks"][0]["plus"], exact["blocks"][0]["plus"]);
    let bad = folder.path().join("bad.json");
    std::fs::write(&bad, "[[1, 0], [0, 0]]").unwrap();
    let (code, message) = outcome(&run(&[weights.as_os_str(), OsStr::new("--state"), bad.as_os_str()]));
    assert_eq!((code, message.trim().ends_with("a matrix of 2 x 2, expected 4 x 4")), (2, true), "{message}");
}

/// Circuits that a network gives have phases as programs do; a diagonal state does not see them, nor do weights have any.
#[test]
fn phases_that_a_state_sees_are_noted() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [iris, small] = ["iris.json", "digits-small.json"].map(|name| circuits(name).to_str().unwrap().to_owned());
    let search = ["--method", "joint", "--no-cache", "-q", "--network", &at("joint.json"), "-o", &at("out")];
    assert_eq!(outcome(&compile(&[&[iris.as_str()], &search[..]].concat())), (0, String::new()));
    let state = |name: &str, dim: usize, beside: f64| {
        let entry = |i: usize, j: usize| if i == j { 1.0 / dim as f64 } else { beside };
        std::fs::write(at(name), json_matrix(dim, dim, entry)).unwrap();
        at(name)
    };
    let (mixed, pure, large) =
        (state("mixed.json", 4, 0.0), state("pure.json", 4, 0.25), state("large.json", 64, 1.0 / 64.0));
    let note = "note: these programs have phases for diagonal states, which other states see\n";
    let (joint, out) = (at("joint.json"), at("out"));
    for (weights, rho, more, said) in [
        (&joint, &pure, &[][..], note),
        (&joint, &pure, &["--noise", "superconducting"], note),
        (&joint, &pure, &["-q"], ""),
        (&joint, &mixed, &[], ""),
        (&small, &large, &[], note),
        (&iris, &pure, &[], ""),
        (&iris, &pure, &["--circuits", &out], note),
        (&iris, &pure, &["--circuits", &out, "-q"], ""),
    ] {
        let done = run(&[&[weights, "--state", rho, "--shots", "inf"], more].concat());
        assert_eq!(outcome(&done), (0, said.to_owned()), "{weights} {rho} {more:?}");
    }
}

#[test]
fn reports_hold_the_numbers_and_ask_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (page, table) = (folder.path().join("run.html"), folder.path().join("run.csv"));
    let output = digits(&[
        "--shots",
        "1e3,1e4,inf",
        "--alpha",
        "0.4,0.5",
        "--two-qubit-rate",
        "0",
        "--limit",
        "50",
        "-q",
        "--report",
        page.to_str().unwrap(),
        "--csv",
        table.to_str().unwrap(),
    ]);
    assert_eq!(outcome(&output), (0, String::new()));
    let html = std::fs::read_to_string(&page).unwrap();
    for wanted in
        ["What shots buy", "Error by class", "Confusions", "Residual weight", "CX of all circuits", "<details>"]
    {
        assert!(html.contains(wanted), "{wanted}");
    }
    for foreign in ["http", "<script", "url(", "@import", "NaN"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    let table = std::fs::read_to_string(&table).unwrap();
    let columns = table.lines().next().unwrap().split(',').count();
    assert!(table.lines().count() == 7 && table.lines().all(|line| line.split(',').count() == columns));
}

#[test]
fn bad_input_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let data = circuits("digits.csv.gz");
    let gzipped = std::fs::read(&data).unwrap();
    let digits = circuits("digits.json").to_str().unwrap().to_owned();
    let data = data.to_str().unwrap().to_owned();
    let (four, missing) = (circuits("four.json").to_str().unwrap().to_owned(), "missing.npy".to_owned());
    let torn = write("torn.csv.gz", &gzipped[..gzipped.len() / 2]);
    let small = write("small.csv", b"label,a,b\n1,2,3\n");
    let names: Vec<String> = (0..64).map(|i| format!("p{i}")).collect();
    let bare = write("bare.csv", format!("{}\n{}\n", names.join(","), vec!["1"; 64].join(",")).as_bytes());
    let strange =
        write("strange.csv", format!("label,{}\n12,{}\n", names.join(","), vec!["1"; 64].join(",")).as_bytes());
    let short = write("labels.csv", b"label\n1\n");
    let noise = write("noise.json", br#"{"two_qubit": {"depolarising": 2}}"#);
    let folder_without = folder.path().to_str().unwrap().to_owned();
    for (arguments, expected) in [
        (vec![&digits, "--data", &small], "samples have 2 entries, the network takes 64"),
        (vec![&digits, "--data", &bare], "bare.csv: no labels: name their file with --labels"),
        (vec![&digits, "--data", &torn], "torn.csv.gz: damaged gzip data"),
        (vec![&digits, "--data", &missing], "missing.npy: No such file"),
        (vec![&digits, "--data", &strange], "sample 1 has label 12, the network has 10 classes"),
        (vec![&digits, "--data", &data, "--labels", &short], "597 samples, but 1 labels"),
        (vec![&digits, &four, "--data", &data], "four.json: 4 inputs, 1 blocks of 4, no head, but digits is 64 inputs"),
        (vec![&digits, "--data", &data, "--noise", "loud"], "--noise loud: neither a file nor one of superconducting"),
        (vec![&digits, "--data", &data, "--noise", &noise], "two_qubit.depolarising: 2, expected a number from 0 to 1"),
        (vec![&digits, "--data", &data, "--mitigate"], "--mitigate takes out readout errors"),
        (vec![&digits, "--data", &data, "--shots", "1e3,many"], "'many': expected a whole number"),
        (vec![&digits, "--data", &data, "--circuits", &folder_without], "manifest.json"),
        (vec![&digits, "--data", &data, "--csv", &folder_without], "is a folder, expected a file to write"),
        (vec![&digits, "--data", &data, "--report", "no/such/page.html"], "page.html: there is no folder no/such"),
        (vec![&digits], "--data <DATA>"),
    ] {
        let (code, message) = outcome(&run(&arguments));
        assert_eq!(code, 2, "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
    assert!(!Path::new("missing.npy").exists());
}
