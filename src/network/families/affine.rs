//! Affine maps as files have them, for every family that has a projection or a head.

use crate::network::rows::{matrix, rows};
use crate::network::{Affine, NetworkError};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct AffineFile {
    /// Rows, `weight[out][in]`, as in torch.nn.Linear.weight.
    weight: Vec<Vec<f64>>,
    /// One entry a row of the weight.
    bias: Vec<f64>,
}

impl AffineFile {
    pub fn of(affine: &Affine) -> AffineFile {
        AffineFile { weight: rows(&affine.weight), bias: affine.bias.clone() }
    }

    /// The map, not yet checked across its parts; `place` ends with a dot.
    pub fn read(self, place: &str) -> Result<Affine, NetworkError> {
        Ok(Affine { weight: matrix(&self.weight, &format!("{place}weight"))?, bias: self.bias })
    }
}
