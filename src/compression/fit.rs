//! One block to factors of a given rank, or to a circuit of a given size.

use super::ansatz::Ansatz;
use crate::encoding::{gamma_bound, joint_gamma_bound, split};
use crate::linalg::{Complex, Matrix, RealMatrix, svd_real};
use crate::network::{Block, Carrier, Demand, Factor, Factors, Form, Variational, random_circuit};
use crate::optimisation::{Minimum, Stop, minimise};
use crate::random::{Rng, stream};
use crate::signs::Signs;
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
    /// A form that says itself why.
    #[error("it is {0}")]
    Form(String),
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
/// If W is not square, too large, or zero, or the block is in a form that has nothing to compress.
pub fn fit_block(block: &Block, metric: &Metric, options: &FitOptions) -> Result<Fit, FitError> {
    let weight = block.weight();
    let (rows, columns) = weight.shape();
    if let Some(reason) = block.form().refusal(Carrier::Compression) {
        return Err(FitError::Form(reason));
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
    let (found, mut form) = match options.ansatz {
        Ansatz::Rank(rank) => task.factors(rank),
        Ansatz::Circuit(pairs) => task.circuit(pairs),
    };
    form.scale(largest);
    let mut fitted = block.clone().with_form(form);
    let error = (fitted.weight() - weight) / largest;
    let relative_error = ((&error * &spread).component_mul(&error).sum() / total).max(0.0).sqrt();
    if let Some(mean) = mean {
        let lost = (weight - fitted.weight()) * mean;
        fitted.bias_mut().iter_mut().zip(lost.iter()).for_each(|(b, l)| *b += l);
    }
    Ok(Fit {
        largest_error: error.amax(),
        block: fitted,
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

    /// `|A+ B+†|² - |A- B-†|²`, with a charge of gamma / gamma* for each sign.
    fn factors(&self, rank: usize) -> (Minimum, Form) {
        let parts = split(self.wanted);
        let mut rng = stream(self.options.seed, rank as u64);
        let mut start = |part: &RealMatrix| (part.amax() > 0.0).then(|| first_factor(part, rank, &mut rng));
        let factors = Factors(Signs { plus: start(&parts.plus), minus: start(&parts.minus) });
        let bounds: Vec<f64> =
            [&parts.plus, &parts.minus].into_iter().filter(|p| p.amax() > 0.0).map(gamma_bound).collect();
        self.search(factors.into(), &bounds)
    }

    /// One circuit for both signs, with a charge of twice gamma over what it cannot get below.
    fn circuit(&self, pairs: usize) -> (Minimum, Form) {
        let bound = joint_gamma_bound(self.wanted);
        let mut rng = stream(self.options.seed, pairs as u64);
        self.search(random_circuit(self.wanted.nrows(), pairs, bound, &mut rng).into(), &[bound])
    }

    /// Moves the parameters of a form to where the loss is least.
    fn search(&self, mut form: Form, bounds: &[f64]) -> (Minimum, Form) {
        let first = form.parameters();
        let evaluate = |values: &[f64], gradient: &mut [f64]| {
            form.set_parameters(values);
            let search = form.search();
            let (loss, by_map) = self.loss(search.map());
            let demand = Demand { by_map: &by_map, by_noise: 0.0, gamma_weight: self.options.gamma_weight, bounds };
            let (charge, slopes) = search.slopes(&demand);
            gradient.copy_from_slice(&slopes);
            loss + charge
        };
        let found = minimise(evaluate, first, self.options.limit, GAIN, |_| false);
        form.set_parameters(&found.x);
        (found, form)
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
