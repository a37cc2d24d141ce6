//! Outputs that cannot be written are told before anything is: what is in their way, and names that end as those of other files do.

use crate::support::{circuits, compile, outcome, stdout};
use std::fs;
use std::path::Path;
use std::process::Command;

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

#[test]
fn what_is_in_the_way_of_one_output_keeps_all_from_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    for way in ["d.svg", "cost.json", "out/block-01.svg", "out/block-02.qasm", "old.d"] {
        fs::create_dir_all(at(way)).unwrap();
    }
    let (four, iris) = (circuits("four.json"), circuits("iris.json"));
    let files = || {
        let all = [folder.path().to_owned(), folder.path().join("out")];
        all.iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap())
            .filter(|e| e.as_ref().unwrap().path().is_file())
            .count()
    };
    let is_folder = "is a folder, expected a file to write";
    for (weights, options, file, problem) in [
        (&four, &["-o", "d.qasm", "--draw", "svg"][..], "d.svg", is_folder),
        (&four, &["-o", "d.qasm", "--estimate=cost.json"], "cost.json", is_folder),
        (&four, &["-o", "d.qasm", "--json=old.d"], "old.d", is_folder),
        (&four, &["-o", "d.qasm", "--method", "joint", "--no-cache", "--network", "cost.json"], "cost.json", is_folder),
        (&iris, &["-o", "out", "--draw", "svg"], "out/block-0", is_folder),
        (&iris, &["-o", "out"], "out/block-02.qasm", is_folder),
        (&four, &["-o", "d.qasm", "--estimate=none/cost.json"], "none/cost.json", "there is no folder none"),
        (&four, &["-o", "none/d.qasm"], "none/d.qasm", "there is no folder none"),
    ] {
        let run = Command::new(env!("CARGO_BIN_EXE_hqrn-compile"))
            .args([&[path(weights)], options].concat())
            .current_dir(folder.path())
            .output()
            .unwrap();
        let (code, message) = outcome(&run);
        assert!(code == 2 && message.lines().count() == 1, "{options:?}: {code}: {message}");
        assert!(message.starts_with(&format!("error: {file}")) && message.contains(problem), "{options:?}: {message}");
        assert_eq!((files(), stdout(&run).as_str()), (0, ""), "{options:?}");
    }
    // What is not written is in nobody's way, and a folder that is made has room for all.
    fs::remove_dir(at("out/block-02.qasm")).unwrap();
    assert_eq!(outcome(&compile(&[path(&iris), "-o", &at("out"), "-q"])), (0, String::new()));
    let (made, cost) = (at("new/out.v2"), format!("--estimate={}", at("new/out.v2/cost.json")));
    assert_eq!(outcome(&compile(&[path(&iris), "-o", &made, "-q", &cost])), (0, String::new()));
    assert!(folder.path().join("new/out.v2/cost.json").is_file());
}

#[test]
fn a_folder_that_is_missing_is_told_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let [four, iris, data, machine] = ["four.json", "iris.json", "iris.csv", "boston-line.json"].map(circuits);
    let [four, iris, data, machine] = [&four, &iris, &data, &machine].map(|file| path(file));
    let plan = ["plan", iris, "--machine", machine, "--data", data, "-o", "k"];
    for (name, arguments) in [
        ("hqrn-compile", &[iris, "-o", "k", "-q", "--json=none/z.json"][..]),
        ("hqrn-compile", &[iris, "-o", "k", "-q", "--estimate=none/z.json"]),
        ("hqrn-compile", &[iris, "-o", "k", "-q", "--method", "joint", "--no-cache", "--network", "none/z.json"]),
        ("hqrn-compile", &[four, "-o", "none/z.qasm", "--draw", "svg"]),
        ("hqrn-verify", &[path(&circuits("four.qasm")), "--weights", four, "--json=none/z.json"]),
        ("hqrn-run", &[iris, "--data", data, "--json=none/z.json", "--report", "k.html"]),
        ("hqrn-compress", &[iris, "--rank", "1", "-o", "k.json", "--json=none/z.json"]),
        ("hqrn-train", &["--data", data, "-o", "k", "--json=none/z.json"]),
        ("hqrn-train", &["quanvolution", "--data", data, "-o", "k", "--json=none/z.json"]),
        ("hqrn-train", &["amplitudes", "--data", data, "-o", "k", "--json=none/z.json"]),
        ("hqrn-train", &["entanglement", "-o", "k", "--json=none/z.json"]),
        ("hqrn-job", &[&plan[..], &["--report", "none/z.html"]].concat()),
        ("hqrn-job", &[&plan[..], &["--json=none/z.json"]].concat()),
    ] {
        let command = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
        let run = Command::new(command).args(arguments).current_dir(folder.path()).output().unwrap();
        let (code, message) = outcome(&run);
        assert!(code == 2 && message.lines().count() == 1, "{arguments:?}: {code}: {message}");
        assert!(message.starts_with("error: none/z.") && message.ends_with(": there is no folder none\n"), "{message}");
        assert_eq!((fs::read_dir(folder.path()).unwrap().count(), stdout(&run).as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn names_that_end_as_other_files_do_are_no_folders_and_no_reports() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    let four = circuits("four.json");
    let run = |options: &[&str]| outcome(&compile(&[&[path(&four), "-q"], options].concat()));
    fs::write(folder.path().join("old.svg"), "a picture").unwrap();
    for (name, hint) in [
        ("x.svg", "no program ends in .svg, --draw svg writes pictures beside programs"),
        ("old.svg", "no program ends in .svg, --draw svg writes pictures beside programs"),
        ("x.PNG", "no program ends in .png, --draw svg"),
        ("x.qasm3", "no program ends in .qasm3: expected a name ending in .qasm, or a folder"),
        ("x.csv", "no program ends in .csv: expected"),
    ] {
        let (code, message) = run(&["-o", &at(name)]);
        assert!(code == 2 && message.contains(hint) && message.lines().count() == 1, "{name}: {message}");
    }
    for (option, name) in [("--estimate=", "x.qasm"), ("--estimate=", "x.html"), ("--estimate=", "x")] {
        let (code, message) = run(&["-o", &at("x.qasm"), &format!("{option}{}", at(name))]);
        assert!(code == 2 && message.contains(&format!("{}: expected a name ending in .json", at(name))), "{message}");
    }
    let (code, message) = run(&["-o", &at("x.qasm"), "--method", "joint", "--network", &at("x.safetensors")]);
    assert!(code == 2 && message.contains("x.safetensors: expected a name ending in .json"), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the picture of old");
    // Folders have points in their names, and any name once they are there.
    fs::create_dir(folder.path().join("there.svg")).unwrap();
    for name in ["out.v2", "2026.11.28", "there.svg"] {
        assert_eq!(run(&["-o", &at(name)]), (0, String::new()), "{name}");
        assert!(folder.path().join(name).join("block-01.qasm").exists());
    }
    if cfg!(unix) {
        assert_eq!(run(&["-o", &at("x.qasm"), "--estimate=/dev/null"]), (0, String::new()));
    }
}
