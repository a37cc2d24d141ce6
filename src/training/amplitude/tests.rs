//! Gradients against differences, what a start is, attacks that leave numbers numbers, threads that change nothing.

use super::contender::Attacked;
use super::*;
use crate::data::Samples;
use crate::network::amplitude::{Map, Paths, Reads};
use crate::random::{rng, stream};
use crate::training::{Recipe, Rule, Targets, Trainable, TrainingSet};
use rand::RngExt;

const KINDS: [Kind; 6] = [
    Kind::Meshes(Connection::None),
    Kind::Meshes(Connection::Residual),
    Kind::Meshes(Connection::Dense),
    Kind::Linear,
    Kind::Mlp,
    Kind::ResNet,
];

fn plan(dim: usize, reads: Reads) -> AmplitudePlan {
    AmplitudePlan { dim, classes: 3, layers: 2, connection: Connection::Residual, reads, gain: 1.0, front: None }
}

/// Points around three directions.
fn samples(count: usize, dim: usize) -> Samples {
    let mut rng = rng(5);
    let labels: Vec<usize> = (0..count).map(|i| i % 3).collect();
    let entry = |label: usize, k: usize, noise: f64| f64::from(u8::from(k % 3 == label)) - 0.3 + noise;
    let inputs = labels.iter().map(|&l| (0..dim).map(|k| entry(l, k, rng.random_range(-0.4..0.4))).collect()).collect();
    Samples { inputs, labels: Some(labels), ..Samples::default() }
}

fn set(count: usize, dim: usize) -> TrainingSet {
    first_states(&plan(dim, Reads::Amplitudes), &samples(count, dim)).unwrap()
}

fn recipe(epochs: u32) -> Recipe {
    Recipe { rule: Rule::Adam, rate: 0.02, weight_decay: 0.0, batch: 16, epochs, fraction: 1.0, seed: 3 }
}

fn attack(form: Form, noise: Noise, size: f64, mode: Mode) -> Attack {
    Attack { form, noise, size, mode }
}

#[test]
fn gradients_of_the_loss_agree_with_differences_in_quiet_and_under_attack() {
    for dim in [1, 2, 3, 5, 8] {
        let set = set(7, dim);
        let targets = Targets::Labels(&set.labels);
        for reads in [Reads::Amplitudes, Reads::Probabilities] {
            for kind in KINDS {
                let contender = Contender::start(kind, &plan(dim, reads), 4);
                let noise = Noise { shape: Shape::Mixed, asymmetric: true };
                let fault = |form| contender.fault(&attack(form, noise, 0.3, Mode::Step), &mut stream(1, 2));
                for fault in [None, fault(Form::Inside), fault(Form::Outside)] {
                    let start = contender.parameters();
                    let gradient = contender.faulty(&set.inputs, targets, fault.as_ref());
                    assert_eq!(gradient.values.len(), start.len());
                    let loss = |i: usize, step: f64| {
                        let (mut moved, mut values) = (contender.clone(), start.clone());
                        values[i] += step;
                        moved.set_parameters(&values);
                        moved.faulty(&set.inputs, targets, fault.as_ref()).loss
                    };
                    for (i, by) in gradient.values.iter().enumerate() {
                        let central = |n: f64| (loss(i, 1e-4 * n) - loss(i, -1e-4 * n)) / (2e-4 * n);
                        let difference = (4.0 * central(1.0) - central(2.0)) / 3.0;
                        assert!(
                            (by - difference).abs() < 1e-8 * by.abs().max(1.0),
                            "{kind:?} {reads:?} {dim} {i} {fault:?}: {by} {difference}"
                        );
                    }
                }
            }
        }
    }
}

/// A front before every kind, behind which states are divided by their norm.
#[test]
fn gradients_reach_through_fronts() {
    let samples = samples(5, 32);
    for channels in [vec![], vec![2], vec![2, 3]] {
        let front = FrontPlan { image: [2, 4, 4], channels, scale: 0.5 };
        let plan = AmplitudePlan { front: Some(front), gain: 1.5, ..plan(3, Reads::Amplitudes) };
        let set = first_states(&plan, &samples).unwrap();
        let targets = Targets::Labels(&set.labels);
        for kind in KINDS {
            let contender = Contender::start(kind, &plan, 4);
            let start = contender.parameters();
            let gradient = contender.gradient(&set.inputs, targets);
            assert_eq!(gradient.values.len(), start.len());
            let loss = |i: usize, step: f64| {
                let (mut moved, mut values) = (contender.clone(), start.clone());
                values[i] += step;
                moved.set_parameters(&values);
                moved.gradient(&set.inputs, targets).loss
            };
            for (i, by) in gradient.values.iter().enumerate() {
                let difference = (loss(i, 1e-5) - loss(i, -1e-5)) / 2e-5;
                assert!((by - difference).abs() < 1e-6 * by.abs().max(1.0), "{kind:?} {i}: {by} {difference}");
            }
            let scores = contender.scores_of(&set, None);
            if let Contender::Amplitude(network) = &contender {
                approx::assert_abs_diff_eq!(scores, network.scores(&samples.inputs), epsilon = 1e-12);
            }
        }
    }
}

#[test]
fn starts_are_what_they_are_said_to_be() {
    let shape = AmplitudePlan { layers: 3, ..plan(16, Reads::Amplitudes) };
    for seed in 0..20 {
        for kind in KINDS {
            let (head, bound) = match Contender::start(kind, &shape, seed) {
                Contender::Amplitude(network) => {
                    assert_eq!(network.layers.len(), if kind == Kind::Linear { 0 } else { 3 });
                    for (k, layer) in network.layers.iter().enumerate() {
                        let Map::Mesh(angles) = &layer.map else { panic!("a mesh") };
                        assert!(angles.len() == 29 && angles.iter().all(|a| a.abs() <= std::f64::consts::PI));
                        assert!(angles.iter().any(|a| *a > 2.0) && angles.iter().any(|a| *a < -2.0));
                        let third = 1.0 / (k + 1) as f64;
                        match (&layer.paths, kind) {
                            (Paths::Residual(r), Kind::Meshes(Connection::Residual)) => assert_eq!(*r, 1.0),
                            (Paths::Dense(r), Kind::Meshes(Connection::Dense)) => assert_eq!(*r, vec![third; k + 1]),
                            (Paths::Plain, Kind::Meshes(Connection::None)) => {}
                            other => panic!("{other:?}"),
                        }
                    }
                    (network.head.affine, 0.25)
                }
                Contender::Classical(rival) => {
                    assert_eq!((rival.layers.len(), rival.residual), (3, kind == Kind::ResNet));
                    (rival.head, 0.25)
                }
            };
            assert!(head.weight.iter().chain(&head.bias).all(|w| w.abs() <= bound) && head.weight.amax() > 0.2);
            let Contender::Amplitude(plain) = Contender::start(KINDS[0], &shape, seed) else { panic!("meshes") };
            assert_eq!(head, plain.head.affine);
        }
    }
}

#[test]
fn a_sample_of_zeros_is_named_and_signs_stay() {
    let mut samples = samples(6, 4);
    let states = first_states(&AmplitudePlan { gain: 3.0, ..plan(4, Reads::Amplitudes) }, &samples).unwrap();
    for (column, input) in states.inputs.column_iter().zip(&samples.inputs) {
        assert!((column.norm() - 3.0).abs() < 1e-14);
        assert!(column.iter().zip(input).all(|(a, b)| a.signum() == b.signum()));
    }
    samples.inputs[4] = vec![0.0; 4];
    assert_eq!(first_states(&plan(4, Reads::Amplitudes), &samples).err(), Some(4));
}

#[test]
fn attacks_of_every_kind_leave_numbers_numbers() {
    let (shape, recipe) = (plan(6, Reads::Amplitudes), recipe(2));
    let (training, test) = (set(60, 6), set(30, 6));
    let contest = Contest { plan: &shape, recipe: &recipe, seeds: 2, training: &training, test: &test };
    let kinds = KINDS;
    let mut attacks = vec![];
    for (_, noise) in Noise::ALL {
        for size in [0.1, 1e6] {
            for mode in [Mode::Test, Mode::Step, Mode::Drift] {
                attacks.push(attack(Form::Inside, noise, size, mode));
            }
            attacks.extend([Mode::Test, Mode::Step].map(|mode| attack(Form::Outside, noise, size, mode)));
        }
    }
    let rows = assault(&contest, &kinds, &attacks, &|| ());
    assert_eq!(rows.len(), attacks.len() + 1);
    for row in &rows {
        assert!(row.accuracy.iter().all(|s| (0.0..=1.0).contains(&s.mean) && s.deviation.is_finite()), "{row:?}");
        assert!(row.loss.iter().flatten().all(|loss| loss.is_finite() && *loss >= 0.0), "{row:?}");
        let trained = row.attack.is_none_or(|attack| attack.mode != Mode::Test);
        assert!(trained || row.loss.iter().all(Option::is_none));
        // Nothing hits the head.
        assert!((row.accuracy[3].mean - rows[0].accuracy[3].mean).abs() < 1e-12);
    }
    assert!(rows.iter().any(|row| row.accuracy[1] != rows[0].accuracy[1]));
}

/// What overflows is not taken for a number: noise a million times the cosines, 125 of them in a row.
#[test]
fn scores_beyond_all_numbers_cost_a_step_and_not_the_training() {
    let shape = AmplitudePlan { layers: 1, ..plan(64, Reads::Amplitudes) };
    let (training, test) = (set(40, 64), set(20, 64));
    let noise = Noise { shape: Shape::Gauss, asymmetric: true };
    let huge = attack(Form::Outside, noise, 1e6, Mode::Step);
    let contest = Contest { plan: &shape, recipe: &recipe(3), seeds: 3, training: &training, test: &test };
    let rows = assault(&contest, &KINDS[..3], &[huge], &|| ());
    assert!(rows[1].accuracy.iter().all(|s| s.mean.is_finite()) && rows[1].loss.iter().any(Option::is_none));
    let mut attacked = Attacked::new(Contender::start(KINDS[1], &shape, 3), Some(&huge), 3);
    for step in 0..20 {
        attacked.begin_step(step);
        let gradient = attacked.gradient(&training.inputs, Targets::Labels(&training.labels));
        assert!(gradient.values.iter().all(|v| v.is_finite()));
    }
}

#[test]
fn no_noise_is_no_attack_and_drift_is_the_one_that_stays() {
    let shape = plan(4, Reads::Amplitudes);
    let (training, test) = (set(60, 4), set(60, 4));
    let contest = Contest { plan: &shape, recipe: &recipe(4), seeds: 2, training: &training, test: &test };
    let noise = Noise { shape: Shape::Gauss, asymmetric: true };
    let none = [
        attack(Form::Inside, noise, 1e-300, Mode::Step),
        attack(Form::Outside, noise, 1e-300, Mode::Step),
        attack(Form::Inside, noise, 1e-300, Mode::Drift),
        attack(Form::Inside, noise, 1e-300, Mode::Test),
    ];
    let rows = assault(&contest, &KINDS, &none, &|| ());
    for row in &rows[1..] {
        // Only the sum over draws rounds otherwise.
        let close = |(a, b): (&Spread, &Spread)| (a.mean - b.mean).abs() < 1e-12;
        assert!(row.accuracy.iter().zip(&rows[0].accuracy).all(close), "{row:?}");
    }
    for kind in [KINDS[1], KINDS[4]] {
        let moved = |mode| {
            let attack = attack(Form::Inside, noise, 0.5, mode);
            let start = Contender::start(kind, &shape, 9);
            let mut attacked = Attacked::new(start.clone(), Some(&attack), 9);
            (0..10).for_each(|step| attacked.begin_step(step));
            let (before, after) = (start.parameters(), attacked.parameters());
            let sum: f64 = after.iter().zip(&before).map(|(a, b)| a - b).sum();
            let head = start.layers().last().unwrap().end;
            assert_eq!(before[head..], after[head..]);
            sum
        };
        assert_eq!((moved(Mode::Step), moved(Mode::Test)), (0.0, 0.0));
        assert!(moved(Mode::Drift) > 1.0);
    }
}

#[test]
fn contests_do_not_depend_on_threads_and_learn() {
    let shape = plan(5, Reads::Amplitudes);
    let (training, test) = (set(150, 5), set(60, 5));
    let recipe = recipe(12);
    let contest = Contest { plan: &shape, recipe: &recipe, seeds: 3, training: &training, test: &test };
    let noise = Noise { shape: Shape::Uniform, asymmetric: false };
    let attacks = [attack(Form::Inside, noise, 0.2, Mode::Step), attack(Form::Inside, noise, 0.2, Mode::Test)];
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let network = shape.start("", 1);
            let gradient = network.gradient(&training.inputs, Targets::Labels(&training.labels));
            (ablation(&contest, &KINDS, &|| ()), assault(&contest, &KINDS[..2], &attacks, &|| ()), gradient)
        })
    };
    let (courses, rows, gradient) = run(1);
    assert_eq!(run(3), (courses.clone(), rows, gradient));
    for of_kind in &courses {
        assert!(of_kind.iter().all(|course| course.accuracy.len() == 12 && *course.accuracy.last().unwrap() > 0.8));
        assert!(of_kind[0] != of_kind[1] && of_kind[1] != of_kind[2]);
    }
}

#[test]
fn spreads_are_of_samples() {
    let spread = Spread::of(&[1.0, 3.0, 5.0]).unwrap();
    assert_eq!((spread.mean, spread.deviation), (3.0, 2.0));
    assert_eq!(Spread::of(&[7.0]), Some(Spread { mean: 7.0, deviation: 0.0 }));
    assert_eq!(Spread::of(&[]), None);
    let shares = |form| attack(form, Noise::ALL[0].1, 0.1, Mode::Test).shares(64, 2.0);
    assert_eq!(shares(Form::Inside), [0.1 / std::f64::consts::PI, 0.8]);
    assert_eq!(shares(Form::Outside), [0.1, 0.05]);
}
