//! Matrices of doubles that are known to be near a unitary.

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
