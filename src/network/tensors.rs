//! Weights from `.safetensors` files with the names that torch modules give them.
//!
//! `input.{weight,bias}`, `blocks.K.{weight,bias}` (K from 0) and `head.{weight,bias}`; α, the activation, the formula of
//! the blocks and the name come from the file's metadata and hold for all blocks. `expect.inputs` and `expect.outputs` are
//! what the model makes of some inputs, a row each.

use super::families::{Model, UNNAMED};
use super::floats::{numbers, packed};
use super::named_tensors;
use super::rows::rows;
use super::validate::check;
use super::{Activation, Affine, Block, Carrier, Expect, FORMULA, Input, Network, NetworkError, UNTOLD};
use crate::linalg::RealMatrix;
use safetensors::tensor::TensorView;
use safetensors::{SafeTensorError, SafeTensors};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde_json::json;
use std::collections::HashMap;

/// What wrappers of modules put before every name.
const PREFIXES: [&str; 3] = ["module.", "_orig_mod.", "model."];

/// The samples that go with a model: whoever adds them to wrapped tensors may not have wrapped them.
const EXPECTED: [&str; 2] = ["expect.inputs", "expect.outputs"];

/// Reads and checks the bytes of a safetensors file; `name` is for files that do not name themselves. Beside the network what
/// was assumed, a line each.
pub(super) fn parse(bytes: &[u8], name: &str) -> Result<(Model, Vec<String>), NetworkError> {
    let unreadable = |error: SafeTensorError| NetworkError::Tensors { message: error.to_string() };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
    let none = HashMap::new();
    let metadata = header.metadata().as_ref().unwrap_or(&none);
    match metadata.get("family").filter(|family| *family != UNNAMED) {
        Some(family) => named_tensors::parse(&tensors, metadata, family, name),
        None => {
            let (network, notes) = residual(&tensors, metadata, name)?;
            check(&network, false)?;
            Ok((Model::Residual(network), notes))
        }
    }
}

/// The tensors of residual blocks, not yet checked across each other.
fn residual(
    tensors: &SafeTensors<'_>,
    metadata: &HashMap<String, String>,
    name: &str,
) -> Result<(Network, Vec<String>), NetworkError> {
    let mut notes = vec![];
    let (bare, mut names): (Vec<&str>, Vec<&str>) = tensors.names().into_iter().partition(|n| EXPECTED.contains(n));
    names.sort_unstable();
    let mut prefix = String::new();
    while let Some(wrapper) = PREFIXES.iter().find(|p| !names.is_empty() && names.iter().all(|n| n.starts_with(**p))) {
        prefix.push_str(wrapper);
        names.iter_mut().for_each(|name| *name = &name[wrapper.len()..]);
    }
    if !prefix.is_empty() {
        notes.push(format!("all tensors are called {prefix}…, which is left out"));
    }
    let expected = |name: &str| {
        let full = if bare.contains(&name) { name.to_owned() } else { format!("{prefix}{name}") };
        let view = tensors.tensor(&full).ok();
        view.map(|view| Ok::<_, NetworkError>(rows(&matrix(&view, name)?))).transpose()
    };
    let expect = match (expected(EXPECTED[0])?, expected(EXPECTED[1])?) {
        (None, None) => None,
        (Some(inputs), Some(outputs)) => Some(Expect { inputs, outputs }),
        (inputs, _) => {
            let missing = EXPECTED[usize::from(inputs.is_some())];
            return Err(NetworkError::value(missing, "missing, though there is the other one"));
        }
    };
    if let Some(other) = metadata.get("formula").filter(|formula| *formula != FORMULA) {
        let problem = format!("'{}', hqrn knows '{FORMULA}'", other.escape_debug());
        return Err(NetworkError::value("metadata formula", problem));
    }
    let mut unsaid: Vec<&str> = [("alpha", "alpha 0.5"), ("activation", "activation relu"), ("formula", FORMULA)]
        .into_iter()
        .filter_map(|(key, assumed)| (!metadata.contains_key(key)).then_some(assumed))
        .collect();
    // Seen from the outputs.
    unsaid.retain(|assumed| expect.is_none() || *assumed != FORMULA);
    match &unsaid[..] {
        [] => {}
        [FORMULA] => notes.push(format!("has neither formula nor expect: {UNTOLD}")),
        [said @ .., FORMULA] => notes.push(format!("no metadata: {} assumed, and {UNTOLD}", said.join(" and "))),
        said => notes.push(format!("no metadata: {} assumed", said.join(" and "))),
    }
    let depth = names.iter().filter(|n| n.starts_with("blocks.") && n.ends_with(".weight")).count();
    let known = |tensor: &str| match tensor.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
        Some((k, part)) => k.parse::<usize>().is_ok_and(|i| i.to_string() == k) && matches!(part, "weight" | "bias"),
        None => {
            matches!(tensor, "input.weight" | "input.bias" | "head.weight" | "head.bias") || EXPECTED.contains(&tensor)
        }
    };
    if let Some(stranger) = names.iter().find(|n| !known(n)) {
        let expected = "expected input, blocks.K or head, each .weight or .bias";
        return Err(NetworkError::value(*stranger, format!("unknown tensor, {expected}")));
    }
    let alpha = match metadata.get("alpha") {
        None => 0.5,
        Some(text) => text.parse().map_err(|_| {
            NetworkError::value("metadata alpha", format!("'{text}', expected a number between 0 and 1"))
        })?,
    };
    let activation = match metadata.get("activation") {
        None => Activation::default(),
        Some(text) => Activation::deserialize(StrDeserializer::<ValueError>::new(text))
            .map_err(|error| NetworkError::value("metadata activation", error.to_string()))?,
    };
    let weightless = names.iter().filter_map(|name| name.strip_suffix(".bias"));
    if let Some(part) = weightless.map(|part| format!("{part}.weight")).find(|weight| !names.contains(&weight.as_str()))
    {
        return Err(NetworkError::value(part, "missing, though there is its bias"));
    }
    let unbiased = names.iter().filter_map(|name| name.strip_suffix(".weight"));
    let unbiased: Vec<&str> = unbiased.filter(|part| !names.contains(&format!("{part}.bias").as_str())).collect();
    if !unbiased.is_empty() {
        notes.push(format!("no bias of {}: zeros, as for a layer without bias", unbiased.join(", ")));
    }
    let read = |part: &str| -> Result<Option<Affine>, NetworkError> {
        if !names.iter().any(|n| n.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'))) {
            return Ok(None);
        }
        let [weight_name, bias_name] = ["weight", "bias"].map(|what| format!("{part}.{what}"));
        let tensor = |name: &str| tensors.tensor(&format!("{prefix}{name}"));
        let weight = tensor(&weight_name).map_err(|_| NetworkError::value(&weight_name, "missing"))?;
        let weight = matrix(&weight, &weight_name)?;
        let bias = match tensor(&bias_name) {
            Ok(bias) => vector(&bias, &bias_name)?,
            Err(_) => vec![0.0; weight.nrows()],
        };
        Ok(Some(Affine { weight, bias }))
    };
    let block = |k: usize| {
        let affine = read(&format!("blocks.{k}"))?;
        let missing =
            || NetworkError::value(format!("blocks.{k}.weight"), format!("missing, though there are {depth} blocks"));
        let Affine { weight, bias } = affine.ok_or_else(missing)?;
        let block = Block::of_weight(weight).with_alpha(alpha).with_activation(activation);
        block.with_bias_at(bias, &format!("blocks[{k}]."))
    };
    let network = Network {
        name: metadata.get("name").map_or(name, String::as_str).to_owned(),
        input: read("input")?.map(|projection| Input { dim: projection.weight.ncols(), projection: Some(projection) }),
        blocks: (0..depth).map(block).collect::<Result<_, NetworkError>>()?,
        head: read("head")?,
        expect,
    };
    Ok((network, notes))
}

/// The network as a safetensors file of 64-bit floats: a header of JSON with sorted keys, then the numbers. Not by the
/// crate's own writer, which keeps metadata in a hash map: the same network would not always give the same bytes.
///
/// # Errors
/// If blocks differ in α or activation, which the format's one set of metadata cannot say, or one is not given by its weights.
pub fn write_tensors(network: &Network) -> Result<Vec<u8>, NetworkError> {
    let first = &network.blocks[0];
    for (k, block) in network.blocks.iter().enumerate() {
        if (block.alpha, block.activation) != (first.alpha, first.activation) {
            let problem = "another alpha or activation than the first block's, expected one for all blocks";
            return Err(NetworkError::value(format!("blocks[{k}]"), problem));
        }
        if let Some(problem) = block.form().refusal(Carrier::Tensors) {
            return Err(NetworkError::value(format!("blocks[{k}]"), problem));
        }
    }
    let activation = serde_json::to_value(first.activation).expect("an activation is a word");
    let mut header = serde_json::Map::new();
    header.insert(
        "__metadata__".into(),
        json!({"activation": activation, "alpha": first.alpha.to_string(), "formula": FORMULA, "name": network.name}),
    );
    let mut data: Vec<u8> = vec![];
    let mut push = |name: String, shape: Vec<usize>, values: Vec<f64>| {
        let start = data.len();
        values.iter().for_each(|v| data.extend_from_slice(&v.to_le_bytes()));
        header.insert(name, json!({"dtype": "F64", "shape": shape, "data_offsets": [start, data.len()]}));
    };
    let projection = network.projection().map(|p| ("input".to_owned(), &p.weight, &p.bias[..]));
    let blocks = network.blocks.iter().enumerate().map(|(k, b)| (format!("blocks.{k}"), b.weight(), b.bias()));
    let head = network.head.as_ref().map(|h| ("head".to_owned(), &h.weight, &h.bias[..]));
    for (part, weight, bias) in projection.into_iter().chain(blocks).chain(head) {
        let (rows, columns) = weight.shape();
        push(format!("{part}.weight"), vec![rows, columns], weight.transpose().as_slice().to_vec());
        push(format!("{part}.bias"), vec![rows], bias.to_vec());
    }
    if let Some(Expect { inputs, outputs }) = &network.expect {
        for (name, rows) in EXPECTED.into_iter().zip([inputs, outputs]) {
            push(name.to_owned(), vec![rows.len(), rows[0].len()], rows.concat());
        }
    }
    Ok(packed(&header, &data))
}

fn matrix(view: &TensorView<'_>, name: &str) -> Result<RealMatrix, NetworkError> {
    match *view.shape() {
        [rows, columns] if rows > 0 && columns > 0 => {
            Ok(RealMatrix::from_row_iterator(rows, columns, numbers(view, name)?))
        }
        ref shape => {
            Err(NetworkError::value(name, format!("shape {shape:?}, expected two dimensions, none of them 0")))
        }
    }
}

fn vector(view: &TensorView<'_>, name: &str) -> Result<Vec<f64>, NetworkError> {
    match *view.shape() {
        [_] => numbers(view, name),
        ref shape => Err(NetworkError::value(name, format!("shape {shape:?}, expected one dimension"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_bytes;

    #[test]
    fn networks_survive_a_round_trip() {
        let text = r#"{"format": "hqrn-weights", "version": 1, "name": "n\u00e9t",
            "input": {"dim": 3, "projection": {"weight": [[1, 0, 0], [0, 1e-300, -2.5]], "bias": [0, 0.1]}},
            "blocks": [{"weight": [[1, 2], [3, 4]], "bias": [0, 1], "alpha": 0.25, "activation": "exp"},
                       {"weight": [[5, 6], [7, 8]], "bias": [2, 3], "alpha": 0.25, "activation": "exp"}],
            "head": {"weight": [[1, -1], [2, 0], [3, 3]], "bias": [3, 2, 1]}}"#;
        let network = read_bytes(text.as_bytes(), "x").unwrap();
        let bytes = write_tensors(&network).unwrap();
        assert_eq!(read_bytes(&bytes, "y").unwrap(), network);
        assert_eq!(write_tensors(&network).unwrap(), bytes);
        let mixed = read_bytes(text.replacen("exp", "relu", 1).as_bytes(), "x").unwrap();
        assert!(write_tensors(&mixed).unwrap_err().to_string().starts_with("blocks[1]: another alpha"));
    }

    fn read(bytes: &[u8]) -> (Network, Vec<String>) {
        let (model, notes) = parse(bytes, "n").unwrap();
        (model.residual("test").unwrap(), notes)
    }

    /// A safetensors file of one type.
    fn file(of: &[(&str, &[usize], Vec<u8>)], dtype: &str, metadata: &str) -> Vec<u8> {
        let (mut header, mut data) = (String::new(), vec![]);
        for (name, shape, values) in of {
            let start = data.len();
            data.extend(values);
            header += &format!(
                r#","{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{}]}}"#,
                data.len()
            );
        }
        let header = format!(r#"{{"__metadata__":{metadata}{header}}}"#);
        let header = format!("{header:<width$}", width = header.len().next_multiple_of(8));
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat()
    }

    #[test]
    fn short_floats_are_exact_and_wrappers_are_left_out() {
        let bytes = |of: [u16; 4]| of.iter().flat_map(|b| b.to_le_bytes()).collect::<Vec<u8>>();
        let both = r#"{"alpha":"0.25","activation":"exp","formula":"alpha y + (1 - alpha) F(W y + b)"}"#;
        let trust = "that its blocks are alpha y + (1 - alpha) F(W y + b), F normalised, is taken on trust";
        let trusted = |rest: &str| format!("{rest}{trust}");
        let none = trusted("no metadata: alpha 0.5 and activation relu assumed, and ");
        let some = trusted("no metadata: activation relu assumed, and ");
        let untold = trusted("has neither formula nor expect: ");
        for (dtype, ones) in [("F16", 0x3c00), ("BF16", 0x3f80)] {
            for (prefix, metadata, notes) in [
                ("", both, &[][..]),
                ("module.", both, &["all tensors are called module.…, which is left out"]),
                ("_orig_mod.module.", both, &["all tensors are called _orig_mod.module.…, which is left out"]),
                ("", "{}", &[none.as_str()]),
                ("", r#"{"alpha":"0.5"}"#, &[some.as_str()]),
                ("", r#"{"alpha":"0.5","activation":"exp"}"#, &[untold.as_str()]),
            ] {
                let (weight, bias) = (format!("{prefix}blocks.0.weight"), format!("{prefix}blocks.0.bias"));
                let tensors = [
                    (weight.as_str(), &[2, 2][..], bytes([ones, 0, 0, ones])),
                    (bias.as_str(), &[2], bytes([0; 4])[..4].to_vec()),
                ];
                let (network, found) = read(&file(&tensors, dtype, metadata));
                assert_eq!(network.blocks[0].weight(), &RealMatrix::identity(2, 2), "{dtype} {prefix}");
                assert_eq!(found, notes);
            }
        }
        let wide = [("module.blocks.0.weight", &[1, 1][..], vec![0, 0]), ("module.head.weight", &[2, 1], vec![0; 4])];
        let (network, notes) = read(&file(&wide, "F16", both));
        assert_eq!((network.blocks[0].bias(), &network.head.unwrap().bias[..]), (&[0.0][..], &[0.0, 0.0][..]));
        assert_eq!(notes[1], "no bias of blocks.0, head: zeros, as for a layer without bias");
        // A bias without a weight is none of a layer without bias.
        for part in ["head", "input", "blocks.1"] {
            let bias = format!("{part}.bias");
            let alone = [("blocks.0.weight", &[1, 1][..], vec![0, 0]), (bias.as_str(), &[1], vec![0, 0])];
            let error = parse(&file(&alone, "F16", both), "n").unwrap_err().to_string();
            assert_eq!(error, format!("{part}.weight: missing, though there is its bias"));
        }
        // One that is called otherwise keeps its name, which is unknown then.
        let mixed = [("module.blocks.0.weight", &[1, 1][..], vec![0, 0]), ("blocks.0.bias", &[1], vec![0, 0])];
        let error = parse(&file(&mixed, "F16", "{}"), "n").unwrap_err().to_string();
        assert!(error.starts_with("module.blocks.0.weight: unknown tensor"), "{error}");
        let other = [("blocks.0.weight", &[1, 1][..], vec![0; 4]), ("blocks.0.bias", &[1], vec![0; 4])];
        let error = parse(&file(&other, "I32", "{}"), "n").unwrap_err().to_string();
        assert_eq!(error, "blocks.0.weight: type I32, expected F16, BF16, F32 or F64");
    }
}
