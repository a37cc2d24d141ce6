//! The entanglement classifier through the commands: trained, compiled, verified, run; killed and resumed.

use crate::support::{circuits, outcome, stdout};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn train(folder: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
    command
        .arg("entanglement")
        .arg("-o")
        .arg(folder)
        .args(["--starts", "2", "--steps", "40", "--restarts", "2"])
        .args(options);
    command.output().unwrap()
}

fn run(weights: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-run")).arg(weights).args(options).output().unwrap()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

#[test]
fn from_nothing_to_compiled_labels() {
    let folder = tempfile::tempdir().unwrap();
    let bell = folder.path().join("bell");
    let output = train(&bell, &["--blocks", "1", "--json"]);
    assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let chosen = &report["chosen"]["greedy"]["test"];
    // Always saying separable would be right for 87 % of the states.
    let (accuracy, balanced) = (chosen["accuracy"].as_f64().unwrap(), chosen["balanced"].as_f64().unwrap());
    assert!(accuracy > 0.9 && balanced > 0.9, "{accuracy} {balanced}");

    // A classifier behind nothing, or behind one block; either way the last ten are given by weights.
    let network = bell.join("network.json");
    let compile = Command::new(env!("CARGO_BIN_EXE_hqrn-compile"))
        .arg(&network)
        .args(["-q", "-o", &path(&bell, "out")])
        .output()
        .unwrap();
    assert_eq!(outcome(&compile).0, 0, "{}", outcome(&compile).1);
    let verify = Command::new(env!("CARGO_BIN_EXE_hqrn-verify"))
        .arg(bell.join("out"))
        .arg("--weights")
        .arg(&network)
        .output()
        .unwrap();
    assert_eq!(outcome(&verify).0, 0, "{}", outcome(&verify).1);

    let page = std::fs::read_to_string(bell.join("report.html")).unwrap();
    assert!(page.contains("Adversarial states") && page.matches("class=\"dots").count() >= 6);

    // The same states from either format.
    let arrays =
        ["--data", &path(&bell, "test.npy"), "--labels", &path(&bell, "test-labels.npy"), "--shots", "inf", "--json"];
    let json = ["--data", &path(&bell, "test.json"), "--shots", "inf", "--json"];
    let point = |options: &[&str]| -> Value {
        let output = run(&network, options);
        assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()["points"][0].clone()
    };
    let (a, b) = (point(&arrays), point(&json));
    assert_eq!(a["tally"]["confusion"], b["tally"]["confusion"]);
    assert_eq!(b["tally"]["families"].as_array().unwrap().len(), 3);
}

/// The network of the repository: what its circuits say of all 5,000 test states is what it says itself.
#[test]
fn compiled_circuits_say_what_the_network_says() {
    let folder = tempfile::tempdir().unwrap();
    let states = train(folder.path(), &["--states-only"]);
    assert_eq!(outcome(&states).0, 0, "{}", outcome(&states).1);
    let network = circuits("entanglement.json");
    let programs = path(folder.path(), "out");
    let compile =
        Command::new(env!("CARGO_BIN_EXE_hqrn-compile")).arg(&network).args(["-q", "-o", &programs]).output().unwrap();
    assert_eq!(outcome(&compile).0, 0, "{}", outcome(&compile).1);
    let data = path(folder.path(), "test.json");
    let output =
        run(&network, &["--data", &data, "--circuits", &programs, "--shots", "inf,1e4", "--json", "--seed", "3"]);
    assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let [exact, sampled] = [0, 1].map(|i| &report["points"][i]);
    assert_eq!((exact["tally"]["samples"].as_u64(), exact["tally"]["disagree"].as_u64()), (Some(5000), Some(0)));
    let share = |point: &Value, name: &str| point[name].as_f64().unwrap();
    assert!(share(exact, "error") <= 0.02 && share(exact, "balanced_error") <= 0.02);
    let adversarial = &exact["tally"]["families"][0];
    assert_eq!(adversarial[0], "adversarial");
    assert!(adversarial[1]["quantum_wrong"].as_f64().unwrap() <= 0.01 * 2500.0);
    let disagree = share(sampled, "disagreement");
    assert!(disagree > 0.0 && disagree < 0.2, "{disagree}");
}

#[test]
fn a_killed_training_ends_in_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, resumed) = (folder.path().join("a"), folder.path().join("b"));
    let options = ["--blocks", "1", "--finetune", "-q"];
    assert_eq!(outcome(&train(&straight, &options)).0, 0);
    assert_eq!(outcome(&train(&resumed, &[&options[..], &["--threads", "1"]].concat())).0, 0);
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    for name in ["network.json", "report.html", "report.json", "campaign.json", "test.json"] {
        assert!(read(&straight, name) == read(&resumed, name), "{name}");
    }
    // As a kill after the first stage leaves it.
    let mut state: Value = serde_json::from_slice(&read(&resumed, "campaign.json")).unwrap();
    state["done"].as_array_mut().unwrap().truncate(1);
    std::fs::write(resumed.join("campaign.json"), state.to_string()).unwrap();
    std::fs::remove_file(resumed.join("network.json")).unwrap();
    assert_eq!(outcome(&train(&resumed, &options)).0, 0);
    assert!(read(&straight, "network.json") == read(&resumed, "network.json"));

    let (code, message) = outcome(&train(&resumed, &["--blocks", "2"]));
    assert!(code == 2 && message.contains("belongs to a training with other settings"), "{message}");
    std::fs::write(resumed.join("campaign.json"), "{").unwrap();
    let (code, message) = outcome(&train(&resumed, &options));
    assert!(code == 2 && message.contains("not the state of a training"), "{message}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(outcome(&train(folder.path(), &["--states-only"])).0, 0);
    let test = path(folder.path(), "test.json");
    let network = circuits("entanglement.json");
    let says = |output: Output, expected: &str| {
        let (code, message) = outcome(&output);
        assert!(code == 2 && message.contains(expected), "{code} {message}");
    };
    says(run(&network, &["--data", &test, "--noise", "trapped-ion"]), "noise is simulated for diagonal samples");
    says(run(&circuits("digits.json"), &["--data", &test]), "states of 4 x 4, the network takes 64 x 64");
    let learn = |options: &[&str]| Command::new(env!("CARGO_BIN_EXE_hqrn-train")).args(options).output().unwrap();
    says(
        learn(&["--data", &test, "-o", &path(folder.path(), "x")]),
        "density matrices, expected samples of real numbers",
    );
    says(learn(&["entanglement", "--blocks", "0", "-o", &path(folder.path(), "x")]), "0 is not in 1..=100");
    let compress = Command::new(env!("CARGO_BIN_EXE_hqrn-compress"))
        .arg(&network)
        .args(["--rank", "2", "-o", &path(folder.path(), "small.json")])
        .output()
        .unwrap();
    says(compress, "block 1: it is given by unitaries");
    assert!(!folder.path().join("small.json").exists() && !folder.path().join("x").exists());
}
