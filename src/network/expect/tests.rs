//! Networks that are not the function of their model are told, with the layer where they part.

use super::*;
use crate::network::{Activation, Affine, Block, FORMULA, Input, read_bytes, write_json, write_tensors};
use crate::random::rng;
use rand::RngExt;

const DIM: usize = 6;

const ANEW: &str =
    "; train it anew in hqrn's form (docs/guide/weights.md), or to its own outputs by hqrn.torch.distil in Python";

/// Six inputs of nine entries, three blocks of six, four classes.
fn network(projected: bool) -> Network {
    let mut rng = rng(5);
    let mut affine = |rows, columns| Affine {
        weight: crate::linalg::RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-0.6..1.0)),
        bias: (0..rows).map(|_| rng.random_range(-0.1..0.3)).collect(),
    };
    let projection = projected.then(|| affine(DIM, 9));
    let block = |Affine { weight, bias }| Block::of_weight(weight).with_bias(bias).with_alpha(0.6);
    let blocks = (0..3).map(|_| block(affine(DIM, DIM))).collect();
    let input = Input { dim: if projected { 9 } else { DIM }, projection };
    Network { name: "n".into(), input: Some(input), blocks, head: Some(affine(4, DIM)), expect: None }
}

fn inputs(network: &Network) -> Vec<Vec<f64>> {
    let mut rng = rng(6);
    (0..10).map(|_| (0..network.input_dim()).map(|_| rng.random_range(0.0..1.0)).collect()).collect()
}

fn relu(z: Vec<f64>) -> Vec<f64> {
    z.into_iter().map(|z| z.max(0.0)).collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// What a model written out here makes of the inputs, and so what reading the network with it says.
fn told(network: &Network, first: impl Fn(&[f64]) -> Vec<f64>, step: impl Fn(&Block, Vec<f64>) -> Vec<f64>) -> String {
    let head = network.head.as_ref().unwrap();
    let output = |x: &Vec<f64>| head.apply(&network.blocks.iter().fold(first(x), |y, block| step(block, y)));
    let inputs = inputs(network);
    let expect = Expect { outputs: inputs.iter().map(output).collect(), inputs };
    let text = write_json(&Network { expect: Some(expect), ..network.clone() });
    read_bytes(text.as_bytes(), "n").unwrap_err().to_string()
}

#[test]
fn models_of_another_form_are_told_with_the_layer() {
    let (plain, projected) = (network(false), network(true));
    let normalised = |x: &[f64]| crate::network::normalise_input(x);
    let hqrn = |x: &[f64]| projected.first_state(x).0;
    let linear = |x: &[f64]| projected.projection().unwrap().apply(x);
    let own = |block: &Block, y: Vec<f64>| block.apply(&y).0;
    let added = |block: &Block, y: Vec<f64>| sum(&y, &relu(block.linear(&y)));
    let around = |block: &Block, y: Vec<f64>| relu(sum(&y, &block.linear(&y)));
    let other_alpha = |block: &Block, y: Vec<f64>| block.clone().with_alpha(0.3).apply(&y).0;
    let other_activation = |block: &Block, y: Vec<f64>| block.clone().with_activation(Activation::Softplus).apply(&y).0;
    let transposed = |block: &Block, y: Vec<f64>| block.clone().with_form(block.weight().transpose()).apply(&y).0;
    for (found, layer, way) in [
        (told(&plain, normalised, added), "blocks[0]", "computes y + f(W y + b) in its blocks"),
        (told(&projected, hqrn, added), "blocks[0]", "computes y + f(W y + b) in its blocks"),
        (
            told(&projected, linear, added),
            "input",
            "takes its inputs as they are (hqrn: entries below 0 as 0, all divided by their sum), and has no F",
        ),
        (told(&projected, |x| relu(linear(x)), around), "input", "computes f(y + W y + b) in its blocks"),
        (told(&plain, |x| x.to_vec(), own), "blocks[0]", "takes its inputs as they are"),
        (told(&plain, normalised, |b, y| relu(b.linear(&y))), "blocks[0]", "computes f(W y + b)"),
        (told(&plain, normalised, other_alpha), "blocks[0]", "has alpha 0.3"),
        (told(&plain, normalised, other_activation), "blocks[0]", "has the activation softplus"),
        (told(&projected, hqrn, transposed), "blocks[0]", "the other way round"),
    ] {
        assert!(found.starts_with("this is not the function of your model: sample "), "{found}");
        assert!(
            found.contains(&format!("; {layer} is the first layer that explains it: the model ")),
            "{layer} {found}"
        );
        assert!(found.contains(way), "{way}: {found}");
        // Weights that were only written down otherwise need no training.
        let written =
            ["has alpha", "has the activation", "the other way round"].iter().any(|only| way.starts_with(only));
        assert_eq!(found.ends_with("; write that into the file (docs/guide/weights.md)"), written, "{found}");
        assert_eq!(found.ends_with(ANEW), !written, "{found}");
    }
    // Nothing that is known here.
    let tanh = |block: &Block, y: Vec<f64>| block.linear(&y).iter().map(|z| z.tanh()).collect::<Vec<_>>();
    for (found, layer) in [(told(&plain, normalised, tanh), "blocks[0]"), (told(&projected, hqrn, tanh), "input")] {
        assert!(found.contains(&format!("; {layer} is the first layer that could explain it")), "{found}");
        assert!(found.ends_with(ANEW), "{found}");
    }
}

#[test]
fn a_network_agrees_with_itself_in_single_precision_and_in_every_file() {
    for projected in [false, true] {
        for head in [true, false] {
            let mut network = network(projected);
            network.head = network.head.filter(|_| head);
            let mut expect = Expect::of(&network, inputs(&network));
            expect.outputs.iter_mut().flatten().for_each(|v| *v = f64::from(*v as f32) * (1.0 + 1e-4));
            network.expect = Some(expect);
            assert_eq!(read_bytes(write_json(&network).as_bytes(), "x").unwrap(), network);
            // Tensors have no word for an input that is not projected.
            let input = network.input.clone().filter(|_| projected);
            let wanted = Network { input, ..network.clone() };
            assert_eq!(read_bytes(&write_tensors(&network).unwrap(), "x").unwrap(), wanted);
            // Off by more than the tolerance, in one output of one sample.
            let largest =
                network.expect.iter().flat_map(|e| &e.outputs).flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
            network.expect.as_mut().unwrap().outputs[7][1] += 1.3 * TOLERANCE * largest;
            for bytes in [write_json(&network).into_bytes(), write_tensors(&network).unwrap()] {
                let error = read_bytes(&bytes, "x").unwrap_err().to_string();
                assert!(error.contains("sample 8 of 10 has output 1 = "), "{error}");
            }
        }
    }
}

#[test]
fn parameters_that_move_take_away_what_was_expected() {
    let mut network = network(true);
    network.expect = Some(Expect::of(&network, inputs(&network)));
    let mut values = network.parameters();
    values.iter_mut().for_each(|v| *v *= 0.5);
    network.set_parameters(&values);
    assert_eq!(network.expect, None);
}

#[test]
fn samples_that_do_not_fit_are_refused_with_their_place() {
    let network = network(false);
    let with = |inputs: &str, outputs: &str| {
        let text = write_json(&network);
        let text = format!(
            "{},\"expect\":{{\"inputs\":{inputs},\"outputs\":{outputs}}}}}",
            text.trim_end().strip_suffix('}').unwrap()
        );
        read_bytes(text.as_bytes(), "n").unwrap_err().to_string()
    };
    let (input, output) = ("[1,2,3,4,5,6]", "[1,2,3,4]");
    for (inputs, outputs, expected) in [
        ("[]".into(), "[]".into(), "expect.inputs: no rows, expected at least one"),
        (format!("[{output}]"), format!("[{output}]"), "expect.inputs[0]: 4 entries, expected 6"),
        (format!("[{input}]"), format!("[{input}]"), "expect.outputs[0]: 6 entries, expected 4"),
        (format!("[{input},{input},[1]]"), format!("[{output}]"), "expect.inputs[2]: 1 entries, expected 6"),
        (format!("[{input},{input}]"), format!("[{output}]"), "expect.outputs: 1 rows, expected 2, as inputs has"),
        (format!("[{input}]"), "[[1,2,3,1e999]]".into(), "expect.outputs[0][3]: number out of range"),
    ] {
        let found = with(&inputs, &outputs);
        assert!(found.starts_with(expected), "{found}");
    }
    let missing = write_json(&network).replace("\"formula\"", "\"expect\":{\"inputs\":[[1,2,3,4,5,6]]},\"formula\"");
    let found = read_bytes(missing.as_bytes(), "n").unwrap_err().to_string();
    assert!(
        found.starts_with("expect.outputs: missing field") || found.starts_with("expect: missing field"),
        "{found}"
    );
    let other = write_json(&network).replace(FORMULA, "y + relu(W y + b)");
    let found = read_bytes(other.as_bytes(), "n").unwrap_err().to_string();
    assert_eq!(found, format!("formula: 'y + relu(W y + b)', hqrn knows '{FORMULA}'"));
}
