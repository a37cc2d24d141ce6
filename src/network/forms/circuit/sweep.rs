//! All inputs at once through a circuit of Ry, Rz and CZ, and back again with derivatives (adjoint differentiation).
//!
//! Steps are gathered in layers of what commutes: rotations by Ry, then everything diagonal, which is one pass over the
//! amplitudes however many gates it has. In single or double precision; sums over inputs are kept apart lane by lane, in the
//! same order on every machine.

use super::lanes::Lanes;
use super::step::Step;
use crate::linalg::Complex;
use pulp::{Arch, Simd, WithSimd};

/// Inputs that go through a circuit at once: so few that they stay in the nearest cache, and all lanes of a register's.
const AT_ONCE: usize = 16;

/// Amplitudes of a few states: row by row, a row for each basis state, an entry for each input; zero for inputs beyond the
/// last.
#[derive(Clone)]
pub(super) struct State<T> {
    re: Vec<T>,
    im: Vec<T>,
    /// The number of the first input.
    first: usize,
}

/// Steps that commute with each other, with their numbers.
pub(super) enum Layer<T> {
    /// Ry on different qubits: number, qubit, cosine and sine of half the angle.
    Turns(Vec<(usize, usize, T, T)>),
    /// Rz, by number and qubit, and what they and all CZ multiply each basis state with.
    Phases(Vec<(usize, usize)>, Vec<(T, T)>),
}

/// Gathers steps in layers, each as early as its qubits allow.
pub(super) fn layers<T: Lanes>(qubits: usize, steps: &[Step]) -> Vec<Layer<T>> {
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

impl<T: Lanes> Layer<T> {
    fn turns(steps: &[Step], numbers: &[usize]) -> Self {
        let turn = |&number: &usize| match steps[number] {
            Step::Ry(q, angle) => Some((number, q, T::of((angle / 2.0).cos()), T::of((angle / 2.0).sin()))),
            _ => None,
        };
        Layer::Turns(numbers.iter().filter_map(turn).collect())
    }

    fn phases(qubits: usize, steps: &[Step], numbers: &[usize]) -> Self {
        let mut angles = vec![0.0; qubits];
        for number in numbers {
            if let Step::Rz(q, angle) = steps[*number] {
                angles[q] += angle;
            }
        }
        // Qubit by qubit: all phases so far, with the qubit in |0>, then in |1>.
        let mut phases = vec![(1.0, 0.0)];
        for angle in angles {
            let (sin, cos) = (angle / 2.0).sin_cos();
            let turned = |sin: f64| move |&(re, im): &(f64, f64)| (re * cos - im * sin, re * sin + im * cos);
            let ones: Vec<(f64, f64)> = phases.iter().map(turned(sin)).collect();
            phases = phases.iter().map(turned(-sin)).chain(ones).collect();
        }
        for number in numbers {
            if let Step::Cz(a, b) = steps[*number] {
                let both = |(state, _): &(usize, &mut (f64, f64))| state >> a & state >> b & 1 == 1;
                phases.iter_mut().enumerate().filter(both).for_each(|(_, phase)| *phase = (-phase.0, -phase.1));
            }
        }
        let turns = numbers.iter().filter_map(|&number| match steps[number] {
            Step::Rz(q, _) => Some((number, q)),
            _ => None,
        });
        Layer::Phases(turns.collect(), phases.into_iter().map(|(re, im)| (T::of(re), T::of(im))).collect())
    }
}

/// Takes states through all layers.
pub(super) fn apply<T: Lanes>(layers: &[Layer<T>], state: &mut State<T>) {
    Arch::new().dispatch(Forward { layers, state });
}

/// Takes state and costate back before all layers, and adds up the derivatives by their angles, `Im <λ|P ψ> / 2`, each in
/// the place that its step's number says.
pub(super) fn back<T: Lanes>(layers: &[Layer<T>], state: &mut State<T>, costate: &mut State<T>, slopes: &mut [f64]) {
    Arch::new().dispatch(Back { layers, state, costate, slopes });
}

/// [`apply`], compiled once for each width of registers, which changes no rounding.
struct Forward<'a, T> {
    layers: &'a [Layer<T>],
    state: &'a mut State<T>,
}

impl<T: Lanes> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let State { re, im, .. } = self.state;
        let [re, im] = [re, im].map(|part| T::wide::<S>(part));
        for layer in self.layers {
            match layer {
                Layer::Turns(turns) => {
                    for &(_, q, cos, sin) in turns {
                        let turn = Turn::new(simd, q, cos, sin);
                        turn.apply(re);
                        turn.apply(im);
                    }
                }
                Layer::Phases(_, phases) => shift(simd, re, im, phases),
            }
        }
    }
}

/// [`back`], in the same way.
struct Back<'a, T> {
    layers: &'a [Layer<T>],
    state: &'a mut State<T>,
    costate: &'a mut State<T>,
    slopes: &'a mut [f64],
}

impl<T: Lanes> WithSimd for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Back { layers, state, costate, slopes } = self;
        let mut lanes = vec![T::of(0.0); state.re.len()];
        let zeros = [T::of(0.0); AT_ONCE];
        let [re, im, core, coim] =
            [&mut state.re, &mut state.im, &mut costate.re, &mut costate.im].map(|part| T::wide::<S>(part));
        for layer in layers.iter().rev() {
            match layer {
                Layer::Turns(turns) => {
                    for &(number, q, cos, sin) in turns.iter().rev() {
                        let turn = Turn::new(simd, q, cos, sin);
                        let mut sums = zeros;
                        turn.undo(re, core, T::wide::<S>(&mut sums));
                        turn.undo(im, coim, T::wide::<S>(&mut sums));
                        slopes[number] += 0.5 * total(&sums);
                    }
                }
                Layer::Phases(turns, phases) => {
                    let overlaps = T::wide::<S>(&mut lanes);
                    unshift(simd, [&mut *re, &mut *im], [&mut *core, &mut *coim], phases, overlaps);
                    // Qubit by qubit from the top, those above being summed over: what the qubit's halves differ by.
                    let mut turns: Vec<(usize, usize)> = turns.clone();
                    turns.sort_unstable_by_key(|(_, q)| std::cmp::Reverse(*q));
                    let mut rows = phases.len();
                    for (number, q) in turns {
                        while rows > 2 << q {
                            fold::<T, S>(simd, T::wide::<S>(&mut lanes[..rows * AT_ONCE]));
                            rows /= 2;
                        }
                        let mut sums = zeros;
                        difference::<T, S>(simd, T::wide::<S>(&mut lanes[..rows * AT_ONCE]), T::wide::<S>(&mut sums));
                        slopes[number] += 0.5 * total(&sums);
                    }
                }
            }
        }
    }
}

/// Registers of a row.
#[inline(always)]
fn width<T: Lanes, S: Simd>() -> usize {
    AT_ONCE * size_of::<T>() / size_of::<T::Wide<S>>()
}

/// A rotation on its way through rows, or back.
struct Turn<T: Lanes, S: Simd> {
    simd: S,
    qubit: usize,
    cos: T::Wide<S>,
    sin: T::Wide<S>,
}

impl<T: Lanes, S: Simd> Turn<T, S> {
    #[inline(always)]
    fn new(simd: S, qubit: usize, cos: T, sin: T) -> Self {
        Turn { simd, qubit, cos: T::splat(simd, cos), sin: T::splat(simd, sin) }
    }

    /// `cos a - sin b` and `sin a + cos b` of rows whose basis states differ in the qubit.
    #[inline(always)]
    fn apply(&self, rows: &mut [T::Wide<S>]) {
        let run = width::<T, S>() << self.qubit;
        for pair in rows.chunks_exact_mut(2 * run) {
            let (low, high) = pair.split_at_mut(run);
            for (low, high) in low.iter_mut().zip(high) {
                (*low, *high) = (self.less(*low, *high), self.more(*high, *low));
            }
        }
    }

    /// Turns rows of state and costate back, and adds up `λ1 ψ0 - λ0 ψ1` before that, lane by lane of a row.
    #[inline(always)]
    fn undo(&self, rows: &mut [T::Wide<S>], corows: &mut [T::Wide<S>], sums: &mut [T::Wide<S>]) {
        let (simd, width) = (self.simd, width::<T, S>());
        let run = width << self.qubit;
        for (pair, copair) in rows.chunks_exact_mut(2 * run).zip(corows.chunks_exact_mut(2 * run)) {
            let ((low, high), (colow, cohigh)) = (pair.split_at_mut(run), copair.split_at_mut(run));
            let rows = low.chunks_exact_mut(width).zip(high.chunks_exact_mut(width));
            let corows = colow.chunks_exact_mut(width).zip(cohigh.chunks_exact_mut(width));
            for ((low, high), (colow, cohigh)) in rows.zip(corows) {
                for i in 0..width {
                    let (a, b, c, d) = (low[i], high[i], colow[i], cohigh[i]);
                    sums[i] = T::plus(simd, sums[i], T::minus(simd, T::times(simd, d, a), T::times(simd, c, b)));
                    (low[i], high[i]) = (self.more(a, b), self.less(b, a));
                    (colow[i], cohigh[i]) = (self.more(c, d), self.less(d, c));
                }
            }
        }
    }

    /// `cos a - sin b`
    #[inline(always)]
    fn less(&self, a: T::Wide<S>, b: T::Wide<S>) -> T::Wide<S> {
        T::minus(self.simd, T::times(self.simd, self.cos, a), T::times(self.simd, self.sin, b))
    }

    /// `cos a + sin b`
    #[inline(always)]
    fn more(&self, a: T::Wide<S>, b: T::Wide<S>) -> T::Wide<S> {
        T::plus(self.simd, T::times(self.simd, self.cos, a), T::times(self.simd, self.sin, b))
    }
}

/// Multiplies rows with phases.
#[inline(always)]
fn shift<T: Lanes, S: Simd>(simd: S, re: &mut [T::Wide<S>], im: &mut [T::Wide<S>], phases: &[(T, T)]) {
    let width = width::<T, S>();
    for ((re, im), &(cos, sin)) in re.chunks_exact_mut(width).zip(im.chunks_exact_mut(width)).zip(phases) {
        let turn = Turn::<T, S>::new(simd, 0, cos, sin);
        for (re, im) in re.iter_mut().zip(im) {
            (*re, *im) = (turn.less(*re, *im), turn.more(*im, *re));
        }
    }
}

/// Takes phases off state and costate, and puts `Im <λ|n><n|ψ>` before that in row n of the overlaps, input by input.
#[inline(always)]
fn unshift<T: Lanes, S: Simd>(
    simd: S,
    [re, im]: [&mut [T::Wide<S>]; 2],
    [core, coim]: [&mut [T::Wide<S>]; 2],
    phases: &[(T, T)],
    overlaps: &mut [T::Wide<S>],
) {
    let width = width::<T, S>();
    let state = re.chunks_exact_mut(width).zip(im.chunks_exact_mut(width));
    let costate = core.chunks_exact_mut(width).zip(coim.chunks_exact_mut(width));
    let rows = state.zip(costate).zip(overlaps.chunks_exact_mut(width));
    for ((((re, im), (core, coim)), overlap), &(cos, sin)) in rows.zip(phases) {
        let turn = Turn::<T, S>::new(simd, 0, cos, sin);
        for i in 0..width {
            let (a, b, c, d) = (re[i], im[i], core[i], coim[i]);
            overlap[i] = T::minus(simd, T::times(simd, c, b), T::times(simd, d, a));
            (re[i], im[i]) = (turn.more(a, b), turn.less(b, a));
            (core[i], coim[i]) = (turn.more(c, d), turn.less(d, c));
        }
    }
}

/// Puts the sum over the highest qubit in the lower half.
#[inline(always)]
fn fold<T: Lanes, S: Simd>(simd: S, rows: &mut [T::Wide<S>]) {
    let (low, high) = rows.split_at_mut(rows.len() / 2);
    low.iter_mut().zip(high).for_each(|(low, high)| *low = T::plus(simd, *low, *high));
}

/// What the lower half has more than the upper one, lane by lane of a row.
#[inline(always)]
fn difference<T: Lanes, S: Simd>(simd: S, rows: &[T::Wide<S>], sums: &mut [T::Wide<S>]) {
    let width = width::<T, S>();
    let (low, high) = rows.split_at(rows.len() / 2);
    for (low, high) in low.chunks_exact(width).zip(high.chunks_exact(width)) {
        for i in 0..width {
            sums[i] = T::plus(simd, sums[i], T::minus(simd, low[i], high[i]));
        }
    }
}

fn total<T: Lanes>(row: &[T; AT_ONCE]) -> f64 {
    row.iter().map(|lane| lane.double()).sum()
}

impl<T: Lanes> State<T> {
    /// Inputs 0 to `count`, a few to a state; input m is basis state m.
    pub fn basis(qubits: usize, count: usize) -> Vec<State<T>> {
        let few = |first: usize| {
            let mut re = vec![T::of(0.0); AT_ONCE << qubits];
            let im = re.clone();
            (first..count.min(first + AT_ONCE)).for_each(|m| re[m * AT_ONCE + m - first] = T::of(1.0));
            State { re, im, first }
        };
        (0..count).step_by(AT_ONCE).map(few).collect()
    }

    /// `<n|ψ_m>` of one of [`State::basis`], m being an input of all of them.
    pub fn amplitude(all: &[State<T>], n: usize, m: usize) -> Complex {
        let state = &all[m / AT_ONCE];
        let at = n * AT_ONCE + m % AT_ONCE;
        Complex::new(state.re[at].double(), state.im[at].double())
    }

    /// Multiplies the amplitude of basis state n for input m with `factor(n, m)`, for inputs below `count`.
    pub fn scale(&mut self, count: usize, factor: impl Fn(usize, usize) -> f64) {
        let inputs = count.min(self.first + AT_ONCE) - self.first;
        let rows = self.re.chunks_exact_mut(AT_ONCE).zip(self.im.chunks_exact_mut(AT_ONCE));
        for (n, (re, im)) in rows.enumerate() {
            for (lane, (re, im)) in re.iter_mut().zip(im).take(inputs).enumerate() {
                let by = T::of(factor(n, self.first + lane));
                (*re, *im) = (*re * by, *im * by);
            }
        }
    }
}
