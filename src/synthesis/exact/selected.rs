//! Real isometries selected by other qubits: `⊕_s X_s`, one for each value s of the selects.
//!
//! They come apart by thin cosine-sine splits, each of which turns one more qubit from |0> into a select, until they are
//! rotations. CX for a generic isometry of K columns on 6 qubits, K = 1, 2, 4, …, 32: 58, 120, 227, 357, 629, 1071.

use super::multiplexer::{Axis, Multiplexer, controls, odd};
use super::orthogonal::rotations;
use super::sequence::Sequence;
use crate::linalg::{RealMatrix, ThinCosineSine, thin_cosine_sine};
use crate::random::Rng;
use std::f64::consts::PI;

/// Amplitudes below this are rounding error.
const UNREACHED: f64 = 1e-14;

/// Appends isometries of K = 2^k columns and 2^q rows each: they take qubits 0..k, the qubits k..q being |0>, to
/// qubits 0..q. The i-th is applied where the selects, qubits q, q+1, …, hold i. Where q = k they must be rotations.
///
/// ```text
/// X_s = (A1_s ⊕ A2_s) · multiplexed Ry(2θ_s) on qubit q-1 · B_s
/// ```
pub(super) fn isometries(list: Vec<RealMatrix>, k: usize, q: usize, sequence: &mut Sequence, rng: &mut Rng) {
    if q == k {
        return rotations(list, k, q, sequence, rng);
    }
    let columns = 1 << k;
    let selects = list.len().trailing_zeros() as usize;
    let last = q - 1 == k;
    let (mut right, mut angles) = (vec![], Vec::with_capacity(columns * list.len()));
    let mut halves = vec![];
    for x in &list {
        let half = x.nrows() / 2;
        let (upper, lower) = (x.rows(0, half), x.rows(half, half));
        let unreached = |m: &RealMatrix| m.amax() <= UNREACHED;
        // A half that nothing reaches is free: like the other one it needs no selection, and B is that one's.
        let with_half = |a: RealMatrix, theta: f64| ThinCosineSine {
            a1: a.clone(),
            a2: a,
            theta: vec![theta; columns],
            b: RealMatrix::identity(columns, columns),
        };
        let mut parts = match (upper.into_owned(), lower.into_owned()) {
            (upper, lower) if unreached(&lower) => with_half(upper, 0.0),
            (upper, lower) if unreached(&upper) => with_half(lower, PI / 2.0),
            _ => thin_cosine_sine(x),
        };
        // Signs of the pairs are free: they make B a rotation, and A1 and A2 too where they are square.
        if parts.b.determinant() < 0.0 {
            parts.b.row_mut(0).neg_mut();
            parts.a1.column_mut(0).neg_mut();
            parts.a2.column_mut(0).neg_mut();
        }
        if last && parts.a1.determinant() < 0.0 {
            parts.a1.column_mut(0).neg_mut();
            parts.theta[0] = PI - parts.theta[0];
        }
        if last && parts.a2.determinant() < 0.0 {
            parts.a2.column_mut(0).neg_mut();
            parts.theta[0] = -parts.theta[0];
        }
        angles.extend(parts.theta.iter().map(|t| 2.0 * t));
        right.push(parts.b);
        halves.push((parts.a1, parts.a2));
    }
    rotations(right, k, q, sequence, rng);
    let middle = Multiplexer::new(&angles);
    let closing = middle.last_mask();
    let middle = middle.on(&controls(k, q, k + selects));
    // The closing CZ change signs of A2, which one or two columns cannot always take and stay rotations.
    if last && k < 2 {
        middle.append(Axis::Y, q - 1, 0, sequence);
    } else {
        middle.append_ry_without_closing(q - 1, sequence);
        for (s, (_, a2)) in halves.iter_mut().enumerate() {
            for j in (0..columns).filter(|j| odd((s << k | j) & closing)) {
                a2.column_mut(j).neg_mut();
            }
        }
    }
    // Qubit q-1 is now the lowest select.
    let list = halves.into_iter().flat_map(|(a1, a2)| [a1, a2]).collect();
    isometries(list, k, q - 1, sequence, rng);
}

#[cfg(test)]
mod tests {
    use super::super::sequence::LastDiagonal;
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, Matrix, max_difference, random_orthogonal};
    use crate::random::rng;
    use crate::simulator::unitary_of;

    /// Appends the isometries, compares every one of them, and counts CX.
    fn check(list: &[RealMatrix], k: usize, q: usize) -> usize {
        let selects = list.len().trailing_zeros() as usize;
        let mut sequence = Sequence::new();
        isometries(list.to_vec(), k, q, &mut sequence, &mut rng(7));
        let circuit = sequence.into_circuit(q + selects, LastDiagonal::Keep);
        let unitary = unitary_of(&circuit);
        for (s, x) in list.iter().enumerate() {
            let columns = unitary.columns(s << q, 1 << k).into_owned();
            let mut wanted = Matrix::zeros(1 << (q + selects), 1 << k);
            wanted.rows_mut(s << q, 1 << q).copy_from(&x.map(Complex::from));
            let error = max_difference(&columns, &wanted);
            assert!(error < 1e-12, "k {k}, q {q}, {selects} selects, s {s}: {error:e}");
        }
        Cost::of(&circuit).two_qubit_gates
    }

    fn rotation(mut o: RealMatrix) -> RealMatrix {
        if o.determinant() < 0.0 {
            o.row_mut(0).neg_mut();
        }
        o
    }

    fn random(k: usize, q: usize, selects: usize, rng: &mut Rng) -> Vec<RealMatrix> {
        let one = |_| rotation(random_orthogonal(1 << q, rng)).columns(0, 1 << k).into_owned();
        (0..1 << selects).map(one).collect()
    }

    #[test]
    fn generic_isometries_are_exact_and_cost_what_is_said() {
        let mut rng = rng(97);
        for q in 1..5 {
            for k in 0..=q {
                for selects in 0..4 {
                    check(&random(k, q, selects, &mut rng), k, q);
                }
            }
        }
        let counts: Vec<usize> = (0..6).map(|k| check(&random(k, 6, 0, &mut rng), k, 6)).collect();
        assert_eq!(counts, [58, 120, 227, 357, 629, 1071]);
    }

    #[test]
    fn halves_that_nothing_reaches_cost_nothing() {
        let o = rotation(random_orthogonal(8, &mut rng(99)));
        for at in [0, 8, 24] {
            let mut x = RealMatrix::zeros(32, 8);
            x.rows_mut(at, 8).copy_from(&o);
            assert_eq!(check(&[x], 3, 5), 15);
        }
    }

    #[test]
    fn degenerate_isometries_are_exact_and_never_dearer() {
        let mut rng = rng(98);
        for (k, q, selects) in [(0, 3, 0), (0, 2, 2), (1, 3, 1), (2, 3, 1), (2, 4, 0), (3, 4, 0), (2, 2, 2), (3, 3, 2)]
        {
            let generic = check(&random(k, q, selects, &mut rng), k, q);
            let (rows, columns) = (1usize << q, 1usize << k);
            let unit = |shift: usize| {
                let mut full = RealMatrix::from_fn(rows, rows, |i, j| f64::from(i == (j + shift) % rows));
                full = rotation(full);
                full.columns(0, columns).into_owned()
            };
            let identities = vec![RealMatrix::identity(rows, columns); 1 << selects];
            assert_eq!(check(&identities, k, q), 0);
            assert!(check(&(0..1 << selects).map(unit).collect::<Vec<_>>(), k, q) <= generic);
            assert!(check(&vec![unit(1); 1 << selects], k, q) <= generic);
            let same = random(k, q, 0, &mut rng)[0].clone();
            assert!(check(&vec![same.clone(); 1 << selects], k, q) <= generic);
            let mixed: Vec<_> = (0..1 << selects).map(|s| if s % 2 == 0 { same.clone() } else { unit(0) }).collect();
            assert!(check(&mixed, k, q) <= generic);
            let hadamard =
                RealMatrix::from_fn(rows, rows, |i, j| (if odd(i & j) { -1.0 } else { 1.0 }) / (rows as f64).sqrt());
            let hadamard = rotation(hadamard).columns(0, columns).into_owned();
            assert!(check(&vec![hadamard; 1 << selects], k, q) <= generic);
        }
    }
}
