//! Files of counts as clients write them: which table in them is meant, and what its numbers are.

use super::keys::Writing;
use super::records;
use super::table::{Table, is_permutation, list};
use super::words::{Counts, CountsError};
use crate::files::read_json;
use crate::target::{BitOrder, Dialect};
use serde_json::{Map, Value};

/// What a file of counts holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountsFile {
    /// The counts.
    pub counts: Counts,
    /// How they are written, in words.
    pub written: &'static str,
    /// Which end of what is written is bit 0.
    pub order: BitOrder,
}

type Object = Map<String, Value>;
type Read = fn(&Object, &Value, usize) -> Result<Table, CountsError>;

/// Keys that say what an object is, the first that is there decides.
const KEYS: &[(&str, Read)] = &[
    ("measurementCounts", |all, found, bits| braket(all, table(found, None)?, bits)),
    ("measurement_counts", |all, found, bits| braket(all, table(found, None)?, bits)),
    ("measurements", |all, found, bits| braket(all, shots(found)?, bits)),
    ("measurementProbabilities", |all, found, bits| {
        let metadata = all.get("taskMetadata").and_then(Value::as_object);
        braket(all, table(found, shot_count(metadata.unwrap_or(all)))?, bits)
    }),
    ("cirq_type", |all, _, bits| records::cirq(all, bits)),
    ("results", |_, found, bits| qiskit(found, bits)),
    ("Results", |_, found, _| azure(found)),
    ("counts", |all, found, bits| match found {
        Value::Array(_) if all.contains_key("bits") => records::pytket(all, found, bits),
        Value::Array(_) => shots(found),
        _ => table(found, None),
    }),
    ("shots", |all, found, bits| match found {
        Value::Object(_) if all.contains_key("bits") => records::pytket(all, found, bits),
        Value::Array(_) => shots(found),
        _ => probabilities(all),
    }),
    ("histogram", |all, found, _| table(found, shot_count(all))),
    ("Histogram", |all, found, _| match found.get(0).and_then(|entry| entry.get("Count")) {
        Some(_) => azure(&Value::Array(vec![Value::Object(all.clone())])),
        None => Err(without_shots()),
    }),
    ("probabilities", |all, found, _| table(found, shot_count(all))),
    ("quasi_dists", |_, _, _| Err(quasi())),
    ("quasi_dist", |_, _, _| Err(quasi())),
];

/// Reads what a client returned for a program of `bits` bits: tables `{"0110": 12, ...}` under any of the names and in any
/// of the writings that clients use, or lists of shots. Where neither the file nor `asked` says which end is bit 0,
/// it is where the clients of this dialect have it.
///
/// # Errors
/// If it is no such JSON, does not fit the program, does not say which end is bit 0, or has no shots.
pub fn read_counts(
    text: &[u8],
    bits: usize,
    asked: Option<BitOrder>,
    dialect: &Dialect,
) -> Result<CountsFile, CountsError> {
    let value: Value = read_json(text).map_err(|error| CountsError(error.to_string()))?;
    counts_of(&value, bits, asked, dialect)
}

/// The same of a file that may hold the counts of several runs, in order, of which run i is of a program of `bits(i)` bits: a list of what
/// [`read_counts`] takes of one, as a JSON array of objects, or the results of several circuits in one of Qiskit's.
///
/// # Errors
/// As [`read_counts`]; where there are several, with the number of the run from 0.
pub fn read_counts_of_many(
    text: &[u8],
    bits: impl Fn(usize) -> usize,
    asked: Option<BitOrder>,
    dialect: &Dialect,
) -> Result<Vec<CountsFile>, CountsError> {
    let value: Value = read_json(text).map_err(|error| CountsError(error.to_string()))?;
    let several: Vec<Value> = match &value {
        Value::Array(all) if all.first().is_some_and(Value::is_object) => all.clone(),
        Value::Object(all) => match all.get("results") {
            // What else stands beside them is of all.
            Some(Value::Array(results)) => {
                results.iter().map(|result| serde_json::json!({ "results": [result] })).collect()
            }
            _ => vec![],
        },
        _ => vec![],
    };
    if several.len() < 2 {
        return Ok(vec![counts_of(several.first().unwrap_or(&value), bits(0), asked, dialect)?]);
    }
    let one =
        |(i, value)| counts_of(value, bits(i), asked, dialect).map_err(|error| CountsError(format!("[{i}]: {error}")));
    several.iter().enumerate().map(one).collect()
}

fn counts_of(
    value: &Value,
    bits: usize,
    asked: Option<BitOrder>,
    dialect: &Dialect,
) -> Result<CountsFile, CountsError> {
    let Table { rows, places, order, shots: stated } = match value {
        Value::Array(_) => shots(value)?,
        Value::Object(all) => {
            match KEYS.iter().find_map(|(key, read)| Some((read, all.get(*key).filter(|found| !found.is_null())?))) {
                Some((read, found)) => with_shots(read(all, found, bits)?, all),
                None => table(value, None)?,
            }
        }
        _ => return Err(unknown()),
    };
    if rows.is_empty() {
        return Err(CountsError("no shots".into()));
    }
    let keys: Vec<&str> = rows.iter().map(|(key, _)| key.as_str()).collect();
    let writing = Writing::of(&keys, bits)?;
    if let (Some(own), Some(asked)) = (order, asked)
        && own != asked
    {
        let (own, asked) = (own.name(), asked.name());
        return Err(CountsError(format!("this client's words have bit 0 {own}: --order {asked} contradicts them")));
    }
    let order = writing.order(asked.or(order), dialect)?;
    let mut counts = Counts::default();
    for (key, count) in &rows {
        let word = writing.word(key, bits, order)?;
        let word = places.as_ref().map_or_else(
            || word.clone(),
            |places| {
                let mut placed = vec![false; bits];
                places.iter().zip(&word).for_each(|(place, bit)| placed[*place] = *bit);
                placed
            },
        );
        counts.add(word, *count)?;
    }
    match (counts.shots(), stated) {
        (0, _) => Err(CountsError("no shots".into())),
        // What did not count is part of the probabilities: a table without it says another thing.
        (found, Some(stated)) if found != stated => {
            Err(CountsError(format!("counts of {found} shots, the file says {stated}")))
        }
        _ => Ok(CountsFile { counts, written: writing.name(), order }),
    }
}

/// The number of shots that stands beside a table, where it has none yet.
fn with_shots(table: Table, all: &Object) -> Table {
    let metadata = all.get("taskMetadata").and_then(Value::as_object);
    let shots = table.shots.or_else(|| shot_count(all)).or_else(|| shot_count(metadata?));
    Table { shots, ..table }
}

fn unknown() -> CountsError {
    CountsError("expected counts like {\"0110\": 12}, or what a client's result holds of them".into())
}

fn quasi() -> CountsError {
    CountsError("quasi-probabilities, which are no counts any more: save the counts that they were made from".into())
}

fn without_shots() -> CountsError {
    CountsError("probabilities without the number of shots: save the counts".into())
}

fn shot_count(all: &Object) -> Option<u64> {
    all.get("shots").and_then(Value::as_u64)
}

/// An object that has `shots` beside a table of probabilities, or that is such a table.
fn probabilities(all: &Object) -> Result<Table, CountsError> {
    match all.get("probabilities").or(all.get("histogram")) {
        Some(found) => table(found, shot_count(all)),
        None => Err(unknown()),
    }
}

/// A table of counts by what was read; of probabilities where the number of shots is known.
pub(super) fn table(found: &Value, shots: Option<u64>) -> Result<Table, CountsError> {
    let all = found.as_object().ok_or_else(unknown)?;
    // One of them tells what all are.
    if all.values().filter_map(Value::as_f64).any(|number| number < 0.0 && number.fract() != 0.0) {
        return Err(quasi());
    }
    let row = |(key, value): (&String, &Value)| Ok((key.clone(), count(key, value, shots)?));
    Ok(Table { rows: all.iter().map(row).collect::<Result<_, _>>()?, ..Table::default() })
}

/// A number of shots, or a share of them.
fn count(key: &str, value: &Value, shots: Option<u64>) -> Result<u64, CountsError> {
    let wrong = |expected: &str| CountsError(format!("'{key}': {value}, expected {expected}"));
    let number = value.as_f64().ok_or_else(|| wrong("a whole number"))?;
    if number < 0.0 {
        return Err(wrong("a whole number"));
    }
    match (value.as_u64(), shots) {
        (Some(count), None) => Ok(count),
        // Up to there every whole number is one in f64.
        (None, None) if number.fract() == 0.0 && number <= 9e15 => Ok(number as u64),
        (_, None) if number < 1.0 => Err(without_shots()),
        (_, None) => Err(wrong("a whole number")),
        (_, Some(shots)) => {
            let times = number * shots as f64;
            // A probability is written with six digits or more.
            let near = number <= 1.0 && (times - times.round()).abs() <= 1e-6 * shots as f64 + 1e-3;
            if near { Ok(times.round() as u64) } else { Err(wrong(&format!("a share of {shots} shots"))) }
        }
    }
}

/// A list of shots: words, or lists of bits.
fn shots(found: &Value) -> Result<Table, CountsError> {
    let all = found.as_array().ok_or_else(unknown)?;
    let row = |(i, shot): (usize, &Value)| match shot {
        Value::String(word) => Ok((word.clone(), 1)),
        Value::Array(items) => Ok((list(items), 1)),
        _ => Err(CountsError(format!("[{i}]: {shot}, expected what a shot read, like \"0110\" or [0, 1, 1, 0]"))),
    };
    Ok(Table { rows: all.iter().enumerate().map(row).collect::<Result<_, _>>()?, ..Table::default() })
}

/// What Braket says of a task: which qubit each place of a word is.
fn braket(all: &Object, table: Table, bits: usize) -> Result<Table, CountsError> {
    let Some(measured) = all.get("measuredQubits").or(all.get("measured_qubits")) else {
        return Ok(Table { order: Some(BitOrder::First), ..table });
    };
    let places: Option<Vec<usize>> =
        measured.as_array().and_then(|list| list.iter().map(|q| q.as_u64().map(|q| q as usize)).collect());
    if !places.as_ref().is_some_and(|places| is_permutation(places, bits)) {
        return Err(CountsError(format!("measuredQubits: {measured}, the program reads qubits 0 to {}", bits - 1)));
    }
    Ok(Table { order: Some(BitOrder::First), places, ..table })
}

/// Qiskit's results as a dictionary: of one circuit.
fn qiskit(found: &Value, bits: usize) -> Result<Table, CountsError> {
    let all = found.as_array().ok_or_else(unknown)?;
    let [result] = &all[..] else {
        return Err(CountsError(format!("results of {} circuits: save those of one program in a file", all.len())));
    };
    if result.get("success").and_then(Value::as_bool) == Some(false) {
        return Err(CountsError("results[0] says that the run failed".into()));
    }
    let slots = result.get("header").and_then(|header| header.get("memory_slots")).and_then(Value::as_u64);
    if let Some(slots) = slots.filter(|slots| *slots != bits as u64) {
        return Err(CountsError(format!("results[0] has {slots} bits, the program reads {bits}")));
    }
    let shots = result.get("shots").and_then(Value::as_u64);
    match result.get("data").and_then(|data| data.get("counts")) {
        Some(counts) => Ok(Table { shots, ..table(counts, None)? }),
        None => Err(CountsError("results[0].data has no counts: run the program with measurements and shots".into())),
    }
}

/// Azure Quantum's second format: a histogram of outcomes.
fn azure(found: &Value) -> Result<Table, CountsError> {
    let all = found.as_array().ok_or_else(unknown)?;
    let [result] = &all[..] else {
        return Err(CountsError(format!("results of {} programs: save those of one in a file", all.len())));
    };
    let histogram = result.get("Histogram").and_then(Value::as_array).ok_or_else(unknown)?;
    let row = |(i, entry): (usize, &Value)| {
        let outcome = entry.get("Outcome").and_then(Value::as_array);
        let read = outcome.zip(entry.get("Count").and_then(Value::as_u64));
        let (outcome, count) =
            read.ok_or_else(|| CountsError(format!("Histogram[{i}]: expected Outcome, a list of bits, and Count")))?;
        Ok((list(outcome), count))
    };
    Ok(Table { rows: histogram.iter().enumerate().map(row).collect::<Result<_, _>>()?, ..Table::default() })
}

#[cfg(test)]
mod tests;
