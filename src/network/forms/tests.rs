//! What holds for every form: W follows from it, its parameters move it, derivatives by W turn into those by parameters.

use super::*;
use crate::linalg::{Complex, Matrix};
use crate::network::{Block, Network, read_bytes, write_json, write_tensors};
use crate::random::rng;
use crate::signs::Signs;
use rand::RngExt;

/// One of each form, 4 x 4.
fn all() -> Vec<Form> {
    let mut rng = rng(3);
    let weight = RealMatrix::from_fn(4, 4, |_, _| rng.random_range(-1.0..1.5));
    let mut angles = || std::array::from_fn(|_| rng.random_range(-3.0..3.0));
    let unitaries = Unitaries { angles: Signs { plus: angles(), minus: angles() }, gamma: 1.7 };
    let mut side =
        || Matrix::from_fn(4, 2, |_, _| Complex::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0)));
    let mut factor = || Some(Factor { left: side(), right: side() });
    let both = Factors(Signs { plus: factor(), minus: factor() });
    let one = Factors(Signs { plus: None, minus: factor() });
    vec![weight.into(), unitaries.into(), both.into(), one.into(), random_circuit(4, 7, 2.0, &mut rng).into()]
}

fn network(form: Form) -> Network {
    Network { name: "n".into(), input: None, blocks: vec![Block::new(form)], head: None, expect: None }
}

/// A weight that was changed apart from its form would be written as it was before.
#[test]
fn a_block_writes_the_weight_that_it_has() {
    for form in all() {
        let mut network = network(form.clone());
        network.blocks[0].scale(2.0);
        let doubled = &*form.weight() * 2.0;
        assert!((network.blocks[0].weight() - &doubled).amax() < 1e-14, "{}", form.name());
        let back = read_bytes(write_json(&network).as_bytes(), "n").unwrap();
        assert_eq!(back, network, "{}", form.name());
        network.blocks[0].set_form(doubled.clone());
        assert_eq!(network.blocks[0].weight(), &doubled);
    }
}

#[test]
fn tensors_refuse_what_they_cannot_say() {
    for form in all() {
        let name = form.name();
        let mut network = network(RealMatrix::identity(4, 4).into());
        network.blocks.push(Block::new(form));
        match write_tensors(&network) {
            Ok(bytes) => {
                assert_eq!(name, "weights");
                assert_eq!(read_bytes(&bytes, "n").unwrap(), network);
            }
            Err(error) => {
                let expected =
                    format!("blocks[1]: given by {name}, which tensors cannot say: expected weights, or JSON");
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}

#[test]
fn amplitudes_square_to_the_weight() {
    for form in all() {
        let squares = |m: &Matrix| m.map(|z| z.norm_sqr()).view((0, 0), (4, 4)).into_owned();
        let w = match form.amplitudes() {
            Amplitudes::Free => {
                assert!(form.is_free());
                continue;
            }
            Amplitudes::Scaled(signs) => {
                let sum = |sum: RealMatrix, (sign, m): (crate::signs::Sign, &Matrix)| sum + squares(m) * sign.factor();
                signs.present().fold(RealMatrix::zeros(4, 4), sum)
            }
            Amplitudes::Exact { signs, gamma } => {
                assert_eq!(form.gamma(), Some(gamma));
                (squares(&signs.plus) - squares(&signs.minus)) * gamma
            }
        };
        assert!(!form.is_free() && (w - &*form.weight()).amax() < 1e-13, "{}", form.name());
        assert_eq!((form.circuit().is_some(), form.map().ncols() > 4), (form.is_joint(), form.is_unitary()));
    }
}

#[test]
fn slopes_agree_with_differences() {
    let mut rng = rng(5);
    for form in all() {
        let map = form.map().into_owned();
        let by_map = RealMatrix::from_fn(map.nrows(), map.ncols(), |_, _| rng.random_range(-1.0..1.0));
        let (charge, slopes) = form.search().slopes(&Demand::of_map(&by_map));
        let values = form.parameters();
        assert_eq!((charge, slopes.len()), (0.0, values.len()));
        for i in 0..values.len() {
            let at = |by: f64| {
                let (mut moved, mut values) = (form.clone(), values.clone());
                values[i] += by;
                moved.set_parameters(&values);
                moved.map().dot(&by_map)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slopes[i] - difference).abs() < 1e-7, "{} {i}: {} {difference}", form.name(), slopes[i]);
        }
    }
}

#[test]
fn charges_grow_with_gamma() {
    let zero = RealMatrix::zeros(4, 4);
    for form in all().into_iter().filter(|form| !form.is_free() && !form.is_unitary()) {
        let demand = Demand { by_map: &zero, by_noise: 0.0, gamma_weight: 0.1, bounds: &[2.0, 3.0] };
        let (charge, slopes) = form.search().slopes(&demand);
        assert!(charge > 0.0);
        let values = form.parameters();
        for i in 0..values.len() {
            let at = |by: f64| {
                let (mut moved, mut values) = (form.clone(), values.clone());
                values[i] += by;
                moved.set_parameters(&values);
                moved.search().slopes(&demand).0
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slopes[i] - difference).abs() < 1e-7, "{} {i}: {} {difference}", form.name(), slopes[i]);
        }
    }
}
