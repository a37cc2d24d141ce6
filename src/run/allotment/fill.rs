//! A budget over items, each of which leaves `v / shots` of variance: the optimum, and its rounding to whole shots.

/// Something that is measured so often: what one shot leaves, and what one shot costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Variance, at least zero.
    pub v: f64,
    /// Executions; at least one.
    pub cost: u64,
}

/// Whole shots for which `Σ v / shots` is least but for rounding, none below the floor, at most `total` executions, of which
/// fewer are left over than the dearest item costs. Items without variance get the floor, unless none has any.
///
/// `total` is at least what the floor takes.
pub(super) fn fill(items: &[Item], total: u64, floor: u64) -> Vec<u64> {
    let wanted = unrounded(items, total as f64, floor as f64);
    let mut shots: Vec<u64> = wanted.iter().map(|s| (*s as u64).max(floor)).collect();
    let spent: i128 = items.iter().zip(&shots).map(|(item, shots)| i128::from(item.cost * shots)).sum();
    let mut left = i128::from(total) - spent;
    // Rounding down leaves less than a shot each, which the largest fractions get.
    let some = items.iter().any(|item| item.v > 0.0);
    let mut order: Vec<usize> = (0..items.len()).filter(|&i| items[i].v > 0.0 || !some).collect();
    order.sort_by(|&a, &b| wanted[b].fract().total_cmp(&wanted[a].fract()).then(a.cmp(&b)));
    for &i in &order {
        let cost = i128::from(items[i].cost);
        if left >= cost {
            shots[i] += 1;
            left -= cost;
        }
    }
    // Sums of floats may be off by some shots more, either way, which the one with most of them feels least.
    if let Some(largest) = (0..items.len()).max_by_key(|&i| (shots[i], std::cmp::Reverse(i))) {
        let more = left.div_euclid(i128::from(items[largest].cost));
        shots[largest] = (i128::from(shots[largest]) + more).max(i128::from(floor)) as u64;
    }
    shots
}

/// The optimum in real numbers: `√(v / cost)` up to a common factor, or the floor where that is less.
fn unrounded(items: &[Item], total: f64, floor: f64) -> Vec<f64> {
    let largest = items.iter().map(|item| item.v).fold(0.0, f64::max);
    let root = |item: &Item| if largest > 0.0 { (item.v / largest / item.cost as f64).sqrt() } else { 1.0 };
    let roots: Vec<f64> = items.iter().map(root).collect();
    let mut free = vec![true; items.len()];
    // Who falls below the floor is lifted to it at the others' expense, which may bring more of them there.
    loop {
        let (mut left, mut wanted) = (total, 0.0);
        for ((item, root), free) in items.iter().zip(&roots).zip(&free) {
            let cost = item.cost as f64;
            if *free { wanted += cost * root } else { left -= cost * floor }
        }
        let scale = if wanted > 0.0 { left / wanted } else { 0.0 };
        let mut fallen = false;
        for (free, _) in free.iter_mut().zip(&roots).filter(|(free, root)| **free && scale * **root < floor) {
            (*free, fallen) = (false, true);
        }
        if !fallen {
            return roots.iter().zip(&free).map(|(root, free)| if *free { scale * root } else { floor }).collect();
        }
    }
}
