//! Results whose shots are packed into bytes: pytket's and Cirq's.

use super::table::{Table, is_permutation, list};
use super::words::CountsError;
use crate::target::BitOrder;
use serde_json::{Map, Value};

/// pytket's `BackendResult.to_dict()`: outcomes of `width` bits, the first bit highest in the first byte, and the bits'
/// names in that order.
pub(super) fn pytket(all: &Map<String, Value>, found: &Value, bits: usize) -> Result<Table, CountsError> {
    let names = all.get("bits").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let index = |name: &Value| Some(name.get(1)?.get(0)?.as_u64()? as usize);
    let places: Option<Vec<usize>> = names.iter().map(index).collect();
    let places = places.filter(|places| is_permutation(places, bits));
    let places = places.ok_or_else(|| CountsError(format!("bits: expected the program's {bits}, each once")))?;
    let rows = match found {
        Value::Object(_) => outcomes(found, bits).map(|words| words.into_iter().map(|word| (word, 1)).collect()),
        _ => found.as_array().map_or(&[][..], Vec::as_slice).iter().map(|entry| counted(entry, bits)).collect(),
    };
    let rows = rows.ok_or_else(|| CountsError(format!("expected pytket's outcomes of width {bits}")))?;
    Ok(Table { rows, places: Some(places), order: Some(BitOrder::First), shots: None })
}

/// An outcome and how often it was.
fn counted(entry: &Value, bits: usize) -> Option<(String, u64)> {
    match &outcomes(entry.get("outcome")?, bits)?[..] {
        [word] => Some((word.clone(), entry.get("count")?.as_u64()?)),
        _ => None,
    }
}

/// Outcomes in the rows of an array of bytes.
fn outcomes(of: &Value, bits: usize) -> Option<Vec<String>> {
    let byte = |b: &Value| b.as_u64().and_then(|b| u8::try_from(b).ok());
    let word = |row: &Value| {
        let bytes: Vec<u8> = row.as_array()?.iter().map(byte).collect::<Option<_>>()?;
        Some(bit_list(unpacked(&bytes).get(..bits)?))
    };
    let right = of.get("width")?.as_u64()? == bits as u64;
    of.get("array")?.as_array().filter(|_| right)?.iter().map(word).collect()
}

/// `cirq.to_json` of a result: for each measurement key the bits of all shots in one string.
pub(super) fn cirq(all: &Map<String, Value>, bits: usize) -> Result<Table, CountsError> {
    let wrong = |problem: String| CountsError(format!("records: {problem}"));
    let records = all.get("records").and_then(Value::as_object);
    let records = records.ok_or_else(|| CountsError("no records: expected cirq.to_json of a result".into()))?;
    // Shots in rows, a column for each bit.
    let mut columns: Vec<Option<Vec<bool>>> = vec![None; bits];
    for (key, record) in records {
        let shape: Option<Vec<usize>> = record
            .get("shape")
            .and_then(Value::as_array)
            .and_then(|shape| shape.iter().map(|n| n.as_u64().and_then(|n| usize::try_from(n).ok())).collect());
        let packed = record.get("packed_digits").and_then(Value::as_str).and_then(bytes);
        let binary = record.get("binary").and_then(Value::as_bool) == Some(true);
        let (Some([shots, 1, width]), Some(packed), true) = (shape.as_deref(), packed, binary) else {
            return Err(wrong(format!("'{key}': expected bits packed by Cirq, measured once a shot")));
        };
        // One key for all bits, or one each with its number at the end, as Cirq names those of a register.
        let number = key.trim_end_matches(']').rsplit(['_', '[', ' ']).next().and_then(|n| n.parse::<usize>().ok());
        let first = if *width == bits { Some(0) } else { number.filter(|_| *width == 1) };
        let digits = unpacked(&packed);
        let known = first.filter(|first| first + width <= bits && shots.checked_mul(*width) <= Some(digits.len()));
        let first = known.ok_or_else(|| wrong(format!("'{key}': not one of the program's {bits} bits")))?;
        for i in 0..*width {
            if columns[first + i].is_some() {
                return Err(wrong(format!("'{key}': bit {} is there twice", first + i)));
            }
            columns[first + i] = Some((0..*shots).map(|shot| digits[shot * width + i]).collect());
        }
    }
    let missing = columns.iter().position(Option::is_none);
    let columns: Vec<Vec<bool>> = columns.into_iter().flatten().collect();
    match missing {
        Some(bit) => return Err(wrong(format!("nothing of bit {bit}"))),
        None if columns.iter().any(|column| column.len() != columns[0].len()) => {
            return Err(wrong("not as many shots of every bit".into()));
        }
        None => {}
    }
    let shots = columns.first().map_or(0, Vec::len);
    let row = |shot: usize| (bit_list(&columns.iter().map(|column| column[shot]).collect::<Vec<_>>()), 1);
    Ok(Table { rows: (0..shots).map(row).collect(), places: None, order: Some(BitOrder::First), shots: None })
}

/// Bytes of a hexadecimal string.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Their bits, the highest of each byte first.
fn unpacked(bytes: &[u8]) -> Vec<bool> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1 == 1)).collect()
}

fn bit_list(bits: &[bool]) -> String {
    list(&bits.iter().map(|bit| u8::from(*bit).into()).collect::<Vec<_>>())
}
