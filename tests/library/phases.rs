//! Phases of M: gamma near its bound for trained networks, fewer shots from compiled circuits, and no phases where inputs
//! are not diagonal.

use crate::support::{circuits, compile, outcome, shared};
use hqrn::encoding::{Contraction, EncodingRule, GammaRule, Phases, contractions, least_gamma, split};
use hqrn::network::read;
use hqrn::qasm;
use rayon::prelude::*;
use std::ffi::OsStr;
use std::process::Command;

/// gamma / gamma* of both signs of all blocks, and the same over what no phases get below.
fn ratios(path: &std::path::Path, phases: Phases) -> Vec<(f64, f64)> {
    let network = read(path).unwrap();
    let rule = EncodingRule { gamma: GammaRule::Own, phases, seed: 0 };
    let of_block = |block: &hqrn::network::Block| {
        let signs = contractions(block.weight(), rule).unwrap();
        let least = split(block.weight()).map(|part| least_gamma(&part.map(f64::sqrt)));
        let ratio = |(sign, c): (_, &Contraction)| (c.gamma() / c.bound(), c.gamma() / least[sign]);
        signs.present().map(ratio).collect::<Vec<_>>()
    };
    network.blocks.par_iter().flat_map_iter(of_block).collect()
}

#[test]
fn gamma_comes_near_its_bound() {
    let mut networks = vec![circuits("digits.json")];
    networks.extend(shared("weights/mnist.json"));
    for path in networks {
        let complex = ratios(&path, Phases::Complex);
        assert_eq!(complex.len(), 20);
        // One sign of MNIST has rows that overlap so that no phases get below 1.022.
        let out_of_reach = complex.iter().filter(|(ratio, _)| *ratio > 1.02).count();
        assert!(out_of_reach <= usize::from(path.ends_with("mnist.json")), "{complex:?}");
        for (ratio, over_least) in complex {
            assert!(ratio >= 1.0 - 1e-12 && over_least >= 1.0 - 1e-12, "{ratio} {over_least}");
            assert!(ratio <= 1.02 || over_least <= 1.002, "{ratio} times gamma*, {over_least} times what is possible");
        }
        let signs = ratios(&path, Phases::Signs);
        assert!(signs.iter().all(|(ratio, _)| (1.0 - 1e-12..1.2).contains(ratio)), "{signs:?}");
    }
}

#[test]
fn compiled_circuits_need_a_tenth_of_the_shots() {
    let (Some(weights), Some(data)) = (shared("weights/mnist.json"), shared("data/mnist/t10k-images-idx3-ubyte.gz"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![weights.as_os_str(), OsStr::new("-o"), folder.path().as_os_str()];
    arguments.extend(["-q", "--phases", "complex"].map(OsStr::new));
    assert_eq!(outcome(&compile(&arguments)).0, 0);
    let mut arguments = vec![weights.as_os_str(), OsStr::new("--data"), data.as_os_str()];
    arguments.extend(["--shots", "1e3,1e4,1e5", "--json", "--circuits"].map(OsStr::new));
    arguments.push(folder.path().as_os_str());
    let report: serde_json::Value = {
        let run = Command::new(env!("CARGO_BIN_EXE_hqrn-run")).args(&arguments).output().unwrap();
        serde_json::from_slice(&run.stdout).unwrap()
    };
    for (point, most) in report["points"].as_array().unwrap().iter().zip([0.07, 0.02, 0.007]) {
        let share = point["disagreement"].as_f64().unwrap();
        assert!(share <= most, "{share} of the labels differ, at most {most}");
    }
}

#[test]
fn general_states_keep_nonnegative_entries() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("iris.qasm");
    let iris = circuits("iris.json");
    let base = [iris.to_str().unwrap(), "--block", "1", "-o", file.to_str().unwrap(), "-q"];
    let phases = |more: &[&str]| {
        let done = outcome(&compile(&[&base[..], more].concat()));
        assert_eq!(done, (0, String::new()), "{more:?}");
        let program = qasm::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let signs = program.contract.signs;
        signs.into_iter().find_map(|(_, sign)| sign?.phases)
    };
    assert_eq!(phases(&["--inputs", "quantum"]), None);
    assert_eq!(phases(&["--preset", "paper", "--trotter-error", "1e-2"]), None);
    assert_eq!(phases(&["--phases", "signs"]).as_deref(), Some("signs"));
    assert_eq!(phases(&["--phases", "complex"]).as_deref(), Some("complex"));
    let (code, message) = outcome(&compile(&[&base[..], &["--inputs", "quantum", "--phases", "signs"]].concat()));
    assert_eq!(code, 2);
    assert!(message.contains("off-diagonal terms of the input see the phases of M"), "{message}");
}

/// One circuit for both signs where there is one, and options that it would ignore.
#[test]
fn one_exact_circuit_for_both_signs() {
    let folder = tempfile::tempdir().unwrap();
    let (iris, four) = (circuits("iris.json"), circuits("four.json"));
    let (iris, four) = (iris.to_str().unwrap(), four.to_str().unwrap());
    let out = folder.path().join("joint");
    let out = out.to_str().unwrap();
    let compiled = compile(&[iris, "--method", "joint", "-o", out, "--json"]);
    assert_eq!(outcome(&compiled), (0, String::new()));
    let report: serde_json::Value = serde_json::from_slice(&compiled.stdout).unwrap();
    for block in report["blocks"].as_array().unwrap() {
        let summary = &block["summary"];
        assert!(summary["cx"].as_u64() <= Some(6) && summary["qubits"].as_u64() == Some(3), "{summary}");
    }
    assert_eq!(outcome(&crate::support::verify(&[out, "--weights", iris, "-q"])), (0, String::new()));
    // Three CX for both signs are fewer than four angles a gate can have.
    let program = folder.path().join("four.qasm");
    let program = program.to_str().unwrap();
    let (code, said) = outcome(&compile(&[four, "--method", "joint", "-o", program]));
    assert!(code == 0 && said.starts_with("note: block 1: exact circuits for each sign"), "{said}");
    for (arguments, expected) in [
        (&["--method", "joint", "--split"][..], "--split: --method joint makes one circuit for both signs"),
        (&["--method", "joint", "--phases", "signs"], "--phases: --method joint makes one circuit"),
        (&["--method", "joint", "--inputs", "quantum"], "--inputs quantum: --method joint makes one circuit"),
        (&["--method", "joint", "--trotter-error", "0.1"], "--trotter-error needs --method trotter"),
        (&["--method", "joint", "--slack", "0.5"], "expected a number from 1 to 100"),
        (&["--slack", "2"], "--slack needs --method joint"),
    ] {
        let refused = folder.path().join("none");
        let (code, said) = outcome(&compile(&[&[iris, "-o", refused.to_str().unwrap()], arguments].concat()));
        assert!(code == 2 && said.contains(expected), "{arguments:?}: {said}");
        assert!(!refused.exists());
    }
    // Of no family is it ignored.
    for file in ["iris-qrfnn.json", "digits-quanvolution.json"] {
        let (code, said) = outcome(&compile(&[circuits(file).to_str().unwrap(), "--slack", "2", "-o", out]));
        assert!(code == 2 && said.contains("--slack needs --method joint"), "{file}: {said}");
    }
}
