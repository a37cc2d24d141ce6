//! A few qubits of a machine that are joined among each other: chosen, its centre, and its pairs in rounds.

use super::coupling::Coupling;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A connected graph of places, 0 on.
pub(super) struct Patch {
    near: Vec<BTreeSet<usize>>,
}

impl Patch {
    /// Places that these pairs join.
    pub fn new(places: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Patch {
        let mut near = vec![BTreeSet::new(); places];
        for (a, b) in pairs {
            near[a].insert(b);
            near[b].insert(a);
        }
        Patch { near }
    }

    /// The part of a machine with so many places that has the most pairs, and of these the nearest together, as far as growing
    /// from every qubit finds it; the machine's own order is kept. Where there is none, the size of the largest part.
    pub fn of(machine: &Coupling, places: usize) -> Result<Patch, usize> {
        let (mut best, mut largest) = (None, 0);
        for start in (0..machine.width()).filter(|q| machine.exists(*q)) {
            let grown = grow(machine, start, places);
            largest = largest.max(grown.len());
            if grown.len() < places {
                continue;
            }
            let inside = |q: &usize| machine.neighbours(*q).iter().filter(|near| grown.contains_key(near)).count();
            let (pairs, spread) = (grown.keys().map(inside).sum::<usize>(), grown.values().sum::<usize>());
            let better = best.as_ref().is_none_or(|(most, least, _)| (pairs, *least) > (*most, spread));
            if better {
                best = Some((pairs, spread, grown));
            }
        }
        let (.., chosen) = best.ok_or(largest)?;
        let place: BTreeMap<usize, usize> = chosen.keys().enumerate().map(|(place, q)| (*q, place)).collect();
        let mut pairs = vec![];
        for (q, own) in &place {
            pairs.extend(machine.neighbours(*q).iter().filter_map(|near| Some((*own, *place.get(near)?))));
        }
        Ok(Patch::new(places, pairs))
    }

    /// The place nearest to all others, the first of equals.
    pub fn centre(&self) -> usize {
        let all = 0..self.near.len();
        all.min_by_key(|place| self.visit(*place).map(|(_, steps)| steps).sum::<usize>()).unwrap_or(0)
    }

    /// All pairs in rounds of disjoint ones: as many as the most neighbours of a place where there is no ring.
    pub fn rounds(&self) -> Vec<Vec<(usize, usize)>> {
        let mut rounds: Vec<Vec<(usize, usize)>> = vec![];
        let Some(end) = (0..self.near.len()).min_by_key(|place| self.near[*place].len()) else { return rounds };
        let mut done = BTreeSet::new();
        // Outwards from an end: of a tree, only pairs of one of the two places have their round already.
        for (place, _) in self.visit(end) {
            for &other in self.near[place].iter().filter(|other| !done.contains(*other)) {
                let pair = (place.min(other), place.max(other));
                let free = |round: &Vec<(usize, usize)>| {
                    round.iter().all(|(a, b)| ![*a, *b].contains(&place) && ![*a, *b].contains(&other))
                };
                match rounds.iter_mut().find(|round| free(round)) {
                    Some(round) => round.push(pair),
                    None => rounds.push(vec![pair]),
                }
            }
            done.insert(place);
        }
        rounds
    }

    /// All places with their distance from one, the nearest first.
    fn visit(&self, from: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let (mut seen, mut queue) = (BTreeSet::from([from]), VecDeque::from([(from, 0)]));
        std::iter::from_fn(move || {
            let (place, steps) = queue.pop_front()?;
            let next = self.near[place].iter().filter(|next| seen.insert(**next));
            queue.extend(next.map(|next| (*next, steps + 1)));
            Some((place, steps))
        })
    }
}

/// Qubits with their distance from the first, added one by one: the one that most pairs join to those there, and of these the
/// nearest to the first; fewer than asked for where the machine ends.
fn grow(machine: &Coupling, start: usize, places: usize) -> BTreeMap<usize, usize> {
    let mut grown = BTreeMap::from([(start, 0)]);
    while grown.len() < places {
        let mut met: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (q, steps) in &grown {
            for near in machine.neighbours(*q).iter().filter(|near| !grown.contains_key(near)) {
                let (joined, least) = met.entry(*near).or_insert((0, usize::MAX));
                (*joined, *least) = (*joined + 1, (*least).min(steps + 1));
            }
        }
        let best = met.iter().min_by_key(|(q, (joined, steps))| (std::cmp::Reverse(*joined), *steps, **q));
        let Some((&q, &(_, steps))) = best else { break };
        grown.insert(q, steps);
    }
    grown
}
