//! The numbers of safetensors files: floats of any width, which are exact in 64 bits, and the layout of a file.

use super::NetworkError;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Map, Value};

/// The numbers of a tensor, row by row.
///
/// # Errors
/// If they are no floats.
pub(super) fn numbers(view: &TensorView<'_>, name: &str) -> Result<Vec<f64>, NetworkError> {
    let bytes = view.data();
    match view.dtype() {
        Dtype::F32 => Ok(bytes.as_chunks::<4>().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect()),
        Dtype::F64 => Ok(bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        // Both are exact in f64.
        Dtype::F16 => Ok(bytes.as_chunks::<2>().0.iter().map(|b| half(u16::from_le_bytes(*b))).collect()),
        Dtype::BF16 => Ok(bytes.as_chunks::<2>().0.iter().map(|b| brain(u16::from_le_bytes(*b))).collect()),
        other => Err(NetworkError::value(name, format!("type {other:?}, expected F16, BF16, F32 or F64"))),
    }
}

/// IEEE's 16 bits: a sign, 5 of the exponent, 10 of the mantissa.
fn half(bits: u16) -> f64 {
    let (sign, exponent, mantissa) = (bits >> 15, i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match (exponent, mantissa) {
        (0, m) => m * 2f64.powi(-24),
        (31, 0.0) => f64::INFINITY,
        (31, _) => f64::NAN,
        (e, m) => (1024.0 + m) * 2f64.powi(e - 25),
    };
    if sign == 1 { -size } else { size }
}

/// The upper half of a 32-bit float.
fn brain(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

/// A file: the length of its header, the header with sorted keys, padded so that numbers start at a multiple of 8 bytes, and the
/// numbers.
pub(super) fn packed(header: &Map<String, Value>, data: &[u8]) -> Vec<u8> {
    let mut header = serde_json::to_string(header).expect("a header is plain JSON");
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_floats_are_exact() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2f64.powi(-24)), (0x3555, 0.333_251_953_125)]
        {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c00) == f64::INFINITY && half(0xfc00) == f64::NEG_INFINITY && half(0x7e00).is_nan());
        assert!(brain(0x3f80) == 1.0 && brain(0xc049) == -3.140625 && brain(0x7f80) == f64::INFINITY);
    }
}
