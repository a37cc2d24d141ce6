//! `hqrn-verify --contract`: programs as clients write them out again, which have lost their contract.

use crate::support::{circuits, compile, outcome, verify};
use std::fs;
use std::path::Path;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit code and message for a text made from the original.
fn verdict(folder: &Path, original: &Path, rewritten: &str, more: &[&str]) -> (i32, String) {
    let (file, weights) = (folder.join("back.qasm"), circuits("iris.json"));
    fs::write(&file, rewritten).unwrap();
    let base = [text(&file), "--weights", text(&weights), "--contract", text(original), "-q"];
    outcome(&verify(&[&base[..], more].concat()))
}

/// The statements of a program without what a client drops.
fn body(original: &Path) -> Vec<String> {
    let program = fs::read_to_string(original).unwrap();
    let kept = |line: &&str| !line.starts_with("//") && !line.starts_with("OPENQASM") && !line.starts_with("include");
    program.lines().filter(kept).map(str::to_owned).collect()
}

/// The same gates in other words: one qubit a register, expressions for angles, U for u3, definitions, broadcast measurements.
fn otherwise(lines: &[String]) -> String {
    let mut out = String::from("OPENQASM 3;\ninclude \"stdgates.inc\";\n/* from\n elsewhere */\n");
    out += "gate join(x) a, b { gphase(x); cx a, b; }\n";
    let mut measured = false;
    for line in lines {
        if line.starts_with("qubit") {
            out += &(0..6).map(|i| format!("qubit[1] w{i};\n")).collect::<String>();
        } else if line.starts_with("bit") {
            out += "bit[2] low;\nbit[4] high;\n";
        } else if let Some(rest) = line.strip_prefix("c[") {
            let bit: usize = rest[..1].parse().unwrap();
            let (name, bit) = if bit < 2 { ("low", bit) } else { ("high", bit - 2) };
            let qubit = rest.split("q[").nth(1).unwrap();
            if !measured {
                out += "barrier w0, w1;\n";
            }
            measured = true;
            out += &format!("measure w{}[0] -> {name}[{bit}];\n", &qubit[..1]);
        } else {
            let mut line = line.replace("u3(", "U(").replace("cx ", "join(-pi/2) ");
            (0..6).for_each(|i| line = line.replace(&format!("q[{i}]"), &format!("w{i}")));
            if let Some((before, rest)) = line.split_once('(').filter(|_| line.starts_with('r')) {
                let (angle, rest) = rest.split_once(')').unwrap();
                line = format!("{before}(2*({angle})/2 + pi - pi){rest}");
            }
            out += &(line + "\n");
        }
    }
    out
}

#[test]
fn other_words_for_the_same_program_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.qasm");
    let weights = circuits("iris.json");
    for input in [&[][..], &["--input", "basis:2"]] {
        let base = [text(&weights), "--block", "1", "-o", text(&original), "-q"];
        assert_eq!(outcome(&compile(&[&base[..], input].concat())), (0, String::new()));
        let lines = body(&original);
        let same = otherwise(&lines);
        assert_eq!(verdict(folder.path(), &original, &same, &[]), (0, String::new()), "{same}");
        // Without its contract the text is no program of ours, and says how it can be one.
        let file = folder.path().join("back.qasm");
        let (code, message) = outcome(&verify(&[text(&file), "--weights", text(&weights)]));
        assert_eq!(code, 2, "{message}");
        // A gate less, and two bits exchanged.
        let last = same.rfind("join(-pi/2) ").unwrap();
        let less = same[..last].to_owned() + "// " + &same[last..];
        assert_eq!(verdict(folder.path(), &original, &less, &[]).0, 1);
        let exchanged = same.replace("low[0]", "low[9]").replace("high[0]", "low[0]").replace("low[9]", "high[0]");
        assert_eq!(verdict(folder.path(), &original, &exchanged, &[]).0, 1);
    }
    let contractless = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n".to_owned() + &body(&original).join("\n");
    let file = folder.path().join("back.qasm");
    fs::write(&file, contractless).unwrap();
    let (code, message) = outcome(&verify(&[text(&file), "--weights", text(&weights)]));
    assert!(code == 2 && message.contains("one that a client has rewritten needs --contract"), "{message}");
}

#[test]
fn qubits_of_a_machine_need_a_layout_unless_the_input_is_prepared() {
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.qasm");
    let weights = circuits("iris.json");
    let layout = [7, 2, 9, 0, 4, 3];
    for prepared in [false, true] {
        let base = [text(&weights), "--block", "1", "-o", text(&original), "-q"];
        let input: &[&str] = if prepared { &["--input", "basis:2"] } else { &[] };
        assert_eq!(outcome(&compile(&[&base[..], input].concat())), (0, String::new()));
        let mut moved = String::from("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
        for line in body(&original).iter().filter(|line| !line.starts_with("qubit")) {
            let place = |(i, q): (usize, &usize)| (format!("q[{i}]"), format!("${q}"));
            let names = layout.iter().enumerate().map(place);
            moved += &(names.fold(line.clone(), |line, (from, to)| line.replace(&from, &to)) + "\n");
        }
        let list = layout.map(|q| q.to_string()).join(",");
        assert_eq!(verdict(folder.path(), &original, &moved, &["--layout", &list]), (0, String::new()));
        let (code, message) = verdict(folder.path(), &original, &moved, &[]);
        assert_eq!(code, if prepared { 0 } else { 2 }, "{message}");
        assert!(prepared || message.contains("10 qubits, 6 in the original: say where those are now with --layout"));
        if !prepared {
            assert_eq!(verdict(folder.path(), &original, &moved, &["--layout", "2,7,9,0,4,3"]).0, 1);
            let short = verdict(folder.path(), &original, &moved, &["--layout", "7"]);
            assert!(
                short.0 == 2 && short.1.contains("--layout has no qubit below 10 for input qubit 1"),
                "{}",
                short.1
            );
        }
    }
}

#[test]
fn what_cannot_be_the_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.qasm");
    let weights = circuits("iris.json");
    assert_eq!(outcome(&compile(&[text(&weights), "--block", "1", "-o", text(&original), "-q"])).0, 0);
    let same = otherwise(&body(&original));
    for (from, to, expected) in [
        ("bit[4] high", "bit[5] high", "7 bits, the contract's program reads 6"),
        ("measure w1[0] ->", "measure w0[0] ->", "measured"),
        ("measure w1[0] -> low[1];", "", "bit 1 is never written"),
        ("barrier w0, w1;", "reset w0;", "gate 'reset' with 0 angles is not understood"),
        ("barrier w0, w1;", "if (low[0]) x w0;", "line "),
        ("measure w0[0] -> low[0];", "measure w0[0] -> low[0];\nx w0;", "measured"),
    ] {
        assert!(same.contains(from), "{same}");
        let (code, message) = verdict(folder.path(), &original, &same.replacen(from, to, 1), &[]);
        assert!(code == 2 && message.contains(expected) && message.lines().count() == 1, "{from}: {message}");
    }
    let more = ["--contract", text(&original), text(&original)];
    let (code, message) = outcome(&verify(&[&[text(&original), "--weights", text(&weights)][..], &more].concat()));
    assert!(code == 2 && message.contains("1 programs, but 2 originals"), "{message}");
}
