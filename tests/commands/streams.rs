//! Where output goes: full disks are errors, closed pipes are none, links and devices stay what they are.
use crate::support::{circuits, outcome, stdout};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

fn command(name: &str, arguments: &[&str]) -> Command {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
    let mut command = Command::new(path);
    command.args(arguments).current_dir(crate::support::root().join("circuits"));
    command
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

const RUN: [&str; 5] = ["iris.json", "--data", "iris.csv", "--shots", "100"];

#[test]
fn output_that_is_lost_is_an_error_in_every_command() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let counts = at("counts.json");
    fs::write(&counts, r#"{"000000": 10}"#).unwrap();
    let (small, trained) = (at("small.json"), at("trained"));
    let cases: [(&str, &[&str]); 9] = [
        ("hqrn-run", &RUN),
        ("hqrn-run", &[&RUN[..], &["--json"]].concat()),
        ("hqrn-compile", &["four.json", "-o", "-"]),
        ("hqrn-compile", &["--help"]),
        ("hqrn-compile", &["--schema"]),
        ("hqrn-verify", &["four.qasm", "--weights", "four.json"]),
        ("hqrn-counts", &["four.qasm", "--counts", &counts, "--weights", "four.json"]),
        ("hqrn-compress", &["four.json", "--rank", "1", "-o", &small]),
        ("hqrn-train", &["--data", "iris.csv", "--blocks", "1", "--dim", "4", "--epochs", "1", "-o", &trained]),
    ];
    for (name, arguments) in cases {
        let output = command(name, arguments).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        let (code, message) = outcome(&output);
        assert_eq!(code, 2, "{name} {arguments:?}: {message}");
        assert!(message.starts_with("error: standard output: "), "{name} {arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    for option in ["--csv", "--report"] {
        let (code, message) =
            outcome(&command("hqrn-run", &[&RUN[..], &[option, "/dev/full"]].concat()).output().unwrap());
        assert_eq!(code, 2);
        assert!(message.starts_with("error: /dev/full: "), "{message}");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_no_error() {
    for arguments in [&RUN[..], &[&RUN[..], &["--csv", "/dev/stdout"]].concat()] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command("hqrn-run", arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(outcome(&output), (0, String::new()));
    }
}

#[test]
fn standard_error_that_takes_nothing_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("other.json");
    fs::write(&weights, fs::read_to_string(circuits("four.json")).unwrap()).unwrap();
    let weights = weights.to_str().unwrap();
    for arguments in [
        // A table, a note that the names differ, an error.
        (&["hqrn-compile", "four.json", "-o", "-"][..], 0),
        (&["hqrn-verify", "four.qasm", "--weights", weights][..], 0),
        (&["hqrn-verify", "four.qasm", "--weights", "missing.json"][..], 2),
    ] {
        let (reader, closed) = std::io::pipe().unwrap();
        drop(reader);
        for stderr in [full(), closed.into()] {
            let mut command = command(arguments.0[0], &arguments.0[1..]);
            let status = command.stdout(Stdio::null()).stderr(stderr).status().unwrap();
            assert_eq!(status.code(), Some(arguments.1), "{arguments:?}");
        }
    }
}

#[test]
fn tables_go_through_standard_output_where_that_is_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&RUN[..], &["--csv", "/dev/stdout"]].concat();
    let piped = stdout(&command("hqrn-run", &arguments).output().unwrap());
    assert!(piped.starts_with("checkpoint,") && piped.contains("shots and"), "{piped}");
    // The same into a file: neither half overwrites the other.
    let out = folder.path().join("out.txt");
    let status = command("hqrn-run", &arguments).stdout(File::create(&out).unwrap()).status().unwrap();
    assert!(status.success());
    assert_eq!(fs::read_to_string(&out).unwrap(), piped);
}

#[test]
fn links_modes_pipes_and_devices_stay() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("private.csv"), "old").unwrap();
    fs::set_permissions(at("private.csv"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("private.csv", at("link.csv")).unwrap();
    let write = |option: &str, to: &Path| {
        let output = command("hqrn-run", &[&RUN[..], &["-q", option, to.to_str().unwrap()]].concat()).output().unwrap();
        assert_eq!(outcome(&output), (0, String::new()));
    };
    write("--csv", &at("link.csv"));
    assert!(fs::symlink_metadata(at("link.csv")).unwrap().is_symlink());
    let table = fs::read_to_string(at("private.csv")).unwrap();
    assert!(table.starts_with("checkpoint,"), "{table}");
    assert_eq!(fs::metadata(at("private.csv")).unwrap().permissions().mode() & 0o777, 0o600);

    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = at("pipe");
        move || fs::read_to_string(pipe).unwrap()
    });
    write("--csv", &at("pipe"));
    assert_eq!(reader.join().unwrap(), table);
    for option in ["--csv", "--report", "--points"] {
        write(option, Path::new("/dev/null"));
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    // A program, through a link to a name that is not there yet.
    symlink("later.qasm", at("program.qasm")).unwrap();
    let program = at("program.qasm");
    let done = command("hqrn-compile", &["four.json", "-q", "-o", program.to_str().unwrap()]).output().unwrap();
    assert_eq!(outcome(&done), (0, String::new()));
    assert!(fs::symlink_metadata(&program).unwrap().is_symlink());
    assert_eq!(fs::read(at("later.qasm")).unwrap(), fs::read(circuits("four.qasm")).unwrap());
}

#[test]
fn files_that_are_not_ours_are_not_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    for content in ["one line of notes", "two lines\nof notes", "{\"key\": 1}", "\u{e9}"] {
        fs::write(&notes, content).unwrap();
        let arguments = [&RUN[..], &["--points", notes.to_str().unwrap()]].concat();
        let (code, message) = outcome(&command("hqrn-run", &arguments).output().unwrap());
        assert_eq!(code, 2, "{content}");
        assert!(message.contains("notes.txt") && message.lines().count() == 1, "{message}");
        assert_eq!(fs::read_to_string(&notes).unwrap(), content);
    }
    // A line break that an editor took away costs no point.
    let points = folder.path().join("points.jsonl");
    let arguments = [&RUN[..], &["-q", "--points", points.to_str().unwrap()]].concat();
    assert_eq!(outcome(&command("hqrn-run", &arguments).output().unwrap()), (0, String::new()));
    let kept = fs::read_to_string(&points).unwrap();
    assert!(kept.starts_with(r#"{"format":"hqrn-point","version":1,"key":""#), "{kept}");
    fs::write(&points, kept.trim_end().replacen("\"samples\":50", "\"samples\":51", 1)).unwrap();
    let again = stdout(&command("hqrn-run", &[&arguments[..], &["--json"]].concat()).output().unwrap());
    let marked = kept.contains("\"samples\":50");
    assert!(!marked || again.contains("\"samples\":51"), "{again}");
    assert_eq!(fs::read_to_string(&points).unwrap().lines().count(), 1);
}

/// Runs a command that may not write a byte into files, as on a full disk.
fn without_space(name: &str, arguments: &[&str]) -> (i32, String) {
    let path = Path::new(env!("CARGO_BIN_EXE_hqrn-compile")).with_file_name(name);
    let mut shell = Command::new("bash");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash"]).arg(path).args(arguments);
    outcome(&shell.current_dir(circuits("")).output().unwrap())
}

#[test]
fn a_full_disk_leaves_neither_folders_nor_talk_of_other_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (deep, trained, bell, file) = (at("a/b/c"), at("trained"), at("bell"), at("one.qasm"));
    let cases: [(&str, &[&str], &str); 5] = [
        ("hqrn-compile", &["iris.json", "-o", &deep], &format!("{deep}/block-01.qasm")),
        ("hqrn-compile", &["iris.json", "-o", &deep, "--max-cx", "3"], &format!("{deep}/small.json")),
        ("hqrn-compile", &["four.json", "-o", &file], &file),
        (
            "hqrn-train",
            &["--data", "iris.csv", "--blocks", "1", "--dim", "4", "-o", &trained],
            &format!("{trained}/epoch-001.safetensors"),
        ),
        ("hqrn-train", &["entanglement", "--states-only", "-o", &bell], &format!("{bell}/training.json")),
    ];
    for (name, arguments, written) in cases {
        let (code, message) = without_space(name, &[arguments, &["-q"]].concat());
        assert_eq!(code, 2, "{name} {arguments:?}: {message}");
        assert!(message.starts_with(&format!("error: {written}: ")), "{message}");
        assert_eq!((message.lines().count(), message.contains(".hqrn-")), (1, false), "{message}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{name} {arguments:?}");
    }
    // What was there before stays.
    fs::create_dir(&deep[..deep.len() - 4]).unwrap();
    assert_eq!(without_space("hqrn-compile", &["iris.json", "-o", &deep]).0, 2);
    assert_eq!(fs::read_dir(&deep[..deep.len() - 4]).unwrap().count(), 0);
    // Nor is it told where a folder is missing.
    let missing = format!("{deep}/none.qasm");
    let (code, message) = outcome(&command("hqrn-compile", &["four.json", "-o", &missing]).output().unwrap());
    assert_eq!(
        (code, message.starts_with(&format!("error: {missing}: ")), message.contains(".hqrn-")),
        (2, true, false)
    );
}

#[test]
fn devices_and_pipes_are_written_to_and_not_read_to_their_end() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    // What never ends is not read before it is written to.
    for device in ["/dev/full", "/dev/zero"] {
        let output = command("hqrn-run", &[&RUN[..], &["--points", device, "-q"]].concat()).output().unwrap();
        let (code, message) = outcome(&output);
        let expected = if device == "/dev/full" { (2, "error: /dev/full: ") } else { (0, "") };
        assert!(code == expected.0 && message.starts_with(expected.1), "{device}: {code} {message}");
    }
    // A checkpoint is no file to go on from there either.
    let compress = ["iris.json", "--max-cx", "2", "--variational", "--data", "iris.csv", "--finetune"];
    let more = ["--stages", "1", "--checkpoint", "/dev/full", "-q", "-o", "/dev/null"];
    let (code, message) = outcome(&command("hqrn-compress", &[&compress[..], &more].concat()).output().unwrap());
    assert!(code == 2 && message.contains("/dev/full: "), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    for to in [pipe.to_str().unwrap(), "/dev/null", "/dev/stdout"] {
        let output = command("hqrn-compile", &["four.json", "-q", "-o", to]).output().unwrap();
        assert_eq!(outcome(&output), (0, String::new()), "{to}");
        assert_eq!(stdout(&output).starts_with("OPENQASM 3.0;"), to == "/dev/stdout");
    }
    assert!(reader.join().unwrap().starts_with("OPENQASM 3.0;"));
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    let missing = folder.path().join("missing/x.qasm");
    let output = command("hqrn-compile", &["four.json", "-q", "-o", missing.to_str().unwrap()]).output().unwrap();
    assert!(outcome(&output).1.contains("missing/x.qasm: there is no folder "), "{:?}", outcome(&output));
}
