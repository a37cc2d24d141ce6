//! A real matrix times a real state, read with its signs: against a reference that goes through the same circuit.
//!
//! ```text
//! q[0..m)   ─┐     ┌─ ●── ┌─────────┐ ── c          (|0>ψ + |1>w)/√2 goes in, w the first right singular vector of F
//! q[m..k)   ─┘ W^T └─ │ ─ │ V   S_u │ ── must read 0
//! q[k]  |0> ───────── Ry ─└────┬────┘ ── must read 0    S_u |0> = u, all labels alike
//! q[k+1]    ───────────────────●── H ─── the sign
//! ```
//!
//! With F/|F| = V Σ W^T the register holds `a = F ψ/|F|` where the sign's qubit is 0 and u where it is 1, since w has the
//! singular value 1; behind H the two outcomes differ by `|a_c + u_c|²/4 - |a_c - u_c|²/4 = a_c/√C`.

use super::multiplexer::Multiplexer;
use super::selected::isometries;
use super::sequence::{LastDiagonal, Sequence};
use crate::circuit::{Circuit, Cost, Gate};
use crate::linalg::{RealMatrix, RealSvd, complement, svd_real};
use crate::random::Rng;
use std::f64::consts::PI;

/// Singular values below this share of the largest count as zero.
const RANK_TOLERANCE: f64 = 1e-14;

/// The circuit of a matrix F, C x n, on k + 2 qubits, 2^k being at least C and n.
#[derive(Clone, Debug)]
pub struct SignedRead {
    /// No measurements. The register is qubits 0..k, then come an ancilla and the qubit of the sign.
    pub circuit: Circuit,
    /// k.
    pub register: usize,
    /// How many qubits, from 0, spell c; the others of the register and the ancilla must read 0.
    pub output: usize,
    /// The reference w, n entries of norm 1, or what arrives in its place, with the sign that it must have.
    pub reference: Vec<f64>,
    /// |F|, the largest singular value.
    pub norm: f64,
    /// The norm of `F w / |F|`, which the reference keeps: `(F ψ)_c = |F| √C / kept (p(0, c) - p(1, c))`; 1 for w itself.
    pub kept: f64,
}

/// Synthesises F. Of a matrix of zeros the norm is 0 and the circuit that of some matrix of rank one.
///
/// CX for generic F of n columns and C rows: 11 (4, 3), 236 (64, 4), 807 (64, 10).
///
/// # Panics
/// If F has no entries, or one that is not finite.
pub fn synthesise_signed(f: &RealMatrix, rng: &mut Rng) -> SignedRead {
    cheapest(f, None, rng)
}

/// Synthesises F behind something that made `arriving` of the reference, n entries of norm at most 1, so that no choice of
/// reference is left: S_u takes what F makes of it to labels all alike.
///
/// # Panics
/// If F has no entries, or one that is not finite, or nothing of `arriving` is left behind F.
pub fn synthesise_signed_behind(f: &RealMatrix, arriving: &[f64], rng: &mut Rng) -> SignedRead {
    assert_eq!(arriving.len(), f.ncols(), "as many entries as F takes");
    cheapest(f, Some(arriving), rng)
}

fn cheapest(f: &RealMatrix, arriving: Option<&[f64]>, rng: &mut Rng) -> SignedRead {
    let classes = f.nrows();
    assert!(!f.is_empty(), "a matrix has entries");
    let svd = svd_real(f);
    let norm = svd.sigma[0];
    let rank = svd.sigma.iter().filter(|s| **s > RANK_TOLERANCE * norm).count().max(1);
    let qubits = |states: usize| states.next_power_of_two().trailing_zeros() as usize;
    let (m, r) = (qubits(classes), qubits(rank));
    // Columns that the rank does not need may make a rotation of what would be an isometry, which takes more gates.
    let narrow = built(f, arriving, &svd, rank, r, rng);
    if r == m {
        return narrow;
    }
    let wide = built(f, arriving, &svd, rank, m, rng);
    let cost = |read: &SignedRead| Cost::of(&read.circuit);
    if cost(&wide) < cost(&narrow) { wide } else { narrow }
}

/// The circuit by 2^r pairs of singular vectors, r at least what the rank takes and at most what the labels do.
fn built(f: &RealMatrix, arriving: Option<&[f64]>, svd: &RealSvd, rank: usize, r: usize, rng: &mut Rng) -> SignedRead {
    let (classes, n) = f.shape();
    let norm = svd.sigma[0];
    let qubits = |states: usize| states.next_power_of_two().trailing_zeros() as usize;
    let (k, m) = (qubits(n.max(classes)), qubits(classes));
    let mut w = completed(&svd.right.columns(0, rank).into_owned(), 1 << k, 1 << r);
    let mut v = completed(&svd.left.columns(0, rank).into_owned(), 1 << m, 1 << r);
    // What takes as many qubits as it has must be a rotation; the sign of a pair is free.
    if k == r && w.determinant() < 0.0 {
        w.column_mut(0).neg_mut();
        v.column_mut(0).neg_mut();
    }
    let mut uniform =
        RealMatrix::from_fn(1 << m, 1, |c, _| if c < classes { 1.0 / (classes as f64).sqrt() } else { 0.0 });
    let arriving = arriving.map(|y| RealMatrix::from_column_slice(n, 1, y));
    let mut reference = arriving.clone().unwrap_or_else(|| w.columns(0, 1).rows(0, n).into_owned());
    // What S_u is to take to labels all alike: of w the first of all states.
    let seen = arriving.map(|y| {
        let share = |j: usize| if j < rank && norm > 0.0 { svd.sigma[j] / norm } else { 0.0 };
        RealMatrix::from_fn(1 << r, 1, |j, _| share(j) * w.column(j).rows(0, n).dot(&y.column(0)))
    });
    let kept = seen.as_ref().map_or(1.0, |seen| seen.norm());
    assert!(kept > 0.0, "something of the reference is left");
    if m == 0 {
        // One label: V is a sign, which the reference has as well as any other.
        reference *= v[(0, 0)] * seen.as_ref().map_or(1.0, |seen| seen[(0, 0)].signum());
    } else if m == r && v.determinant() < 0.0 {
        // The sign of a row is free where both have it.
        v.row_mut(0).neg_mut();
        uniform.row_mut(0).neg_mut();
    }
    let mut circuit = Circuit::new(k + 2);
    let mut onto_singular = Sequence::new();
    isometries(vec![w], r, k, &mut onto_singular, rng);
    let register: Vec<usize> = (0..k).collect();
    circuit.append(&onto_singular.into_circuit(k, LastDiagonal::Keep).inverse(), &register);
    let angle = |j: usize| if j < rank && norm > 0.0 { 2.0 * (svd.sigma[j] / norm).min(1.0).acos() } else { PI };
    // Zeros have one pair, of value 1.
    let angles: Vec<f64> = (0..1 << m).map(|j| if j == 0 { 0.0 } else { angle(j) }).collect();
    let mut middle = Sequence::new();
    Multiplexer::new(&angles).append_ry_without_closing(m, &mut middle);
    circuit.append(&middle.into_circuit(m + 1, LastDiagonal::Keep), &(0..m).chain([k]).collect::<Vec<_>>());
    if m > 0 {
        let mut even = completed(&uniform, 1 << m, 1 << r);
        if m == r && even.determinant() < 0.0 {
            even.column_mut((1 << r) - 1).neg_mut();
        }
        if let Some(seen) = &seen {
            // A rotation: a reflection beyond the first column, which is the one that counts, changes the determinant.
            let mut from = completed(&(seen / kept), 1 << r, 1 << r);
            if r > 0 && from.determinant() < 0.0 {
                from.column_mut((1 << r) - 1).neg_mut();
            }
            even *= from.transpose();
        }
        let mut onto_labels = Sequence::new();
        isometries(vec![v, even], r, m, &mut onto_labels, rng);
        let places: Vec<usize> = (0..m).chain([k + 1]).collect();
        circuit.append(&onto_labels.into_circuit(m + 1, LastDiagonal::Keep), &places);
    }
    circuit.push(Gate::H, &[k + 1]);
    SignedRead { circuit, register: k, output: m, reference: reference.as_slice().to_vec(), norm, kept }
}

/// Orthonormal columns with zeros below, and as many more as are wanted.
fn completed(columns: &RealMatrix, rows: usize, wanted: usize) -> RealMatrix {
    let padded = columns.clone().resize(rows, columns.ncols(), 0.0);
    let missing = wanted.saturating_sub(columns.ncols());
    if missing == 0 {
        return padded.columns(0, wanted).into_owned();
    }
    let rest = complement(&padded);
    RealMatrix::from_fn(
        rows,
        wanted,
        |i, j| {
            if j < columns.ncols() { padded[(i, j)] } else { rest[(i, j - columns.ncols())] }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::passes::simplify;
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use approx::assert_abs_diff_eq;
    use rand::RngExt;

    /// Compares every column with F, and superpositions; counts CX.
    fn check(f: &RealMatrix) -> usize {
        let (classes, n) = f.shape();
        let mut read = synthesise_signed(f, &mut rng(3));
        simplify(&mut read.circuit, 1e-14);
        let (k, u) = (read.register, unitary_of(&read.circuit));
        assert_abs_diff_eq!(read.reference.iter().map(|w| w * w).sum::<f64>(), 1.0, epsilon = 1e-12);
        let mut rng = rng(9);
        let random: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
        let length = random.iter().map(|v| v * v).sum::<f64>().sqrt();
        let mut states: Vec<Vec<f64>> = (0..n).map(|m| (0..n).map(|i| f64::from(i == m)).collect()).collect();
        states.push(random.iter().map(|v| v / length).collect());
        for psi in states {
            let amplitude = |row: usize| {
                let of = |m: usize| u[(row, m)] * psi[m] + u[(row, m + (2 << k))] * read.reference[m];
                (0..n).map(of).sum::<crate::linalg::Complex>() / 2f64.sqrt()
            };
            let p: Vec<f64> = (0..4 << k).map(|row| amplitude(row).norm_sqr()).collect();
            let a = f * RealMatrix::from_column_slice(n, 1, &psi);
            for c in 0..classes {
                let got = read.norm * (classes as f64).sqrt() * (p[c] - p[c + (2 << k)]);
                assert_abs_diff_eq!(got / f.amax().max(1e-300), a[c] / f.amax().max(1e-300), epsilon = 1e-12);
            }
            // Half of the shots that count are the reference's.
            let counted: f64 = (0..1 << read.output).map(|c| p[c] + p[c + (2 << k)]).sum();
            let wanted = if read.norm > 0.0 { 1.0 + (&a / read.norm).norm_squared() } else { 1.0 };
            assert!(counted > 0.5 - 1e-12 && (read.norm == 0.0 || (counted - wanted / 2.0).abs() < 1e-12), "{counted}");
        }
        Cost::of(&read.circuit).two_qubit_gates
    }

    #[test]
    fn any_reference_that_arrives_is_made_even() {
        let mut rng = rng(7);
        for (classes, n) in [(1, 1), (1, 4), (2, 1), (2, 2), (3, 4), (5, 3), (4, 4), (2, 8)] {
            for rank in [1, classes.min(n)] {
                let f = random(classes, rank, &mut rng) * random(rank, n, &mut rng);
                let y: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0) / n as f64).collect();
                let read = synthesise_signed_behind(&f, &y, &mut rng);
                let (k, u) = (read.register, unitary_of(&read.circuit));
                let gamma = read.norm * (classes as f64).sqrt() / read.kept;
                for m in 0..n {
                    let amplitude = |row: usize| {
                        let of_reference = (0..n).map(|m| u[(row, m + (2 << k))] * read.reference[m]);
                        (u[(row, m)] + of_reference.sum::<crate::linalg::Complex>()) / 2f64.sqrt()
                    };
                    for c in 0..classes {
                        let p = amplitude(c).norm_sqr() - amplitude(c + (2 << k)).norm_sqr();
                        assert_abs_diff_eq!(gamma * p, f[(c, m)], epsilon = 1e-11 * gamma);
                    }
                }
            }
        }
    }

    fn random(classes: usize, n: usize, rng: &mut Rng) -> RealMatrix {
        RealMatrix::from_fn(classes, n, |_, _| rng.random_range(-1.0..1.0))
    }

    #[test]
    fn generic_matrices_cost_what_is_said() {
        let mut rng = rng(1);
        for (n, classes, cx) in [(4, 3, 11), (64, 4, 236), (64, 10, 807)] {
            assert_eq!(check(&random(classes, n, &mut rng)), cx, "{n} {classes}");
        }
        // Rows that sum up to 0, as those of a logistic regression, have a rank less.
        let mut centred = random(3, 4, &mut rng);
        centred.column_iter_mut().for_each(|mut column| column.add_scalar_mut(-column.mean()));
        assert_eq!(check(&centred), 11);
    }

    #[test]
    fn hard_matrices_are_exact() {
        let mut rng = rng(2);
        for n in [1, 2, 3, 5, 13] {
            for classes in [1, 2, 3, 10] {
                let generic = random(classes, n, &mut rng);
                check(&generic);
                check(&-&generic);
                check(&(&generic * 1e-200));
                check(&(&generic * 1e150));
                check(&RealMatrix::zeros(classes, n));
                check(&RealMatrix::identity(classes, n));
                check(&RealMatrix::from_element(classes, n, -2.0));
                // Repeated singular values, and a rank below all sizes.
                check(&RealMatrix::from_fn(classes, n, |i, j| f64::from((i + 1) % classes == j)));
                check(&(random(classes, 1, &mut rng) * random(1, n, &mut rng)));
                check(&(random(classes, 2, &mut rng) * random(2, n, &mut rng)));
            }
        }
    }
}
