//! Derivatives against differences, shapes against counts.

use super::*;
use crate::circuit::Cost;
use crate::linalg::RealMatrix;
use crate::optimisation::Equations;
use crate::random::rng;
use crate::simulator::unitary_of;
use crate::target::Edges;
use rand::RngExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn derivatives_agree_with_differences() {
    let mut rng = rng(1);
    let all = [(1, 0), (2, 3), (3, 5), (4, 7), (8, 180), (5, 11)].map(|case| (case, Entangler::Cz));
    for ((dim, gates), joins) in all.into_iter().chain([((4, 7), Entangler::Rzz), ((5, 12), Entangler::Rzz)]) {
        let edges = if dim == 5 { Edges::All } else { Edges::Line };
        let shape = Brickwork::new(dim, joins, &order(dim, &edges), gates);
        assert_eq!(shape.gates(), if dim == 1 { 0 } else { gates });
        assert_eq!(shape.angles(), shape.qubits() + joins.angles() * shape.gates());
        let angles: Vec<f64> = (0..shape.angles()).map(|_| rng.random_range(-3.0..3.0)).collect();
        let target = RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-0.3..0.3));
        let equations = JointEquations::new(&shape, &target);
        let u = unitary_of(&shape.circuit(&angles));
        let half = u.nrows() / 2;
        let f = equations.residuals(&angles);
        assert_eq!(f.len(), dim * dim);
        for (e, f) in f.iter().enumerate() {
            let (n, m) = (e % dim, e / dim);
            let wanted = u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr() - target[(n, m)];
            assert!((f - wanted).abs() < 1e-12);
        }
        let mut exact = equations.jacobian::<f64>(&angles);
        let mut short = equations.jacobian::<f32>(&angles);
        for (i, (column, single)) in exact.columns_mut().zip(short.columns_mut()).enumerate() {
            let at = |by: f64| {
                let mut moved = angles.clone();
                moved[i] += by;
                equations.residuals(&moved)
            };
            let (plus, minus) = (at(1e-5), at(-1e-5));
            for (((slope, single), p), m) in column.iter().zip(single).zip(plus).zip(minus) {
                assert!((slope - (p - m) / 2e-5).abs() < 1e-8, "{dim}, angle {i}: {slope} {}", (p - m) / 2e-5);
                assert!((slope - f64::from(*single)).abs() < 1e-5, "{dim}, angle {i}: {slope} {single}");
            }
        }
    }
}

fn order(dim: usize, edges: &Edges) -> Vec<(usize, usize)> {
    edges.order(dim.next_power_of_two().trailing_zeros() as usize + 1).unwrap()
}

fn on_a_line(w: &RealMatrix, seed: u64, watch: &dyn Watch) -> Result<Joint, NoJoint> {
    let order = order(w.nrows(), &Edges::Line);
    synthesise_joint(w, &JointOptions::default(), Ground { joins: Entangler::Cz, order: &order }, seed, watch)
}

/// How far a circuit is from W.
fn error(joint: &Joint, w: &RealMatrix) -> f64 {
    let u = unitary_of(&joint.circuit);
    let half = u.nrows() / 2;
    let of = |n: usize, m: usize| joint.gamma * (u[(n, m)].norm_sqr() - u[(n + half, m)].norm_sqr()) - w[(n, m)];
    let all = (0..w.nrows()).flat_map(|n| (0..w.ncols()).map(move |m| of(n, m).abs()));
    all.fold(0.0, f64::max)
}

fn random(dim: usize, seed: u64) -> RealMatrix {
    let mut rng = rng(seed);
    RealMatrix::from_fn(dim, dim, |_, _| rng.random_range(-1.0..1.0))
}

#[test]
fn random_blocks_are_exact_near_the_bound() {
    assert_eq!([2, 4, 8, 16, 32, 64].map(|n| counting_bound(n, Entangler::Cz)), [1, 4, 15, 63, 255, 1023]);
    assert_eq!([8, 64].map(|n| counting_bound(n, Entangler::Rzz)), [12, 818]);
    for (dim, most, seeds) in [(1, 1, 4), (2, 2, 4), (3, 4, 4), (4, 6, 6), (5, 9, 3), (8, 21, 3)] {
        let order = order(dim, &Edges::Line);
        for seed in 0..seeds {
            let w = random(dim, seed);
            let joint = on_a_line(&w, seed, &Unwatched).unwrap();
            let pairs = Cost::of(&joint.circuit).two_qubit_gates;
            assert!(pairs <= most, "{dim} {seed}: {pairs}");
            assert!(error(&joint, &w) < 1e-9 * w.amax(), "{dim} {seed}");
            // Only neighbours on a line are joined.
            let far = |(_, operation): (_, crate::circuit::Operation)| {
                let qubits: Vec<usize> = operation.qubits.iter().collect();
                qubits.len() == 2 && !order.contains(&(qubits[0], qubits[1]))
            };
            assert!(!joint.circuit.operations().any(far));
        }
    }
}

/// Just above a power of two outputs that nobody reads take probability away, which more gates bring back.
#[test]
fn sizes_go_on_up_to_those_of_the_next_power_of_two() {
    let w = random(9, 0);
    let joint = on_a_line(&w, 0, &Unwatched).unwrap();
    let least = counting_bound(9, Entangler::Cz);
    assert!((least + least / 4 + 5..counting_bound(16, Entangler::Cz)).contains(&joint.pairs), "{}", joint.pairs);
    assert!(error(&joint, &w) < 1e-9 * w.amax());
}

#[test]
fn a_rotation_of_two_qubits_takes_fewer_gates() {
    let w = random(8, 1);
    let order = order(8, &Edges::HeavyHex);
    let ground = Ground { joins: Entangler::Rzz, order: &order };
    let joint = synthesise_joint(&w, &JointOptions::default(), ground, 0, &Unwatched).unwrap();
    assert!(error(&joint, &w) < 1e-9 * w.amax());
    let turns = joint.circuit.operations().filter(|(_, o)| matches!(o.gate, crate::circuit::Gate::Rzz(_)));
    assert!(turns.count() <= 17);
}

#[test]
fn threads_change_no_angle_and_no_ends_a_search() {
    let w = random(8, 5);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        shown(&pool.install(|| on_a_line(&w, 0, &Unwatched)).unwrap())
    };
    assert_eq!(on(1), on(3));
    let steps = AtomicUsize::new(0);
    let few = |_: &Attempt| steps.fetch_add(1, Ordering::Relaxed) < 5;
    assert_eq!(on_a_line(&w, 0, &few).unwrap_err(), NoJoint::Stopped);
    assert!((6..30).contains(&steps.into_inner()));
    assert_eq!(on_a_line(&RealMatrix::zeros(4, 4), 0, &Unwatched).unwrap_err(), NoJoint::Unfit);
}

fn shown(joint: &Joint) -> Vec<String> {
    joint.circuit.operations().map(|(_, operation)| format!("{operation:?}")).collect()
}

#[test]
fn what_may_be_off_takes_fewer_gates() {
    let w = random(8, 4);
    let order = order(8, &Edges::Line);
    let ground = Ground { joins: Entangler::Cz, order: &order };
    let within = |most: f64| approximate_joint(&w, &JointOptions::default(), (ground, 0), most, &Unwatched).unwrap();
    let found = [0.0, 0.01, 0.1, 0.4, 2.0].map(|most| {
        let joint = within(most);
        let off = error(&joint, &w);
        assert!(off <= most.max(1e-9) * w.amax(), "{most}: {off}");
        joint.pairs
    });
    assert!(found.is_sorted_by(|more, fewer| more >= fewer), "{found:?}");
    assert!(found[0] >= counting_bound(8, Entangler::Cz) && found[2] < found[0] && found[4] == 0, "{found:?}");
    assert_eq!(shown(&within(0.1)), shown(&within(0.1)));
    let stop = |_: &Attempt| false;
    let stopped = approximate_joint(&w, &JointOptions::default(), (ground, 0), 0.1, &stop);
    assert_eq!(stopped.unwrap_err(), NoJoint::Stopped);
}

#[test]
fn a_smaller_gamma_is_found_from_a_larger_one() {
    let w = random(8, 2);
    let order = order(8, &Edges::Line);
    let ground = Ground { joins: Entangler::Cz, order: &order };
    let slack = |slack| JointOptions::default().with_slack(slack);
    let wide = synthesise_joint(&w, &slack(3.0), ground, 1, &Unwatched).unwrap();
    let near = continue_joint(&w, &wide, &slack(2.85), ground, &Unwatched).unwrap();
    assert!((near.gamma / wide.gamma - 0.95).abs() < 1e-12 && near.pairs == wide.pairs);
    assert!(error(&near, &w) < 1e-9 * w.amax());
    let stop = |_: &Attempt| false;
    assert_eq!(continue_joint(&w, &wide, &slack(1.1), ground, &stop).unwrap_err(), NoJoint::Stopped);
}

/// Ends a search after so many steps, and keeps it.
struct Keeper {
    steps: AtomicUsize,
    most: usize,
    kept: Mutex<Option<String>>,
}

impl Keeper {
    fn new(most: usize, kept: Option<String>) -> Keeper {
        Keeper { steps: AtomicUsize::new(0), most, kept: Mutex::new(kept) }
    }
}

impl Watch for Keeper {
    fn seen(&self, _: &Attempt) -> bool {
        self.steps.fetch_add(1, Ordering::Relaxed) < self.most
    }

    fn resume(&self) -> Option<JointState> {
        serde_json::from_str(self.kept.lock().unwrap().as_ref()?).ok()
    }

    fn keep(&self, _: bool, state: &dyn Fn() -> JointState) {
        *self.kept.lock().unwrap() = serde_json::to_string(&state()).ok();
    }
}

#[test]
fn searches_that_stop_go_on_to_the_same_circuit_and_one_that_ended_is_there_at_once() {
    let w = random(8, 7);
    let whole = on_a_line(&w, 3, &Unwatched).unwrap();
    let mut kept = None;
    let mut rounds = 0;
    let found = loop {
        let keeper = Keeper::new(40, kept);
        let found = on_a_line(&w, 3, &keeper);
        kept = keeper.kept.into_inner().unwrap();
        rounds += 1;
        match found {
            Ok(found) => break found,
            Err(none) => assert_eq!(none, NoJoint::Stopped),
        }
    };
    assert!(rounds > 1);
    assert_eq!((shown(&found), found.attempts), (shown(&whole), whole.attempts));
    let again = Keeper::new(0, kept.clone());
    assert_eq!(shown(&on_a_line(&w, 3, &again).unwrap()), shown(&whole));
    assert_eq!(again.steps.into_inner(), 0);
    // What claims to be a circuit of another block is none.
    let other = random(8, 8);
    let found = on_a_line(&other, 3, &Keeper::new(usize::MAX, kept)).unwrap();
    assert!(error(&found, &other) < 1e-9 * other.amax());
}
