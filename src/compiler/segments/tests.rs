//! Segments to text and back: counts, targets, hard cases, and what tampering does.

use super::*;
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::amplitude::{AmplitudeHead, AmplitudeNetwork, Hidden, Map, MeshLayer, Paths, Reads, angle_count};
use crate::qasm::{AnyProgram, Program, read_any};
use crate::target::{Machine, TARGETS};

/// A network with every number another.
fn network(n: usize, classes: usize, depth: usize) -> AmplitudeNetwork {
    let number = |i: usize| (0.7 * i as f64 + 0.0013 * (i * i) as f64 + 0.4).sin();
    let layer = |l: usize| MeshLayer {
        map: Map::Mesh((0..angle_count(n)).map(|i| 3.0 * number(i + 1000 * l)).collect()),
        paths: Paths::Residual(0.8 + 0.1 * l as f64),
        activation: Hidden::Identity,
    };
    let weight = RealMatrix::from_fn(classes, n, |i, j| number(n * i + j + 77));
    let affine = Affine { weight, bias: (0..classes).map(number).collect() };
    let head = AmplitudeHead { affine, reads: Reads::Amplitudes };
    AmplitudeNetwork { name: "n".into(), front: None, dim: n, gain: 1.0, layers: (0..depth).map(layer).collect(), head }
}

fn read(text: &str) -> Program {
    match read_any(text).unwrap() {
        AnyProgram::Segment(program) => *program,
        _ => panic!("no segment"),
    }
}

fn checked(network: &AmplitudeNetwork, number: usize, sample: Option<&Sample>) -> SegmentReport {
    checked_by(&SegmentOptions::default(), network, number, sample)
}

fn checked_by(
    options: &SegmentOptions,
    network: &AmplitudeNetwork,
    number: usize,
    sample: Option<&Sample>,
) -> SegmentReport {
    let report = compile_and_check_segment(network, number, sample, options, Some(1e-9)).unwrap();
    let v = report.verification.as_ref().unwrap();
    assert!(v.holds(), "{}: {v:?}", v.failure());
    report
}

#[test]
fn depth_costs_nothing() {
    for (n, classes, cx, complete, qubits) in
        [(4, 3, 11, 17, 4), (64, 4, 236, 236 + 126, 8), (64, 10, 807, 807 + 126, 8)]
    {
        for depth in [1, 20] {
            let network = network(n, classes, depth);
            let report = checked(&network, 1, None);
            assert_eq!((report.summary.cx, report.summary.qubits), (cx, qubits));
            let x: Vec<f64> = (0..n).map(|i| (i as f64 + 0.5).cos() * 7.0).collect();
            let report = checked(&network, 1, Some(&Sample { features: x, row: Some(3) }));
            assert!(report.summary.cx <= complete, "{}", report.summary.cx);
            assert!(report.verification.unwrap().prepared);
        }
    }
}

#[test]
fn hard_networks_verify() {
    for n in [1, 3, 5, 13] {
        for classes in [1, 2, 10] {
            let mut network = network(n, classes, 2);
            for reads in [Reads::Amplitudes, Reads::Probabilities] {
                network.head.reads = reads;
                checked(&network, 1, None);
                let x: Vec<f64> = (0..n).map(|i| 1e-200 * (i as f64 - 0.3)).collect();
                checked(&network, 1, Some(&Sample { features: x, row: None }));
                // U + r singular, equal singular values.
                let mut singular = network.clone();
                singular.layers[0].map = Map::Matrix(RealMatrix::identity(n, n));
                singular.layers[0].paths = Paths::Residual(-1.0);
                singular.layers[1].paths = Paths::Plain;
                match reads {
                    Reads::Amplitudes => _ = checked(&singular, 1, None),
                    Reads::Probabilities => {
                        let refused = compile_segment(&singular, 1, None, &SegmentOptions::default());
                        assert_eq!(refused, Err(SegmentError::Zero));
                    }
                }
                singular.layers[0].paths = Paths::Plain;
                checked(&singular, 1, None);
            }
            network.head.affine.weight.fill(0.0);
            network.head.reads = Reads::Amplitudes;
            let report = checked(&network, 1, None);
            assert_eq!(report.summary.gamma, 0.0);
        }
    }
}

/// Layer by layer: an ancilla a layer, the same map.
#[test]
fn layers_verify_one_by_one() {
    let options = SegmentOptions::default().with_method(SegmentMethod::Layers);
    let by_layers = |network: &AmplitudeNetwork, number: usize, sample: Option<&Sample>| {
        checked_by(&options, network, number, sample)
    };
    for n in [1, 2, 3, 4, 5, 8] {
        for classes in [1, 2, 3, 10] {
            let mut network = network(n, classes, 2);
            // A reflection, and a sum without a path.
            network.layers[0].map =
                Map::Matrix(RealMatrix::from_fn(n, n, |i, j| if i + j == n - 1 { -1.1 } else { 0.2 }));
            network.layers[1].paths = Paths::Residual(-0.6);
            network.gain = 3.0;
            for reads in [Reads::Amplitudes, Reads::Probabilities] {
                network.head.reads = reads;
                let report = by_layers(&network, 1, None);
                let exact = checked(&network, 1, None);
                assert!(report.summary.gamma >= exact.summary.gamma * (1.0 - 1e-9));
                let register = n.max(if reads == Reads::Amplitudes { classes } else { 1 }).next_power_of_two();
                let more = if reads == Reads::Amplitudes { 2 } else { 0 };
                assert_eq!(report.summary.qubits, register.trailing_zeros() as usize + more + 2);
                let x: Vec<f64> = (0..n).map(|i| i as f64 - 0.3).collect();
                by_layers(&network, 1, Some(&Sample { features: x, row: None }));
            }
            network.head.reads = Reads::Amplitudes;
            network.layers[0].activation = Hidden::Tanh;
            by_layers(&network, 1, None);
            by_layers(&network, 2, None);
            network.layers[1].paths = Paths::Dense(vec![1.0, 0.5]);
            network.layers[0].activation = Hidden::Identity;
            let refused = compile_segment(&network, 1, None, &options).unwrap_err().to_string();
            assert!(refused.starts_with("layers[1] is dense: "), "{refused}");
            network.layers.clear();
            by_layers(&network, 1, None);
            network.head.affine.weight.fill(0.0);
            let refused = compile_segment(&network, 1, None, &options).unwrap_err().to_string();
            assert!(refused.contains("a reference through its layers is lost"), "{refused}");
        }
    }
}

/// A qubit an amplitude: gates as counted, the same states.
#[test]
fn one_hot_is_gate_by_gate() {
    let options = SegmentOptions::default().with_method(SegmentMethod::OneHot);
    let one_hot = |network: &AmplitudeNetwork, number: usize, sample: Option<&Sample>| {
        checked_by(&options, network, number, sample).summary
    };
    for (n, depth) in [(1, 1), (2, 1), (2, 3), (3, 2), (4, 2), (5, 1), (8, 6), (13, 2), (16, 2), (21, 1)] {
        let mut network = network(n, 3, depth);
        // Of one amplitude there is no mesh, and turns there and back are none.
        let own = if n == 1 { 0 } else { 8 * n - 6 };
        let summary = one_hot(&network, 1, None);
        assert_eq!((summary.cx, summary.qubits), (depth * own + 4 * n - 2, n * (depth + 2)), "{n} {depth}");
        network.gain = if n % 2 == 0 { -2.5 } else { 2.5 };
        let negative = network.layers.last_mut().unwrap();
        negative.paths = Paths::Residual(-0.9);
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 0.3).collect();
        let sample = Sample { features: x, row: Some(1) };
        let complete = one_hot(&network, 1, Some(&sample)).cx;
        assert!(n == 1 || complete == depth * own + 4 * n - 2 + 2 * n, "{complete}");
        network.layers[0].paths = Paths::Plain;
        one_hot(&network, 1, None);
        network.head.reads = Reads::Probabilities;
        one_hot(&network, 1, None);
        network.head.reads = Reads::Amplitudes;
        if depth > 1 {
            network.layers[0].activation = Hidden::Relu;
            one_hot(&network, 1, None);
            one_hot(&network, 2, None);
        }
    }
    let mut network = network(4, 3, 2);
    let text = compile_segment(&network, 1, None, &options).unwrap();
    let turn = text.lines().find(|line| line.starts_with("ry(")).unwrap();
    let angle: f64 = turn[3..turn.find(')').unwrap()].parse().unwrap();
    let cx = text.lines().find(|line| line.starts_with("cz ")).unwrap();
    for (from, to) in
        [(format!("ry({angle:?})"), format!("ry({:?})", angle + 1e-3)), (format!("{cx}\n"), String::new())]
    {
        let tampered = text.replacen(&from, &to, 1);
        assert_ne!(tampered, text, "{from}");
        assert!(!verify_segment(&read(&tampered), &network, 1e-9).unwrap().holds());
    }
    let Paths::Residual(r) = &mut network.layers[1].paths else { panic!() };
    *r += 1e-3;
    let failure = verify_segment(&read(&text), &network, 1e-9).unwrap().failure();
    assert!(failure.starts_with("K["), "{failure}");
    let refused = |network: &AmplitudeNetwork| compile_segment(network, 1, None, &options).unwrap_err().to_string();
    network.layers[1].paths = Paths::Dense(vec![1.0, 0.5]);
    assert!(refused(&network).starts_with("layers[1] is dense: "));
    network.layers[0].map = Map::Matrix(RealMatrix::identity(4, 4));
    assert_eq!(refused(&network), "layers[0] is a matrix, and one-hot takes the angles of meshes");
    network.layers[1].paths = Paths::Residual(-1.0);
    network.layers = network.layers.split_off(1);
    network.layers[0].map = Map::Mesh(vec![0.0; 5]);
    assert_eq!(refused(&network), "the layers make 0 of every state, and nothing is left to read");
    let large = refused(&self::network(22, 3, 1));
    assert!(large.starts_with("one-hot takes 66 qubits, 22 for the state"), "{large}");
}

#[test]
fn every_target_and_a_machine_with_few_neighbours() {
    let mut network = network(4, 3, 2);
    let sample = Sample { features: vec![0.1, -2.0, 0.3, 5.0], row: None };
    for reads in [Reads::Amplitudes, Reads::Probabilities] {
        network.head.reads = reads;
        for target in TARGETS {
            for sample in [None, Some(&sample)] {
                let options = SegmentOptions::default().with_machine(Machine::from(target));
                let report = compile_and_check_segment(&network, 1, sample, &options, Some(1e-9)).unwrap();
                assert!(report.verification.unwrap().holds(), "{}", target.name);
            }
        }
        let line = crate::target::Coupling::from_json(b"[[0,1],[1,2],[2,3],[3,4],[4,5]]").unwrap();
        let machine = Machine { coupling: Some(line), ..Machine::from(&TARGETS[0]) };
        let options = SegmentOptions::default().with_machine(machine);
        for sample in [None, Some(&sample)] {
            let report = compile_and_check_segment(&network, 1, sample, &options, Some(1e-9)).unwrap();
            assert!(report.verification.as_ref().unwrap().holds(), "{report:?}");
        }
    }
}

#[test]
fn activations_cut() {
    let mut network = network(6, 2, 3);
    network.layers[0].activation = Hidden::Tanh;
    network.layers[2].activation = Hidden::LeakyRelu;
    for number in 1..=3 {
        let report = checked(&network, number, None);
        assert_eq!(report.summary.labels, if number == 3 { 2 } else { 6 });
    }
    let missing = compile_segment(&network, 4, None, &SegmentOptions::default()).unwrap_err();
    assert_eq!(missing.to_string(), "segment 4 does not exist: the network has 3");
}

#[test]
fn tampered_programs_are_refused() {
    let network = network(4, 3, 2);
    let text = compile_segment(&network, 1, None, &SegmentOptions::default()).unwrap();
    assert!(verify_segment(&read(&text), &network, 1e-9).unwrap().holds());
    let cx = text.lines().find(|line| line.starts_with("cx ")).unwrap();
    let turn = text.lines().find(|line| line.starts_with("ry(")).unwrap();
    let angle: f64 = turn[3..turn.find(')').unwrap()].parse().unwrap();
    let reference = read(&text).contract.segment.unwrap().reference.unwrap();
    let turned = {
        // Another reference of norm 1.
        let (c, s) = (1e-3f64.cos(), 1e-3f64.sin());
        let mut other = reference.clone();
        (other[0], other[1]) = (c * reference[0] - s * reference[1], s * reference[0] + c * reference[1]);
        other
    };
    for (from, to) in [
        (format!("{cx}\n"), String::new()),
        (format!("ry({angle:?})"), format!("ry({:?})", angle + 1e-3)),
        (turn.to_owned(), format!("{turn}\nz q[3];")),
        ("\"2\":0".into(), "\"2\":1".into()),
        (format!("{reference:?}").replace(' ', ""), format!("{turned:?}").replace(' ', "")),
    ] {
        let tampered = text.replace(&from, &to);
        assert_ne!(tampered, text, "{from}");
        let v = verify_segment(&read(&tampered), &network, 1e-9).unwrap();
        assert!(!v.holds(), "{from} to {to}: {v:?}");
        assert!(v.failure().starts_with("F[") || v.failure().starts_with("Q["), "{}", v.failure());
    }
    let mut other = network.clone();
    other.head.affine.weight[(1, 2)] *= -1.0;
    let failure = verify_segment(&read(&text), &other, 1e-9).unwrap();
    assert!(!failure.holds() && failure.failure().starts_with("F[1]["), "{}", failure.failure());
    let mut other = network.clone();
    let Paths::Residual(r) = &mut other.layers[0].paths else { panic!() };
    *r += 1e-3;
    assert!(!verify_segment(&read(&text), &other, 1e-9).unwrap().holds());
    let other = self::network(4, 2, 2);
    let failure = verify_segment(&read(&text), &other, 1e-9).unwrap().failure();
    assert_eq!(failure, "the program has 3 labels, the weights have 2");
}

/// A program may be right at every basis state and wrong between them.
#[test]
fn relative_signs_are_part_of_the_map() {
    let mut network = network(4, 4, 1);
    network.head.reads = Reads::Probabilities;
    let text = compile_segment(&network, 1, None, &SegmentOptions::default()).unwrap();
    let first =
        text.lines().find(|line| line.contains("q[") && line.ends_with(';') && !line.starts_with("qubit")).unwrap();
    let flipped = text.replacen(first, &format!("z q[0];\n{first}"), 1);
    let v = verify_segment(&read(&flipped), &network, 1e-9).unwrap();
    assert!(!v.holds() && v.name.starts_with("K["), "{v:?}");
}
