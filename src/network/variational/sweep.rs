//! All inputs at once through a circuit of Ry, Rz and CZ, and back again with derivatives (adjoint differentiation).
//!
//! Steps are gathered in layers of what commutes: rotations by Ry, then everything diagonal, which is one pass over the
//! amplitudes however many gates it has.

use super::Step;
use crate::linalg::Complex;
use std::ops::Range;

/// Amplitudes of many states: row by row, a row for each basis state, an entry for each input.
#[derive(Clone)]
pub(super) struct State {
    re: Vec<f64>,
    im: Vec<f64>,
    inputs: usize,
}

/// Steps that commute with each other, with their numbers.
pub(super) enum Layer {
    /// Ry on different qubits: number, qubit, cosine and sine of half the angle.
    Turns(Vec<(usize, usize, f64, f64)>),
    /// Rz, by number and qubit, and what they and all CZ multiply each basis state with.
    Phases(Vec<(usize, usize)>, Vec<(f64, f64)>),
}

/// Gathers steps in layers, each as early as its qubits allow.
pub(super) fn layers(qubits: usize, steps: &[Step]) -> Vec<Layer> {
    // Even layers turn, odd ones are diagonal; a qubit's next step goes to its last layer or later.
    let mut front = vec![0; qubits];
    let mut turned = vec![None; qubits];
    let mut sorted: Vec<Vec<usize>> = vec![];
    for (number, step) in steps.iter().enumerate() {
        let odd = |at: usize| at | 1;
        let (at, on) = match *step {
            // Two turns of a qubit in a row add up, but their layer has room for one.
            Step::Ry(q, _) if front[q] % 2 == 0 && turned[q] != Some(front[q]) => (front[q], [q, q]),
            Step::Ry(q, _) => (front[q] / 2 * 2 + 2, [q, q]),
            Step::Rz(q, _) => (odd(front[q]), [q, q]),
            Step::Cz(a, b) => (odd(front[a].max(front[b])), [a, b]),
        };
        on.iter().for_each(|q| front[*q] = at);
        if matches!(step, Step::Ry(..)) {
            turned[on[0]] = Some(at);
        }
        if sorted.len() <= at {
            sorted.resize(at + 1, vec![]);
        }
        sorted[at].push(number);
    }
    let layer = |(at, numbers): (usize, Vec<usize>)| {
        if at % 2 == 0 { Layer::turns(steps, &numbers) } else { Layer::phases(qubits, steps, &numbers) }
    };
    sorted.into_iter().enumerate().filter(|(_, numbers)| !numbers.is_empty()).map(layer).collect()
}

impl Layer {
    fn turns(steps: &[Step], numbers: &[usize]) -> Layer {
        let turn = |&number: &usize| match steps[number] {
            Step::Ry(q, angle) => Some((number, q, (angle / 2.0).cos(), (angle / 2.0).sin())),
            _ => None,
        };
        Layer::Turns(numbers.iter().filter_map(turn).collect())
    }

    fn phases(qubits: usize, steps: &[Step], numbers: &[usize]) -> Layer {
        let phase = |state: usize| {
            let (mut angle, mut flipped) = (0.0, false);
            for number in numbers {
                match steps[*number] {
                    Step::Rz(q, by) => angle += if state >> q & 1 == 1 { by / 2.0 } else { -by / 2.0 },
                    Step::Cz(a, b) => flipped ^= state >> a & state >> b & 1 == 1,
                    Step::Ry(..) => {}
                }
            }
            let (sin, cos) = angle.sin_cos();
            if flipped { (-cos, -sin) } else { (cos, sin) }
        };
        let turns = numbers.iter().filter_map(|&number| match steps[number] {
            Step::Rz(q, _) => Some((number, q)),
            _ => None,
        });
        Layer::Phases(turns.collect(), (0..1 << qubits).map(phase).collect())
    }

    pub fn apply(&self, state: &mut State) {
        match self {
            Layer::Turns(turns) => turns.iter().for_each(|&(_, q, cos, sin)| state.turn(q, cos, sin)),
            Layer::Phases(_, phases) => state.multiply(phases, 1.0),
        }
    }

    /// Takes state and costate back before the layer, and writes the derivatives by its angles, `Im <λ|P ψ> / 2`.
    pub fn back(&self, state: &mut State, costate: &mut State, slopes: &mut [f64]) {
        match self {
            Layer::Turns(turns) => {
                for &(number, q, cos, sin) in turns.iter().rev() {
                    slopes[number] = state.turn_back(costate, q, cos, sin);
                }
            }
            Layer::Phases(turns, phases) => {
                let overlaps = state.multiply_back(costate, phases);
                for &(number, q) in turns {
                    let signed = |(n, v): (usize, &f64)| if n >> q & 1 == 1 { -v } else { *v };
                    slopes[number] = 0.5 * overlaps.iter().enumerate().map(signed).sum::<f64>();
                }
            }
        }
    }
}

impl State {
    /// Input m is basis state m.
    pub fn basis(qubits: usize, inputs: usize) -> State {
        let mut re = vec![0.0; inputs << qubits];
        (0..inputs).for_each(|m| re[m * inputs + m] = 1.0);
        State { im: vec![0.0; re.len()], re, inputs }
    }

    /// `<n|ψ_m>`
    pub fn amplitude(&self, n: usize, m: usize) -> Complex {
        let at = n * self.inputs + m;
        Complex::new(self.re[at], self.im[at])
    }

    /// Multiplies the amplitude of basis state n for input m with `factor(n, m)`.
    pub fn scale(&mut self, factor: impl Fn(usize, usize) -> f64) {
        let width = self.inputs;
        for (at, (re, im)) in self.re.iter_mut().zip(&mut self.im).enumerate() {
            let by = factor(at / width, at % width);
            *re *= by;
            *im *= by;
        }
    }

    fn rows(&self) -> usize {
        self.re.len() / self.inputs
    }

    /// Where the amplitudes of a pair of basis states are that differ in qubit q, the one with bit 0 first: runs of rows.
    fn pairs(&self, q: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<> {
        let run = self.inputs << q;
        (0..self.re.len()).step_by(2 * run).map(move |at| (at..at + run, at + run..at + 2 * run))
    }

    fn turn(&mut self, q: usize, cos: f64, sin: f64) {
        for (low, high) in self.pairs(q) {
            for part in [&mut self.re, &mut self.im] {
                let (a, b) = part[low.start..high.end].split_at_mut(low.len());
                rotate(a, b, cos, sin);
            }
        }
    }

    /// Turns both back; returns `Im <λ|Y ψ> / 2`.
    fn turn_back(&mut self, costate: &mut State, q: usize, cos: f64, sin: f64) -> f64 {
        let mut sums = [0.0; LANES];
        for (low, high) in self.pairs(q) {
            let parts = [(&mut self.re, &mut costate.re), (&mut self.im, &mut costate.im)];
            for (state, costate) in parts {
                let (a, b) = state[low.start..high.end].split_at_mut(low.len());
                let (c, d) = costate[low.start..high.end].split_at_mut(low.len());
                // Re(λ1* ψ0) - Re(λ0* ψ1)
                add_products(&mut sums, d, a, 1.0);
                add_products(&mut sums, c, b, -1.0);
                rotate(a, b, cos, -sin);
                rotate(c, d, cos, -sin);
            }
        }
        0.5 * sums.iter().sum::<f64>()
    }

    fn multiply(&mut self, phases: &[(f64, f64)], direction: f64) {
        let width = self.inputs;
        for ((re, im), (cos, sin)) in self.re.chunks_mut(width).zip(self.im.chunks_mut(width)).zip(phases) {
            let sin = direction * sin;
            for (re, im) in re.iter_mut().zip(im) {
                (*re, *im) = (*re * cos - *im * sin, *re * sin + *im * cos);
            }
        }
    }

    /// Takes the phases off both; returns `Im <λ|n><n|ψ>` for every basis state n.
    fn multiply_back(&mut self, costate: &mut State, phases: &[(f64, f64)]) -> Vec<f64> {
        let width = self.inputs;
        let overlap = |n: usize| {
            let at = n * width..(n + 1) * width;
            let mut sums = [0.0; LANES];
            add_products(&mut sums, &costate.re[at.clone()], &self.im[at.clone()], 1.0);
            add_products(&mut sums, &costate.im[at.clone()], &self.re[at], -1.0);
            sums.iter().sum()
        };
        let overlaps = (0..self.rows()).map(overlap).collect();
        self.multiply(phases, -1.0);
        costate.multiply(phases, -1.0);
        overlaps
    }
}

/// Sums that are kept apart, so that they can be added at once; fixed, so that every machine adds in the same order.
const LANES: usize = 8;

fn add_products(sums: &mut [f64; LANES], a: &[f64], b: &[f64], sign: f64) {
    let (a, b) = (a.chunks(LANES), b.chunks(LANES));
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += sign * a * b;
        }
    }
}

fn rotate(a: &mut [f64], b: &mut [f64], cos: f64, sin: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
    }
}
