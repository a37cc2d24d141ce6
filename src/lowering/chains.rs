//! Chains of four neighbours on a machine, apart from each other: as many as it holds.
//!
//! Qubits are gone through in an order that keeps neighbours together. What is known of the qubits so far is how many
//! chains there are and which qubits further on they hold; of two such states one is as good as the other where its chains
//! less those that stand in the other's way are as many. That leaves a few hundred states on a heavy-hexagonal lattice,
//! where the count is the largest there is; on maps where more would be left than [`WORK`] allows, it may be smaller.

use crate::target::Coupling;
use std::collections::BTreeMap;

/// Qubits of a chain.
const LENGTH: usize = 4;

/// How many chains through one qubit are looked at, the nearest first.
const MOST_CHAINS: usize = 256;

/// How many continuations of states are looked at for one qubit.
const WORK: usize = 30_000;

/// How many of the best states others are held against.
const RIVALS: usize = 50;

/// Chains chosen so far: how many, and the last of them in the list of all that were tried.
#[derive(Clone, Copy)]
struct Chosen {
    count: usize,
    last: Option<usize>,
}

/// Disjoint chains of four qubits, each joined to the next in either direction, sorted; the lower end of each comes first.
/// The same map gives the same chains.
pub fn disjoint_chains(coupling: &Coupling) -> Vec<[usize; LENGTH]> {
    let order = near_order(coupling);
    let mut place = vec![usize::MAX; coupling.width()];
    order.iter().enumerate().for_each(|(i, &q)| place[q] = i);
    let near: Vec<Vec<usize>> = order
        .iter()
        .map(|&q| {
            let mut near: Vec<usize> = coupling.neighbours(q).iter().map(|&n| place[n]).collect();
            near.sort_unstable();
            near
        })
        .collect();
    // States by the places further on that are held, in increasing order; chains with the one chosen before each.
    let mut states = BTreeMap::from([(vec![], Chosen { count: 0, last: None })]);
    let mut tried: Vec<([usize; LENGTH], Option<usize>)> = vec![];
    for first in 0..near.len() {
        let chains = chains_from(first, &near);
        let mut next = BTreeMap::new();
        for (mut held, chosen) in states {
            if held.first() == Some(&first) {
                held.remove(0);
                better(&mut next, held, chosen);
                continue;
            }
            for chain in &chains {
                if chain.iter().any(|q| held.binary_search(q).is_ok()) {
                    continue;
                }
                let mut more: Vec<usize> = held.iter().chain(chain).copied().filter(|q| *q != first).collect();
                more.sort_unstable();
                tried.push((*chain, chosen.last));
                let last = Some(tried.len() - 1);
                better(&mut next, more, Chosen { count: chosen.count + 1, last });
            }
            better(&mut next, held, chosen);
        }
        states = undominated(next, WORK / (chains.len() + 1));
    }
    let best = states.into_values().max_by_key(|chosen| chosen.count);
    let mut found = vec![];
    let mut at = best.and_then(|chosen| chosen.last);
    while let Some(i) = at {
        let chain = tried[i].0.map(|p| order[p]);
        let [a, b, c, d] = chain;
        found.push(if a < d { chain } else { [d, c, b, a] });
        at = tried[i].1;
    }
    found.sort_unstable();
    found
}

fn better(states: &mut BTreeMap<Vec<usize>, Chosen>, held: Vec<usize>, chosen: Chosen) {
    let known = states.entry(held).or_insert(chosen);
    if known.count < chosen.count {
        *known = chosen;
    }
}

/// The states without those than which another is as good, at most so many.
fn undominated(states: BTreeMap<Vec<usize>, Chosen>, most: usize) -> BTreeMap<Vec<usize>, Chosen> {
    let mut states: Vec<(Vec<usize>, Chosen)> = states.into_iter().collect();
    states.sort_by_key(|(held, chosen)| (std::cmp::Reverse(chosen.count), held.len()));
    let mut kept: Vec<(Vec<usize>, Chosen)> = vec![];
    for (held, chosen) in states {
        // Chains that would hold what the rival holds already can be left out, one for each such qubit.
        let as_good = |(other, rival): &(Vec<usize>, Chosen)| {
            let in_the_way = other.iter().filter(|q| held.binary_search(q).is_err()).count();
            rival.count >= chosen.count + in_the_way
        };
        if kept.len() < most.max(1) && !kept.iter().take(RIVALS).any(as_good) {
            kept.push((held, chosen));
        }
    }
    kept.into_iter().collect()
}

/// Chains of which `first` is the lowest place, each once.
fn chains_from(first: usize, near: &[Vec<usize>]) -> Vec<[usize; LENGTH]> {
    let (mut found, mut open) = (vec![], vec![vec![first]]);
    while let Some(chain) = open.pop() {
        if let Ok(whole) = <[usize; LENGTH]>::try_from(&chain[..]) {
            let [a, b, c, d] = whole;
            let whole = if a < d { whole } else { [d, c, b, a] };
            if !found.contains(&whole) {
                found.push(whole);
            }
            if found.len() == MOST_CHAINS {
                break;
            }
            continue;
        }
        let ends = [(chain[0], true), (chain[chain.len() - 1], false)];
        for (end, front) in ends.into_iter().take(if chain.len() == 1 { 1 } else { 2 }) {
            // The nearest is looked at first.
            for &next in near[end].iter().rev().filter(|q| **q > first && !chain.contains(q)) {
                let mut longer = chain.clone();
                longer.insert(if front { 0 } else { chain.len() }, next);
                open.push(longer);
            }
        }
    }
    found
}

/// All qubits that exist, breadth first from one at the rim of each piece of the map.
fn near_order(coupling: &Coupling) -> Vec<usize> {
    let mut seen = vec![false; coupling.width()];
    let mut order = vec![];
    for start in (0..coupling.width()).filter(|q| coupling.exists(*q)) {
        if seen[start] {
            continue;
        }
        let far = |from: usize| breadth_first(from, coupling).last().copied().unwrap_or(from);
        let piece = breadth_first(far(far(start)), coupling);
        piece.iter().for_each(|q| seen[*q] = true);
        order.extend(piece);
    }
    order
}

fn breadth_first(start: usize, coupling: &Coupling) -> Vec<usize> {
    let mut order = vec![start];
    let mut seen = vec![false; coupling.width()];
    seen[start] = true;
    let mut at = 0;
    while at < order.len() {
        let mut next = coupling.neighbours(order[at]).to_vec();
        next.sort_by_key(|&q| (coupling.neighbours(q).len(), q));
        next.retain(|&q| !std::mem::replace(&mut seen[q], true));
        order.extend(next);
        at += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(coupling: &Coupling, wanted: usize) {
        let chains = disjoint_chains(coupling);
        assert_eq!(chains.len(), wanted);
        let mut all = chains.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), LENGTH * wanted);
        for chain in &chains {
            assert!(chain.windows(2).all(|pair| coupling.neighbours(pair[0]).contains(&pair[1])), "{chain:?}");
        }
        assert_eq!(disjoint_chains(coupling), chains);
    }

    /// The most that there are, by trying everything.
    fn most(coupling: &Coupling, free: &mut Vec<bool>, from: usize) -> usize {
        let Some(first) = (from..free.len()).find(|q| free[*q]) else { return 0 };
        let mut best = most(coupling, free, first + 1);
        let near: Vec<Vec<usize>> = (0..free.len()).map(|q| coupling.neighbours(q).to_vec()).collect();
        for chain in chains_from(first, &near) {
            if chain.iter().all(|q| free[*q]) {
                chain.iter().for_each(|q| free[*q] = false);
                best = best.max(1 + most(coupling, free, first + 1));
                chain.iter().for_each(|q| free[*q] = true);
            }
        }
        best
    }

    #[test]
    fn a_heron_holds_28_and_133_qubits_that_are_all_joined_33() {
        let heron = include_bytes!("../../circuits/heron-133.json");
        check(&Coupling::from_json(heron).unwrap(), 28);
        let pairs: Vec<(usize, usize)> = (0..133).flat_map(|a| (0..a).map(move |b| (b, a))).collect();
        check(&Coupling::new(None, &pairs).unwrap(), 33);
    }

    #[test]
    fn lines_stars_and_grids() {
        let line = |n: usize| Coupling::new(None, &(1..n).map(|q| (q - 1, q)).collect::<Vec<_>>()).unwrap();
        for (n, wanted) in [(3, 0), (4, 1), (7, 1), (8, 2), (100, 25)] {
            check(&line(n), wanted);
        }
        let star = Coupling::new(None, &(1..9).map(|q| (0, q)).collect::<Vec<_>>()).unwrap();
        check(&star, 0);
        let apart = Coupling::new(None, &[(0, 1), (1, 2), (2, 3), (9, 8), (8, 7), (7, 6), (5, 4)]).unwrap();
        check(&apart, 2);
        let grid = |n: usize| {
            let across = (0..n * n).filter(move |q| q % n > 0).map(|q| (q - 1, q));
            across.chain((n..n * n).map(|q| (q - n, q))).collect::<Vec<_>>()
        };
        check(&Coupling::new(None, &grid(6)).unwrap(), 9);
    }

    #[test]
    fn as_many_as_there_are_on_random_maps() {
        use rand::RngExt;
        let mut rng = crate::random::rng(3);
        for _ in 0..60 {
            let n = rng.random_range(4..15);
            let mut pairs = vec![];
            for q in 1..n {
                if rng.random_range(0..8) > 0 {
                    pairs.push((rng.random_range(0..q), q));
                }
            }
            for _ in 0..3 {
                let (a, b) = (rng.random_range(0..n), rng.random_range(0..n));
                if a != b {
                    pairs.push((a, b));
                }
            }
            if pairs.is_empty() {
                continue;
            }
            let coupling = Coupling::new(Some(n), &pairs).unwrap();
            let wanted = most(&coupling, &mut vec![true; n], 0);
            check(&coupling, wanted);
        }
    }
}
