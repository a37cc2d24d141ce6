//! Columns dealt into batches that run equally often: what Braket's program sets and IonQ's jobs of many circuits are.

use std::collections::BTreeMap;

/// A batch: columns by block and number, and how often each runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Executions of each of its columns.
    pub shots: u64,
    /// Block and column, from 0.
    pub columns: Vec<(usize, usize)>,
}

/// Columns in batches of at most `most`, each run equally often in its batch, `executions` in all at most and one of each at least: those of like variance
/// together, since for columns of variances v a batch does best with shots in proportion to `√(mean v)`. `None` where there are more
/// columns than executions.
pub fn batches(variance: &[Vec<f64>], executions: u64, most: usize) -> Option<Vec<Batch>> {
    let mut columns: Vec<(usize, usize)> =
        (0..variance.len()).flat_map(|block| (0..variance[block].len()).map(move |m| (block, m))).collect();
    let v = |&(block, m): &(usize, usize)| variance[block][m].max(0.0);
    // Ties by place, so that the order is one.
    columns.sort_by(|a, b| v(b).total_cmp(&v(a)).then(a.cmp(b)));
    let mut left = executions.checked_sub(columns.len() as u64)?;
    let groups: Vec<&[(usize, usize)]> = columns.chunks(most).collect();
    let root = |group: &[(usize, usize)]| (group.iter().map(v).sum::<f64>() / group.len() as f64).sqrt();
    let all: f64 = groups.iter().map(|group| group.len() as f64 * root(group)).sum();
    let mut found = vec![];
    for group in &groups {
        let share = if all > 0.0 { root(group) / all } else { 1.0 / columns.len() as f64 };
        let more = ((executions - columns.len() as u64) as f64 * share) as u64;
        let more = more.min(left / group.len() as u64);
        left -= more * group.len() as u64;
        let mut columns = group.to_vec();
        columns.sort_unstable();
        found.push(Batch { shots: 1 + more, columns });
    }
    Some(found)
}

/// The batches of a plan by how often its columns run: those that run equally often together, at most `most` in each, the most often first.
pub fn batches_of(runs: &[Vec<u64>], most: usize) -> Vec<Batch> {
    let mut by_shots = BTreeMap::<u64, Vec<(usize, usize)>>::new();
    for (block, runs) in runs.iter().enumerate() {
        runs.iter().enumerate().for_each(|(m, shots)| by_shots.entry(*shots).or_default().push((block, m)));
    }
    let split = |(shots, columns): (u64, Vec<(usize, usize)>)| -> Vec<Batch> {
        columns.chunks(most).map(|columns| Batch { shots, columns: columns.to_vec() }).collect()
    };
    by_shots.into_iter().rev().flat_map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_columns_run_together() {
        let variance = vec![vec![100.0, 1.0, 0.0], vec![81.0, 4.0]];
        let found = batches(&variance, 1_000, 2).unwrap();
        assert_eq!(
            found.iter().map(|batch| batch.columns.clone()).collect::<Vec<_>>(),
            [vec![(0, 0), (1, 0)], vec![(0, 1), (1, 1)], vec![(0, 2)]]
        );
        let total: u64 = found.iter().map(|batch| batch.shots * batch.columns.len() as u64).sum();
        assert!((990..=1_000).contains(&total), "{total}");
        // √90.5 : √2.5
        let ratio = (found[0].shots - 1) as f64 / (found[1].shots - 1) as f64;
        assert!((ratio - (90.5f64 / 2.5).sqrt()).abs() < 0.1, "{ratio}");
        assert_eq!(found[2].shots, 1);
        let runs = vec![vec![found[0].shots, found[1].shots, 1], vec![found[0].shots, found[1].shots]];
        assert_eq!(batches_of(&runs, 2), found);
        assert_eq!(batches_of(&[vec![5; 5]], 2).iter().map(|batch| batch.columns.len()).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(batches(&variance, 4, 2), None);
        let even = batches(&[vec![0.0; 3]], 31, 2).unwrap();
        assert_eq!((even[0].shots, even[1].shots), (10, 10));
    }
}
