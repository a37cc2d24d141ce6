//! Weights from `.safetensors` files with the names that torch modules give them.
//!
//! `input.{weight,bias}`, `blocks.K.{weight,bias}` (K from 0) and `head.{weight,bias}`; α, the activation and the
//! name come from the file's metadata and hold for all blocks.

use super::{Activation, Affine, Block, Input, Network, NetworkError};
use crate::linalg::RealMatrix;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::collections::HashMap;

/// Reads the bytes of a safetensors file; `name` is for files that do not name themselves. Not yet checked across
/// tensors.
pub(super) fn parse(bytes: &[u8], name: &str) -> Result<Network, NetworkError> {
    let unreadable = |error: SafeTensorError| NetworkError::Tensors { message: error.to_string() };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
    let none = HashMap::new();
    let metadata = header.metadata().as_ref().unwrap_or(&none);

    let mut names: Vec<&str> = tensors.names();
    names.sort_unstable();
    let depth = names.iter().filter(|n| n.starts_with("blocks.") && n.ends_with(".weight")).count();
    let known = |tensor: &str| match tensor.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
        Some((k, part)) => k.parse::<usize>().is_ok_and(|i| i.to_string() == k) && matches!(part, "weight" | "bias"),
        None => matches!(tensor, "input.weight" | "input.bias" | "head.weight" | "head.bias"),
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
    let read = |part: &str| -> Result<Option<Affine>, NetworkError> {
        if !names.iter().any(|n| n.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'))) {
            return Ok(None);
        }
        let tensor = |what: &str| {
            let full = format!("{part}.{what}");
            let view = tensors.tensor(&full).map_err(|_| NetworkError::value(&full, "missing"))?;
            Ok::<_, NetworkError>((view, full))
        };
        let (weight, weight_name) = tensor("weight")?;
        let (bias, bias_name) = tensor("bias")?;
        Ok(Some(Affine { weight: matrix(&weight, &weight_name)?, bias: vector(&bias, &bias_name)? }))
    };
    let block = |k: usize| {
        let affine = read(&format!("blocks.{k}"))?;
        let missing =
            || NetworkError::value(format!("blocks.{k}.weight"), format!("missing, though there are {depth} blocks"));
        Ok(Block { affine: affine.ok_or_else(missing)?, alpha, activation })
    };
    Ok(Network {
        name: metadata.get("name").map_or(name, String::as_str).to_owned(),
        input: read("input")?.map(|projection| Input { dim: projection.weight.ncols(), projection: Some(projection) }),
        blocks: (0..depth).map(block).collect::<Result<_, NetworkError>>()?,
        head: read("head")?,
    })
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

fn numbers(view: &TensorView<'_>, name: &str) -> Result<Vec<f64>, NetworkError> {
    let bytes = view.data();
    match view.dtype() {
        Dtype::F32 => Ok(bytes.as_chunks::<4>().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect()),
        Dtype::F64 => Ok(bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        other => Err(NetworkError::value(name, format!("type {other:?}, expected F32 or F64"))),
    }
}
