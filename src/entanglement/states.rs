//! Two-qubit states of the paper's three families, with exact labels (docs/method.md, section 12).

use crate::linalg::{Complex, Matrix, RealMatrix, coordinates, hermitian_eigenvalues, svd};
use crate::random::{Rng, stream};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// How a state was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// `p |Φ><Φ| + (1-p) I/4`, Φ a Bell state of either parity and any relative phase: entangled iff p > 1/3.
    Werner,
    /// `Σ_k w_k ρ_A ⊗ ρ_B`, one to five terms, pure or mixed.
    Separable,
    /// `p σ + (1-p) I/4`, σ separable with what a Bell state shows in X, Y or Z.
    Adversarial,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 3] = [Family::Werner, Family::Separable, Family::Adversarial];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Family::Werner => "werner",
            Family::Separable => "separable",
            Family::Adversarial => "adversarial",
        }
    }
}

/// A state and what is true of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledState {
    /// The density matrix, 4 x 4.
    pub rho: Matrix,
    /// How it was made.
    pub family: Family,
    /// Whether it is entangled, by the partial transpose.
    pub entangled: bool,
}

/// How many states of each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Werner states.
    pub werner: usize,
    /// Random separable states.
    pub separable: usize,
    /// Adversarial states.
    pub adversarial: usize,
}

impl Sizes {
    /// The paper's training set.
    pub const TRAINING: Sizes = Sizes { werner: 350, separable: 300, adversarial: 650 };
    /// The paper's test set.
    pub const TEST: Sizes = Sizes { werner: 1000, separable: 1500, adversarial: 2500 };
}

/// Draws states family by family; the same seed gives the same ones, and `set` tells independent sets of a seed apart.
pub fn draw_states(sizes: Sizes, seed: u64, set: u64) -> Vec<LabelledState> {
    let mut rng = stream(seed, set);
    let counts = [sizes.werner, sizes.separable, sizes.adversarial];
    let families = Family::ALL.into_iter().zip(counts).flat_map(|(f, count)| std::iter::repeat_n(f, count));
    let draw = |family| {
        let rho = match family {
            Family::Werner => werner(&mut rng),
            Family::Separable => separable(&mut rng),
            Family::Adversarial => adversarial(&mut rng),
        };
        LabelledState { entangled: is_entangled(&rho), rho, family }
    };
    families.map(draw).collect()
}

/// Coordinates of states in columns, 16 each, and which are entangled.
pub fn coordinates_of(states: &[LabelledState]) -> (RealMatrix, Vec<bool>) {
    let columns: Vec<f64> = states.iter().flat_map(|s| coordinates(&s.rho)).collect();
    (RealMatrix::from_vec(16, states.len(), columns), states.iter().map(|s| s.entangled).collect())
}

/// Whether a two-qubit state is entangled: its partial transpose has a negative eigenvalue (Peres, Horodecki), which for
/// two qubits is exact.
pub fn is_entangled(rho: &Matrix) -> bool {
    let transposed = Matrix::from_fn(4, 4, |i, j| rho[(i & 2 | j & 1, j & 2 | i & 1)]);
    hermitian_eigenvalues(&transposed).into_iter().fold(f64::INFINITY, f64::min) < -1e-12
}

/// Wootters' concurrence: 0 for separable states, 1 for Bell states.
///
/// With `ρ = A A†` it is `max(0, s_1 - s_2 - s_3 - s_4)`, s the singular values of `Aᵀ (Y ⊗ Y) A`.
pub fn concurrence(rho: &Matrix) -> f64 {
    let parts = svd(rho);
    let a = Matrix::from_fn(4, 4, |i, j| parts.left[(i, j)] * parts.sigma[j].max(0.0).sqrt());
    let flip = Matrix::from_fn(4, 4, |i, j| match i + j {
        3 if i == 0 || i == 3 => -Complex::ONE,
        3 => Complex::ONE,
        _ => Complex::ZERO,
    });
    let sigma = svd(&(a.transpose() * flip * &a)).sigma;
    (sigma[0] - sigma[1] - sigma[2] - sigma[3]).max(0.0)
}

fn werner(rng: &mut Rng) -> Matrix {
    let (p, phase) = (rng.random_range(0.0..1.0), rng.random_range(0.0..TAU));
    let mut bell = vec![Complex::ZERO; 4];
    let odd = usize::from(rng.random_bool(0.5));
    let root = 0.5f64.sqrt();
    // |00> + e^{iφ}|11>, or |01> + e^{iφ}|10>.
    (bell[odd], bell[3 - odd]) = (root.into(), Complex::from_polar(root, phase));
    mixed(&pure(&bell), p)
}

fn separable(rng: &mut Rng) -> Matrix {
    let terms: usize = rng.random_range(1..=5);
    // Uniform on the simplex: exponentials, normalised.
    let weights: Vec<f64> = (0..terms).map(|_| -(1.0 - rng.random_range(0.0..1.0f64)).ln()).collect();
    let sum: f64 = weights.iter().sum();
    let mut rho = Matrix::zeros(4, 4);
    for w in weights {
        let (high, low) = (one_qubit(rng), one_qubit(rng));
        rho += high.kronecker(&low) * Complex::from(w / sum);
    }
    rho
}

/// A random state of one qubit: pure (Haar) or mixed (Hilbert-Schmidt), one as often as the other.
fn one_qubit(rng: &mut Rng) -> Matrix {
    let columns = rng.random_range(1..=2);
    let g = Matrix::from_fn(2, columns, |_, _| Complex::new(StandardNormal.sample(rng), StandardNormal.sample(rng)));
    let rho = &g * g.adjoint();
    let trace = rho.trace();
    rho / trace
}

/// σ is, one as often as the other, a classically correlated pair, which has the joint statistics of a Bell state in its
/// axis (`(|00><00| + |11><11|)/2` in Z), or a product of two states unbiased in it, which has the marginals. The paper
/// calls `(|00> + |11>)/√2` separable, which it is not: every label is the partial transpose's.
fn adversarial(rng: &mut Rng) -> Matrix {
    let p = if rng.random_bool(0.1) { 1.0 } else { rng.random_range(0.0..1.0) };
    let axis = rng.random_range(0..3);
    let correlated = rng.random_bool(0.5);
    let mut sigma = Matrix::zeros(4, 4);
    if correlated {
        let odd = usize::from(rng.random_bool(0.5));
        (sigma[(odd, odd)], sigma[(3 - odd, 3 - odd)]) = (0.5.into(), 0.5.into());
    } else {
        let mut unbiased = || {
            let root = 0.5f64.sqrt();
            pure(&[root.into(), Complex::from_polar(root, rng.random_range(0.0..TAU))])
        };
        sigma = unbiased().kronecker(&unbiased());
    }
    let turn = to_axis(axis);
    let turn = turn.kronecker(&turn);
    mixed(&(&turn * sigma * turn.adjoint()), p)
}

/// Takes the eigenbasis of Z to that of X (0), Y (1) or Z (2).
fn to_axis(axis: usize) -> Matrix {
    let root = Complex::from(0.5f64.sqrt());
    match axis {
        0 => Matrix::from_row_slice(2, 2, &[root, root, root, -root]),
        1 => Matrix::from_row_slice(2, 2, &[root, root, root * Complex::I, -root * Complex::I]),
        _ => Matrix::identity(2, 2),
    }
}

fn pure(amplitudes: &[Complex]) -> Matrix {
    let column = Matrix::from_column_slice(amplitudes.len(), 1, amplitudes);
    &column * column.adjoint()
}

/// `p σ + (1-p) I/4`
fn mixed(sigma: &Matrix, p: f64) -> Matrix {
    sigma * Complex::from(p) + Matrix::identity(4, 4) * Complex::from((1.0 - p) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    #[test]
    fn labels_agree_with_both_criteria() {
        let states = draw_states(Sizes::TEST, 7, 1);
        assert_eq!(states.len(), 5000);
        for state in &states {
            let rho = &state.rho;
            assert!((rho.trace() - Complex::ONE).norm() < 1e-14 && (rho - rho.adjoint()).camax() < 1e-15);
            assert!(hermitian_eigenvalues(rho).into_iter().all(|e| e > -1e-14));
            let c = concurrence(rho);
            assert!(state.entangled == (c > 1e-9), "{c:e} {state:?}");
            assert!(state.family == Family::Werner || !state.entangled);
        }
        let entangled = states.iter().filter(|s| s.entangled).count();
        assert!((600..730).contains(&entangled), "{entangled}");
    }

    #[test]
    fn werner_states_are_entangled_above_a_third() {
        for (odd, phase) in [(0, 0.3), (1, 2.0)] {
            let mut bell = vec![Complex::ZERO; 4];
            (bell[odd], bell[3 - odd]) = (0.5f64.sqrt().into(), Complex::from_polar(0.5f64.sqrt(), phase));
            for p in [0.0, 0.333, 0.334, 1.0] {
                let rho = mixed(&pure(&bell), p);
                assert_eq!(is_entangled(&rho), p > 1.0 / 3.0);
                assert_abs_diff_eq!(concurrence(&rho), (1.5 * p - 0.5).max(0.0), epsilon = 1e-12);
            }
        }
        // What the paper lists among the separable states.
        assert!(is_entangled(&pure(&[0.5f64.sqrt().into(), Complex::ZERO, Complex::ZERO, 0.5f64.sqrt().into()])));
    }

    #[test]
    fn adversaries_look_like_bell_states_in_their_axis() {
        let mut rng = stream(5, 0);
        let bell = [0, 1].map(|odd| {
            let mut b = vec![Complex::ZERO; 4];
            (b[odd], b[3 - odd]) = (0.5f64.sqrt().into(), 0.5f64.sqrt().into());
            b
        });
        assert!(bell.iter().all(|b| is_entangled(&pure(b))));
        for _ in 0..200 {
            let rho = adversarial(&mut rng);
            // In some axis either qubit alone is unbiased, as every Bell state's are.
            let unbiased = (0..3).any(|axis| {
                let turn = to_axis(axis).kronecker(&to_axis(axis));
                let p = (turn.adjoint() * &rho * &turn).diagonal().map(|d| d.re);
                (p[0] + p[1] - 0.5).abs() < 1e-12 && (p[0] + p[2] - 0.5).abs() < 1e-12
            });
            assert!(unbiased && !is_entangled(&rho));
        }
    }

    #[test]
    fn seeds_and_sets_are_told_apart() {
        let sizes = Sizes { werner: 2, separable: 2, adversarial: 2 };
        assert_eq!(draw_states(sizes, 1, 0), draw_states(sizes, 1, 0));
        assert_ne!(draw_states(sizes, 1, 0), draw_states(sizes, 1, 1));
        assert_ne!(draw_states(sizes, 1, 0), draw_states(sizes, 2, 0));
    }
}
