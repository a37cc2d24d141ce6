//! Matrices as files have them: a list of rows.

use super::NetworkError;
use crate::linalg::RealMatrix;

/// A matrix from its rows.
///
/// # Errors
/// No rows, empty rows or rows of different length.
pub(super) fn matrix(rows: &[Vec<f64>], place: &str) -> Result<RealMatrix, NetworkError> {
    let Some(first) = rows.first() else {
        return Err(NetworkError::value(place, "no rows, expected at least one"));
    };
    if first.is_empty() {
        return Err(NetworkError::value(format!("{place}[0]"), "no entries, expected at least one"));
    }
    // Where most rows agree, the first one may be the odd one out.
    let common = rows.get(1).filter(|second| rows.len() > 2 && second.len() == rows[2].len()).unwrap_or(first).len();
    if let Some((i, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != common) {
        return Err(NetworkError::value(format!("{place}[{i}]"), format!("{} entries, expected {common}", row.len())));
    }
    Ok(RealMatrix::from_fn(rows.len(), common, |i, j| rows[i][j]))
}

/// The rows of a matrix.
pub(super) fn rows(matrix: &RealMatrix) -> Vec<Vec<f64>> {
    matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
}
