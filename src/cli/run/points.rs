//! Finished points in a file, a line of JSON each, so that a sweep goes on where it was killed.

use crate::files::{Format, read_json, sync, version_of};
use crate::run::Point;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Every line says it, since lines of several files are put together with `cat`.
const FORMAT: Format = Format { name: "hqrn-point", named: true, newest: 1 };

/// How lines begin; the second of them is how they began before formats were named.
const OPENINGS: [&str; 2] = [r#"{"format":"hqrn-point","version":1,"key":""#, r#"{"key":""#];

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    point: &'a Point,
}

/// Points by their keys, and the file that new ones are added to.
pub struct Points {
    finished: BTreeMap<String, Point>,
    file: Option<(PathBuf, File)>,
}

impl Points {
    /// The points of a file, if there is one; a last line cut off by a kill is dropped. A file that holds anything else
    /// is refused, and stays as it is.
    pub fn open(path: Option<&Path>) -> Result<Points, String> {
        let Some(path) = path else { return Ok(Points { finished: BTreeMap::new(), file: None }) };
        let wrong = |problem: String| format!("{}: {problem}", path.display());
        let system = |error: std::io::Error| wrong(error.to_string());
        // What is no file, like a pipe or a device, has nothing finished in it, and no end.
        let text = match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => vec![],
            Ok(there) if !there.is_file() => vec![],
            _ => std::fs::read(path).map_err(system)?,
        };
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        let mut finished = BTreeMap::new();
        for (i, line) in text[..whole].split_inclusive(|b| *b == b'\n').enumerate() {
            let point = point(line).map_err(|error| wrong(format!("line {}: {error}", i + 1)))?;
            finished.insert(point.key.clone(), point);
        }
        let rest = &text[whole..];
        let complete = point(rest).ok().filter(|_| !rest.is_empty());
        let torn =
            OPENINGS.iter().any(|start| rest.starts_with(start.as_bytes()) || start.as_bytes().starts_with(rest));
        if complete.is_none() && !torn {
            return Err(wrong("not a file of points of hqrn-run: it stays as it is".into()));
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(system)?;
        match complete {
            // Somebody's editor took the last line break away.
            Some(point) => {
                file.write_all(b"\n").map_err(system)?;
                finished.insert(point.key.clone(), point);
            }
            None if !rest.is_empty() => file.set_len(whole as u64).map_err(system)?,
            None => {}
        }
        Ok(Points { finished, file: Some((path.to_owned(), file)) })
    }

    /// Whether that point is finished.
    pub fn has(&self, key: &str) -> bool {
        self.finished.contains_key(key)
    }

    /// Adds a point.
    pub fn keep(&mut self, point: Point) -> Result<(), String> {
        if let Some((path, file)) = &mut self.file {
            let line = Line { format: FORMAT.name, version: FORMAT.newest, point: &point };
            let line = serde_json::to_string(&line).expect("a point has only finite numbers") + "\n";
            let written = file.write_all(line.as_bytes()).and_then(|()| sync(file));
            written.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        self.finished.insert(point.key.clone(), point);
        Ok(())
    }

    /// A finished point.
    pub fn get(&self, key: &str) -> Option<Point> {
        self.finished.get(key).cloned()
    }
}

/// Reads a line.
fn point(line: &[u8]) -> Result<Point, String> {
    let wrong = |error: String| format!("not a point of hqrn-run: {error}");
    let mut fields: Map<String, Value> = read_json(line).map_err(|error| wrong(error.to_string()))?;
    if fields.contains_key("format") {
        version_of(line, &FORMAT).map_err(|error| wrong(error.to_string()))?;
        fields.retain(|key, _| !matches!(key.as_str(), "format" | "version"));
    }
    serde_json::from_value(fields.into()).map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    /// What opening a file with this content says, and what is left of it.
    fn opened(content: &[u8]) -> (Result<usize, String>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.jsonl");
        std::fs::write(&path, content).unwrap();
        let points = Points::open(Some(&path)).map(|points| points.finished.len());
        (points, std::fs::read(&path).unwrap())
    }

    #[test]
    fn what_is_not_ours_stays_as_it_is() {
        for content in [
            "all my notes, without a line break at the end",
            "# 1\n# 2",
            "[[1, 2], [3, 4]]",
            r#"{"format":"hqrn-weights","version":1,"blocks":[]}"#,
            r#"{ "key": 3 }"#,
            "\n",
            "{\"key\":\"a\"}\n",
            "\u{FEFF}",
        ] {
            let (found, left) = opened(content.as_bytes());
            assert!(found.is_err_and(|message| message.lines().count() == 1), "{content}");
            assert_eq!(left, content.as_bytes());
        }
        let (later, _) = opened(b"{\"format\":\"hqrn-point\",\"version\":2,\"new\":1}\n");
        assert!(later.unwrap_err().ends_with("hqrn-point: version 2, this hqrn reads 1"));
    }

    #[test]
    fn a_torn_record_is_cut_wherever_it_is_torn() {
        for start in OPENINGS {
            let record = format!("{start}abc\",\"checkpoint\":\"n\u{e9}t\"");
            for end in 0..=record.len() {
                let (found, left) = opened(&record.as_bytes()[..end]);
                assert_eq!((found, left.as_slice()), (Ok(0), &[][..]), "{end}");
            }
        }
    }

    #[test]
    fn changed_files_are_read_or_refused_in_one_line() {
        let budget = crate::run::Budget { shots: Some(7), copies: None, cx: Some(3), gamma: 1.5 };
        let point = Point {
            key: "k".into(),
            checkpoint: "n\u{e9}t".into(),
            epoch: Some(3),
            over_rotation: None,
            alpha: Some(0.25),
            noise: None,
            machine: None,
            shots: crate::run::Shots::Finite(100),
            seed: 1,
            tally: crate::run::Tally::default(),
            budget,
        };
        let line = Line { format: FORMAT.name, version: FORMAT.newest, point: &point };
        let line = serde_json::to_string(&line).unwrap() + "\n";
        let text = line.repeat(2).into_bytes();
        assert_eq!(opened(&text), (Ok(1), text.clone()));
        // Without the last line break nothing is lost either.
        assert_eq!(opened(&text[..text.len() - 1]), (Ok(1), text.clone()));
        let mut rng = crate::random::rng(5);
        for _ in 0..1000 {
            let mut changed = text.clone();
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..changed.len());
                match rng.random_range(0..3) {
                    0 => changed[at] = rng.random(),
                    1 => _ = changed.remove(at),
                    _ => changed.truncate(at.max(1)),
                }
            }
            let (found, left) = opened(&changed);
            match found {
                Err(message) => assert_eq!((message.lines().count(), left), (1, changed), "{message}"),
                Ok(_) => assert!(left.len() <= changed.len() + 1),
            }
        }
    }
}
