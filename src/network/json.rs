//! Weights JSON, version 1, and its two shorthands (docs/method.md, section 9).

use super::forms::BlockFile;
use super::validate::matrix;
use super::{Affine, Block, Input, Network, NetworkError};
use crate::linalg::RealMatrix;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `"format"` must say.
const FORMAT: &str = "hqrn-weights";

// Only for the schema: files are told apart by their first byte and keys, since an untagged enum would lose the
// place of an error.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(title = "hqrn weights, version 1")]
#[allow(dead_code)]
enum WeightsFile {
    /// A whole network.
    Network(NetworkFile),
    /// Shorthand: one block.
    Block(BlockFile),
    /// Shorthand: the weight matrix of one block with zero bias, alpha 0.5, relu.
    Matrix(Vec<Vec<f64>>),
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct NetworkFile {
    /// Names the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT)))]
    format: String,
    /// Version of the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    version: u32,
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
    /// Rows, weight[out][in], as in torch.nn.Linear.weight.
    weight: Vec<Vec<f64>>,
    /// One entry a row of the weight.
    bias: Vec<f64>,
}

/// The JSON Schema of weights files, as the repository has it in `circuits/weights.schema.json`.
#[cfg(feature = "schema")]
pub fn weights_schema() -> String {
    let schema = schemars::schema_for!(WeightsFile);
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON") + "\n"
}

/// Reads JSON text; `name` is for networks that do not name themselves. Not yet checked across fields. Also tells
/// whether the text was one of the shorthands.
pub(super) fn parse(text: &[u8], name: &str) -> Result<(Network, bool), NetworkError> {
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    if first == Some(&b'[') {
        let rows: Vec<Vec<f64>> = typed(text)?;
        return Ok((single(Block::of_weight(matrix(&rows, "weight")?), name), true));
    }
    let keys: BTreeMap<String, Option<IgnoredAny>> = serde_json::from_slice(text).unwrap_or_default();
    let has = |key: &str| keys.get(key).is_some_and(Option::is_some);
    if BlockFile::KEYS.iter().any(|key| has(key)) && !has("blocks") {
        return Ok((single(typed::<BlockFile>(text)?.read("")?, name), true));
    }
    let file: NetworkFile = typed(text)?;
    if file.format != FORMAT {
        return Err(NetworkError::value("format", format!("'{}', expected '{FORMAT}'", file.format)));
    }
    if file.version != 1 {
        return Err(NetworkError::value("version", format!("{}, expected 1", file.version)));
    }
    let input = file.input.map(|input| {
        let projection = input.projection.map(|p| affine(p, "input.projection.")).transpose()?;
        Ok::<_, NetworkError>(Input { dim: input.dim, projection })
    });
    let blocks = file.blocks.into_iter().enumerate().map(|(k, b)| b.read(&format!("blocks[{k}].")));
    let network = Network {
        name: file.name.unwrap_or_else(|| name.to_owned()),
        input: input.transpose()?,
        blocks: blocks.collect::<Result<_, _>>()?,
        head: file.head.map(|head| affine(head, "head.")).transpose()?,
    };
    Ok((network, false))
}

/// The network as weights JSON, numbers in the shortest form that reads back the same.
pub fn write_json(network: &Network) -> String {
    let rows = |m: &RealMatrix| m.row_iter().map(|row| row.iter().copied().collect()).collect();
    let linear = |affine: &Affine| AffineFile { weight: rows(&affine.weight), bias: affine.bias.clone() };
    let file = NetworkFile {
        format: FORMAT.into(),
        version: 1,
        name: Some(network.name.clone()),
        input: network.input.as_ref().map(|i| InputFile { dim: i.dim, projection: i.projection.as_ref().map(linear) }),
        blocks: network.blocks.iter().map(BlockFile::of).collect(),
        head: network.head.as_ref().map(linear),
    };
    serde_json::to_string(&file).expect("a valid network has only finite numbers") + "\n"
}

fn typed<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, NetworkError> {
    let mut source = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the file".to_owned() } else { path };
        NetworkError::Json { place, message: error.into_inner().to_string() }
    })?;
    source
        .end()
        .map_err(|error| NetworkError::Json { place: "after the network".into(), message: error.to_string() })?;
    Ok(value)
}

fn single(block: Block, name: &str) -> Network {
    Network { name: name.to_owned(), input: None, blocks: vec![block], head: None }
}

fn affine(file: AffineFile, place: &str) -> Result<Affine, NetworkError> {
    Ok(Affine { weight: matrix(&file.weight, &format!("{place}weight"))?, bias: file.bias })
}
