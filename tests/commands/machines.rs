//! Machines: programs on a machine's own qubits, chosen by its pairs and its figures, verified there and nowhere else.

use crate::support::{circuits, compile, outcome, stdout, verify};
use hqrn::compiler::{Check, CompileOptions, compile_block, verify_block};
use hqrn::lowering::Layout;
use hqrn::network::{random_circuit, read, read_bytes};
use hqrn::qasm;
use hqrn::random::rng;
use hqrn::target::{Coupling, Target, read_machine};
use std::process::{Command, Output};

/// Copies of one circuit on a machine's own qubits, which nothing moves; each is proven.
#[test]
fn copies_are_verified_one_by_one() {
    let mut network = read(circuits("four.json")).unwrap();
    network.blocks[0].set_form(random_circuit(4, 7, 3.5, &mut rng(9)));
    let block = &network.blocks[0];
    let line: Vec<(usize, usize)> = (0..11).map(|q| (q, q + 1)).collect();
    let triangles: Vec<(usize, usize)> =
        (0..3).flat_map(|t| [(3 * t, 3 * t + 1), (3 * t + 1, 3 * t + 2), (3 * t, 3 * t + 2)]).collect();
    let compiled = |pairs: &[(usize, usize)]| {
        let options = CompileOptions::default()
            .with_target(Target::named("ibm").unwrap())
            .with_coupling(Coupling::new(Some(12), pairs).unwrap())
            .with_columns()
            .with_layouts(vec![vec![2, 1, 0], vec![6, 8, 7]]);
        compile_block(&network, 1, &options)
    };
    // The circuit joins all pairs of three qubits, a line does not.
    let message = compiled(&line).unwrap_err().to_string();
    assert!(message.starts_with("block 1: tile 0: the circuit joins its qubits "), "{message}");
    let text = &compiled(&triangles).unwrap()[0].text;
    let program = qasm::read(text).unwrap();
    assert_eq!((program.contract.tile_count(), qasm::write(&program)), (2, text.clone()));
    assert_eq!(program.contract.tile(1).signs.plus.unwrap().input, [6, 8]);
    let check = |text: &str| {
        let (verification, _) = verify_block(&[&qasm::read(text).unwrap()], block, &Check::all(1e-9)).unwrap();
        (verification.holds(), verification.place())
    };
    assert!(check(text).0);
    // A gate of the second copy that is not in the first.
    let last = text.find("c[0] = measure").unwrap();
    let turned = format!("{}sx q[8];\n{}", &text[..last], &text[last..]);
    let (holds, place) = check(&turned);
    assert!(!holds && place.starts_with("tile 1: W_rec["), "{place}");
    let joined = format!("{}cz q[2], q[7];\n{}", &text[..last], &text[last..]);
    let message = qasm::read(&joined).unwrap_err().to_string();
    assert!(message.contains("gates join qubit"), "{message}");
    let shared = text.replacen("\"input\":[6,8]", "\"input\":[6,2]", 1);
    let message = qasm::read(&shared).unwrap_err().to_string();
    assert!(message.ends_with("contract: tiles[0]: qubit 2 is of an earlier copy as well"), "{message}");
}

/// As many copies as are asked for, where a machine's figures say that most survives; a machine that has not so many says how many.
#[test]
fn copies_are_placed_by_a_machines_figures() {
    let mut network = read_bytes(b"[[1, 2], [3, 4]]", "n").unwrap();
    network.blocks[0].set_form(random_circuit(2, 3, 3.5, &mut rng(2)));
    let machine = read_machine(&[&std::fs::read(circuits("boston-line.json")).unwrap()]).unwrap();
    let compiled = |copies: usize| {
        let options = CompileOptions::default().with_machine(machine.clone(), Layout::Best).with_columns();
        compile_block(&network, 1, &options.with_copies(copies))
    };
    let program = qasm::read(&compiled(3).unwrap()[0].text).unwrap();
    assert_eq!((program.contract.tile_count(), machine.check(&program.circuit)), (3, Ok(())));
    let (verification, _) = verify_block(&[&program], &network.blocks[0], &Check::all(1e-9)).unwrap();
    assert!(verification.holds(), "{verification:?}");
    // Each by itself has its share of the gates, and reads its own bits.
    let copies: Vec<_> = (0..3).map(|t| program.tile(t)).collect();
    let count = |circuit: &hqrn::circuit::Circuit| circuit.operations().filter(|(_, o)| o.gate.arity() == 2).count();
    assert_eq!(copies.iter().map(count).sum::<usize>(), count(&program.circuit));
    for (t, copy) in copies.iter().enumerate() {
        let written: Vec<usize> = (0..copy.bit_count()).filter(|bit| copy.writer_of(*bit).is_some()).collect();
        assert_eq!(written, [2 * t, 2 * t + 1]);
    }
    let message = compiled(99).unwrap_err().to_string();
    assert!(message.starts_with("block 1: 99 copies: the machine holds "), "{message}");
}

/// A gate that a machine has not, or not so, put where the first one stands.
#[test]
fn gates_that_a_machine_cannot_have_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let four = circuits("four.json").to_str().unwrap().to_owned();
    let of = |target: &str| {
        let ending = Target::named(target).unwrap().dialect.language.ending();
        let file = folder.path().join(format!("{target}.{ending}")).to_str().unwrap().to_owned();
        assert_eq!(outcome(&compile(&[&four, "-o", &file, "--target", target, "-q"])), (0, String::new()));
        (std::fs::read_to_string(&file).unwrap(), file)
    };
    let declared = ["bit[6] c;\n", "creg c[6];\n"];
    let qasm_gate = |text: &str| declared.iter().find_map(|last| Some(text.find(last)? + last.len())).unwrap();
    let (boxed, native, qir) = ("box {\n", "\"circuit\": [\n", "(i8* null)\n");
    for (target, gate, expected) in [
        (
            "ibm-fractional",
            "rzz(-0.1) q[0], q[1];",
            "gate 'rzz' by -0.1: ibm-fractional has it by an angle above 0 and",
        ),
        ("ibm-fractional", "rzz(1.6) q[0], q[1];", "gate 'rzz' by 1.6: ibm-fractional has it by an angle above 0 and"),
        ("ibm-fractional", "rxx(0.1) q[0], q[1];", "unknown gate or statement 'rxx'"),
        ("rigetti", "rx(0.3) q[0];", "gate 'rx' by 0.3: rigetti has it by a multiple of pi/2"),
        ("iqm", "rz(0.3) q[0];", "gate 'rz' in a program for iqm: it belongs to portable, "),
        ("iqm", "prx(0.3, 0.1) q[0];", "gate 'prx' in a program for iqm: it belongs to braket-iqm"),
        ("quantinuum", "cx q[0], q[1];", "gate 'cx' in a program for quantinuum: it belongs to portable, "),
        ("braket-rigetti", "rx(0.3) $0;", "gate 'rx' by 0.3: braket-rigetti has it by a multiple of pi/2"),
        ("braket-iqm", "cz $0, q[1];", "expected a qubit of the machine, like $7, found 'q'"),
        (
            "braket-iqm",
            "}\ncz $0, $1;",
            "a gate outside of a box: expected '#pragma braket verbatim' and 'box {' first",
        ),
        ("ionq-native", "{\"gate\": \"ms\", \"targets\": [0, 1]},", "expected \"gpi\", \"gpi2\" or \"zz\""),
        (
            "ionq-native",
            "{\"gate\": \"zz\", \"targets\": [0, 1], \"angle\": 0.3},",
            "gate 'zz' by 0.3 turns: ionq-native has it by an angle above 0 and at most pi/2",
        ),
        ("qir", "  call void @__quantum__qis__rzz__body()", "'__quantum__qis__rzz__body': expected one of x__body, "),
        ("qir", "  %0 = alloca i1", "expected 'call void @__quantum__qis__"),
    ] {
        let (text, file) = of(target);
        let place = match target {
            "ionq-native" => text.find(native).unwrap() + native.len(),
            "qir" => text.find(qir).unwrap() + qir.len(),
            _ if target.starts_with("braket-") => text.find(boxed).unwrap() + boxed.len(),
            _ => qasm_gate(&text),
        };
        std::fs::write(&file, format!("{}{gate}\n{}", &text[..place], &text[place..])).unwrap();
        let (code, message) = outcome(&verify(&[&file, "--weights", &four]));
        assert!(code == 2 && message.contains(expected) && message.lines().count() == 1, "{target}: {code} {message}");
        let line = text[..place].lines().count() + 1 + gate.starts_with('}') as usize;
        assert!(message.contains(&format!("{file}: line {line}, column ")), "{message}");
    }
    let refused = |more: &[&str], expected: &str| {
        let (code, message) = outcome(&compile(&[&[four.as_str()], more].concat()));
        assert!(code == 2 && message.contains(expected), "{code} {message}");
    };
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    refused(&["--target", "qir", "-o", &out("x.qasm")], "x.qasm: programs for this target end in .ll");
    refused(&["--target", "ionq-native", "-o", &out("x.ll")], "x.ll: programs for this target end in .json");
    refused(&["-o", &out("x.json")], "x.json: programs for this target end in .qasm");
    let heron = circuits("heron-133.json").to_str().unwrap().to_owned();
    let routed = ["--target", "ionq-native", "-o", &out("x.json"), "--coupling", &heron];
    refused(&routed, "--coupling is for targets that OpenQASM is written for, not for ionq-native");
    assert!(["x.qasm", "x.ll", "x.json"].iter().all(|name| !folder.path().join(name).exists()));
}

#[test]
fn routed_programs_verify_on_their_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let heron = circuits("heron-133.json").to_str().unwrap().to_owned();
    let weights = circuits("iris.json").to_str().unwrap().to_owned();
    // A line, each pair in one direction only, as a backend's configuration has it.
    let pairs: Vec<String> = (0..9).map(|i| format!("[{}, {i}]", i + 1)).collect();
    let line = format!("{{\"backend_name\": \"line\", \"n_qubits\": 10, \"coupling_map\": [{}]}}", pairs.join(", "));
    std::fs::write(path("line.json"), line).unwrap();
    for (name, more, map) in [
        ("cz", &["--target", "ibm"][..], &heron),
        ("ecr", &["--target", "ibm", "--ibm-basis", "ecr"], &path("line.json")),
        ("cx", &["--input", "basis:2"], &path("line.json")),
        ("braket", &["--target", "braket"], &path("line.json")),
    ] {
        let file = path(&format!("{name}.qasm"));
        let base = [weights.as_str(), "--block", "1", "-o", &file, "-q", "--coupling", map];
        assert_eq!(outcome(&compile(&[&base[..], more].concat())), (0, String::new()), "{name}");
        let check = |map: &str| outcome(&verify(&[&file, "--weights", &weights, "-q", "--coupling", map]));
        assert_eq!(check(map), (0, String::new()), "{name}");
        let program = qasm::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert!(program.contract.physical);
    }
    let heron_only = path("cz.qasm");
    let line = path("line.json");
    let (code, message) = outcome(&verify(&[&heron_only, "--weights", &weights, "-q", "--coupling", &line]));
    assert_eq!((code, message.contains("133 qubits, the coupling map has 10")), (1, true), "{message}");
    let refused = |more: &[&str]| {
        let file = path("refused.qasm");
        let done = outcome(&compile(&[&[weights.as_str(), "--block", "1", "-o", &file], more].concat()));
        assert_eq!(done.0, 2, "{more:?}");
        assert!(!folder.path().join("refused.qasm").exists());
        done.1
    };
    std::fs::write(path("small.json"), "[[0, 1], [1, 2]]").unwrap();
    let message = refused(&["--coupling", &path("small.json")]);
    let expected =
        "small.json: block 1: the circuit needs 6 qubits, the machine has 3; programs of one sign fit: --split";
    assert!(message.contains(expected) && !message.contains("iris.json"), "{message}");
    // Six qubits, but no three that hang together.
    std::fs::write(path("pairs.json"), r#"{"n_qubits": 8, "coupling_map": [[0, 1], [4, 5], [6, 7]]}"#).unwrap();
    let message = refused(&["--coupling", &path("pairs.json")]);
    assert!(message.contains("pairs.json: block 1: a part of the circuit joins 3 qubits"), "{message}");
    assert!(!message.contains("--split"), "{message}");
    assert!(refused(&["--coupling", &path("none.json")]).contains("none.json"));
    std::fs::write(path("bad.json"), "[[0, 0]]").unwrap();
    assert!(
        refused(&["--coupling", &path("bad.json")]).contains("bad.json: coupling_map[0]: qubit 0 is joined to itself")
    );
    assert!(refused(&["--ibm-basis", "ecr"]).contains("--ibm-basis goes with --target ibm, not with portable"));
}

#[test]
fn qubits_that_no_pair_names_do_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let weights = circuits("iris.json").to_str().unwrap().to_owned();
    for (name, map, named) in [
        ("pairs", "[[0, 1], [1, 2], [10, 11], [11, 12]]", [0, 1, 2, 10, 11, 12]),
        ("declared", r#"{"n_qubits": 9, "coupling_map": [[1, 2], [2, 3], [5, 6], [6, 7]]}"#, [1, 2, 3, 5, 6, 7]),
        ("gap", "[[3, 4], [4, 5], [20, 5], [20, 21], [21, 22]]", [3, 4, 5, 20, 21, 22]),
    ] {
        let (map_file, file) = (path(&format!("{name}.json")), path(&format!("{name}.qasm")));
        std::fs::write(&map_file, map).unwrap();
        let base = [weights.as_str(), "--block", "1", "-o", &file, "-q", "--coupling", &map_file, "--target", "ibm"];
        for seed in ["0", "1", "2"] {
            assert_eq!(outcome(&compile(&[&base[..], &["--seed", seed]].concat())), (0, String::new()), "{name}");
            let text = std::fs::read_to_string(&file).unwrap();
            let program = qasm::read(&text).unwrap();
            let used = |q: &usize| program.circuit.measured_into(*q).is_some();
            let used: Vec<usize> = (0..program.circuit.qubit_count()).filter(used).collect();
            assert_eq!(used, named, "{name}");
            let check = || outcome(&verify(&[&file, "--weights", &weights, "-q", "--coupling", &map_file]));
            assert_eq!(check(), (0, String::new()), "{name}");
            // The same program with a gate on a qubit that is none: W is what it was, the machine is not.
            let line = text.lines().find(|line| line.starts_with("rz(")).unwrap();
            std::fs::write(&file, text.replacen(line, &format!("x q[8];\nx q[8];\n{line}"), 1)).unwrap();
            let (code, message) = check();
            let expected = format!("{name}.json: gate 'x' on qubit 8: no pair of the coupling map names it");
            assert_eq!((code, message.contains(&expected)), (1, true), "{message}");
        }
    }
}

#[test]
fn machines_with_figures_choose_their_qubits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, boston) = (circuits("four.json"), circuits("boston-line.json"));
    let (weights, boston) = (weights.to_str().unwrap(), boston.to_str().unwrap());
    let json = |output: &Output| -> serde_json::Value { serde_json::from_str(&stdout(output)).unwrap() };
    let compiled = |name: &str, layout: &str| {
        let file = path(name);
        let done = compile(&[weights, "-o", &file, "--machine", boston, "--layout", layout, "-q", "--json"]);
        assert_eq!(outcome(&done), (0, String::new()), "{layout}");
        assert_eq!(outcome(&verify(&[&file, "-w", weights, "--machine", boston, "-q"])), (0, String::new()));
        let report = json(&done);
        assert_eq!(report["figures"][0]["date"], "2026-04-17T12:19:24+02:00");
        report["blocks"][0]["placements"][0].clone()
    };
    let (best, median) = (compiled("best.qasm", "best"), compiled("median.qasm", "median"));
    assert!(best["survives"].as_f64() > median["survives"].as_f64());
    let qubits = best["qubits"].as_array().unwrap().iter().map(|q| q.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(compiled("given.qasm", &qubits), best);
    assert_eq!(std::fs::read(path("given.qasm")).unwrap(), std::fs::read(path("best.qasm")).unwrap());

    // What its noise does: waits do more of it, and readings can be inverted.
    std::fs::write(path("one.csv"), "a,b,c,d\n0.1,0.2,0.3,0.4\n").unwrap();
    let run = |more: &[&str]| {
        let first = [weights, "--data", &path("one.csv"), "--shots", "inf", "--machine", boston, "-q", "--json"];
        let done = Command::new(env!("CARGO_BIN_EXE_hqrn-run")).args([&first[..], more].concat()).output().unwrap();
        assert_eq!(outcome(&done), (0, String::new()), "{more:?}");
        let point = json(&done)["points"][0].clone();
        assert_eq!(point["machine"], "a piece of ibm_boston, 2026-04-17T12:19:24+02:00");
        point["distance"].as_f64().unwrap()
    };
    let programs = path("best.qasm");
    let still = run(&["--circuits", &programs]);
    assert!(run(&[]) > 0.0);
    assert!(
        run(&["--circuits", &programs, "--waits"]) > still && run(&["--circuits", &programs, "--mitigate"]) < still
    );
}

#[test]
fn blocks_of_which_nothing_would_survive_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut machine: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(circuits("boston-line.json")).unwrap()).unwrap();
    let iris = circuits("iris.json").to_str().unwrap().to_owned();
    for (error, lost) in [(1e-3, false), (0.5, true)] {
        machine["pairs"].as_array_mut().unwrap().iter_mut().for_each(|pair| pair["error"] = error.into());
        std::fs::write(path("machine.json"), machine.to_string()).unwrap();
        let output = compile(&[&iris, "-o", &path("out"), "--machine", &path("machine.json")]);
        let (code, told) = outcome(&output);
        let note = told.lines().filter(|line| line.contains("hqrn-compress --variational makes a network")).count();
        assert_eq!((code, note), (0, usize::from(lost)), "{told}");
        assert_eq!(stdout(&output).contains("  0.000  "), lost, "{}", stdout(&output));
        if lost {
            assert!(told.contains("note: nothing of 2 of 2 blocks would survive on a piece of ibm_boston, "), "{told}");
        }
    }
}

#[test]
fn machines_that_cannot_be_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (weights, boston) = (circuits("four.json"), circuits("boston-line.json"));
    let (weights, boston) = (weights.to_str().unwrap(), boston.to_str().unwrap());
    let text = std::fs::read_to_string(boston).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let changed = |name: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let mut other = whole.clone();
        change(&mut other);
        std::fs::write(path(name), other.to_string()).unwrap();
        path(name)
    };
    let (negative, alone) = (
        changed("negative.json", &|m| m["pairs"][3]["length"] = (-1e-9).into()),
        changed("alone.json", &|m| m["pairs"] = vec![m["pairs"][0].clone()].into()),
    );
    let timeless = changed("timeless.json", &|m| {
        m["pairs"].as_array_mut().unwrap().iter_mut().for_each(|pair| {
            pair.as_object_mut().unwrap().remove("length");
        });
    });
    let virtually = path("virtual.qasm");
    assert_eq!(outcome(&compile(&[weights, "-o", &virtually, "--target", "ibm", "-q"])).0, 0);
    let file = path("refused.qasm");
    for (layout, machine, expected) in [
        ("best", &*negative, "negative.json: pairs[3].length: -0.000000001, expected seconds, from 0 to 0.1"),
        ("best", &alone, "alone.json: block 1: the circuit needs 6 qubits, the machine has 2"),
        ("best", weights, "four.json: format: 'hqrn-weights', expected 'hqrn-machine'"),
        ("best", "nowhere", "nowhere: "),
        ("best", &path(""), "no props_*.json and conf_*.json in it"),
        ("best", &format!("{boston},{boston}"), "expected one file, or the properties and the configuration"),
        ("0,1", boston, "block 1: layout: 2 qubits, the circuit has 6"),
        ("0,1,2,3,4,4", boston, "layout: qubit 4 is there twice, at place 6"),
        ("0,1,2,x", boston, "expected best, median or numbers of qubits"),
    ] {
        let (code, message) =
            outcome(&compile(&[weights, "-o", &file, "-q", "--machine", machine, "--layout", layout]));
        assert!(code == 2 && message.contains(expected), "{layout} {machine}: {message}");
        assert!(!folder.path().join("refused.qasm").exists());
    }
    std::fs::write(path("one.csv"), "a,b,c,d\n0.1,0.2,0.3,0.4\n").unwrap();
    for (machine, more, expected) in [
        (boston, &["--circuits", &virtually][..], "block 1: not for a piece of ibm_boston: on virtual qubits"),
        (&timeless, &["--waits"], "--waits: "),
        (boston, &["--noise", "trapped-ion"], "cannot be used with"),
    ] {
        let first = [weights, "--data", &path("one.csv"), "-q", "--machine", machine];
        let done = Command::new(env!("CARGO_BIN_EXE_hqrn-run")).args([&first[..], more].concat()).output().unwrap();
        let (code, message) = outcome(&done);
        assert!(code == 2 && message.contains(expected), "{more:?}: {message}");
    }
    let heron = path("heron.qasm");
    let map = circuits("heron-133.json");
    let target = ["--target", "ibm", "--coupling", map.to_str().unwrap(), "-q"];
    assert_eq!(outcome(&compile(&[&[weights, "-o", &heron][..], &target].concat())).0, 0);
    let (code, message) = outcome(&verify(&[&heron, "-w", weights, "--machine", boston, "-q"]));
    assert!(code == 1 && message.contains("not for a piece of ibm_boston: "), "{message}");
}
