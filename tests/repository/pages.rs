//! The pages show what the commands print: the console blocks of the README and of each page of the book are run, in order, in
//! a folder for the page, and every word of the output must be the one shown. What may differ is what no two runs have in common:
//! the numbers below a heading *seconds*, and rounding errors (below 1e-11), which depend on the processor, by a factor of ten.
//!
//! ```text
//! HQRN_UPDATE_PAGES=1 cargo test --release --test repository
//! ```
//!
//! writes what is printed into the pages where that differs, and leaves the rest of them alone.

use crate::support::{outcome, root, stdout};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command of a console block, and the output that follows it.
struct Session {
    command: String,
    shown: String,
    /// Line number of the command, from 0.
    line: usize,
}

fn sessions(text: &str) -> Vec<Session> {
    let mut found: Vec<Session> = vec![];
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => {
                    found.push(Session { command: command.to_owned(), shown: String::new(), line: number });
                }
                None => {
                    let shown = &mut found.last_mut().expect("output follows a command").shown;
                    shown.push_str(line);
                    shown.push('\n');
                }
            },
        }
    }
    found
}

/// The words of a line, each with the number of characters before its end.
fn words(line: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = vec![];
    for (place, c) in line.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        match found.last_mut() {
            Some((end, word)) if *end == place => {
                *end += 1;
                word.push(c);
            }
            _ => found.push((place + 1, c.to_string())),
        }
    }
    found
}

/// The words of every line. Columns are as wide as what is in them, so spaces and rules do not count; a number that ends
/// where a heading *seconds* above it does is left out.
fn normalised(text: &str) -> Vec<Vec<String>> {
    let mut timed: Option<usize> = None;
    let mut lines = vec![];
    for line in text.lines() {
        let words = words(line);
        if words.is_empty() {
            timed = None;
        }
        let heading = words.iter().find(|(_, w)| w == "seconds").map(|(end, _)| *end);
        timed = heading.or(timed);
        let word = |(end, w): (usize, String)| {
            if w.chars().all(|c| c == '─') {
                "─".to_owned()
            } else if Some(end) == timed && w.parse::<f64>().is_ok() {
                "(seconds)".to_owned()
            } else {
                w
            }
        };
        lines.push(words.into_iter().map(word).collect());
    }
    lines
}

/// Whether two words are the same, or rounding errors of the same size.
fn same_word(a: &str, b: &str) -> bool {
    let rounding = |w: &str| w.parse::<f64>().ok().filter(|x| x.abs() > 0.0 && x.abs() < 1e-11);
    match (rounding(a), rounding(b)) {
        (Some(a), Some(b)) => (a / b).abs() < 10.0 && (b / a).abs() < 10.0,
        _ => a == b,
    }
}

fn same(printed: &str, shown: &str) -> bool {
    let (printed, shown) = (normalised(printed), normalised(shown));
    let same_line =
        |(a, b): (&Vec<String>, &Vec<String>)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_word(a, b));
    printed.len() == shown.len() && printed.iter().zip(&shown).all(same_line)
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
        "hqrn-counts" => env!("CARGO_BIN_EXE_hqrn-counts"),
        "hqrn-job" => env!("CARGO_BIN_EXE_hqrn-job"),
        other => other,
    };
    // What writes a file is the shell's work.
    let (program, arguments) =
        if words[0] == "echo" { ("sh", vec!["-c", command.as_str()]) } else { (program, words[1..].to_vec()) };
    // No folder for caches: what an earlier run has found says nothing of this one.
    let mut command = Command::new(program);
    command.env_remove("XDG_CACHE_HOME").env_remove("HOME");
    let done = command.args(arguments).current_dir(folder).output().unwrap();
    let (code, told) = outcome(&done);
    (code, stdout(&done) + &told)
}

/// The README and the pages of the book.
fn pages() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What these start is not hqrn's: it sets up the machine, or is run elsewhere in CI.
const ELSEWHERE: [&str; 8] = ["cargo test", "cargo install", "cargo bench", "git", "pip", "python", "mkdir", "docker"];

/// Runs a page's commands; what they print in place of what is shown, a line each. The page is put right if it is to be.
fn differences(page: &Path, update: bool) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for given in ["circuits", "examples"] {
        std::os::unix::fs::symlink(root().join(given), folder.path().join(given)).unwrap();
    }
    let text = std::fs::read_to_string(page).unwrap();
    let name = page.strip_prefix(root()).unwrap().display();
    let mut ran = 0;
    let mut different = vec![];
    for Session { command, shown, line } in sessions(&text) {
        if ELSEWHERE.iter().any(|skip| command.starts_with(skip)) {
            continue;
        }
        // A reader may compare standard error with what the page shows, so both streams count.
        let (code, printed) = run(&command, folder.path());
        let expected_code = i32::from(shown.lines().any(|line| line.starts_with("error: ")));
        assert_eq!(code, expected_code, "{name}:{}: {command}\n{printed}", line + 1);
        if !same(&printed, &shown) {
            different.push((command, shown, line, printed));
        }
        ran += 1;
    }
    if update && !different.is_empty() {
        let mut lines: Vec<&str> = text.lines().collect();
        // Last first: a new output may be longer than the old one and move what is below it.
        for (_, shown, line, printed) in different.iter().rev() {
            let after = line + 1;
            drop(lines.splice(after..after + shown.lines().count(), printed.lines()));
        }
        std::fs::write(page, lines.join("\n") + "\n").unwrap();
        return (ran, vec![]);
    }
    let told = |(command, shown, line, printed): (String, String, usize, String)| {
        format!("{name}:{}: {command} prints\n{printed}\nand not\n{shown}", line + 1)
    };
    (ran, different.into_iter().map(told).collect())
}

#[test]
fn pages_show_what_happens() {
    let update = std::env::var_os("HQRN_UPDATE_PAGES").is_some();
    let found: Vec<_> = pages().par_iter().map(|page| differences(page, update)).collect();
    let ran: usize = found.iter().map(|(ran, _)| ran).sum();
    assert!(ran >= 50, "{ran}");
    let different: Vec<String> = found.into_iter().flat_map(|(_, different)| different).collect();
    assert!(
        different.is_empty(),
        "{}\nHQRN_UPDATE_PAGES=1 cargo test --release --test repository writes what is printed",
        different.join("\n")
    );
}

#[test]
fn only_seconds_and_rounding_may_differ() {
    let shown = "block   CX   gamma+  max |W_rec - W|  seconds\n─────\n    1  128  22.4621          7.1e-15     0.01\n";
    let printed = |words: &str| shown.replace("22.4621          7.1e-15     0.01", words);
    // One digit more makes the column wider.
    assert!(same(&printed("22.4621          9.9e-15     0.27").replace("─────", "───"), shown));
    assert!(!same(&printed("22.4721          7.1e-15     0.01"), shown));
    assert!(!same(&printed("22.4621          7.1e-13     0.01"), shown));
    assert!(!same(&printed("22.4621           7.1e-3     0.01"), shown));
    // A heading counts for its own table, and not after an empty line.
    let end = shown.find('\n').unwrap();
    let [row, apart] = ["", "\n"].map(|between| move |number: &str| format!("{shown}{between}{number:>end$}\n"));
    assert!(same(&row("3.36"), &row("3.35")));
    assert!(!same(&apart("3.36"), &apart("3.35")));
}
