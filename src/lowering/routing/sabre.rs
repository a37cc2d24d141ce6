//! The search for swaps: SABRE (Li, Ding and Xie, ASPLOS 2019) with a price on each swap.
//!
//! A swap right after a gate on the same pair joins its run and costs one CX more, or none, where one by itself costs
//! three. Knowing that, targets of multiplexed rotations walk along their controls almost for free.

use crate::random::Rng;
use rand::RngExt;
use rand::seq::SliceRandom;

/// How many of the gates to come are looked at, at most.
const MAX_AHEAD: usize = 40;

/// Times the circuit is gone through there and back to find where to start.
const ROUNDS: usize = 2;

/// What happens on the machine, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The block of this number.
    Block(usize),
    /// An exchange of two places.
    Swap(usize, usize),
}

/// A way to run a circuit.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// CX, if each run on one pair is written in as few as it needs.
    pub cost: usize,
    pub events: Vec<Event>,
    /// Where each qubit starts and ends.
    pub initial: Vec<usize>,
    pub last: Vec<usize>,
}

/// Blocks on pairs of qubits, with what waits for what.
pub(super) struct Problem {
    qubits: usize,
    /// The pair and the number of two-qubit gates of each block.
    blocks: Vec<(usize, usize, usize)>,
}

/// What a trial weighs.
struct Weights {
    /// One CX of a swap, in steps of distance.
    price: f64,
    /// All gates to come against those that wait.
    ahead: f64,
    /// Each gate to come against the one before it.
    fading: f64,
}

/// CX for a run on one pair: `joins` gates, and a swap or not. That any three do is Vatan and Williams.
fn run_cost(joins: usize, swapped: bool) -> usize {
    match (joins, swapped) {
        (0, true) => 3,
        (n, false) => n.min(3),
        (1, true) => 2,
        _ => 3,
    }
}

impl Problem {
    pub fn new(qubits: usize, blocks: &[(usize, usize, usize)]) -> Problem {
        Problem { qubits, blocks: blocks.to_vec() }
    }

    /// One trial on a piece of the machine: random start, improved there and back, then the route.
    pub fn solve(&self, distance: &[Vec<u32>], edges: &[(usize, usize)], rng: &mut Rng) -> Route {
        let mut places: Vec<usize> = (0..distance.len()).collect();
        places.shuffle(rng);
        places.truncate(self.qubits);
        let weights = Weights {
            price: rng.random_range(0.05..0.6),
            ahead: rng.random_range(0.3..1.5),
            fading: rng.random_range(0.7..0.97),
        };
        let backward = Problem { qubits: self.qubits, blocks: self.blocks.iter().rev().copied().collect() };
        for _ in 0..ROUNDS {
            places = Walk::new(self, &places, distance, edges, &weights).run(rng).last;
            places = Walk::new(&backward, &places, distance, edges, &weights).run(rng).last;
        }
        Walk::new(self, &places, distance, edges, &weights).run(rng)
    }
}

/// The run that is open on a pair of places.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Run {
    partner: usize,
    joins: usize,
    swapped: bool,
}

/// One way through a circuit.
struct Walk<'a> {
    problem: &'a Problem,
    distance: &'a [Vec<u32>],
    edges: &'a [(usize, usize)],
    weights: &'a Weights,
    /// For each qubit its blocks in order, and how many are done.
    lines: Vec<Vec<usize>>,
    done: Vec<usize>,
    /// Blocks before this one are all done.
    first_open: usize,
    finished: Vec<bool>,
    place: Vec<usize>,
    holder: Vec<Option<usize>>,
    runs: Vec<Option<Run>>,
    route: Route,
}

impl<'a> Walk<'a> {
    fn new(
        problem: &'a Problem,
        places: &[usize],
        distance: &'a [Vec<u32>],
        edges: &'a [(usize, usize)],
        weights: &'a Weights,
    ) -> Self {
        let mut lines = vec![vec![]; problem.qubits];
        for (k, &(a, b, _)) in problem.blocks.iter().enumerate() {
            lines[a].push(k);
            lines[b].push(k);
        }
        let mut holder = vec![None; distance.len()];
        places.iter().enumerate().for_each(|(q, &p)| holder[p] = Some(q));
        let route = Route { cost: 0, events: vec![], initial: places.to_vec(), last: vec![] };
        Walk {
            problem,
            distance,
            edges,
            weights,
            lines,
            done: vec![0; problem.qubits],
            first_open: 0,
            finished: vec![false; problem.blocks.len()],
            place: places.to_vec(),
            holder,
            runs: vec![None; distance.len()],
            route,
        }
    }

    fn run(mut self, rng: &mut Rng) -> Route {
        let mut idle = 0;
        loop {
            if self.advance() {
                idle = 0;
            }
            let front = self.front();
            let Some(&first) = front.first() else { break };
            // Scores may go round in circles; then the first waiting pair is brought together step by step.
            let swap = if idle > 4 * self.distance.len() { self.towards(first) } else { self.best_swap(&front, rng) };
            self.swap(swap);
            idle += 1;
        }
        self.route.last = self.place;
        self.route
    }

    /// Runs every block that can be, as long as there is one; whether there was.
    fn advance(&mut self) -> bool {
        let mut any = false;
        let mut again = true;
        while again {
            again = false;
            for k in self.front() {
                let (a, b, joins) = self.problem.blocks[k];
                let (p, q) = (self.place[a], self.place[b]);
                if self.distance[p][q] == 1 {
                    self.join(p, q, joins, false);
                    self.route.events.push(Event::Block(k));
                    self.finished[k] = true;
                    self.done[a] += 1;
                    self.done[b] += 1;
                    (any, again) = (true, true);
                }
            }
        }
        while self.finished.get(self.first_open) == Some(&true) {
            self.first_open += 1;
        }
        any
    }

    /// The blocks next on both their qubits, in order.
    fn front(&self) -> Vec<usize> {
        let next = |q: usize| self.lines[q].get(self.done[q]).copied();
        let mut front: Vec<usize> = (0..self.problem.qubits)
            .filter_map(|q| {
                let k = next(q)?;
                let (a, b, _) = self.problem.blocks[k];
                (q == a && next(b) == Some(k)).then_some(k)
            })
            .collect();
        front.sort_unstable();
        front
    }

    /// What the run between two places costs more with these gates in it.
    fn price(&self, p: usize, q: usize, joins: usize, swap: bool) -> usize {
        match (self.runs[p], self.runs[q]) {
            (Some(run), Some(other)) if run.partner == q && other.partner == p => {
                let after = run_cost(run.joins + joins, run.swapped ^ swap);
                after.saturating_sub(run_cost(run.joins, run.swapped))
            }
            _ => run_cost(joins, swap),
        }
    }

    fn join(&mut self, p: usize, q: usize, joins: usize, swap: bool) {
        self.route.cost += self.price(p, q, joins, swap);
        let (before, swapped) = match (self.runs[p], self.runs[q]) {
            (Some(run), Some(other)) if run.partner == q && other.partner == p => (run.joins, run.swapped),
            _ => (0, false),
        };
        let run = |partner| Some(Run { partner, joins: before + joins, swapped: swapped ^ swap });
        (self.runs[p], self.runs[q]) = (run(q), run(p));
    }

    fn swap(&mut self, (p, q): (usize, usize)) {
        self.join(p, q, 0, true);
        self.route.events.push(Event::Swap(p, q));
        self.holder.swap(p, q);
        for at in [p, q] {
            if let Some(qubit) = self.holder[at] {
                self.place[qubit] = at;
            }
        }
    }

    /// The swap that brings what waits, and what comes after it, nearest for its price.
    fn best_swap(&self, front: &[usize], rng: &mut Rng) -> (usize, usize) {
        let ahead = self.ahead(front);
        let at = |q: usize, (p, r): (usize, usize)| match self.place[q] {
            x if x == p => r,
            x if x == r => p,
            x => x,
        };
        let waits = |place: usize| {
            self.holder[place].is_some_and(|q| {
                front.iter().any(|&k| {
                    let (a, b, _) = self.problem.blocks[k];
                    a == q || b == q
                })
            })
        };
        let mut best = (f64::INFINITY, self.edges[0]);
        for &edge in self.edges {
            if !(waits(edge.0) || waits(edge.1)) {
                continue;
            }
            let steps = |k: usize| {
                let (a, b, _) = self.problem.blocks[k];
                f64::from(self.distance[at(a, edge)][at(b, edge)])
            };
            let waiting = front.iter().map(|&k| steps(k)).sum::<f64>();
            let coming = ahead.iter().map(|&(k, weight)| weight * steps(k)).sum::<f64>();
            let price = self.weights.price * self.price(edge.0, edge.1, 0, true) as f64;
            let score = waiting + self.weights.ahead * coming + price + 1e-6 * rng.random::<f64>();
            if score < best.0 {
                best = (score, edge);
            }
        }
        best.1
    }

    /// The blocks after those that wait, with weights.
    fn ahead(&self, front: &[usize]) -> Vec<(usize, f64)> {
        let mut weight = 1.0;
        let mut out = vec![];
        for k in self.first_open..self.finished.len() {
            if self.finished[k] || front.contains(&k) {
                continue;
            }
            weight *= self.weights.fading;
            out.push((k, weight));
            if out.len() == MAX_AHEAD || weight < 0.01 {
                break;
            }
        }
        out
    }

    /// A step of the block's first qubit towards its second.
    fn towards(&self, k: usize) -> (usize, usize) {
        let (a, b, _) = self.problem.blocks[k];
        let (p, goal) = (self.place[a], self.place[b]);
        let near = |(x, y): (usize, usize)| if x == p { Some(y) } else { (y == p).then_some(x) };
        let next = self.edges.iter().filter_map(|&edge| near(edge)).min_by_key(|&n| self.distance[n][goal]);
        (p, next.expect("pieces hang together"))
    }
}
