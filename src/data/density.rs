//! One density matrix from a file.

use super::npy;
use super::unpack::{SamplesError, read_unpacked};
use crate::files::read_json;
use crate::linalg::{Complex, Matrix, hermitian_eigenvalues};
use serde::Deserialize;
use std::path::Path;

/// How far a matrix may be from a density matrix: single precision survives, slips do not.
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    re: Vec<Vec<f64>>,
    #[serde(default)]
    im: Option<Vec<Vec<f64>>>,
}

/// Reads a density matrix of `dim` x `dim` entries: an NPY array, real or complex, or JSON, either `{"re": rows, "im": rows}`
/// or the rows of a real matrix.
///
/// # Errors
/// If the file is no such matrix, or not Hermitian, of trace one and without negative eigenvalues, to 1e-6.
pub fn read_state(path: &Path, dim: usize) -> Result<Matrix, SamplesError> {
    let bytes = read_unpacked(path)?;
    let rho = if bytes.starts_with(npy::MAGIC) { from_npy(&bytes) } else { from_json(&bytes) };
    rho.and_then(|rho| check(rho, dim)).map_err(|problem| SamplesError::new(path, &problem))
}

fn from_npy(bytes: &[u8]) -> Result<Matrix, String> {
    let array = npy::read_array(bytes)?;
    match array.shape[..] {
        [rows, columns] => Ok(Matrix::from_row_slice(rows, columns, &array.values)),
        _ => Err(format!("an array of shape {:?}, expected two dimensions", array.shape)),
    }
}

fn from_json(bytes: &[u8]) -> Result<Matrix, String> {
    let rows_only = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    let file = if rows_only { read_json(bytes).map(|re| StateFile { re, im: None }) } else { read_json(bytes) };
    let StateFile { re, im } = file.map_err(|error| error.to_string())?;
    from_parts(&re, im.as_deref())
}

/// A matrix from the rows of its real and imaginary parts.
pub(super) fn from_parts(re: &[Vec<f64>], im: Option<&[Vec<f64>]>) -> Result<Matrix, String> {
    let (rows, columns) = (re.len(), re.first().map_or(0, Vec::len));
    for (name, part) in [("re", Some(re)), ("im", im)] {
        let Some(part) = part else { continue };
        if part.len() != rows {
            return Err(format!("{name}: {} rows, expected {rows}", part.len()));
        }
        if let Some(i) = part.iter().position(|row| row.len() != columns) {
            return Err(format!("{name}[{i}]: {} entries, expected {columns}", part[i].len()));
        }
    }
    let imaginary = |i: usize, j: usize| im.map_or(0.0, |im| im[i][j]);
    Ok(Matrix::from_fn(rows, columns, |i, j| Complex::new(re[i][j], imaginary(i, j))))
}

/// Checks that a matrix of this size is a density matrix.
pub(super) fn check(rho: Matrix, dim: usize) -> Result<Matrix, String> {
    if rho.shape() != (dim, dim) {
        return Err(format!("a matrix of {} x {}, expected {dim} x {dim}", rho.nrows(), rho.ncols()));
    }
    for i in 0..dim {
        for j in 0..=i {
            let off = (rho[(i, j)] - rho[(j, i)].conj()).norm();
            // Not the other way round: a NaN must not pass.
            if !matches!(off.partial_cmp(&TOLERANCE), Some(std::cmp::Ordering::Less)) {
                return Err(format!("not Hermitian: [{i}][{j}] is {}, [{j}][{i}] is {}", rho[(i, j)], rho[(j, i)]));
            }
        }
    }
    // What is left of the tolerance is taken away: decompositions of Hermitian matrices re-multiply to those alone.
    let rho = (&rho + rho.adjoint()) * Complex::from(0.5);
    let trace = rho.trace().re;
    if (trace - 1.0).abs() > TOLERANCE {
        return Err(format!("its trace is {trace}, expected 1"));
    }
    let lowest = hermitian_eigenvalues(&rho).into_iter().fold(f64::INFINITY, f64::min);
    if lowest < -TOLERANCE {
        return Err(format!("it has the eigenvalue {lowest:.3e}, expected none below 0"));
    }
    Ok(rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rho.json");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_state(&path, 2).map_err(|error| error.problem)
        };
        let rho = read(r#"{"re": [[0.5, 0], [0, 0.5]], "im": [[0, -0.25], [0.25, 0]]}"#).unwrap();
        assert_eq!(rho[(1, 0)], Complex::new(0.0, 0.25));
        assert_eq!(read("[[1, 0], [0, 0]]").unwrap()[(0, 0)], Complex::ONE);
        for (text, expected) in [
            ("[[1]]", "a matrix of 1 x 1, expected 2 x 2"),
            ("[[1, 0], [0]]", "re[1]: 1 entries, expected 2"),
            (r#"{"re": [[1, 0], [0, 0]], "im": [[0, 0]]}"#, "im: 1 rows, expected 2"),
            ("[[1, 0.5], [0, 0]]", "not Hermitian: [1][0] is 0+0i, [0][1] is 0.5+0i"),
            ("[[1, 0], [0, 1]]", "its trace is 2, expected 1"),
            ("[[0.5, 0.8], [0.8, 0.5]]", "it has the eigenvalue -3.000e-1, expected none below 0"),
        ] {
            assert_eq!(read(text).unwrap_err(), expected);
        }
        assert!(read("{}").unwrap_err().contains("missing field `re`"));
        // As far from Hermitian as may be: what is kept is Hermitian.
        let near = read(r#"{"re": [[0.5, 1e-7], [0, 0.5]], "im": [[9e-8, 0], [0, 0]]}"#).unwrap();
        assert_eq!(near, near.adjoint());
    }
}
