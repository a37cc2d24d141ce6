use super::*;
use crate::network::{random_circuit, read_bytes};
use crate::random::rng;
use rand::RngExt;

const NETWORK: &[u8] = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
    "blocks": [{"weight": [[4, -2, 0], [0, 3, 1], [-5, 1, 2]], "bias": [0.3, 0.1, 0.9]},
               {"weight": [[2, 1, 1], [0, 3, 1], [5, 1, 2]], "bias": [0, 0, 0.2]}],
    "head": {"weight": [[1, 0, 0], [0, 1, 0]], "bias": [0, 0.01]}}"#;

fn variance(counts: [usize; 2], circuits: [u64; 2], seed: u64) -> ScoreVariance {
    let mut rng = rng(seed);
    let mut columns = |count| (0..count).map(|_| rng.random_range(-8.0f64..8.0).exp()).collect();
    ScoreVariance { columns: counts.map(&mut columns).to_vec(), circuits: circuits.to_vec() }
}

#[test]
fn totals_are_kept_and_no_move_is_better() {
    for seed in 0..20 {
        let circuits = if seed % 2 == 0 { [1, 1] } else { [2, 1] };
        let mut variance = variance([6, 9], circuits, seed);
        // A column without mass, and an exact one: the floor is all they get.
        variance.columns[1][3] = 0.0;
        for executions in [660, 1_000, 12_345, 1_920_001] {
            let found = Allotment::by(&variance, executions).unwrap();
            let spent = found.executions();
            assert!(spent == executions || circuits[0] == 2 && spent + 1 == executions, "{spent} of {executions}");
            assert_eq!(found.shots[1][3], FLOOR);
            assert!(found.shots.iter().flatten().all(|s| *s >= FLOOR));
            let best = variance.left_by(&found);
            for from in 0..15 {
                for to in 0..15 {
                    let place = |i: usize| if i < 6 { (0, i) } else { (1, i - 6) };
                    let ((a, m), (b, n)) = (place(from), place(to));
                    // A tenth of a column's shots go to another, or what is above its floor.
                    let mut moved = found.clone();
                    let step = (found.shots[a][m] / 10).max(2).min(found.shots[a][m] - FLOOR);
                    moved.shots[a][m] -= step;
                    moved.shots[b][n] += step * circuits[a] / circuits[b];
                    if from != to && step > 1 {
                        assert!(variance.left_by(&moved) >= best * (1.0 - 1e-9), "{seed}: {step} from {from} to {to}");
                    }
                }
            }
        }
    }
}

#[test]
fn even_shots_differ_by_one_and_say_what_is_gained() {
    let variance = variance([6, 9], [1, 1], 3);
    let even = Allotment::even(&variance, 100).unwrap();
    assert_eq!(even.executions(), 100);
    assert!(even.shots.iter().flatten().all(|s| [6, 7].contains(s)));
    assert!((even.gain(&variance) - 1.0).abs() < 1e-12);
    let best = Allotment::by(&variance, 15_000).unwrap();
    let gain = best.gain(&variance);
    let by_hand = variance.left_by(&Allotment::even(&variance, 15_000).unwrap()) / variance.left_by(&best);
    assert!(gain > 1.5 && (gain - by_hand).abs() < 1e-12, "{gain}");
    assert_eq!(best.by_block().iter().sum::<u64>(), 15_000);
    let none = ScoreVariance { columns: vec![vec![0.0; 4]], circuits: vec![1] };
    let flat = Allotment::by(&none, 1_001).unwrap();
    assert_eq!((flat.shots[0].clone(), flat.gain(&none)), (vec![251, 250, 250, 250], 1.0));
}

#[test]
fn too_few_executions_are_named() {
    let variance = variance([6, 9], [2, 1], 1);
    let message = Allotment::by(&variance, 629).unwrap_err().to_string();
    assert_eq!(message, "629 executions: 21 columns take at least 630, 30 each");
    assert!(Allotment::by(&variance, 630).is_ok());
    let message = Allotment::even(&variance, 20).unwrap_err().to_string();
    assert_eq!(message, "20 executions: 21 columns take at least 21, 1 each");
}

#[test]
fn every_kind_of_block_has_its_circuits() {
    let network = read_bytes(NETWORK, "n").unwrap();
    let inputs: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i), 3.0, f64::from(20 - i)]).collect();
    let tables: Vec<BlockTransitions> = network
        .blocks
        .iter()
        .map(|b| BlockTransitions::of_weights(b, GammaRule::Own, Inputs::Diagonal).unwrap())
        .collect();
    let found = ScoreVariance::of(&network, &tables, &inputs);
    assert_eq!((found.circuits.clone(), found.columns[0].len()), (vec![2, 1], 3));
    assert!(found.columns.iter().flatten().all(|v| *v > 0.0));
    let shots = Allotment::by_sensitivity(&network, &inputs, 10_000).unwrap();
    assert_eq!(shots, Allotment::by(&found, 10_000).unwrap());
    assert_eq!(shots.executions(), shots.by_block()[0] + shots.by_block()[1]);

    let mut joint = network.clone();
    joint.blocks[0].set_form(random_circuit(3, 5, 7.0, &mut rng(2)));
    let table = BlockTransitions::of_weights(&joint.blocks[0], GammaRule::Own, Inputs::Diagonal).unwrap();
    let [moments] = &moments(&table, 3)[..] else { panic!("one circuit for both signs") };
    assert!((&moments.mean - joint.blocks[0].weight()).amax() < 1e-12);
    // Every shot adds 7 or -7 to one entry, but for those that spell what W has no row for.
    assert!(moments.square.row_sum().iter().all(|sum| *sum <= 49.0 + 1e-9 && *sum > 1.0));
}
