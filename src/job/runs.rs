//! Executions dealt out in runs of equal length, since all programs of a job run equally often.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What one run more of a column takes off the variance.
struct Gain {
    worth: f64,
    block: usize,
    column: usize,
}

impl Ord for Gain {
    /// By worth; of equals the first column is greater.
    fn cmp(&self, other: &Gain) -> Ordering {
        let place = |gain: &Gain| std::cmp::Reverse((gain.block, gain.column));
        self.worth.total_cmp(&other.worth).then_with(|| place(self).cmp(&place(other)))
    }
}

impl PartialOrd for Gain {
    fn partial_cmp(&self, other: &Gain) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Gain {
    fn eq(&self, other: &Gain) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Gain {}

/// How often each column of each block runs, once at least and `runs` times in all, so that the sum of `v / runs` over all columns is least: run
/// by run to where it takes most away, which is best since each takes less than the one before. `None` where there are more columns than runs.
pub fn dealt(variance: &[Vec<f64>], runs: u64) -> Option<Vec<Vec<u64>>> {
    let columns: usize = variance.iter().map(Vec::len).sum();
    let mut left = runs.checked_sub(columns as u64)?;
    let mut dealt: Vec<Vec<u64>> = variance.iter().map(|block| vec![1; block.len()]).collect();
    // Where nothing is known to matter, all of it does.
    let even = variance.iter().flatten().all(|v| *v <= 0.0);
    let worth = |block: usize, column: usize, has: u64| {
        let v = if even { 1.0 } else { variance[block][column].max(0.0) };
        v / (has as f64 * (has + 1) as f64)
    };
    let mut gains: BinaryHeap<Gain> = (0..variance.len())
        .flat_map(|block| (0..variance[block].len()).map(move |column| (block, column)))
        .map(|(block, column)| Gain { worth: worth(block, column, 1), block, column })
        .collect();
    while left > 0 {
        let Gain { block, column, .. } = gains.pop()?;
        dealt[block][column] += 1;
        left -= 1;
        gains.push(Gain { worth: worth(block, column, dealt[block][column]), block, column });
    }
    Some(dealt)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least sum by trying all.
    fn least(variance: &[f64], runs: u64) -> f64 {
        match variance {
            [] => 0.0,
            [v] => v / runs as f64,
            [v, rest @ ..] => (1..=runs - rest.len() as u64)
                .map(|k| v / k as f64 + least(rest, runs - k))
                .fold(f64::INFINITY, f64::min),
        }
    }

    #[test]
    fn no_other_way_to_deal_leaves_less() {
        for (variance, runs) in [
            (vec![vec![9.0, 1.0], vec![0.0, 4.0]], 13),
            (vec![vec![1e-9, 5.0, 5.0]], 9),
            (vec![vec![2.0], vec![3.0, 1e6]], 20),
        ] {
            let found = dealt(&variance, runs).unwrap();
            assert_eq!(found.iter().flatten().sum::<u64>(), runs);
            let flat: Vec<f64> = variance.concat();
            let sum: f64 = flat.iter().zip(found.iter().flatten()).map(|(v, k)| v / *k as f64).sum();
            assert!((sum - least(&flat, runs)).abs() < 1e-12 * sum, "{variance:?} {found:?}");
        }
        assert_eq!(dealt(&[vec![0.0; 3], vec![0.0; 2]], 12), Some(vec![vec![3, 3, 2], vec![2, 2]]));
        assert_eq!(dealt(&[vec![1.0; 3]], 2), None);
        assert_eq!(dealt(&[vec![1.0; 3]], 3), Some(vec![vec![1; 3]]));
    }
}
