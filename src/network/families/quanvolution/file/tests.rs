//! What is read is written again; what cannot be names its place.

use super::*;
use crate::network::{Model, read_bytes, read_model_bytes};

const ROW: &str = "[0.5, -1e-3, 2, 3]";

fn text(layers: &str, head: &str) -> String {
    format!(
        r#"{{"format": "hqrn-weights", "version": 2, "family": "quanvolution", "name": "q",
            "image": {{"height": 4, "width": 4}}, "quanvolutions": [{layers}], {head}}}"#
    )
}

fn classical(features: usize) -> String {
    let row = format!("[{}]", vec!["0.25"; features].join(","));
    format!(r#""head": {{"weight": [{row}, {row}], "bias": [0, 1]}}"#)
}

fn two(first: &str, second: &str) -> String {
    text(&format!(r#"{{"angles": [{ROW}, {ROW}]{first}}}, {{"angles": [{ROW}]{second}}}"#), &classical(16))
}

fn read(text: &str) -> Result<Model, String> {
    read_model_bytes(text.as_bytes(), "unnamed").map_err(|error| error.to_string())
}

fn message(text: &str) -> String {
    read(text).unwrap_err()
}

#[test]
fn every_wiring_survives_a_round_trip() {
    let skips = |before: usize| std::iter::once(None).chain((0..before).map(Some));
    let mut count = 0;
    for (a, b, c) in skips(1).flat_map(|a| skips(2).flat_map(move |b| skips(3).map(move |c| (a, b, c)))) {
        let layer = |skip: Option<usize>| {
            let skip = skip.map_or(String::new(), |k| k.to_string());
            format!(r#"{{"angles": [{ROW}], "skip": [{skip}]}}"#)
        };
        let head = r#""quantum_head": {"angles": [1, 2, 3, 4], "measured": [3, 0]}"#;
        let model = read(&text(&[a, b, c].map(layer).join(","), head)).unwrap();
        let written = model.to_json();
        assert_eq!(read(&written).unwrap(), model);
        assert_eq!(read(&written).unwrap().to_json(), written);
        count += 1;
    }
    assert_eq!(count, 24);
}

#[test]
fn all_keys_are_read_and_what_is_left_out_has_its_value() {
    let plain = read(&two("", "")).unwrap_err();
    assert_eq!(plain, "head.weight: 16 columns, expected 1");
    let given = r#", "axis": "y", "read": "all", "scale": 0.5, "reupload": true, "skip": [0]"#;
    let head = r#""quantum_head": {"angles": [1, 2, 3, 4, 5, 6], "measured": [3, 0]}"#;
    let full = text(&format!(r#"{{"angles": [{ROW}, {ROW}]{given}}}, {{"angles": [{ROW}], "read": 2}}"#), head);
    let full = full.replace(r#""width": 4"#, r#""width": 4, "divide": 16, "scale": 3.5"#);
    let model = read(&full).unwrap();
    assert_eq!((model.family(), model.name(), model.input_dim(), model.classes()), ("quanvolution", "q", 16, Some(2)));
    let Model::Quanvolution(network) = &model else { panic!("{model:?}") };
    assert_eq!(network.image, Image { height: 4, width: 4, divide: 16.0, scale: 3.5 });
    let row = [0.5, -1e-3, 2.0, 3.0];
    let first = Layer {
        ansatz: Ansatz::Rows(Rows { angles: vec![row; 2], axis: Axis::Y, reupload: true }),
        read: Read::All,
        scale: 0.5,
        skip: vec![0],
    };
    assert_eq!(network.layers, [first, Layer { read: Read::Qubit(2), ..Layer::of_rows(vec![row]) }]);
    assert_eq!(read(&model.to_json()).unwrap(), model);
    let defaults =
        read(&text(&format!(r#"{{"angles": [{ROW}]}}"#), &classical(4)).replace(r#""name": "q","#, "")).unwrap();
    assert_eq!(defaults.name(), "unnamed");
    let Model::Quanvolution(network) = &defaults else { panic!("{defaults:?}") };
    assert_eq!(network.image, Image { height: 4, width: 4, divide: 255.0, scale: 1.0 });
    assert_eq!(network.layers, [Layer::of_rows(vec![row])]);
    assert_eq!(read(&defaults.to_json()).unwrap(), defaults);
}

#[test]
fn every_error_names_its_place() {
    let one = |layer: &str| text(layer, &classical(4));
    let good = one(&format!(r#"{{"angles": [{ROW}]}}"#));
    read(&good).unwrap();
    let quantum =
        text(&format!(r#"{{"angles": [{ROW}]}}"#), r#""quantum_head": {"angles": [1, 2], "measured": [1, 0]}"#);
    read(&quantum).unwrap();
    for (text, expected) in [
        (two("", r#", "skip": [2]"#), "quanvolutions[1].skip[0]: 2, expected a stream before layer 2: 0 to 1"),
        (two(r#", "skip": [1]"#, ""), "quanvolutions[0].skip[0]: 1, expected a stream before layer 1: 0, the image"),
        (two("", r#", "skip": [0, 1, 0]"#), "quanvolutions[1].skip[2]: 0, which is there twice"),
        (one(r#"{"angles": []}"#), "quanvolutions[0].angles: no rows, expected at least one"),
        (
            one(r#"{"angles": [[1,2,3,4],[1,2,3]]}"#),
            "quanvolutions[0].angles[1]: 3 entries, expected 4, one for each qubit",
        ),
        (one(""), "quanvolutions: no layers, expected at least one"),
        (two(r#", "read": 4"#, ""), "quanvolutions[0].read: expected \"mean\", \"all\" or a qubit, 0 to 3"),
        (two("", r#", "read": "min""#), "quanvolutions[1].read: expected \"mean\", \"all\" or a qubit, 0 to 3"),
        (good.replace("\"height\": 4", "\"height\": 0"), "image.height: 0, expected 1 to 4096"),
        (good.replace("\"width\": 4", "\"width\": 4294967296"), "image.width: 4294967296, expected 1 to 4096"),
        (good.replace("\"width\": 4", "\"width\": 4, \"divide\": 0"), "image.divide: 0, expected a number above 0"),
        (text(&format!(r#"{{"angles": [{ROW}]}}"#), &classical(5)), "head.weight: 5 columns, expected 4"),
        (good.replace("[0, 1]", "[0]"), "head.bias: 1 entries, expected 2, one for each row of the weight"),
        (
            text(&format!(r#"{{"angles": [{ROW}]}}"#), r#""name": "x""#).replacen(r#""name": "q","#, "", 1),
            "head: missing: expected head or quantum_head",
        ),
        (
            quantum.replace("\"quantum_head\"", &format!("{}, \"quantum_head\"", classical(4))),
            "quantum_head: given beside head: expected one of them",
        ),
        (quantum.replace("[1, 2]", "[1]"), "quantum_head.angles: 1 entries, one a qubit: 2 amplitudes for 4 pixels"),
        (quantum.replace("[1, 2]", "[]"), "quantum_head.angles: 0 entries, expected 1 to 16"),
        (quantum.replace("[1, 0]", "[2, 0]"), "quantum_head.measured[0]: 2, expected a wire, 0 to 1"),
        (quantum.replace("[1, 0]", "[1, 1]"), "quantum_head.measured[1]: 1, which is there twice"),
        (quantum.replace("[1, 0]", "[]"), "quantum_head.measured: no wires, expected one a class"),
    ] {
        assert_eq!(message(&text), expected);
    }
    for (text, start) in [
        (good.replace("0.5", "NaN"), "quanvolutions[0].angles[0][0]: 'NaN': JSON has no such number"),
        (good.replace("0.5", "1e999"), "quanvolutions[0].angles[0][0]: number out of range"),
        (good.replace("\"angles\"", "\"angels\""), "quanvolutions[0].angels: unknown field `angels`"),
        (good.replace("\"quanvolutions\"", "\"blocks\""), "blocks: unknown field `blocks`"),
        (two(r#", "axis": "w""#, ""), "quanvolutions[0].axis: unknown variant `w`, expected one of `x`"),
        (two(r#", "skip": [-1]"#, ""), "quanvolutions[0].skip[0]: invalid value"),
        (good.replace("\"image\"", "\"picture\""), "picture: unknown field `picture`"),
    ] {
        let found = message(&text);
        assert!(found.starts_with(start) && found.lines().count() == 1, "{found}");
    }
    // In version 1 there is one family.
    let early = message(&good.replace("\"version\": 2", "\"version\": 1"));
    assert_eq!(early, "family: given in version 1, expected in version 2 only");
}

#[test]
fn who_takes_blocks_only_says_so() {
    let text = text(&format!(r#"{{"angles": [{ROW}]}}"#), &classical(4));
    let refused = read_bytes(text.as_bytes(), "n").unwrap_err().to_string();
    assert_eq!(refused, "a network of family 'quanvolution': this reader takes residual networks");
    let model = read(&text).unwrap();
    assert_eq!(model.parts().len(), 1);
    assert!(
        model.residual("hqrn-compress").unwrap_err().to_string().ends_with("hqrn-compress takes residual networks")
    );
}

#[test]
fn gates_in_place_of_angles_survive_and_are_checked() {
    let gates = r#"["rx",0,0.5],["cx",0,2],["rz",3,-1e-3],["cz",1,3],["ry",2,3]"#;
    let layer = |more: &str| text(&format!(r#"{{"gates": [{gates}]{more}}}"#), &classical(4));
    let model = read(&layer("")).unwrap();
    assert_eq!(model.parameters()[..3], [0.5, -1e-3, 3.0]);
    let written = model.to_json();
    assert_eq!((read(&written).unwrap(), read(&written).unwrap().to_json()), (model.clone(), written));
    let mut moved = model.clone();
    moved.set_parameters(&model.parameters().iter().map(|p| p + 1.0).collect::<Vec<_>>());
    assert_eq!(moved.parameters()[..3], [1.5, 0.999, 4.0]);
    read(&text(r#"{"gates": []}"#, &classical(4))).unwrap();
    let with = |from: &str, to: &str| message(&layer("").replacen(from, to, 1));
    let place = "quanvolutions[0].gates";
    assert_eq!(with("\"rx\",0", "\"rx\",4"), format!("{place}[0][1]: qubit 4, expected 0 to 3"));
    assert_eq!(with("0,2]", "0,4]"), format!("{place}[1][2]: qubit 4, expected 0 to 3"));
    assert_eq!(with("0,2]", "0,0]"), format!("{place}[1][2]: qubit 0, expected another qubit"));
    assert_eq!(with("0,2]", "0,1.5]"), format!("{place}[1][2]: 1.5, expected a qubit, 0 to 3"));
    assert!(with("\"rz\"", "\"u3\"").starts_with(&format!("{place}[2][0]: unknown variant `u3`, expected one of")));
    assert!(with("0.5", "1e999").starts_with(&format!("{place}[0][2]: number out of range")));
    let first = "quanvolutions[0]";
    assert_eq!(message(&layer(r#", "axis": "y""#)), format!("{first}.axis: given without angles: gates say it"));
    assert_eq!(message(&layer(r#", "reupload": false"#)), format!("{first}.reupload: given without angles"));
    let both = format!(r#", "angles": [{ROW}]"#);
    assert_eq!(message(&layer(&both)), format!("{first}.gates: given beside angles: expected one of them"));
    assert_eq!(message(&text("{}", &classical(4))), format!("{first}.angles: missing: expected angles or gates"));
}
