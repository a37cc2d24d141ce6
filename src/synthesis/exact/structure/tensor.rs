//! Kronecker products: contractions that act on two sets of qubits apart.

use super::{STRUCTURE_TOLERANCE, Synthesised, on_register};
use crate::circuit::Circuit;
use crate::linalg::{Complex, Dense, Matrix, svd};
use crate::random::Rng;

/// `M = A ⊗ B` with A on the first set of qubits and B on the second.
struct Factors {
    first: Vec<usize>,
    second: Vec<usize>,
    a: Matrix,
    b: Matrix,
}

/// The circuit of a contraction that is a Kronecker product: its factors side by side. `None` if it is none.
pub(super) fn synthesise(m: &Dense, rng: &mut Rng) -> Option<Synthesised> {
    let n = m.nrows().trailing_zeros() as usize;
    let Factors { first, second, a, b } = factors(&m.to_complex(), n)?;
    let (a, b) = (on_register(&m.of_same_kind(a), rng), on_register(&m.of_same_kind(b), rng));
    let mut circuit = Circuit::new(n + a.ancillas.len() + b.ancillas.len());
    let mut output = vec![0; n];
    let mut next = n;
    for (qubits, part) in [(&first, &a), (&second, &b)] {
        let ancillas = next..next + part.ancillas.len();
        next = ancillas.end;
        let wires: Vec<usize> = qubits.iter().copied().chain(ancillas).collect();
        circuit.append(&part.circuit, &wires);
        for (i, qubit) in part.output.iter().enumerate() {
            output[qubits[i]] = wires[*qubit];
        }
    }
    Some(Synthesised { circuit, output, ancillas: (n..next).collect() })
}

/// Splits off the smallest set of qubits with qubit 0 in it that M acts on by itself.
fn factors(m: &Matrix, n: usize) -> Option<Factors> {
    let norm = |(_, _, z): &(usize, usize, Complex)| z.norm();
    let entries = (0..m.ncols()).flat_map(|j| (0..m.nrows()).map(move |i| (i, j, m[(i, j)])));
    let pivot = entries.max_by(|x, y| norm(x).total_cmp(&norm(y))).filter(|p| norm(p) > 0.0)?;
    let mut sets: Vec<usize> = (1..(1usize << n) - 1).filter(|set| set & 1 == 1).collect();
    sets.sort_by_key(|set| set.count_ones());
    let set = sets.into_iter().find(|&set| is_product(m, pivot, set))?;
    let (row, column, value) = pivot;
    let list = |in_set: bool| (0..n).filter(|q| (set >> q & 1 == 1) == in_set).collect::<Vec<usize>>();
    let (first, second) = (list(true), list(false));
    let place =
        |index: usize, qubits: &[usize]| qubits.iter().enumerate().map(|(i, q)| (index >> i & 1) << q).sum::<usize>();
    let part = |qubits: &[usize], others: usize| {
        let side = 1 << qubits.len();
        Matrix::from_fn(side, side, |i, j| m[(place(i, qubits) | row & others, place(j, qubits) | column & others)])
    };
    // Scaled so that A has norm 1; B then has that of M.
    let a = part(&first, !set);
    let scale = svd(&a).sigma[0];
    let b = part(&second, set) * (Complex::from(scale) / value);
    Some(Factors { a: a / Complex::from(scale), b, first, second })
}

/// Whether `M[i,j] M[r,c] = M[i_S r_T, j_S c_T] M[r_S i_T, c_S j_T]` for all entries, (r, c) being the largest.
fn is_product(m: &Matrix, (row, column, value): (usize, usize, Complex), set: usize) -> bool {
    let allowed = STRUCTURE_TOLERANCE * value.norm_sqr();
    (0..m.ncols()).all(|j| {
        (0..m.nrows()).all(|i| {
            let inside = m[(i & set | row & !set, j & set | column & !set)];
            let outside = m[(row & set | i & !set, column & set | j & !set)];
            (m[(i, j)] * value - inside * outside).norm() <= allowed
        })
    })
}
