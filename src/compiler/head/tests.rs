//! Heads to text and back: counts, targets, ranks, and what tampering does.

use super::*;
use crate::circuit::Cost;
use crate::compiler::LayerOptions;
use crate::network::quanvolution::QuantumHead;
use crate::qasm::{AnyProgram, HeadProgram, read_any};
use crate::target::{Machine, TARGETS};

fn head(wires: usize, measured: Vec<usize>) -> QuantumHead {
    QuantumHead { angles: (0..wires).map(|w| 2.0 * (0.9 * w as f64 + 0.5).sin()).collect(), measured }
}

/// Pixels of either sign, no sum of few products.
fn pixels(count: usize) -> Vec<f64> {
    (0..count).map(|k| (0.7 * k as f64 + 0.001 * (k * k) as f64).sin() + 0.4).collect()
}

fn read(text: &str) -> HeadProgram {
    match read_any(text).unwrap() {
        AnyProgram::Head(program) => *program,
        _ => panic!("no head"),
    }
}

#[test]
fn a_tree_takes_two_cx_less_than_amplitudes() {
    for (count, cx) in [(49, 62), (196, 254), (784, 1022), (1, 0), (2, 0), (3, 2)] {
        for chain in [false, true] {
            let options = LayerOptions::default().with_keep_chain(chain);
            let (head, pixels) = (head(10, vec![6, 7, 8, 9]), pixels(count));
            let report = compile_and_check_head("n", &head, &pixels, None, &options, Some(1e-9)).unwrap();
            assert!(report.summary.cx <= cx + if chain { 9 } else { 0 }, "{count}: {:?}", report.summary);
            let v = report.verification.unwrap();
            assert!(v.holds() && v.max_error < 1e-13 && v.allowed == 1e-9, "{count} {chain}: {v:?}");
        }
    }
}

#[test]
fn every_target_reads_the_same_scores() {
    let (head, pixels) = (head(5, vec![4, 2, 0]), pixels(20));
    for target in TARGETS {
        for rank in [None, Some(2)] {
            let options = LayerOptions::default().with_machine(Machine::from(target));
            let report = compile_and_check_head("n", &head, &pixels, rank, &options, Some(1e-9)).unwrap();
            let v = report.verification.unwrap();
            assert!(v.holds(), "{}: {v:?}", target.name);
        }
    }
}

#[test]
fn ranks_state_what_they_lose() {
    let (head, pixels) = (head(10, vec![6, 7, 8, 9]), pixels(784));
    let mut lost = 1.0;
    for rank in [1, 4, 32] {
        let options = LayerOptions::default();
        let report = compile_and_check_head("n", &head, &pixels, Some(rank), &options, Some(1e-9)).unwrap();
        let (stated, v) = (report.summary.infidelity.unwrap(), report.verification.unwrap());
        assert!(
            v.holds() && stated < lost && (v.infidelity - stated).abs() < 1e-12 && v.max_error < 1e-12,
            "{rank}: {stated} {v:?}"
        );
        lost = stated;
        if rank == 4 {
            assert!(report.summary.cx <= 256, "{}", report.summary.cx);
            // A contract that claims more than it has is refused.
            let claims = report.text.replace(&format!("\"infidelity\":{stated:?}"), "\"infidelity\":1e-12");
            assert_ne!(claims, report.text);
            let v = verify_head(&read(&claims), &head, 784, 1e-9).unwrap();
            assert!(!v.holds() && v.failure().starts_with("infidelity "), "{v:?}");
            // And so is another image than the one that it states, however much that one has lost.
            let cx = report.text.lines().find(|line| line.starts_with("cx ")).unwrap();
            let less = report.text.replacen(&format!("{cx}\n"), "", 1);
            assert!(!verify_head(&read(&less), &head, 784, 1e-9).unwrap().holds());
        }
    }
    assert!(lost < 1e-12);
}

#[test]
fn tampered_heads_are_refused() {
    let (head, pixels) = (head(6, vec![3, 5]), pixels(40));
    let text = compile_head("n", &head, &pixels, None, &LayerOptions::default()).unwrap();
    assert!(verify_head(&read(&text), &head, 40, 1e-9).unwrap().holds());
    let cx = text.lines().find(|line| line.starts_with("cx ")).unwrap();
    let turn = text.lines().find(|line| line.starts_with("ry(")).unwrap();
    for (from, to) in [
        (format!("{cx}\n"), String::new()),
        (format!("{turn}\n"), format!("{turn}\nry(1e-6) q[2];\n")),
        ("[0,1,2,3]".into(), "[0,1,2]".into()),
        (format!("\"features\":[{:?}", pixels[0]), format!("\"features\":[{:?}", -pixels[0])),
    ] {
        let tampered = text.replacen(&from, &to, 1);
        assert_ne!(tampered, text, "{from}");
        let v = verify_head(&read(&tampered), &head, 40, 1e-9).unwrap();
        assert!(!v.holds() && v.max_error > 1e-8, "{from}: {v:?}");
    }
    let v = verify_head(&read(&text), &head, 41, 1e-9).unwrap();
    assert_eq!(v.failure(), "40 pixels, the head has 41; pixels = 40.000000000000, expected 41.000000000000");
    assert!(Cost::of(&read(&text).circuit).two_qubit_gates <= 62);
}

#[test]
fn what_cannot_be_prepared_is_named() {
    let (head, options) = (head(4, vec![3]), LayerOptions::default());
    let message = |pixels: &[f64], rank| compile_head("n", &head, pixels, rank, &options).unwrap_err().to_string();
    assert_eq!(message(&[0.0; 9], None), "all 9 pixels that the quantum head reads are zero");
    assert_eq!(
        message(&[0.0, f64::INFINITY], None),
        "pixel 1 that the quantum head reads is inf, expected a finite number"
    );
    assert_eq!(message(&[1.0, 2.0], Some(2)), "--head-rank 2: 2 pixels are amplitudes of a single qubit");
}
