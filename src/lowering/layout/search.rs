//! Where a circuit's qubits can lie such that all its pairs are joined, and where best: a search through all placements, cut
//! where what is left cannot be better than the best so far.
//!
//! Qubits of the circuit are placed one after the other, each next to one that is placed already, parts that no gate joins
//! side by side. The value of a placement is the logarithm of its survival, a sum over qubits and pairs, so that the best
//! value of each that is left to place bounds what can come.

use super::need::Need;
use super::survival::entanglement;
use crate::target::{Coupling, Figures};

/// Placements looked at before a search ends with the best so far.
const VISITS: usize = 4_000_000;

/// A circuit's pairs on a machine, with what each place is worth.
pub(super) struct Search {
    /// Qubits of the circuit, in the order in which they are placed.
    steps: Vec<Step>,
    /// `near[q]`: the machine's qubits joined with q, and the logarithm of the fidelity of a gate on both.
    near: Vec<Vec<(usize, f64)>>,
    /// `worth[i][q]`: the logarithm of what qubit i of the circuit keeps on q by itself; none where q does not work.
    worth: Vec<Vec<Option<f64>>>,
}

struct Step {
    qubit: usize,
    /// Qubits placed before that it is joined with, and by how many gates.
    back: Vec<(usize, f64)>,
    /// With how many it is joined in all.
    degree: usize,
    /// The most that this step and all after it can add.
    bound: f64,
}

/// A placement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// Where each qubit of the circuit lies.
    pub layout: Vec<usize>,
    /// The logarithm of its survival.
    pub value: f64,
    /// Whether none is better; otherwise not all were looked at.
    pub proved: bool,
}

impl Search {
    pub(super) fn new(need: &Need, figures: &Figures, coupling: &Coupling) -> Search {
        let joint = |a: usize, b: usize| Some(entanglement(figures.pair(a, b)?.gate.error, 2).ln());
        let near: Vec<Vec<(usize, f64)>> = (0..coupling.width())
            .map(|a| coupling.neighbours(a).iter().filter_map(|&b| Some((b, joint(a, b)?))).collect())
            .collect();
        let worth: Vec<Vec<Option<f64>>> = need
            .qubits
            .iter()
            .map(|own| {
                let at = |q: usize| {
                    let figure = figures.qubit(q)?;
                    let pulses = own.pulses as f64 * entanglement(figure.gate.error, 1).ln();
                    let waits = figures.waiting(q, own.waits).entanglement_fidelity().ln();
                    let wrong = (figure.readout.one_for_zero + figure.readout.zero_for_one) / 2.0;
                    Some(pulses + waits + if own.read { (1.0 - wrong).ln() } else { 0.0 })
                };
                (0..coupling.width()).map(at).collect()
            })
            .collect();
        let best_pair = near.iter().flatten().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        let best_alone = |qubit: usize| worth[qubit].iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut steps = order(need);
        let mut bound = 0.0;
        for step in steps.iter_mut().rev() {
            let gates: f64 = step.back.iter().map(|(_, count)| count).sum();
            bound += best_alone(step.qubit) + if gates > 0.0 { gates * best_pair } else { 0.0 };
            step.bound = bound;
        }
        Search { steps, near, worth }
    }

    /// The best placement on free qubits; of several, the first in an order that depends on nothing but the machine.
    pub(super) fn best(&self, free: &[bool]) -> Option<Found> {
        let mut best: Option<(f64, Vec<usize>)> = None;
        let mut left = VISITS;
        self.walk(free, &mut left, &mut |value, layout, done| {
            let limit = best.as_ref().map_or(f64::NEG_INFINITY, |(value, _)| *value);
            // What rounding adds is no gain.
            let better = value > limit + 1e-12;
            if done && better {
                best = Some((value, layout.to_vec()));
            }
            better
        });
        best.map(|(value, layout)| Found { layout, value, proved: left > 0 })
    }

    /// All placements on free qubits; `None` if they are too many to look at.
    pub(super) fn all(&self, free: &[bool]) -> Option<Vec<Found>> {
        let mut found = vec![];
        let mut left = VISITS;
        self.walk(free, &mut left, &mut |value, layout, done| {
            if done {
                found.push(Found { layout: layout.to_vec(), value, proved: true });
            }
            true
        });
        (left > 0).then_some(found)
    }

    /// Goes through placements depth first, the most valuable next step first. `go` is told the most that a placement begun
    /// like this can be worth, where it begins, and whether it is complete, and says whether to go on.
    fn walk(&self, free: &[bool], left: &mut usize, go: &mut dyn FnMut(f64, &[usize], bool) -> bool) {
        let mut free = free.to_vec();
        let mut layout = vec![usize::MAX; self.steps.len()];
        self.step(0, 0.0, &mut free, &mut layout, left, go);
    }

    fn step(
        &self,
        at: usize,
        value: f64,
        free: &mut [bool],
        layout: &mut [usize],
        left: &mut usize,
        go: &mut dyn FnMut(f64, &[usize], bool) -> bool,
    ) {
        let Some(step) = self.steps.get(at) else {
            go(value, layout, true);
            return;
        };
        let after = self.steps.get(at + 1).map_or(0.0, |next| next.bound);
        let mut places: Vec<(f64, usize)> = match step.back.first() {
            Some(&(anchor, _)) => {
                self.near[layout[anchor]].iter().filter_map(|&(q, _)| self.value(step, q, free, layout)).collect()
            }
            None => (0..free.len()).filter_map(|q| self.value(step, q, free, layout)).collect(),
        };
        places.sort_by(|(a, p), (b, q)| b.total_cmp(a).then(p.cmp(q)));
        for (gain, q) in places {
            if *left == 0 || !go(value + gain + after, layout, false) {
                return;
            }
            *left -= 1;
            (free[q], layout[step.qubit]) = (false, q);
            self.step(at + 1, value + gain, free, layout, left, go);
            (free[q], layout[step.qubit]) = (true, usize::MAX);
        }
    }

    /// What a step adds at a place, and the place; nothing where it cannot be.
    fn value(&self, step: &Step, q: usize, free: &[bool], layout: &[usize]) -> Option<(f64, usize)> {
        if !free[q] || self.near[q].len() < step.degree {
            return None;
        }
        let mut value = self.worth[step.qubit][q]?;
        for &(other, count) in &step.back {
            let place = layout[other];
            value += count * self.near[q].iter().find(|(near, _)| *near == place)?.1;
        }
        Some((value, q))
    }
}

/// An order in which each qubit but the first of a part is joined to one before, those with many such before others.
fn order(need: &Need) -> Vec<Step> {
    let count = need.qubits.len();
    let mut joined = vec![vec![]; count];
    for (&(a, b), &gates) in &need.pairs {
        joined[a].push((b, gates as f64));
        joined[b].push((a, gates as f64));
    }
    let mut placed = vec![false; count];
    let mut steps = vec![];
    for _ in 0..count {
        let rank = |q: usize| {
            let back = joined[q].iter().filter(|(other, _)| placed[*other]).count();
            (back, joined[q].len(), std::cmp::Reverse(q))
        };
        let Some(qubit) = (0..count).filter(|q| !placed[*q]).max_by_key(|q| rank(*q)) else { break };
        let back = joined[qubit].iter().copied().filter(|(other, _)| placed[*other]).collect();
        steps.push(Step { qubit, back, degree: joined[qubit].len(), bound: 0.0 });
        placed[qubit] = true;
    }
    steps
}
