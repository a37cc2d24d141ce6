//! The shots of a block's columns in a few classes, each with one number of shots.
//!
//! A class of n columns with variances of sum V leaves `V / s` with s shots a column and costs `n s`. Columns that the best
//! classes put together are neighbours in order of variance (each column goes to the class whose `v / s + μ s` is least, μ
//! being the price of a shot), so the best classes are found by going through the order once for each: a shortest path.

use super::fill::{Item, fill};

/// Shots of the columns in at most `most` different numbers, of at most the same sum, none below a floor that holds already.
///
/// # Panics
/// If `most` is zero.
pub(super) fn in_classes(shots: &[u64], variances: &[f64], most: usize, floor: u64) -> Vec<u64> {
    assert!(most > 0, "columns are in a class");
    let mut different = shots.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() <= most {
        return shots.to_vec();
    }
    let total = shots.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..shots.len()).collect();
    order.sort_by(|&a, &b| variances[a].total_cmp(&variances[b]).then(a.cmp(&b)));
    let sorted: Vec<f64> = order.iter().map(|&i| variances[i]).collect();
    let ends = partition(&sorted, price(shots, variances), floor as f64, most);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let classes: Vec<Item> = starts
        .zip(&ends)
        .map(|(start, &end)| Item { v: sorted[start..end].iter().sum(), cost: (end - start) as u64 })
        .collect();
    let given = fill(&classes, total, floor);
    let mut found = vec![0; shots.len()];
    let class_of = |place: usize| ends.iter().position(|end| place < *end).expect("every column is in a class");
    order.iter().enumerate().for_each(|(place, &i)| found[i] = given[class_of(place)]);
    found
}

/// What a shot more is worth where it is worth most: `v / S²`.
fn price(shots: &[u64], variances: &[f64]) -> f64 {
    shots.iter().zip(variances).map(|(s, v)| v / (*s as f64).powi(2)).fold(0.0, f64::max)
}

/// Ends of at most `most` runs of a sorted list that cost least in all, where a run of n variances of sum V costs
/// `min_s V / s + price n s` over s from the floor up.
fn partition(sorted: &[f64], price: f64, floor: f64, most: usize) -> Vec<usize> {
    let count = sorted.len();
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(sorted.iter().scan(0.0, |sum, v| {
            *sum += v;
            Some(*sum)
        }))
        .collect();
    let cost = |start: usize, end: usize| {
        let (v, n) = (sums[end] - sums[start], (end - start) as f64);
        let s = (v / (price.max(f64::MIN_POSITIVE) * n)).sqrt().max(floor);
        v / s + price * n * s
    };
    // least[end]: of the best runs up to there, and where the last of them starts, for each number of runs.
    let mut least: Vec<f64> = (0..=count).map(|end| if end == 0 { 0.0 } else { cost(0, end) }).collect();
    let mut last_starts: Vec<Vec<usize>> = vec![vec![0; count + 1]];
    for runs in 2..=most.min(count) {
        let (mut next, mut starts) = (vec![f64::INFINITY; count + 1], vec![0; count + 1]);
        for end in runs..=count {
            for (start, so_far) in least.iter().enumerate().take(end).skip(runs - 1) {
                let sum = so_far + cost(start, end);
                if sum < next[end] {
                    (next[end], starts[end]) = (sum, start);
                }
            }
        }
        least = next;
        last_starts.push(starts);
    }
    let mut ends = vec![count];
    for starts in last_starts.iter().skip(1).rev() {
        ends.push(starts[ends[ends.len() - 1]]);
    }
    ends.reverse();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use rand::RngExt;

    /// What shots leave, as real numbers, of all ways to put columns in classes, neighbours or not: the least.
    fn least_by_force(variances: &[f64], total: f64, most: usize) -> f64 {
        let ways = most.pow(variances.len() as u32);
        let left = |way: usize| {
            let mut sums = vec![(0.0, 0.0); most];
            for (i, v) in variances.iter().enumerate() {
                let class = &mut sums[way / most.pow(i as u32) % most];
                *class = (class.0 + v, class.1 + 1.0);
            }
            // s in proportion to √(V / n).
            sums.iter().map(|(v, n): &(f64, f64)| (v * n).sqrt()).sum::<f64>().powi(2) / total
        };
        (0..ways).map(left).fold(f64::INFINITY, f64::min)
    }

    fn left(shots: &[u64], variances: &[f64]) -> f64 {
        shots.iter().zip(variances).map(|(s, v)| v / *s as f64).sum()
    }

    #[test]
    fn classes_are_the_best_of_all() {
        let mut rng = rng(8);
        for case in 0..30 {
            let count = 4 + case % 5;
            let variances: Vec<f64> = (0..count).map(|_| rng.random_range(-6.0f64..6.0).exp()).collect();
            let total = 100_000_000;
            let items: Vec<Item> = variances.iter().map(|&v| Item { v, cost: 1 }).collect();
            let shots = fill(&items, total, 1);
            for most in 1..=3 {
                let found = in_classes(&shots, &variances, most, 1);
                let mut different = found.clone();
                different.sort_unstable();
                different.dedup();
                assert!(different.len() <= most && found.iter().sum::<u64>() <= total);
                assert!(total - found.iter().sum::<u64>() < count as u64);
                let wanted = least_by_force(&variances, total as f64, most);
                let got = left(&found, &variances);
                assert!((got / wanted - 1.0).abs() < 1e-5, "{variances:?} in {most}: {got}, {wanted}");
            }
        }
    }

    #[test]
    fn floors_hold_and_few_classes_stay_as_they_are() {
        let variances = [0.0, 0.0, 1e-9, 4.0, 5.0, 100.0, 110.0];
        let items: Vec<Item> = variances.iter().map(|&v| Item { v, cost: 1 }).collect();
        let shots = fill(&items, 10_000, 30);
        assert_eq!(shots[..3], [30; 3]);
        let found = in_classes(&shots, &variances, 3, 30);
        assert_eq!(found[..3], [30; 3]);
        assert!(found[3] == found[4] && found[5] == found[6] && found[4] < found[5], "{found:?}");
        assert!((9_993..=10_000).contains(&found.iter().sum::<u64>()));
        assert!(left(&found, &variances) < 1.01 * left(&shots, &variances));
        assert_eq!(in_classes(&found, &variances, 3, 30), found);
        assert_eq!(in_classes(&[7, 8, 9], &[0.0; 3], 1, 1), [8; 3]);
    }
}
