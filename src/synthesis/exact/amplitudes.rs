//! Preparation of states with real amplitudes of either sign: `|0> -> Σ_m a_m |m>`, exactly by a tree of rotations, or as the
//! best sum of few products.
//!
//! ```text
//!  tree                              few products, Σ_k σ_k |u_k>|v_k>
//!  q[n-1] ─ Ry ─●──────●─            high ─ √Σσ_k² ─●─ U ─
//!  q[n-2] ──────Ry─────●─                 ─ ……  ────┼●──
//!  …            …                    low  ──────────⊕┼ V ─
//!  q[0]   ─────────────Ry                 ───────────⊕──
//! ```

use super::preparation::rotation_tree;
use super::selected::isometries;
use super::sequence::{LastDiagonal, Sequence};
use crate::circuit::{Circuit, Gate};
use crate::linalg::{RealMatrix, svd_real};
use crate::random::Rng;

/// A circuit on n qubits, at most 2^n - 2 CX, for 2^n amplitudes, followed by Ry(`last`) on qubit 0, which costs nothing.
///
/// # Panics
/// If their number is not a power of two, at least two.
pub fn prepare_amplitudes(a: &[f64], last: f64) -> Circuit {
    assert!(a.len().is_power_of_two() && a.len() > 1, "an amplitude for each basis state");
    let norm =
        |prefix: usize, qubit: usize| a[prefix << qubit..(prefix + 1) << qubit].iter().map(|a| a * a).sum::<f64>();
    rotation_tree(a.len().trailing_zeros() as usize, |above, qubit| match qubit {
        // Signs are those of the pairs at the end.
        0 => 2.0 * a[2 * above + 1].atan2(a[2 * above]) + last,
        _ => 2.0 * norm(2 * above + 1, qubit).sqrt().atan2(norm(2 * above, qubit).sqrt()),
    })
}

/// The state that is nearest among sums of at most `rank` products of a state of the upper and one of the lower half of the
/// qubits (the lower has one more where n is odd): its circuit and its amplitudes. What is lost of `a`, which has norm 1, is
/// one minus the square of the product of the two.
///
/// With `rank` 2^k: two isometries of 2^k columns, k CX and a state of k qubits.
///
/// # Panics
/// If there are less than four amplitudes or their number is not a power of two, or the rank is 0.
pub fn prepare_low_rank(a: &[f64], rank: usize, rng: &mut Rng) -> (Circuit, Vec<f64>) {
    assert!(a.len().is_power_of_two() && a.len() >= 4 && rank > 0, "two halves, and a rank");
    let n = a.len().trailing_zeros() as usize;
    let (high, low) = (n / 2, n - n / 2);
    // Rows are what the low qubits hold.
    let svd = svd_real(&RealMatrix::from_column_slice(1 << low, 1 << high, a));
    let rank = rank.min(svd.sigma.len());
    let kept: f64 = svd.sigma[..rank].iter().map(|s| s * s).sum();
    let k = rank.next_power_of_two().trailing_zeros() as usize;
    let mut weights: Vec<f64> = svd.sigma[..rank].iter().map(|s| s / kept.sqrt()).collect();
    weights.resize(1 << k, 0.0);
    let mut side = |m: &RealMatrix, qubits: usize| {
        let mut columns = m.columns(0, 1 << k).into_owned();
        // As many columns as rows must be a rotation; the sign goes to the weight.
        if columns.is_square() && columns.determinant() < 0.0 {
            columns.column_mut(0).neg_mut();
            weights[0] = -weights[0];
        }
        let mut sequence = Sequence::new();
        isometries(vec![columns], k, qubits, &mut sequence, rng);
        sequence.into_circuit(qubits, LastDiagonal::Keep)
    };
    let (of_low, of_high) = (side(&svd.left, low), side(&svd.right, high));
    let mut circuit = Circuit::new(n);
    if k > 0 {
        circuit.append(&prepare_amplitudes(&weights, 0.0), &(low..low + k).collect::<Vec<_>>());
        (0..k).for_each(|i| _ = circuit.push(Gate::Cx, &[low + i, i]));
    }
    circuit.append(&of_low, &(0..low).collect::<Vec<_>>());
    circuit.append(&of_high, &(low..n).collect::<Vec<_>>());
    let nearest = svd.left.columns(0, rank)
        * RealMatrix::from_fn(rank, 1 << high, |k, j| svd.sigma[k] / kept.sqrt() * svd.right[(j, k)]);
    (circuit, nearest.as_slice().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use rand::RngExt;

    fn random(n: usize, rng: &mut Rng) -> Vec<f64> {
        let a: Vec<f64> = (0..1 << n).map(|_| rng.random_range(-1.0..1.0)).collect();
        let norm = a.iter().map(|a| a * a).sum::<f64>().sqrt();
        a.iter().map(|a| a / norm).collect()
    }

    /// Largest difference up to the sign of all.
    fn difference(circuit: &Circuit, wanted: &[f64]) -> f64 {
        let column = unitary_of(circuit).column(0).into_owned();
        let sign = column.iter().zip(wanted).map(|(z, w)| z.re * w).sum::<f64>().signum();
        column.iter().zip(wanted).map(|(z, w)| (z * sign - w).norm()).fold(0.0, f64::max)
    }

    #[test]
    fn trees_take_two_cx_less_than_amplitudes() {
        let mut rng = rng(6);
        for n in 1..8 {
            let mut a = random(n, &mut rng);
            for zeros in [0, 1, 2] {
                (0..zeros).for_each(|i| a[i] = 0.0);
                let norm = a.iter().map(|a| a * a).sum::<f64>().sqrt();
                if norm == 0.0 {
                    continue;
                }
                a.iter_mut().for_each(|a| *a /= norm);
                let circuit = prepare_amplitudes(&a, 0.0);
                assert!(difference(&circuit, &a) < 1e-13, "{n}");
                assert!(Cost::of(&circuit).two_qubit_gates <= (1 << n) - 2);
                let mut turned = prepare_amplitudes(&a, 0.0);
                turned.push(Gate::Ry(0.7), &[0]);
                let column: Vec<f64> = unitary_of(&turned).column(0).iter().map(|z| z.re).collect();
                assert!(difference(&prepare_amplitudes(&a, 0.7), &column) < 1e-13);
            }
        }
    }

    #[test]
    fn few_products_are_the_nearest() {
        let mut rng = rng(7);
        for n in [2, 3, 4, 5, 6, 7] {
            let a = random(n, &mut rng);
            for rank in 1..=1 << (n / 2) {
                let (circuit, nearest) = prepare_low_rank(&a, rank, &mut rng);
                assert!(difference(&circuit, &nearest) < 1e-12, "{n} {rank}");
                // The fidelity is that of the largest singular values.
                let overlap: f64 = nearest.iter().zip(&a).map(|(b, a)| a * b).sum();
                let low = 1 << (n - n / 2);
                let sigma = svd_real(&RealMatrix::from_column_slice(low, a.len() / low, &a)).sigma;
                let kept: f64 = sigma[..rank].iter().map(|s| s * s).sum();
                assert!((overlap * overlap - kept).abs() < 1e-12, "{n} {rank}: {} {kept}", overlap * overlap);
            }
            let (circuit, _) = prepare_low_rank(&a, 1 << (n / 2), &mut rng);
            assert!(difference(&circuit, &a) < 1e-12, "{n}");
        }
        let (circuit, _) = prepare_low_rank(&random(10, &mut rng), 4, &mut rng);
        assert!(Cost::of(&circuit).two_qubit_gates <= 256, "{}", Cost::of(&circuit).two_qubit_gates);
    }
}
