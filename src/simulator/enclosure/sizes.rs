//! How large the blocks become that gates are multiplied into.

use super::operator::Operator;
use crate::simulator::fusion::{Fused, fuse};

/// Gates become pairs, and pairs blocks of three or four where that leaves less to do: in larger ones roundings add up faster than
/// blocks grow fewer.
const LARGER: [usize; 2] = [4, 3];

/// What an operator acts on, without its matrix.
struct Shape(Vec<usize>);

impl Fused for Shape {
    fn qubits(&self) -> &[usize] {
        &self.0
    }

    fn qubits_mut(&mut self) -> &mut [usize] {
        &mut self.0
    }

    fn merged(qubits: Vec<usize>, _: &[Shape]) -> Shape {
        Shape(qubits)
    }
}

/// Gates on so many qubits as blocks.
pub(super) fn blocks(gates: Vec<Operator>, width: usize) -> Vec<Operator> {
    let pairs = if width > 2 { fuse(gates, 2, width) } else { gates };
    // Products for each amplitude.
    let work = |qubits: &[usize]| 1usize << qubits.len();
    let of_pairs: usize = pairs.iter().map(|pair| work(&pair.qubits)).sum();
    let of_larger = LARGER.into_iter().filter(|&size| size < width).map(|size| {
        let shapes = pairs.iter().map(|pair| Shape(pair.qubits.clone())).collect();
        (fuse::<Shape>(shapes, size, width).iter().map(|shape| work(&shape.0)).sum::<usize>(), size)
    });
    match of_larger.min().filter(|(work, _)| *work < of_pairs) {
        Some((_, size)) => fuse(pairs, size, width),
        None => pairs,
    }
}
