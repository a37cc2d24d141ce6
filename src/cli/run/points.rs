//! Finished points in a file, a line of JSON each, so that a sweep goes on where it was killed.

use crate::run::Point;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Points by their keys, and the file that new ones are added to.
pub struct Points {
    finished: BTreeMap<String, Point>,
    file: Option<(PathBuf, File)>,
}

impl Points {
    /// The points of a file, if there is one; a last line cut off by a kill is dropped.
    pub fn open(path: Option<&Path>) -> Result<Points, String> {
        let Some(path) = path else { return Ok(Points { finished: BTreeMap::new(), file: None }) };
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|error| format!("{shown}: {error}"))?,
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut finished = BTreeMap::new();
        for (i, line) in text[..whole].lines().enumerate() {
            let point: Point = serde_json::from_str(line)
                .map_err(|error| format!("{shown}: line {}: not a point of hqrn-run: {error}", i + 1))?;
            finished.insert(point.key.clone(), point);
        }
        let file =
            OpenOptions::new().create(true).append(true).open(path).map_err(|error| format!("{shown}: {error}"))?;
        file.set_len(whole as u64).map_err(|error| format!("{shown}: {error}"))?;
        Ok(Points { finished, file: Some((path.to_owned(), file)) })
    }

    /// Whether that point is finished.
    pub fn has(&self, key: &str) -> bool {
        self.finished.contains_key(key)
    }

    /// Adds a point.
    pub fn keep(&mut self, point: Point) -> Result<(), String> {
        if let Some((path, file)) = &mut self.file {
            let line = serde_json::to_string(&point).expect("a point has only finite numbers") + "\n";
            file.write_all(line.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        self.finished.insert(point.key.clone(), point);
        Ok(())
    }

    /// A finished point.
    pub fn get(&self, key: &str) -> Option<Point> {
        self.finished.get(key).cloned()
    }
}
