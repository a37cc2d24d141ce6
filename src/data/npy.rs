//! NPY arrays, as `numpy.save` writes them.

use crate::linalg::Complex;
use npyz::{AutoSerialize, DType, Deserialize, NpyFile, Order, TypeChar, WriterBuilder};

/// How every NPY file starts.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// An array of numbers in C order.
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<Complex>,
    integers: bool,
    pub(super) complex: bool,
}

/// A sample for each entry of the first axis.
pub(super) fn inputs(bytes: &[u8]) -> Result<Vec<Vec<f64>>, String> {
    let array = read_array(bytes)?;
    let size: usize = match array.shape[..] {
        [_, ref rest @ ..] if !rest.is_empty() => rest.iter().product(),
        _ => return Err(format!("an array of shape {:?}, expected two dimensions or more", array.shape)),
    };
    if let Some(i) = array.values.iter().position(|v| v.im != 0.0 || !v.re.is_finite()) {
        return Err(format!(
            "sample {}, entry {}: {}, expected a real number",
            i / size + 1,
            i % size,
            array.values[i]
        ));
    }
    Ok(array.values.chunks_exact(size.max(1)).map(|sample| sample.iter().map(|v| v.re).collect()).collect())
}

/// One whole number an entry.
pub(super) fn labels(bytes: &[u8]) -> Result<Vec<usize>, String> {
    let array = read_array(bytes)?;
    if array.shape.len() != 1 || !array.integers {
        return Err(format!("an array of shape {:?}, expected one dimension of integers", array.shape));
    }
    let label = |(i, v): (usize, &Complex)| {
        if v.re < 0.0 { Err(format!("label {i}: {}, expected a whole number", v.re)) } else { Ok(v.re as usize) }
    };
    array.values.iter().enumerate().map(label).collect()
}

/// A complex array in C order as an NPY file.
pub fn write_array(shape: &[u64], values: impl Iterator<Item = Complex>) -> Vec<u8> {
    written(shape, values)
}

/// Whole numbers as an NPY file of one dimension.
pub fn write_labels(labels: &[usize]) -> Vec<u8> {
    written(&[labels.len() as u64], labels.iter().map(|l| *l as u64))
}

fn written<T: AutoSerialize>(shape: &[u64], values: impl Iterator<Item = T>) -> Vec<u8> {
    let mut bytes = vec![];
    let options = npyz::WriteOptions::new().default_dtype().shape(shape);
    let mut writer = options.writer(&mut bytes).begin_nd().expect("writing to memory does not fail");
    writer.extend(values).and_then(|()| writer.finish()).expect("as many values as the shape says");
    bytes
}

/// Any array of bools, integers, floats or complex numbers, at most three-dimensional if its order is Fortran's.
pub(super) fn read_array(bytes: &[u8]) -> Result<Array, String> {
    let damaged = |error: std::io::Error| format!("damaged NPY file: {error}");
    check_claim(bytes)?;
    let mut rest = bytes;
    let header = npyz::NpyHeader::from_reader(&mut rest).map_err(damaged)?;
    let DType::Plain(kind) = header.dtype() else { return Err("a structured array, expected plain numbers".into()) };
    let shape: Vec<usize> = header.shape().iter().map(|s| *s as usize).collect();
    let width = kind.num_bytes().unwrap_or(0);
    // What the header claims is not allocated before it is there.
    // A side of 0 hides sides of any size.
    let claimed = shape.iter().filter(|s| **s > 0).try_fold(width, |product, s| product.checked_mul(*s));
    let claimed = claimed.map(|bytes| if shape.contains(&0) { 0 } else { bytes });
    if width == 0 || claimed != Some(rest.len()) {
        return Err(format!("the NPY header says {shape:?} of {width} bytes, {} bytes follow", rest.len()));
    }
    let order = header.order();
    let file = NpyFile::with_header(header, rest);
    let complex = kind.type_char() == TypeChar::Complex;
    let integers = matches!(kind.type_char(), TypeChar::Int | TypeChar::Uint | TypeChar::Bool);
    let values = match (kind.type_char(), width) {
        (TypeChar::Bool, _) => read(file, |b: bool| f64::from(u8::from(b)).into()),
        (TypeChar::Int, 1) => read(file, |v: i8| f64::from(v).into()),
        (TypeChar::Int, 2) => read(file, |v: i16| f64::from(v).into()),
        (TypeChar::Int, 4) => read(file, |v: i32| f64::from(v).into()),
        (TypeChar::Int, 8) => read(file, |v: i64| (v as f64).into()),
        (TypeChar::Uint, 1) => read(file, |v: u8| f64::from(v).into()),
        (TypeChar::Uint, 2) => read(file, |v: u16| f64::from(v).into()),
        (TypeChar::Uint, 4) => read(file, |v: u32| f64::from(v).into()),
        (TypeChar::Uint, 8) => read(file, |v: u64| (v as f64).into()),
        (TypeChar::Float, 4) => read(file, |v: f32| f64::from(v).into()),
        (TypeChar::Float, 8) => read(file, |v: f64| v.into()),
        (TypeChar::Complex, 8) => read(file, |v: num_complex::Complex<f32>| Complex::new(v.re.into(), v.im.into())),
        (TypeChar::Complex, 16) => read(file, |v: Complex| v),
        _ => Err(format!("type '{kind}', expected integers, floats or complex numbers")),
    }?;
    let values = if order == Order::Fortran && shape.len() > 1 { c_order(&values, &shape) } else { values };
    Ok(Array { shape, values, integers, complex })
}

/// More than any array has.
const MOST: usize = 1 << 48;

/// Refuses a header whose sides multiply to more than any file holds, which the reader of headers would multiply.
fn check_claim(bytes: &[u8]) -> Result<(), String> {
    let length = match bytes.get(6..12) {
        Some([1, _, low, high, ..]) => 10 + usize::from(u16::from_le_bytes([*low, *high])),
        _ => bytes.len(),
    };
    let header = String::from_utf8_lossy(&bytes[..length.min(bytes.len())]).into_owned();
    let sides = |rest: &str| {
        let inside = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let cells = inside.map_or("", |(inside, _)| inside).split(',').map(str::trim);
        cells.filter_map(|cell| cell.parse::<u64>().ok()).collect::<Vec<_>>()
    };
    for (at, _) in header.match_indices("shape") {
        let sides = sides(&header[at..]);
        let product = sides.iter().filter(|side| **side > 0).try_fold(1, |product: usize, side| {
            product.checked_mul(usize::try_from(*side).ok()?).filter(|product| *product <= MOST)
        });
        if product.is_none() {
            return Err(format!("the NPY header says {sides:?}, more than a file can hold"));
        }
    }
    Ok(())
}

fn read<T: Deserialize>(file: NpyFile<&[u8]>, convert: impl Fn(T) -> Complex) -> Result<Vec<Complex>, String> {
    let values = file.into_vec::<T>().map_err(|error| format!("damaged NPY file: {error}"))?;
    Ok(values.into_iter().map(convert).collect())
}

/// Reorders an array whose first index runs fastest.
fn c_order(values: &[Complex], shape: &[usize]) -> Vec<Complex> {
    let place = |mut i: usize| {
        let mut digits = vec![0; shape.len()];
        for (digit, side) in digits.iter_mut().zip(shape).rev() {
            *digit = i % side;
            i /= side;
        }
        digits.iter().zip(shape).rev().fold(0, |sum, (digit, side)| sum * side + digit)
    };
    (0..values.len()).map(|i| values[place(i)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array<T: npyz::AutoSerialize>(shape: &[u64], order: Order, values: Vec<T>) -> Vec<u8> {
        let mut bytes = vec![];
        let writer = npyz::WriteOptions::new().default_dtype().shape(shape).order(order).writer(&mut bytes);
        let mut writer = writer.begin_nd().unwrap();
        writer.extend(values).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn arrays_of_any_type_and_order() {
        let bytes = array(&[2, 2, 2], Order::C, (0..8u8).collect());
        assert_eq!(inputs(&bytes).unwrap(), [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]);
        let bytes = array(&[2, 3], Order::Fortran, vec![1.0f32, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(inputs(&bytes).unwrap(), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(labels(&array(&[3], Order::C, vec![4i64, 0, 9])).unwrap(), [4, 0, 9]);
        let complex = read_array(&array(&[1], Order::C, vec![Complex::new(1.0, -2.0)])).unwrap();
        assert_eq!(complex.values, [Complex::new(1.0, -2.0)]);
    }

    #[test]
    fn what_is_no_array_is_refused() {
        let good = array(&[2, 2], Order::C, vec![1.0f64, 2.0, 3.0, f64::NAN]);
        assert_eq!(inputs(&good).unwrap_err(), "sample 2, entry 1: NaN+0i, expected a real number");
        assert!(inputs(&good[..good.len() - 3]).unwrap_err().ends_with("29 bytes follow"));
        for shape in
            ["(0, 1099511627776, 1099511627776)", "(1099511627776, 1099511627776, 0)", "(18446744073709551615, 4)"]
        {
            let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
            let header = format!("{header:<117}\n");
            let bytes = [MAGIC, &[1, 0, 118, 0], header.as_bytes()].concat();
            assert!(inputs(&bytes).unwrap_err().ends_with("more than a file can hold"), "{shape}");
        }
        assert!(inputs(&good[..20]).unwrap_err().starts_with("damaged NPY file"));
        assert!(labels(&good).unwrap_err().contains("expected one dimension of integers"));
        assert_eq!(labels(&array(&[1], Order::C, vec![-4i8])).unwrap_err(), "label 0: -4, expected a whole number");
        assert!(inputs(&array(&[4], Order::C, vec![1.0f64; 4])).unwrap_err().contains("expected two dimensions"));
    }
}
