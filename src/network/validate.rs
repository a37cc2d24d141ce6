//! The checks that no type makes: sizes that must agree, numbers that must be finite, α in (0, 1).

use super::block::check_bias;
use super::{Affine, Block, Network, NetworkError};
use crate::linalg::RealMatrix;

/// Checks a whole network; places are named as the file has them, where a shorthand has no `blocks`.
///
/// # Errors
/// The first value that cannot be, with its place.
pub(super) fn check(network: &Network, shorthand: bool) -> Result<(), NetworkError> {
    let Some(first) = network.blocks.first() else {
        return Err(NetworkError::value("blocks", "no blocks, expected at least one"));
    };
    let alone = network.blocks.len() == 1 && network.input.is_none() && network.head.is_none();
    let prefix = |k: usize| if shorthand { String::new() } else { format!("blocks[{k}].") };
    for (k, block) in network.blocks.iter().enumerate() {
        check_block(block, &prefix(k))?;
        let (rows, columns) = block.weight().shape();
        let dim = first.dim();
        if !alone && (rows != dim || columns != dim) {
            let problem = format!("{rows} x {columns}, expected {dim} x {dim}");
            return Err(NetworkError::value(format!("blocks[{k}].weight"), problem));
        }
    }
    let dim = first.dim();
    if let Some(input) = &network.input {
        match &input.projection {
            Some(projection) => {
                check_affine(projection, "input.projection.")?;
                check_shape(projection, (Some(dim), Some(input.dim)), "input.projection.")?;
            }
            None if input.dim != dim => {
                let problem =
                    format!("{}, expected {dim}, the blocks' dimension, as there is no projection", input.dim);
                return Err(NetworkError::value("input.dim", problem));
            }
            None => {}
        }
    }
    if let Some(head) = &network.head {
        check_affine(head, "head.")?;
        check_shape(head, (None, Some(dim)), "head.")?;
    }
    network.expect.as_ref().map_or(Ok(()), |expect| expect.check(network))
}

fn check_block(block: &Block, place: &str) -> Result<(), NetworkError> {
    check_linear(block.weight(), block.bias(), place)?;
    if !(block.alpha > 0.0 && block.alpha < 1.0) {
        let problem = format!("{}, expected a number strictly between 0 and 1", block.alpha);
        return Err(NetworkError::value(format!("{place}alpha"), problem));
    }
    Ok(())
}

pub(super) fn check_affine(affine: &Affine, place: &str) -> Result<(), NetworkError> {
    check_linear(&affine.weight, &affine.bias, place)
}

fn check_linear(weight: &RealMatrix, bias: &[f64], place: &str) -> Result<(), NetworkError> {
    check_bias(bias, weight.nrows(), place)?;
    for i in 0..weight.nrows() {
        for j in 0..weight.ncols() {
            if !weight[(i, j)].is_finite() {
                let problem = format!("{}, expected a finite number", weight[(i, j)]);
                return Err(NetworkError::value(format!("{place}weight[{i}][{j}]"), problem));
            }
        }
        if !bias[i].is_finite() {
            return Err(NetworkError::value(
                format!("{place}bias[{i}]"),
                format!("{}, expected a finite number", bias[i]),
            ));
        }
    }
    Ok(())
}

pub(super) fn check_shape(
    affine: &Affine,
    wanted: (Option<usize>, Option<usize>),
    place: &str,
) -> Result<(), NetworkError> {
    let (rows, columns) = affine.weight.shape();
    if let Some(wanted) = wanted.0.filter(|&w| w != rows) {
        return Err(NetworkError::value(format!("{place}weight"), format!("{rows} rows, expected {wanted}")));
    }
    if let Some(wanted) = wanted.1.filter(|&w| w != columns) {
        return Err(NetworkError::value(format!("{place}weight"), format!("{columns} columns, expected {wanted}")));
    }
    Ok(())
}
