//! Networks before training.

use crate::linalg::RealMatrix;
use crate::network::{Activation, Affine, Block, Input, Network};
use crate::random::{Rng, rng};
use rand::RngExt;

/// The shape of a network.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Entries of an input.
    pub inputs: usize,
    /// N, the blocks' dimension; an input of another size is projected.
    pub dim: usize,
    /// Residual blocks.
    pub blocks: usize,
    /// Classes.
    pub classes: usize,
    /// α of every block.
    pub alpha: f64,
    /// f of every block.
    pub activation: Activation,
}

/// A network before training: biases zero, block weights the identity plus numbers uniform in ±1/√N, the projection's
/// uniform in ±1/√inputs, the head's in ±√N/2.
///
/// So every block starts near `y' = y` and a state reaches the head with what it was told: from weights without the
/// identity, ten normalised layers forget their input, and training stays for a hundred epochs where it began. The head
/// is large since a state's entries are about 1/N.
pub fn initial_network(name: &str, shape: &Architecture, seed: u64) -> Network {
    let mut rng = rng(seed);
    let Architecture { inputs, dim, blocks, classes, alpha, activation } = *shape;
    let root = |n: usize| (n as f64).sqrt();
    let projection = (inputs != dim).then(|| uniform(dim, inputs, 1.0 / root(inputs), &mut rng));
    let block = |_| {
        let mut weight = uniform(dim, dim, 1.0 / root(dim), &mut rng).weight;
        (0..dim).for_each(|n| weight[(n, n)] += 1.0);
        Block::of_weight(weight).with_alpha(alpha).with_activation(activation)
    };
    let blocks = (0..blocks).map(block).collect();
    let head = Some(uniform(classes, dim, root(dim) / 2.0, &mut rng));
    Network { name: name.to_owned(), input: Some(Input { dim: inputs, projection }), blocks, head, expect: None }
}

fn uniform(rows: usize, columns: usize, bound: f64, rng: &mut Rng) -> Affine {
    let weight = RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-bound..bound));
    Affine { weight, bias: vec![0.0; rows] }
}
