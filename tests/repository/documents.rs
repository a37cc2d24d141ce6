//! The pages of the repository: links lead somewhere, and sections that the code cites exist.

use crate::support::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// All files below a folder with one of these extensions, in order.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted)) {
            found.push(path);
        }
    }
    found
}

/// The text outside fenced code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let outside = |line: &&str| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    };
    text.lines().filter(outside).collect::<Vec<_>>().join("\n")
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings =
        headings.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let slug = |heading: &str| {
        let kept = heading.to_lowercase();
        kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
    };
    headings.map(slug).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut links = 0;
    for page in files(root(), &["md"]) {
        let text = std::fs::read_to_string(&page).unwrap();
        for rest in prose(&text).split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if target.starts_with("http") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            assert!(file.exists(), "{}: {target} does not exist", page.display());
            if !anchor.is_empty() {
                let there = anchors(&std::fs::read_to_string(&file).unwrap());
                assert!(there.contains(anchor), "{}: {target}: no such heading, but {there:?}", page.display());
            }
            links += 1;
        }
    }
    assert!(links > 20, "{links}");
}

#[test]
fn sections_that_are_cited_exist() {
    let method = std::fs::read_to_string(root().join("docs/method.md")).unwrap();
    let sections: BTreeSet<String> = prose(&method)
        .lines()
        .filter_map(|line| Some(line.strip_prefix("## ")?.split_once(". ")?.0.to_owned()))
        .collect();
    assert!(sections.len() > 10, "{sections:?}");
    let mut cited = 0;
    for folder in ["src", "tests", "benches", "examples"] {
        for file in files(&root().join(folder), &["rs", "py", "md"]) {
            let text = std::fs::read_to_string(&file).unwrap();
            for rest in text.split("docs/method.md, section").skip(1) {
                // `section 3` or `sections 3 and 4`.
                let mut words = rest.trim_start_matches('s').split_whitespace();
                let number = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit()).to_owned();
                let mut numbers = vec![number(words.next().unwrap_or_default())];
                if words.next() == Some("and") {
                    numbers.extend(words.next().map(number));
                }
                // This file has the words without a number.
                for n in numbers.iter().filter(|n| !n.is_empty()) {
                    assert!(sections.contains(n), "{}: docs/method.md has no section {n}", file.display());
                    cited += 1;
                }
            }
        }
    }
    assert!(cited > 0, "nobody cites docs/method.md");
}
