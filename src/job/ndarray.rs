//! Arrays as IBM's service has them in JSON: `{"__type__": "ndarray", "__value__": base64 of a zlib stream of an NPY file}`.

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use npyz::WriterBuilder;
use serde_json::{Value, json};
use std::io::{Read, Write};

/// The most bytes that an array may unpack to: 10 million shots of 128 bits, and their header.
const MOST: u64 = 200_000_000;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = group.iter().enumerate().fold(0u32, |word, (i, byte)| word | u32::from(*byte) << (16 - 8 * i));
        let digit = |i: usize| char::from(DIGITS[(word >> (18 - 6 * i) & 63) as usize]);
        (0..4).for_each(|i| out.push(if i <= group.len() { digit(i) } else { '=' }));
    }
    out
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=').as_bytes();
    let mut out = Vec::with_capacity(bare.len() * 3 / 4);
    for group in bare.chunks(4) {
        let mut word = 0u32;
        for (i, digit) in group.iter().enumerate() {
            word |= u32::try_from(DIGITS.iter().position(|d| d == digit)?).ok()? << (18 - 6 * i);
        }
        let bytes = word.to_be_bytes();
        out.extend_from_slice(&bytes[1..group.len()]);
    }
    (bare.len() % 4 != 1).then_some(out)
}

/// Rows of numbers, all of one length, as a two-dimensional array.
pub fn rows(rows: &[Vec<f64>]) -> Value {
    let width = rows.first().map_or(0, Vec::len);
    let mut npy = vec![];
    let writer = npyz::WriteOptions::new().default_dtype().shape(&[rows.len() as u64, width as u64]).writer(&mut npy);
    let mut writer = writer.begin_nd().expect("writing to memory does not fail");
    writer.extend(rows.iter().flatten().copied()).expect("writing to memory does not fail");
    writer.finish().expect("writing to memory does not fail");
    let mut zlib = ZlibEncoder::new(vec![], Compression::default());
    zlib.write_all(&npy).expect("writing to memory does not fail");
    json!({"__type__": "ndarray", "__value__": base64(&zlib.finish().expect("writing to memory does not fail"))})
}

/// An array of bytes and its shape.
///
/// # Errors
/// What is wrong, without its place.
pub fn bytes(value: &Value) -> Result<(Vec<usize>, Vec<u8>), String> {
    let text = value.get("__value__").and_then(Value::as_str).filter(|_| value["__type__"] == "ndarray");
    let text = text.ok_or("no array, expected {\"__type__\": \"ndarray\", \"__value__\": ...}")?;
    let packed = from_base64(text).ok_or("an array that is not base64")?;
    let mut npy = vec![];
    ZlibDecoder::new(&packed[..])
        .take(MOST)
        .read_to_end(&mut npy)
        .map_err(|_| "an array that is not zlib".to_owned())?;
    let file = npyz::NpyFile::new(&npy[..]).map_err(|_| "an array that is no NPY file".to_owned())?;
    let shape = file.shape().iter().map(|side| *side as usize).collect();
    let bytes = file.into_vec::<u8>().map_err(|_| "an array of other numbers, expected bytes".to_owned())?;
    Ok((shape, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("fooba", "Zm9vYmE=")] {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(from_base64(coded).unwrap(), plain.as_bytes());
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_base64(&base64(&all)).unwrap(), all);
        assert_eq!((from_base64("A"), from_base64("Z*==")), (None, None));
    }

    #[test]
    fn arrays_of_other_things_are_named() {
        let floats = rows(&[vec![0.0, 1.5], vec![2.0, 3.0]]);
        assert_eq!(bytes(&floats).unwrap_err(), "an array of other numbers, expected bytes");
        assert!(bytes(&json!([1])).unwrap_err().starts_with("no array"));
        assert_eq!(
            bytes(&json!({"__type__": "ndarray", "__value__": "%"})).unwrap_err(),
            "an array that is not base64"
        );
        assert_eq!(
            bytes(&json!({"__type__": "ndarray", "__value__": "Zm9v"})).unwrap_err(),
            "an array that is not zlib"
        );
    }
}
