//! One block to factors of a given rank, or to a circuit of a given size.

use super::ansatz::Ansatz;
use crate::encoding::{gamma_bound, joint_gamma_bound, split};
use crate::linalg::{Complex, Matrix, RealMatrix, svd_real};
use crate::network::{Block, Carrier, Demand, Factor, Factors, Form, Variational, random_circuit_on};
use crate::optimisation::{Minimum, Stop, minimise};
use crate::random::{Rng, stream};
use crate::signs::Signs;
use crate::target::{Edges, EdgesError};
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
    /// Which qubits a circuit joins.
    pub edges: Edges,
    /// Shots for each basis input of a circuit: the noise that they leave in W y counts as an error of W does. Infinitely many
    /// if left out.
    pub shots: Option<f64>,
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
    /// A circuit has no place.
    #[error(transparent)]
    Edges(#[from] EdgesError),
    /// There is nothing to fit.
    #[error("the weight is zero")]
    Zero,
}

/// Noise on the first factors, as a share of their size: with none, the phases would stay zero.
const NOISE: f64 = 0.3;

/// A step that gains less than this share of the loss is the last.
const GAIN: f64 = 1e-8;

/// What directions that no state has count for, in units of the mean of those that states have: of factors next to nothing; of
/// circuits so much that what finetuning and shots make of the states is still like what was fitted.
const ELSEWHERE: [f64; 2] = [1e-6, 0.03];

/// Where a circuit's gamma starts, over what it cannot get below.
const START: f64 = 1.3;

/// Finds factors or a circuit by L-BFGS on `tr(E S Eᵀ) / tr(W S Wᵀ) + gamma_weight · charge`, E being W' - W; for a circuit
/// with so many shots for each basis input, `γ² mean Σ_m y_m² / (shots tr(W S Wᵀ))` more, which is the noise that they leave
/// in W y.
///
/// # Errors
/// If W is not square, too large, or zero, the block is in a form that has nothing to compress, or there is no place for a
/// circuit.
pub fn fit_block(block: &Block, metric: &Metric, options: &FitOptions) -> Result<Fit, FitError> {
    check_block(block)?;
    let weight = block.weight();
    let (rows, columns) = weight.shape();
    if rows > Variational::MAX_DIM && matches!(options.ansatz, Ansatz::Circuit(_)) {
        return Err(FitError::TooLarge(rows));
    }
    let largest = weight.amax();
    if largest == 0.0 {
        return Err(FitError::Zero);
    }
    // Entries of at most one, so that neither tiny nor huge weights leave the range of squares.
    let scaled = weight / largest;
    let moments = second_moments(metric, columns, elsewhere(options.ansatz));
    let total = moments.total(&scaled);
    let noise = options.shots.map_or(0.0, |shots| moments.purity / (shots * total));
    let task = Task { wanted: &scaled, spread: &moments.spread, total, noise, options };
    let (found, mut form) = match options.ansatz {
        Ansatz::Rank(rank) => task.factors(rank),
        Ansatz::Circuit(pairs) => task.circuit(pairs)?,
    };
    form.scale(largest);
    let Replaced { block, relative_error, largest_error } = replaced(block, form, &moments);
    Ok(Fit { block, relative_error, largest_error, evaluations: found.evaluations, stop: found.stop })
}

/// Refuses blocks that no form can stand for.
pub(super) fn check_block(block: &Block) -> Result<(), FitError> {
    let (rows, columns) = block.weight().shape();
    if let Some(reason) = block.form().refusal(Carrier::Compression) {
        return Err(FitError::Form(reason));
    }
    if rows == columns { Ok(()) } else { Err(FitError::Shape { rows, columns }) }
}

/// A block in a new form, and what it is off by.
pub(super) struct Replaced {
    pub block: Block,
    /// Root of the squared error over that of W itself.
    pub relative_error: f64,
    /// max |W' - W| / max |W|
    pub largest_error: f64,
}

/// The block in this form, its bias moved by what that makes good.
pub(super) fn replaced(block: &Block, form: impl Into<Form>, moments: &Moments) -> Replaced {
    let weight = block.weight();
    let largest = weight.amax();
    let mut fitted = block.clone().with_form(form);
    let error = (fitted.weight() - weight) / largest;
    let squared = (&error * &moments.spread).component_mul(&error).sum();
    if let Some(mean) = &moments.mean {
        let lost = (weight - fitted.weight()) * mean;
        fitted.bias_mut().iter_mut().zip(lost.iter()).for_each(|(b, l)| *b += l);
    }
    Replaced {
        block: fitted,
        relative_error: (squared / moments.total(&(weight / largest))).max(0.0).sqrt(),
        largest_error: error.amax(),
    }
}

/// What both ways minimise.
struct Task<'a> {
    wanted: &'a RealMatrix,
    spread: &'a RealMatrix,
    total: f64,
    /// What γ² counts for.
    noise: f64,
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
    fn circuit(&self, pairs: usize) -> Result<(Minimum, Form), EdgesError> {
        let bound = joint_gamma_bound(self.wanted);
        let none = Variational { dim: self.wanted.nrows(), steps: vec![], gamma: START * bound };
        let order = self.options.edges.order(none.qubits())?;
        let mut rng = stream(self.options.seed, pairs as u64);
        // A block of one entry has one qubit, and nothing to join it with.
        let pairs = if order.is_empty() { 0 } else { pairs };
        Ok(self.search(random_circuit_on(&order, none, pairs, &mut rng).into(), &[bound]))
    }

    /// Moves the parameters of a form to where the loss is least.
    fn search(&self, mut form: Form, bounds: &[f64]) -> (Minimum, Form) {
        let first = form.parameters();
        let evaluate = |values: &[f64], gradient: &mut [f64]| {
            form.set_parameters(values);
            let search = form.search();
            let (loss, by_map) = self.loss(search.map());
            let noise = self.noise * form.gamma().map_or(0.0, |gamma| gamma * gamma);
            let gamma_weight = self.options.gamma_weight;
            let (charge, slopes) =
                search.slopes(&Demand { by_map: &by_map, by_noise: 2.0 * noise, gamma_weight, bounds });
            gradient.copy_from_slice(&slopes);
            loss + charge + noise
        };
        let found = minimise(evaluate, first, self.options.limit, GAIN, |_| false);
        form.set_parameters(&found.x);
        (found, form)
    }
}

/// What directions that no state has count for.
pub(super) fn elsewhere(ansatz: Ansatz) -> f64 {
    ELSEWHERE[usize::from(matches!(ansatz, Ansatz::Circuit(_)))]
}

/// Where errors count, and noise.
pub(super) struct Moments {
    /// `S = mean (y - m)(y - m)ᵀ`, the weight of errors.
    spread: RealMatrix,
    /// m, the state on which the bias makes good what W' lacks.
    mean: Option<RealMatrix>,
    /// `mean Σ y_m²`, in the units of S: what independent noise on the columns of W counts for.
    purity: f64,
}

impl Moments {
    /// The square of W, in shares of its largest entry.
    fn total(&self, scaled: &RealMatrix) -> f64 {
        (scaled * &self.spread).component_mul(scaled).sum().max(f64::MIN_POSITIVE)
    }
}

/// The moments of a metric; directions that no state has count for so much of the mean of those that states have.
pub(super) fn second_moments(metric: &Metric, dim: usize, elsewhere: f64) -> Moments {
    let count = dim as f64;
    match metric {
        Metric::Entries => Moments { spread: RealMatrix::identity(dim, dim), mean: None, purity: count },
        Metric::Uniform => Moments {
            spread: RealMatrix::identity(dim, dim).add_scalar(-1.0 / count),
            mean: Some(RealMatrix::from_element(dim, 1, 1.0 / count)),
            purity: count,
        },
        Metric::States(states) => {
            let mean = RealMatrix::from_column_slice(dim, 1, states.column_mean().as_slice());
            let centred = RealMatrix::from_fn(dim, states.ncols(), |i, j| states[(i, j)] - mean[i]);
            let mut spread = &centred * centred.transpose();
            // Scaled to a mean of one.
            let unit = count / spread.trace().max(f64::MIN_POSITIVE);
            spread *= unit;
            (0..dim).for_each(|i| spread[(i, i)] += elsewhere);
            Moments { spread, mean: Some(mean), purity: unit * states.norm_squared() }
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
