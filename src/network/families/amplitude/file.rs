//! Amplitude networks as files have them.

mod front;

use super::activation::Hidden;
use super::layer::{Map, MeshLayer, Paths};
use super::shape::{AmplitudeHead, AmplitudeNetwork, Reads};
use super::valid::check;
use crate::files::typed;
use crate::network::families::answers::Written;
use crate::network::rows::{matrix, rows};
use crate::network::{Affine, FORMAT, NetworkError};
use front::FrontStageFile;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct AmplitudeFile {
    /// Names the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT.name)))]
    format: String,
    /// Version of the format.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 2, "maximum" = FORMAT.newest)))]
    version: u32,
    /// What kind of network it is.
    #[cfg_attr(feature = "schema", schemars(extend("const" = AmplitudeNetwork::FAMILY)))]
    family: String,
    /// The network's name; compiled programs carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What makes the input of a sample, first to last, where samples are not inputs themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    front: Vec<FrontStageFile>,
    /// What an input looks like.
    input: AmplitudeInput,
    /// The layers; without any the head reads the input.
    #[serde(default)]
    layers: Vec<MeshLayerFile>,
    /// From the last state to one score a class.
    head: AmplitudeHeadFile,
}

/// An input of dim entries becomes the state gain · x / |x|.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct AmplitudeInput {
    /// Entries of an input, n.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = AmplitudeNetwork::MAX_DIM)))]
    dim: usize,
    /// What the normalised input is multiplied with.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    gain: f64,
    /// Channels, height and width of a sample, for a front that begins with a convolution; square if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<[usize; 3]>,
    /// What entries of a sample are multiplied with before the front; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scale: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct MeshLayerFile {
    /// 2n - 3 angles in radians (one where n = 2, none where n = 1): rotations of neighbouring entries, down and up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mesh: Option<Vec<f64>>,
    /// In place of a mesh: rows of any n x n matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    matrix: Option<Vec<Vec<f64>>>,
    /// What the state before the layer is multiplied with and added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    residual: Option<f64>,
    /// In place of it, one number for each state before the layer, the input first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dense: Option<Vec<f64>>,
    /// What is made of the sum; identity if left out.
    #[serde(default, skip_serializing_if = "is_identity")]
    activation: Hidden,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct AmplitudeHeadFile {
    /// Rows, C x n, as in torch.nn.Linear.weight.
    weight: Vec<Vec<f64>>,
    /// One entry a class.
    bias: Vec<f64>,
    /// What the head sees: the amplitudes of the last state, or their squares over the sum of these.
    #[serde(default)]
    reads: Reads,
}

fn one() -> f64 {
    1.0
}

// serde's skip_serializing_if hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(gain: &f64) -> bool {
    *gain == 1.0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_identity(activation: &Hidden) -> bool {
    *activation == Hidden::Identity
}

impl Written for AmplitudeNetwork {
    const FAMILY: &'static str = "amplitude";

    fn read(text: &[u8], name: &str) -> Result<AmplitudeNetwork, NetworkError> {
        let file: AmplitudeFile = typed(text)?;
        let layers = file.layers.into_iter().enumerate();
        let AmplitudeHeadFile { weight, bias, reads } = file.head;
        let AmplitudeInput { dim, image, scale, .. } = file.input;
        let network = AmplitudeNetwork {
            name: file.name.unwrap_or_else(|| name.to_owned()),
            front: front::read(file.front, image, scale, dim)?,
            dim: file.input.dim,
            gain: file.input.gain,
            layers: layers.map(|(k, layer)| layer.read(&format!("layers[{k}]."))).collect::<Result<_, _>>()?,
            head: AmplitudeHead { affine: Affine { weight: matrix(&weight, "head.weight")?, bias }, reads },
        };
        check(&network)?;
        Ok(network)
    }

    fn write(&self) -> String {
        let AmplitudeHead { affine, reads } = &self.head;
        let file = AmplitudeFile {
            format: FORMAT.name.into(),
            version: 2,
            family: AmplitudeNetwork::FAMILY.into(),
            name: Some(self.name.clone()),
            front: self.front.as_ref().map_or(vec![], front::of),
            input: AmplitudeInput {
                dim: self.dim,
                gain: self.gain,
                image: self.front.as_ref().and_then(|front| front.image),
                scale: self.front.as_ref().map(|front| front.scale).filter(|scale| *scale != 1.0),
            },
            layers: self.layers.iter().map(MeshLayerFile::of).collect(),
            head: AmplitudeHeadFile { weight: rows(&affine.weight), bias: affine.bias.clone(), reads: *reads },
        };
        serde_json::to_string(&file).expect("a valid network has only finite numbers") + "\n"
    }
}

impl MeshLayerFile {
    fn of(layer: &MeshLayer) -> MeshLayerFile {
        let (mesh, matrix) = match &layer.map {
            Map::Mesh(angles) => (Some(angles.clone()), None),
            Map::Matrix(matrix) => (None, Some(rows(matrix))),
        };
        let (residual, dense) = match &layer.paths {
            Paths::Plain => (None, None),
            Paths::Residual(r) => (Some(*r), None),
            Paths::Dense(weights) => (None, Some(weights.clone())),
        };
        MeshLayerFile { mesh, matrix, residual, dense, activation: layer.activation }
    }

    /// The layer, not yet checked beyond itself; `place` ends with a dot.
    fn read(self, place: &str) -> Result<MeshLayer, NetworkError> {
        let wrong = |key: &str, problem: &str| Err(NetworkError::value(format!("{place}{key}"), problem));
        let map = match (self.mesh, self.matrix) {
            (Some(angles), None) => Map::Mesh(angles),
            (None, Some(rows)) => Map::Matrix(matrix(&rows, &format!("{place}matrix"))?),
            (None, None) => return wrong("mesh", "missing: expected mesh or matrix"),
            (Some(_), Some(_)) => return wrong("matrix", "given beside mesh: expected one of them"),
        };
        let paths = match (self.residual, self.dense) {
            (None, None) => Paths::Plain,
            (Some(r), None) => Paths::Residual(r),
            (None, Some(weights)) => Paths::Dense(weights),
            (Some(_), Some(_)) => return wrong("dense", "given beside residual: expected one of them"),
        };
        Ok(MeshLayer { map, paths, activation: self.activation })
    }
}

#[cfg(test)]
mod tests;
