//! All inputs at once through a circuit of Ry, Rz and CZ, and back again with derivatives (adjoint differentiation).
//!
//! Steps are gathered in layers of what commutes: rotations by Ry, then everything diagonal, which is one pass over the
//! amplitudes however many gates it has.

use super::step::Step;
use crate::linalg::Complex;
use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;

/// Inputs that go through a circuit at once: so few that they stay in the nearest cache.
const AT_ONCE: usize = 16;

/// Amplitudes of a few states: row by row, a row for each basis state, an entry for each input.
#[derive(Clone)]
pub(super) struct State {
    re: Vec<f64>,
    im: Vec<f64>,
    /// The number of the first input.
    first: usize,
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
    let mut front = vec![0usize; qubits];
    let mut turned = vec![None; qubits];
    let mut sorted: Vec<Vec<usize>> = vec![];
    for (number, step) in steps.iter().enumerate() {
        let odd = |at: usize| at | 1;
        let (at, on) = match *step {
            // Two turns of a qubit in a row add up, but their layer has room for one.
            Step::Ry(q, _) if front[q].is_multiple_of(2) && turned[q] != Some(front[q]) => (front[q], [q, q]),
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
        if at.is_multiple_of(2) { Layer::turns(steps, &numbers) } else { Layer::phases(qubits, steps, &numbers) }
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

    /// Takes states through the layer.
    pub fn apply(&self, state: &mut State) {
        Arch::new().dispatch(Forward { layer: self, state });
    }

    /// Takes state and costate back before the layer, and adds up the derivatives by its angles, `Im <λ|P ψ> / 2`.
    pub fn back(&self, state: &mut State, costate: &mut State, slopes: &mut [f64]) {
        Arch::new().dispatch(Back { layer: self, state, costate, slopes });
    }
}

/// [`Layer::apply`], compiled once for each width of registers, which changes no rounding.
struct Forward<'a> {
    layer: &'a Layer,
    state: &'a mut State,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        match self.layer {
            Layer::Turns(turns) => {
                for &(_, q, cos, sin) in turns {
                    self.state.turn(q, cos, sin);
                }
            }
            Layer::Phases(_, phases) => self.state.multiply(phases, 1.0),
        }
    }
}

/// [`Layer::back`], in the same way.
struct Back<'a> {
    layer: &'a Layer,
    state: &'a mut State,
    costate: &'a mut State,
    slopes: &'a mut [f64],
}

impl WithSimd for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        match self.layer {
            Layer::Turns(turns) => {
                for &(number, q, cos, sin) in turns.iter().rev() {
                    self.slopes[number] += self.state.turn_back(self.costate, q, cos, sin);
                }
            }
            Layer::Phases(turns, phases) => {
                let overlaps = self.state.multiply_back(self.costate, phases);
                for &(number, q) in turns {
                    let signed = |(n, v): (usize, &f64)| if n >> q & 1 == 1 { -v } else { *v };
                    self.slopes[number] += 0.5 * overlaps.iter().enumerate().map(signed).sum::<f64>();
                }
            }
        }
    }
}

impl State {
    /// Inputs 0 to `count`, a few to a state; input m is basis state m.
    pub fn basis(qubits: usize, count: usize) -> Vec<State> {
        let few = |first: usize| {
            let inputs = AT_ONCE.min(count - first);
            let mut re = vec![0.0; inputs << qubits];
            (0..inputs).for_each(|k| re[(first + k) * inputs + k] = 1.0);
            State { im: vec![0.0; re.len()], re, first, inputs }
        };
        (0..count).step_by(AT_ONCE).map(few).collect()
    }

    /// `<n|ψ_m>` of one of [`State::basis`], m being an input of all of them.
    pub fn amplitude(all: &[State], n: usize, m: usize) -> Complex {
        let state = &all[m / AT_ONCE];
        let at = n * state.inputs + m % AT_ONCE;
        Complex::new(state.re[at], state.im[at])
    }

    /// Multiplies the amplitude of basis state n for input m with `factor(n, m)`.
    pub fn scale(&mut self, factor: impl Fn(usize, usize) -> f64) {
        let width = self.inputs;
        for (at, (re, im)) in self.re.iter_mut().zip(&mut self.im).enumerate() {
            let by = factor(at / width, self.first + at % width);
            *re *= by;
            *im *= by;
        }
    }

    #[inline(always)]
    fn rows(&self) -> usize {
        self.re.len() / self.inputs
    }

    /// Where the amplitudes of a pair of basis states are that differ in qubit q, the one with bit 0 first: runs of rows.
    #[inline(always)]
    fn pairs(&self, q: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<> {
        let run = self.inputs << q;
        (0..self.re.len()).step_by(2 * run).map(move |at| (at..at + run, at + run..at + 2 * run))
    }

    #[inline(always)]
    fn turn(&mut self, q: usize, cos: f64, sin: f64) {
        for (low, high) in self.pairs(q) {
            for part in [&mut self.re, &mut self.im] {
                let (a, b) = part[low.start..high.end].split_at_mut(low.len());
                rotate(a, b, cos, sin);
            }
        }
    }

    /// Turns both back; returns `Im <λ|Y ψ> / 2`.
    #[inline(always)]
    fn turn_back(&mut self, costate: &mut State, q: usize, cos: f64, sin: f64) -> f64 {
        let mut sums = [0.0; LANES];
        for (low, high) in self.pairs(q) {
            let parts = [(&mut self.re, &mut costate.re), (&mut self.im, &mut costate.im)];
            for (state, costate) in parts {
                let (a, b) = state[low.start..high.end].split_at_mut(low.len());
                let (c, d) = costate[low.start..high.end].split_at_mut(low.len());
                unturn([a, b], [c, d], (cos, sin), &mut sums);
            }
        }
        0.5 * sums.iter().sum::<f64>()
    }

    #[inline(always)]
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
    #[inline(always)]
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

#[inline(always)]
fn add_products(sums: &mut [f64; LANES], a: &[f64], b: &[f64], sign: f64) {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut kept = *sums;
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            kept[i] += sign * a[i] * b[i];
        }
    }
    for ((sum, a), b) in kept.iter_mut().zip(a_rest).zip(b_rest) {
        *sum += sign * a * b;
    }
    *sums = kept;
}

/// Turns the pairs of two lists back by (cosine, sine), and adds up `Re(λ1* ψ0) - Re(λ0* ψ1)` before that.
#[inline(always)]
fn unturn(state: [&mut [f64]; 2], costate: [&mut [f64]; 2], by: (f64, f64), sums: &mut [f64; LANES]) {
    let ([a, b], [c, d], (cos, sin)) = (state, costate, by);
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = [a, b, c, d].map(|part| part.as_chunks_mut::<LANES>());
    let mut kept = *sums;
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        // Values first: what may change under it is not read in wide registers.
        let (x, y, z, w) = (*a, *b, *c, *d);
        kept = std::array::from_fn(|i| kept[i] + (w[i] * x[i] - z[i] * y[i]));
        *a = std::array::from_fn(|i| cos * x[i] + sin * y[i]);
        *b = std::array::from_fn(|i| cos * y[i] - sin * x[i]);
        *c = std::array::from_fn(|i| cos * z[i] + sin * w[i]);
        *d = std::array::from_fn(|i| cos * w[i] - sin * z[i]);
    }
    let rest = a_rest.iter_mut().zip(b_rest).zip(c_rest.iter_mut().zip(d_rest));
    for (sum, ((a, b), (c, d))) in kept.iter_mut().zip(rest) {
        *sum += *d * *a - *c * *b;
        (*a, *b) = (cos * *a + sin * *b, cos * *b - sin * *a);
        (*c, *d) = (cos * *c + sin * *d, cos * *d - sin * *c);
    }
    *sums = kept;
}

#[inline(always)]
fn rotate(a: &mut [f64], b: &mut [f64], cos: f64, sin: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
    }
}
