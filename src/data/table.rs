//! Tables: a head line, a row a sample, the columns `label` and `split` where there are any.

use super::Samples;

/// Which rows of a table with a `split` column are wanted; other files have no such column and are taken whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Rows marked `train`.
    Train,
    /// Rows marked `test`.
    Test,
}

/// What rows of a split are marked with.
fn mark(split: Split) -> &'static str {
    match split {
        Split::Train => "train",
        Split::Test => "test",
    }
}

/// Whether a table has a column `split`, and rows of this one.
pub(super) fn has_rows(bytes: &[u8], split: Split) -> Result<bool, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let head = reader.headers().map_err(|error| error.to_string())?;
    let Some(column) = head.iter().position(|h| h.trim() == "split") else { return Ok(false) };
    for record in reader.records() {
        if record.map_err(|error| error.to_string())?[column].trim() == mark(split) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of the split that is wanted.
pub(super) fn read(bytes: &[u8], split: Split) -> Result<Samples, String> {
    let wanted = mark(split);
    let mut reader = csv::Reader::from_reader(bytes);
    let head = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| head.iter().position(|h| h.trim() == name);
    let (label_column, split_column) = (column("label"), column("split"));
    let (mut inputs, mut labels) = (vec![], vec![]);
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(row + 2, |p| p.line() as usize);
        if split_column.is_some_and(|c| record[c].trim() != wanted) {
            continue;
        }
        if let Some(c) = label_column {
            let label = record[c].trim();
            let parsed = label.parse::<usize>();
            labels.push(parsed.map_err(|_| format!("line {line}: label '{label}', expected a whole number"))?);
        }
        let entries = record.iter().enumerate().filter(|(c, _)| Some(*c) != label_column && Some(*c) != split_column);
        let number = |(c, text): (usize, &str)| match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("line {line}, column '{}': '{text}', expected a number", &head[c])),
        };
        inputs.push(entries.map(number).collect::<Result<Vec<f64>, String>>()?);
    }
    Ok(Samples { inputs, labels: label_column.map(|_| labels), ..Samples::default() })
}
