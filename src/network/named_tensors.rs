//! Networks of any family that a safetensors file names in its metadata: a tensor for each list of numbers of the weights
//! JSON, called by the path to it, and the rest in the metadata, by path as well.
//!
//! `layers.0.mesh`, `layers.0.residual`, `head.weight`; metadata `family`, `name`, `head.reads`, `layers.0.activation`.

use super::families::{Model, read};
use super::floats::{numbers, packed};
use super::{FORMAT, NetworkError};
use safetensors::SafeTensors;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The most layers, so that a number in a name asks for no more room than a file has.
const MOST: usize = 4096;

/// The most dimensions of a tensor: those of a convolution.
const MOST_SIDES: usize = 4;

/// Where a head is given, what it takes says how many entries an input has.
const WEIGHT: [&str; 2] = ["head", "weight"];

/// Reads a file whose metadata say the family. Beside the network what was assumed, a line each.
pub(super) fn parse(
    tensors: &SafeTensors<'_>,
    metadata: &HashMap<String, String>,
    family: &str,
    name: &str,
) -> Result<(Model, Vec<String>), NetworkError> {
    let mut root = json!({ "format": FORMAT.name, "version": 2, "family": family });
    // "format" is what torch's own writer puts there, "pt"; the version is that of the names, which have one.
    if let Some(version) = metadata.get("version").filter(|version| *version != "2") {
        return Err(NetworkError::value("metadata version", format!("'{}', expected 2", version.escape_debug())));
    }
    let said = ["family", "format", "version"];
    let mut keys: Vec<(&String, &String)> = metadata.iter().filter(|(key, _)| !said.contains(&key.as_str())).collect();
    keys.sort_unstable();
    for (key, text) in keys {
        // What is no JSON is a word.
        let value = serde_json::from_str(text).ok().filter(|_| key != "name").unwrap_or_else(|| json!(text));
        insert(&mut root, key, value)?;
    }
    let mut names = tensors.names();
    names.sort_unstable();
    for tensor in names {
        let view = tensors.tensor(tensor).map_err(|error| NetworkError::Tensors { message: error.to_string() })?;
        let values = numbers(&view, tensor)?;
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let problem = format!("number {i} is {}, expected a finite number", values[i]);
            return Err(NetworkError::value(tensor, problem));
        }
        let value = match *view.shape() {
            [] => json!(values[0]),
            // A parameter of one number, as modules have it.
            [1] if tensor.ends_with(".residual") => json!(values[0]),
            ref shape if shape.len() <= MOST_SIDES && !shape.contains(&0) => nested(shape, &values),
            ref shape => {
                let problem = format!("shape {shape:?}, expected at most {MOST_SIDES} dimensions, none of them 0");
                return Err(NetworkError::value(tensor, problem));
            }
        };
        insert(&mut root, tensor, value)?;
    }
    let mut notes = vec![];
    let weight = root.get(WEIGHT[0]).and_then(|head| head.get(WEIGHT[1])).and_then(Value::as_array);
    let sizes = weight.map(|rows| (rows.len(), rows[0].as_array().map_or(0, Vec::len)));
    if let Some((classes, entries)) = sizes {
        if root[WEIGHT[0]].get("bias").is_none() {
            root[WEIGHT[0]]["bias"] = json!(vec![0.0; classes]);
            notes.push("no bias of head: zeros, as for a layer without bias".to_owned());
        }
        if family == "amplitude" && root.get("input").is_none_or(|input| input.get("dim").is_none()) {
            insert(&mut root, "input.dim", json!(entries))?;
        }
    }
    Ok((read(family, root.to_string().as_bytes(), name)?, notes))
}

/// Puts a value where a path of keys and numbers leads.
fn insert(root: &mut Value, path: &str, value: Value) -> Result<(), NetworkError> {
    let mut at = root;
    for part in path.split('.') {
        let next = match part.parse::<usize>() {
            Ok(i) => {
                if at.is_null() {
                    *at = json!([]);
                }
                let list = at.as_array_mut().filter(|_| i < MOST);
                let list = list.ok_or_else(|| NetworkError::value(path, format!("'{part}': expected a key")))?;
                list.resize(list.len().max(i + 1), Value::Null);
                &mut list[i]
            }
            Err(_) => {
                if at.is_null() {
                    *at = json!({});
                }
                let map = at.as_object_mut();
                let map = map.ok_or_else(|| NetworkError::value(path, format!("'{part}': expected a number")))?;
                map.entry(part).or_insert(Value::Null)
            }
        };
        at = next;
    }
    if !at.is_null() {
        return Err(NetworkError::value(path, "is there twice"));
    }
    *at = value;
    Ok(())
}

/// A network of a family other than residual blocks as a safetensors file of 64-bit floats; the same network gives the same
/// bytes.
pub fn write_named_tensors(model: &Model) -> Vec<u8> {
    let root: Value = serde_json::from_str(&model.to_json()).expect("weights are JSON");
    let (mut metadata, mut header, mut data) = (Map::new(), Map::new(), vec![]);
    let mut push = |path: String, shape: Vec<usize>, values: Vec<f64>| {
        let start = data.len();
        values.iter().for_each(|v| data.extend_from_slice(&v.to_le_bytes()));
        header.insert(path, json!({"dtype": "F64", "shape": shape, "data_offsets": [start, data.len()]}));
    };
    let mut rest: Vec<(String, Value)> = vec![(String::new(), root)];
    while let Some((path, value)) = rest.pop() {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        if let Some((shape, values)) = block_of(&value).filter(|_| !path.is_empty()) {
            push(path, shape, values);
            continue;
        }
        match value {
            Value::Object(map) => rest.extend(map.into_iter().map(|(key, value)| (below(&key), value))),
            Value::Array(list) if list.iter().any(Value::is_object) => {
                rest.extend(list.into_iter().enumerate().map(|(i, value)| (below(&i.to_string()), value)));
            }
            Value::Number(number) if path.ends_with(".residual") => {
                push(path, vec![], number.as_f64().into_iter().collect());
            }
            _ if ["format", "version"].contains(&path.as_str()) => {}
            Value::String(word) => _ = metadata.insert(path, json!(word)),
            other => _ = metadata.insert(path, json!(other.to_string())),
        }
    }
    header.insert("__metadata__".into(), Value::Object(metadata));
    packed(&header, &data)
}

/// Numbers as lists of lists.
fn nested(shape: &[usize], values: &[f64]) -> Value {
    match shape {
        [] | [_] => json!(values),
        [_, rest @ ..] => {
            let parts = values.chunks_exact(rest.iter().product());
            Value::Array(parts.map(|part| nested(rest, part)).collect())
        }
    }
}

/// The shape and the numbers of a list of floats, or of lists that are all alike.
fn block_of(value: &Value) -> Option<(Vec<usize>, Vec<f64>)> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    if list[0].is_array() {
        let parts = list.iter().map(block_of).collect::<Option<Vec<_>>>()?;
        let shape = parts[0].0.clone();
        let alike = parts.iter().all(|(other, _)| *other == shape);
        let values = parts.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        return alike.then(|| ([vec![list.len()], shape].concat(), values));
    }
    // Whole numbers count something.
    let values = list.iter().map(|v| v.as_f64().filter(|_| v.is_f64())).collect::<Option<Vec<f64>>>()?;
    Some((vec![values.len()], values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_model_bytes;

    const AMPLITUDE: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"1.0","input":{"dim":3,"gain":8},
        "layers":[{"mesh":[0.1,-2.5,1e-300],"residual":3.41,"activation":"leaky-relu"},{"matrix":[[1,2,3],[4,5,6],[7,8,9]],"residual":1}],
        "head":{"weight":[[1,2,3],[4,5,6]],"bias":[0,1],"reads":"probabilities"}}"#;

    const DENSE: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"d","input":{"dim":2},
        "layers":[{"mesh":[0.5],"dense":[1]},{"mesh":[2],"dense":[1,2]}],"head":{"weight":[[1,2]],"bias":[0.5]}}"#;

    const FRONT: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"f","front":[
        {"kind":"conv","weight":[[[[1,2,3],[4,5,6],[7,8,9]]],[[[1,0,1],[0,1,0],[0.5,0,1]]]],"bias":[0.5,-1],"pool":2},
        {"weight":[[1,2,3,4,5,6],[8,7,6,5,4,3]],"bias":[0,1],"activation":"tanh"}],
        "input":{"dim":2,"image":[1,2,6],"scale":0.5},"head":{"weight":[[1,2]],"bias":[0]}}"#;

    const QUANVOLUTION: &str = r#"{"format":"hqrn-weights","version":2,"family":"quanvolution","name":"q",
        "image":{"height":3,"width":2},"quanvolutions":[{"angles":[[0.5,1,-2,3],[1,2,3,4]],"skip":[0]},
        {"gates":[["rx",0,0.5],["cx",0,2]],"read":2}],"quantum_head":{"angles":[1,2,3],"measured":[2,0]}}"#;

    #[test]
    fn networks_of_every_family_survive_a_round_trip() {
        for text in [AMPLITUDE, DENSE, FRONT, QUANVOLUTION] {
            let model = read_model_bytes(text.as_bytes(), "n").unwrap();
            let bytes = write_named_tensors(&model);
            assert_eq!(bytes, write_named_tensors(&model));
            assert_eq!(read_model_bytes(&bytes, "other").unwrap(), model);
        }
    }

    /// A file of 64-bit floats.
    fn file(of: &[(&str, &[usize], &[f64])], metadata: &Value) -> Vec<u8> {
        let (mut header, mut data) = (Map::new(), vec![]);
        for (name, shape, values) in of {
            let start = data.len();
            values.iter().for_each(|v: &f64| data.extend(v.to_le_bytes()));
            header.insert((*name).into(), json!({"dtype": "F64", "shape": shape, "data_offsets": [start, data.len()]}));
        }
        header.insert("__metadata__".into(), metadata.clone());
        packed(&header, &data)
    }

    #[test]
    fn tensors_of_modules_are_read_and_what_is_wrong_is_named() {
        let family = json!({"family": "amplitude"});
        let (mesh, weight) = ([0.1, 0.2, 0.3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let head = ("head.weight", &[2, 3][..], &weight[..]);
        let layer = ("layers.0.mesh", &[3][..], &mesh[..]);
        let bytes = file(&[layer, ("layers.0.residual", &[1], &[2.0]), head], &family);
        let network = read_model_bytes(&bytes, "n").unwrap().amplitude("test").unwrap();
        assert_eq!((network.dim, network.layers.len(), &network.head.affine.bias[..]), (3, 1, &[0.0, 0.0][..]));
        assert_eq!(network.head.affine.weight[(1, 0)], 4.0);
        // As torch's own writer marks its files.
        let marked = json!({"family": "amplitude", "format": "pt", "version": "2"});
        assert!(read_model_bytes(&file(&[layer, head], &marked), "n").is_ok());
        let message = |of: &[(&str, &[usize], &[f64])], metadata: &Value| {
            read_model_bytes(&file(of, metadata), "n").unwrap_err().to_string()
        };
        let nan = ("layers.0.mesh", &[3][..], &[0.0, f64::NAN, 1.0][..]);
        for (tensors, metadata, expected) in [
            (vec![nan, head], &family, "layers.0.mesh: number 1 is NaN, expected a finite number"),
            (vec![("layers.1.mesh", &[3], &mesh), head], &family, "layers[0]: invalid type: null"),
            (vec![("layers.0.mesh", &[1, 3], &mesh), head], &family, "layers[0].mesh[0]: invalid type: sequence"),
            (
                vec![("layers.0.mesh", &[2], &mesh[..2]), head],
                &family,
                "layers[0].mesh: 2 angles, expected 3 = 2·3 - 3",
            ),
            (vec![("layers.9999.mesh", &[3], &mesh), head], &family, "layers.9999.mesh: '9999': expected a key"),
            (vec![("head.mesh", &[3], &mesh), head], &family, "head.mesh: unknown field `mesh`"),
            (vec![layer], &family, "the file: missing field `input`"),
            (vec![head], &json!({"family": "amplitude", "version": "3"}), "metadata version: '3', expected 2"),
            (vec![head], &json!({"family": "transformer"}), "family: 'transformer', this hqrn knows"),
            (vec![head], &json!({"family": "amplitude", "head.weight": "[[1]]"}), "head.weight: is there twice"),
            (vec![head], &json!({"family": "amplitude", "head": "1"}), "head.weight: 'weight': expected a number"),
        ] {
            let message = message(&tensors, metadata);
            assert!(message.starts_with(expected), "{expected}: {message}");
        }
    }
}
