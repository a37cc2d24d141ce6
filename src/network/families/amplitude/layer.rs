//! A layer: a map, the sum with what came before, an activation.

use super::activation::Hidden;
use super::mesh::Turns;
use crate::linalg::RealMatrix;

/// `psi_l = f(map · psi_{l-1} + what the paths bring)`.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshLayer {
    /// The linear map, n x n.
    pub map: Map,
    /// What is added to it.
    pub paths: Paths,
    /// f.
    pub activation: Hidden,
}

/// The linear map of a layer.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// The angles of a mesh, in radians.
    Mesh(Vec<f64>),
    /// Any matrix.
    Matrix(RealMatrix),
}

/// What a layer adds to its map.
#[derive(Clone, Debug, PartialEq)]
pub enum Paths {
    /// Nothing.
    Plain,
    /// This times the state before the layer (eq. 7).
    Residual(f64),
    /// These times the states before it, the input first, the one just before last (eq. 8).
    Dense(Vec<f64>),
}

impl Map {
    /// The matrix, n x n.
    pub fn matrix(&self, n: usize) -> RealMatrix {
        match self {
            Map::Mesh(angles) => Turns::of(angles).matrix(n),
            Map::Matrix(matrix) => matrix.clone(),
        }
    }

    /// What training moves: angles, or entries column by column.
    pub fn parameters(&self) -> &[f64] {
        match self {
            Map::Mesh(angles) => angles,
            Map::Matrix(matrix) => matrix.as_slice(),
        }
    }

    pub(super) fn parameters_mut(&mut self) -> &mut [f64] {
        match self {
            Map::Mesh(angles) => angles,
            Map::Matrix(matrix) => matrix.as_mut_slice(),
        }
    }
}

impl Paths {
    /// The weights, in the order of [`Paths::sources`].
    pub fn weights(&self) -> &[f64] {
        match self {
            Paths::Plain => &[],
            Paths::Residual(r) => std::slice::from_ref(r),
            Paths::Dense(weights) => weights,
        }
    }

    pub(super) fn weights_mut(&mut self) -> &mut [f64] {
        match self {
            Paths::Plain => &mut [],
            Paths::Residual(r) => std::slice::from_mut(r),
            Paths::Dense(weights) => weights,
        }
    }

    /// The number of the state, 0 being the input, that each weight of layer `number`, from 1, is for.
    pub fn sources(&self, number: usize) -> std::ops::Range<usize> {
        match self {
            Paths::Plain => 0..0,
            Paths::Residual(_) => number - 1..number,
            Paths::Dense(weights) => 0..weights.len(),
        }
    }
}
