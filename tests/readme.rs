//! The README shows what the commands print: its console blocks are run, in order, in a folder of their own.

mod support;

use std::path::Path;
use std::process::Command;
use support::root;

/// Commands of the README's console blocks, with the output shown below each.
fn sessions(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = vec![];
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), String::new())),
                None => {
                    let (_, output) = found.last_mut().expect("output follows a command");
                    output.push_str(line);
                    output.push('\n');
                }
            },
        }
    }
    found
}

/// The text without what changes from run to run: times, rounding errors and column widths.
fn normalised(text: &str) -> String {
    let word = |w: &str| {
        if w.chars().all(|c| c == '─') {
            "─".to_owned()
        } else if w.parse::<f64>().is_ok() && (w.contains("e-") || w.split('.').nth(1).is_some_and(|d| d.len() == 2)) {
            "#".to_owned()
        } else {
            w.to_owned()
        }
    };
    text.lines().map(|l| l.split_whitespace().map(word).collect::<Vec<_>>().join(" ") + "\n").collect()
}

fn run(command: &str, folder: &Path) -> (i32, String) {
    let command = command.replace("cargo run --release -- ", "hqrn-compile ");
    let words: Vec<&str> = command.split_whitespace().map(|w| w.trim_matches('\'')).collect();
    let program = match words[0] {
        "hqrn-compile" => env!("CARGO_BIN_EXE_hqrn-compile"),
        "hqrn-verify" => env!("CARGO_BIN_EXE_hqrn-verify"),
        "hqrn-run" => env!("CARGO_BIN_EXE_hqrn-run"),
        "hqrn-train" => env!("CARGO_BIN_EXE_hqrn-train"),
        "hqrn-compress" => env!("CARGO_BIN_EXE_hqrn-compress"),
        other => other,
    };
    let done = Command::new(program).args(&words[1..]).current_dir(folder).output().unwrap();
    let shown = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(shown).unwrap())
}

#[test]
fn the_readme_shows_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("circuits"), folder.path().join("circuits")).unwrap();
    let mut ran = 0;
    for (command, shown) in sessions(&std::fs::read_to_string(root().join("README.md")).unwrap()) {
        // These set up the machine or are run elsewhere in CI.
        if ["cargo test", "cargo install", "cargo bench", "git", "python", "mkdir"]
            .iter()
            .any(|skip| command.starts_with(skip))
        {
            continue;
        }
        // A reader may compare standard error with what the page shows, so both streams count.
        let (code, printed) = run(&command, folder.path());
        let expected_code = i32::from(shown.contains("error: "));
        assert_eq!(code, expected_code, "{command}\n{printed}");
        assert_eq!(normalised(&printed), normalised(&shown), "{command} prints\n{printed}");
        ran += 1;
    }
    assert!(ran >= 5, "{ran}");
}
