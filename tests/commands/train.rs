//! `hqrn-train`: it learns, resumes to the same bytes, and says what is wrong.

use crate::support::{circuits, outcome, stdout};
use approx::assert_abs_diff_eq;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn command(folder: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
    command.arg("--data").arg(circuits("digits.csv.gz")).arg("-o").arg(folder).args(options);
    command
}

fn train(folder: &Path, options: &[&str]) -> Output {
    command(folder, options).output().unwrap()
}

#[test]
fn digits_are_learned() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("digits");
    let output = train(&out, &["--blocks", "4", "--epochs", "60", "--every", "20", "--json", "--format", "json"]);
    assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let epochs = report["epochs"].as_array().unwrap();
    assert_eq!(epochs.iter().map(|e| e["epoch"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 20, 40, 60]);
    let last = epochs[3]["test_error"].as_f64().unwrap();
    assert!(last < 0.08, "{last}");
    // What hqrn-run makes of the checkpoint is what the training measured.
    let run = Command::new(env!("CARGO_BIN_EXE_hqrn-run"))
        .arg(out.join("epoch-060.json"))
        .arg("--data")
        .arg(circuits("digits.csv.gz"))
        .args(["--shots", "inf", "--json"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_abs_diff_eq!(report["points"][0]["classical_error"].as_f64().unwrap(), last, epsilon = 1e-12);
}

#[test]
fn a_killed_training_ends_in_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--epochs", "12", "--every", "2", "--name", "n", "-q"];
    let (straight, killed) = (folder.path().join("a"), folder.path().join("b"));
    assert_eq!(outcome(&train(&straight, &[&options[..], &["--threads", "1"]].concat())).0, 0);
    for checkpoint in ["epoch-002.safetensors", "epoch-008.safetensors"] {
        let mut child = command(&killed, &options).stderr(Stdio::null()).spawn().unwrap();
        while !killed.join(checkpoint).exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert_eq!(outcome(&train(&killed, &options)).0, 0);
    for file in ["epoch-001.safetensors", "epoch-012.safetensors", "log.csv", "training.json"] {
        let read = |folder: &Path| std::fs::read(folder.join(file)).unwrap();
        assert!(read(&straight) == read(&killed), "{file}");
    }
    // No half file stays behind.
    let names = |folder: &Path| {
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.retain(|n| !n.to_string_lossy().starts_with(".hqrn-"));
        names.sort();
        names
    };
    assert_eq!(names(&straight), names(&killed));
}

#[test]
fn what_cannot_be_trained_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let small = ["--epochs", "2", "--blocks", "1", "--fraction", "0.1", "-q"];
    assert_eq!(outcome(&train(&out, &small)).0, 0);
    let (code, message) = outcome(&train(&out, &[&small[..], &["--rate", "0.5"]].concat()));
    assert_eq!(code, 2);
    assert!(message.contains("training.json: belongs to a training with other settings (the recipe)"), "{message}");
    let (code, message) = outcome(&train(&folder.path().join("wild"), &[&small[..], &["--rate", "1e308"]].concat()));
    assert_eq!(code, 1, "{message}");
    assert!(message.contains("try a smaller --rate"), "{message}");
    for (options, expected) in [
        (vec!["--data", "nothing.csv"], "nothing.csv"),
        (vec!["--fraction", "0"], "expected a number above 0"),
        (vec!["--activation", "tanh"], "expected relu, sigmoid"),
        (vec!["--test-data", "nothing.npy"], "nothing.npy: No such file"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
        if options[0] != "--data" {
            command.arg("--data").arg(circuits("digits.csv.gz"));
        }
        let output = command.arg("-o").arg(folder.path().join("x")).args(&options).output().unwrap();
        let (code, message) = outcome(&output);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(expected), "{message}");
    }
    assert!(!folder.path().join("x").exists());
}

/// A training goes on with the samples that it began with, and with no others.
#[test]
fn other_data_is_another_training() {
    let folder = tempfile::tempdir().unwrap();
    let (out, changed) = (folder.path().join("out"), folder.path().join("changed.csv"));
    let text = std::fs::read_to_string(circuits("iris.csv")).unwrap();
    std::fs::write(&changed, text.replacen(",0,train", ",1,train", 1)).unwrap();
    let train = |data: &Path, epochs: &str| {
        let base = ["--data", data.to_str().unwrap(), "-o", out.to_str().unwrap(), "--epochs", epochs];
        let more = ["--dim", "4", "--blocks", "1", "-q"];
        outcome(&Command::new(env!("CARGO_BIN_EXE_hqrn-train")).args(base).args(more).output().unwrap())
    };
    assert_eq!(train(&circuits("iris.csv"), "2").0, 0);
    let (code, message) = train(&changed, "4");
    assert!(code == 2 && message.contains("a training on other data: choose another folder"), "{message}");
    assert_eq!(train(&circuits("iris.csv"), "4").0, 0);
}

/// A slip in a label would otherwise be a head of many classes that nobody asked for.
#[test]
fn classes_without_a_training_row_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slip.csv");
    let text = std::fs::read_to_string(circuits("iris.csv")).unwrap();
    std::fs::write(&file, text.replacen(",2,test", ",19,test", 1)).unwrap();
    let of = "slip.csv: of 20 classes, counted from 0, no training row has 3, 4, 5, 6, 7 and 12 more";
    let tasks = [(&[][..], &["--dim", "4", "--blocks", "1"][..]), (&["amplitudes"], &["--layers", "1"])];
    for (number, (task, options)) in tasks.into_iter().enumerate() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
        command.args(task).arg("--data").arg(&file).arg("-o").arg(folder.path().join(number.to_string()));
        let (code, message) = outcome(&command.args(options).args(["--epochs", "1"]).output().unwrap());
        assert!(code == 0 && message.contains(of), "{message}");
    }
}
