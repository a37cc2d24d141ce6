//! Every family answers every question.

use super::*;
use crate::network::{read_bytes, read_model_bytes};

const RESIDUAL: &str = r#"{"format":"hqrn-weights","version":2,"family":"residual","name":"r","input":{"dim":3,
    "projection":{"weight":[[1,0,0],[0,1,2]],"bias":[0,0.1]}},"blocks":[{"weight":[[1,-2],[0.5,3]]},{"weight":[[0,1],[1,0]]}],
    "head":{"weight":[[1,0],[0,1],[-1,2]],"bias":[0,0,0]}}"#;

const QUANVOLUTION: &str = r#"{"format":"hqrn-weights","version":2,"family":"quanvolution","name":"q",
    "image":{"height":1,"width":3,"divide":1},"quanvolutions":[{"angles":[[0.5,1,-2,3]]},{"angles":[[1,2,3,4]],"skip":[0]}],
    "head":{"weight":[[1,0,0],[0,1,0],[-1,2,0]],"bias":[0,0,0]}}"#;

#[test]
fn every_family_answers_every_question() {
    for (text, family, parts, parameters) in
        [(RESIDUAL, "residual", 2, 8 + 12 + 9), (QUANVOLUTION, "quanvolution", 2, 8 + 12)]
    {
        let mut model = read_model_bytes(text.as_bytes(), "x").unwrap();
        assert_eq!((model.family(), model.name()), (family, &family[..1]));
        assert_eq!((model.input_dim(), model.classes(), model.parts().len()), (3, Some(3), parts));
        let inputs = [vec![0.5, 0.25, 0.0], vec![0.0, 0.0, 1.0]];
        let labels = model.labels(&inputs);
        assert_eq!(labels.len(), 2);
        assert_eq!(read_model_bytes(model.to_json().as_bytes(), "y").unwrap(), model);
        let values = model.parameters();
        assert_eq!(values.len(), parameters, "{family}");
        let moved: Vec<f64> = (0..parameters).map(|i| values[i] + i as f64).collect();
        let before = model.clone();
        model.set_parameters(&moved);
        assert!(model.parameters() == moved && model != before);
    }
}

#[test]
fn a_residual_model_is_its_network() {
    let network = read_bytes(RESIDUAL.as_bytes(), "x").unwrap();
    let model = read_model_bytes(RESIDUAL.as_bytes(), "x").unwrap();
    let inputs = [vec![0.5, 0.25, 0.0], vec![0.0, 0.0, 1.0], vec![3.0, 1.0, 1.0]];
    assert_eq!(model.labels(&inputs), inputs.each_ref().map(|x| network.forward(x).label.unwrap()));
    assert_eq!(model.parts(), [Part::Block(&network.blocks[0]), Part::Block(&network.blocks[1])]);
    // Version 1 is what is written, which names no family.
    assert_eq!(model.to_json(), write_json(&network));
    assert!(!model.to_json().contains("family"));
    assert_eq!(model.residual("hqrn-run").unwrap(), network);
}

#[test]
fn parts_of_quanvolutions_are_what_their_programs_must_measure() {
    let model = read_model_bytes(QUANVOLUTION.as_bytes(), "x").unwrap();
    let [Part::Layer(first), Part::Layer(_)] = model.parts()[..] else { panic!("{model:?}") };
    let x = [0.5, 0.25, 0.0, 0.0f64];
    let angles = [0.5, 1.0, -2.0, 3.0f64];
    let mut product = 1.0;
    let z = [0, 1, 2, 3].map(|q| {
        product *= angles[q].cos() * x[q].cos();
        product
    });
    let got = first.tables().unwrap()[0].value(x);
    assert!((got - z.iter().sum::<f64>() / 4.0).abs() < 1e-15);
}
