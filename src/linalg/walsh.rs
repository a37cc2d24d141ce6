//! The fast Walsh-Hadamard transform.

use std::ops::{Add, Sub};

/// In place, without normalisation: `v_s <- Σ_j (-1)^{|j ∧ s|} v_j`, in n 2^n additions.
///
/// # Panics
/// If the length is not a power of two.
pub fn walsh_hadamard<T: Copy + Add<Output = T> + Sub<Output = T>>(v: &mut [T]) {
    assert!(v.len().is_power_of_two(), "the transform is over all values of some bits");
    let mut half = 1;
    while half < v.len() {
        for block in v.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_its_definition() {
        for bits in 0..6 {
            let v: Vec<i64> = (0..1i64 << bits).map(|j| j * j - 7 * j + 3).collect();
            let mut fast = v.clone();
            walsh_hadamard(&mut fast);
            for (s, got) in fast.iter().enumerate() {
                let sign = |j: usize| if (j & s).count_ones().is_multiple_of(2) { 1 } else { -1 };
                assert_eq!(*got, v.iter().enumerate().map(|(j, x)| sign(j) * x).sum::<i64>());
            }
        }
    }
}
