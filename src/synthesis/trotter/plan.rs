//! How a dilation is put into exponentials: the three generators, and what product formulas make of them.

use super::formula::Formula;
use super::pauli::PauliSum;
use super::terms::{Grouping, Term, terms_of};
use crate::circuit::{Circuit, Gate};
use crate::encoding::Dilation;
use crate::linalg::{Complex, Dense, Matrix, RealMatrix, hermitian_generator, multiply, svd};
use crate::optimisation::best_assignment;
use crate::random::Rng;
use crate::synthesis::exact::{Axis, multiplexed_rotation};

/// What is exponentiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generator {
    /// `U(M) = exp(-iH) · X` with X on the ancilla and `H = i [[0, V Θ W†], [-W Θ V†, 0]]`, `sin Θ = Σ`. No
    /// logarithm is needed, the norm is at most π/2, and half of the strings of log U(M) are enough.
    #[default]
    OffDiagonal,
    /// `U(M) = exp(-iH)`, as the paper has it (S32).
    Logarithm,
    /// `V = exp(-iH_V)` and `W† = exp(-iH_W)` on the register, the multiplexed Ry between them exactly.
    Factors,
}

/// One factor of the program's unitary.
enum Part {
    /// Gates that need no approximation, and their matrix.
    Gates(Circuit, Matrix),
    /// `exp(-iH)` on the lowest qubits.
    Evolution(Evolution),
}

/// `exp(-iH)`, to be approximated.
pub(super) struct Evolution {
    pub(super) terms: Vec<Term>,
    /// The coefficient of the identity string: a phase.
    identity: f64,
    /// H without its identity and without the strings that were truncated.
    pub(super) hamiltonian: Matrix,
    /// Spectral norm of what truncation took away.
    pub(super) truncated_norm: f64,
    /// How many strings that were.
    truncated: usize,
}

impl Evolution {
    fn of(hamiltonian: &Matrix, grouping: Grouping, cutoff: f64) -> Evolution {
        let mut sum = PauliSum::of_hermitian(hamiltonian);
        let noise = NO_STRING * hamiltonian.iter().fold(0.0f64, |m, z| m.max(z.norm()));
        let identity = sum.coefficient(0, 0);
        sum.truncate(noise);
        let before = sum.to_matrix();
        let truncated = sum.truncate(cutoff);
        let mut kept = sum.to_matrix();
        let truncated_norm = if truncated > 0 { svd(&(before - &kept)).sigma[0] } else { 0.0 };
        let in_kept = sum.coefficient(0, 0);
        (0..kept.nrows()).for_each(|i| kept[(i, i)] -= in_kept);
        let terms = terms_of(&sum, grouping);
        Evolution { terms, identity, hamiltonian: kept, truncated_norm, truncated }
    }

    /// `steps` steps of the formula as one list of exponentials: term and time, first applied first. Neighbours of
    /// the same term are one.
    pub(super) fn schedule(&self, formula: Formula, steps: usize) -> Vec<(usize, f64)> {
        let count = self.terms.len();
        let mut schedule: Vec<(usize, f64)> = vec![];
        for _ in 0..steps {
            for sweep in formula.sweeps() {
                let time = sweep.weight / steps as f64;
                for i in 0..count {
                    let term = if sweep.forward { i } else { count - 1 - i };
                    match schedule.last_mut() {
                        Some(last) if last.0 == term => last.1 += time,
                        _ => schedule.push((term, time)),
                    }
                }
            }
        }
        schedule
    }

    /// The Pauli rotations in that schedule, without writing it down.
    fn rotations(&self, formula: Formula, steps: usize) -> usize {
        let sizes: Vec<usize> = self.terms.iter().map(|t| t.strings.len()).collect();
        let all: usize = sizes.iter().sum();
        let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return 0 };
        let sweeps = formula.sweeps().len() * steps;
        if sizes.len() == 1 {
            all
        } else if formula.order() == 1 {
            sweeps * all
        } else {
            // Turns at the far end and at the near one, where two sweeps share a term.
            sweeps * all - sweeps / 2 * last - (sweeps / 2 - 1) * first
        }
    }

    /// What the formula makes of `exp(-iH)`.
    fn approximation(&self, formula: Formula, steps: usize) -> Matrix {
        let side = self.hamiltonian.nrows();
        let mut step = Matrix::identity(side, side);
        for sweep in formula.sweeps() {
            let time = sweep.weight / steps as f64;
            let mut apply = |term: &Term| term.exponentiate(time, &mut step);
            if sweep.forward { self.terms.iter().for_each(&mut apply) } else { self.terms.iter().rev().for_each(apply) }
        }
        power(step, steps) * Complex::from_polar(1.0, -self.identity)
    }
}

/// Strings with coefficients below this share of the largest entry of H are rounding error.
const NO_STRING: f64 = 1e-15;

/// A dilation as a product of exact gates and exponentials, register below, ancilla on the highest qubit.
pub(super) struct Plan {
    qubits: usize,
    parts: Vec<Part>,
    /// What the parts multiply to where the exponentials are exact and nothing is truncated.
    target: Matrix,
}

impl Plan {
    pub(super) fn new(
        dilation: &Dilation,
        generator: Generator,
        grouping: Grouping,
        cutoff: f64,
        rng: &mut Rng,
    ) -> Plan {
        let evolution = |h: &Matrix| Part::Evolution(Evolution::of(h, grouping, cutoff));
        let n = dilation.qubits();
        let (parts, target) = match generator {
            Generator::OffDiagonal => {
                let mut flip = Circuit::new(n + 1);
                flip.push(Gate::X, &[n]);
                let half = 1 << n;
                let flipped = Matrix::from_fn(2 * half, 2 * half, |i, j| Complex::from(f64::from(i ^ half == j)));
                (vec![Part::Gates(flip, flipped), evolution(&off_diagonal(dilation))], dilation.unitary())
            }
            Generator::Logarithm => {
                let unitary = dilation.unitary();
                (vec![evolution(&hermitian_generator(&unitary, rng))], unitary)
            }
            Generator::Factors => {
                let (w_adjoint, angles, v) = near_identity(dilation);
                let rotation = multiplexed_rotation(Axis::Y, &angles);
                let matrix = multiplexed_ry(&angles);
                let twice = |m: &Matrix| Matrix::identity(2, 2).kronecker(m);
                let target = multiply(&multiply(&twice(&v), &matrix), &twice(&w_adjoint));
                let first = evolution(&hermitian_generator(&w_adjoint, rng));
                let last = evolution(&hermitian_generator(&v, rng));
                (vec![first, Part::Gates(rotation, matrix), last], target)
            }
        };
        Plan { qubits: n + 1, parts, target }
    }

    /// `exp(-iH) = u` alone, on all qubits: for tests on generators that no dilation has.
    #[cfg(test)]
    pub(super) fn of_unitary(u: &Matrix, grouping: Grouping, rng: &mut Rng) -> Plan {
        let evolution = Evolution::of(&hermitian_generator(u, rng), grouping, 0.0);
        Plan { qubits: u.nrows().trailing_zeros() as usize, parts: vec![Part::Evolution(evolution)], target: u.clone() }
    }

    pub(super) fn evolutions(&self) -> impl Iterator<Item = &Evolution> {
        self.parts.iter().filter_map(|part| match part {
            Part::Evolution(evolution) => Some(evolution),
            Part::Gates(..) => None,
        })
    }

    /// Strings, terms and truncated strings of all exponentials.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let strings = self.evolutions().flat_map(|e| &e.terms).map(|t| t.strings.len()).sum();
        let terms = self.evolutions().map(|e| e.terms.len()).sum();
        (strings, terms, self.evolutions().map(|e| e.truncated).sum())
    }

    /// Pauli rotations of the circuit.
    pub(super) fn rotations(&self, formula: Formula, steps: usize) -> usize {
        self.evolutions().map(|e| e.rotations(formula, steps)).sum()
    }

    /// The spectral norm of what the formula gets wrong, truncation included.
    pub(super) fn error(&self, formula: Formula, steps: usize) -> f64 {
        let side = self.target.nrows();
        let mut product = Matrix::identity(side, side);
        for part in &self.parts {
            product = match part {
                Part::Gates(_, matrix) => multiply(matrix, &product),
                Part::Evolution(evolution) => {
                    let m = evolution.approximation(formula, steps);
                    let copies = side / m.nrows();
                    if copies == 1 {
                        multiply(&m, &product)
                    } else {
                        multiply(&Matrix::identity(copies, copies).kronecker(&m), &product)
                    }
                }
            };
        }
        let difference = product - &self.target;
        Dense::from(difference).spectral_norm()
    }

    /// The circuit, on the register and the ancilla above it.
    pub(super) fn circuit(&self, formula: Formula, steps: usize, grouping: Grouping) -> Circuit {
        let mut circuit = Circuit::new(self.qubits);
        for part in &self.parts {
            match part {
                Part::Gates(gates, _) => circuit.append(gates, &(0..self.qubits).collect::<Vec<_>>()),
                Part::Evolution(evolution) => {
                    super::emit::append(&evolution.terms, &evolution.schedule(formula, steps), grouping, &mut circuit);
                    circuit.add_phase(-evolution.identity);
                }
            }
        }
        circuit
    }
}

/// `m^exponent` by repeated squaring.
fn power(m: Matrix, mut exponent: usize) -> Matrix {
    let mut result = Matrix::identity(m.nrows(), m.nrows());
    let mut square = m;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = multiply(&result, &square);
        }
        exponent /= 2;
        if exponent > 0 {
            square = multiply(&square, &square);
        }
    }
    result
}

/// `H = i [[0, B], [-B†, 0]]` with `B = V Θ W†`.
///
/// With J the flip of the ancilla, `U(M) J = [[(1-MM†)^½, M], [-M†, (1-M†M)^½]]` is a rotation by Θ between the j-th
/// left and the j-th right singular vector, so that its generator needs no logarithm.
fn off_diagonal(dilation: &Dilation) -> Matrix {
    let v = dilation.v();
    let side = v.nrows();
    // Near 1, where arcsin loses digits, the cosine is taken as U(M) has it.
    let theta: Vec<f64> = dilation.sigma().iter().map(|s| s.atan2(((1.0 - s) * (1.0 + s)).sqrt())).collect();
    let scaled = Matrix::from_fn(side, side, |i, j| v[(i, j)] * theta[j]);
    let b = multiply(&scaled, &dilation.w_adjoint()) * Complex::I;
    let mut h = Matrix::zeros(2 * side, 2 * side);
    h.view_mut((0, side), (side, side)).copy_from(&b);
    h.view_mut((side, 0), (side, side)).copy_from(&b.adjoint());
    h
}

/// W†, the angles of the multiplexed Ry and V, with the singular pairs in the order and with the signs that bring V
/// and W nearest to the identity (the largest sum of both diagonals), so that their generators are small.
///
/// In a real M the signs of v_j and w_j are free one by one: where they differ σ_j turns negative and its angle goes
/// beyond π. They also make both determinants 1. In a complex M only a common sign is free.
fn near_identity(dilation: &Dilation) -> (Matrix, Vec<f64>, Matrix) {
    let (v, w) = (dilation.v(), dilation.w_adjoint().adjoint());
    let n = v.nrows();
    let real = dilation.real().is_some();
    let gain = RealMatrix::from_fn(n, n, |place, pair| {
        let (a, b) = (v[(place, pair)].re, w[(place, pair)].re);
        if real { a.abs() + b.abs() } else { (a + b).abs() }
    });
    let pairs = best_assignment(&gain);
    let (mut v, mut w) = (v.select_columns(&pairs), w.select_columns(&pairs));
    let mut sigma: Vec<f64> = pairs.iter().map(|&p| dilation.sigma()[p]).collect();
    let mut flip = |m: &mut Matrix, j: usize| {
        m.column_mut(j).neg_mut();
        sigma[j] = -sigma[j];
    };
    if real {
        for m in [&mut v, &mut w] {
            (0..n).filter(|&j| m[(j, j)].re < 0.0).collect::<Vec<_>>().into_iter().for_each(|j| flip(m, j));
            if m.map(|z| z.re).determinant() < 0.0 {
                let least = (0..n).min_by(|&a, &b| m[(a, a)].re.total_cmp(&m[(b, b)].re)).unwrap_or(0);
                flip(m, least);
            }
        }
    } else {
        for j in (0..n).filter(|&j| (v[(j, j)] + w[(j, j)]).re < 0.0).collect::<Vec<_>>() {
            flip(&mut v, j);
            flip(&mut w, j);
        }
    }
    (w.adjoint(), sigma.iter().map(|s| 2.0 * s.acos()).collect(), v)
}

/// The matrix of a multiplexed Ry on the highest qubit.
fn multiplexed_ry(angles: &[f64]) -> Matrix {
    let n = angles.len();
    let mut matrix = Matrix::zeros(2 * n, 2 * n);
    for (j, angle) in angles.iter().enumerate() {
        let (s, c) = (angle / 2.0).sin_cos();
        matrix[(j, j)] = c.into();
        matrix[(n + j, n + j)] = c.into();
        matrix[(n + j, j)] = s.into();
        matrix[(j, n + j)] = (-s).into();
    }
    matrix
}
