//! Layers to text and back: counts, machines, all targets, and what tampering does.

use super::*;
use crate::circuit::{Cost, Gate};
use crate::network::quanvolution::{Ansatz, Axis, Layer, Rows, random_steps};
use crate::qasm::{AnyProgram, LayerProgram, read_any};
use crate::random::rng;
use crate::target::{Coupling, Language, Machine, TARGETS, Target};
use rand::RngExt;

/// `3 sin(1.3 k + 0.4)`, row by row.
fn angles(depth: usize) -> Vec<[f64; 4]> {
    let angle = |k: usize| 3.0 * (1.3 * k as f64 + 0.4).sin();
    (0..depth).map(|row| std::array::from_fn(|q| angle(4 * row + q))).collect()
}

fn rows(depth: usize, axis: Axis, reupload: bool) -> Layer {
    Layer::new(Ansatz::Rows(Rows { angles: angles(depth), axis, reupload }))
}

fn read(text: &str) -> LayerProgram {
    match read_any(text).unwrap() {
        AnyProgram::Layer(program) => *program,
        _ => panic!("no layer"),
    }
}

fn text(layer: &Layer, options: &LayerOptions) -> String {
    let mut texts = compile_layer("n", 1, layer, Patches::Inputs, options).unwrap();
    assert_eq!(texts.len(), 1);
    texts.pop().unwrap()
}

fn heron() -> Coupling {
    Coupling::from_json(include_bytes!("../../../circuits/heron-133.json")).unwrap()
}

fn machine(target: &str, coupling: Option<Coupling>) -> LayerOptions {
    let target = Target::named(target).unwrap();
    LayerOptions::default().with_machine(Machine { coupling, ..Machine::from(target) })
}

#[test]
fn four_rows_take_nine_cx_and_one_row_none() {
    // On the last qubit rotations of several rows meet behind the CX that they commute with.
    for (depth, chain, wanted, rotations) in
        [(4, false, 9, 17), (1, false, 0, 8), (4, true, 12, 20), (1, true, 3, 8), (2, false, 3, 11)]
    {
        let options = LayerOptions::default().with_keep_chain(chain);
        let report =
            compile_and_prove("n", 1, &rows(depth, Axis::X, false), Patches::Inputs, &options, Some(1e-9)).unwrap();
        let circuit = report.read_back[0].template.circuit();
        let cost = Cost::of(circuit);
        assert_eq!((report.summary.cx, cost.two_qubit_gates), (wanted, wanted));
        assert_eq!(circuit.gate_count(), rotations + wanted, "{depth} {chain}");
        if (depth, chain) == (4, false) {
            assert_eq!(cost.two_qubit_depth, 7);
        }
        let v = report.verification.unwrap();
        assert!(v.holds() && v.points == 81 && v.max_error < 1e-14 && !v.fixed, "{v:?}");
        assert!((v.bound / v.max_error - (5f64 / 3.0).powi(4)).abs() < 1e-9);
        let output = &report.read_back[0].contract.patches[0].output;
        let last = if chain { vec![3] } else { vec![0, 1, 2, 3] };
        assert_eq!((output.len(), &output[3]), (4, &last));
    }
}

#[test]
fn every_ansatz_on_every_target() {
    let mut rng = rng(8);
    let mut layers = vec![rows(1, Axis::X, false), rows(4, Axis::X, false), rows(2, Axis::Y, false)];
    layers.extend([rows(3, Axis::Z, true), rows(2, Axis::X, true)]);
    for _ in 0..3 {
        layers.push(Layer::new(Ansatz::Gates(random_steps(20, &mut rng))));
    }
    layers.push(Layer::new(Ansatz::Gates(vec![])));
    // A line in one direction only, with a qubit too many.
    let one_way = Coupling::new(None, &[(1, 0), (1, 2), (3, 2), (3, 4)]).unwrap();
    for target in TARGETS {
        // Programs in other languages are for machines that join all.
        let joined = (target.dialect.language == Language::OpenQasm).then(|| Some(one_way.clone()));
        for coupling in [Some(None), joined].into_iter().flatten() {
            for chain in [false, true] {
                let options = machine(target.name, coupling.clone()).with_keep_chain(chain);
                for layer in &layers {
                    let fixed = [[0.3, -1.1, 2.0, 0.0], [0.0; 4], [1.0, 7.0, -0.5, 3.0]];
                    let fixed = compile_and_prove("n", 2, layer, Patches::Fixed(&fixed), &options, Some(1e-9)).unwrap();
                    let v = fixed.verification.unwrap();
                    assert!(v.holds() && v.fixed && v.patches == 3 && v.max_error < 1e-13, "{}: {v:?}", target.name);
                    assert_eq!(fixed.texts.len(), 3);
                    let report = compile_and_prove("n", 2, layer, Patches::Inputs, &options, Some(1e-9));
                    if !target.dialect.inputs {
                        let message = report.unwrap_err().to_string();
                        assert_eq!(
                            message,
                            format!("layer 2: {} has no inputs: fix them, --inputs fixed", target.name)
                        );
                        continue;
                    }
                    let report = report.unwrap();
                    let v = report.verification.unwrap();
                    assert!(v.holds() && v.bound < 1e-11, "{} {layer:?}: {v:?}", target.name);
                    let degree = layer.ansatz.rounds().len();
                    assert_eq!((v.points, report.summary.degree), ((2 * degree + 1).pow(4), degree));
                    // An input stands by itself, wherever it is.
                    for line in report.texts[0].lines().filter(|line| line.contains("(x")) {
                        let angle = line.split(['(', ')']).nth(1).unwrap();
                        assert!(angle[1..].parse::<usize>().is_ok_and(|i| i < 4), "{line}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_heron_holds_28_tiles_without_a_swap() {
    let layer = rows(4, Axis::X, false);
    let options = machine("ibm", Some(heron()));
    let report = compile_and_prove("n", 1, &layer, Patches::Inputs, &options, Some(1e-9)).unwrap();
    let program = &report.read_back[0];
    assert_eq!((program.contract.patches.len(), report.summary.qubits, report.summary.cx), (28, 112, 9));
    assert_eq!(Cost::of(program.template.circuit()).two_qubit_gates, 28 * 9);
    assert!(program.contract.physical && report.verification.unwrap().holds());
    let joined = |circuit: &crate::circuit::Circuit| {
        circuit.operations().filter(|(_, o)| o.gate.arity() == 2).all(|(_, o)| o.gate == Gate::Cz)
    };
    assert!(joined(program.template.circuit()));
    // 196 patches of 14 x 14 in 7 programs.
    let patches = vec![[0.1, 0.2, 0.3, 0.4]; 196];
    assert_eq!(compile_layer("n", 1, &layer, Patches::Fixed(&patches), &options).unwrap().len(), 7);
    let all: Vec<(usize, usize)> = (0..133).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    let options = machine("portable", Some(Coupling::new(None, &all).unwrap()));
    let program = read(&text(&layer, &options));
    assert_eq!(program.contract.patches.len(), 33);
    assert_eq!(Cost::of(program.template.circuit()).two_qubit_gates, 33 * 9);
    let too_many = compile_layer("n", 1, &layer, Patches::Inputs, &machine("ibm", Some(heron())).with_tiles(29));
    assert_eq!(too_many.unwrap_err().to_string(), "29 tiles: the machine holds 28 of four qubits in a chain");
    let none = compile_layer("n", 1, &layer, Patches::Inputs, &LayerOptions::default().with_tiles(0));
    assert_eq!(none.unwrap_err().to_string(), "0 tiles: expected 1 to 4096");
}

#[test]
fn a_fixed_patch_has_one_gate_a_qubit_before_the_chain() {
    let patches = [[0.3, 1.1, 2.0, 0.7]];
    let layer = rows(4, Axis::X, false);
    let text = &compile_layer("n", 1, &layer, Patches::Fixed(&patches), &LayerOptions::default()).unwrap()[0];
    let circuit = read(text).template.circuit().clone();
    assert_eq!((circuit.gate_count(), text.matches("u3(").count()), (13 + 9, 4));
    assert!(text.contains("\"degree\":0") && text.contains("\"patch\":0,\"angles\":[0.3,1.1,2.0,0.7]"));
    let bad = compile_layer("n", 1, &layer, Patches::Fixed(&[[0.0, f64::NAN, 0.0, 0.0]]), &LayerOptions::default());
    assert_eq!(bad.unwrap_err().to_string(), "patch 0: a pixel is NaN, expected a finite angle");
}

/// What is said of a text that was changed.
fn verified(text: &str, layer: &Layer) -> LayerVerification {
    verify_layer(&read(text), layer, 1e-9).unwrap()
}

#[test]
fn tampered_texts_are_refused_with_a_coefficient() {
    for (depth, tiles) in [(4, 1), (4, 3), (2, 2)] {
        let layer = rows(depth, Axis::X, false);
        let good = text(&layer, &LayerOptions::default().with_tiles(tiles));
        assert!(verified(&good, &layer).holds());
        let second = angles(depth)[1][2];
        let cx = good.lines().find(|line| line.starts_with("cx q[1], q[2]")).unwrap();
        for (from, to, at_least) in [
            // A rotation about Z behind the encoding, which is not seen where all angles are multiples of pi.
            ("ry(x1) q[1];\n", "ry(x1) q[1];\nrz(0.3) q[1];\n", 0.1),
            // Inputs exchanged.
            ("ry(x0) q[0];\nry(x1) q[1];", "ry(x1) q[0];\nry(x0) q[1];", 0.1),
            // No CX.
            (&*format!("{cx}\n"), "", 0.1),
            // An angle off by a millionth.
            (&format!("rx({second:?})"), &format!("rx({:?})", second + 1e-6), 1e-8),
            // An input used twice, and one with the wrong sign.
            ("ry(x2) q[2];\n", "ry(x2) q[2];\nry(x2) q[2];\n", 0.1),
            ("ry(x2) q[2];\n", "ry(-x2) q[2];\n", 0.1),
            // Another parity.
            ("[0,1,2,3]]}", "[0,1,3]]}", 0.1),
            // One that is not used.
            ("ry(x3) q[3];\n", "", 0.1),
        ] {
            let tampered = good.replacen(from, to, 1);
            assert_ne!(tampered, good, "{from}");
            let v = verified(&tampered, &layer);
            assert!(!v.holds() && v.max_error > at_least && v.bound >= v.max_error, "{from}: {v:?}");
            assert!(v.worst.name.starts_with("T[") && v.worst.patch == 0, "{}", v.worst.name);
            assert!((v.worst.got - v.worst.expected).abs() > at_least / 10.0, "{from}: {v:?}");
            assert!(v.failure().contains("patch 0: T["), "{}", v.failure());
            assert_eq!(v.problem.is_some(), to.matches("ry(x2)").count() == 2);
        }
    }
}

#[test]
fn what_agrees_at_multiples_of_pi_alone_is_refused() {
    // At all 16 points of {0, pi}^4 the qubit is in |0> or |1>, where a rotation about Z does nothing.
    let layer = rows(4, Axis::X, false);
    let good = text(&layer, &LayerOptions::default());
    let tampered = read(&good.replacen("ry(x0) q[0];\n", "ry(x0) q[0];\nrz(0.3) q[0];\n", 1));
    let y = |program: &LayerProgram, x: &[f64]| {
        let circuit = program.template.bind(x);
        let readout = crate::simulator::Readout { output: vec![0, 1, 2, 3], ..Default::default() };
        let p = crate::simulator::transition_probabilities(&circuit, &readout, &[0]).unwrap();
        (0..16).map(|n: usize| if n.count_ones().is_multiple_of(2) { p[(n, 0)] } else { -p[(n, 0)] }).sum::<f64>()
    };
    for n in 0..16usize {
        let x: Vec<f64> = (0..4).map(|i| if n >> i & 1 == 1 { std::f64::consts::PI } else { 0.0 }).collect();
        assert!((y(&tampered, &x) - y(&read(&good), &x)).abs() < 1e-14);
    }
    assert!(verify_layer(&tampered, &layer, 1e-9).unwrap().max_error > 0.1);
}

#[test]
fn the_bound_holds_between_the_points() {
    let layer = rows(4, Axis::X, false);
    let good = text(&layer, &LayerOptions::default());
    let angle = angles(4)[0][0];
    let program = read(&good.replacen(&format!("rx({angle:?})"), &format!("rx({:?})", angle + 1e-6), 1));
    let v = verify_layer(&program, &layer, 1e-9).unwrap();
    let mut rng = rng(4);
    let mut most = 0.0f64;
    for _ in 0..300 {
        let x: [f64; 4] = std::array::from_fn(|_| rng.random_range(-4.0..4.0));
        let circuit = program.template.bind(&x);
        let readout = crate::simulator::Readout { output: vec![0, 1, 2, 3], ..Default::default() };
        let p = crate::simulator::transition_probabilities(&circuit, &readout, &[0]).unwrap();
        let wanted = layer.expectations(&[x])[0];
        for (j, wanted) in wanted.iter().enumerate() {
            let mask = (1usize << (j + 1)) - 1;
            let y: f64 = (0..16)
                .map(|n: usize| if (n & mask).count_ones().is_multiple_of(2) { p[(n, 0)] } else { -p[(n, 0)] })
                .sum();
            most = most.max((y - wanted).abs());
        }
    }
    assert!(most <= v.bound && most > v.bound / 30.0, "{most:e} {:e}", v.bound);
}

#[test]
fn degrees_are_counted_and_patches_kept_apart() {
    let layer = rows(2, Axis::X, true);
    let good = text(&layer, &LayerOptions::default().with_tiles(2));
    assert!(good.contains("\"degree\":2") && verified(&good, &layer).points == 625);
    // What undoes itself is right and still not what the contract says.
    let idle = good.replacen("ry(x0) q[0];\n", "ry(x0) q[0];\nry(x0) q[0];\nry(-x0) q[0];\n", 1);
    let v = verified(&idle, &layer);
    assert!(!v.holds() && v.max_error < 1e-13, "{v:?}");
    assert!(v.failure().starts_with("patch 0: input 'x0' is the angle of 4 gates, the degree is 2; patch "));
    assert!(v.failure().contains(": T["), "{}", v.failure());
    // The layer says how many points are needed, not the text alone.
    let plain = text(&rows(2, Axis::X, false), &LayerOptions::default());
    let v = verified(&plain, &layer);
    assert!(!v.holds() && v.points == 625, "{v:?}");
    let mixed = good.replacen("ry(x4) q[4];\n", "ry(x4) q[4];\ncx q[0], q[4];\n", 1);
    let v = verified(&mixed, &layer);
    assert_eq!(v.problem.unwrap(), "patch 0: what it reads depends on input 'x4' of another patch");
    let chained: String = (1..20).map(|q| format!("cx q[{}], q[{q}];\n", q - 1)).collect();
    let many = text(&layer, &LayerOptions::default().with_tiles(5)).replace("c[0] = ", &format!("{chained}c[0] = "));
    let message = verify_layer(&read(&many), &layer, 1e-9).unwrap_err().to_string();
    assert_eq!(message, "20 qubits are joined by gates: at most 12 can be looked at for all inputs");
    let deep = compile_layer("n", 1, &rows(9, Axis::X, true), Patches::Inputs, &LayerOptions::default());
    assert_eq!(deep.unwrap_err().to_string(), "the pixels are encoded 9 times: at most 8 can be proven");
}
