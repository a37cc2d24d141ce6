//! The one door for JSON: what every file says of itself is read before anything else, and no key may be there twice.
//!
//! A file of ours opens with `"format"` and `"version"`. They are looked at first, so that a file of another format or
//! of a later version says so, whatever unknown keys it has besides; within a version unknown keys are errors.

use super::read::without_mark;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What `"format"` must say, and what messages call the file.
    pub name: &'static str,
    /// Whether the files have a key `"format"` at all.
    pub named: bool,
    /// The newest version that can be read; the oldest is 1.
    pub newest: u32,
}

/// JSON that cannot be used: where, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}", self.message())]
pub struct JsonError {
    /// Path to the value, like `blocks[0].bias[3]`; "the file" for all of it.
    pub place: String,
    /// What is wrong, on one line.
    pub problem: String,
    /// Line and column in the text, both from 1, where the text itself is at fault.
    pub at: Option<(usize, usize)>,
}

impl JsonError {
    fn new(place: &str, problem: impl Into<String>) -> JsonError {
        JsonError { place: place.to_owned(), problem: problem.into(), at: None }
    }

    /// Of an error that serde_json found at this path.
    fn found(path: &str, error: &serde_json::Error) -> JsonError {
        let text = error.to_string();
        let at = (error.line() > 0).then(|| (error.line(), error.column()));
        let text = at.and_then(|_| text.rsplit_once(" at line ")).map_or(text.as_str(), |(text, _)| text);
        // Keys of the file are quoted in the text, and may hold anything.
        let place = if matches!(path, "" | ".") { WHOLE.to_owned() } else { one_line(path) };
        JsonError { place, problem: one_line(&plainly(text)), at }
    }

    /// The same, naming the word that stands where a value was expected.
    fn quoting(mut self, text: &[u8]) -> JsonError {
        if let Some((line, column)) =
            self.at.filter(|_| matches!(&self.problem[..], "expected value" | "invalid number"))
        {
            let line = text.split(|b| *b == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
            let start = column.saturating_sub(1).min(line.len());
            // A number goes wrong behind its sign.
            let start = if line[..start].ends_with(b"-") { start - 1 } else { start };
            let rest = &line[start..];
            let is_word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'+' | b'-' | b'.');
            let word: String = rest.iter().take_while(is_word).take(20).map(|b| char::from(*b)).collect();
            let why = match word.trim_start_matches(['-', '+']).to_ascii_lowercase().as_str() {
                "nan" | "inf" | "infinity" => "JSON has no such number",
                "none" | "true" | "false" => "JSON has null, true and false",
                _ => "no value of JSON",
            };
            if !word.is_empty() {
                self.problem = format!("'{word}': {why}");
            }
        }
        self
    }

    /// What is wrong, with line and column.
    pub fn message(&self) -> String {
        match self.at {
            Some((line, column)) => format!("{} at line {line} column {column}", self.problem),
            None => self.problem.clone(),
        }
    }
}

/// A text without line breaks and other control characters, which what it quotes may have.
pub fn one_line(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// The place of what concerns no value in particular.
const WHOLE: &str = "the file";

/// Reads JSON of any form.
///
/// # Errors
/// A syntax error, a key that is there twice in one object, something else than `T`, or more text behind it.
pub fn read_json<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, JsonError> {
    let text = marked(text)?;
    check_json(text)?;
    typed(text)
}

/// What serde says is expected, in words of JSON in place of those of Rust.
fn plainly(text: &str) -> String {
    let Some((found, expected)) = text.rsplit_once(", expected ") else { return text.to_owned() };
    let word = expected.split_whitespace().next().unwrap_or_default();
    let plain = match expected {
        "f64" | "f32" => "a number",
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number, not negative",
        "i64" | "i32" => "a whole number",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if word == "struct" => "an object",
        _ => expected,
    };
    format!("{found}, expected {plain}")
}

/// Reads a file of this format.
///
/// # Errors
/// As [`read_json`], and another format or a later version, which are named before anything else but a syntax error.
pub fn read_file<'a, T: Deserialize<'a>>(text: &'a [u8], format: &Format) -> Result<T, JsonError> {
    version_of(text, format)?;
    typed(marked(text)?)
}

/// The version of a file of this format, in text that is JSON without duplicate keys.
///
/// # Errors
/// A syntax error, a key that is there twice, another format, a version that this program does not read.
pub fn version_of(text: &[u8], format: &Format) -> Result<u32, JsonError> {
    #[derive(Deserialize)]
    struct Header {
        format: Option<Value>,
        version: Option<Value>,
    }
    let text = marked(text)?;
    check_json(text)?;
    let header: Header = typed(text)?;
    let Format { name, named, newest } = *format;
    let shown = |value: &Option<Value>| {
        value.as_ref().map_or("missing".to_owned(), |value| match value {
            Value::String(text) => format!("'{}'", text.escape_debug()),
            Value::Array(_) | Value::Object(_) => "a list or an object".to_owned(),
            other => other.to_string(),
        })
    };
    if named && header.format.as_ref().is_none_or(|format| format != name) {
        return Err(JsonError::new("format", format!("{}, expected '{name}'", shown(&header.format))));
    }
    match header.version.as_ref().and_then(Value::as_u64) {
        Some(version) if (1..=u64::from(newest)).contains(&version) => Ok(version as u32),
        Some(version) if version > u64::from(newest) => {
            let reads = if newest == 1 { "1".to_owned() } else { format!("1 to {newest}") };
            Err(JsonError::new(name, format!("version {version}, this hqrn reads {reads}")))
        }
        _ => {
            let reads = if newest == 1 { "1".to_owned() } else { format!("1 to {newest}") };
            Err(JsonError::new("version", format!("{}, expected {reads}", shown(&header.version))))
        }
    }
}

/// Checks that a text is JSON, all of it, and that no object has a key twice.
///
/// # Errors
/// The first place where it is not so.
pub fn check_json(text: &[u8]) -> Result<(), JsonError> {
    scan(text, true)
}

/// Checks that no value of a text that is JSON is null: what is not there is left out, and a null is where an exporter had no
/// number.
///
/// # Errors
/// The first place where it is not so.
pub fn check_no_null(text: &[u8]) -> Result<(), JsonError> {
    scan(text, false)
}

fn scan(text: &[u8], nulls: bool) -> Result<(), JsonError> {
    let mut path = vec![];
    let mut source = serde_json::Deserializer::from_slice(text);
    let scanned = Scan { path: &mut path, nulls }.deserialize(&mut source);
    scanned.map_err(|error| JsonError::found(&shown_path(&path), &error).quoting(text))?;
    source.end().map_err(|error| JsonError { place: "after the end".into(), ..JsonError::found("", &error) })
}

/// JSON without a byte order mark.
fn marked(text: &[u8]) -> Result<&[u8], JsonError> {
    without_mark(text).map_err(|problem| JsonError::new(WHOLE, problem))
}

/// A value of a type, in text that was checked; with the path to what does not fit.
///
/// # Errors
/// The first place that does not fit.
pub(crate) fn typed<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, JsonError> {
    let mut source = serde_json::Deserializer::from_slice(text);
    serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        JsonError::found(&path, &error.into_inner())
    })
}

/// A step from a value into one that it holds.
enum Step {
    Key(String),
    Index(usize),
}

/// Longest path of a message, in steps: none of our files is this deep, and a file that is can be deep without end.
const SHOWN_STEPS: usize = 12;

fn shown_path(path: &[Step]) -> String {
    let mut out = String::new();
    for step in &path[..path.len().min(SHOWN_STEPS)] {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.extend([".", key]),
            Step::Index(i) => out.push_str(&format!("[{i}]")),
        }
    }
    if path.len() > SHOWN_STEPS {
        out.push('…');
    }
    out
}

/// Goes through a value and keeps nothing of it; after an error the path is that of the place.
struct Scan<'p> {
    path: &'p mut Vec<Step>,
    /// Whether values may be null.
    nulls: bool,
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        if self.nulls {
            Ok(())
        } else {
            Err(E::custom("null, expected a value: leave the key out where there is none"))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Scan { path, nulls } = self;
        path.push(Step::Index(0));
        while list.next_element_seed(Scan { path, nulls })?.is_some() {
            if let Some(Step::Index(i)) = path.last_mut() {
                *i += 1;
            }
        }
        path.pop();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Scan { path, nulls } = self;
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            path.push(Step::Key(key.clone()));
            if keys.contains(&key) {
                return Err(A::Error::custom("this key is there twice"));
            }
            keys.insert(key);
            map.next_value_seed(Scan { path, nulls })?;
            path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: Format = Format { name: "hqrn-test", named: true, newest: 1 };

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Probe {
        format: String,
        version: u32,
        list: Vec<f64>,
    }

    fn message(text: &str) -> String {
        read_file::<Probe>(text.as_bytes(), &FORMAT).unwrap_err().to_string()
    }

    #[test]
    fn format_and_version_come_first() {
        let good = r#"{"list": [1, 2], "format": "hqrn-test", "version": 1}"#;
        assert_eq!(read_file::<Probe>(good.as_bytes(), &FORMAT).unwrap().list, [1.0, 2.0]);
        let later = good.replace("1}", r#"2, "family": {"new": true}, "list2": []}"#);
        assert_eq!(message(&later), "hqrn-test: version 2, this hqrn reads 1");
        let two = Format { newest: 2, ..FORMAT };
        assert_eq!(version_of(later.as_bytes(), &two), Ok(2));
        let third = later.replace(": 2,", ": 3,");
        assert_eq!(version_of(third.as_bytes(), &two).unwrap_err().problem, "version 3, this hqrn reads 1 to 2");
        let other = later.replace("hqrn-test", "hqrn-weights");
        assert_eq!(message(&other), "format: 'hqrn-weights', expected 'hqrn-test'");
        assert_eq!(message("{}"), "format: missing, expected 'hqrn-test'");
        assert_eq!(message(&good.replace("1}", "1.5}")), "version: 1.5, expected 1");
        assert_eq!(message(&good.replace("1}", "0}")), "version: 0, expected 1");
        assert_eq!(message(&good.replace(r#""version": 1"#, r#""v": 1"#)), "version: missing, expected 1");
        let bare = Format { named: false, ..FORMAT };
        assert_eq!(version_of(br#"{"version": 1}"#, &bare), Ok(1));
    }

    #[test]
    fn unknown_keys_of_our_version_have_a_place() {
        let text = r#"{"format": "hqrn-test", "version": 1, "list": [1], "lists": [2]}"#;
        assert!(message(text).starts_with("lists: unknown field `lists`, expected one of"), "{}", message(text));
        let text = r#"{"format": "hqrn-test", "version": 1, "list": [1, "x"]}"#;
        assert!(message(text).starts_with("list[1]: invalid type: string \"x\""), "{}", message(text));
    }

    #[test]
    fn keys_that_are_there_twice_are_named() {
        let twice = |text: &str| read_json::<Value>(text.as_bytes()).unwrap_err().place;
        assert_eq!(twice(r#"{"011": 1, "010": 2, "011": 3}"#), "011");
        assert_eq!(twice(r#"{"a": [{}, {"b": {"c": 1, "c": 1}}]}"#), "a[1].b.c");
        assert_eq!(twice(r#"[[{"x": 1, "\u0078": 1}]]"#), "[0][0].x");
        let same = r#"{"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": 1}]}"#;
        assert!(read_json::<Value>(same.as_bytes()).is_ok());
    }

    #[test]
    fn syntax_errors_have_path_and_position_on_one_line() {
        let found = |text: &str| check_json(text.as_bytes()).unwrap_err();
        let nan = found("{\"weight\": [[1, 0],\n [0, NaN]]}");
        assert_eq!((nan.place.as_str(), nan.at), ("weight[1][1]", Some((2, 6))));
        assert_eq!(found("{\"a\": 1} x").place, "after the end");
        assert_eq!(found("").to_string(), "the file: EOF while parsing a value at line 1 column 0");
        let odd = read_file::<Probe>(br#"{"format": "hqrn-test", "version": 1, "a\nb": 1}"#, &FORMAT).unwrap_err();
        assert_eq!(odd.to_string().lines().count(), 1, "{odd}");
    }
}
