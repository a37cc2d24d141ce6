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

const CONV: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"c","front":[
    {"kind":"conv","weight":[[[[1,2,3],[4,5,6],[7,8,9]]],[[[1,0,1],[0,1,0],[0.5,0,1]]]],"bias":[0.5,-1],"activation":"leaky-relu","pool":2},
    {"kind":"linear","weight":[[1,2,3,4,5,6,7,8],[8,7,6,5,4,3,2,1]],"bias":[0,1],"activation":"tanh"}],
    "input":{"dim":2,"scale":0.5},"head":{"weight":[[1,2]],"bias":[0]}}"#;

#[test]
fn fronts_read_back_the_same_and_squares_are_seen() {
    let model = read_model_bytes(CONV.as_bytes(), "x").unwrap();
    assert_eq!(read_model_bytes(model.to_json().as_bytes(), "y").unwrap(), model);
    let network = model.clone().amplitude("test").unwrap();
    let front = network.front.as_ref().unwrap();
    assert_eq!((front.image, front.scale, network.entries()), (Some([1, 4, 4]), 0.5, 16));
    let said = CONV.replace("\"dim\":2", "\"dim\":2,\"image\":[1,2,9]");
    assert_eq!(AmplitudeNetwork::read(said.as_bytes(), "n").unwrap().entries(), 18);
    assert_eq!(network.sample_problem(&[0.0; 16]), None);
    let wide = CONV.replace("[[1,2,3],[4,5,6],[7,8,9]]]", "[[1,2,3],[4,5,6],[7,8,9]],[[1,2,3],[4,5,6],[7,8,9]]]");
    for (text, expected) in [
        (
            CONV.replace("\"conv\"", "\"lstm\""),
            "front[0].kind: 'lstm', expected conv or linear; any other front runs where",
        ),
        (CONV.replace("\"pool\":2", "\"pool\":3"), "front[0].pool: 3, expected 2; any other front"),
        (CONV.replace("[7,8,9]]],", "[7,8]]],"), "front[0].weight[0][0]: expected a window of 3 x 3; any other front"),
        (wide, "front[0].weight[1]: 1 channels, expected 2"),
        (CONV.replace("[0.5,-1]", "[0.5]"), "front[0].bias: 1 entries, expected 2"),
        (CONV.replace("[8,7,6,5,4,3,2,1]", "[8]"), "front[1].weight[1]: 1 entries, expected 8"),
        (CONV.replace("\"dim\":2", "\"dim\":2,\"image\":[1,6,6]"), "front[1].weight: 8 columns, expected 18"),
        (CONV.replace("\"dim\":2", "\"dim\":2,\"image\":[3,4,4]"), "front[0].weight: takes 1 channels, expected 3"),
        (CONV.replace("\"dim\":2", "\"dim\":3"), "front[1].weight: 2 entries come out, expected 3, input.dim"),
        (CONV.replace("\"scale\":0.5", "\"scale\":0"), "input.scale: 0, expected a finite number, not 0"),
        (CONV.replace("\"tanh\"", "\"tanh\",\"pool\":2"), "front[1].pool: given, but the stage is linear"),
        (IRIS.replace("\"dim\":4", "\"dim\":4,\"scale\":0.5"), "input.scale: given without front"),
    ] {
        assert!(message(&text).starts_with(expected), "{}", message(&text));
    }
    let odd = CONV.replace("[1,2,3,4,5,6,7,8],[8,7,6,5,4,3,2,1]", "[1,2,3,4],[4,3,2,1]");
    assert!(message(&odd).starts_with("input.image: missing, and what is left"), "{}", message(&odd));
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
