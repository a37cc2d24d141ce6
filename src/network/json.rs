//! Weights JSON: version 1, which knows one family of networks, version 2, which names the family, and two shorthands
//! (docs/method.md, section 9).

#[cfg(feature = "schema")]
use super::families::FamilyFile;
use super::families::{Model, UNNAMED, read};
use super::forms::BlockFile;
use super::rows::matrix;
use super::validate::check;
use super::{Block, FORMAT, Network, NetworkError, UNTOLD};
use crate::files::{JsonError, check_json, check_no_null, typed, version_of};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

// Only for the schema: files are told apart by their first byte and keys, since an untagged enum would lose the
// place of an error.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(title = "hqrn weights, versions 1 and 2")]
#[allow(dead_code)]
enum WeightsFile {
    /// A whole network.
    Network(FamilyFile),
    /// Shorthand: one block.
    Block(BlockFile),
    /// Shorthand: the weight matrix of one block with zero bias, alpha 0.5, relu.
    Matrix(Vec<Vec<f64>>),
}

/// The JSON Schema of weights files, as the repository has it in `circuits/weights.schema.json`.
#[cfg(feature = "schema")]
pub fn weights_schema() -> String {
    let schema = schemars::schema_for!(WeightsFile);
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON") + "\n"
}

/// Reads and checks JSON text; `name` is for networks that do not name themselves. Beside the network what was assumed, a
/// line each.
pub(super) fn parse(text: &[u8], name: &str) -> Result<(Model, Vec<String>), NetworkError> {
    #[derive(Deserialize)]
    struct Named {
        family: Option<String>,
    }
    check_json(text)?;
    if text.trim_ascii_start().starts_with(b"[") {
        let rows: Vec<Vec<f64>> = typed(text)?;
        return Ok((single(Block::of_weight(matrix(&rows, "weight")?), name)?, vec![]));
    }
    let keys: BTreeMap<String, Option<IgnoredAny>> = typed(text)?;
    let has = |key: &str| keys.get(key).is_some_and(Option::is_some);
    if BlockFile::KEYS.iter().any(|key| has(key)) && !has("blocks") && !has("format") {
        return Ok((single(typed::<BlockFile>(text)?.read("")?, name)?, vec![]));
    }
    let family = match version_of(text, &FORMAT)? {
        1 if has("family") => {
            return Err(NetworkError::value("family", "given in version 1, expected in version 2 only"));
        }
        1 => None,
        _ => {
            check_no_null(text)?;
            let family = typed::<Named>(text)?.family;
            if family.is_none() && !has("blocks") {
                let problem = "missing: a network without blocks is of a family that files must name";
                return Err(NetworkError::value("family", problem));
            }
            family
        }
    };
    let model = read(family.as_deref().unwrap_or(UNNAMED), text, name)?;
    // Another family's name says what its layers compute; layers with weights and biases are in networks of all kinds.
    let told = !matches!(model, Model::Residual(_)) || has("formula") || has("expect");
    let notes = if told { vec![] } else { vec![format!("has neither formula nor expect: {UNTOLD}")] };
    Ok((model, notes))
}

/// The network that a shorthand stands for.
fn single(block: Block, name: &str) -> Result<Model, NetworkError> {
    let network = Network { name: name.to_owned(), input: None, blocks: vec![block], head: None, expect: None };
    check(&network, true)?;
    Ok(Model::Residual(network))
}

impl From<JsonError> for NetworkError {
    fn from(error: JsonError) -> NetworkError {
        NetworkError::Json { message: error.message(), place: error.place }
    }
}
