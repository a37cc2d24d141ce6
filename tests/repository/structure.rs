//! What ARCHITECTURE.md promises of the sources: no file and no folder needs one that needs it, one door to linear
//! algebra, the graph library behind the IR, and a library that neither prints nor exits.

use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The sources by module path, `""` for `lib.rs`, without comments and tests.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(&root().join("src"), "", &mut found);
    found.retain(|module, _| module != "bin" && !module.starts_with("bin::") && !module.ends_with("tests"));
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn collect(folder: &Path, module: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let name = match stem.as_str() {
            "mod" | "lib" => module.to_owned(),
            _ => joined(module, &stem),
        };
        if path.is_dir() {
            collect(&path, &name, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.insert(name, lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

fn joined(module: &str, rest: &str) -> String {
    if module.is_empty() { rest.to_owned() } else { format!("{module}::{rest}") }
}

/// The paths of a `use` tree, each with the name that it brings in.
fn expand(tree: &str) -> Vec<(String, String)> {
    let tree = tree.trim();
    let last = |path: &str| path.rsplit("::").next().unwrap().to_owned();
    let Some(open) = tree.find('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, last(tree)), |(p, n)| (p, n.to_owned()));
        return vec![(path.to_owned(), name)];
    };
    let (before, inside) = (&tree[..open], &tree[open + 1..tree.rfind('}').unwrap()]);
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(String::new());
                continue;
            }
            _ => {}
        }
        branches.last_mut().unwrap().push(c);
    }
    let whole = before.trim_end_matches(':').to_owned();
    let path = |(path, name): (String, String)| match path.as_str() {
        "self" => (whole.clone(), last(&whole)),
        _ => (format!("{before}{path}"), name),
    };
    branches.iter().filter(|b| !b.trim().is_empty()).flat_map(|b| expand(b)).map(path).collect()
}

/// A path as seen from a module, from the root of the crate; nothing for other crates and names in scope.
fn absolute(module: &str, path: &str, sources: &BTreeMap<String, String>) -> Option<String> {
    let (first, rest) = path.split_once("::").unwrap_or((path, ""));
    match first {
        "crate" => Some(rest.to_owned()),
        "self" => Some(joined(module, rest)),
        "super" => {
            let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
            if rest.starts_with("super") { absolute(parent, rest, sources) } else { Some(joined(parent, rest)) }
        }
        _ => sources.contains_key(&joined(module, first)).then(|| joined(module, path)),
    }
}

/// Which names each module hands on, and which paths it uses otherwise.
type Names = BTreeMap<String, BTreeMap<String, String>>;

fn references(sources: &BTreeMap<String, String>) -> (Names, BTreeMap<String, Vec<String>>) {
    let (mut handed_on, mut used) = (Names::new(), BTreeMap::<String, Vec<String>>::new());
    for (module, code) in sources {
        let mut body = String::new();
        // Statements: what stands before a semicolon, a brace or an attribute's end.
        for statement in code.split_inclusive(';') {
            let start = statement.rfind("use ").filter(|&at| {
                let before = statement[..at].trim_end();
                statement.trim_end().ends_with(';')
                    && (before.is_empty() || before.ends_with([';', '}', '{', ']', ')']) || before.ends_with("pub"))
            });
            let Some(start) = start else {
                body.push_str(statement);
                continue;
            };
            let before = statement[..start].trim_end();
            body.push_str(before);
            let public = before.ends_with("pub") || before.rsplit('\n').next().unwrap_or("").trim().starts_with("pub(");
            for (path, name) in expand(statement[start + 4..].trim_end().trim_end_matches(';')) {
                let Some(full) = absolute(module, path.trim(), sources) else { continue };
                if public {
                    handed_on.entry(module.clone()).or_default().insert(name.trim().to_owned(), full);
                } else {
                    used.entry(module.clone()).or_default().push(full);
                }
            }
        }
        for start in ["crate::", "super::", "self::"] {
            for (at, _) in body.match_indices(start) {
                if body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                let path: String =
                    body[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
                let full = absolute(module, path.trim_end_matches(':'), sources);
                used.entry(module.clone()).or_default().extend(full);
            }
        }
    }
    (handed_on, used)
}

/// The module that defines what a path names.
fn definer(path: &str, sources: &BTreeMap<String, String>, handed_on: &Names) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    for length in (0..=parts.len()).rev() {
        let module = parts[..length].join("::");
        if !sources.contains_key(&module) {
            continue;
        }
        let source = parts.get(length).and_then(|name| handed_on.get(&module)?.get(*name));
        return match source {
            Some(source) => {
                definer(&[&[source.as_str()], &parts[length + 1..]].concat().join("::"), sources, handed_on)
            }
            None => module,
        };
    }
    String::new()
}

/// The shortest ways from something back to itself, each told once.
fn circles(needs: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut told: BTreeMap<BTreeSet<&str>, String> = BTreeMap::new();
    for start in needs.keys() {
        let mut ways: Vec<Vec<&str>> = vec![vec![start]];
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = 0;
        while next < ways.len() {
            let way = ways[next].clone();
            next += 1;
            for need in needs.get(way[way.len() - 1]).into_iter().flatten() {
                if need == start {
                    told.entry(way.iter().copied().collect()).or_insert_with(|| way.join(" -> "));
                    next = ways.len();
                } else if seen.insert(need) {
                    ways.push([&way[..], &[need]].concat());
                }
            }
        }
    }
    told.into_values().collect()
}

#[test]
fn nothing_needs_what_needs_it() {
    let sources = sources();
    let (handed_on, used) = references(&sources);
    let (mut files, mut folders) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    let mut edges = 0;
    for (module, paths) in &used {
        for path in paths {
            let target = definer(path, &sources, &handed_on);
            if target != *module {
                let folder = |module: &str| module.split("::").next().unwrap_or_default().to_owned();
                if folder(module) != folder(&target) {
                    folders.entry(folder(module)).or_default().insert(folder(&target));
                }
                files.entry(module.clone()).or_default().insert(target);
                edges += 1;
            }
        }
    }
    assert!(edges > 500 && folders.len() > 10, "{edges} uses in {} folders", folders.len());
    assert_eq!(circles(&folders), Vec::<String>::new(), "folders");
    assert_eq!(circles(&files), Vec::<String>::new(), "files");
    // One that is there is found.
    files.entry("linalg::factor".into()).or_default().insert("cli::run".into());
    assert!(!circles(&files).is_empty());
}

/// The modules whose code has a word.
fn naming(word: &str) -> Vec<String> {
    let has = |code: &str| {
        code.match_indices(word).any(|(at, _)| {
            let boundary = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            boundary(code[..at].chars().next_back()) && boundary(code[at + word.len()..].chars().next())
        })
    };
    sources().into_iter().filter(|(_, code)| has(code)).map(|(module, _)| module).collect()
}

#[test]
fn doors_are_kept() {
    for (word, door) in [("faer", "linalg"), ("petgraph", "circuit"), ("NodeIndex", "circuit")] {
        let inside = |m: &String| m.split("::").next() == Some(door);
        let outside: Vec<String> = naming(word).into_iter().filter(|m| !inside(m)).collect();
        assert!(outside.is_empty(), "{word} is named outside {door}: {outside:?}");
    }
    assert!(!naming("faer").is_empty() && !naming("petgraph").is_empty());
    for word in ["println!", "eprintln!", "print!", "eprint!", "process::exit", "dbg!", "todo!", "unimplemented!"] {
        let outside: Vec<String> = naming(word).into_iter().filter(|m| !m.starts_with("cli")).collect();
        assert!(outside.is_empty(), "{word} outside cli: {outside:?}");
    }
}

#[test]
fn forms_answer_for_themselves() {
    for form in ["Form::Weight", "Form::Factors", "Form::Unitaries", "Form::Circuit"] {
        let outside: Vec<String> = naming(form).into_iter().filter(|m| !m.starts_with("network::forms")).collect();
        assert!(outside.is_empty(), "{form} is named outside network::forms: {outside:?}");
    }
    // The table makes the names; nothing but the table matches them.
    assert!(naming("Form").contains(&"network::forms::table".to_owned()));
}

#[test]
fn families_answer_for_themselves() {
    for family in ["Model::Residual", "Model::Quanvolution"] {
        let outside: Vec<String> = naming(family).into_iter().filter(|m| !m.starts_with("network")).collect();
        assert!(outside.is_empty(), "{family} is named outside network: {outside:?}");
    }
    assert!(naming("Model").contains(&"network::families".to_owned()));
    // Networks are known to those who make programs of them, run them and train them, not the other way round.
    let sources = sources();
    let (handed_on, used) = references(&sources);
    let needs = used.iter().filter(|(module, _)| module.starts_with("network")).flat_map(|(_, paths)| paths);
    for path in needs {
        let folder = definer(path, &sources, &handed_on);
        let folder = folder.split("::").next().unwrap_or_default();
        assert!(!["compiler", "run", "training", "cli"].contains(&folder), "network needs {path}");
    }
}
