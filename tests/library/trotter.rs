//! `--method trotter` on real networks and as a user meets it.

use crate::support::{circuits, compile, outcome, shared, stdout, verify};
use hqrn::circuit::Cost;
use hqrn::compiler::{BlockReport, Check, CompileOptions, Method, compile_and_measure};
use hqrn::data::{Split, read_samples};
use hqrn::linalg::RealMatrix;
use hqrn::network::{Network, read};
use hqrn::run::disagreement;
use hqrn::synthesis::trotter::{Formula, Generator, Grouping, Target, TrotterOptions};
use rayon::prelude::*;
use std::path::Path;

fn options(at_most: f64) -> CompileOptions {
    let target = Target::Error { at_most, formulas: Formula::ALL.to_vec() };
    let trotter = TrotterOptions::default().with_target(target);
    CompileOptions::default().with_method(Method::Trotter(trotter)).with_split(true)
}

/// Compiles every block to this spectral error, and compares text, contract and exact compilation.
fn check(network: &Network, at_most: f64, most_cx: usize) -> Vec<BlockReport> {
    let numbers: Vec<usize> = (1..=network.blocks.len()).collect();
    let check_block = |number: &usize| {
        let report = compile_and_measure(network, *number, &options(at_most), Some(&Check::all(1e-9))).unwrap();
        let exact = compile_and_measure(network, *number, &CompileOptions::default(), Some(&Check::all(1e-9))).unwrap();
        let verification = report.verification.unwrap();
        assert!(verification.holds(), "block {number}: {verification:?}");
        // Stated errors, not the measured ones, are what the verifier allows.
        let difference = report.reconstructed.as_ref().unwrap() - exact.reconstructed.as_ref().unwrap();
        assert!(difference.amax() <= verification.allowed + exact.verification.unwrap().max_error);
        assert!(difference.amax() > 1e-9, "a product formula is not exact on a trained block");
        for (program, trotter) in report.read_back.iter().zip(&report.trotter) {
            let (_, sign) = program.contract.signs.present().next().unwrap();
            let stated = sign.error.unwrap();
            assert!(trotter.error <= at_most && (trotter.error..1.02 * trotter.error).contains(&stated));
            assert!(trotter.error <= trotter.bound.value);
            let cx = Cost::of(&program.circuit).two_qubit_gates;
            assert!(cx <= most_cx, "block {number}: {cx} CX");
        }
        report
    };
    numbers.par_iter().map(check_block).collect()
}

/// A shorter network: these of its blocks, by their numbers.
fn some_blocks(network: &Network, numbers: &[usize]) -> Network {
    let mut some = network.clone();
    some.blocks = numbers.iter().map(|number| network.blocks[number - 1].clone()).collect();
    some
}

#[test]
fn digits_agree_with_exact_synthesis_at_a_fifth_of_the_peers_gates() {
    let network = read(circuits("digits.json")).unwrap();
    let samples = read_samples(&circuits("digits.csv.gz"), None, Some(64), Split::Test).unwrap();
    let short = some_blocks(&network, &[1, 4, 10]);
    for (network, at_most, most_cx) in [(&network, 1e-2, 33_000), (&short, 1e-3, 49_000)] {
        let reports = check(network, at_most, most_cx);
        let reconstructed: Vec<&RealMatrix> = reports.iter().map(|r| r.reconstructed.as_ref().unwrap()).collect();
        let labels = disagreement(network, &reconstructed, &samples.inputs).unwrap();
        assert!(labels.share() < 0.01, "{labels:?}");
    }
}

#[test]
fn mnist_agrees_with_exact_synthesis() {
    if let Some(path) = shared("weights/mnist.json") {
        check(&some_blocks(&read(&path).unwrap(), &[1, 3]), 1e-2, 41_000);
    }
}

/// A 4x4 block by every generator, grouping and formula.
#[test]
fn every_way_verifies() {
    let network = read(circuits("four.json")).unwrap();
    let formulas = Formula::ALL.into_iter().chain([Formula::Paper(4), Formula::Paper(6), Formula::Suzuki(8)]);
    for formula in formulas {
        for generator in [Generator::OffDiagonal, Generator::Logarithm, Generator::Factors] {
            for grouping in [Grouping::Classes, Grouping::Strings] {
                let target = Target::Steps { formula, steps: 2 };
                let trotter = TrotterOptions::default()
                    .with_generator(generator)
                    .with_grouping(grouping)
                    .with_cutoff(1e-3)
                    .with_target(target);
                let options = CompileOptions::default().with_method(Method::Trotter(trotter));
                let report = compile_and_measure(&network, 1, &options, Some(&Check::all(1e-9))).unwrap();
                assert!(report.verification.unwrap().holds(), "{formula} {generator:?} {grouping:?}");
                assert_eq!(report.read_back[0].contract.method, "trotter");
            }
        }
    }
}

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

#[test]
fn the_command_reports_and_the_verifier_allows_what_is_stated() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (digits, data) = (circuits("digits.json"), circuits("digits.csv.gz"));
    let arguments = ["--method", "trotter", "--trotter-error", "0.05", "--data", path(&data)];
    let done = compile(&[&[path(&digits), "-o", path(&out), "--json"], &arguments[..]].concat());
    assert_eq!(outcome(&done), (0, String::new()));
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["labels"]["of"], 597);
    for block in report["blocks"].as_array().unwrap() {
        let (found, allowed) =
            (block["verification"]["max_error"].as_f64().unwrap(), block["verification"]["allowed"].as_f64().unwrap());
        assert!(1e-6 < found && found < allowed, "{found} {allowed}");
        assert_eq!(block["trotter"].as_array().unwrap().len(), 2);
        assert_eq!(block["trotter"][0]["strings"], 4096);
    }
    assert_eq!(outcome(&verify(&[path(&out), "--weights", path(&digits)])).0, 0);

    // The stated error is a promise: a program that breaks it fails, and so does one that states less.
    let file = out.join("block-03.qasm");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut parts = text.split("\"error\":");
    let mut less = parts.next().unwrap().to_owned();
    for part in parts {
        less += "\"error\":1e-6";
        less += &part[part.find('}').unwrap()..];
    }
    std::fs::write(&file, less).unwrap();
    assert_eq!(outcome(&verify(&[path(&file), "--weights", path(&digits)])).0, 1);

    let four = circuits("four.json");
    let table = stdout(&compile(&[path(&four), "-o", path(&folder.path().join("f.qasm")), "--method", "trotter"]));
    assert!(table.contains("formula") && table.contains("bound"), "{table}");
}

#[test]
fn threads_do_not_change_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let digits = circuits("digits.json");
    let text = |threads: &str| {
        let file = folder.path().join(format!("{threads}.qasm"));
        let arguments = ["--block", "3", "--method", "trotter", "--trotter-error", "0.1", "--threads", threads];
        assert_eq!(outcome(&compile(&[&[path(&digits), "-o", path(&file)], &arguments[..]].concat())).0, 0);
        std::fs::read(&file).unwrap()
    };
    assert!(text("1") == text("2"));
}

#[test]
fn wrong_options_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.qasm");
    let four = circuits("four.json");
    let refused = |arguments: &[&str], expected: &str| {
        let (code, message) = outcome(&compile(&[&[path(&four), "-o", path(&file)], arguments].concat()));
        assert_eq!(code, 2, "{arguments:?}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(!file.exists());
    };
    refused(&["--trotter-steps", "3"], "error: --trotter-steps needs --method trotter");
    let trotter = |arguments: &[&'static str]| [&["--method", "trotter"], arguments].concat();
    refused(&trotter(&["--trotter-error", "0"]), "expected a spectral error from 1e-11 to 2");
    refused(&trotter(&["--trotter-error", "x"]), "expected a spectral error");
    refused(&trotter(&["--trotter-order", "3"]), "[possible values: 1, 2, 4, 6, 8]");
    refused(&trotter(&["--trotter-steps", "0"]), "0 is not in");
    refused(&trotter(&["--trotter-steps", "2", "--trotter-error", "0.1"]), "cannot be used with");
    refused(
        &trotter(&["--trotter-formula", "omelyan", "--trotter-order", "2"]),
        "--trotter-formula omelyan has order 4, not 2",
    );
    refused(&trotter(&["--trotter-cutoff=-1"]), "expected a finite number, not negative");
    refused(&trotter(&["--trotter-steps", "90000000"]), "more than 2000000");
    refused(
        &trotter(&["--trotter-cutoff", "0.5", "--trotter-error", "0.01"]),
        "the strings that the cutoff leaves out have norm",
    );
    let data = circuits("digits.csv.gz");
    refused(&["--data", path(&data)], "the network has no head");
    refused(&["--data", path(&data), "--no-verify"], "cannot be used with");
}
