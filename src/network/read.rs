//! One door for weights files: a path or standard input, JSON or safetensors.

use super::{Model, Network, NetworkError, json, tensors};
use crate::files::{read_input, shown_input, without_mark};
use std::path::Path;

/// How files begin that others write weights to.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive, as torch.save and numpy.savez write: export its state_dict"),
    (b"\x80", "a pickle, as torch.save wrote: export its state_dict"),
    (b"\x1f\x8b", "packed by gzip: unpack it"),
    (b"\x93NUMPY", "an array of numpy: a matrix alone is a list of rows in JSON"),
    (b"\x89HDF", "an HDF5 file, as Keras writes"),
    (b"OPENQASM", "a program, not weights"),
];

/// Who takes residual networks only, where no command says.
const READER: &str = "this reader";

/// Reads and checks a network of residual blocks, as [`read_model`] reads it.
///
/// # Errors
/// As [`read_model`], and if the network is of another family.
pub fn read(path: impl AsRef<Path>) -> Result<Network, NetworkError> {
    read_model(path)?.residual(READER)
}

/// Reads and checks a network of residual blocks from the bytes of a file, as [`read_model_bytes`] reads it.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8], name: &str) -> Result<Network, NetworkError> {
    read_model_bytes(bytes, name)?.residual(READER)
}

/// Reads and checks a network of any family from a file, or from standard input where the path is `-`. A network that
/// does not name itself gets the file's name without its ending.
///
/// # Errors
/// What is wrong, with the place: an unreadable file, a syntax error, a value that cannot be; and if the network has not the
/// outputs that the file expects of it.
pub fn read_model(path: impl AsRef<Path>) -> Result<Model, NetworkError> {
    read_noted(path.as_ref()).map(|(model, _)| model)
}

/// The same, and what had to be assumed, a line each.
///
/// # Errors
/// As [`read_model`].
pub fn read_noted(path: &Path) -> Result<(Model, Vec<String>), NetworkError> {
    let from_stdin = path.as_os_str() == "-";
    let bytes = read_input(path).map_err(|source| NetworkError::Io { path: shown_input(path), source })?;
    let name =
        path.file_stem().filter(|_| !from_stdin).map_or("network".into(), |stem| stem.to_string_lossy().into_owned());
    noted(&bytes, &name)
}

/// Reads and checks a network of any family from the bytes of a file; `name` is for networks that do not name themselves.
///
/// # Errors
/// As [`read_model`].
pub fn read_model_bytes(bytes: &[u8], name: &str) -> Result<Model, NetworkError> {
    noted(bytes, name).map(|(model, _)| model)
}

fn noted(bytes: &[u8], name: &str) -> Result<(Model, Vec<String>), NetworkError> {
    let (model, mut notes) = parsed(bytes, name)?;
    if model.classes() == Some(1) {
        notes.push("has one class: every label is 0; of two classes give the scores of both".into());
    }
    if let Model::Residual(network) = &model
        && let Some(expect) = &network.expect
    {
        expect.compare(network)?;
    }
    Ok((model, notes))
}

fn parsed(bytes: &[u8], name: &str) -> Result<(Model, Vec<String>), NetworkError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NetworkError::value("the file", "empty, expected weights as JSON or safetensors"));
    }
    // A safetensors file starts with the length of its header in 8 bytes, little-endian; JSON has no zero bytes.
    if bytes.get(8) == Some(&b'{') && bytes[..8].contains(&0) {
        return tensors::parse(bytes, name);
    }
    let text = without_mark(bytes).map_err(|problem| NetworkError::value("the file", problem))?;
    if !matches!(text.iter().find(|b| !b.is_ascii_whitespace()), Some(b'{' | b'[')) {
        let known = OTHERS.iter().find(|(start, _)| text.starts_with(start)).map(|(_, what)| format!("{what}; it is "));
        let problem = "neither JSON (which starts with '{' or '[') nor safetensors";
        return Err(NetworkError::value("the file", known.unwrap_or_default() + problem));
    }
    json::parse(text, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Activation, write_json};

    fn message(text: &str) -> String {
        read_bytes(text.as_bytes(), "test").unwrap_err().to_string()
    }

    const BLOCK: &str = r#"{"weight":[[1,2],[3,4]],"bias":[0,1],"alpha":0.25,"activation":"exp"}"#;

    fn network(blocks: &str, rest: &str) -> String {
        format!(r#"{{"format":"hqrn-weights","version":1,"name":"n","blocks":[{blocks}]{rest}}}"#)
    }

    #[test]
    fn shorthands_are_one_block() {
        for text in ["[[1, -2], [0.5, 3]]", r#" {"weight": [[1, -2], [0.5, 3]]}"#] {
            let network = read_bytes(text.as_bytes(), "short").unwrap();
            assert_eq!((network.name.as_str(), network.blocks.len()), ("short", 1));
            let block = &network.blocks[0];
            assert_eq!((block.alpha, block.activation, block.bias()), (0.5, Activation::Relu, &[0.0; 2][..]));
            assert_eq!(block.weight()[(1, 0)], 0.5);
        }
        let wide = read_bytes(b"[[1, 2, 3]]", "wide").unwrap();
        assert_eq!((wide.blocks[0].dim(), wide.blocks[0].bias().len()), (3, 1));
    }

    #[test]
    fn whole_networks_survive_a_round_trip() {
        let rest = r#","input":{"dim":3,"projection":{"weight":[[1,0,0],[0,1e-300,0]],"bias":[0,0.1]}},"head":{"weight":[[1,-1]],"bias":[3]}"#;
        let network = read_bytes(network(BLOCK, rest).as_bytes(), "x").unwrap();
        assert_eq!(network.blocks[0].activation, Activation::Exp);
        assert_eq!(read_bytes(write_json(&network).as_bytes(), "y").unwrap(), network);
    }

    #[test]
    fn version_two_names_its_family() {
        let first = network(BLOCK, "");
        let second = first.replace(":1,", r#":2,"family":"residual","#);
        let wanted = read_bytes(first.as_bytes(), "x").unwrap();
        assert_eq!(read_bytes(second.as_bytes(), "x").unwrap(), wanted);
        // The residual blocks of version 1 are the family of files that name none.
        assert_eq!(read_bytes(first.replace(":1,", ":2,").as_bytes(), "x").unwrap(), wanted);
        let other = second.replace("residual", "transformer").replace("blocks", "layers");
        assert_eq!(message(&other), "family: 'transformer', this hqrn knows residual, quanvolution, amplitude");
        assert_eq!(message(&second.replace(":2,", ":3,")), "hqrn-weights: version 3, this hqrn reads 1 to 2");
        assert_eq!(message(&other.replace(":2,", ":3,")), "hqrn-weights: version 3, this hqrn reads 1 to 2");
        let early = second.replace(":2,", ":1,");
        assert_eq!(message(&early), "family: given in version 1, expected in version 2 only");
        assert_eq!(
            message(r#"{"format":"hqrn-weights","version":3,"weight":[[1]]}"#),
            "hqrn-weights: version 3, this hqrn reads 1 to 2"
        );
        let twice = message(&first.replace("\"alpha\"", "\"alpha\":0.5,\"alpha\""));
        assert!(twice.starts_with("blocks[0].alpha: this key is there twice"), "{twice}");
    }

    #[test]
    fn unitaries_survive_a_round_trip_and_are_checked() {
        let angles = |count: usize| format!("[{}]", vec!["0.25"; count].join(","));
        let (plus, minus) = (angles(15), angles(15).replace("0.25,0.25", "1e-3,-2"));
        let block = format!(r#"{{"unitary":{{"plus":{plus},"minus":{minus}}},"gamma":1.5,"bias":[0,0.1,0.2,0]}}"#);
        let alone = read_bytes(block.as_bytes(), "u").unwrap();
        let found = alone.blocks[0].form();
        assert_eq!((found.gamma(), found.parameters()[16], alone.blocks[0].dim()), (Some(1.5), -2.0, 4));
        assert_eq!(alone.blocks[0].weight(), &*found.weight());
        assert_eq!(read_bytes(write_json(&alone).as_bytes(), "u").unwrap(), alone);
        let with = |from: &str, to: &str| message(&block.replacen(from, to, 1));
        assert_eq!(with(&plus, &angles(14)), "unitary.plus: 14 angles, expected 15");
        assert_eq!(with("1.5", "0"), "gamma: 0, expected a number above 0");
        assert_eq!(with("1.5", "-1"), "gamma: -1, expected a number above 0");
        assert_eq!(with(r#""gamma":1.5,"#, ""), "gamma: missing: unitaries and circuits need it");
        assert_eq!(with("0.2,0]", "0.2]"), "bias: 3 entries, expected 4, one for each row of the weight");
        let both = block.replacen('{', r#"{"weight":[[1]],"#, 1);
        assert_eq!(message(&both), "weight: weight and unitary: expected one of weight, factors, unitary and circuit");
        assert_eq!(
            message(r#"{"weight":[[1]],"gamma":2}"#),
            "gamma: given without unitary or circuit: gamma of weights is found"
        );
        assert_eq!(
            message(&network("{}", "")),
            "blocks[0].weight: missing: expected one of weight, factors, unitary and circuit"
        );
        let tensors = crate::network::write_tensors(&alone).unwrap_err().to_string();
        assert!(tensors.starts_with("blocks[0]: given by unitaries"), "{tensors}");
    }

    #[test]
    fn circuits_survive_a_round_trip_and_are_checked() {
        let gates = r#"["ry",0,0.5],["rz",1,-1e-3],["cz",0,2],["ry",2,3]"#;
        let block = format!(r#"{{"circuit":{{"dim":3,"gates":[{gates}]}},"gamma":2.5,"bias":[0,0.1,0.2]}}"#);
        let alone = read_bytes(block.as_bytes(), "c").unwrap();
        let found = alone.blocks[0].form();
        assert_eq!((found.gamma(), found.circuit().unwrap().sign, alone.blocks[0].dim()), (Some(2.5), 2, 3));
        assert_eq!(found.parameters()[1..], [0.5, -1e-3, 3.0]);
        assert_eq!(alone.blocks[0].weight(), &*found.weight());
        assert_eq!(read_bytes(write_json(&alone).as_bytes(), "c").unwrap(), alone);
        let with = |from: &str, to: &str| message(&block.replacen(from, to, 1));
        assert_eq!(with("[\"ry\",0", "[\"ry\",3"), "circuit.gates[0][1]: qubit 3, expected 0 to 2");
        assert_eq!(with("0,2]", "0,0]"), "circuit.gates[2][2]: 0, expected another qubit, 0 to 2");
        assert_eq!(with("0,2]", "0,1.5]"), "circuit.gates[2][2]: 1.5, expected another qubit, 0 to 2");
        assert_eq!(with("\"dim\":3", "\"dim\":0"), "circuit.dim: 0, expected 1 to 1024");
        assert_eq!(with("\"dim\":3", "\"dim\":100000"), "circuit.dim: 100000, expected 1 to 1024");
        assert_eq!(with("2.5", "-1"), "gamma: -1, expected a number above 0");
        assert_eq!(with(r#""gamma":2.5,"#, ""), "gamma: missing: unitaries and circuits need it");
        assert_eq!(with("0.2]", "0.2,0]"), "bias: 4 entries, expected 3, one for each row of the weight");
        assert!(with("\"rz\"", "\"rx\"").starts_with("circuit.gates[1][0]: unknown variant `rx`, expected one of"));
        assert!(with("-1e-3", "\"x\"").starts_with("circuit.gates[1][2]: invalid type: string"));
        assert!(with("-1e-3", "1e999").contains("number out of range"));
    }

    #[test]
    fn every_error_names_its_place() {
        let ragged: Vec<String> =
            (0..64).map(|i| format!("[{}]", vec!["1"; if i == 17 { 63 } else { 64 }].join(","))).collect();
        let ragged = format!(r#"{{"weight":[{}]}}"#, ragged.join(","));
        let good = [BLOCK; 3].join(",");
        assert_eq!(message(&network(&format!("{good},{ragged}"), "")), "blocks[3].weight[17]: 63 entries, expected 64");
        for (text, expected) in [
            ("", "the file: empty, expected weights as JSON or safetensors"),
            ("[]", "weight: no rows, expected at least one"),
            ("[[]]", "weight[0]: no entries, expected at least one"),
            ("[[1, NaN]]", "[0][1]: 'NaN': JSON has no such number at line 1 column 6"),
            ("[[1, 1e999]]", "[0][1]: number out of range at line 1 column 10"),
            ("[[1], [2]] x", "after the end: trailing characters at line 1 column 12"),
            (r#"{"weight":[[1]],"alpha":1}"#, "alpha: 1, expected a number strictly between 0 and 1"),
            (r#"{"weight":[[1]],"bias":[1,2]}"#, "bias: 2 entries, expected 1, one for each row of the weight"),
            (&network("", ""), "blocks: no blocks, expected at least one"),
            (&network(BLOCK, "").replace("hqrn-weights", "onnx"), "format: 'onnx', expected 'hqrn-weights'"),
            (&network(BLOCK, "").replace(":1,", ":7,"), "hqrn-weights: version 7, this hqrn reads 1 to 2"),
            (&network(BLOCK, r#","head":{"weight":[[1]],"bias":[0]}"#), "head.weight: 1 columns, expected 2"),
            (
                &network(BLOCK, r#","input":{"dim":2000000000}"#),
                "input.dim: 2000000000, expected 2, the blocks' dimension, as there is no projection",
            ),
            (&network(&format!("{BLOCK},{}", r#"{"weight":[[1]]}"#), ""), "blocks[1].weight: 1 x 1, expected 2 x 2"),
        ] {
            assert_eq!(message(text), expected);
        }
        let text = network(BLOCK, "").replace("\"exp\"", "\"tanh\"");
        assert!(
            message(&text).starts_with("blocks[0].activation: unknown variant `tanh`, expected one of `relu`"),
            "{}",
            message(&text)
        );
        let text = network(BLOCK, "").replace("\"bias\"", "\"biass\"");
        assert!(message(&text).starts_with("blocks[0].biass: unknown field `biass`"), "{}", message(&text));
        assert!(message(&network(BLOCK, "")[..60]).contains("EOF while parsing"));
    }

    #[test]
    fn files_of_others_are_named() {
        for (start, named) in [
            (&b"PK\x03\x04..."[..], "the file: a zip archive, as torch.save and numpy.savez write"),
            (b"\x80\x04\x95", "the file: a pickle, as torch.save wrote"),
            (b"\x1f\x8b\x08", "the file: packed by gzip"),
            (b"\x93NUMPY\x01\x00", "the file: an array of numpy"),
            (b"OPENQASM 3.0;", "the file: a program, not weights"),
            (b"# yaml", "the file: neither JSON"),
        ] {
            let message = read_bytes(start, "n").unwrap_err().to_string();
            assert!(message.starts_with(named) && message.contains("neither JSON"), "{message}");
        }
    }

    #[test]
    fn a_huge_safetensors_claim_is_an_error() {
        let header = br#"{"blocks.0.weight":{"dtype":"F32","shape":[32768,16384],"data_offsets":[0,2147483648]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        assert!(read_bytes(&bytes, "n").unwrap_err().to_string().starts_with("not a readable safetensors file"));
        let mut bytes = (1u64 << 40).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        assert!(read_bytes(&bytes, "n").unwrap_err().to_string().starts_with("not a readable safetensors file"));
    }

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_in_the_repository_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/weights.schema.json");
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        let current = stored == crate::network::weights_schema();
        assert!(current, "write the output of `hqrn-compile --schema` to circuits/weights.schema.json");
    }
}
