//! The assignment problem: rows matched to columns for the largest total.

use crate::linalg::RealMatrix;

/// A matching of rows to columns of a square matrix with the largest sum of entries, as the column of each row: the
/// Hungarian method with potentials, O(n³).
///
/// # Panics
/// If the matrix is not square.
pub fn best_assignment(gain: &RealMatrix) -> Vec<usize> {
    assert!(gain.is_square(), "each row gets a column of its own");
    let n = gain.nrows();
    // Row n and column n are the usual sentinels: `row_of[n]` is the row that looks for a column.
    let (mut row_price, mut column_price) = (vec![0.0; n], vec![0.0; n + 1]);
    let mut row_of = vec![usize::MAX; n + 1];
    for start in 0..n {
        row_of[n] = start;
        let mut current = n;
        let (mut slack, mut previous) = (vec![f64::INFINITY; n], vec![n; n]);
        let mut seen = vec![false; n + 1];
        while row_of[current] != usize::MAX {
            seen[current] = true;
            let row = row_of[current];
            let mut next = n;
            for column in (0..n).filter(|&c| !seen[c]) {
                let reduced = -gain[(row, column)] - row_price[row] - column_price[column];
                if reduced < slack[column] {
                    (slack[column], previous[column]) = (reduced, current);
                }
                if next == n || slack[column] < slack[next] {
                    next = column;
                }
            }
            let step = slack[next];
            for column in 0..=n {
                if seen[column] {
                    row_price[row_of[column]] += step;
                    column_price[column] -= step;
                } else {
                    slack[column] -= step;
                }
            }
            current = next;
        }
        while current != n {
            row_of[current] = row_of[previous[current]];
            current = previous[current];
        }
    }
    let mut column_of = vec![0; n];
    (0..n).for_each(|column| column_of[row_of[column]] = column);
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use approx::assert_abs_diff_eq;
    use rand::RngExt;

    /// The best total over all permutations.
    fn exhaustive(gain: &RealMatrix, row: usize, used: usize) -> f64 {
        let n = gain.nrows();
        let free = (0..n).filter(|c| used >> c & 1 == 0);
        free.map(|c| gain[(row, c)] + if row + 1 < n { exhaustive(gain, row + 1, used | 1 << c) } else { 0.0 })
            .fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn no_permutation_gains_more() {
        let mut rng = rng(12);
        for n in 1..7 {
            for round in 0..30 {
                // Whole numbers make ties, negative entries must not matter.
                let entry = |x: f64| if round % 2 == 0 { x } else { (4.0 * x).round() };
                let gain = RealMatrix::from_fn(n, n, |_, _| entry(rng.random_range(-1.0..1.0)));
                let columns = best_assignment(&gain);
                let mut sorted = columns.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, (0..n).collect::<Vec<_>>());
                let total: f64 = columns.iter().enumerate().map(|(r, &c)| gain[(r, c)]).sum();
                assert_abs_diff_eq!(total, exhaustive(&gain, 0, 0), epsilon = 1e-12);
            }
        }
        assert!(best_assignment(&RealMatrix::zeros(0, 0)).is_empty());
    }
}
