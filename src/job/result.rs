//! What came back of a job: the words of every run, whoever wrote them down, and from them the counts of every block.

use super::batch_result::runs_of_batches;
use super::batches::batches_of;
use super::expected::Expected;
use super::ibm::{self, Words};
use super::measured::{Measured, Tile};
use super::plan::{Plan, PlannedBlock, settings};
use super::provider::Provider;
use super::reading::Reading;
use crate::linalg::RealMatrix;
use crate::random::stream;
use crate::simulator::Multinomial;
use crate::simulator::noise::ReadoutError;
use rand::seq::SliceRandom;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A result that cannot be used, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// Not what a job of this plan comes back with.
    #[error("{0}")]
    Other(String),
    /// A part of it only: what is there is good.
    #[error(
        "of {blocks} blocks, those of {missing:?} have not come back: nothing was collected, give the whole result"
    )]
    Partial {
        /// Blocks of the plan.
        blocks: usize,
        /// Those without counts, from 1.
        missing: Vec<usize>,
    },
}

/// Beyond, counts are no longer exact in f64.
const MOST: u64 = 1 << 53;

fn other(problem: impl Into<String>) -> ResultError {
    ResultError::Other(problem.into())
}

/// How the copies of a block's circuit are read.
#[derive(Clone, Debug)]
pub struct BlockReading {
    /// Bits that the program measures.
    pub bits: usize,
    /// Of every copy: what its words are worth, and how its bits are misread.
    pub tiles: Vec<(Reading, Vec<ReadoutError>)>,
}

/// The runs of every program: a typed result of IBM's client, what its service answers without types, or the short form
/// `{"pubs": [[{"0x3": 12, ...}, ...], ...]}`: of every program of every run the counts by word, bit i of which is worth 2^i.
fn runs(result: &Value, readings: &[BlockReading], shots: u64) -> Result<Vec<Vec<Words>>, ResultError> {
    let bits: Vec<usize> = readings.iter().map(|reading| reading.bits).collect();
    if result.get("__type__").is_some() {
        return ibm::results(result, &bits).map_err(other);
    }
    let (key, parts) = match (result.get("pubs"), result.get("results")) {
        (Some(Value::Array(parts)), _) => ("pubs", parts),
        (_, Some(Value::Array(parts))) => ("results", parts),
        _ => return Err(other("expected a result of IBM's Sampler, or {\"pubs\": [[{\"0x3\": 12}]]}")),
    };
    if parts.len() > bits.len() {
        return Err(other(format!("{key}: of {} programs, the plan has {}", parts.len(), bits.len())));
    }
    let mut all = vec![];
    for (i, part) in parts.iter().enumerate() {
        let place = format!("{key}[{i}]");
        all.push(if key == "pubs" { tables(part, &place, bits[i])? } else { samples(part, &place, bits[i], shots)? });
    }
    all.resize(bits.len(), vec![]);
    Ok(all)
}

/// The short form of one program.
fn tables(part: &Value, place: &str, bits: usize) -> Result<Vec<Words>, ResultError> {
    let list = part.as_array().ok_or_else(|| other(format!("{place}: expected a table of counts for each run")))?;
    let table = |(j, table): (usize, &Value)| {
        let rows =
            table.as_object().ok_or_else(|| other(format!("{place}[{j}]: expected counts like {{\"0x3\": 12}}")))?;
        let row = |(key, count): (&String, &Value)| {
            let count =
                count.as_u64().ok_or_else(|| other(format!("{place}[{j}].{key}: {count}, expected a count")))?;
            if count > MOST {
                return Err(other(format!("{place}[{j}].{key}: {count}, expected at most 2^53 shots")));
            }
            Ok((word(key, bits).ok_or_else(|| no_word(&format!("{place}[{j}]"), key, bits))?, count))
        };
        let words = rows.iter().map(row).collect::<Result<Words, ResultError>>()?;
        // 0x1 and 0x01 are the same.
        let mut different: Vec<&Vec<u8>> = words.iter().map(|(word, _)| word).collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < words.len() {
            return Err(other(format!("{place}[{j}]: a word is there twice")));
        }
        Ok(words)
    };
    list.iter().enumerate().map(table).collect()
}

/// `{"data": {"c": {"samples": ["0x3", ...], "num_bits": 7}}}`: all shots of the first run, then of the second.
fn samples(part: &Value, place: &str, bits: usize, shots: u64) -> Result<Vec<Words>, ResultError> {
    let fields = part["data"].as_object().filter(|fields| fields.len() == 1);
    let register = fields.and_then(|fields| fields.values().next());
    let register = register.ok_or_else(|| other(format!("{place}.data: expected one register of bits")))?;
    if register["num_bits"].as_u64() != Some(bits as u64) {
        let found = &register["num_bits"];
        return Err(other(format!("{place}: {found} bits, the program of the plan reads {bits}")));
    }
    let list =
        register["samples"].as_array().ok_or_else(|| other(format!("{place}: samples: missing, expected a list")))?;
    let nested = list.first().is_some_and(Value::is_array);
    let flat: Vec<&Value> =
        if nested { list.iter().filter_map(Value::as_array).flatten().collect() } else { list.iter().collect() };
    let mut all = vec![];
    for run in flat.chunks(usize::try_from(shots).unwrap_or(usize::MAX)) {
        let mut found = BTreeMap::<Vec<u8>, u64>::new();
        for sample in run {
            let key = sample.as_str().unwrap_or_default();
            *found.entry(word(key, bits).ok_or_else(|| no_word(place, &sample.to_string(), bits))?).or_default() += 1;
        }
        all.push(found.into_iter().collect());
    }
    Ok(all)
}

fn no_word(place: &str, key: &str, bits: usize) -> ResultError {
    other(format!("{place}: {key}, expected a word of {bits} bits like 0x3"))
}

/// The bytes of a hexadecimal word, lowest first.
fn word(key: &str, bits: usize) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        key.strip_prefix("0x")?.chars().rev().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let mut bytes = vec![0; bits.div_ceil(8)];
    for (i, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
        let shifted = if i.is_multiple_of(2) { *digit } else { digit << 4 };
        *bytes.get_mut(i / 2)? |= shifted;
    }
    let beyond = |bit: usize| bytes[bit / 8] >> (bit % 8) & 1 == 1;
    (!digits.is_empty() && !(bits..8 * bytes.len()).any(beyond)).then_some(bytes)
}

/// The counts of every block.
///
/// # Errors
/// If it is no result of a job of this plan, or not a whole one.
pub fn collected(
    result: &Value,
    provider: Provider,
    blocks: &[PlannedBlock],
    readings: &[BlockReading],
    shots: u64,
) -> Result<Vec<Measured>, ResultError> {
    let runs = match provider.most_columns().filter(|_| result.get("pubs").is_none()) {
        None => runs(result, readings, shots)?,
        Some(most) => {
            let bits: Vec<usize> = readings.iter().map(|reading| reading.bits).collect();
            let planned: Vec<Vec<u64>> = blocks.iter().map(|block| block.runs.clone()).collect();
            runs_of_batches(result, provider, &batches_of(&planned, most), &planned, &bits).map_err(other)?
        }
    };
    let missing: Vec<usize> = (1..=runs.len()).filter(|k| runs[k - 1].is_empty()).collect();
    if !missing.is_empty() {
        return Err(ResultError::Partial { blocks: blocks.len(), missing });
    }
    let mut all = vec![];
    for (k, ((found, block), reading)) in runs.iter().zip(blocks).zip(readings).enumerate() {
        let columns = planned_runs(provider, block, shots);
        if found.len() != columns.len() {
            let (has, wanted) = (found.len(), columns.len());
            return Err(other(format!(
                "block {}: {has} runs, the plan has {wanted}: of another plan, or not all of it",
                k + 1
            )));
        }
        let mut tiles: Vec<Tile> = (reading.tiles.iter())
            .map(|(of_tile, readout)| Tile {
                reading: of_tile.clone(),
                readout: readout.clone(),
                counts: RealMatrix::zeros(of_tile.words(), block.runs.len()),
            })
            .collect();
        for (j, (words, (m, shots))) in found.iter().zip(&columns).enumerate() {
            let counted = words.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
            if counted != *shots {
                let place = format!("block {}, run {}", k + 1, j + 1);
                return Err(other(format!(
                    "{place}: {counted} shots, the plan has {shots}: of another plan, or not all of it"
                )));
            }
            for (word, count) in words {
                for tile in &mut tiles {
                    let spelt: usize = (tile.reading.bits().iter().enumerate())
                        .map(|(i, bit)| usize::from(word[bit / 8] >> (bit % 8) & 1) << i)
                        .sum();
                    tile.counts[(spelt, *m)] += *count as f64;
                }
            }
        }
        all.push(Measured { tiles });
    }
    Ok(all)
}

/// The runs of a block in the order in which they come back: their columns, and the executions of each.
fn planned_runs(provider: Provider, block: &PlannedBlock, shots: u64) -> Vec<(usize, u64)> {
    match provider.most_columns() {
        None => settings(&block.runs).map(|m| (m, shots)).collect(),
        Some(_) => block.runs.iter().enumerate().map(|(m, runs)| (m, runs * shots)).collect(),
    }
}

/// A result drawn from what is promised, in the short form. The same seed gives the same result.
///
/// # Panics
/// If there is not one promise a block of the plan.
pub fn rehearsed(plan: &Plan, provider: Provider, parts: &[(BlockReading, Expected)], seed: u64) -> Value {
    assert_eq!(plan.blocks.len(), parts.len(), "one promise a block");
    let of_block = |(k, (block, (reading, expected))): (usize, (&PlannedBlock, &(BlockReading, Expected)))| {
        let mut rng = stream(seed, k as u64);
        let table = |(m, shots): (usize, u64)| {
            // Copies are drawn one by one, then put into one word shot by shot.
            let mut words = vec![vec![0u8; reading.bits.div_ceil(8)]; shots as usize];
            for tile in &expected.tiles {
                let counts = tile.drawn(m, shots, &mut Multinomial::default(), &mut rng);
                let spelt = counts.iter().enumerate().flat_map(|(word, n)| std::iter::repeat_n(word, *n as usize));
                let mut spelt: Vec<usize> = spelt.collect();
                spelt.shuffle(&mut rng);
                for (word, spelt) in words.iter_mut().zip(spelt) {
                    for (i, bit) in tile.reading.bits().iter().enumerate() {
                        word[bit / 8] |= ((spelt >> i & 1) as u8) << (bit % 8);
                    }
                }
            }
            let mut counts = BTreeMap::<String, u64>::new();
            for word in words {
                let hex: String = word.iter().rev().map(|byte| format!("{byte:02x}")).collect();
                let bare = hex.trim_start_matches('0');
                *counts.entry(format!("0x{}", if bare.is_empty() { "0" } else { bare })).or_default() += 1;
            }
            json!(counts)
        };
        planned_runs(provider, block, plan.shots).into_iter().map(table).collect::<Vec<Value>>()
    };
    let pubs: Vec<Vec<Value>> = plan.blocks.iter().zip(parts).enumerate().map(of_block).collect();
    json!({"sha256": plan.job.sha256, "rehearsed": seed, "pubs": pubs})
}
