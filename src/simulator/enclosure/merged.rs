//! Gates one after another as one operator, with what all of them are off by.

use super::columns::Columns;
use super::kernel::Kernel;
use super::operator::{Operator, modulus_norm};
use crate::simulator::fusion::Fused;

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
