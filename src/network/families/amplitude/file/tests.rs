//! Files that read back the same, and files that cannot be.

use super::*;
use crate::network::read_model_bytes;

const IRIS: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"iris","input":{"dim":4},
    "layers":[{"mesh":[0.1,0.2,0.3,0.4,0.5],"residual":3.41,"activation":"leaky-relu"},{"mesh":[1,2,3,4,5],"residual":-1e-300}],
    "head":{"weight":[[1,2,3,4],[5,6,7,8],[9,1,2,3]],"bias":[0,1,2],"reads":"amplitudes"}}"#;

const DENSE: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"d","input":{"dim":2,"gain":8},
    "layers":[{"mesh":[0.1],"dense":[1]},{"matrix":[[1,2],[3,4]],"dense":[0.5,-0.5]},{"mesh":[3]}],
    "head":{"weight":[[1,2]],"bias":[0],"reads":"probabilities"}}"#;

fn message(text: &str) -> String {
    read_model_bytes(text.as_bytes(), "test").unwrap_err().to_string()
}

#[test]
fn files_read_back_the_same() {
    for text in [IRIS, DENSE] {
        let read = read_model_bytes(text.as_bytes(), "x").unwrap();
        let written = read.to_json();
        let again = read_model_bytes(written.as_bytes(), "y").unwrap();
        assert_eq!((&again, again.to_json()), (&read, written));
    }
    let bare = IRIS.replace(",\"reads\":\"amplitudes\"", "").replace(",\"activation\":\"leaky-relu\"", "");
    let network = AmplitudeNetwork::read(bare.as_bytes(), "n").unwrap();
    assert_eq!((network.head.reads, network.layers[0].activation), (Reads::Amplitudes, Hidden::Identity));
    assert_eq!((network.gain, network.layers[1].paths.clone()), (1.0, Paths::Residual(-1e-300)));
}

#[test]
fn every_error_names_its_place() {
    for (from, to, expected) in [
        ("0.4,0.5]", "0.4,0.5,1]", "layers[0].mesh: 6 angles, expected 5 = 2·4 - 3"),
        (
            "\"residual\":3.41",
            "\"residual\":3.41,\"dense\":[1]",
            "layers[0].dense: given beside residual: expected one of them",
        ),
        (
            "\"residual\":3.41",
            "\"dense\":[1,2]",
            "layers[0].dense: 2 numbers, expected 1, one for each state before the layer",
        ),
        (
            "\"residual\":3.41",
            "\"dense\":[1]",
            "layers[1].residual: a layer before it has dense: expected one of them in all layers",
        ),
        ("\"mesh\":[1,2,3,4,5],", "", "layers[1].mesh: missing: expected mesh or matrix"),
        ("\"mesh\":[1,2,3,4,5]", "\"matrix\":[[1,2],[3,4]]", "layers[1].matrix: 2 x 2, expected 4 x 4"),
        ("\"dim\":4", "\"dim\":0", "input.dim: 0, expected 1 to 1024"),
        ("\"dim\":4", "\"dim\":4,\"gain\":0", "input.gain: 0, expected a finite number, not 0"),
        ("[5,6,7,8]", "[5,6,7]", "head.weight[1]: 3 entries, expected 4"),
        ("[0,1,2],\"reads\"", "[0,1],\"reads\"", "head.bias: 2 entries, expected 3, one for each row of the weight"),
        ("\"dim\":4", "\"dim\":5", "layers[0].mesh: 5 angles, expected 7 = 2·5 - 3"),
        ("\"version\":2", "\"version\":1", "family: given in version 1, expected in version 2 only"),
    ] {
        let text = IRIS.replacen(from, to, 1);
        assert_ne!(text, IRIS);
        let message = message(&text);
        assert_eq!(message, expected);
    }
    let short = DENSE.replace("\"mesh\":[0.1]", "\"mesh\":[]");
    assert_eq!(message(&short), "layers[0].mesh: 0 angles, expected 1, as input.dim is 2");
    for (from, to, start) in [
        ("leaky-relu", "gelu", "layers[0].activation: unknown variant `gelu`, expected one of `identity`"),
        ("\"layers\"", "\"blocks\":[],\"layers\"", "blocks: unknown field `blocks`"),
        ("0.4,0.5]", "0.4,NaN]", "layers[0].mesh[4]: 'NaN': JSON has no such number"),
        ("\"reads\":\"amplitudes\"", "\"reads\":\"signs\"", "head.reads: unknown variant `signs`"),
    ] {
        let message = message(&IRIS.replacen(from, to, 1));
        assert!(message.starts_with(start), "{message}");
    }
}
