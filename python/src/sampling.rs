//! Shots of many states at once: exact multinomial counts.

use crate::errors::bad_input;
use crate::waiting::worked;
use hqrn::random::stream;
use hqrn::simulator::Multinomial;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::prelude::*;
use rayon::prelude::*;

/// What rounding, to single precision, may leave a sum of probabilities above one.
const ROUNDING: f64 = 1e-5;

/// Counts of so many shots for each row of probabilities, S x K; what a row lacks to one is not counted. A row draws from the stream of
/// its number, so that threads change nothing.
#[pyfunction]
pub fn sample<'py>(
    py: Python<'py>,
    probabilities: PyReadonlyArray2<'py, f64>,
    shots: u64,
    seed: u64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let array = probabilities.as_array();
    let (rows, outcomes) = array.dim();
    let values = array.as_slice().map_or_else(|| array.iter().copied().collect(), <[f64]>::to_vec);
    if outcomes == 0 || rows == 0 {
        return PyArray1::from_vec(py, values).reshape([rows, outcomes]);
    }
    for (i, row) in values.chunks_exact(outcomes).enumerate() {
        let sum: f64 = row.iter().sum();
        if row.iter().any(|p| p.is_nan() || *p < 0.0) || sum > 1.0 + ROUNDING {
            return Err(bad_input(
                py,
                format!("probabilities[{i}]: sum {sum}, expected entries from 0, at most 1 together"),
            ));
        }
    }
    let counts = worked(py, None, move || {
        let mut counts = vec![0.0; values.len()];
        let both = counts.par_chunks_exact_mut(outcomes).zip(values.par_chunks_exact(outcomes)).enumerate();
        both.for_each_init(Multinomial::default, |multinomial, (i, (counts, row))| {
            multinomial.draw(shots, row, counts, &mut stream(seed, i as u64));
        });
        counts
    })?;
    PyArray1::from_vec(py, counts).reshape([rows, outcomes])
}
