//! Finetuning for columns: it goes down, goes on to the same bytes, and bears noise that others do not.

use super::*;
use crate::compression::{output_shares, rehearse_columns};
use crate::network::{Affine, Block, Input, random_circuit};
use crate::random::rng;

/// A network of three classes of inputs of five entries, by weights, and one of circuits that is somewhere near.
fn networks() -> (Network, Network, Vec<Vec<f64>>) {
    let mut rng = rng(3);
    let mut entries =
        |rows: usize, columns: usize| RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.0));
    let mut block = || Block::of_weight(entries(4, 4)).with_bias(vec![0.3, 0.2, 0.1, 0.4]).with_alpha(0.4);
    let blocks = vec![block(), block()];
    let head = Affine { weight: RealMatrix::identity(3, 4) * 6.0, bias: vec![0.1, 0.0, -0.1] };
    let projection = Affine { weight: entries(4, 5), bias: vec![0.4; 4] };
    let input = Some(Input { dim: 5, projection: Some(projection) });
    let teacher = Network { name: "n".into(), input, blocks, head: Some(head), expect: None };
    let mut small = teacher.clone();
    for (k, block) in small.blocks.iter_mut().enumerate() {
        block.set_form(random_circuit(4, 8, 4.0, &mut crate::random::rng(k as u64)));
    }
    let inputs = (0..50).map(|_| (0..5).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
    (teacher, small, inputs)
}

#[test]
fn stages_go_down_and_on_to_the_same_bytes() {
    let (teacher, small, inputs) = networks();
    let labels = vec![1; inputs.len()];
    let task = ColumnTuning {
        teacher: &teacher,
        inputs: &inputs,
        labels: Some(&labels),
        label_weight: 0.0,
        variation: None,
        executions: 8 * 400,
        survival: 0.8,
        stages: 3,
        seed: 5,
    };
    let mut state = ColumnState::new(small);
    let losses: Vec<f64> = (0..2).map(|_| task.stage(&mut state).unwrap()).collect();
    let mut again = ColumnState { stages: 2, network: state.network.clone(), optimiser: state.optimiser.clone() };
    assert!(losses[1] < losses[0], "{losses:?}");
    let wanted = output_shares(&teacher, &inputs).unwrap();
    let [before, after] =
        [&networks().1, &state.network].map(|n| (output_shares(n, &inputs).unwrap() - &wanted).norm());
    assert!(after < 0.8 * before, "{before} to {after}");
    task.stage(&mut state).unwrap();
    task.stage(&mut again).unwrap();
    assert_eq!(state.network.input, teacher.input);
    assert_eq!((state.stages, &state), (3, &again));
    // The first block of stages looks at labels where they count: here all of them are one class.
    let pulled = ColumnTuning { label_weight: 1.0, ..task };
    let mut state = ColumnState::new(networks().1);
    pulled.stage(&mut state).unwrap();
    let first = FirstStates::of(&state.network, &inputs).states;
    assert!(crate::network::run_classically(&state.network, &first).labels.iter().filter(|l| **l == 1).count() > 40);
    let few = ColumnTuning { executions: 5, ..task };
    let message = few.stage(&mut ColumnState::new(networks().1)).unwrap_err().to_string();
    assert_eq!(message, "5 executions: 8 columns take at least 8, 1 each");
}

#[test]
fn rehearsals_change_fewer_labels_with_more_shots() {
    let (_, small, inputs) = networks();
    let rehearse =
        |executions, survival| rehearse_columns(&small, &inputs, &inputs, (executions, survival), 1).unwrap();
    let (few, many, dull) = (rehearse(400, 1.0), rehearse(4_000_000_000, 1.0), rehearse(400, 0.05));
    assert!(many.even <= 0.01 && many.allotted <= 0.01, "{many:?}");
    assert!(few.even > 0.02 && few.allotted > 0.02, "{few:?}");
    assert!(dull.even > few.even && dull.allotted > few.allotted, "{dull:?} {few:?}");
    assert_eq!(rehearse(400, 1.0), few);
}
