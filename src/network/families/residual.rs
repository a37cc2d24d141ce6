//! Networks of residual blocks as files have them: an input map, blocks, a head.

use crate::files::typed;
use crate::linalg::RealMatrix;
use crate::network::forms::BlockFile;
use crate::network::rows::matrix;
use crate::network::{Affine, FORMAT, Input, Network, NetworkError};
use serde::{Deserialize, Serialize};

/// What `"family"` says.
pub(super) const NAME: &str = "residual";

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct NetworkFile {
    /// Names the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT.name)))]
    format: String,
    /// Version of the format.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = FORMAT.newest)))]
    version: u32,
    /// What kind of network it is; from version 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = NAME)))]
    family: Option<String>,
    /// The network's name; compiled programs carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What an input looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<InputFile>,
    /// The residual blocks, at least one, all of one dimension N.
    blocks: Vec<BlockFile>,
    /// Linear head: C x N weight, C bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<AffineFile>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct InputFile {
    /// Entries of an input.
    dim: usize,
    /// Projection from the input to the first state: N x dim weight, N bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    projection: Option<AffineFile>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct AffineFile {
    /// Rows, `weight[out][in]`, as in torch.nn.Linear.weight.
    weight: Vec<Vec<f64>>,
    /// One entry a row of the weight.
    bias: Vec<f64>,
}

/// See [`super::Family::read`].
pub(super) fn read(text: &[u8], name: &str) -> Result<Network, NetworkError> {
    let file: NetworkFile = typed(text)?;
    if file.version == 1 && file.family.is_some() {
        return Err(NetworkError::value("family", "given in version 1, expected in version 2 only"));
    }
    let input = file.input.map(|input| {
        let projection = input.projection.map(|p| p.read("input.projection.")).transpose()?;
        Ok::<_, NetworkError>(Input { dim: input.dim, projection })
    });
    let blocks = file.blocks.into_iter().enumerate().map(|(k, b)| b.read(&format!("blocks[{k}].")));
    Ok(Network {
        name: file.name.unwrap_or_else(|| name.to_owned()),
        input: input.transpose()?,
        blocks: blocks.collect::<Result<_, _>>()?,
        head: file.head.map(|head| head.read("head.")).transpose()?,
    })
}

impl NetworkFile {
    /// The file of a network, as version 1 has it.
    pub fn of(network: &Network) -> NetworkFile {
        let input = |i: &Input| InputFile { dim: i.dim, projection: i.projection.as_ref().map(AffineFile::of) };
        NetworkFile {
            format: FORMAT.name.into(),
            version: 1,
            family: None,
            name: Some(network.name.clone()),
            input: network.input.as_ref().map(input),
            blocks: network.blocks.iter().map(BlockFile::of_block).collect(),
            head: network.head.as_ref().map(AffineFile::of),
        }
    }
}

impl AffineFile {
    fn of(affine: &Affine) -> AffineFile {
        let rows = |m: &RealMatrix| m.row_iter().map(|row| row.iter().copied().collect()).collect();
        AffineFile { weight: rows(&affine.weight), bias: affine.bias.clone() }
    }

    fn read(self, place: &str) -> Result<Affine, NetworkError> {
        Ok(Affine { weight: matrix(&self.weight, &format!("{place}weight"))?, bias: self.bias })
    }
}
