//! What approximate circuits do to a network: how many labels they change.

use crate::linalg::RealMatrix;
use crate::network::Network;
use rayon::prelude::*;

/// How often two networks name different classes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disagreement {
    /// Inputs whose labels differ.
    pub changed: usize,
    /// Inputs.
    pub of: usize,
}

impl Disagreement {
    /// The share, in [0, 1].
    pub fn share(&self) -> f64 {
        self.changed as f64 / self.of as f64
    }
}

/// Compares the labels of a network with those it has where its blocks compute `reconstructed` in place of their
/// weights, with infinitely many shots. `None` without a head, which alone names classes.
///
/// # Panics
/// If a matrix is missing or has another shape than its block's weight, or an input another length than the network's.
pub fn disagreement(network: &Network, reconstructed: &[&RealMatrix], inputs: &[Vec<f64>]) -> Option<Disagreement> {
    network.head.as_ref()?;
    assert_eq!(reconstructed.len(), network.blocks.len(), "one matrix a block");
    let mut compiled = network.clone();
    for (block, matrix) in compiled.blocks.iter_mut().zip(reconstructed) {
        assert_eq!(block.weight().shape(), matrix.shape(), "a matrix has the shape of its weight");
        block.set_form((*matrix).clone());
    }
    let changed = inputs.par_iter().filter(|x| network.forward(x).label != compiled.forward(x).label).count();
    Some(Disagreement { changed, of: inputs.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_bytes;

    #[test]
    fn labels_follow_the_matrices() {
        let text = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
            "blocks": [{"weight": [[1, 0], [0, 1]], "bias": [0, 0], "alpha": 0.5, "activation": "relu"}],
            "head": {"weight": [[1, 0], [0, 1]], "bias": [0, 0]}}"#;
        let network = read_bytes(text, "n").unwrap();
        let inputs = vec![vec![0.9, 0.1], vec![0.4, 0.6], vec![0.1, 0.9]];
        let same = network.blocks[0].weight().clone();
        assert_eq!(disagreement(&network, &[&same], &inputs), Some(Disagreement { changed: 0, of: 3 }));
        // Everything to the first unit: mixed with the input it wins except where the input leaves it too little.
        let first = RealMatrix::from_row_slice(2, 2, &[1.0, 1.0, 0.0, 0.0]);
        let all = disagreement(&network, &[&first], &inputs).unwrap();
        assert_eq!((all.changed, all.share()), (2, 2.0 / 3.0));
        let headless = read_bytes(b"[[1, 0], [0, 1]]", "m").unwrap();
        assert_eq!(disagreement(&headless, &[&same], &inputs), None);
    }
}
