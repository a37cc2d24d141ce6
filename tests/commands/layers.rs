//! Layers of quanvolutions by the commands: compiled, proven, tampered with, and refused.

use crate::support::{circuits, compile, outcome, stdout, verify};
use std::fs;
use std::path::Path;

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Arguments as they are, after those that every call has.
fn run(command: fn(&[String]) -> std::process::Output, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
    let output = command(&arguments);
    let (code, message) = outcome(&output);
    (code, stdout(&output), message)
}

fn weights() -> String {
    text(&circuits("digits-quanvolution.json"))
}

#[test]
fn a_folder_of_layers_is_written_and_proven_for_every_input() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let out = at("out");
    let (code, table, message) = run(compile, &[&weights(), "-o", &out]);
    assert!(code == 0 && table.matches("every input").count() == 2, "{table}{message}");
    let manifest = fs::read_to_string(at("out/manifest.json")).unwrap();
    assert!(manifest.contains("\"version\": 2") && manifest.contains("\"layer-02.qasm\""));
    let first = fs::read_to_string(at("out/layer-01.qasm")).unwrap();
    assert_eq!((first.matches("\ncx ").count(), first.matches("input float x").count()), (9, 4));
    let second = fs::read_to_string(at("out/layer-02.qasm")).unwrap();
    assert!(!second.contains("\ncx ") && second.contains("[[0],[0,1],[0,1,2],[0,1,2,3]]"));
    let (code, table, message) = run(verify, &[&out, "--weights", &weights()]);
    assert!(code == 0 && message.is_empty(), "{message}");
    assert!(table.contains("max over 81 points  bound for every input") && table.matches("  yes  ").count() == 2);
    // The same again, with other threads, is the same.
    let again = at("again");
    assert_eq!(run(compile, &[&weights(), "-o", &again, "--threads", "1", "-q"]).0, 0);
    assert_eq!(fs::read_to_string(at("again/layer-01.qasm")).unwrap(), first);
    let (code, json, _) = run(verify, &[&at("out/layer-02.qasm"), "--weights", &weights(), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(code == 0 && json["holds"] == true && json["layers"][0]["verification"]["points"] == 81, "{json}");
    // Another layer than its own.
    let (code, _, message) = run(verify, &[&at("out/layer-02.qasm"), "--weights", &weights(), "--layer", "1"]);
    assert!(code == 1 && message.contains("patch 0: T["), "{message}");
}

#[test]
fn tampered_texts_are_refused_with_exit_code_1_and_a_coefficient() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(&folder.path().join("layer.qasm"));
    for target in ["portable", "braket", "pennylane"] {
        let arguments = [&weights(), "--layer", "1", "--tiles", "2", "--target", target, "-o", &path];
        assert_eq!(run(compile, &arguments).0, 0);
        let good = fs::read_to_string(&path).unwrap();
        let q = |i: usize| if target == "pennylane" { format!("q{i}") } else { format!("q[{i}]") };
        let cx = good.lines().find(|l| l.starts_with("cx ") || l.starts_with("cnot ")).unwrap();
        let angle = good.lines().find(|l| l.starts_with("rx(")).unwrap().split(['(', ')']).nth(1).unwrap();
        let off = format!("rx({:?})", angle.parse::<f64>().unwrap() + 1e-6);
        let encode = |x: usize, i: usize| format!("ry(x{x}) {};\n", q(i));
        for (from, to) in [
            (encode(1, 1), format!("{}rz(0.3) {};\n", encode(1, 1), q(1))),
            (format!("{}{}", encode(4, 4), encode(5, 5)), format!("{}{}", encode(5, 4), encode(4, 5))),
            (format!("{cx}\n"), String::new()),
            (format!("rx({angle})"), off),
            (encode(2, 2), encode(2, 2).repeat(2)),
        ] {
            let tampered = good.replacen(&from, &to, 1);
            assert_ne!(tampered, good, "{from}");
            fs::write(&path, tampered).unwrap();
            let (code, table, message) = run(verify, &[&path, "--weights", &weights()]);
            assert!(code == 1 && table.contains("  NO  "), "{from}: {table}{message}");
            assert!(message.lines().count() == 1 && message.contains(": T["), "{message}");
        }
        // What is no bare input is not read at all.
        fs::write(&path, good.replace("ry(x0)", "ry(2*x0)")).unwrap();
        let (code, _, message) = run(verify, &[&path, "--weights", &weights()]);
        assert!(code == 2 && message.contains("an expression: expected a decimal number or an input by itself"));
    }
}

#[test]
fn tiles_on_a_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(&folder.path().join("layer.qasm"));
    let heron = text(&circuits("heron-133.json"));
    let ibm = ["--target", "ibm", "--coupling", &heron];
    let (code, json, _) =
        run(compile, &[&[&weights()[..], "--layer", "1", "-o", &path, "--json"][..], &ibm[..]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let summary = &json["layers"][0]["summary"];
    assert_eq!(
        (code, &summary["patches"], &summary["cx"], &summary["qubits"]),
        (0, &28.into(), &9.into(), &112.into())
    );
    let program = fs::read_to_string(&path).unwrap();
    assert!(program.contains("\nrz(x0) q[") && program.contains("\"physical\":true"));
    assert_eq!(program.matches("\ncz ").count(), 28 * 9);
    let (code, _, message) = run(verify, &[&path, "--weights", &weights(), "--coupling", &heron, "--target", "ibm"]);
    assert_eq!((code, message.as_str()), (0, ""));
    let (code, _, message) =
        run(compile, &[&[&weights()[..], "--layer", "1", "-o", &path, "--tiles", "29"][..], &ibm[..]].concat());
    assert!(code == 2 && message.ends_with("29 tiles: the machine holds 28 of four qubits in a chain\n"), "{message}");
    assert_eq!(fs::read_to_string(&path).unwrap(), program);
}

#[test]
fn one_image_in_every_target() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let data = text(&circuits("digits.csv.gz"));
    for target in ["portable", "braket", "ibm", "ibm-ecr", "azure", "ionq", "pennylane", "qasm2"] {
        let out = at(target);
        let fixed = ["--inputs", "fixed", "--data", &data, "--image", "3", "--tiles", "8", "--target", target];
        let (code, table, message) = run(compile, &[&[&weights()[..], "-o", &out][..], &fixed[..]].concat());
        assert!(code == 0 && table.matches("these inputs only").count() == 2, "{target}: {table}{message}");
        // 16 patches of 8x8 and as many of the second stream, which the skip made as large.
        assert_eq!(fs::read_dir(&out).unwrap().count(), 5, "{target}");
        assert!(!fs::read_to_string(at(&format!("{target}/layer-01-1.qasm"))).unwrap().contains("input float"));
        let (code, table, message) = run(verify, &[&out, "--weights", &weights()]);
        assert!(code == 0 && table.matches("these inputs only").count() == 4, "{target}: {table}{message}");
    }
    let path = at("portable/layer-02-2.qasm");
    let good = fs::read_to_string(&path).unwrap();
    let gate = good.lines().find(|line| line.starts_with("u3(") || line.starts_with("r")).unwrap();
    fs::write(&path, good.replacen(&format!("{gate}\n"), "", 1)).unwrap();
    let (code, _, message) = run(verify, &[&path, "--weights", &weights()]);
    assert!(code == 1 && message.contains(": y["), "{message}");
    let (code, _, message) = run(compile, &[&weights(), "--layer", "1", "--target", "qasm2", "-o", &at("two.qasm")]);
    assert!(code == 2 && message.ends_with("layer 1: qasm2 has no inputs: fix them, --inputs fixed\n"), "{message}");
}

#[test]
fn a_stream_that_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let pixels: Vec<f64> = (0..64).map(|i| f64::from(i) / 40.0 - 0.3).collect();
    fs::write(at("state.json"), serde_json::to_string(&pixels).unwrap()).unwrap();
    let fixed = ["--inputs", "fixed", "--state", &at("state.json"), "--tiles", "16"];
    let path = at("layer.qasm");
    let (code, _, message) = run(compile, &[&[&weights()[..], "--layer", "2", "-o", &path][..], &fixed[..]].concat());
    assert_eq!((code, message.as_str()), (0, ""));
    let program = fs::read_to_string(&path).unwrap();
    // The second patch of the first row has columns 2 and 3 of rows 0 and 1.
    assert!(program.contains(&format!(
        "\"patch\":1,\"angles\":[{:?},{:?},{:?},{:?}]",
        pixels[2], pixels[3], pixels[10], pixels[11]
    )));
    fs::write(at("state.json"), "[0.5, 1]").unwrap();
    let (code, _, message) = run(compile, &[&[&weights()[..], "--layer", "2", "-o", &path][..], &fixed[..]].concat());
    assert!(code == 2 && message.ends_with("state.json: 2 pixels, the layer reads 64\n"), "{message}");
    assert_eq!(fs::read_to_string(&path).unwrap(), program);
}

#[test]
fn what_cannot_be_is_one_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let (out, data) = (at("out"), text(&circuits("digits.csv.gz")));
    let four = text(&circuits("four.json"));
    for (arguments, expected) in [
        (vec![&*weights(), "--split"], "--split is for residual blocks, this is a network of quanvolutions"),
        (vec![&*weights(), "--gamma", "own"], "--gamma is for residual blocks, this is a network of quanvolutions"),
        (
            vec![&*weights(), "--inputs", "quantum"],
            "--inputs quantum is for residual blocks, this is a network of quanvolutions",
        ),
        (vec![&*weights(), "--data", &data], "--data goes with --inputs fixed: programs with inputs are of all images"),
        (
            vec![&*weights(), "--inputs", "fixed"],
            "--inputs fixed needs an image: --data FILE --image K, or --state FILE",
        ),
        (
            vec![&*weights(), "--inputs", "fixed", "--data", &data],
            "--inputs fixed takes one image: choose it with --image K",
        ),
        (vec![&*weights(), "--layer", "3"], "--layer 3: the network has 2"),
        (vec![&*four, "--keep-chain"], "--keep-chain is for quanvolutions, this is a network of residual blocks"),
        (
            vec![&*four, "--tiles", "2"],
            "--tiles: a number of copies of residual blocks needs --machine with figures; or say their qubits, as in \"4 3 16; 5 6 7\"",
        ),
        (
            vec![&*weights(), "--tiles", "0 1 2 3; 4 5 6 7"],
            "--tiles: lists of qubits are for residual blocks: give a number",
        ),
        (
            vec![&*four, "--inputs", "fixed"],
            "--inputs fixed is for quanvolutions, this is a network of residual blocks",
        ),
    ] {
        let (code, _, message) = run(compile, &[&arguments[..], &["-o", &out]].concat());
        assert_eq!((code, message), (2, format!("error: {expected}\n")));
    }
    let (code, _, message) =
        run(compile, &[&weights(), "--inputs", "fixed", "--data", &data, "--image", "598", "-q", "-o", &out]);
    assert!(code == 2 && message.contains("--image 598: ") && message.ends_with("has 597\n"), "{message}");
    let one = ["--inputs", "fixed", "--data", &data, "--image", "1", "--layer", "1", "-q", "-o"];
    let (code, _, message) = run(compile, &[&[&weights()[..]][..], &one[..], &[&at("one.qasm")[..]]].concat());
    assert!(
        code == 2 && message == "error: 16 programs for all patches: give a folder with -o, or more --tiles\n",
        "{message}"
    );
    let program = text(&circuits("four.qasm"));
    let (code, _, message) = run(verify, &[&program, "--weights", &weights()]);
    assert!(
        code == 2 && message.ends_with("four.qasm: a program of a residual block, the weights are of quanvolutions\n"),
        "{message}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let layer = at("layer.qasm");
    assert_eq!(run(compile, &[&weights(), "--layer", "1", "-q", "-o", &layer]).0, 0);
    let (code, _, message) = run(verify, &[&layer, "--weights", &four]);
    assert!(
        code == 2 && message.contains("a program of a network of another family, expected one of a residual block"),
        "{message}"
    );
    // A folder of blocks is none of layers, nor the other way round.
    assert_eq!(run(compile, &[&four, "-q", "-o", &at("blocks")]).0, 0);
    let (code, _, message) = run(verify, &[&at("blocks"), "--weights", &weights()]);
    assert!(code == 2 && message.ends_with("lists residual blocks, the weights are of quanvolutions\n"), "{message}");
    assert_eq!(run(compile, &[&weights(), "-q", "-o", &at("layers")]).0, 0);
    let (code, _, message) = run(verify, &[&at("layers"), "--weights", &four]);
    let expected = "lists layers of quanvolutions, the weights are of residual blocks\n";
    assert!(code == 2 && message.ends_with(expected), "{message}");
}

#[test]
fn every_layer_has_its_own_program() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    assert_eq!(run(compile, &[&weights(), "-q", "-o", &at("out")]).0, 0);
    let (first, second) = (at("out/layer-01.qasm"), at("out/layer-02.qasm"));
    let kept = fs::read(&second).unwrap();
    fs::copy(&first, &second).unwrap();
    let twice = "layer 1: more than one program was given";
    for (given, said) in [
        (&[at("out")][..], "layer-02.qasm: is listed as layer 2, but says that it is layer 1"),
        (&[first.clone(), second.clone()], twice),
        (&[first.clone(), first.clone()], twice),
    ] {
        let given: Vec<&str> = given.iter().map(String::as_str).chain(["--weights"]).collect();
        let (code, table, message) = run(verify, &[&given[..], &[&weights()]].concat());
        assert!(code == 2 && table.is_empty(), "{table}");
        assert!(message.contains(said), "{message}");
    }
    // A manifest that lists one program for both.
    fs::write(&second, kept).unwrap();
    let manifest = fs::read_to_string(at("out/manifest.json")).unwrap();
    fs::write(at("out/manifest.json"), manifest.replace("\"layer-02.qasm\"", "")).unwrap();
    let (code, _, message) = run(verify, &[&at("out"), "--weights", &weights()]);
    assert!(code == 2 && message.lines().count() == 1, "{message}");
    assert_eq!(run(verify, &[&first, &second, "--weights", &weights()]).0, 0);
}

#[test]
fn rewritten_layers_and_heads_are_held_against_the_originals() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    fs::write(at("net.json"), with_quantum_head("[5,4,3]")).unwrap();
    let pixels: Vec<String> = (0..16).map(|k| format!("{:?}", f64::from(k) / 10.0 - 0.4)).collect();
    let heads: Vec<String> = (0..16).map(|k| format!("p{k}")).collect();
    fs::write(at("data.csv"), format!("{}\n{}\n", heads.join(","), pixels.join(","))).unwrap();
    let (net, data) = (at("net.json"), at("data.csv"));
    let fixed = ["--inputs", "fixed", "--data", &data, "--image", "1", "--tiles", "4", "-q"];
    assert_eq!(run(compile, &[&[&net[..], "-o", &at("out")][..], &fixed[..]].concat()).0, 0);
    assert_eq!(run(compile, &[&net, "--layer", "1", "-q", "-o", &at("inputs.qasm")]).0, 0);
    for name in ["out/layer-01.qasm", "out/head.qasm"] {
        let (original, back) = (at(name), at("back.qasm"));
        let whole = fs::read_to_string(&original).unwrap();
        // As a client may write it: no contract, one qubit more, π in angles.
        let kept: Vec<&str> = whole.lines().filter(|line| !line.starts_with("//")).collect();
        let text = kept.join("\n").replace("qubit[", "qubit[1] spare;\nqubit[").replace("ry(", "ry(pi - pi + ");
        let verdict = |text: &str| {
            fs::write(&back, text).unwrap();
            run(verify, &[&back, "--weights", &net, "--contract", &original])
        };
        let (code, table, message) = verdict(&text);
        assert!(code == 0 && table.contains("only"), "{name}: {table}{message}");
        let gate = text.lines().find(|line| line.starts_with("cx ")).unwrap();
        let (code, _, message) = verdict(&text.replacen(&format!("{gate}\n"), "", 1));
        assert!(code == 1 && message.contains("expected"), "{name}: {message}");
        let (code, _, message) = verdict(&text.replacen("bit[", "bit[1] more;\nbit[", 1));
        assert!(code == 2 && message.contains("bits, the contract's program reads"), "{name}: {message}");
        let (code, _, message) = run(verify, &[&back, "--weights", &net, "--contract", &at("inputs.qasm")]);
        assert!(code == 2 && message.contains("the original has inputs"), "{name}: {message}");
    }
}

#[test]
fn drawings_show_the_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(&folder.path().join("layer.qasm"));
    let (code, shown, _) = run(compile, &[&weights(), "--layer", "2", "--draw", "-o", &path]);
    assert!(code == 0 && shown.contains("q[0] ─RY(x0)──RX(") && shown.contains("q[3] ─RY(x3)──RX("), "{shown}");
}

#[test]
fn the_bundled_network_labels_as_its_page_says() {
    let model = hqrn::network::read_model(circuits("digits-quanvolution.json")).unwrap();
    let samples =
        hqrn::data::read_samples(&circuits("digits.csv.gz"), None, Some(64), hqrn::data::Split::Test).unwrap();
    let found = model.labels(&samples.inputs);
    let wrong = found.iter().zip(samples.labels.as_ref().unwrap()).filter(|(a, b)| a != b).count();
    let page = fs::read_to_string(circuits("README.md")).unwrap();
    let said = format!("{:.2} % ({wrong} of {})", 100.0 * wrong as f64 / found.len() as f64, found.len());
    assert!(page.lines().any(|line| line.contains("digits-quanvolution") && line.contains(&said)), "{said}");
}

/// One layer on 4x4 images, and a quantum head of six wires on the sixteen pixels behind it.
fn with_quantum_head(measured: &str) -> String {
    format!(
        r#"{{"format":"hqrn-weights","version":2,"family":"quanvolution","name":"q","image":{{"height":4,"width":4,"divide":1}},
        "quanvolutions":[{{"angles":[[0.5,1,-2,3],[0.1,0.2,0.3,0.4]],"skip":[0]}}],
        "quantum_head":{{"angles":[0.3,-0.7,1.1,0.4,2.0,-1.2],"measured":{measured}}}}}"#
    )
}

#[test]
fn quantum_heads_are_programs_of_one_image() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    fs::write(at("net.json"), with_quantum_head("[5,4,1]")).unwrap();
    let pixels: Vec<String> = (0..16).map(|k| format!("{:?}", f64::from(k) / 10.0 - 0.4)).collect();
    let row = |name: &str| format!("{name}\n{}\n", pixels.join(","));
    fs::write(at("data.csv"), row(&(0..16).map(|k| format!("p{k}")).collect::<Vec<_>>().join(","))).unwrap();
    let (net, data, out) = (at("net.json"), at("data.csv"), at("out"));
    let fixed = ["--inputs", "fixed", "--data", &data, "--image", "1", "--tiles", "4"];
    let (code, table, message) = run(compile, &[&[&net[..], "-o", &out][..], &fixed[..]].concat());
    assert!(code == 0 && table.contains("quantum      16       6  14"), "{table}{message}");
    // Padding alone sets the first two wires, which is all that class 2 reads.
    assert!(
        message.contains(
            "note: the scores of classes 2 are the same for every image: 16 pixels leave the first 2 of 6 wires in |0>"
        ),
        "{message}"
    );
    // Each of two-qubit gates leaves 1 - 0.016 · 15/16, each reading 0.99.
    fs::write(at("noise.json"), r#"{"two_qubit": {"depolarising": 0.016}, "readout": {"one_for_zero": 0.02}}"#)
        .unwrap();
    let noise = at("noise.json");
    let noisy = [&[&net[..], "-o", &out, "--noise", &noise, "--json", "-q"][..], &fixed[..]].concat();
    let (code, json, message) = run(compile, &noisy);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
    let near = |value: &serde_json::Value, wanted: f64| (value.as_f64().unwrap_or(0.0) - wanted).abs() < 1e-12;
    let cx = json["layers"][0]["summary"]["cx"].as_i64().unwrap() as i32;
    assert!(
        code == 0 && near(&json["layers"][0]["fidelity"], 0.985_f64.powi(cx) * 0.99_f64.powi(4)),
        "{json}{message}"
    );
    assert!(cx == 3 && near(&json["head"]["fidelity"], 0.985_f64.powi(14) * 0.99_f64.powi(6)), "{json}{message}");
    let head = fs::read_to_string(at("out/head.qasm")).unwrap();
    assert!(head.contains("\"quantum_head\":6,\"output\":[[0,1,2,3,4,5],[0,1,2,3,4],[0,1]]"), "{head}");
    let (code, table, message) = run(verify, &[&out, "--weights", &net, "--complete"]);
    assert!(code == 0 && table.contains("this image only"), "{table}{message}");
    let cx = head.lines().find(|line| line.starts_with("cx ")).unwrap();
    fs::write(at("bad.qasm"), head.replacen(&format!("{cx}\n"), "", 1)).unwrap();
    let (code, _, message) = run(verify, &[&at("bad.qasm"), "--weights", &net]);
    assert!(code == 1 && (message.contains("|a[") || message.contains("score[")), "{message}");
    // Few products, from a stream that was measured, by itself.
    fs::write(at("state.json"), format!("[{}]", pixels.join(","))).unwrap();
    let ranked =
        ["--head", "--head-rank", "1", "--inputs", "fixed", "--state", &at("state.json"), "-o", &at("one.qasm")];
    let (code, table, message) = run(compile, &[&[&net[..]][..], &ranked[..]].concat());
    assert!(code == 0 && table.contains("infidelity"), "{table}{message}");
    let (code, table, _) = run(verify, &[&at("one.qasm"), "--weights", &net]);
    assert!(code == 0 && table.contains("this image only"), "{table}");
    for (arguments, expected) in [
        (vec![&*net, "--head"], "--head: a quantum head is compiled with --inputs fixed, without --layer"),
        (
            vec![&*weights(), "--head-rank", "2"],
            "--head-rank: the head of this network is dense, there is no program of it",
        ),
    ] {
        let (code, _, message) = run(compile, &[&arguments[..], &["-o", &at("no")]].concat());
        assert_eq!((code, message), (2, format!("error: {expected}\n")));
    }
    let (code, _, message) = run(verify, &[&at("out/head.qasm"), "--weights", &weights()]);
    assert!(
        code == 2 && message.ends_with("head.qasm: a program of a quantum head, that of the weights is dense\n"),
        "{message}"
    );
    // What padding alone sets is said whatever is compiled.
    fs::write(&net, with_quantum_head("[0,1]")).unwrap();
    let (code, _, message) = run(compile, &[&net, "-o", &at("layers")]);
    assert!(code == 0 && message.contains("classes 0, 1 are the same for every image"), "{message}");
    assert!(message.contains("note: the quantum head takes a program of its own for each image: --inputs fixed"));
}
