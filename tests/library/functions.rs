//! Weights that hqrn reads as another function than their model's: told by samples that go with them, and where there are
//! none, what is taken on trust is said.

use crate::support::{circuits, outcome, stdout};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn command(name: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
    Command::new(path).args(arguments).current_dir(circuits("")).output().unwrap()
}

/// What a model makes of an input.
type Scores<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;

/// The iris network without what it says of itself, and its samples with the scores that another model has.
fn iris(scores: impl Fn(&[f64]) -> Vec<f64>) -> Value {
    let mut network: Value = serde_json::from_slice(&fs::read(circuits("iris.json")).unwrap()).unwrap();
    network.as_object_mut().unwrap().remove("formula").unwrap();
    let inputs = [[5.1, 3.5, 1.4, 0.2], [6.2, 2.9, 4.3, 1.3], [7.7, 3.8, 6.7, 2.2]];
    let outputs: Vec<Vec<f64>> = inputs.iter().map(|x| scores(x)).collect();
    network["expect"] = json!({"inputs": inputs, "outputs": outputs});
    network
}

/// What hqrn makes of an input of the iris network.
fn own(x: &[f64]) -> Vec<f64> {
    hqrn::read_network(circuits("iris.json")).unwrap().output(x)
}

#[test]
fn another_function_is_a_check_that_fails_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, out, program) = (at("w.json"), at("out"), at("p.qasm"));
    assert!(command("hqrn-compile", &["iris.json", "--block", "1", "-o", &program]).status.success());
    let data = ["--data", "iris.csv"];
    // Another scale, another order of classes, one score of one sample.
    let wrong: [Scores<'_>; 3] =
        [&|x| own(x).iter().map(|s| 1.01 * s).collect(), &|x| own(x).into_iter().rev().collect(), &|x| {
            own(x).iter().enumerate().map(|(i, s)| s + f64::from(u8::from(i == 2 && x[0] > 7.0))).collect()
        }];
    for scores in wrong {
        fs::write(&weights, iris(scores).to_string()).unwrap();
        for (name, arguments) in [
            ("hqrn-compile", vec![weights.as_str(), "-o", &out]),
            ("hqrn-verify", vec![&program, "--weights", &weights]),
            ("hqrn-run", [&[weights.as_str()], &data[..]].concat()),
            ("hqrn-compress", vec![&weights, "--rank", "1", "-o", &out]),
            ("hqrn-counts", vec![&program, "--counts", &program, "--weights", &weights]),
        ] {
            let output = command(name, &[&arguments[..], &["--json"]].concat());
            let (code, message) = outcome(&output);
            let start = format!("error: {weights}: this is not the function of your model: sample ");
            assert!(code == 1 && message.starts_with(&start) && message.lines().count() == 1, "{name}: {message}");
            let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
            assert_eq!(report["error"]["exit"], 1, "{name}");
            assert!(!Path::new(&out).exists());
        }
    }
    // The model itself, in single precision.
    fs::write(&weights, iris(|x| own(x).iter().map(|s| f64::from(*s as f32)).collect()).to_string()).unwrap();
    assert_eq!(outcome(&command("hqrn-compile", &[&weights, "-o", &out])), (0, String::new()));
}

#[test]
fn what_is_taken_on_trust_is_said_once_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, out, small) = (at("w.json"), at("b.qasm"), at("small.json"));
    let mut untold = iris(own);
    untold.as_object_mut().unwrap().remove("expect").unwrap();
    fs::write(&weights, untold.to_string()).unwrap();
    let said = format!(
        "note: {weights}: has neither formula nor expect: that its blocks are alpha y + (1 - alpha) F(W y + b), F normalised, \
         is taken on trust\n"
    );
    let cases = [
        ("hqrn-compile", vec![weights.as_str(), "--block", "1", "-o", &out]),
        ("hqrn-verify", vec![&out, "--weights", &weights]),
        ("hqrn-run", vec![&weights, "--data", "iris.csv", "--shots", "10"]),
        ("hqrn-compress", vec![&weights, "--rank", "1", "--evaluations", "20", "-o", &small]),
    ];
    for (name, arguments) in &cases {
        assert_eq!(outcome(&command(name, arguments)), (0, said.clone()), "{name}");
        assert_eq!(outcome(&command(name, &[&arguments[..], &["-q"]].concat())), (0, String::new()), "{name}");
    }
    // What hqrn writes declares itself, and is not held to what another network was expected to give.
    let written: Value = serde_json::from_slice(&fs::read(&small).unwrap()).unwrap();
    assert_eq!(written["formula"], "alpha y + (1 - alpha) F(W y + b)");
    assert!(written.get("expect").is_none());
    for declared in ["four.json", "iris.json", "digits-small.json", "entanglement.json", &small] {
        let (code, message) = outcome(&command("hqrn-compile", &[declared, "--block", "1", "-o", &out]));
        assert_eq!((code, message.as_str()), (0, ""), "{declared}");
    }
    // One block by itself is what it is.
    for (name, bare) in [("m", "[[1, 2], [3, -4]]"), ("b", r#"{"weight": [[1, -2], [0, 1]], "alpha": 0.25}"#)] {
        fs::write(&weights, bare).unwrap();
        assert_eq!(outcome(&command("hqrn-compile", &[&weights, "-o", &out])), (0, String::new()), "{name}");
    }
}

#[test]
fn layers_that_lose_most_samples_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("dead.json");
    let weights = weights.to_str().unwrap();
    for (block, bias) in [(1, json!([-1e3, -1e3, -1e3, -1e3])), (2, json!([-9, -9, -9, -9]))] {
        let mut network: Value = serde_json::from_slice(&fs::read(circuits("iris.json")).unwrap()).unwrap();
        for one in network["blocks"].as_array_mut().unwrap() {
            one["activation"] = json!("relu");
            one["bias"] = json!([0, 0, 0, 0]);
            one["weight"] = json!([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
        }
        network["blocks"][block - 1]["bias"] = bias;
        network["blocks"][block - 1]["weight"] = json!([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]);
        fs::write(weights, network.to_string()).unwrap();
        let run = [weights, "--data", "iris.csv", "--shots", "inf"];
        let (code, message) = outcome(&command("hqrn-run", &run));
        assert_eq!(code, 0, "{message}");
        let start = format!("note: iris: all units of block {block} are dead for ");
        let line = message.lines().find(|line| line.starts_with(&start));
        assert!(
            line.is_some_and(|line| line.ends_with(" of 50 samples, which look the same from there on")),
            "{message}"
        );
        assert_eq!(outcome(&command("hqrn-run", &[&run[..], &["-q"]].concat())), (0, String::new()));
    }
    // A training that has come to weights with which nothing lives.
    let out = folder.path().join("trained");
    let train = || {
        let shape = ["--data", "iris.csv", "--blocks", "1", "--dim", "4", "--epochs", "1"];
        outcome(&command("hqrn-train", &[&shape[..], &["-o", out.to_str().unwrap()]].concat()))
    };
    assert_eq!(train(), (0, String::new()));
    let state = out.join("training.json");
    let mut trained: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    trained["parameters"].as_array_mut().unwrap().iter_mut().for_each(|value| *value = json!(-1));
    fs::write(&state, trained.to_string()).unwrap();
    let (code, message) = train();
    let said = "note: trained: all units of block 1 are dead for 50 of 50 samples, which look the same from there on\n";
    assert!(code == 0 && message.ends_with(said), "{code} {message}");
}
