//! hqrn-train quanvolution: it learns, ends in the same bytes however it gets there, sends gradients where it is told, and
//! stands beside what a linear layer does.

use crate::support::{circuits, outcome, stdout};
use hqrn::network::{Model, read_model};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn train(arguments: &[&str]) -> Output {
    let data = circuits("digits.csv.gz");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
    command.args(["quanvolution", "--data", data.to_str().unwrap()]).args(arguments).output().unwrap()
}

fn report(arguments: &[&str]) -> Value {
    let output = train(&[arguments, &["--json", "-q"]].concat());
    assert_eq!(outcome(&output), (0, String::new()), "{arguments:?}");
    serde_json::from_str(&stdout(&output)).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn digits_are_learned_and_compared_with_a_linear_layer() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("quan");
    let report = report(&["-o", text(&out), "--epochs", "20", "--every", "20"]);
    assert!(report["result"]["test"].as_f64().unwrap() < 0.06, "{}", report["result"]);
    let baselines = report["baselines"].as_array().unwrap();
    let sides: Vec<u64> = baselines.iter().map(|line| line["side"].as_u64().unwrap()).collect();
    assert_eq!(sides, [8, 4, 2]);
    let errors: Vec<f64> = baselines.iter().map(|line| line["test_error"].as_f64().unwrap()).collect();
    assert!(errors[0] < 0.06 && errors[1] < 0.2 && errors[2] > errors[1], "{errors:?}");
    let Model::Quanvolution(network) = read_model(out.join("epoch-020.json")).unwrap() else {
        panic!("another family")
    };
    assert_eq!((network.layers.len(), network.features(), network.image.divide), (2, 256, 16.0));
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(
        page.contains("(X+O1)+O2")
            && page.contains("linear layer, 8 x 8 pixels")
            && page.contains("Gradients by layer")
    );
    let log = fs::read_to_string(out.join("log.csv")).unwrap();
    assert!(log.starts_with("epoch,loss,training_error,test_error,gradient_1,gradient_2\n1,"), "{log}");
}

#[test]
fn threads_and_interruptions_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--per-class", "10", "--preset", "resqunn", "--gradient", "through", "--seed", "3"];
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |name: &str, more: &[&str]| {
        let out = at("runs").replace("runs", name);
        let output = train(&[&few[..], &["-o", &out, "--name", "n"], more].concat());
        assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
        (
            outcome(&output).1,
            ["training.json", "epoch-004.json", "report.html"].map(|f| fs::read(format!("{out}/{f}")).ok()),
        )
    };
    let (_, straight) = run("straight", &["--epochs", "4", "--threads", "1"]);
    run("stopped", &["--epochs", "2"]);
    let (told, resumed) = run("stopped", &["--epochs", "4", "--threads", "2"]);
    assert_eq!(told, "note: going on after epoch 2\n");
    assert!(straight.iter().all(Option::is_some));
    assert_eq!(resumed, straight);
    let stopped = at("stopped");
    let other = |changed: &str, to: &str| {
        let mut arguments = [&few[..], &["-o", &stopped, "--name", "n", "--epochs", "4"]].concat();
        let place = arguments.iter().position(|argument| *argument == changed).unwrap();
        arguments[place + 1] = to;
        outcome(&train(&arguments))
    };
    for (changed, to, said) in [
        ("--per-class", "11", "belongs to a training on other data"),
        ("--gradient", "cut", "belongs to a training with other settings"),
        ("--seed", "4", "belongs to a training with other settings"),
    ] {
        let (code, message) = other(changed, to);
        assert!(code == 2 && message.contains(said), "{changed}: {message}");
    }
}

#[test]
fn cut_gradients_reach_every_layer_in_two_wirings_of_24_and_true_ones_in_all() {
    let folder = tempfile::tempdir().unwrap();
    let norms = |wiring: &str, gradient: &str| -> Vec<f64> {
        let out = folder.path().join("w");
        _ = fs::remove_dir_all(&out);
        let few = [
            "--per-class",
            "5",
            "--epochs",
            "1",
            "--batch",
            "100",
            "--depths",
            "2,1,1",
            "--read",
            "mean",
            "-o",
            text(&out),
        ];
        let report = report(&[&few[..], &["--wiring", wiring, "--gradient", gradient]].concat());
        report["epochs"][0]["norms"].as_array().unwrap().iter().map(|norm| norm.as_f64().unwrap()).collect()
    };
    let mut reached = vec![];
    for first in ["[]", "[0]"] {
        for second in ["[]", "[0]", "[1]"] {
            for third in ["[]", "[0]", "[1]", "[2]"] {
                let wiring = format!("[{first},{second},{third}]");
                assert!(norms(&wiring, "through").iter().all(|norm| *norm > 0.0), "{wiring}");
                let cut = norms(&wiring, "cut");
                // The last layer is before the head; what nothing skips to gets exactly nothing.
                assert!(cut.len() == 3 && cut[2] > 0.0);
                if cut.iter().all(|norm| *norm > 0.0) {
                    reached.push(wiring);
                }
            }
        }
    }
    assert_eq!(reached, ["[[],[1],[2]]", "[[0],[1],[2]]"]);
    assert_eq!(norms("[[0],[1],[2]]", "frozen"), [0.0; 3]);
}

#[test]
fn frozen_layers_stay_and_tied_rows_stay_alike() {
    let folder = tempfile::tempdir().unwrap();
    let angles = |name: &str, more: &[&str]| -> Vec<Vec<Value>> {
        let out = folder.path().join(name);
        report(&[&["--per-class", "10", "--epochs", "3", "-o", text(&out)], more].concat());
        let read = |epoch: u32| -> Value {
            serde_json::from_slice(&fs::read(out.join(format!("epoch-00{epoch}.json"))).unwrap()).unwrap()
        };
        [1, 3].map(|epoch| read(epoch)["quanvolutions"].as_array().unwrap().clone()).to_vec()
    };
    let frozen = angles("frozen", &["--gradient", "frozen"]);
    assert_eq!(frozen[0], frozen[1]);
    let free = angles("free", &[]);
    assert_ne!(free[0], free[1]);
    let rows = free[1][0]["angles"].as_array().unwrap();
    assert!(rows.len() == 4 && rows[0] != rows[1]);
    let tied = angles("tied", &["--tied"]);
    assert_ne!(tied[0], tied[1]);
    let rows = tied[1][0]["angles"].as_array().unwrap();
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
    // The demo's random gates stay, and read four channels of angles up to π.
    let demo = angles("demo", &["--preset", "pennylane-demo"]);
    assert_eq!(demo[0], demo[1]);
    assert_eq!((demo[0].len(), demo[0][0]["read"].as_str()), (1, Some("all")));
    assert!((demo[0][0]["scale"].as_f64().unwrap() - std::f64::consts::PI).abs() < 1e-15);
    let turns = demo[0][0]["gates"].as_array().unwrap().iter().filter(|gate| gate[0] != "cx").count();
    assert_eq!(turns, 4);
}

#[test]
fn quantum_heads_learn_and_constant_ones_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("head");
    let head = ["--head", "quantum", "--per-class", "40", "--epochs", "20", "--every", "20", "-o", text(&out)];
    let report = report(&[&head[..], &["--read", "mean"]].concat());
    // Chance is three quarters wrong.
    assert!(report["result"]["training"].as_f64().unwrap() < 0.5, "{}", report["result"]);
    _ = fs::remove_dir_all(&out);
    let few = ["--head", "quantum", "--per-class", "5", "--epochs", "1", "--read", "mean", "-o", text(&out)];
    let told = outcome(&train(&[&few[..], &["--wiring", "none", "--measured", "0,1,2,3"]].concat()));
    assert_eq!(
        told,
        (0, "note: no measured wire sees a pixel, only padding: the scores are the same for every image\n".into())
    );
}

#[test]
fn nonsense_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (arguments, said) in [
        (&["--wiring", "X+O3"][..], "expected one of one, none, X+O1"),
        (&["--wiring", "[[1],[]]"], "--wiring: layer 1 adds stream 1, expected one before it"),
        (&["--wiring", "[[0,0]]"], "quanvolutions[0].skip[1]: 0, which is there twice"),
        (&["--depths", "4,1,1"], "--depths: 3 numbers, expected 2, one a layer of the wiring"),
        (&["--depths", "0,1"], "'--depths"),
        (&["--read", "4"], "expected mean, all, or a qubit, 0 to 3"),
        (&["--scale", "nan"], "expected a finite number"),
        (&["--divide", "0"], "expected a finite number above 0"),
        (&["--classes", "11"], "--classes 11: "),
        (&["--per-class", "500"], "images of class 0, expected 500 of each"),
        (&["--head", "quantum", "--measured", "6,7,8,10"], "quantum_head.measured[3]: 10, expected a wire, 0 to 9"),
        (&["--head", "quantum", "--measured", "6,7"], "2 wires for 4 classes"),
    ] {
        let arguments: Vec<&str> =
            if said.contains("2 wires") { [arguments, &["--classes", "4"]].concat() } else { arguments.to_vec() };
        let (code, message) = outcome(&train(&[&arguments[..], &["-o", text(&out), "--epochs", "1"]].concat()));
        assert!(code == 2 && message.contains(said) && message.lines().count() == 1, "{arguments:?}: {message}");
        assert!(!out.exists(), "{arguments:?}");
    }
    let flat = folder.path().join("flat.csv");
    fs::write(&flat, "label,a,b,c\n0,1,2,3\n1,3,2,1\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
    command.args(["quanvolution", "--data", text(&flat), "-o", text(&out)]);
    let (code, message) = outcome(&command.output().unwrap());
    assert!(code == 2 && message.contains("samples have 3 entries, expected square images"), "{message}");
}

/// Runs the bundled network of quanvolutions.
fn run(arguments: &[&str]) -> Output {
    let (weights, data) = (circuits("digits-quanvolution.json"), circuits("digits.csv.gz"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-run"));
    command.args([text(&weights), "--data", text(&data)]).args(arguments).output().unwrap()
}

/// The points but for their keys, which depend on where probabilities come from.
fn points(arguments: &[&str]) -> Vec<Value> {
    let output = run(&[arguments, &["--json", "-q"]].concat());
    assert_eq!(outcome(&output), (0, String::new()), "{arguments:?}");
    let mut report = serde_json::from_str::<Value>(&stdout(&output)).unwrap();
    let points = report["points"].as_array_mut().unwrap();
    points.iter_mut().for_each(|point| _ = point.as_object_mut().unwrap().remove("key"));
    points.clone()
}

#[test]
fn shots_change_fewer_labels_the_more_there_are() {
    for more in [&[][..], &["--table"]] {
        let points = points(&[more, &["--shots", "32,1e3,inf", "--limit", "200"]].concat());
        let changed: Vec<f64> = points.iter().map(|point| point["disagreement"].as_f64().unwrap()).collect();
        assert!(changed[0] > changed[1] && changed[1] < 0.05 && changed[2] == 0.0, "{more:?}: {changed:?}");
        assert_eq!(points[2]["error"], points[2]["classical_error"]);
        // 16 patches and then 16 of R_1, or 81 settings of each layer for all 200 images.
        let shots = points[1]["budget"]["shots"].as_u64().unwrap();
        assert_eq!(shots, if more.is_empty() { 32_000 } else { 810 });
    }
}

#[test]
fn programs_are_run_as_they_are_and_noise_costs_labels() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("layers");
    let weights = circuits("digits-quanvolution.json");
    let compile = |weights: &Path, more: &[&str]| {
        _ = fs::remove_dir_all(&out);
        let done = crate::support::compile(&[&[text(weights), "-o", text(&out), "-q"], more].concat());
        assert_eq!(outcome(&done), (0, String::new()));
    };
    compile(&weights, &[]);
    let some = ["--shots", "100,1e3", "--limit", "150", "--seed", "2"];
    let wanted = points(&some);
    assert_eq!(points(&[&some[..], &["--circuits", text(&out)]].concat()), wanted);
    let one = points(&[&some[..], &["--circuits", text(&out), "--threads", "1"]].concat());
    assert_eq!(one, wanted);
    // Gate by gate, the chain of CX included, words are others, and so are shots; labels are right all the same.
    compile(&weights, &["--keep-chain"]);
    let chained = points(&["--shots", "inf", "--limit", "150", "--circuits", text(&out)]);
    assert_eq!(chained[0]["disagreement"].as_f64(), Some(0.0));
    let noisy =
        points(&["--shots", "inf", "--limit", "150", "--noise", "superconducting", "--two-qubit-rate", "0,0.3"]);
    let changed: Vec<f64> = noisy.iter().map(|point| point["disagreement"].as_f64().unwrap()).collect();
    assert!(changed[0] < changed[1], "{changed:?}");
    // Programs of other weights, of one image, and of residual blocks are none.
    let other = folder.path().join("other.json");
    let mut moved: Value = serde_json::from_slice(&fs::read(&weights).unwrap()).unwrap();
    moved["quanvolutions"][0]["angles"][0][0] = Value::from(0.25);
    fs::write(&other, moved.to_string()).unwrap();
    compile(&other, &[]);
    let (code, message) = outcome(&run(&["--circuits", text(&out)]));
    assert!(
        code == 2 && message.contains("layer-01.qasm: patch 0: T[") && message.contains("of other weights"),
        "{message}"
    );
    compile(
        &weights,
        &["--inputs", "fixed", "--data", text(&circuits("digits.csv.gz")), "--image", "1", "--tiles", "16"],
    );
    let (code, message) = outcome(&run(&["--circuits", text(&out)]));
    assert!(code == 2 && message.contains("layer 1: its pixels are fixed"), "{message}");
    let (code, message) = outcome(&run(&["--circuits", text(&circuits("four.qasm"))]));
    assert!(code == 2 && message.contains("four.qasm: is of a residual block"), "{message}");
}

#[test]
fn finished_points_are_kept_and_shown_on_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let (file, page) = (at("points.jsonl"), at("page.html"));
    let sweep = |more: &[&str]| {
        let options =
            ["--shots", "30,300", "--noise", "superconducting", "--two-qubit-rate", "0,1e-2", "--limit", "40"];
        let output = run(&[&options[..], &["--json", "--points", &file], more].concat());
        assert_eq!(outcome(&output), (0, String::new()));
        stdout(&output)
    };
    let whole = sweep(&["--report", &page]);
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(kept.lines().count(), 4);
    // A kill in the middle of the third line.
    let cut: usize = kept.split_inclusive('\n').take(2).map(str::len).sum::<usize>() + 40;
    fs::write(&file, &kept[..cut]).unwrap();
    assert_eq!(sweep(&[]), whole);
    assert_eq!(fs::read_to_string(&file).unwrap(), kept);
    // What is there is not run again; other settings are other points.
    fs::write(&file, kept.replacen("\"samples\":40", "\"samples\":41", 1)).unwrap();
    assert!(sweep(&[]).contains("\"samples\":41"));
    for more in [&["--table"][..], &["--seed", "1"]] {
        let before = fs::read_to_string(&file).unwrap().lines().count();
        assert!(!sweep(more).contains("\"samples\":41"), "{more:?}");
        assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), before + 4, "{more:?}");
    }
    let first = fs::read_to_string(&page).unwrap();
    for part in
        ["digits-quanvolution: 2 quanvolutions", "32 patches of an image", "shots a patch", "two-qubit error rate"]
    {
        assert!(first.contains(part), "{part}");
    }
    assert!(!first.contains("copies") && !first.contains("residual"));
    sweep(&["--table", "--report", &page]);
    let second = fs::read_to_string(&page).unwrap();
    assert!(second.contains("162 settings of the pixels") && second.contains("shots a setting"));
}

#[test]
fn what_a_run_of_quanvolutions_has_not_is_refused() {
    for (arguments, said) in [
        (&["--gamma", "own"][..], "--gamma is for residual blocks"),
        (&["--alpha", "0.5"], "--alpha is for residual blocks"),
        (&["--report", "no/such/r.html"], "r.html: there is no folder no/such"),
        (&["--noise", "superconducting", "--mitigate"], "--mitigate is for residual blocks"),
        (&["--over-rotation", "0.1"], "--over-rotation is for amplitude networks"),
    ] {
        let (code, message) = outcome(&run(arguments));
        assert!(code == 2 && message.contains(said) && message.lines().count() == 1, "{message}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-run"));
    command.args([text(&circuits("iris.json")), "--data", text(&circuits("iris.csv")), "--table"]);
    let (code, message) = outcome(&command.output().unwrap());
    assert_eq!(
        (code, message.as_str()),
        (2, "error: --table is for quanvolutions, the weights are of residual blocks\n")
    );
}
