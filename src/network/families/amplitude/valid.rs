//! The checks that no type of an amplitude network makes: sizes that must agree, numbers that must be finite.

use super::layer::{Map, MeshLayer, Paths};
use super::mesh::angle_count;
use super::shape::AmplitudeNetwork;
use crate::network::NetworkError;
use crate::network::validate::{check_affine, check_shape};

/// Checks a whole network; places are named as the file has them.
///
/// # Errors
/// The first value that cannot be, with its place.
pub(super) fn check(network: &AmplitudeNetwork) -> Result<(), NetworkError> {
    if !(1..=AmplitudeNetwork::MAX_DIM).contains(&network.dim) {
        let problem = format!("{}, expected 1 to {}", network.dim, AmplitudeNetwork::MAX_DIM);
        return Err(NetworkError::value("input.dim", problem));
    }
    if network.gain == 0.0 || !network.gain.is_finite() {
        return Err(NetworkError::value("input.gain", format!("{}, expected a finite number, not 0", network.gain)));
    }
    let mut kind = None;
    for (k, layer) in network.layers.iter().enumerate() {
        check_layer(layer, network.dim, k)?;
        let (place, own) = match layer.paths {
            Paths::Plain => continue,
            Paths::Residual(_) => ("residual", "dense"),
            Paths::Dense(_) => ("dense", "residual"),
        };
        if kind.is_some_and(|kind| kind != place) {
            let problem = format!("a layer before it has {own}: expected one of them in all layers");
            return Err(NetworkError::value(format!("layers[{k}].{place}"), problem));
        }
        kind = Some(place);
    }
    check_affine(&network.head.affine, "head.")?;
    check_shape(&network.head.affine, (None, Some(network.dim)), "head.")
}

/// Layer k + 1 of a network of this dimension.
fn check_layer(layer: &MeshLayer, n: usize, k: usize) -> Result<(), NetworkError> {
    let wrong = |key: &str, problem: String| Err(NetworkError::value(format!("layers[{k}].{key}"), problem));
    match &layer.map {
        Map::Mesh(angles) if angles.len() != angle_count(n) => {
            let rule = if n > 2 { format!(" = 2·{n} - 3") } else { format!(", as input.dim is {n}") };
            return wrong("mesh", format!("{} angles, expected {}{rule}", angles.len(), angle_count(n)));
        }
        Map::Mesh(angles) => finite(angles, k, "mesh")?,
        Map::Matrix(matrix) if matrix.shape() != (n, n) => {
            return wrong("matrix", format!("{} x {}, expected {n} x {n}", matrix.nrows(), matrix.ncols()));
        }
        Map::Matrix(matrix) => {
            let bad = (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).find(|at| !matrix[*at].is_finite());
            if let Some((i, j)) = bad {
                return wrong(&format!("matrix[{i}][{j}]"), format!("{}, expected a finite number", matrix[(i, j)]));
            }
        }
    }
    match &layer.paths {
        Paths::Plain => Ok(()),
        Paths::Residual(r) if r.is_finite() => Ok(()),
        Paths::Residual(r) => wrong("residual", format!("{r}, expected a finite number")),
        Paths::Dense(weights) if weights.len() != k + 1 => wrong(
            "dense",
            format!("{} numbers, expected {}, one for each state before the layer", weights.len(), k + 1),
        ),
        Paths::Dense(weights) => finite(weights, k, "dense"),
    }
}

fn finite(values: &[f64], k: usize, key: &str) -> Result<(), NetworkError> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(i) => {
            let problem = format!("{}, expected a finite number", values[i]);
            Err(NetworkError::value(format!("layers[{k}].{key}[{i}]"), problem))
        }
    }
}
