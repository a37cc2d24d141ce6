//! One block to factors of a given rank, or to a circuit of a given size.

use super::ansatz::{Ansatz, random_circuit};
use super::circuit::{charged_slopes, values_of, with_values};
use super::factored::{charge_gamma, through_squares, variables, with_variables, write_slopes};
use crate::encoding::{gamma_bound, joint_gamma_bound, split};
use crate::linalg::{Complex, Matrix, RealMatrix, svd_real};
use crate::network::{Affine, Block, Factor, Factors, Form, Variational};
use crate::optimisation::{Minimum, Stop, minimise};
use crate::random::{Rng, stream};
use rand::RngExt;

/// Where errors of W count.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// Everywhere alike, W kept entry by entry.
    Entries,
    /// Everywhere alike, up to what a shift of the bias makes good: `W + t 1ᵀ` and `b - t` do the same, as y sums to one.
    Uniform,
    /// On the states that enter the block, a column each, up to a shift of the bias.
    States(RealMatrix),
}

/// How to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// What the block is to become.
    pub ansatz: Ansatz,
    /// What gamma at its bound adds to the relative squared error.
    pub gamma_weight: f64,
    /// Evaluations allowed.
    pub limit: usize,
    /// Seed of where the search starts.
    pub seed: u64,
}

/// A block in its new form, and how it came about.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The block.
    pub block: Block,
    /// Root of the squared error over that of W itself, in the metric asked for.
    pub relative_error: f64,
    /// max |W' - W| / max |W|, where W is kept entry by entry.
    pub largest_error: f64,
    /// Evaluations that it took.
    pub evaluations: usize,
    /// Why the search ended.
    pub stop: Stop,
}

/// A block that cannot be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Factors are for square weights.
    #[error("the weight is {rows} x {columns}: only square ones can be given by factors")]
    Shape {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A block of unitaries, which has phases to keep and is as small as can be.
    #[error("it is given by unitaries, which take 2 CX each: there is nothing to compress")]
    Unitaries,
    /// Circuits are simulated, input by input.
    #[error("the weight is {0} x {0}: circuits are fitted to at most {max} x {max}", max = Variational::MAX_DIM)]
    TooLarge(usize),
    /// There is nothing to fit.
    #[error("the weight is zero")]
    Zero,
}

/// Noise on the first factors, as a share of their size: with none, the phases would stay zero.
const NOISE: f64 = 0.3;

/// A step that gains less than this share of the loss is the last.
const GAIN: f64 = 1e-8;

/// Finds factors or a circuit by L-BFGS on `tr(E S Eᵀ) / tr(W S Wᵀ) + gamma_weight · charge`, E being W' - W.
///
/// # Errors
/// If W is not square, too large, or zero, or the block is given by unitaries.
pub fn fit_block(block: &Block, metric: &Metric, options: &FitOptions) -> Result<Fit, FitError> {
    let weight = &block.affine.weight;
    let (rows, columns) = weight.shape();
    if block.unitaries().is_some() {
        return Err(FitError::Unitaries);
    }
    if rows != columns {
        return Err(FitError::Shape { rows, columns });
    }
    if rows > Variational::MAX_DIM && matches!(options.ansatz, Ansatz::Circuit(_)) {
        return Err(FitError::TooLarge(rows));
    }
    let largest = weight.amax();
    if largest == 0.0 {
        return Err(FitError::Zero);
    }
    // Entries of at most one, so that neither tiny nor huge weights leave the range of squares.
    let scaled = weight / largest;
    let (spread, mean) = second_moments(metric, columns);
    let total = (&scaled * &spread).component_mul(&scaled).sum().max(f64::MIN_POSITIVE);
    let task = Task { wanted: &scaled, spread: &spread, total, options };
    let (found, form, fitted) = match options.ansatz {
        Ansatz::Rank(rank) => task.factors(rank, largest),
        Ansatz::Circuit(pairs) => task.circuit(pairs, largest),
    };
    let error = (&fitted - weight) / largest;
    let relative_error = ((&error * &spread).component_mul(&error).sum() / total).max(0.0).sqrt();
    let mut bias = block.affine.bias.clone();
    if let Some(mean) = mean {
        let lost = (weight - &fitted) * mean;
        bias.iter_mut().zip(lost.iter()).for_each(|(b, l)| *b += l);
    }
    Ok(Fit {
        largest_error: error.amax(),
        block: Block { affine: Affine { weight: fitted, bias }, form, ..block.clone() },
        relative_error,
        evaluations: found.evaluations,
        stop: found.stop,
    })
}

/// What both ways minimise.
struct Task<'a> {
    wanted: &'a RealMatrix,
    spread: &'a RealMatrix,
    total: f64,
    options: &'a FitOptions,
}

impl Task<'_> {
    /// `tr(E S Eᵀ) / total` and its derivative by W'.
    fn loss(&self, weight: &RealMatrix) -> (f64, RealMatrix) {
        let error = weight - self.wanted;
        let weighted = &error * self.spread;
        (weighted.component_mul(&error).sum() / self.total, weighted * (2.0 / self.total))
    }

    /// `|A+ B+†|² - |A- B-†|²`, with a charge of gamma / gamma* for each sign. Returns W' in the scale of W.
    fn factors(&self, rank: usize, scale: f64) -> (Minimum, Form, RealMatrix) {
        let parts = split(self.wanted);
        let mut rng = stream(self.options.seed, rank as u64);
        let mut start = |part: &RealMatrix| (part.amax() > 0.0).then(|| first_factor(part, rank, &mut rng));
        let shape = Factors { plus: start(&parts.plus), minus: start(&parts.minus) };
        let bounds: Vec<f64> =
            [&parts.plus, &parts.minus].into_iter().filter(|p| p.amax() > 0.0).map(gamma_bound).collect();
        let signs: Vec<f64> =
            [&shape.plus, &shape.minus].iter().zip([1.0, -1.0]).filter(|(f, _)| f.is_some()).map(|(_, s)| s).collect();
        let evaluate = |values: &[f64], gradient: &mut [f64]| {
            let factors = with_variables(&shape, values);
            let amplitudes: Vec<Matrix> = factors.signs().map(Factor::amplitudes).collect();
            let mut weight = RealMatrix::zeros(self.wanted.nrows(), self.wanted.ncols());
            for (m, sign) in amplitudes.iter().zip(&signs) {
                weight.zip_apply(m, |w, z| *w += sign * z.norm_sqr());
            }
            let (loss, by_weight) = self.loss(&weight);
            let mut slopes: Vec<(Matrix, Matrix)> = factors
                .signs()
                .zip(amplitudes.iter().zip(&signs))
                .map(|(factor, (m, sign))| through_squares(factor, m, &(&by_weight * *sign)))
                .collect();
            let charge = charge_gamma(&factors, self.options.gamma_weight, &bounds, &mut slopes);
            write_slopes(&slopes, gradient);
            loss + charge
        };
        let found = minimise(evaluate, variables(&shape), self.options.limit, GAIN, |_| false);
        let mut factors = with_variables(&shape, &found.x);
        let root = Complex::from(scale.powf(0.25));
        for factor in [&mut factors.plus, &mut factors.minus].into_iter().flatten() {
            // |A B†|² grows by the fourth power.
            factor.left *= root;
            factor.right *= root;
        }
        let weight = factors.weight();
        (found, Form::Factors(factors), weight)
    }

    /// One circuit for both signs, with a charge of twice gamma over what it cannot get below. Variables are ln γ and the
    /// angles. Returns W' in the scale of W.
    fn circuit(&self, pairs: usize, scale: f64) -> (Minimum, Form, RealMatrix) {
        let bound = joint_gamma_bound(self.wanted);
        let mut rng = stream(self.options.seed, pairs as u64);
        let shape = random_circuit(self.wanted.nrows(), pairs, bound, &mut rng);
        let evaluate = |values: &[f64], gradient: &mut [f64]| {
            let circuit = with_values(&shape, values);
            let run = circuit.run();
            let weight = run.weight();
            let (loss, by_weight) = self.loss(&weight);
            let (charge, slopes) = charged_slopes(run, &weight, &by_weight, self.options.gamma_weight, bound);
            gradient.copy_from_slice(&slopes);
            loss + charge
        };
        let found = minimise(evaluate, values_of(&shape), self.options.limit, GAIN, |_| false);
        let mut circuit = with_values(&shape, &found.x);
        circuit.gamma *= scale;
        let weight = circuit.weight();
        (found, Form::Circuit(circuit), weight)
    }
}

/// `S = mean (y - m)(y - m)ᵀ`, the weight of errors, and m, the state on which the bias makes good what W' lacks.
fn second_moments(metric: &Metric, dim: usize) -> (RealMatrix, Option<RealMatrix>) {
    match metric {
        Metric::Entries => (RealMatrix::identity(dim, dim), None),
        Metric::Uniform => {
            let share = 1.0 / dim as f64;
            let spread = RealMatrix::identity(dim, dim).add_scalar(-share);
            (spread, Some(RealMatrix::from_element(dim, 1, share)))
        }
        Metric::States(states) => {
            let mean = RealMatrix::from_column_slice(dim, 1, states.column_mean().as_slice());
            let centred = RealMatrix::from_fn(dim, states.ncols(), |i, j| states[(i, j)] - mean[i]);
            let mut spread = &centred * centred.transpose();
            // Scaled to a mean of one, with a trace of the identity for directions that no state has.
            spread *= dim as f64 / spread.trace().max(f64::MIN_POSITIVE);
            (0..dim).for_each(|i| spread[(i, i)] += 1e-6);
            (spread, Some(mean))
        }
    }
}

/// Where a sign starts: the leading part of the root of its weights, with noise.
fn first_factor(part: &RealMatrix, rank: usize, rng: &mut Rng) -> Factor {
    let root = part.map(f64::sqrt);
    let parts = svd_real(&root);
    let noise = NOISE * (parts.sigma[0] / part.nrows() as f64).sqrt();
    let mut side = |vectors: &RealMatrix| {
        Matrix::from_fn(part.nrows(), rank, |i, j| {
            let own = if j < parts.sigma.len() { vectors[(i, j)] * parts.sigma[j].sqrt() } else { 0.0 };
            let mut normal = || noise * (0..4).map(|_| rng.random_range(-0.9..0.9)).sum::<f64>();
            Complex::new(own + normal(), normal())
        })
    };
    Factor { left: side(&parts.left), right: side(&parts.right) }
}
