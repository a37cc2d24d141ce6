//! Chooses the piece of a machine that a part of a circuit is routed on.

use crate::random::Rng;
use crate::target::Coupling;
use rand::RngExt;
use rand::seq::IndexedRandom;
use std::collections::VecDeque;

/// How many more qubits than it needs a piece may have: room to pass each other.
const SLACK: usize = 2;

/// Attempts to find a piece that leaves room for the parts to come.
const ATTEMPTS: usize = 20;

/// A connected piece of a machine.
#[derive(Clone, Debug)]
pub(super) struct Region {
    /// The machine's qubits; the piece numbers them from 0 in this order.
    pub qubits: Vec<usize>,
    /// Pairs within the piece that can be joined.
    pub edges: Vec<(usize, usize)>,
    /// Steps from each to each within the piece.
    pub distance: Vec<Vec<u32>>,
}

/// A random connected piece of free qubits for a part of `wanted` qubits that leaves pieces for the parts to come,
/// whose sizes are `later`, in decreasing order; `None` if none is found.
pub(super) fn choose(
    wanted: usize,
    later: &[usize],
    free: &[bool],
    coupling: &Coupling,
    rng: &mut Rng,
) -> Option<Region> {
    let available: Vec<usize> = (0..free.len()).filter(|q| free[*q]).collect();
    for attempt in 0..ATTEMPTS {
        let slack = if wanted < 3 || attempt >= ATTEMPTS / 2 { 0 } else { rng.random_range(0..=SLACK) };
        let Some(qubits) = grow(wanted, slack, &available, free, coupling, rng) else { continue };
        let mut left = free.to_vec();
        qubits.iter().for_each(|q| left[*q] = false);
        if fits(later, &left, coupling) {
            return Some(region(qubits, coupling));
        }
    }
    None
}

/// A connected set of `wanted` free qubits, and of up to `slack` more if there are, grown from a random one. Each
/// next is drawn from the fringe, by half of the trials among those with most neighbours inside, for compact pieces.
fn grow(
    wanted: usize,
    slack: usize,
    available: &[usize],
    free: &[bool],
    coupling: &Coupling,
    rng: &mut Rng,
) -> Option<Vec<usize>> {
    let mut inside = vec![*available.choose(rng)?];
    let compact = rng.random_bool(0.5);
    while inside.len() < wanted + slack {
        let mut fringe: Vec<usize> = inside
            .iter()
            .flat_map(|&q| coupling.neighbours(q))
            .copied()
            .filter(|q| free[*q] && !inside.contains(q))
            .collect();
        fringe.sort_unstable();
        fringe.dedup();
        if compact {
            let links = |q: usize| coupling.neighbours(q).iter().filter(|n| inside.contains(n)).count();
            let degree = |q: usize| coupling.neighbours(q).iter().filter(|n| free[**n]).count();
            let most = fringe.iter().map(|&q| (links(q), degree(q))).max();
            fringe.retain(|&q| Some((links(q), degree(q))) == most);
        }
        match fringe.choose(rng) {
            Some(&next) => inside.push(next),
            None if inside.len() >= wanted => break,
            None => return None,
        }
    }
    Some(inside)
}

/// Whether pieces of these sizes fit side by side into what is left, by size alone: large machines have room, and on
/// small ones a later failure is reported.
fn fits(sizes: &[usize], left: &[bool], coupling: &Coupling) -> bool {
    let mut pieces = vec![];
    let mut seen: Vec<bool> = left.iter().map(|l| !l).collect();
    for start in 0..left.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut stack, mut size) = (vec![start], 0);
        while let Some(q) = stack.pop() {
            size += 1;
            for &next in coupling.neighbours(q) {
                if !seen[next] {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        pieces.push(size);
    }
    sizes.iter().all(|&size| match pieces.iter_mut().max() {
        Some(most) if *most >= size => {
            *most -= size;
            true
        }
        _ => false,
    })
}

fn region(qubits: Vec<usize>, coupling: &Coupling) -> Region {
    let index = |q: usize| qubits.iter().position(|other| *other == q);
    let near: Vec<Vec<usize>> =
        qubits.iter().map(|&q| coupling.neighbours(q).iter().filter_map(|&n| index(n)).collect()).collect();
    let distance = (0..qubits.len())
        .map(|start| {
            let mut steps = vec![u32::MAX; qubits.len()];
            steps[start] = 0;
            let mut queue = VecDeque::from([start]);
            while let Some(at) = queue.pop_front() {
                for &next in &near[at] {
                    if steps[next] == u32::MAX {
                        steps[next] = steps[at] + 1;
                        queue.push_back(next);
                    }
                }
            }
            steps
        })
        .collect();
    let edges = (0..qubits.len()).flat_map(|a| near[a].iter().filter(move |b| a < **b).map(move |&b| (a, b))).collect();
    Region { qubits, edges, distance }
}
