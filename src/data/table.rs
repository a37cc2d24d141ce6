//! Tables: a head line, a row a sample, the columns of labels and of the split where there are any.

use super::Samples;
use super::head::{Head, has_comma, number};
use std::collections::BTreeMap;

/// Which rows of a table with a `split` column are wanted; other files have no such column and are taken whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Rows marked `train`, in whatever case.
    Train,
    /// Rows marked `test`.
    Test,
}

impl Split {
    /// What its rows are marked with.
    fn mark(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "test",
        }
    }

    /// Whether a row that says this is one of its.
    fn has(self, text: &str) -> bool {
        text.trim().eq_ignore_ascii_case(self.mark())
    }
}

/// The text of a table, and what its columns are.
fn opened(bytes: &[u8]) -> Result<(&[u8], Head), String> {
    let bytes = crate::files::without_mark(bytes)?;
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    let line = String::from_utf8_lossy(&bytes[..end]);
    Ok((bytes, Head::of(line.trim_end_matches('\r'))?))
}

fn reader<'a>(bytes: &'a [u8], head: &Head) -> csv::Reader<&'a [u8]> {
    csv::ReaderBuilder::new().has_headers(!head.is_missing()).delimiter(head.separator).from_reader(bytes)
}

/// Whether a table has a column `split`, and rows of this one.
pub(super) fn has_rows(bytes: &[u8], split: Split) -> Result<bool, String> {
    let (bytes, head) = opened(bytes)?;
    let Some(column) = head.split else { return Ok(false) };
    for record in reader(bytes, &head).records() {
        if split.has(&record.map_err(|error| error.to_string())?[column]) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of the split that is wanted.
pub(super) fn read(bytes: &[u8], split: Split) -> Result<Samples, String> {
    let (bytes, head) = opened(bytes)?;
    let (mut inputs, mut labels) = (vec![], vec![]);
    let mut unknown = BTreeMap::<String, usize>::new();
    let mut marks = Marks::default();
    for (row, record) in reader(bytes, &head).records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(row + 2, |p| p.line() as usize);
        let word = head.split.map(|column| &record[column]);
        if let Some(word) = word.filter(|word| ![Split::Train, Split::Test].iter().any(|split| split.has(word))) {
            *unknown.entry(word.trim().to_owned()).or_default() += 1;
            continue;
        }
        let wanted = word.is_none_or(|word| split.has(word));
        if let Some(c) = head.label.filter(|_| wanted) {
            labels.push(label(&record[c]).map_err(|problem| format!("line {line}: {problem}"))?);
        }
        let entries = record.iter().enumerate().filter(|(c, _)| Some(*c) != head.label && Some(*c) != head.split);
        let value = |(c, text): (usize, &str)| {
            let place = || format!("line {line}, column '{}': '{text}'", head.name(c));
            let value = number(text, head.separator).ok_or_else(|| format!("{}, expected a number", place()))?;
            if marks.both(text) {
                return Err(format!(
                    "{}: commas and points as decimal marks in one table, expected one of them",
                    place()
                ));
            }
            Ok(value)
        };
        // Those of the other split, too: a table with a number that is none is not what it was meant to be.
        let row = entries.map(value).collect::<Result<Vec<f64>, String>>()?;
        if wanted {
            inputs.push(row);
        }
    }
    let rows = |(word, count): (&String, &usize)| format!("{count} rows of split '{word}'");
    let unknown: Vec<String> = unknown.iter().map(rows).collect();
    if inputs.is_empty() && head.split.is_some() {
        let others = if unknown.is_empty() { String::new() } else { format!(", but {}", unknown.join(", ")) };
        return Err(format!("no rows of split '{}'{others}", split.mark()));
    }
    let notes = unknown.into_iter().map(|rows| format!("{rows} are not used")).collect();
    let mut samples = Samples { inputs, labels: head.label.map(|_| labels), notes, ..Samples::default() };
    if marks.comma {
        samples.notes.push("commas are taken as decimal marks: 1,234 is 1.234".into());
    }
    if head.counted {
        samples.notes.push("the first line counts its columns from 0: it is taken as names, not as a sample".into());
    }
    if head.is_missing() {
        samples.notes.push("no line of names: the first line is taken as a sample, and no column for labels".into());
    }
    Ok(samples)
}

/// Which decimal marks numbers have had so far.
#[derive(Default)]
struct Marks {
    comma: bool,
    point: bool,
}

impl Marks {
    /// Whether there are both, with this number.
    fn both(&mut self, text: &str) -> bool {
        self.comma |= has_comma(text);
        self.point |= text.contains('.');
        self.comma && self.point
    }
}

/// A class, from 0; `2.0` is one as well.
fn label(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let whole = |value: f64| (value >= 0.0 && value.fract() == 0.0 && value <= 1e9).then_some(value as usize);
    let parsed = text.parse().ok().or_else(|| text.parse().ok().and_then(whole));
    parsed.ok_or_else(|| format!("label '{text}', expected a whole number"))
}
