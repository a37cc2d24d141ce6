//! hqrn-train amplitudes: it learns, ends in the same bytes however it gets there, compares and attacks, and says what is wrong.

use crate::support::{circuits, outcome, stdout};
use hqrn::network::{Model, read_model};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn train_on(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-train"));
    command.args(["amplitudes", "--data", text(data)]).args(arguments).output().unwrap()
}

fn train(arguments: &[&str]) -> Output {
    train_on(&circuits("iris.csv"), arguments)
}

fn report(arguments: &[&str]) -> Value {
    let output = train(&[arguments, &["--json", "-q"]].concat());
    assert_eq!(outcome(&output), (0, String::new()), "{arguments:?}");
    serde_json::from_str(&stdout(&output)).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}: expected a number"))
}

#[test]
fn iris_is_learned_beside_the_head_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("iris");
    for (connection, layers) in [("residual", 12), ("dense", 13), ("none", 10)] {
        _ = fs::remove_dir_all(&out);
        let few = ["-o", text(&out), "--connection", connection, "--every", "50", "--rivals"];
        let report = report(&few);
        assert_eq!(report["parameters"], serde_json::json!([layers, 15]));
        assert_eq!(report["connection"], connection);
        assert!(number(&report["result"]["training"]) < 0.1, "{connection}: {}", report["result"]);
        let beside = report["beside"].as_array().unwrap();
        let names: Vec<&str> = beside.iter().map(|line| line["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["linear head on the input", "MLP", "ResNet"]);
        assert_eq!(beside.iter().map(|line| line["parameters"].as_u64().unwrap()).collect::<Vec<_>>(), [15, 55, 55]);
        let epochs = report["epochs"].as_array().unwrap();
        assert_eq!(epochs.iter().map(|e| e["epoch"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 50, 100]);
        // What is written labels test samples as the training measured.
        let Model::Amplitude(network) = read_model(out.join("epoch-100.json")).unwrap() else {
            panic!("another family")
        };
        assert_eq!((network.dim, network.layers.len(), network.name.as_str()), (4, 2, "iris"));
        let wrong = wrong_labels(&Model::from(network), "iris.csv");
        assert!((wrong.0 as f64 / wrong.1 as f64 - number(&report["result"]["test"])).abs() < 1e-12);
        let page = fs::read_to_string(out.join("report.html")).unwrap();
        assert!(page.contains("2 layers of 4 amplitudes") && page.contains("linear head on the input, test"));
        let log = fs::read_to_string(out.join("log.csv")).unwrap();
        assert!(log.starts_with("epoch,loss,training_error,test_error,gradient_1,gradient_2\n1,"), "{log}");
    }
}

/// Of the test samples in a bundled file, how many a network labels wrongly, and how many there are.
fn wrong_labels(model: &Model, data: &str) -> (usize, usize) {
    let samples = hqrn::data::read_samples(&circuits(data), None, None, hqrn::data::Split::Test).unwrap();
    let labels = samples.labels.unwrap();
    let found = model.labels(&samples.inputs);
    (found.iter().zip(&labels).filter(|(found, label)| found != label).count(), labels.len())
}

#[test]
fn bundled_networks_are_as_good_as_their_page_says() {
    for (name, data, wrong) in [("iris-qrfnn", "iris.csv", (3, 50)), ("digits-qrfnn", "digits.csv.gz", (27, 597))] {
        let model = read_model(circuits(&format!("{name}.json"))).unwrap();
        assert_eq!(model.name(), name);
        assert_eq!(wrong_labels(&model, data), wrong);
        let page = fs::read_to_string(circuits("README.md")).unwrap();
        let line = page.lines().find(|line| line.starts_with(&format!("| `{name}.json`"))).unwrap();
        assert!(line.contains(&format!("({} of {})", wrong.0, wrong.1)), "{line}");
    }
}

/// A front is trained with the rest, runs before every program, and its features by NPY say the same labels.
#[test]
fn fronts_train_and_run_before_programs() {
    let folder = tempfile::tempdir().unwrap();
    let digits = circuits("digits.csv.gz");
    for (front, own) in [("linear", 64 * 8 + 8), ("cnn:3", 30 + 48 * 8 + 8)] {
        let out = folder.path().join(front.replace(':', "-"));
        let arguments =
            ["-o", text(&out), "--front", front, "--dim", "8", "--layers", "1", "--epochs", "3", "--classes", "4"];
        let output = train_on(&digits, &[&arguments[..], &["--every", "3", "--rivals", "--json", "-q"]].concat());
        assert_eq!(outcome(&output), (0, String::new()));
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(report["front"]["parameters"], own);
        assert!(number(&report["result"]["test"]) < 0.1, "{front}: {}", report["result"]);
        let classes = report["classes"].as_array().unwrap();
        assert!(classes.len() == 4 && classes.iter().all(|class| number(&class["roc_area"]) > 0.95), "{classes:?}");
        let weights = out.join("epoch-003.json");
        let model = read_model(&weights).unwrap();
        let network = model.clone().amplitude("test").unwrap();
        let samples = hqrn::data::read_samples(&digits, None, None, hqrn::data::Split::Test).unwrap();
        // The program of a row prepares what the front makes of it.
        let program = folder.path().join("row.qasm");
        let compiled = crate::support::compile(&[
            text(&weights),
            "-q",
            "--data",
            text(&digits),
            "--row",
            "2",
            "-o",
            text(&program),
        ]);
        assert_eq!(outcome(&compiled), (0, String::new()));
        let line = fs::read_to_string(&program).unwrap();
        let line = line.lines().find_map(|line| line.strip_prefix("// hqrn: ")).unwrap().to_owned();
        let contract: Value = serde_json::from_str(&line).unwrap();
        let features: Vec<f64> = serde_json::from_value(contract["segment"]["features"].clone()).unwrap();
        assert_eq!(features, network.features(&samples.inputs[1]));
        // Features in a file, before a network without the front.
        let mut bare = network.clone();
        bare.front = None;
        let inputs: Vec<Vec<f64>> = samples.inputs.iter().map(|x| network.features(x)).collect();
        assert_eq!(Model::from(bare).labels(&inputs), model.labels(&samples.inputs));
    }
    let nonsense = [
        (vec!["--front", "cnn:"], "expected none, linear or cnn:C,C.."),
        (vec!["--front", "lstm"], "expected none, linear or cnn:C,C.."),
        (vec!["--dim", "4"], "--dim is the entries behind a front"),
        (vec!["--front", "cnn:2", "--image", "1,4,4"], "--image 1,4,4: 16 entries, the samples of"),
        (vec!["--front", "cnn:2,2,2,2"], "nothing is left of 8 pixels that are halved 4 times"),
        (vec!["--image", "1,8,8"], "expected --front cnn:C,C.. beside it"),
    ];
    for (arguments, expected) in nonsense {
        let out = folder.path().join("none");
        let (code, said) = outcome(&train_on(&digits, &[&["-o", text(&out), "-q"], &arguments[..]].concat()));
        assert!(code == 2 && said.contains(expected), "{arguments:?}: {said}");
        assert!(!out.exists());
    }
}

#[test]
fn threads_and_interruptions_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--connection", "dense", "--reads", "probabilities", "--gain", "-2", "--seed", "3", "--name", "n"];
    let run = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let output = train(&[&few[..], &["-o", text(&out)], more].concat());
        assert_eq!(outcome(&output).0, 0, "{}", outcome(&output).1);
        let files = ["training.json", "epoch-006.json", "log.csv", "report.html"];
        (outcome(&output).1, files.map(|file| fs::read(out.join(file)).ok()))
    };
    let (_, straight) = run("straight", &["--epochs", "6", "--threads", "1"]);
    run("stopped", &["--epochs", "2"]);
    let (told, resumed) = run("stopped", &["--epochs", "6", "--threads", "2"]);
    assert_eq!(told, "note: going on after epoch 2\n");
    assert!(straight.iter().all(Option::is_some) && resumed == straight);
    let stopped = folder.path().join("stopped");
    for (changed, to, said) in [
        ("--connection", "none", "belongs to a training with other settings (the network's shape)"),
        ("--gain", "2", "belongs to a training with other settings (the network's shape)"),
        ("--seed", "4", "belongs to a training with other settings (the recipe)"),
    ] {
        let mut arguments = [&few[..], &["--epochs", "7", "-o", text(&stopped)]].concat();
        let place = arguments.iter().position(|argument| *argument == changed).unwrap();
        arguments[place + 1] = to;
        let (code, message) = outcome(&train(&arguments));
        assert!(code == 2 && message.contains(said), "{changed}: {message}");
    }
}

#[test]
fn an_ablation_shows_that_the_gap_is_gain() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("ablation");
    let run = |more: &[&str]| {
        let report = report(&[&["--ablation", "--seeds", "3", "--epochs", "30", "-o", text(&out)], more].concat());
        let networks = report["networks"].as_array().unwrap().clone();
        networks.into_iter().map(|n| (n["name"].as_str().unwrap().to_owned(), n)).collect::<Vec<_>>()
    };
    let quiet = run(&["--rivals", "--threads", "1"]);
    let names: Vec<&str> = quiet.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["plain", "QRFNN", "QDFNN", "linear", "MLP", "ResNet"]);
    assert_eq!(run(&["--rivals"]), quiet);
    for (name, network) in &quiet {
        let epochs = network["epochs"].as_array().unwrap();
        assert_eq!((epochs.len(), &epochs[29]), (30, &network["last"]), "{name}");
        let mean = epochs.iter().map(|epoch| number(&epoch["mean"])).sum::<f64>() / 30.0;
        assert!((mean - number(&network["curve"]["mean"])).abs() < 1e-12, "{name}");
    }
    let curve = |rows: &[(String, Value)], k: usize| number(&rows[k].1["curve"]["mean"]);
    let loud = run(&["--gain", "8"]);
    assert_eq!(loud.len(), 4);
    assert!(curve(&quiet, 1) > curve(&quiet, 0) + 0.05 && curve(&quiet, 1) > curve(&quiet, 3) + 0.05);
    assert!(curve(&loud, 0) > curve(&quiet, 0) + 0.05 && curve(&loud, 3) > curve(&quiet, 3) + 0.05);
    let page = fs::read_to_string(out.join("ablation.html")).unwrap();
    assert!(page.contains("mean over seeds") && page.contains("gain 8") && page.contains("mean over epochs, % right"));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    let shown = stdout(&train(&["--ablation", "--seeds", "2", "--epochs", "2", "-o", text(&out)]));
    assert!(shown.contains("100 training and 50 test samples of 4 entries, layers 2, gain 1"), "{shown}");
}

#[test]
fn attacks_are_a_table_without_nan() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("attacks");
    let all = "noise=gauss-sym/gauss-asym/uniform-sym/uniform-asym/mixed-sym/mixed-asym,size=0.1/1e3";
    let (one, two) = (format!("form=1,mode=test/step/drift,{all}"), format!("form=2,mode=test/step,{all}"));
    let arguments = ["--attack", &one, "--attack", &two, "--seeds", "2", "--epochs", "3", "-o", text(&out)];
    let report = report(&arguments);
    let rows = report["attacks"].as_array().unwrap();
    assert_eq!(rows.len(), 1 + 36 + 24);
    assert!(rows[0]["form"].is_null() && rows[1]["form"] == 1 && rows[37]["form"] == 2);
    let shares = &rows[1]["shares"];
    assert!((number(&shares[0]) - 0.1 / std::f64::consts::PI).abs() < 1e-12 && number(&shares[1]) == 0.2);
    for row in rows {
        let networks = row["networks"].as_array().unwrap();
        let names: Vec<&str> = networks.iter().map(|network| network["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["QRFNN", "QDFNN", "plain", "MLP", "ResNet"]);
        for network in networks {
            assert!((0.0..=1.0).contains(&number(&network["accuracy"]["mean"])), "{row}");
            assert!(number(&network["accuracy"]["deviation"]) >= 0.0, "{row}");
            assert!(row["mode"] == "test" || number(&network["loss"]) >= 0.0, "{row}");
        }
    }
    let page = fs::read_to_string(out.join("attacks.html")).unwrap();
    assert!(page.contains("Amplitude networks under attack") && page.contains("form 2, mixed-asym, step"));
    let short = ["--seeds", "2", "--epochs", "1", "-o", text(&out)];
    let attack = ["--attack", "form=1,noise=gauss-asym,size=0.1,mode=drift"];
    let shown = stdout(&train(&[&short[..], &attack].concat()));
    assert!(shown.contains("gauss-asym  drift   0.1     3.18 %            20.00 %"), "{shown}");
    assert!(!shown.to_lowercase().contains("nan") && !page.contains("NaN"));
}

#[test]
fn nonsense_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (arguments, said) in [
        (&["--gain", "0"][..], "expected a finite number, not 0"),
        (&["--gain", "inf"], "expected a finite number, not 0"),
        (&["--layers", "0"], "--layers"),
        (&["--connection", "skip"], "--connection"),
        (&["--reads", "signs"], "--reads"),
        (&["--seeds", "3"], "--seeds: expected --ablation or --attack beside it"),
        (&["--ablation", "--connection", "dense"], "'--connection"),
        (&["--ablation", "--seeds", "0"], "--seeds"),
        (&["--attack", "form=1,noise=white,size=1,mode=test"], "noise=white: expected one of gauss-sym"),
        (&["--attack", "form=2,noise=gauss-sym,size=1,mode=drift"], "form=2 has no mode=drift"),
        (&["--attack", "form=1,noise=gauss-sym,size=-1,mode=test"], "size=-1: expected a number above 0"),
        (&["--test-data", "nothing.csv"], "nothing.csv: No such file"),
    ] {
        let (code, message) = outcome(&train(&[arguments, &["-o", text(&out), "--epochs", "1"]].concat()));
        assert!(code == 2 && message.contains(said) && message.lines().count() == 1, "{arguments:?}: {message}");
        assert!(!out.exists(), "{arguments:?}");
    }
    let rows = folder.path().join("rows.csv");
    for (content, arguments, said) in [
        (
            "label,a,b\n0,1,2\n1,0,0\n",
            &[][..],
            "rows.csv: training sample 2: all entries are 0: nothing can be divided",
        ),
        ("label,a,b,split\n0,1,2,train\n1,0,0,test\n", &[], "rows.csv: test sample 1: all entries are 0"),
        (
            "label,a,b\n0,1,2\n1,2,1\n",
            &["--ablation"],
            "no rows marked 'test': name samples to test on with --test-data",
        ),
        ("label,a,b\n9999,1,2\n", &[], "a label is 9999, expected classes counted from 0"),
        ("a,b\n1,2\n", &[], "no labels"),
    ] {
        fs::write(&rows, content).unwrap();
        let (code, message) = outcome(&train_on(&rows, &[arguments, &["-o", text(&out), "--epochs", "1"]].concat()));
        assert!(code == 2 && message.contains(said) && message.lines().count() == 1, "{content}: {message}");
        assert!(!out.exists(), "{content}");
    }
    let (code, message) = outcome(&train(&["--rate", "1e308", "-o", text(&out)]));
    assert!(code == 1 && message.contains("try a smaller --rate"), "{message}");
}
