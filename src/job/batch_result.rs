//! What Braket and IonQ say of batches: probabilities of words, which are counts again once they are multiplied with shots.

use super::batches::Batch;
use super::ibm::Words;
use super::provider::Provider;
use serde_json::Value;

/// How far a share may be from a whole number of shots, in shots: what is told of probabilities has six digits or more.
const NEAR: f64 = 0.05;

/// The words of every column of every block, whatever batch it was in; none of those that have not come back. A file of Braket's has
/// `{"tasks": [...]}`, the result of each program set in order, one of IonQ's `{"jobs": [[{"0": 0.5, ...}, ...], ...]}`, the probabilities of the circuits
/// of each job in order.
///
/// # Errors
/// What is wrong, with its place.
pub(super) fn runs_of_batches(
    result: &Value,
    provider: Provider,
    batches: &[Batch],
    planned: &[Vec<u64>],
    bits: &[usize],
) -> Result<Vec<Vec<Words>>, String> {
    let key = if provider == Provider::Braket { "tasks" } else { "jobs" };
    let parts = result.get(key).and_then(Value::as_array);
    let parts = parts.ok_or_else(|| format!("{key}: missing, expected a list, a result for each batch of the plan"))?;
    if parts.len() > batches.len() {
        return Err(format!("{key}: {} results, the plan has {} batches", parts.len(), batches.len()));
    }
    let mut found: Vec<Vec<Option<Words>>> = planned.iter().map(|runs| vec![None; runs.len()]).collect();
    for (i, (part, batch)) in parts.iter().zip(batches).enumerate() {
        let place = format!("{key}[{i}]");
        let tables = if provider == Provider::Braket { of_program_set(part, &place)? } else { of_job(part, &place)? };
        if tables.len() != batch.columns.len() {
            let (has, wanted) = (tables.len(), batch.columns.len());
            return Err(format!("{place}: {has} results, its batch has {wanted}: of another plan, or not all of it"));
        }
        for ((block, m), table) in batch.columns.iter().zip(&tables) {
            let words = counted(table, batch.shots, bits[*block], provider)
                .map_err(|problem| format!("{place}: block {}, column {m}: {problem}", block + 1))?;
            found[*block][*m] = Some(words);
        }
    }
    // A block is there where all of it is.
    Ok(found
        .into_iter()
        .map(|columns| columns.into_iter().collect::<Option<Vec<Words>>>().unwrap_or_default())
        .collect())
}

type Shares = Vec<(String, f64)>;

fn shares(table: &Value) -> Option<Shares> {
    let share = |share: &Value| share.as_f64().filter(|share| (0.0..=1.0 + 1e-9).contains(share));
    table.as_object()?.iter().map(|(key, value)| Some((key.clone(), share(value)?))).collect()
}

/// The tables of a program set's executables, program by program.
fn of_program_set(part: &Value, place: &str) -> Result<Vec<Shares>, String> {
    let programs =
        part["programResults"].as_array().ok_or_else(|| format!("{place}.programResults: expected a list"))?;
    let mut all = vec![];
    for (p, program) in programs.iter().enumerate() {
        let place = format!("{place}.programResults[{p}].executableResults");
        let list = program["executableResults"].as_array().ok_or_else(|| format!("{place}: expected a list"))?;
        for (e, executable) in list.iter().enumerate() {
            if executable["inputsIndex"].as_u64().is_some_and(|index| index != e as u64) {
                return Err(format!("{place}[{e}]: of inputs {}, expected {e}", executable["inputsIndex"]));
            }
            // The programs that are sent measure all qubits in order.
            let measured = executable["measuredQubits"].as_array();
            if measured.is_some_and(|list| !list.iter().enumerate().all(|(i, q)| q.as_u64() == Some(i as u64))) {
                let found = &executable["measuredQubits"];
                return Err(format!("{place}[{e}]: measuredQubits {found}, expected all in order: of other programs"));
            }
            let table = match (&executable["measurementProbabilities"], &executable["measurements"]) {
                (table @ Value::Object(_), _) => shares(table),
                (_, Value::Array(shots)) => of_shots(shots),
                _ => None,
            };
            all.push(table.ok_or_else(|| format!("{place}[{e}]: neither measurementProbabilities nor measurements"))?);
        }
    }
    Ok(all)
}

/// The share of each word among shots, lists of bits.
fn of_shots(shots: &[Value]) -> Option<Shares> {
    let word = |shot: &Value| -> Option<String> {
        shot.as_array()?.iter().map(|bit| bit.as_u64().map(|bit| if bit == 0 { '0' } else { '1' })).collect()
    };
    shots.iter().map(|shot| Some((word(shot)?, 1.0 / shots.len() as f64))).collect()
}

/// The tables of a job's circuits.
fn of_job(part: &Value, place: &str) -> Result<Vec<Shares>, String> {
    let list = part.as_array().ok_or_else(|| format!("{place}: expected a list of tables like {{\"0\": 0.5}}"))?;
    let table = |(i, table)| shares(table).ok_or_else(|| format!("{place}[{i}]: expected a table like {{\"0\": 0.5}}"));
    list.iter().enumerate().map(table).collect()
}

/// Counts: Braket's words have bit 0 first, IonQ's numbers have it lowest.
fn counted(table: &Shares, shots: u64, bits: usize, provider: Provider) -> Result<Words, String> {
    let mut words = std::collections::BTreeMap::<Vec<u8>, f64>::new();
    for (key, share) in table {
        let number = match provider {
            Provider::Braket if key.len() == bits => {
                u64::from_str_radix(&key.chars().rev().collect::<String>(), 2).ok()
            }
            Provider::Braket => None,
            _ => key.parse().ok().filter(|n: &u64| n >> bits == 0),
        };
        let number = number.ok_or_else(|| format!("'{key}', expected a word of {bits} bits"))?;
        let bytes = (0..bits.div_ceil(8)).map(|i| (number >> (8 * i) & 0xff) as u8).collect();
        *words.entry(bytes).or_default() += share * shots as f64;
    }
    let whole = |(word, count): (Vec<u8>, f64)| {
        let near = count.round();
        if (count - near).abs() > NEAR {
            Err(format!("{count:.3} shots of a word: of other shots than the plan's {shots}"))
        } else {
            Ok((word, near as u64))
        }
    };
    words.into_iter().map(whole).collect()
}
