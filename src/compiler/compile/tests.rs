//! Blocks of two-qubit unitaries, blocks of one circuit for both signs.

use super::*;
use crate::circuit::Cost;
use crate::compiler::{Check, verify_block};
use crate::linalg::{Complex, Matrix, RealMatrix};
use crate::network::{ANGLES, Block, Factor, Factors, Unitaries, random_circuit};
use crate::qasm::{Prepared, read};
use crate::random::rng;
use crate::synthesis::trotter::{Formula, Target as Aim, TrotterOptions};
use rand::RngExt;
use std::collections::BTreeSet;
use std::f64::consts::{FRAC_PI_2, PI};

fn of_unitaries(plus: [f64; ANGLES], minus: [f64; ANGLES]) -> Network {
    let block = Block::new(Unitaries { angles: Signs { plus, minus }, gamma: 1.75 });
    Network { name: "u".into(), input: None, blocks: vec![block], head: None, expect: None }
}

#[test]
fn unitaries_take_two_cx_and_compute_every_density_matrix() {
    let mut rng = rng(17);
    let mut random = || std::array::from_fn(|_| rng.random_range(-PI..PI));
    let only = |set: &[(usize, f64)]| {
        let mut angles = [0.0; ANGLES];
        set.iter().for_each(|&(j, angle)| angles[j] = angle);
        angles
    };
    let mut cases = vec![
        (only(&[]), only(&[(0, 1.0), (1, 2.0), (5, -1.0)]), 0),
        (only(&[(6, FRAC_PI_2)]), only(&[(8, FRAC_PI_2)]), 2),
        (only(&[(6, FRAC_PI_2), (7, FRAC_PI_2), (8, FRAC_PI_2)]), only(&[(6, 1e-9)]), 4),
    ];
    cases.extend((0..20).map(|_| (random(), random(), 4)));
    for (plus, minus, most) in cases {
        let network = of_unitaries(plus, minus);
        for split in [false, true] {
            let options = CompileOptions { split, ..CompileOptions::default() };
            let texts = compile_block(&network, 1, &options).unwrap();
            let programs: Vec<_> = texts.iter().map(|t| read(&t.text).unwrap()).collect();
            let (found, _) =
                verify_block(&programs.iter().collect::<Vec<_>>(), &network.blocks[0], &Check::all(1e-12)).unwrap();
            assert!(found.holds() && found.coherent && found.of == 16, "{found:?}");
            let cx: usize = programs.iter().map(|p| Cost::of(&p.circuit).two_qubit_gates).sum();
            assert!(cx <= most, "{cx} CX, expected {most} at most");
        }
    }
}

#[test]
fn every_sign_of_every_block_and_seed_draws_its_own_numbers() {
    let mut seen = BTreeSet::new();
    for (seed, block) in (0..10).flat_map(|seed| (1..=10).map(move |block| (seed, block))) {
        for (sign, _) in Sign::BOTH {
            seen.insert(stream_of(seed, block, sign).random::<u64>());
        }
    }
    assert_eq!(seen.len(), 200);
}

#[test]
fn options_that_a_block_would_ignore_are_refused() {
    let circuit = random_circuit(4, 3, 2.0, &mut rng(1));
    let complex =
        Factor { left: Matrix::from_element(4, 1, Complex::I), right: Matrix::from_element(4, 1, Complex::ONE) };
    let real = Factor { left: complex.right.clone(), right: complex.right.clone() };
    let factors = |plus| Block::new(Factors(Signs { plus: Some(plus), minus: None }));
    let unitaries = of_unitaries([0.1; ANGLES], [0.2; ANGLES]).blocks.remove(0);
    let trotter = Aim::Steps { formula: Formula::Suzuki(2), steps: 1 };
    let trotter = TrotterOptions { target: trotter, ..TrotterOptions::default() };
    let (nonnegative, signs, complex_ones) = (Phases::Nonnegative, Phases::Signs, Phases::Complex);
    for (block, form, refused, has, exact) in [
        (unitaries, "unitaries", vec![nonnegative, signs, complex_ones], "what it computes with", true),
        (Block::new(circuit), "a circuit", vec![nonnegative, signs], "complex", true),
        (factors(complex), "factors", vec![nonnegative, signs], "complex", false),
        (factors(real), "factors", vec![nonnegative], "signs", false),
        (Block::new(RealMatrix::identity(4, 4)), "weights", vec![], "", false),
    ] {
        let network = Network { blocks: vec![block], ..of_unitaries([0.0; ANGLES], [0.0; ANGLES]) };
        for phases in [nonnegative, signs, complex_ones] {
            let name = phases.name().unwrap_or("nonnegative");
            let options = CompileOptions { phases: PhaseChoice::Demanded(phases), ..CompileOptions::default() };
            let found = compile_block(&network, 1, &options).map(drop).map_err(|error| error.to_string());
            let message = format!(
                "block 1: phases {name}, by --phases or a preset: it is given by {form}, whose phases are {has}"
            );
            assert_eq!(found, if refused.contains(&phases) { Err(message) } else { Ok(()) }, "{form}");
            // What nobody insists on gives way.
            let options = CompileOptions { phases: PhaseChoice::Fixed(phases), ..CompileOptions::default() };
            assert!(compile_block(&network, 1, &options).is_ok());
        }
        let options = CompileOptions { method: Method::Trotter(trotter.clone()), ..CompileOptions::default() };
        let found = compile_block(&network, 1, &options).map_err(|error| error.to_string());
        match found {
            Err(message) if exact => assert_eq!(
                message,
                format!(
                    "block 1: trotter, by --method or a preset: it is given by {form}, which leaves nothing to approximate"
                )
            ),
            found => assert!(!exact && found.unwrap()[0].text.contains("\"method\":\"trotter\"")),
        }
    }
}

/// These entries are too large to encode, which is found out only by trying.
#[test]
fn an_input_is_checked_before_anything_is_encoded() {
    let block = Block::new(RealMatrix::from_element(2, 2, f64::MAX));
    let network = Network { blocks: vec![block], ..of_unitaries([0.0; ANGLES], [0.0; ANGLES]) };
    let with = |input| compile_block(&network, 1, &CompileOptions { input, ..CompileOptions::default() }).unwrap_err();
    assert!(matches!(with(InputRule::User), CompileError::Encoding { .. }));
    let problem = "basis state 2: dim is 2".to_owned();
    assert_eq!(with(InputRule::Prepared(Prepared::Basis(2))), CompileError::Input { block: 1, problem });
}

/// A phase of the input leaves W as it is, and makes another block of it for states that are not diagonal.
#[test]
fn phases_of_the_input_are_verified() {
    let network = of_unitaries(std::array::from_fn(|j| j as f64), [0.4; ANGLES]);
    let text = &compile_block(&network, 1, &CompileOptions::default()).unwrap()[0].text;
    let declared = "bit[4] c;\n";
    let turned = text.replacen(declared, &format!("{declared}rz(0.001) q[0];\n"), 1);
    assert_ne!(*text, turned);
    let (program, turned) = (read(text).unwrap(), read(&turned).unwrap());
    let right = crate::compiler::reconstruct(&program).unwrap();
    assert!((crate::compiler::reconstruct(&turned).unwrap() - right).amax() < 1e-14);
    let check = |p| verify_block(&[p], &network.blocks[0], &Check::all(1e-9)).unwrap().0;
    assert!(check(&program).holds() && !check(&turned).holds());
    assert!(check(&turned).place().starts_with("map["));
}

#[test]
fn one_circuit_computes_both_signs() {
    let mut network = of_unitaries([0.0; ANGLES], [0.0; ANGLES]);
    for (dim, pairs) in [(1, 0), (2, 1), (3, 4), (4, 6), (8, 20)] {
        let given = random_circuit(dim, pairs, 3.5, &mut rng(dim as u64));
        let qubits = given.qubits();
        network.blocks[0] = Block::new(given);
        let y: Vec<f64> = (0..dim).map(|m| 1.0 / (dim as f64 + m as f64)).collect();
        let sum: f64 = y.iter().sum();
        let mixed = InputRule::Prepared(Prepared::State(y.iter().map(|y| y / sum).collect()));
        let basis = InputRule::Prepared(Prepared::Basis(dim - 1));
        for input in [InputRule::User, InputRule::Columns, basis, mixed] {
            for split in [false, true] {
                let options = CompileOptions { split, input: input.clone(), ..CompileOptions::default() };
                let texts = compile_block(&network, 1, &options).unwrap();
                let programs: Vec<_> = texts.iter().map(|t| read(&t.text).unwrap()).collect();
                assert!(programs.len() == 1 + usize::from(split) && programs[0].contract.joint() != split);
                let parts: Vec<_> = programs.iter().collect();
                let (found, _) = verify_block(&parts, &network.blocks[0], &Check::all(1e-12)).unwrap();
                assert!(found.holds(), "{dim}, {input:?}, split {split}: {found:?}");
                let circuit = &programs[0].circuit;
                if input == InputRule::User {
                    assert!(Cost::of(circuit).two_qubit_gates <= pairs);
                    assert_eq!(circuit.qubit_count(), qubits);
                }
            }
        }
    }
    // What reads the sign decides it.
    let text = &compile_block(&network, 1, &CompileOptions::default()).unwrap()[0].text;
    let swapped = text.replacen(r#""accept":{"3":0}"#, r#""accept":{"3":1}"#, 1);
    let program = read(&swapped).unwrap();
    assert!(swapped != *text && !program.contract.joint());
    assert!(!verify_block(&[&program], &network.blocks[0], &Check::all(1e-9)).unwrap().0.holds());
}
