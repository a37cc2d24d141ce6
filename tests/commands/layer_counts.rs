//! `hqrn-counts` on layers of quanvolutions, whose outcomes are known here: every angle of a gate is 0, pixels are 0 or π.

use crate::support::{compile, outcome, stdout};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Two layers of depth 1, scale π, on 4x4 images of 0 and 1: `y_j = Π_{i<=j} (-1)^x_i`. The image is added to what the first
/// makes.
const WEIGHTS: &str = r#"{"format": "hqrn-weights", "version": 2, "family": "quanvolution", "name": "n",
    "image": {"height": 4, "width": 4, "divide": 1},
    "quanvolutions": [{"angles": [[0, 0, 0, 0]], "scale": 3.141592653589793, "skip": [0]},
                      {"angles": [[0, 0, 0, 0]], "read": "all"}],
    "head": {"weight": [[-1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0], [1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]], "bias": [0, 0]}}"#;

/// The first patch, by rows (1 0 / 1 1), reads -1, -1, 1, -1; the second (0 0 / 0 1) 1, 1, 1, -1; the rest 1 each.
const IMAGE: [u8; 16] = [1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("n.json", WEIGHTS);
        let pixels = IMAGE.map(|x| x.to_string()).join(",");
        let heads: Vec<String> = (0..16).map(|i| format!("x{i}")).collect();
        folder.write("one.csv", &format!("{},label\n{pixels},1\n{pixels},0\n", heads.join(",")));
        folder
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.at(name), text).unwrap();
        self.at(name)
    }

    fn compile(&self, arguments: &[&str]) {
        let weights = self.at("n.json");
        assert_eq!(outcome(&compile(&[&[weights.as_str(), "-q"], arguments].concat())), (0, String::new()));
    }

    fn counts(&self, arguments: &[&str]) -> Output {
        let weights = self.at("n.json");
        let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-counts"));
        command.args(arguments).args(["--weights", &weights]).output().unwrap()
    }

    fn pixels(&self, name: &str) -> Vec<f64> {
        serde_json::from_slice(&fs::read(Path::new(&self.at(name))).unwrap()).unwrap()
    }
}

fn report(output: &Output) -> Value {
    assert_eq!(outcome(output).0, 0, "{}", outcome(output).1);
    serde_json::from_str(&stdout(output)).unwrap()
}

/// What a program of two tiles reads of patches 0 and 1, and of 2 and 3; Qiskit's words have bit 0 last.
const FIRST: &str = "10001101";
const SECOND: &str = "00000000";

#[test]
fn a_layer_becomes_what_the_next_one_reads() {
    let folder = Folder::new();
    let (first, data) = (folder.at("first.qasm"), folder.at("one.csv"));
    folder.compile(&["--layer", "1", "--tiles", "2", "-o", &first]);
    let image = ["--data", &data, "--image", "1"];
    let tables = folder.write("runs.json", &json!([{ FIRST: 50 }, { SECOND: 40 }]).to_string());
    let next = folder.at("r1.json");
    let arguments = [&[first.as_str(), "--counts", &tables, "--next", &next, "--json"][..], &image].concat();
    let found = report(&folder.counts(&arguments));
    // The mean of (-1, -1, 1, -1), of (1, 1, 1, -1), and 1 twice, padded with zeros, on the image.
    let mut wanted = IMAGE.map(f64::from);
    [(5, -0.5), (6, 0.5), (9, 1.0), (10, 1.0)].iter().for_each(|(at, y)| wanted[*at] += y);
    assert_eq!(folder.pixels("r1.json"), wanted);
    // Fifty shots that agree, and one more of either kind.
    let error = found["patches"][0]["z"][2]["error"].as_f64().unwrap();
    assert!(
        found["patches"][0]["z"][2]["value"] == 1.0 && (error - (204.0f64 / 52.0 / 52.0 / 50.0).sqrt()).abs() < 1e-12
    );
    assert_eq!((&found["patches"][1]["shots"], &found["patches"][2]["shots"]), (&json!(50), &json!(40)));
    assert_eq!((&found["layer"], &found["label"], &found["stream"]["width"]), (&json!(1), &Value::Null, &json!(4)));
    assert_eq!(found["distance"]["distance"], 0.0);
    // One file a run, and Qiskit's own results of both, are the same; the image can be the state that went in.
    let one = folder.write("0.json", &json!({ FIRST: 50 }).to_string());
    let two = folder.write("1.json", &json!({ SECOND: 40 }).to_string());
    let result = |word: &str, shots: u32| {
        let key = format!("0x{:x}", u32::from_str_radix(word, 2).unwrap());
        json!({"shots": shots, "success": true, "header": {"memory_slots": 8}, "data": {"counts": {key: shots}}})
    };
    let both = json!({"results": [result(FIRST, 50), result(SECOND, 40)]});
    let both = folder.write("qiskit.json", &both.to_string());
    let state = folder.write("image.json", &json!(IMAGE).to_string());
    for arguments in [vec!["--counts", &one, &two], vec!["--counts", &both]] {
        let arguments = [&[first.as_str(), "--state", &state, "--json"][..], &arguments].concat();
        let again = report(&folder.counts(&arguments));
        assert_eq!((&again["stream"], &again["patches"]), (&found["stream"], &found["patches"]));
    }

    // The second layer at the pixels that were measured, as programs of fixed pixels; a patch in the middle of each.
    let fixed = folder.at("fixed");
    folder.compile(&["--layer", "2", "--inputs", "fixed", "--state", &next, "--tiles", "3", "-o", &fixed]);
    let programs = [folder.at("fixed/layer-02-1.qasm"), folder.at("fixed/layer-02-2.qasm")];
    let half = json!([{"000000000000": 75, "000000000001": 25}, {"0000": 10}]);
    let half = folder.write("second.json", &half.to_string());
    let start = [programs[0].as_str(), &programs[1], "--counts", &half];
    let (code, message) = outcome(&folder.counts(&start));
    assert!(code == 0 && message.contains("<Z> is "), "these are no counts of this image: {message}");
    let found = report(&folder.counts(&[&start[..], &["--json", "-q"]].concat()));
    // Bit 0 is in all four parities: -1 in a quarter of the shots, in the error of two more.
    let y0 = &found["patches"][0]["y"][0];
    let variance = 1.0 - (50.0_f64 / 102.0).powi(2);
    assert!(y0["value"] == 0.5 && (y0["error"].as_f64().unwrap() - (variance / 100.0).sqrt()).abs() < 1e-12, "{y0}");
    assert_eq!((&found["label"], found["stream"]["pixels"].as_array().unwrap().len()), (&json!(1), 16));
    let table = stdout(&folder.counts(&[&start[..], &["--quiet"]].concat()));
    assert_eq!(table, "");
    let table = stdout(&folder.counts(&start));
    assert!(table.contains("0.5000 ± 0.0872") && table.contains("label 1"), "{table}");
    // A half of the programs says their patches, and no stream.
    let part = folder.write("part.json", &json!({"000000000000": 75}).to_string());
    let found = report(&folder.counts(&[&programs[0], "--counts", &part, "--json"]));
    assert_eq!((found["patches"].as_array().unwrap().len(), &found["stream"]), (3, &Value::Null));
}

#[test]
fn the_other_end_of_words_is_noticed() {
    let folder = Folder::new();
    let (program, data) = (folder.at("first.qasm"), folder.at("one.csv"));
    folder.compile(&["--layer", "1", "--tiles", "2", "--target", "braket", "-o", &program]);
    let turned = |word: &str| word.chars().rev().collect::<String>();
    let runs = |words: [String; 2]| json!([{ (&words[0]): 50 }, { (&words[1]): 50 }]).to_string();
    let braket = folder.write("braket.json", &runs([turned(FIRST), turned(SECOND)]));
    let start = [program.as_str(), "--data", &data, "--image", "1", "--counts"];
    let found = report(&folder.counts(&[&start[..], &[&braket, "--json"]].concat()));
    assert_eq!(
        (&found["counts"], &found["distance"]["distance"]),
        (&json!([{"written": "words of bits", "bit_0": "first"}]), &json!(0.0))
    );
    let wrong = folder.counts(&[&start[..], &[&braket, "--order", "last"]].concat());
    assert!(outcome(&wrong).1.contains("with the other --order it fits"), "{}", outcome(&wrong).1);
}

#[test]
fn what_does_not_belong_together_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    let (first, second, data) = (folder.at("first.qasm"), folder.at("second.qasm"), folder.at("one.csv"));
    folder.compile(&["--layer", "1", "--tiles", "2", "-o", &first]);
    folder.compile(&["--layer", "2", "--tiles", "2", "-o", &second]);
    let fixed = folder.at("fixed");
    folder.compile(&["--inputs", "fixed", "--data", &data, "--image", "1", "--tiles", "2", "-o", &fixed]);
    let of_image = folder.at("fixed/layer-01-1.qasm");
    let good = folder.write("good.json", &json!([{ FIRST: 5 }, { SECOND: 5 }]).to_string());
    let one = folder.write("one.json", &json!({ FIRST: 5 }).to_string());
    let long = folder.write("long.json", &json!([{ FIRST: 5 }, { "000": 5 }]).to_string());
    let small = folder.write("small.json", "[1, 0]");
    let zeros = folder.write("zeros.json", &json!([0u8; 16].to_vec()).to_string());
    let next = folder.at("next.json");
    for (arguments, expected) in [
        (vec![&first, "--counts", &one], "1 tables of counts of 2 patches each: the layer sees 4, which take 2"),
        (vec![&first, "--counts", &long], "[1]: '000' has 3 bits, the program reads 8"),
        (vec![&first, "--counts", &good, &good], "good.json: given twice"),
        (vec![&first, &second, "--counts", &good], "second.qasm: is of layer 2, the first program of layer 1"),
        (vec![&first, &of_image, "--counts", &good], "expected programs of fixed pixels, or one with inputs, not both"),
        (vec![&first, &first, "--counts", &good], "first.qasm: a program with inputs is of all patches: give one"),
        (vec![&of_image, "--counts", &good], "1 programs, but 2 tables of counts"),
        (vec![&of_image, &of_image, "--counts", &good], "run 1 is of patch 0, of which there are counts already"),
        (vec![&of_image, "--counts", &one, "--next", &next], "--next: no counts of patch 2, the layer sees 4"),
        (
            vec![&first, "--counts", &good, "--next", &next],
            "--next: stream 0 is added to what layer 1 makes: give it with --data DATA --image K, or --state FILE",
        ),
        (vec![&first, "--counts", &good, "--state", &small], "small.json: 2 pixels, expected the 16 of stream 0"),
        (
            vec![&first, "--counts", &good, "--state", &zeros, &small],
            "--state: 2 files, layer 1 has 1 streams before it",
        ),
        (vec![&of_image, "--counts", &one, "--state", &zeros], "run 0: patch 0 was run at 3.14"),
        (vec![&first, "--counts", &good, "--data", &data, "--image", "9"], "--image 9: "),
        (
            vec![&first, "--counts", &good, "--data", &data, "--image", "1", "--state", &zeros],
            "--data: --state gives the image, stream 0, already",
        ),
    ] {
        let (code, message) = outcome(&folder.counts(&arguments));
        assert!(
            code == 2 && message.contains(expected) && message.lines().count() == 1,
            "{expected}: {code} {message}"
        );
    }
    assert!(!Path::new(&next).exists());
    // A block's program beside these weights, and the other way around.
    let four = crate::support::circuits("four.qasm");
    let (code, message) = outcome(&folder.counts(&[four.to_str().unwrap(), "--counts", &good]));
    assert!(
        code == 2 && message.contains("a program of a residual block, the weights are of quanvolutions"),
        "{message}"
    );
}
