//! Matrices of doubles that are known to be near a unitary.

use super::columns::Columns;
use super::kernel::Kernel;
use crate::simulator::fusion::Fused;

/// The most rows: blocks have four qubits, gates fewer.
pub(super) const MAX_SIDE: usize = 16;

/// A matrix on a few qubits, the first of which is the low bit of its index, within `error` of a unitary in the spectral
/// norm. Rows one after another.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub qubits: Vec<usize>,
    pub side: usize,
    pub re: Vec<f64>,
    pub im: Vec<f64>,
    pub error: f64,
}

impl Fused for Operator {
    fn qubits(&self) -> &[usize] {
        &self.qubits
    }

    fn qubits_mut(&mut self) -> &mut [usize] {
        &mut self.qubits
    }

    /// `‖X_j - X_j'‖ <= ‖X_{j-1} - X_{j-1}'‖ + e (1 + ‖X_{j-1} - X_{j-1}'‖) + g ‖|X_{j-1}|‖`, X' as the gates say it, e the
    /// error of the j-th member and g what rounding adds.
    fn merged(qubits: Vec<usize>, members: &[Operator]) -> Operator {
        let side = 1 << qubits.len();
        let mut x = Columns { re: vec![0.0; side * side], im: vec![0.0; side * side], columns: side };
        (0..side).for_each(|i| x.re[i * side + i] = 1.0);
        let mut error = 0.0;
        for (j, member) in members.iter().enumerate() {
            let kernel = Kernel::of(member);
            let size = match (j, side) {
                // The first is copied: zeros and ones round nothing.
                (0, _) => 0.0,
                // For few rows the bound of all unitaries is as good.
                (_, ..=4) => (side as f64).sqrt() * (1.0 + error),
                _ if kernel.rounding == 0.0 => 0.0,
                _ => modulus_norm(&x.re, &x.im, side),
            };
            error += member.error * (1.0 + error) + kernel.rounding * size;
            x.apply(&kernel, &member.qubits, qubits.len());
        }
        Operator { qubits, side, re: x.re, im: x.im, error }
    }
}

/// A bound on the spectral norm of the moduli of a square matrix: `‖|M|‖₂² <= ‖M‖₁ ‖M‖_∞`.
pub(super) fn modulus_norm(re: &[f64], im: &[f64], side: usize) -> f64 {
    let (mut columns, mut moduli, mut largest) = ([0.0; MAX_SIDE], [0.0; MAX_SIDE], 0.0f64);
    for (re, im) in re.chunks_exact(side).zip(im.chunks_exact(side)) {
        for j in 0..side {
            moduli[j] = (re[j] * re[j] + im[j] * im[j]).sqrt();
            columns[j] += moduli[j];
        }
        largest = largest.max(moduli[..side].iter().sum());
    }
    (largest * columns.into_iter().fold(0.0, f64::max)).sqrt()
}
