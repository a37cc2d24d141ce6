//! Clifford and T gates: within the error that a contract states, and counted.

use crate::support::{circuits, compile, outcome};
use hqrn::compiler::{Check, CompileOptions, compile_block, verify_block};
use hqrn::linalg::random_orthogonal;
use hqrn::network::read_bytes;
use hqrn::qasm;
use hqrn::random::rng;
use hqrn::target::Target;

/// Clifford and T gates: within the error that the contract states, which is no more than was asked for, by about 3 log2(1/ε) T gates
/// a rotation.
#[test]
fn rotations_are_approximated_within_their_error() {
    let odd = random_orthogonal(8, &mut rng(5)).map(|v| 3.0 * v);
    let text = crate::support::json_matrix(8, 8, |i, j| odd[(i, j)]);
    let network = read_bytes(text.as_bytes(), "n").unwrap();
    let block = &network.blocks[0];
    let target = Target::named("clifford-t").unwrap();
    for error in [0.3, 1e-2, 1e-6] {
        let options = CompileOptions::default().with_target(target).with_synthesis_error(error);
        let [compiled] = &compile_block(&network, 1, &options).unwrap()[..] else { panic!("one program") };
        assert_eq!(compile_block(&network, 1, &options).unwrap()[0].text, compiled.text);
        let program = qasm::read(&compiled.text).unwrap();
        assert_eq!(qasm::write(&program), compiled.text);
        assert!(program.circuit.operations().all(|(_, o)| target.basis.allows(&o.gate)));
        let stated: Vec<f64> = program.contract.signs.present().map(|(_, read)| read.error.unwrap()).collect();
        assert!(stated.iter().all(|stated| *stated <= error && *stated > 0.1 * error), "{stated:?}");
        let holds = |program: &qasm::Program| verify_block(&[program], block, &Check::all(1e-9)).unwrap().0;
        let verification = holds(&program);
        assert!(verification.holds() && verification.stated > verification.max_error, "{verification:?}");
        // A contract that says nothing of it, or too little.
        let mut silent = program.clone();
        silent.contract.signs.present_mut().for_each(|(_, read)| read.error = None);
        assert!(!holds(&silent).holds());
        silent.contract.signs.present_mut().for_each(|(_, read)| read.error = Some(1e-3 * error));
        assert!(!holds(&silent).holds());

        let report = compiled.clifford_t.unwrap();
        assert!(report.bound <= error && report.t_gates > 0);
        let each = report.t_gates as f64 / report.rotations as f64;
        let expected = 3.0 * (0.5 * report.rotations as f64 / error).log2();
        assert!((each - expected).abs() < 4.0, "{error}: {each} T gates a rotation, expected {expected}");
    }
}

/// Angles that are multiples of π/4 are no approximations, and take at most a T gate.
#[test]
fn multiples_of_an_eighth_of_a_turn_stay_exact() {
    for (w, t_gates) in [([0.5, 0.0, 0.0, 1.0], 2), ([1.0, 0.0, 0.0, 1.0], 0)] {
        let text = crate::support::json_matrix(2, 2, |i, j| w[2 * i + j]);
        let network = read_bytes(text.as_bytes(), "n").unwrap();
        let options = CompileOptions::default().with_target(Target::named("clifford-t").unwrap());
        let compiled = compile_block(&network, 1, &options).unwrap().remove(0);
        let report = compiled.clifford_t.unwrap();
        assert!(report.rotations == 0 && report.bound == 0.0 && report.t_gates == t_gates, "{w:?}: {report:?}");
        assert!(!compiled.text.contains("error"), "{}", compiled.text);
        let program = qasm::read(&compiled.text).unwrap();
        let (verification, _) = verify_block(&[&program], &network.blocks[0], &Check::all(1e-12)).unwrap();
        assert!(verification.holds() && verification.stated == 0.0, "{verification:?}");
    }
}

/// T gates of a program that has nothing else to pay for are counted one by one.
#[test]
fn estimates_count_t_gates_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (four, out, cost) = (circuits("four.json"), path("four.qasm"), path("cost.json"));
    let estimate = format!("--estimate={cost}");
    let arguments = ["--target", "clifford-t", "--synthesis-error", "1e-3", "--label-shots", "1", &estimate, "--quiet"];
    let done = compile(&[&[four.to_str().unwrap(), "-o", &out][..], &arguments].concat());
    assert_eq!(outcome(&done), (0, String::new()));
    let text = std::fs::read_to_string(&out).unwrap();
    let gates = text.lines().filter(|line| line.starts_with("t ") || line.starts_with("tdg ")).count();
    let cost = std::fs::read_to_string(&cost).unwrap();
    let counts = [format!(r#""tCount": {gates},"#), r#""rotationCount": 0,"#.into()];
    assert!(gates > 100 && counts.iter().all(|count| cost.contains(count)), "{gates}: {cost}");
}
