//! No command writes over what it reads, by whatever name.

use crate::support::{circuits, outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(name: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-run")).with_file_name(name);
    Command::new(path).args(arguments).output().unwrap()
}

/// A file of `circuits`, and other names for it.
fn copies(folder: &Path, name: &str) -> Vec<PathBuf> {
    let (file, link, twin) =
        (folder.join(name), folder.join(format!("link-{name}")), folder.join(format!("twin-{name}")));
    fs::copy(circuits(name), &file).unwrap();
    let mut names = vec![file.clone(), folder.join(".").join(name)];
    fs::hard_link(&file, &twin).unwrap();
    names.push(twin);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&file, &link).unwrap();
        names.push(link);
    }
    names
}

/// Runs a command that has an input among its outputs.
fn refused(name: &str, arguments: &[&str], file: &Path) {
    let before = fs::read(file).unwrap();
    let (code, message) = outcome(&run(name, arguments));
    assert_eq!(code, 2, "{name} {arguments:?}: {message}");
    assert!(message.contains("is an input") && message.lines().count() == 1, "{message}");
    assert!(fs::read(file).unwrap() == before, "{name} {arguments:?} wrote over its input");
}

#[test]
fn inputs_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let weights = copies(folder, "iris.json");
    let data = copies(folder, "iris.csv");
    let (net, table) = (weights[0].to_str().unwrap(), data[0].to_str().unwrap());
    for name in &weights {
        let name = name.to_str().unwrap();
        for option in ["--report", "--csv", "--points"] {
            refused("hqrn-run", &[net, "--data", table, "--shots", "10", option, name], &weights[0]);
        }
        refused("hqrn-compress", &[net, "--rank", "1", "-o", name], &weights[0]);
        refused("hqrn-compress", &[net, "--data", table, "--pareto", name], &weights[0]);
    }
    for name in &data {
        let name = name.to_str().unwrap();
        refused("hqrn-run", &[net, "--data", table, "--shots", "10", "--csv", name], &data[0]);
        refused("hqrn-compress", &[net, "--data", table, "--rank", "1", "-o", name], &data[0]);
    }
    // Where names are made up by a command, an input may have one of them.
    let out = folder.join("out");
    fs::create_dir(&out).unwrap();
    let (manifest, log) = (out.join("manifest.json"), out.join("log.csv"));
    fs::copy(&weights[0], &manifest).unwrap();
    fs::copy(&data[0], &log).unwrap();
    let into = out.to_str().unwrap();
    refused("hqrn-compile", &[manifest.to_str().unwrap(), "-o", into], &manifest);
    refused("hqrn-train", &["--data", log.to_str().unwrap(), "-o", into, "--epochs", "1"], &log);
    let program = folder.join("block.qasm");
    fs::copy(&weights[0], &program).unwrap();
    refused("hqrn-compile", &[program.to_str().unwrap(), "--block", "1", "-o", program.to_str().unwrap()], &program);
    // The network that a compilation left beside its programs is none of what it writes.
    let small = out.join("small.json");
    fs::copy(&weights[0], &small).unwrap();
    fs::remove_file(&manifest).unwrap();
    let compiled = run("hqrn-compile", &[small.to_str().unwrap(), "-o", into, "-q"]);
    assert_eq!(outcome(&compiled), (0, String::new()));
    refused("hqrn-compile", &[small.to_str().unwrap(), "--max-cx", "5", "-o", into], &small);
    let compiled = out.join("block-01.qasm");
    refused("hqrn-run", &[net, "--data", table, "--circuits", into, "--csv", compiled.to_str().unwrap()], &compiled);
}

#[test]
fn states_and_two_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, program) = (circuits("four.json").to_str().unwrap().to_owned(), path("four.qasm"));
    assert_eq!(outcome(&run("hqrn-compile", &[&weights, "-o", &program, "-q"])).0, 0);
    let (counts, state) = (path("counts.json"), path("y.json"));
    fs::write(&counts, r#"{"100000": 1000}"#).unwrap();
    fs::write(&state, "[1, 0, 0, 0]").unwrap();
    let base = [program.as_str(), "--counts", &counts, "--weights", &weights, "--state", &state, "--next"];
    for next in [&state, &counts, &program] {
        refused("hqrn-counts", &[&base[..], &[next.as_str()]].concat(), Path::new(next));
    }
    assert_eq!(outcome(&run("hqrn-counts", &[&base[..], &[&path("next.json")]].concat())).0, 0);
    let iris = circuits("iris.json");
    let data = circuits("iris.csv");
    let base = [iris.to_str().unwrap(), "--data", data.to_str().unwrap(), "--shots", "10"];
    for other in ["table", "./table"] {
        let other = folder.path().join(other);
        let both = ["--csv", &path("table"), "--report", other.to_str().unwrap()];
        let (code, message) = outcome(&run("hqrn-run", &[&base[..], &both].concat()));
        assert!(code == 2 && message.contains("two outputs in one file"), "{message}");
    }
    // A device may be both.
    #[cfg(unix)]
    {
        let done = run("hqrn-run", &[&base[..], &["--csv", "/dev/null", "--report", "/dev/null"]].concat());
        assert_eq!(outcome(&done).0, 0);
    }
}

#[test]
fn halves_of_what_a_machine_needs_and_old_programs_are_noted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (iris, map) = (circuits("iris.json"), circuits("heron-133.json"));
    let (iris, map) = (iris.to_str().unwrap(), map.to_str().unwrap());
    let says = |arguments: &[&str]| {
        let (code, message) = outcome(&run("hqrn-compile", &[&[iris], arguments].concat()));
        assert_eq!(code, 0, "{message}");
        message
    };
    let (file, out) = (path("one.qasm"), path("out"));
    assert!(says(&["--block", "1", "--target", "ibm", "-o", &file]).contains("on virtual qubits: --coupling FILE"));
    assert!(says(&["--block", "1", "--coupling", map, "-o", &file]).contains("an IBM machine takes --target ibm"));
    assert_eq!(says(&["--block", "1", "--target", "ibm", "--coupling", map, "-o", &file]), "");
    assert_eq!(says(&["-o", &out]), "");
    fs::write(Path::new(&out).join("block-07.qasm"), "old").unwrap();
    assert!(says(&["-o", &out]).ends_with("block-07.qasm is of an earlier run, not in this manifest\n"));
    fs::write(Path::new(&out).join("block-08.qasm"), "old").unwrap();
    assert!(says(&["-o", &out]).contains(".qasm and 1 more are of an earlier run, not in this manifest"));
    let (code, message) = outcome(&run("hqrn-run", &[iris, "--data", iris, "--shots", "-5"]));
    assert!(code == 2 && !message.contains("-- -5"), "{message}");
}

#[test]
fn reports_take_the_place_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let weights = copies(folder.path(), "iris.json");
    let (net, data) = (weights[0].to_str().unwrap(), circuits("iris.csv"));
    let (data, out) = (data.to_str().unwrap(), path("out"));
    assert_eq!(outcome(&run("hqrn-compile", &[net, "-o", &out, "-q"])).0, 0);
    // Programs that a folder stands for are read, too.
    for name in ["block-01.qasm", "manifest.json", "../out/./block-02.qasm"] {
        let report = format!("{out}/{name}");
        refused("hqrn-verify", &[&out, "--weights", net, &format!("--json={report}")], Path::new(&report));
    }
    // What comes through a shell's `<` has a name as well.
    for report in &weights {
        let before = fs::read(&weights[0]).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-run"));
        command.args(["-", "--data", data, "--shots", "10", &format!("--json={}", report.display())]);
        let (code, message) = outcome(&command.stdin(fs::File::open(net).unwrap()).output().unwrap());
        if cfg!(target_os = "linux") {
            assert!(code == 2 && message.contains("is an input (-)"), "{message}");
            assert!(fs::read(&weights[0]).unwrap() == before);
        }
    }
    let twice = |name: &str, arguments: &[&str]| {
        let (code, message) = outcome(&run(name, arguments));
        assert!(code == 2 && message.contains("two outputs in one file"), "{name} {arguments:?}: {message}");
    };
    for name in ["block-01.qasm", "manifest.json", "small.json"] {
        let new = path("new");
        twice("hqrn-compile", &[net, "-o", &new, &format!("--json={new}/{name}")]);
        assert!(!Path::new(&new).exists());
    }
    let layers = circuits("digits-quanvolution.json");
    twice(
        "hqrn-compile",
        &[layers.to_str().unwrap(), "-o", &path("new"), &format!("--json={}/layer-02.qasm", path("new"))],
    );
    let trained = path("trained");
    let report = format!("--json={trained}/training.json");
    let train = ["--data", data, "--dim", "4", "--blocks", "1", "--epochs", "1", "-q", "-o", &trained];
    twice("hqrn-train", &[&train[..], &[&report]].concat());
    assert_eq!(outcome(&run("hqrn-train", &train)).0, 0, "the training can go on");
}

#[test]
fn files_to_be_have_one_name_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(path("sub")).unwrap();
    let mut pairs = vec![("table", "sub/../table"), ("./table", "sub/.././table")];
    if cfg!(unix) {
        #[cfg(unix)]
        for (to, link) in [("table", "link"), ("sub/table", "far"), ("link", "further")] {
            std::os::unix::fs::symlink(to, path(link)).unwrap();
        }
        pairs.extend([("table", "link"), ("further", "table"), ("far", "sub/table")]);
    }
    let (iris, data) = (circuits("iris.json"), circuits("iris.csv"));
    for (one, two) in pairs {
        let base = [iris.to_str().unwrap(), "--data", data.to_str().unwrap(), "--shots", "10"];
        let both = ["--csv", &path(one), "--report", &path(two)];
        let (code, message) = outcome(&run("hqrn-run", &[&base[..], &both].concat()));
        assert!(code == 2 && message.contains("two outputs in one file"), "{one} {two}: {message}");
        assert!(!Path::new(&path("table")).exists());
    }
    let base = [iris.to_str().unwrap(), "--data", data.to_str().unwrap(), "--shots", "10", "--csv", "-", "--json"];
    let output = run("hqrn-run", &base);
    let (code, message) = outcome(&output);
    assert!(code == 2 && message.contains("would both go to standard output"), "{message}");
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "the report alone");
}

#[test]
fn a_dash_is_one_input_and_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let (iris, data) = (circuits("iris.json"), circuits("iris.csv"));
    let (iris, data) = (iris.to_str().unwrap(), data.to_str().unwrap());
    let base = [iris, "--data", data];
    let given = |name: &str, arguments: &[&str], stdin: &str| {
        let path = Path::new(env!("CARGO_BIN_EXE_hqrn-run")).with_file_name(name);
        let mut command = Command::new(path);
        command.args(arguments).current_dir(folder.path()).stdin(fs::File::open(stdin).unwrap());
        outcome(&command.output().unwrap())
    };
    for (name, more) in [
        ("hqrn-run", &["--shots", "10", "--report", "-"][..]),
        ("hqrn-run", &["--shots", "10", "--points", "-"]),
        ("hqrn-compress", &["--rank", "1", "-o", "-"]),
        ("hqrn-compress", &["--pareto", "-"]),
    ] {
        let (code, message) = given(name, &[&base[..], more].concat(), iris);
        assert!(code == 2 && message.contains("/dev/stdout is standard output"), "{name} {more:?}: {message}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // Rows of both splits are read from what comes once.
    let train = ["--data", "-", "--dim", "4", "--blocks", "1", "--epochs", "1", "-q", "-o", "trained"];
    assert_eq!(given("hqrn-train", &train, data), (0, String::new()));
    assert_eq!(given("hqrn-compress", &["-", "--rank", "1", "-q", "-o", "small.json"], iris).0, 0);
    assert_eq!(given("hqrn-compress", &[iris, "--data", "-", "--rank", "1", "-q", "-o", "small.json"], data).0, 0);
    for (name, arguments) in [
        ("hqrn-run", &["-", "--data", "-", "--shots", "10"][..]),
        ("hqrn-train", &["--data", "-", "--test-data", "-", "-o", "never"]),
        ("hqrn-verify", &["-", "--weights", "-"]),
    ] {
        let (code, message) = given(name, arguments, iris);
        assert!(code == 2 && message.contains("only one can be -"), "{name} {arguments:?}: {message}");
    }
}

#[test]
fn images_called_as_the_page_of_a_training_stay() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    fs::copy(circuits("digits.csv.gz"), &page).unwrap();
    let into = folder.path().to_str().unwrap();
    for task in ["quanvolution", "amplitudes"] {
        refused("hqrn-train", &[task, "--data", page.to_str().unwrap(), "--epochs", "1", "-o", into], &page);
    }
}

#[test]
fn numbers_below_zero_are_values_in_every_spelling() {
    let (iris, data) = (circuits("iris.json"), circuits("iris.csv"));
    let (iris, data) = (iris.to_str().unwrap(), data.to_str().unwrap());
    for (name, option, value, more) in [
        ("hqrn-run", "--shots", "-5,100", &[iris, "--data", data][..]),
        ("hqrn-run", "--alpha", "-0.5,0.3", &[iris, "--data", data]),
        ("hqrn-run", "--two-qubit-rate", "-1e-3", &[iris, "--data", data, "--noise", "trapped-ion"]),
        ("hqrn-train", "--weight-decay", "-1e-3", &["--data", data, "-o", "never"]),
        ("hqrn-compile", "--trotter-error", "-1e-3", &[iris, "--method", "trotter", "-o", "never"]),
        ("hqrn-compress", "--gamma-weight", "-2.5e-1", &[iris, "--rank", "1", "-o", "never"]),
    ] {
        let (code, message) = outcome(&run(name, &[more, &[option, value]].concat()));
        assert!(code == 2 && !message.contains("-- -"), "{message}");
        assert!(message.contains("invalid value") && message.contains(option), "{message}");
    }
    assert!(!Path::new("never").exists());
}
